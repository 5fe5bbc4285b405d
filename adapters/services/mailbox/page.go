package mailbox

import (
	"slices"
	"time"

	"latchstring/core"
)

// The bounds of what is kept of a mailbox. Those that nobody vouches for can be written by anybody, so they have a bound of
// their own and never push the others out.
const (
	memory       = 90 * 24 * time.Hour
	maxVouched   = 2000
	maxUnvouched = 200
)

// page is what a mailbox holds, as it was read. The entries are in the order of their numbers and are never changed.
type page struct {
	validity uint32 // under which the numbers mean these mails
	last     uint32 // the number up to which mails were looked at
	entries  []entry
}

// entry is a notice and the mail that it came in.
type entry struct {
	uid     uint32
	arrived time.Time
	notice  core.Notice
}

// with returns a page with more entries, within the bounds. An entry that is there already, because its mail was moved away and
// back or sent twice, is not added.
func (p page) with(more []entry, now time.Time) page {
	known := map[string]bool{}
	for _, e := range p.entries {
		known[string(e.notice.Service)+e.notice.Key] = true
	}
	entries := slices.Clone(p.entries)
	for _, e := range more {
		if id := string(e.notice.Service) + e.notice.Key; !known[id] {
			known[id] = true
			entries = append(entries, e)
		}
	}
	vouched, unvouched := 0, 0
	var kept []entry
	for _, e := range slices.Backward(entries) {
		if now.Sub(e.arrived) > memory {
			continue
		}
		count, bound := &vouched, maxVouched
		if !e.notice.Verified {
			count, bound = &unvouched, maxUnvouched
		}
		if *count++; *count > bound {
			continue
		}
		e.notice = lapse(e.notice, now)
		kept = append(kept, e)
	}
	slices.Reverse(kept)
	p.entries = kept
	return p
}

// lapse takes the code and the link out of a notice when their time is over.
func lapse(n core.Notice, now time.Time) core.Notice {
	if !n.Until.IsZero() && !now.Before(n.Until) {
		n.Code, n.Link, n.Until = core.Secret{}, core.Secret{}, time.Time{}
	}
	return n
}
