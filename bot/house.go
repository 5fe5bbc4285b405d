package main

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"latchstring/adapters/places"
	"latchstring/adapters/services/mailbox"
	"latchstring/bot/config"
	"latchstring/core"
	"latchstring/core/control"
	"latchstring/core/talk"
	"latchstring/core/watch"
	"latchstring/storage"
)

// house is the program put together: the rooms over one store. The order in which things are made is the order in which
// they depend on each other.
type house struct {
	household *core.Household
	store     *storage.Store
	desk      *control.Desk
	talk      *talk.Talk
	courier   *talk.Courier
	watcher   *watch.Watcher
	log       *slog.Logger
	lines     *relay // where the log is written
	data      *places.Places
	boxes     []*mailbox.Mailbox
	home      *home // nil: it is where the household says
	chats     []runner
}

// runner is a chat that lives beside the others until ctx ends; its error is one that no waiting heals.
type runner interface {
	talk.Chat
	Run(ctx context.Context) error
}

// sweepEvery is how often the store drops what its bounds say.
const sweepEvery = time.Hour

// lookPauses are the waits between the looks right after a sign-out: most services need no time, some a moment.
func lookPauses() []time.Duration {
	return []time.Duration{300 * time.Millisecond, 1500 * time.Millisecond}
}

// plan is what a house is built from.
type plan struct {
	household  *core.Household
	connectors []core.Connector
	store      *storage.Store
	places     core.Gazetteer // nil: nothing is known of places
	data       *places.Places // where places come from files that may be renewed; nil: they do not
	boxes      []*mailbox.Mailbox
	watch      config.Watch
	log        *slog.Logger
	lines      *relay
}

func build(p plan) *house {
	h, connectors, store, log := p.household, p.connectors, p.store, p.log
	b := &house{household: h, store: store, log: log, lines: p.lines, data: p.data, boxes: p.boxes}
	b.courier = &talk.Courier{Post: store}
	b.desk = &control.Desk{
		House: h, Connectors: connectors, Book: store, Links: store, Now: time.Now, Since: time.Now(), Random: rand.Reader, Log: log,
		Pauses: lookPauses(),
	}
	b.watcher = &watch.Watcher{
		House: h, Connectors: connectors, Book: store, Passes: store, Exceptions: store, Actions: store, Asked: store, Places: p.places,
		Tuning: p.watch.Tuning(), Every: p.watch.Every, Escalate: p.watch.EscalateAfter, ReviewEvery: p.watch.ReviewEvery, SignOut: b.desk.EndPass,
		Now: time.Now, Random: rand.Reader, Log: log, News: b.courier.Nudge,
	}
	b.talk = &talk.Talk{
		House: h, Desk: b.desk, Watch: b.watcher, Offers: store, Settings: store,
		Now: time.Now, Random: rand.Reader, Log: log,
	}
	if p.data != nil {
		b.talk.PlaceData = placeData(p.data)
	}
	b.courier.Talk = b.talk
	b.talk.Heard, b.talk.Down = b.courier.Heard, b.courier.Down
	b.watcher.Codes, b.watcher.Returned, b.watcher.Awaits = b.desk.CodeCame, b.desk.Returned, b.desk.AwaitsReset
	b.watcher.Reach, b.watcher.Daily, b.watcher.Reviewed = b.talk.Reach, b.talk.WantsDaily, b.talk.Reviewed
	b.desk.News = func() {
		b.courier.Nudge()
		b.watcher.Nudge() // a case may wait for the outcome
	}
	return b
}

// join adds a chat. All chats join before the house opens.
func (b *house) join(c talk.Chat) {
	b.talk.Chats = append(b.talk.Chats, c)
}

// hire adds a chat that the house runs itself.
func (b *house) hire(c runner) {
	b.join(c)
	b.chats = append(b.chats, c)
}

// open runs the house until ctx ends or its last chat can not go on, and everything in it has ended. One chat that can not
// go on does not silence the others.
func (b *house) open(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var wg sync.WaitGroup
	var living atomic.Int32
	living.Store(int32(len(b.chats))) //nolint:gosec // there are two kinds of chats
	for _, c := range b.chats {
		wg.Go(func() {
			err := c.Run(ctx)
			if err == nil {
				return
			}
			b.log.Error("chat ended", slog.String("chat", string(c.Name())), slog.Any("cause", err))
			if living.Add(-1) == 0 {
				stop(err)
				return
			}
			b.courier.Ended(ctx, c.Name())
		})
	}
	wg.Go(func() { b.desk.Run(ctx) })
	wg.Go(func() { b.courier.Run(ctx) })
	wg.Go(func() { b.watcher.Run(ctx) })
	wg.Go(func() { b.sweep(ctx) })
	readMail(ctx, b.boxes, b.log, &wg)
	if b.home != nil {
		wg.Go(func() { b.home.follow(ctx, b.watcher.SetHome) })
	}
	if b.data != nil {
		wg.Go(func() { b.data.Watch(ctx, nil, b.log) })
	}
	wg.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// settle does at once what is due now. A conversation in a pipe calls it after each line, so that the same lines always
// give the same text.
func (b *house) settle(ctx context.Context) {
	b.watcher.Round(ctx)
	b.desk.Tend(ctx)
	b.watcher.Tend(ctx)
	b.courier.Deliver(ctx)
}

// sweep keeps the store within its bounds.
func (b *house) sweep(ctx context.Context) {
	t := time.NewTicker(sweepEvery)
	defer t.Stop()
	for {
		if err := b.store.Sweep(ctx, time.Now()); err != nil && ctx.Err() == nil {
			b.log.Error("sweep failed", slog.Any("cause", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}
