package coretest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"latchstring/core"
)

// Passes is a method of [watch.PassBook].
func (b *Books) Passes(_ context.Context, endedAfter time.Time) ([]core.Pass, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var found []core.Pass
	for _, p := range b.passes {
		if p.Ended.IsZero() || p.Ended.After(endedAfter) {
			found = append(found, copied(p))
		}
	}
	slices.SortFunc(found, func(x, y core.Pass) int { return cmp.Or(x.Made.Compare(y.Made), cmp.Compare(x.ID, y.ID)) })
	return found, nil
}

// PutPass is a method of [watch.PassBook].
func (b *Books) PutPass(ctx context.Context, p core.Pass, e core.Entry) error {
	return b.change(ctx, func() error {
		live := 0
		for _, q := range b.passes {
			if q.By == p.By && q.Ended.IsZero() {
				live++
			}
		}
		if live >= core.MaxPasses {
			return core.ErrFull
		}
		p = copied(p)
		p.Version = 1
		b.passes = append(b.passes, p)
		b.record([]core.Entry{e})
		return nil
	})
}

// SavePass is a method of [watch.PassBook].
func (b *Books) SavePass(ctx context.Context, p core.Pass, cases []core.Case, entries []core.Entry, deliveries []core.Delivery) error {
	return b.change(ctx, func() error {
		if b.passAt(p) < 0 {
			return core.ErrStale
		}
		b.keepPass(p)
		for _, c := range cases {
			b.keepCase(c)
		}
		b.record(entries)
		b.post(deliveries)
		return nil
	})
}

// passAt finds a pass in its recorded version; -1: there is none.
func (b *Books) passAt(p core.Pass) int {
	return slices.IndexFunc(b.passes, func(q core.Pass) bool { return q.ID == p.ID && q.Version == p.Version })
}

// keepPass replaces a pass that is there; what was said when it was made stays.
func (b *Books) keepPass(p core.Pass) {
	i := b.passAt(p)
	p = copied(p)
	p.Version++
	p.By, p.Words, p.Made = b.passes[i].By, b.passes[i].Words, b.passes[i].Made
	b.passes[i] = p
}

func (b *Books) isLive(id core.PassID) bool {
	return slices.ContainsFunc(b.passes, func(p core.Pass) bool { return p.ID == id && p.Ended.IsZero() })
}

func (b *Books) endPass(take core.Taking, action core.ActionID) {
	for i := range b.passes {
		if p := &b.passes[i]; p.ID == take.Pass {
			p.Version++
			p.Ended, p.Action = take.At, action
		}
	}
}

// Exceptions is a method of [watch.ExceptionBook].
func (b *Books) Exceptions(context.Context) ([]core.Exception, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.exceptions), nil
}

// PutException is a method of [watch.ExceptionBook].
func (b *Books) PutException(ctx context.Context, x core.Exception, e core.Entry) error {
	return b.change(ctx, func() error {
		of := slices.DeleteFunc(slices.Clone(b.exceptions), func(y core.Exception) bool { return y.By != x.By })
		if len(of) >= core.MaxExceptions {
			return core.ErrFull
		}
		b.exceptions = append(b.exceptions, copied(x))
		b.record([]core.Entry{e})
		return nil
	})
}

// DropException is a method of [watch.ExceptionBook].
func (b *Books) DropException(ctx context.Context, id core.ExceptionID, e core.Entry) error {
	return b.change(ctx, func() error {
		i := slices.IndexFunc(b.exceptions, func(x core.Exception) bool { return x.ID == id })
		if i < 0 {
			return core.ErrNone
		}
		b.exceptions = slices.Delete(b.exceptions, i, i+1)
		b.record([]core.Entry{e})
		return nil
	})
}

// Severed is a method of [watch.ActionBook].
func (b *Books) Severed(_ context.Context, after time.Time) ([]core.Action, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	taken := []core.Outcome{core.Gone, core.WasGone, core.Later, core.CameBack, core.Again, core.Started, core.DoneByHand}
	var found []core.Action
	for _, a := range b.actions {
		if a.Started.After(after) && a.Account.Member != "" && slices.Contains(taken, a.Outcome) {
			found = append(found, copied(a))
		}
	}
	slices.SortFunc(found, func(x, y core.Action) int { return cmp.Or(x.Started.Compare(y.Started), cmp.Compare(x.ID, y.ID)) })
	return found[:min(len(found), 1000)], nil
}
