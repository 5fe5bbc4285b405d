package jellyfinapi

import (
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Device is an installation of an app, which chooses its id itself: any text, which may be empty.
type Device struct {
	ID, Name, App, Version string
	Silent                 bool // nothing can be shown or stopped on it
}

// installation is a device as it signed in last.
type installation struct {
	device   Device
	user     *account
	from     netip.Addr
	internal int // Emby's own number for it
}

// token is a device that is signed in as somebody.
type token struct {
	user   *account
	device Device
	secret string
	used   time.Time
	from   netip.Addr
}

// useMoves is how far behind the last use of a device may be.
const useMoves = 3 * time.Minute

// SignsIn has somebody sign in on a device, from an address, which may be empty where the server is not told one. It returns
// the device's token, which the server takes as a key of that person.
func (s *Server) SignsIn(user string, d Device, from string) string {
	s.tb.Helper()
	u, addr := s.person(user), s.address(from)
	var secret string
	s.locked(func() { secret = s.signIn(u, d, addr).secret })
	return secret
}

// WasSignedIn has a device be signed in since long ago and last used at a time. Nothing of it is in the log, and there is no
// session of it, as after a restart; [Server.Uses] makes one.
func (s *Server) WasSignedIn(user string, d Device, from string, used time.Time) {
	s.tb.Helper()
	u, addr := s.person(user), s.address(from)
	s.locked(func() { s.issue(u, d, addr).used = used })
}

// Uses has a device be used by somebody who is signed in on it, where it was last.
func (s *Server) Uses(user, device string) {
	s.tb.Helper()
	t := s.mustFind(user, device)
	s.locked(func() { s.use(t) })
}

// Moves has a device be used from another address.
func (s *Server) Moves(user, device, to string) {
	s.tb.Helper()
	t, addr := s.mustFind(user, device), s.address(to)
	s.locked(func() { t.from = addr; s.use(t) })
}

// SignsOut has somebody sign out on a device, who then has to enter the password there again. Others stay.
func (s *Server) SignsOut(user, device string) {
	s.tb.Helper()
	t := s.mustFind(user, device)
	s.locked(func() { s.signOut(func(other *token) bool { return other == t }) })
}

// Revokes has an administrator sign a device out in the server's own pages, with everybody who is on it.
func (s *Server) Revokes(device string) {
	s.locked(func() { s.signOut(func(t *token) bool { return t.device.ID == device }) })
}

// ComesBack has a device sign in again by itself, as who it was last and from where it was.
func (s *Server) ComesBack(device string) {
	s.tb.Helper()
	s.locked(func() {
		if _, known := s.known[device]; !known {
			s.tb.Fatalf("jellyfin: no device %q ever signed in", device)
		}
		s.comeBack(device)
	})
}

// Rejoins has a device come back, once, when that long has passed on the server's clock since it was signed out.
func (s *Server) Rejoins(device string, after time.Duration) {
	s.locked(func() { s.rejoins[device] = after })
}

// DeletesLate has the server take a sign-out at once and carry it out later on its clock.
func (s *Server) DeletesLate(by time.Duration) { s.locked(func() { s.lag = by }) }

// SignedIn tells whether somebody is signed in on a device.
func (s *Server) SignedIn(device, user string) bool {
	return slices.Contains(s.SignedInOn(user), device)
}

// SignedInOn returns the ids of the devices that somebody is signed in on, in the order in which they signed in.
func (s *Server) SignedInOn(user string) []string {
	s.tb.Helper()
	u := s.person(user)
	var ids []string
	s.read(func() {
		for _, t := range s.tokens {
			if t.user == u {
				ids = append(ids, t.device.ID)
			}
		}
	})
	return ids
}

// EmbyID returns Emby's own id of a device that ever signed in, which is what its list and its sign-outs go by.
func (s *Server) EmbyID(device string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strconv.Itoa(s.known[device].internal)
}

// address reads an address of a test.
func (s *Server) address(text string) netip.Addr {
	s.tb.Helper()
	if text == "" {
		return netip.Addr{}
	}
	addr, err := netip.ParseAddr(text)
	if err != nil {
		s.tb.Fatalf("jellyfin: %v", err)
	}
	return addr
}

func (s *Server) mustFind(user, device string) *token {
	s.tb.Helper()
	u := s.person(user)
	var found *token
	s.read(func() {
		for _, t := range s.tokens {
			if t.user == u && t.device.ID == device {
				found = t
			}
		}
	})
	if found == nil {
		s.tb.Fatalf("jellyfin: %s is not signed in on %q", user, device)
	}
	return found
}

// issue gives somebody's device a token; the one it had is no more. The lock is held.
func (s *Server) issue(u *account, d Device, from netip.Addr) *token {
	s.tokens = slices.DeleteFunc(s.tokens, func(t *token) bool { return t.user == u && t.device.ID == d.ID })
	t := &token{user: u, device: d, secret: s.newSecret(), used: s.clock.now(), from: from}
	s.tokens = append(s.tokens, t)
	last, seen := s.known[d.ID]
	if !seen {
		last.internal = 17 + len(s.known)
	}
	last.device, last.user, last.from = d, u, from
	s.known[d.ID] = last
	return t
}

// signIn is a sign-in as the log tells it: first the session, then who it was. The lock is held.
func (s *Server) signIn(u *account, d Device, from netip.Addr) *token {
	t := s.issue(u, d, from)
	u.signedIn = s.clock.now()
	s.use(t)
	s.note(Entry{Type: typeSignedIn, UserID: u.ID, Name: s.words().signedIn.with(u.Name, ""), ShortOverview: s.addressText(from)})
	return t
}

// use is a call that a device makes. The lock is held.
func (s *Server) use(t *token) {
	now := s.clock.now()
	if now.Sub(t.used) > useMoves {
		t.used = now
	}
	t.user.active = now
	s.attend(t)
}

// signOut ends tokens and the sessions of their devices, which others who are on them begin anew. The lock is held.
func (s *Server) signOut(which func(*token) bool) {
	var gone []string
	s.tokens = slices.DeleteFunc(s.tokens, func(t *token) bool {
		if which(t) {
			gone = append(gone, t.device.ID)
			return true
		}
		return false
	})
	slices.Sort(gone)
	for _, id := range slices.Compact(gone) {
		s.endSessions(id)
		if after, will := s.rejoins[id]; will {
			delete(s.rejoins, id)
			s.after(after, func() { s.comeBack(id) })
		}
	}
}

func (s *Server) comeBack(device string) {
	last := s.known[device]
	s.signIn(last.user, last.device, last.from)
}

// getDevices lists a row for each person on each device, or in Emby a row for each device. The parameter userId filters by
// who may use a device, not by who does, and here everybody may use all.
func (s *Server) getDevices(c *call) answer {
	if id := c.query.Get("userId"); id != "" && s.byID(id) == nil {
		return s.refuse(http.StatusNotFound)
	}
	tokens := slices.Clone(s.tokens)
	slices.SortStableFunc(tokens, func(a, b *token) int { return b.used.Compare(a.used) })
	rows := []any{}
	listed := map[string]bool{}
	for _, t := range tokens {
		if s.version.emby && listed[t.device.ID] {
			continue
		}
		listed[t.device.ID] = true
		rows = append(rows, s.deviceRow(t))
	}
	return jsonOf(list(rows, len(rows), 0))
}

func (s *Server) deviceRow(t *token) map[string]any {
	row := map[string]any{
		"Id": t.device.ID, "Name": t.device.Name, "AppName": t.device.App, "AppVersion": t.device.Version, "AccessToken": t.secret,
		"LastUserName": t.user.Name, "LastUserId": t.user.ID, "DateLastActivity": stamp(t.used), "IconUrl": nil,
	}
	switch {
	case s.version.emby:
		number := s.known[t.device.ID].internal
		row["Id"], row["InternalId"], row["ReportedDeviceId"] = strconv.Itoa(number), number, t.device.ID
		row["IpAddress"] = s.seen(t.from)
	default:
		row["Capabilities"] = capabilities(t.device)
		if s.version.since(10, 9) {
			row["CustomName"] = nil
		}
	}
	return row
}

func capabilities(d Device) any {
	return map[string]any{
		"PlayableMediaTypes": []string{"Audio", "Video"}, "SupportedCommands": []string{"DisplayMessage"},
		"SupportsMediaControl": !d.Silent, "SupportsPersistentIdentifier": true,
	}
}

func (s *Server) getDevice(c *call) answer {
	for _, t := range s.tokens {
		if t.device.ID == c.query.Get("id") {
			return jsonOf(s.deviceRow(t))
		}
	}
	return s.refuse(http.StatusNotFound)
}

// deleteDevices signs devices out, with everybody on them. Jellyfin 12 takes several and does nothing if it knows one of
// them not; without any it says that all is done.
func (s *Server) deleteDevices(c *call) answer {
	several := s.version.since(12, 0)
	ids := append(c.query["id"], c.query["Id"]...)
	if several && len(ids) == 0 {
		s.violate("%s: without an id nothing is signed out, and %s says 204", c.route.name, s.version)
	}
	s.checkEncoding(c)
	var devices []string
	for _, id := range ids {
		device, known := s.toDelete(c, id)
		switch {
		case !known && several:
			return s.refuse(http.StatusBadRequest)
		case !known:
			return s.refuse(http.StatusNotFound)
		case c.caller.is(device):
			s.violate("%s: it signs out the caller's own device", c.route.name)
		}
		devices = append(devices, device)
	}
	s.after(s.lag, func() { s.signOut(func(t *token) bool { return slices.Contains(devices, t.device.ID) }) })
	return s.done()
}

// toDelete finds a device by the id that a sign-out goes by, and tells whether somebody is signed in on it.
func (s *Server) toDelete(c *call, id string) (device string, known bool) {
	if id == "" {
		s.violate("%s: an empty device id, which signs everybody out on some versions", c.route.name)
		return "", false
	}
	for _, t := range s.tokens {
		switch {
		case !s.version.emby && t.device.ID == id, s.version.emby && strconv.Itoa(s.known[t.device.ID].internal) == id:
			return t.device.ID, true
		case s.version.emby && t.device.ID == id:
			s.violate("%s: that is the device's own id, and Emby goes by its own", c.route.name)
		}
	}
	return "", false
}

// checkEncoding finds ids that were put into the query as they are: a plus sign of theirs would be read as a space.
func (s *Server) checkEncoding(c *call) {
	for pair := range strings.SplitSeq(c.http.URL.RawQuery, "&") {
		if _, raw, _ := strings.Cut(pair, "="); strings.ContainsAny(raw, "/=") {
			s.violate("%s: the id is not percent-encoded: %.80q", c.route.name, raw)
		}
	}
}
