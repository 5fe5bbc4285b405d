package watch

import (
	"context"
	"io"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"latchstring/core"
)

// Watcher asks every service for its sign-ins and makes news of those on devices that it never saw. Its fields are set
// before its first use and not changed afterwards.
type Watcher struct {
	House      *core.Household
	Connectors []core.Connector
	Book       Book
	Every      time.Duration // between two looks at one service
	Now        func() time.Time
	Random     io.Reader
	Log        *slog.Logger
	News       func() // called when there is something to deliver; may be nil
}

// Run watches until ctx ends, each service by itself, so that a slow one delays no other.
func (w *Watcher) Run(ctx context.Context) {
	var wg sync.WaitGroup
	for i := range w.Connectors {
		if c := &w.Connectors[i]; c.SignIns != nil {
			wg.Go(func() { w.follow(ctx, c) })
		}
	}
	wg.Wait()
}

// Round looks at every service once, one after the other.
func (w *Watcher) Round(ctx context.Context) {
	for i := range w.Connectors {
		if c := &w.Connectors[i]; c.SignIns != nil {
			w.look(ctx, c)
		}
	}
}

// patience is how long one service may take to tell its sign-ins.
const patience = 30 * time.Second

// look looks at a service and survives whatever happens in its connector: the next look tries again.
func (w *Watcher) look(ctx context.Context, c *core.Connector) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			w.Log.Error("connector panicked", slog.String("service", string(c.Service)), slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
		}
	}()
	if err := w.Look(ctx, c); err != nil && ctx.Err() == nil {
		w.Log.Warn("sign-ins not read", slog.String("service", string(c.Service)), slog.Any("cause", err))
	}
}

func (w *Watcher) follow(ctx context.Context, c *core.Connector) {
	t := time.NewTicker(w.Every)
	defer t.Stop()
	for {
		w.look(ctx, c)
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// Look reads a service's new sign-ins once. They are on record, with the news of them and the place up to which was read,
// or nothing is and the next look reads them again.
func (w *Watcher) Look(ctx context.Context, c *core.Connector) error {
	after, err := w.Book.Cursor(ctx, c.Service)
	if err != nil {
		return err
	}
	signIns, cursor, err := c.SignIns.SignIns(ctx, after)
	if err != nil {
		return err
	}
	if len(signIns) == 0 && cursor == after {
		return nil // an unchanged service costs no write
	}
	var news []core.Delivery
	seen := map[core.DeviceID]bool{} // several sign-ins of one new device are one piece of news
	for _, s := range signIns {
		known, err := w.Book.SignedIn(ctx, c.Service, s.Device.ID)
		if err != nil {
			return err
		}
		if known || seen[s.Device.ID] {
			continue
		}
		seen[s.Device.ID] = true
		made, err := w.deliveries(s)
		if err != nil {
			return err
		}
		news = append(news, made...)
	}
	if err := w.Book.RecordSignIns(ctx, c.Service, cursor, signIns, news); err != nil {
		return err
	}
	if len(news) > 0 && w.News != nil {
		w.News()
	}
	return nil
}

// deliveries are the news of a sign-in: to the member whose account it is, and to the owners.
func (w *Watcher) deliveries(s core.SignIn) ([]core.Delivery, error) {
	var to []core.MemberID
	if m, ok := w.House.Member(s.Account.Member); ok {
		to = append(to, m.ID)
	}
	for _, o := range w.House.Owners() {
		if !slices.Contains(to, o.ID) {
			to = append(to, o.ID)
		}
	}
	now := w.Now()
	var made []core.Delivery
	for _, m := range to {
		id, err := core.NewDeliveryID(w.Random)
		if err != nil {
			return nil, err
		}
		subject := string(s.Service) + "/" + s.Key
		made = append(made, core.Delivery{
			ID: id, Key: "sign-in:" + subject + ":" + string(m), To: m,
			News: core.NewsSignIn, Subject: subject, Made: now, Due: now,
		})
	}
	return made, nil
}
