package browser

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"latchstring/core"
)

// Options are what the program gives a browser.
type Options struct {
	Recipe  *Recipe
	Profile string // the folder of the profile that the owner signed in
	Runs    int    // how many a day; one of them is kept for a sign-out
	Now     func() time.Time
	Log     *slog.Logger

	// Launch starts the browser in the profile; end ends it and all that it started.
	Launch func(ctx context.Context) (p Page, end func(), err error)

	Step time.Duration // how long something may take to appear on the page; zero: 15 s
}

// browser lists and signs out on a page.
type browser struct {
	Options
	service core.ServiceID
	title   string
	account core.Account

	mu    sync.Mutex // held for a whole run: there is one at a time
	state state
	known bool  // the state was read
	last  error // why the last run failed; nil: it did not
}

// Join has a connector list and sign out by the page. What it listed before, by notices, is what was heard of: that can be
// meant, and is signed out by hand, since nobody knows which row of the page it is. The page is that of one account, so the
// connector must have one and no more.
func Join(c core.Connector, opt Options) (core.Connector, error) {
	if len(c.Accounts) != 1 {
		return c, errors.New("browser: the page is that of one account; name one under accounts, and no more")
	}
	if opt.Step == 0 {
		opt.Step = stepWithin
	}
	b := &browser{Options: opt, service: c.Service, title: c.Title, account: c.Accounts[0]}
	c.Devices, c.SignOut, c.Heard = b, b, c.Devices
	c.Single, c.ReadAt, c.Tells.Hearsay = true, b.readAt, false
	c.Prober = prober{b, c.Prober}
	c.Settle, c.Takes = max(c.Settle, 2*runWithin), max(c.Takes, opt.Recipe.Within)
	return c, nil
}

// idOf names a device by what the page calls its row and by its name, since neither alone is its own.
func idOf(key, name string) core.DeviceID {
	sum := sha256.Sum256([]byte(key + "\x00" + name))
	return core.DeviceID(hex.EncodeToString(sum[:10]))
}

// fold makes names comparable.
func fold(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// Devices lists what the page listed last. Runs are spread over the day, also those that fail; where the last one failed, or none is
// left, the last reading is told with an error that says so, and its devices are a person's to sign out.
func (b *browser) Devices(ctx context.Context) ([]core.Device, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	err := b.remember()
	if err == nil {
		err = b.refresh(ctx)
	}
	devices := make([]core.Device, len(b.state.Devices))
	for i, d := range b.state.Devices {
		d.Service, d.Sessions = b.service, slices.Clone(d.Sessions)
		for j := range d.Sessions {
			d.Sessions[j].Member, d.Sessions[j].Login = b.account.Member, b.account.Login
		}
		d.ByHand = d.ByHand || err != nil || b.mayRun(0) != nil
		devices[i] = d
	}
	return devices, err
}

// readAt returns when the page was read last.
func (b *browser) readAt() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state.At
}

// refresh makes a run if one is due; the error says why the reading is not as fresh as it should be. mu is held.
func (b *browser) refresh(ctx context.Context) error {
	b.state.tidy(b.Now())
	pause := day / time.Duration(b.Runs)
	due := true
	for _, at := range b.state.Runs {
		due = due && b.Now().Sub(at) >= pause
	}
	switch {
	case due:
		if err := b.mayRun(1); err != nil {
			return err
		}
		return b.play(ctx, func(ctx context.Context, r *run) error {
			lines, err := r.list(ctx)
			if err != nil {
				return err
			}
			return b.keep(lines)
		})
	case b.last != nil:
		return b.failure(b.last, false)
	case b.Now().Sub(b.state.At) >= pause: // the run before this start failed
		return b.byHand(core.Busy, core.Say("I could not read {service}'s page the last time, and wait before I look again.", b.title), nil)
	}
	return nil
}

// SignOut signs the device out on the page, where exactly one row is it, and reads the page once more.
func (b *browser) SignOut(ctx context.Context, ref core.DeviceRef) (core.Receipt, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.remember(); err != nil {
		return core.Receipt{}, err
	}
	if err := b.mayRun(0); err != nil {
		return core.Receipt{}, err
	}
	gone := false
	err := b.play(ctx, func(ctx context.Context, r *run) error {
		lines, err := r.list(ctx)
		if err != nil {
			return err
		}
		same := slices.DeleteFunc(slices.Clone(lines), func(l line) bool { return l.dev.ID != ref.ID })
		switch {
		case len(same) == 0:
			gone = true
			return b.keep(lines)
		case len(same) > 1:
			return b.byHand(core.NeedsPerson, core.Say("The page lists {n} devices of this name, and I can not tell which one is meant.", len(same)), nil)
		case same[0].dev.Own:
			return core.OwnSessionError()
		}
		if err := r.signOut(ctx, same[0]); err != nil {
			return err
		}
		if err := r.begin(ctx); err != nil {
			return err
		}
		if lines, err = r.list(ctx); err != nil {
			return err
		}
		return b.keep(lines)
	})
	if err != nil {
		return core.Receipt{}, err
	}
	return core.Receipt{Within: b.Recipe.Within, Gone: gone}, nil
}

// keep remembers a reading. Rows that can not be told apart are one device, which only a person can sign out.
func (b *browser) keep(lines []line) error {
	b.state.At, b.state.Devices = b.Now(), nil
	for _, l := range lines {
		i := slices.IndexFunc(b.state.Devices, func(d core.Device) bool { return d.ID == l.dev.ID })
		if i < 0 {
			b.state.Devices = append(b.state.Devices, l.dev)
		} else {
			b.state.Devices[i].ByHand = true
		}
	}
	return b.state.save(b.Profile)
}

// remember reads the state once; mu is held.
func (b *browser) remember() error {
	if b.known {
		return nil
	}
	s, err := load(b.Profile)
	if err != nil {
		return b.byHand(core.NeedsPerson, core.Say("I can not read what I remember of {service}'s page.", b.title), err)
	}
	b.state, b.known = s, true
	return nil
}
