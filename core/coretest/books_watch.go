package coretest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"latchstring/core"
)

// Cursor is a method of [watch.Book].
func (b *Books) Cursor(_ context.Context, service core.ServiceID) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.cursors[service], nil
}

// Fresh is a method of [watch.Book].
func (b *Books) Fresh(_ context.Context, service core.ServiceID, keys []string) ([]string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return b.knows(service, k) }), nil
}

func (b *Books) knows(service core.ServiceID, key string) bool {
	return slices.ContainsFunc(b.seen, func(s core.Seen) bool { return s.SignIn.Service == service && s.SignIn.Key == key })
}

// Seen is a method of [watch.Book].
func (b *Books) Seen(_ context.Context, after, failedAfter time.Time, limit int) ([]core.Seen, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var seen []core.Seen
	for _, s := range b.seen {
		if !s.SignIn.At.After(after) || s.SignIn.Failed && !s.SignIn.At.After(failedAfter) {
			continue
		}
		for _, c := range b.cases {
			if c.SignIn.Service == s.SignIn.Service && c.SignIn.Key == s.SignIn.Key {
				s.Answer, s.Answered = c.Answer, c.Answered
			}
		}
		seen = append(seen, s)
	}
	var last []core.Seen
	succeeded, failed := max(limit, 0), 500
	for _, s := range slices.Backward(seen) {
		left := &succeeded
		if s.SignIn.Failed {
			left = &failed
		}
		if *left > 0 {
			*left--
			last = append(last, s)
		}
	}
	slices.Reverse(last)
	return last, nil
}

// RecordLook is a method of [watch.Book].
func (b *Books) RecordLook(ctx context.Context, l core.Look) error {
	return b.change(ctx, func() error {
		if slices.ContainsFunc(l.Passes, func(p core.Pass) bool { return b.passAt(p) < 0 }) {
			return core.ErrStale
		}
		if slices.ContainsFunc(l.Cases, func(c core.Case) bool { return c.Version > 0 && b.caseAt(c) < 0 }) {
			return core.ErrStale
		}
		for _, s := range l.Seen {
			if !b.knows(s.SignIn.Service, s.SignIn.Key) {
				s.Answer, s.Answered = "", time.Time{}
				b.seen = append(b.seen, copied(s))
			}
		}
		for _, c := range l.Cases {
			b.keepCase(c)
		}
		for _, p := range l.Passes {
			b.keepPass(p)
		}
		b.record(l.Entries)
		b.post(l.Deliveries)
		if b.cursors == nil {
			b.cursors = map[core.ServiceID]string{}
		}
		b.cursors[l.Service] = l.Cursor
		return nil
	})
}

// caseAt finds a case in its recorded version; -1: there is none.
func (b *Books) caseAt(c core.Case) int {
	return slices.IndexFunc(b.cases, func(k core.Case) bool { return k.ID == c.ID && k.Version == c.Version })
}

func (b *Books) keepCase(c core.Case) {
	i := b.caseAt(c)
	c = copied(c)
	c.Version, c.Stands = c.Version+1, ""
	if i < 0 {
		b.cases = append(b.cases, c)
		return
	}
	b.cases[i] = c
}

func (b *Books) isUndecided(id core.CaseID) bool {
	return slices.ContainsFunc(b.cases, func(c core.Case) bool { return c.ID == id && c.Takes(core.NotOurs) })
}

func (b *Books) answerCase(take core.Taking, action core.ActionID) {
	for i := range b.cases {
		if c := &b.cases[i]; c.ID == take.Case {
			c.Version++
			c.Answer, c.By, c.Answered, c.Said, c.Reset, c.Action = core.NotOurs, take.By, take.At, take.Said, take.Reset, action
		}
	}
}

// SaveCase is a method of [watch.Book].
func (b *Books) SaveCase(ctx context.Context, c core.Case, entries []core.Entry, deliveries []core.Delivery) error {
	return b.change(ctx, func() error {
		if c.Version == 0 || b.caseAt(c) < 0 {
			return core.ErrStale
		}
		b.keepCase(c)
		b.record(entries)
		b.post(deliveries)
		return nil
	})
}

// Cases is a method of [watch.Book].
func (b *Books) Cases(_ context.Context, q core.CaseQuery) ([]core.Case, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var found []core.Case
	for _, c := range b.cases {
		c.Stands = b.actions[c.Action].Outcome
		if q.ID != "" && c.ID != q.ID || q.Service != "" && (c.SignIn.Service != q.Service || c.SignIn.Key != q.Key) ||
			q.Open && !c.Open() || q.Untold && (c.Action == "" || c.Stands == c.Told) || c.Opened.Before(q.Since) {
			continue
		}
		found = append(found, copied(c))
	}
	slices.SortFunc(found, func(a, b core.Case) int { return cmp.Or(b.Opened.Compare(a.Opened), cmp.Compare(a.ID, b.ID)) })
	if q.Limit <= 0 {
		q.Limit = 1000
	}
	return found[:min(len(found), q.Limit)], nil
}

// copies are the messages by which the contact of a redraw was told of its subject.
func (b *Books) copies(d core.Delivery) []string {
	var messages []string
	first := core.NewsCase
	if d.Source.Public {
		first = core.NewsBoard
	}
	for _, c := range b.deliveries {
		if d.News == core.NewsRedraw && c.News == first && c.Subject == d.Subject && c.To == d.To &&
			c.Source.Contact == d.Source.Contact && c.Message != "" {
			messages = append(messages, c.Message)
		}
	}
	return messages
}

// AskedAt is a method of [watch.AskedBook].
func (b *Books) AskedAt(_ context.Context, c core.Case) (time.Time, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var first time.Time
	for _, d := range b.deliveries {
		asks := d.News == core.NewsCase && d.Subject == string(c.ID) || d.News == core.NewsDigest && slices.Contains(c.Asked, d.To) && !d.Sent.Before(c.Opened)
		if asks && !d.Sent.IsZero() && (first.IsZero() || d.Sent.Before(first)) {
			first = d.Sent
		}
	}
	return first, nil
}
