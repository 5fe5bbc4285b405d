package mailbox

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"latchstring/core"
)

// cursor says for each mailbox, by its id, what was told of it.
type cursor map[string]mark

// mark is up to where a mailbox was told.
type mark struct {
	Validity uint32   `json:"v"`
	Last     uint32   `json:"u"`
	Arrived  int64    `json:"t"`           // when the latest that was told came, in seconds since 1970
	Keys     []string `json:"k,omitempty"` // the latest that were told, as far as the mailbox may show them again
}

// The bounds of a cursor, and how far back is looked where a mailbox was made anew.
const (
	maxCursor = 64 << 10 // bytes
	maxKeys   = 200
	overlap   = 48 * time.Hour
)

func parseCursor(text string) (cursor, bool) {
	var c cursor
	if text == "" || len(text) > maxCursor || json.Unmarshal([]byte(text), &c) != nil || c == nil {
		return nil, false
	}
	return c, true
}

func (c cursor) String() string {
	text, _ := json.Marshal(c) // there is nothing in it that can not be written
	return string(text)
}

// short is enough of a key to know it again among a few hundred.
func short(key string) string { return key[:min(len(key), 12)] }

// from marks a page as told from its beginning, at a time.
func from(p page, now time.Time) mark {
	return mark{Validity: p.validity, Last: p.last, Arrived: now.Unix()}.pass(p.entries)
}

// after returns the entries that the mark does not know.
func (m mark) after(p page) []entry {
	var fresh []entry
	since := time.Unix(m.Arrived, 0).Add(-overlap)
	for _, e := range p.entries {
		late := e.uid > m.Last
		if p.validity != m.Validity {
			late = !e.arrived.Before(since)
		}
		if late && !slices.Contains(m.Keys, short(e.notice.Key)) {
			fresh = append(fresh, e)
		}
	}
	return fresh
}

// pass moves the mark behind entries. It changes with them alone, so that nothing is written where nothing happens.
func (m mark) pass(entries []entry) mark {
	m.Keys = slices.Clone(m.Keys)
	for _, e := range entries {
		m.Last, m.Arrived = max(m.Last, e.uid), max(m.Arrived, e.arrived.Unix())
		if k := short(e.notice.Key); !slices.Contains(m.Keys, k) {
			m.Keys = append(m.Keys, k)
		}
	}
	m.Keys = m.Keys[max(0, len(m.Keys)-maxKeys):]
	return m
}

// Notices tells what came after the cursor. A mailbox that can not be read holds up only its own notices, which come when it can.
func (s *service) Notices(ctx context.Context, after string) ([]core.Notice, string, error) {
	told, known := parseCursor(after)
	next := cursor{}
	var fresh []entry
	var trouble error
	for _, box := range s.boxes {
		id := box.ID()
		before, marked := told[id]
		p, err := s.pageOf(ctx, box)
		switch {
		case err != nil:
			trouble = err
			if marked {
				next[id] = before
			}
			continue
		case !marked:
			next[id] = from(p, s.opt.Now())
			continue
		}
		more := before.after(p)
		fresh = append(fresh, more...)
		next[id] = before.pass(more)
		if p.validity != before.Validity {
			m := next[id]
			m.Validity, m.Last = p.validity, p.last
			next[id] = m
		}
	}
	if trouble != nil && (len(fresh) == 0 || !known) {
		return nil, "", failure(s.title, trouble)
	}
	return s.notices(fresh), next.String(), nil
}

// notices returns each notice once, in the order in which they came.
func (s *service) notices(entries []entry) []core.Notice {
	slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Compare(a.arrived.UnixNano(), b.arrived.UnixNano()) })
	var notices []core.Notice
	told := map[string]bool{}
	for _, e := range entries {
		if !told[e.notice.Key] {
			told[e.notice.Key] = true
			notices = append(notices, lapse(e.notice, s.opt.Now()))
		}
	}
	return notices
}

// pageOf returns what a mailbox holds of the service.
func (s *service) pageOf(ctx context.Context, box *Mailbox) (page, error) {
	p, err := box.snapshot(ctx)
	if err != nil {
		return page{}, err
	}
	mine := page{validity: p.validity, last: p.last}
	for _, e := range p.entries {
		if e.notice.Service == s.id {
			mine.entries = append(mine.entries, e)
		}
	}
	return mine, nil
}

// all returns the notices of the service in all its mailboxes, in the order in which they came.
func (s *service) all(ctx context.Context) ([]core.Notice, error) {
	var entries []entry
	for _, box := range s.boxes {
		p, err := s.pageOf(ctx, box)
		if err != nil {
			return nil, failure(s.title, err)
		}
		entries = append(entries, p.entries...)
	}
	return s.notices(entries), nil
}
