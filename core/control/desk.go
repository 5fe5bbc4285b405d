package control

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"latchstring/core"
)

// Desk carries out what members ask. Its fields are set before its first use and not changed afterwards; its methods may
// be called from several goroutines at once.
type Desk struct {
	House      *core.Household
	Connectors []core.Connector
	Book       Book
	Links      LinkBook
	Now        func() time.Time
	Random     io.Reader
	Log        *slog.Logger

	// Since is when this process began; what is left of an earlier one may have called a service until then.
	Since time.Time
	// Patience is how long one call to a service may take at least before it is given up; zero means 15 seconds. A
	// connector that sets itself a longer limit has that.
	Patience time.Duration
	// Pauses are the waits between the looks at a service right after a sign-out, for services that take a moment.
	Pauses []time.Duration
	// News, if set, is called when there is something to deliver.
	News func()

	mu        sync.Mutex
	shelf     map[core.ServiceID]shelf       // what each service said last
	carrying  map[core.ActionID]time.Time    // actions that Tend keeps away from, until when; zero: as long as it takes
	secrets   map[core.ActionID]startedReset // what may still be shown; in memory only
	refused   map[refusal]time.Time          // refusals on record lately
	pleas     map[plea]time.Time             // when each was made last; as many as members, members and services make
	linked    []core.Link
	codeAsked map[codeAsking]core.Contact // where somebody asked for a code last
	nudged    chan struct{}               // wakes Run
}

// Connector returns the connector of a service.
func (d *Desk) Connector(id core.ServiceID) (*core.Connector, bool) {
	for i := range d.Connectors {
		if d.Connectors[i].Service == id {
			return &d.Connectors[i], true
		}
	}
	return nil, false
}

// connector is Connector for those who need one: the error says that there is none.
func (d *Desk) connector(id core.ServiceID) (*core.Connector, error) {
	if c, ok := d.Connector(id); ok {
		return c, nil
	}
	return nil, core.ServiceError(core.NoService, string(id), fmt.Errorf("service %q is not in the config", id))
}

// newID makes 128 random bits in hex.
func (d *Desk) newID() (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(d.Random, b[:]); err != nil {
		return "", fmt.Errorf("random source: %w", err)
	}
	return hex.EncodeToString(b[:]), nil
}

func (d *Desk) patience(c *core.Connector) time.Duration {
	patience := d.Patience
	if patience == 0 {
		patience = 15 * time.Second
	}
	return max(patience, c.Settle)
}

// settled is when the service can no longer be carrying out so many calls, begun one after the other from a time on.
func (d *Desk) settled(c *core.Connector, begun time.Time, calls int) time.Time {
	longest := c.Settle
	if longest == 0 {
		longest = d.patience(c)
	}
	return begun.Add(time.Duration(max(calls, 1))*longest + time.Second)
}

// call asks a service something and keeps the house standing whatever happens in the connector: it may take no longer
// than the desk's patience, and a panic in it is an answer that makes no sense.
func (d *Desk) call(ctx context.Context, c *core.Connector, ask func(context.Context) error) (err error) {
	ctx, cancel := context.WithTimeout(ctx, d.patience(c))
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			d.Log.Error("connector panicked", slog.String("service", string(c.Service)), slog.Any("panic", r),
				slog.String("stack", string(debug.Stack())))
			err = core.ServiceError(core.Garbled, c.Title, errors.New("connector panicked"))
		}
	}()
	err = ask(ctx)
	if err != nil && core.KindOf(err) == "" {
		err = core.ServiceError(core.Unreachable, c.Title, err)
	}
	return err
}

// news tells the courier and Run that something changed.
func (d *Desk) news() {
	d.mu.Lock()
	ch := d.wake()
	d.mu.Unlock()
	select {
	case ch <- struct{}{}:
	default:
	}
	if d.News != nil {
		d.News()
	}
}

// wake returns the channel that wakes Run; mu is held.
func (d *Desk) wake() chan struct{} {
	if d.nudged == nil {
		d.nudged = make(chan struct{}, 1)
	}
	return d.nudged
}

// unrecorded turns a failure of the book into one that a member can read. What the book says on purpose stays as it is.
func unrecorded(err error) error {
	for _, meant := range []error{core.ErrNone, core.ErrUsed, core.ErrUnderway, core.ErrStale, core.ErrFull} {
		if errors.Is(err, meant) {
			return err
		}
	}
	if err == nil || core.KindOf(err) != "" {
		return err
	}
	return core.RecordError(err)
}
