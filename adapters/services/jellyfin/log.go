package jellyfin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"latchstring/core"
)

// The bounds of reading the activity log, in entries.
const (
	firstPage   = 100 // what is read of an idle log
	nextPages   = 500
	mostBarren  = 2000   // old entries in a row that are passed in search of others that should be there
	mostEntries = 50_000 // of one look; of more new ones the oldest are not told
)

// entry is a line of the activity log.
type entry struct {
	ID                            int64
	Name, Overview, ShortOverview string
	Type                          string
	UserID                        string
	Date                          instant
}

// kind is what an entry tells of.
type kind int

const (
	other kind = iota
	signedIn
	refused
	online // a device begins to be used; the name holds the device's, in a sentence
)

// kind goes by the entry's type, which is not translated; Emby has used words of two sorts.
func (e entry) kind() kind {
	switch strings.ToLower(e.Type) {
	case "authenticationsucceeded", "user.authenticated":
		return signedIn
	case "authenticationfailed", "user.authenticationfailed":
		return refused
	case "sessionstarted", "session.start":
		return online
	}
	return other
}

// address is where the entry says that it came from. Name is not looked at: it holds what people typed.
func (e entry) address() netip.Addr {
	if a := findAddress(e.ShortOverview); a.IsValid() {
		return a
	}
	return findAddress(e.Overview)
}

// logPage is a part of the log, newest first by the server's clock.
type logPage struct {
	total   int // how many entries the whole log has
	entries []entry
}

// mark is how far the log was read. An entry is new whose id is higher, or whose date is later than that of any entry seen:
// ids only grow, but a server that begins a new log begins them anew.
type mark struct {
	id    int64
	total int       // how many entries the log had
	date  time.Time // the latest of them all
}

// String writes the cursor that core keeps.
func (m mark) String() string {
	return fmt.Sprintf("%d %d %s", m.id, m.total, m.date.UTC().Format(time.RFC3339Nano))
}

// parseMark reads a cursor; ok is false for "" and for what is not one of ours.
func parseMark(cursor string) (m mark, ok bool) {
	parts := strings.Fields(cursor)
	if len(parts) != 3 {
		return mark{}, false
	}
	var errs [3]error
	m.id, errs[0] = strconv.ParseInt(parts[0], 10, 64)
	m.total, errs[1] = strconv.Atoi(parts[1])
	m.date, errs[2] = time.Parse(time.RFC3339Nano, parts[2])
	return m, errors.Join(errs[:]...) == nil
}

// isNew tells whether an entry was not there at the mark.
func (m mark) isNew(e entry) bool { return e.ID > m.id || e.Date.After(m.date) }

// pass is the mark after a page of the log.
func (m mark) pass(p logPage) mark {
	m.total = p.total
	for _, e := range p.entries {
		m.id = max(m.id, e.ID)
		if e.Date.After(m.date) {
			m.date = e.Date.Time
		}
	}
	return m
}

// readLog reads the answer to GET /System/ActivityLog/Entries.
func readLog(body []byte) (logPage, error) {
	var list struct {
		TotalRecordCount int
		Items            []entry
	}
	if err := decode(body, &list); err != nil {
		return logPage{}, err
	}
	switch {
	case list.Items == nil:
		return logPage{}, errors.New("no list of entries")
	case len(list.Items) > maxRows:
		return logPage{}, fmt.Errorf("more than %d entries", maxRows)
	}
	return logPage{max(list.TotalRecordCount, len(list.Items)), list.Items}, nil
}

// logFrom asks for a part of the log.
func (s *service) logFrom(ctx context.Context, index, limit int) (logPage, error) {
	const what = "activity log"
	body, err := s.get(ctx, what, "/System/ActivityLog/Entries", url.Values{
		s.word("startIndex"): {strconv.Itoa(index)}, s.word("limit"): {strconv.Itoa(limit)},
	})
	if core.KindOf(err) == core.Missing {
		e := core.ServiceError(core.Cannot, s.title, err)
		e.Text = core.Say("{service} shows no activity log, so I can not tell who signs in.", s.title)
		return logPage{}, e
	}
	if err != nil {
		return logPage{}, err
	}
	kept := new(page[logPage])
	if index == 0 {
		kept = &s.log
	}
	p, err := reread(s, kept, body, readLog)
	if err != nil {
		return logPage{}, s.garbled(what, err)
	}
	return p, nil
}

// entriesAfter reads what is new since a mark, and returns it in the order of ids, with those entries around it that name a
// device, and the mark after it.
//
// The log comes newest first by the server's clock. Mostly the new entries are the first ones, as many as the ids went up. If
// they are fewer, others may stand below old ones, because the clock was put back or ids were left out: then more is read.
func (s *service) entriesAfter(ctx context.Context, after mark) ([]entry, mark, error) {
	p, err := s.logFrom(ctx, 0, firstPage)
	if err != nil {
		return nil, mark{}, err
	}
	next := after.pass(p)
	due := max(int(next.id-after.id), p.total-after.total)
	if begunAnew(after, p) {
		next.id, due = 0, p.total
		next = next.pass(p)
	}
	found, seen := map[int64]entry{}, map[int64]bool{} // an entry comes twice where others came in between two pages
	barren, index := 0, 0
	for {
		barren += len(p.entries)
		for _, e := range p.entries {
			isNew := after.isNew(e)
			if isNew {
				seen[e.ID], barren = true, 0
			}
			if k := e.kind(); k == online || isNew && k != other {
				found[e.ID] = e
			}
		}
		index += len(p.entries)
		if len(seen) >= due || len(p.entries) == 0 || index >= p.total || barren >= mostBarren || index >= mostEntries {
			break
		}
		if p, err = s.logFrom(ctx, index, nextPages); err != nil {
			return nil, mark{}, err
		}
		next = next.pass(p)
	}
	return slices.SortedFunc(maps.Values(found), func(a, b entry) int { return cmp.Compare(a.ID, b.ID) }), next, nil
}

// begunAnew tells whether the server has begun a new log: what is newest has a lower id than what was read long ago.
func begunAnew(after mark, top logPage) bool {
	later := false
	for _, e := range top.entries {
		if e.ID > after.id {
			return false
		}
		later = later || e.Date.After(after.date)
	}
	return later
}
