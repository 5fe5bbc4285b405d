package browser

import (
	"cmp"
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

// browser lists and signs out on a page, and fills up the list with what notices tell of newer devices.
type browser struct {
	Options
	service core.ServiceID
	title   string
	account core.Account
	heard   core.DeviceLister // what notices told of; nil: nothing

	mu    sync.Mutex // held for a whole run: there is one at a time
	state state
	known bool  // the state was read
	last  error // why the last run failed; nil: it did not
}

// Join has a connector list and sign out by the page: its list becomes that of the page, with what it had heard of since, and
// it gains the sign-out. The page is that of one account, so the connector must have one and no more.
func Join(c core.Connector, opt Options) (core.Connector, error) {
	if len(c.Accounts) != 1 {
		return c, errors.New("browser: the page is that of one account; name one under accounts, and no more")
	}
	if opt.Step == 0 {
		opt.Step = stepWithin
	}
	b := &browser{Options: opt, service: c.Service, title: c.Title, account: c.Accounts[0], heard: c.Devices}
	c.Devices, c.SignOut = b, b
	c.Prober = prober{b, c.Prober}
	c.Settle, c.Takes = max(c.Settle, 2*runWithin), max(c.Takes, opt.Recipe.Within)
	return c, nil
}

// idOf names a device by what the page calls its row and by its name, since neither alone is its own.
func idOf(key, name string) core.DeviceID {
	sum := sha256.Sum256([]byte(key + "\x00" + name))
	return core.DeviceID(pagePrefix + hex.EncodeToString(sum[:10]))
}

const pagePrefix = "page-"

// fold makes names comparable.
func fold(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// Devices lists what the page listed last, and what notices told of that may not be on it yet. Runs are spread over the day, also
// those that fail; where the last one failed, or none is left, the last reading is told with an error that says so.
func (b *browser) Devices(ctx context.Context) ([]core.Device, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	err := b.remember()
	if err == nil {
		err = b.refresh(ctx)
	}
	devices, heardErr := b.all(ctx)
	return devices, cmp.Or(err, heardErr)
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

// all is the last reading and what notices told of since; mu is held.
func (b *browser) all(ctx context.Context) ([]core.Device, error) {
	devices := []core.Device{}
	on := map[string]bool{}
	for _, d := range b.state.Devices {
		d.Service = b.service
		d.Sessions = slices.Clone(d.Sessions)
		for i := range d.Sessions {
			d.Sessions[i].Member, d.Sessions[i].Login = b.account.Member, b.account.Login
		}
		devices = append(devices, d)
		on[fold(d.Name)] = true
	}
	if b.heard == nil {
		return devices, nil
	}
	heard, err := b.heard.Devices(ctx)
	for _, d := range heard {
		since := d.Latest().Since
		if on[fold(d.Name)] || !since.After(b.state.Ended[d.ID]) || b.state.At.Sub(since) > b.Recipe.Late {
			continue
		}
		devices = append(devices, d)
	}
	return devices, err
}

// SignOut signs the device out on the page, where exactly one row is it, and reads the page once more.
func (b *browser) SignOut(ctx context.Context, ref core.DeviceRef) (core.Receipt, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.remember(); err != nil {
		return core.Receipt{}, err
	}
	name := ""
	if !strings.HasPrefix(string(ref.ID), pagePrefix) {
		if name = b.nameOf(ctx, ref.ID); name == "" {
			return core.Receipt{}, b.byHand(core.Missing, core.Say("I do not know which row of the page this device is."), nil)
		}
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
		same := slices.DeleteFunc(slices.Clone(lines), func(l line) bool {
			if name != "" {
				return l.fold != name
			}
			return l.dev.ID != ref.ID
		})
		switch {
		case len(same) == 0 && name == "":
			gone = true
			return b.keep(lines)
		case len(same) == 0:
			return b.byHand(core.Missing, core.Say("{service} does not list it yet, which can take two days.", b.title), nil)
		case len(same) > 1:
			return b.byHand(core.Cannot, core.Say("The page lists {n} devices of this name, and I can not tell which one is meant.", len(same)), nil)
		case same[0].dev.Own:
			return core.OwnSessionError()
		}
		if err := r.signOut(ctx, same[0]); err != nil {
			return err
		}
		return b.reread(ctx, r, ref.ID, same[0].dev.ID)
	})
	if err != nil {
		return core.Receipt{}, err
	}
	return core.Receipt{Within: b.Recipe.Within, Gone: gone}, nil
}

// reread reads the page after a sign-out; what is not on it any more has ended. mu is held.
func (b *browser) reread(ctx context.Context, r *run, ids ...core.DeviceID) error {
	if err := r.begin(ctx); err != nil {
		return err
	}
	lines, err := r.list(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(lines, func(l line) bool { return slices.Contains(ids, l.dev.ID) }) {
		return b.keep(lines)
	}
	if b.state.Ended == nil {
		b.state.Ended = map[core.DeviceID]time.Time{}
	}
	for _, id := range ids {
		b.state.Ended[id] = b.Now()
	}
	return b.keep(lines)
}

// keep remembers a reading. Rows that can not be told apart are one device. What is on the page has not ended.
func (b *browser) keep(lines []line) error {
	b.state.At, b.state.Devices = b.Now(), nil
	for _, l := range lines {
		delete(b.state.Ended, l.dev.ID)
		if !slices.ContainsFunc(b.state.Devices, func(d core.Device) bool { return d.ID == l.dev.ID }) {
			b.state.Devices = append(b.state.Devices, l.dev)
		}
	}
	return b.state.save(b.Profile)
}

// nameOf returns the folded name of a device that notices told of; "": none did.
func (b *browser) nameOf(ctx context.Context, id core.DeviceID) string {
	if b.heard == nil {
		return ""
	}
	heard, _ := b.heard.Devices(ctx)
	for _, d := range heard {
		if d.ID == id {
			return fold(d.Name)
		}
	}
	return ""
}

// remember reads the state once; mu is held.
func (b *browser) remember() error {
	if b.known {
		return nil
	}
	s, err := load(b.Profile)
	if err != nil {
		return b.byHand(core.Cannot, core.Say("I can not read what I remember of {service}'s page.", b.title), err)
	}
	b.state, b.known = s, true
	return nil
}
