package watch

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/netip"
	"runtime/debug"
	"sync"
	"time"

	"latchstring/core"
)

// Watcher asks every service for its sign-ins, makes cases of those that the household would not know, and brings each case
// to its end. Its fields are set before its first use and not changed afterwards; its methods may be called from several
// goroutines at once.
type Watcher struct {
	House      *core.Household
	Connectors []core.Connector
	Book       Book
	Passes     PassBook       // nil: there are no passes
	Exceptions ExceptionBook  // nil: there are no exceptions
	Actions    ActionBook     // nil: nothing is known of what was done
	Places     core.Gazetteer // nil: nothing is known of places
	Tuning     Tuning
	Every      time.Duration // between two looks at one service
	Escalate   time.Duration // how long the member concerned is waited for before the owners are asked; zero: they are asked at once
	Now        func() time.Time
	Random     io.Reader
	Log        *slog.Logger
	News       func()                                    // called when there is something to deliver; may be nil
	Daily      func(context.Context, core.MemberID) bool // who wants a sign of life each morning; nil: nobody
	Boards     []core.Source                             // the household's own rooms, where cases are told without their facts
	Reach      func(core.MemberID) []core.Contact        // where a member can be told something; nil: the courier finds out

	// The owners are shown all devices to look through this long after they did so last, of which whole days count. Less than
	// a day: never. Reviewed says when that was; zero: they never did. Nil: nobody is shown anything.
	ReviewEvery time.Duration
	Reviewed    func(context.Context, core.MemberID) (time.Time, error)

	// Asked says when a question reached somebody, from when on silence counts. Nil: from the opening of the case.
	Asked AskedBook

	// Codes is given each verified notice, for whoever asked for a code; it may be given one again. Nil: nobody can ask.
	Codes func(context.Context, core.Notice) error

	// Awaits tells whether somebody does the password reset of an account by hand just now, and waits for its mails. Nil: nobody.
	Awaits func(context.Context, core.ServiceID, core.MemberID) bool

	// Returned is given each sign-in, for whoever signed that device out by hand; it may be given one again. Nil: nobody did.
	Returned func(context.Context, core.SignIn) error

	// SignOut has the device of a pass that is over signed out, by the order of the member who gave it. The pass has ended
	// when that is on record; core.ErrUsed says that it had ended before. Nil: nobody can.
	SignOut func(ctx context.Context, p core.Pass) error

	mu      sync.Mutex
	state   *state // nil: to be read from the book
	sources map[core.ServiceID]*source
	nudged  chan struct{}             // wakes Run
	daily   string                    // the day on which signs of life were given last
	reviews string                    // the day on which it was looked up last whose review is due
	weekly  time.Time                 // when the week was last looked back on
	home    []netip.Prefix            // the household's networks now; nil: those of the config
	hinted  netip.Addr                // the proxy that the owners were told of last
	learned bool                      // that the household is learned was told, or is long ago
	retries map[core.PassID]time.Time // when the end of a pass that failed is tried again
}

// patience is how long one service may take to tell its sign-ins.
const patience = 30 * time.Second

// Run watches until ctx ends, each service by itself, so that a slow one delays no other.
func (w *Watcher) Run(ctx context.Context) {
	var wg sync.WaitGroup
	for i := range w.Connectors {
		if c := &w.Connectors[i]; w.source(c).log != nil {
			wg.Go(func() { w.follow(ctx, c) })
		}
	}
	wg.Go(func() { w.tending(ctx) })
	wg.Wait()
}

// Round looks at every service once, one after the other.
func (w *Watcher) Round(ctx context.Context) {
	for i := range w.Connectors {
		if c := &w.Connectors[i]; w.source(c).log != nil {
			w.look(ctx, c)
		}
	}
}

// follow looks at a service every so often, and at once when the service nudges.
func (w *Watcher) follow(ctx context.Context, c *core.Connector) {
	nudges := make(chan struct{}, 1)
	var wg sync.WaitGroup
	defer wg.Wait()
	if c.Nudges != nil {
		wg.Go(func() {
			w.guarded(c, func() {
				c.Nudges(ctx, func() {
					select {
					case nudges <- struct{}{}:
					default:
					}
				})
			})
		})
	}
	t := time.NewTicker(w.Every)
	defer t.Stop()
	for {
		w.look(ctx, c)
		select {
		case <-ctx.Done():
			return
		case <-nudges:
		case <-t.C:
		}
	}
}

// look looks at a service and survives whatever happens in its connector: the next look tries again.
func (w *Watcher) look(ctx context.Context, c *core.Connector) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	w.guarded(c, func() {
		err := w.Look(ctx, c)
		if c.Notices != nil {
			err = errors.Join(err, w.LookAtNotices(ctx, c))
		}
		if err != nil && ctx.Err() == nil {
			w.Log.Warn("sign-ins not read", slog.String("service", string(c.Service)), slog.Any("cause", err))
		}
	})
}

func (w *Watcher) guarded(c *core.Connector, do func()) {
	defer func() {
		if p := recover(); p != nil {
			w.Log.Error("connector panicked", slog.String("service", string(c.Service)), slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
		}
	}()
	do()
}

// news says that there is something to deliver.
func (w *Watcher) news() {
	if w.News != nil {
		w.News()
	}
}

// Nudge says that something may have changed that cases depend on, such as an action. It never waits.
func (w *Watcher) Nudge() {
	select {
	case w.wake() <- struct{}{}:
	default:
	}
}

func (w *Watcher) wake() chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.nudged == nil {
		w.nudged = make(chan struct{}, 1)
	}
	return w.nudged
}

// tending brings cases to their end until ctx ends.
func (w *Watcher) tending(ctx context.Context) {
	wake := w.wake()
	for ctx.Err() == nil {
		wait := time.Hour
		if next := w.Tend(ctx); !next.IsZero() {
			wait = min(wait, max(next.Sub(w.Now()), 50*time.Millisecond))
		}
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-wake:
		case <-t.C:
		}
		t.Stop()
	}
}
