package coretest

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"latchstring/core"
	"latchstring/core/control"
	"latchstring/core/talk"
	"latchstring/core/watch"
)

// AllBooks is every book port of the house in one.
type AllBooks interface {
	control.Book
	control.LinkBook
	talk.OfferBook
	talk.SettingBook
	talk.PostBook
	talk.Inbox
	watch.Book
	watch.PassBook
	watch.ExceptionBook
	watch.ActionBook
	watch.AskedBook
}

// Books keeps the household's record in memory, as storage does on disk and with the same answers. Its zero value is an
// empty record. Nothing in it is ever swept.
type Books struct {
	Err error // what every method that writes answers, if set: a record that can not be written

	mu         sync.Mutex
	actions    map[core.ActionID]core.Action
	entries    []core.Entry
	offers     map[core.OfferID]core.Offer
	deliveries []core.Delivery
	settings   map[core.MemberID]map[core.Setting]string
	inbox      []received
	offsets    map[core.Chat]string
	seen       []core.Seen
	cases      []core.Case
	passes     []core.Pass
	exceptions []core.Exception
	cursors    map[core.ServiceID]string
	invites    map[core.InviteID]core.Invite
	links      []core.Link
	moved      map[core.Chat]map[string]string
}

// received is a message and whether it was answered.
type received struct {
	core.Message
	answered bool
}

var _ AllBooks = (*Books)(nil)

// change runs a method that writes. It has to check all before it changes anything.
func (b *Books) change(ctx context.Context, do func() error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if b.Err != nil {
		return core.RecordError(b.Err)
	}
	return do()
}

// copied returns a value that shares nothing with v: what is in the record is changed by nobody outside.
func copied[T any](v T) T {
	var c T
	text, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	if err != nil {
		panic(err) // core's nouns are all plain values
	}
	return c
}

// Begin is a method of [control.Book].
func (b *Books) Begin(ctx context.Context, a core.Action, take core.Taking, entries []core.Entry, deliveries []core.Delivery) error {
	return b.change(ctx, func() error {
		if take.Offer != "" && !b.free(take.Offer, take.At) {
			return core.ErrUsed
		}
		if take.Case != "" && !b.isUndecided(take.Case) {
			return core.ErrUsed
		}
		if take.Pass != "" && !b.isLive(take.Pass) {
			return core.ErrUsed
		}
		if err := b.keep(a); err != nil {
			return err
		}
		if take.Pass != "" {
			b.endPass(take, a.ID)
		}
		if take.Case != "" {
			b.answerCase(take, a.ID)
		}
		if take.Offer != "" {
			b.take(take.Offer, take.By, take.At, a.ID)
		}
		b.record(entries)
		b.post(deliveries)
		return nil
	})
}

// Save is a method of [control.Book].
func (b *Books) Save(ctx context.Context, a core.Action, entries []core.Entry, deliveries []core.Delivery) error {
	return b.change(ctx, func() error {
		if a.Version == 0 {
			return core.ErrStale
		}
		if err := b.keep(a); err != nil {
			return err
		}
		b.record(entries)
		b.post(deliveries)
		return nil
	})
}

func (b *Books) keep(a core.Action) error {
	if b.actions[a.ID].Version != a.Version {
		return core.ErrStale
	}
	for _, other := range b.actions {
		if other.ID != a.ID && other.State == core.Executing && a.State == core.Executing && collide(a, other) {
			return core.ErrUnderway
		}
	}
	if b.actions == nil {
		b.actions = map[core.ActionID]core.Action{}
	}
	a = copied(a)
	a.Version++
	b.actions[a.ID] = a
	return nil
}

// collide tells whether two actions have a device, or as resets the account, in common.
func collide(x, y core.Action) bool {
	if x.Act == core.StartReset && y.Act == core.StartReset && x.Service == y.Service &&
		x.Account.Member == y.Account.Member && x.Account.Login == y.Account.Login {
		return true
	}
	return slices.ContainsFunc(x.Targets, func(t core.Target) bool {
		return slices.ContainsFunc(y.Targets, func(u core.Target) bool {
			return t.Ref.Service == u.Ref.Service && t.Ref.ID == u.Ref.ID
		})
	})
}

// Record is a method of [control.Book].
func (b *Books) Record(ctx context.Context, e core.Entry) error {
	return b.change(ctx, func() error {
		b.record([]core.Entry{e})
		return nil
	})
}

func (b *Books) record(entries []core.Entry) {
	for _, e := range entries {
		e = copied(e)
		e.Seq = int64(len(b.entries)) + 1
		b.entries = append(b.entries, e)
	}
}

// Action is a method of [control.Book].
func (b *Books) Action(_ context.Context, id core.ActionID) (core.Action, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	a, ok := b.actions[id]
	if !ok {
		return core.Action{}, core.ErrNone
	}
	return copied(a), nil
}

// Unended is a method of [control.Book].
func (b *Books) Unended(context.Context) ([]core.Action, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var unended []core.Action
	for _, a := range b.actions {
		if a.State != core.Ended {
			unended = append(unended, copied(a))
		}
	}
	slices.SortFunc(unended, func(x, y core.Action) int {
		if run := executing(y) - executing(x); run != 0 {
			return run
		}
		if c := x.Started.Compare(y.Started); c != 0 {
			return c
		}
		return strings.Compare(string(x.ID), string(y.ID))
	})
	return unended[:min(len(unended), 1000)], nil
}

// ByHand is a method of [control.Book].
func (b *Books) ByHand(_ context.Context, service core.ServiceID) ([]core.Action, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var done []core.Action
	for _, a := range b.actions {
		if a.State == core.Ended && a.Service == service && a.Act == core.SignOut && (a.Outcome == core.DoneByHand || a.Outcome == core.CameBack) {
			done = append(done, a)
		}
	}
	slices.SortFunc(done, func(x, y core.Action) int { return y.Ended.Compare(x.Ended) })
	return done, nil
}

// History is a method of [control.Book].
func (b *Books) History(_ context.Context, q core.HistoryQuery) ([]core.Entry, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var found []core.Entry
	for _, e := range slices.Backward(b.entries) {
		if len(found) >= min(q.Limit, 1000) {
			break
		}
		if q.Before > 0 && e.Seq >= q.Before {
			continue
		}
		if q.Member == "" || e.Actor == q.Member || slices.Contains(e.Whose, q.Member) {
			seq := e.Seq
			e = copied(e)
			e.Seq = seq
			found = append(found, e)
		}
	}
	return found, nil
}

func executing(a core.Action) int {
	if a.State == core.Executing {
		return 1
	}
	return 0
}
