package jellyfinapi

import (
	"fmt"
	"net/http"
	"net/netip"
	"time"
)

// How long a code is good, and how long one is kept that somebody has used.
const (
	codeLife = 10 * time.Minute
	codeKept = 11 * time.Minute
)

// pairing is Quick Connect: a television shows a code, somebody who is signed in authorises it, and the television is signed
// in as they are.
type pairing struct {
	on    bool
	codes []*code
}

type code struct {
	digits string
	device Device
	from   string
	ends   time.Time
	user   *account // who it was authorised for; nil: nobody yet
}

// QuickConnect switches Quick Connect on or off. It is on in a server that begins; Emby has none.
func (s *Server) QuickConnect(on bool) {
	s.tb.Helper()
	if s.version.emby {
		s.tb.Fatalf("jellyfin: %s has no Quick Connect", s.version)
	}
	s.locked(func() { s.pairing.on = on })
}

// ShowsCode has a device show a code, which is good for ten minutes. The device is at an address.
func (s *Server) ShowsCode(d Device, from string) string {
	s.tb.Helper()
	s.address(from)
	var digits string
	s.locked(func() {
		if !s.pairing.on {
			s.tb.Fatalf("jellyfin: Quick Connect is off")
		}
		s.made++
		digits = fmt.Sprintf("%06d", (482913+s.made*7919)%1000000)
		s.pairing.codes = append(s.pairing.codes, &code{digits: digits, device: d, from: from, ends: s.clock.now().Add(codeLife)})
	})
	return digits
}

// CodeTaken returns who a code was authorised for; "" is nobody.
func (s *Server) CodeTaken(digits string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.pairing.codes {
		if c.digits == digits && c.user != nil {
			return c.user.Name
		}
	}
	return ""
}

func (s *Server) isPairing(*call) answer { return jsonOf(s.pairing.on) }

// pair authorises a code, for the caller or, from 10.9 on, for whomever an administrator names. An API key is nobody.
func (s *Server) pair(c *call) answer {
	user := c.caller.user()
	if id := c.query.Get("userId"); id != "" {
		named := s.byID(id)
		if named != user && !c.caller.administrator() {
			return failed(http.StatusForbidden)
		}
		if named == nil {
			return text(http.StatusUnauthorized, "Quick connect is disabled") // so it says, whatever was wrong with the user
		}
		user = named
	}
	switch shown := s.shown(c.query.Get("code")); {
	case user == nil:
		return text(http.StatusForbidden, "Unknown user id")
	case !s.pairing.on:
		return text(http.StatusUnauthorized, "Quick connect is disabled")
	case shown == nil:
		return failed(http.StatusNotFound)
	case shown.user != nil:
		return failed(http.StatusInternalServerError) // it was used already
	default:
		shown.user, shown.ends = user, s.clock.now().Add(codeKept)
		var from netip.Addr
		if shown.from != "" {
			from = netip.MustParseAddr(shown.from) // it was looked at before
		}
		s.signIn(user, shown.device, from)
		return jsonOf(true)
	}
}

// shown finds a code that is still known. The lock is held.
func (s *Server) shown(digits string) *code {
	for _, c := range s.pairing.codes {
		if c.digits == digits && s.clock.now().Before(c.ends) {
			return c
		}
	}
	return nil
}
