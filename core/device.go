package core

import (
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// DeviceID is a service's own name for a device. It is opaque, may be long and may hold any character.
type DeviceID string

// Device is a client installation that a service knows accounts by.
//
// Name, App and the sessions' Profile, Place and Playing are written by whoever signs in: [Clean] them when they come in, and
// show them as untrusted all the same.
type Device struct {
	Service  ServiceID
	ID       DeviceID
	Name     string
	App      string
	Own      bool // this program's own session; it is shown, marked, and never signed out
	ByHand   bool // only a person can sign it out, though the service lets this program sign out others
	Sessions []Session

	// Generation changes whenever the device signs in anew under the same id; "" where the service does not tell.
	Generation string
}

// Session is one authenticated connection of a device. It ends by sign-out, expiry or revocation.
type Session struct {
	Member   MemberID // "" for an account that nobody of the household is known by
	Login    string   // the service's name for the account
	Profile  string   // who within the account used it last, where the service tells that
	Since    time.Time
	LastUsed time.Time // zero: the service does not tell, or never
	Address  netip.Addr
	Place    string // as the service words it: a city, a region, a country
	Playing  string // what it plays now
}

// DeviceRef points to a device as it was when somebody looked: a device that has signed in anew since is another one.
type DeviceRef struct {
	Service    ServiceID `json:"service"`
	ID         DeviceID  `json:"id"`
	Generation string    `json:"generation,omitempty"`
}

// Ref points to the device as it is now.
func (d Device) Ref() DeviceRef { return DeviceRef{d.Service, d.ID, d.Generation} }

// Members returns the household's people on the device, each once, in the order of its sessions.
func (d Device) Members() []MemberID {
	var ids []MemberID
	for _, s := range d.Sessions {
		if s.Member != "" && !slices.Contains(ids, s.Member) {
			ids = append(ids, s.Member)
		}
	}
	return ids
}

// On tells whether a member is signed in on the device.
func (d Device) On(m MemberID) bool {
	return slices.ContainsFunc(d.Sessions, func(s Session) bool { return s.Member == m })
}

// WhoseFor says whose device it is, seen from a member: a shared one is everybody's own who is signed in on it.
func (d Device) WhoseFor(m MemberID) Whose {
	if d.On(m) {
		return Own
	}
	return Others
}

// Latest returns the session that was used last.
func (d Device) Latest() Session {
	var last Session
	for i, s := range d.Sessions {
		if i == 0 || s.LastUsed.After(last.LastUsed) {
			last = s
		}
	}
	return last
}

// Playing tells whether something plays on the device now.
func (d Device) Playing() bool {
	return slices.ContainsFunc(d.Sessions, func(s Session) bool { return s.Playing != "" })
}

// Since returns when the device first signed in, as far as its sessions tell.
func (d Device) Since() time.Time {
	var first time.Time
	for _, s := range d.Sessions {
		if first.IsZero() || (!s.Since.IsZero() && s.Since.Before(first)) {
			first = s.Since
		}
	}
	return first
}

// Find returns the device a reference means. A device with the id but another generation has signed in anew: it is
// not the one that was meant, and again is true.
func Find(devices []Device, ref DeviceRef) (d Device, found, again bool) {
	for _, d := range devices {
		if d.Service != ref.Service || d.ID != ref.ID {
			continue
		}
		if ref.Generation == "" || d.Generation == "" || d.Generation == ref.Generation {
			return d, true, false
		}
		again = true
	}
	return Device{}, false, again
}

// maxName bounds a cleaned text, in characters; longer ones end in "…".
const maxName = 64

// Clean makes a text that a stranger wrote fit for one line of a person's eyes: invalid bytes, control and format
// characters (line breaks, colour codes, text direction, zero width) and private glyphs are dropped, runs of white space
// become one space, and no more than 64 characters stay.
func Clean(s string) string {
	if plain(s) {
		return s // most names are, and a list has hundreds of them
	}
	var b strings.Builder
	n, space := 0, false
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		s = s[size:]
		switch {
		case r == utf8.RuneError: // bytes that are no text, or somebody's mark for such
			continue
		case unicode.IsSpace(r), unicode.In(r, unicode.Zl, unicode.Zp, unicode.Zs):
			space = true
			continue
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs), isFiller(r):
			continue
		}
		need := n + 1
		if space && n > 0 {
			need++
		}
		if need > maxName || need == maxName && strings.TrimSpace(s) != "" {
			b.WriteString("…")
			return b.String()
		}
		if space && n > 0 {
			b.WriteByte(' ')
		}
		space, n = false, need
		b.WriteRune(r)
	}
	return b.String()
}

// plain tells whether a text is short and of visible ASCII with single spaces, so that there is nothing to clean.
func plain(s string) bool {
	if len(s) > maxName {
		return false
	}
	before := byte(' ') // so that a space at the beginning is a second one
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == ' ' && before == ' ' {
			return false
		}
		before = s[i]
	}
	return s == "" || before != ' '
}

// isFiller tells the letters that are drawn as nothing, and variation selectors, of which any number fits on one
// character.
func isFiller(r rune) bool {
	switch r {
	case 0x115F, 0x1160, 0x3164, 0xFFA0, 0x034F, 0x17B4, 0x17B5, 0x2800:
		return true
	}
	return r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0100 && r <= 0xE01EF
}

// Cleaned returns the device with every text of it that a stranger may have written cleaned.
func (d Device) Cleaned() Device {
	d.Name, d.App = Clean(d.Name), Clean(d.App)
	sessions := make([]Session, len(d.Sessions))
	for i, s := range d.Sessions {
		s.Login, s.Profile, s.Place, s.Playing = Clean(s.Login), Clean(s.Profile), Clean(s.Place), Clean(s.Playing)
		sessions[i] = s
	}
	d.Sessions = sessions
	return d
}

// BehindProxy tells whether a service sees everybody at one private address, which is then that of a proxy before it and says
// nothing of a place. Of fewer than three sessions that can not be told.
func BehindProxy(devices []Device) (proxy netip.Addr, ok bool) {
	n := 0
	for _, d := range devices {
		for _, s := range d.Sessions {
			switch {
			case !s.Address.IsValid():
				continue
			case n > 0 && s.Address != proxy:
				return netip.Addr{}, false
			}
			proxy = s.Address
			n++
		}
	}
	return proxy, n >= 3 && (proxy.IsPrivate() || proxy.IsLoopback())
}
