package jellyfinapi

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Entry is an entry of the activity log.
type Entry struct {
	ID            int64 // 0: the next one
	Name          string
	Overview      string
	ShortOverview string
	Type          string
	ItemID        string
	Date          time.Time // zero: now
	UserID        string    // "": nobody's
	Severity      string    // "": as its type has it
}

// The types of entries that the server makes itself, as Jellyfin names them.
const (
	typeSignedIn = "AuthenticationSucceeded"
	typeFailed   = "AuthenticationFailed"
	typeStarted  = "SessionStarted"
	typeEnded    = "SessionEnded"
	typePassword = "UserPasswordChanged"
	typePlayed   = "VideoPlayback"
)

// usualPage is how many entries a page has that nobody gave a limit.
const usualPage = 100

// activity is the log, in the order of its dates, which is that of its ids as long as no clock was set back.
type activity struct {
	language Language
	next     int64
	entries  []Entry
}

// Speaks has the server write its log in a language from now on. What is written stays as it is.
func (s *Server) Speaks(l Language) { s.locked(func() { s.log.language = l }) }

// Logs puts an entry of the test's choice into the log, and returns its id. Its user is the one whose id it has.
func (s *Server) Logs(e Entry) int64 {
	var id int64
	s.locked(func() { id = s.note(e) })
	return id
}

// FailsToSignIn has somebody enter a name and a wrong password. The log tells the name as it was typed, and no device.
func (s *Server) FailsToSignIn(typed, from string) {
	s.tb.Helper()
	addr := s.address(from)
	s.locked(func() {
		s.note(Entry{Type: typeFailed, Name: s.words().failed.with(typed, ""), ShortOverview: s.addressText(addr)})
	})
}

// HasOldEntries puts n entries of sign-ins and of other things before all that is in the log, a minute apart, newest now.
// They are somebody's.
func (s *Server) HasOldEntries(n int, user, from string) {
	s.tb.Helper()
	u, addr := s.person(user), s.address(from)
	s.locked(func() {
		if len(s.log.entries) > 0 {
			s.tb.Fatalf("jellyfin: there are entries already")
		}
		words, now := s.words(), s.clock.now()
		for i := range n {
			e := Entry{Type: typePlayed, Name: words.playing.with(u.Name, "Living-room TV")}
			if i%3 == 0 {
				e = Entry{Type: typeSignedIn, Name: words.signedIn.with(u.Name, ""), ShortOverview: s.addressText(addr)}
			}
			e.UserID, e.Date = u.ID, now.Add(-time.Duration(n-1-i)*time.Minute)
			s.note(e)
		}
	})
}

// Prunes has the server forget the entries from before a time, as its task of each day does, and returns how many there were.
func (s *Server) Prunes(before time.Time) int {
	var n int
	s.locked(func() {
		n = len(s.log.entries)
		s.log.entries = slices.DeleteFunc(s.log.entries, func(e Entry) bool { return e.Date.Before(before) })
		n -= len(s.log.entries)
	})
	return n
}

// JumpsIDs has the ids of further entries leave a gap.
func (s *Server) JumpsIDs(by int64) { s.locked(func() { s.log.next += by }) }

// StartsLogAnew has the log be empty and its ids begin at 1, as after a database was lost.
func (s *Server) StartsLogAnew() { s.locked(func() { s.log.entries, s.log.next = nil, 1 }) }

// Log returns the log, oldest first.
func (s *Server) Log() []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log.entries)
}

// addressText is what the log says of an address; it has the same words where the server was not told one.
func (s *Server) addressText(a netip.Addr) string {
	seen, _ := s.seen(a).(string) // "" for none
	return strings.TrimSpace(s.words().address.with(seen, ""))
}

// note puts an entry into the log and nudges those who listen. The lock is held.
func (s *Server) note(e Entry) int64 {
	if e.ID == 0 {
		e.ID = s.log.next
	}
	s.log.next = max(s.log.next, e.ID+1)
	if e.Date.IsZero() {
		e.Date = s.clock.now()
	}
	if e.Severity == "" {
		e.Severity = s.severity(e.Type)
	}
	e.Type = s.embyType(e.Type)
	i := len(s.log.entries)
	for i > 0 && s.log.entries[i-1].Date.After(e.Date) {
		i--
	}
	s.log.entries = slices.Insert(s.log.entries, i, e)
	s.nudge()
	return e.ID
}

func (s *Server) severity(kind string) string {
	switch {
	case kind == typeFailed:
		return "Error"
	case s.version.emby:
		return "Info"
	}
	return "Information"
}

// embyType is how Emby names a type, in the versions that do not name it as Jellyfin does.
func (s *Server) embyType(kind string) string {
	if !s.version.emby || s.options.OldTypes {
		return kind
	}
	names := map[string]string{
		typeSignedIn: "user.authenticated", typeFailed: "user.authenticationfailed", typeStarted: "session.start",
		typeEnded: "session.end", typePassword: "user.passwordchanged", typePlayed: "playback.start",
	}
	return or(names[kind], kind)
}

// getLog tells a page of the log, newest first.
func (s *Server) getLog(c *call) answer {
	keep, err := s.filter(c)
	if err != nil {
		s.violate("%s: %v", c.route.name, err)
		return s.refuse(http.StatusBadRequest)
	}
	start, _ := strconv.Atoi(c.query.Get("startIndex") + c.query.Get("StartIndex")) // they were looked at before
	limit, err := strconv.Atoi(c.query.Get("limit") + c.query.Get("Limit"))
	if err != nil {
		limit = usualPage
	}
	total, rows := 0, []any{}
	for _, e := range slices.Backward(s.log.entries) {
		if !keep(e) {
			continue
		}
		if total >= start && len(rows) < limit {
			rows = append(rows, s.entryRow(e))
		}
		total++
	}
	if c.query.Get("sortOrder") == "Ascending" {
		return s.ascending(keep, start, limit, total)
	}
	return jsonOf(list(rows, total, start))
}

// ascending tells a page of the log, oldest first, which Jellyfin can from 12 on.
func (s *Server) ascending(keep func(Entry) bool, start, limit, total int) answer {
	rows, n := []any{}, 0
	for _, e := range s.log.entries {
		if !keep(e) {
			continue
		}
		if n >= start && len(rows) < limit {
			rows = append(rows, s.entryRow(e))
		}
		n++
	}
	return jsonOf(list(rows, total, start))
}

func (s *Server) entryRow(e Entry) map[string]any {
	row := map[string]any{
		"Id": e.ID, "Name": e.Name, "Overview": orNull(e.Overview), "ShortOverview": orNull(e.ShortOverview), "Type": e.Type,
		"ItemId": orNull(e.ItemID), "Date": stamp(e.Date), "UserId": or(e.UserID, nobodyID), "Severity": e.Severity,
	}
	if s.version.emby && e.UserID == "" {
		delete(row, "UserId")
	}
	return row
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// filter makes a filter of the parameters of a call. Texts are found anywhere and in any case, as the database does.
func (s *Server) filter(c *call) (func(Entry) bool, error) {
	q := c.query
	var from, until time.Time
	if text := q.Get("minDate") + q.Get("MinDate"); text != "" {
		from, _ = time.Parse(time.RFC3339, text) // it was looked at before
	}
	if text := q.Get("maxDate"); text != "" {
		until, _ = time.Parse(time.RFC3339, text)
	}
	if by := q.Get("sortBy"); by != "" && by != "DateCreated" {
		return nil, fmt.Errorf("this server sorts by DateCreated only, not by %.40q", by)
	}
	if order := q.Get("sortOrder"); order != "" && order != "Ascending" && order != "Descending" {
		return nil, fmt.Errorf("sortOrder %.40q", order)
	}
	wanted := map[string]string{}
	for _, name := range []string{"name", "overview", "shortOverview", "type", "username"} {
		if text := q.Get(name); text != "" {
			wanted[name] = strings.ToLower(text)
		}
	}
	return func(e Entry) bool {
		switch has := e.UserID != ""; {
		case e.Date.Before(from), !until.IsZero() && e.Date.After(until),
			q.Get("hasUserId") != "" && (q.Get("hasUserId") == "true") != has,
			q.Get("itemId") != "" && !sameID(q.Get("itemId"), e.ItemID),
			q.Get("severity") != "" && q.Get("severity") != e.Severity:
			return false
		}
		for name, part := range wanted {
			if !strings.Contains(strings.ToLower(s.textOf(e, name)), part) {
				return false
			}
		}
		return true
	}, nil
}

// textOf is what a filter of a name looks at.
func (s *Server) textOf(e Entry, filter string) string {
	switch filter {
	case "name":
		return e.Name
	case "overview":
		return e.Overview
	case "shortOverview":
		return e.ShortOverview
	case "type":
		return e.Type
	}
	if u := s.byID(e.UserID); u != nil {
		return u.Name
	}
	return ""
}
