package coretest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"latchstring/core"
)

// ConnectorSuite asks of a connector what every port promises, whatever its service is. Open joins a fresh service each time
// that answers, knows the accounts of the config, and has devices on its list.
func ConnectorSuite(t *testing.T, open func(t *testing.T) core.Connector) {
	for name, test := range map[string]func(*testing.T, core.Connector){
		"it has a name and accounts":              named,
		"what is missing is missing for a reason": missing,
		"its lists are whole and clean":           clean,
		"it never signs itself out":               ownStays,
		"an empty id means nothing":               emptyID,
		"an account of nobody means nobody":       strangersAccount,
		"sign-ins begin with now":                 fromNowOn,
		"a call that is given up is not made":     givenUp,
		"many at once":                            atOnce,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// told looks that a failure can be told to a member and to the log, and is of one of the kinds, if any are given.
func told(t *testing.T, what string, err error, kinds ...core.Kind) {
	t.Helper()
	e, ok := errors.AsType[*core.Error](err)
	if !ok {
		t.Fatalf("%s: %v is no failure that a member can be told", what, err)
	}
	if len(kinds) > 0 && !slices.Contains(kinds, e.Kind) {
		t.Errorf("%s: %v, want one of %v", what, err, kinds)
	}
	if e.Kind == "" || !e.Text.Complete() || !e.Hint.Complete() || !strings.HasSuffix(e.Text.String(), ".") {
		t.Errorf("%s: kind %q, text %q, hint %q", what, e.Kind, e.Text, e.Hint)
	}
	if log := e.Error(); !strings.HasPrefix(log, string(e.Kind)+": ") {
		t.Errorf("%s: the log is told %q", what, log)
	}
}

// unsent tells whether a failure says that nothing was asked of the service.
func unsent(err error) bool {
	e, ok := errors.AsType[*core.Error](err)
	return ok && e.Unsent
}

func listed(t *testing.T, c core.Connector) []core.Device {
	t.Helper()
	devices, err := c.Devices.Devices(t.Context())
	if err != nil || devices == nil {
		t.Fatalf("list: %v, %v", devices, err)
	}
	return devices
}

func named(t *testing.T, c core.Connector) {
	if c.Service == "" || c.Title == "" || c.Title != core.Clean(c.Title) || len(c.Accounts) == 0 {
		t.Errorf("%q, %q, %+v", c.Service, c.Title, c.Accounts)
	}
	for _, a := range c.Accounts {
		if a.Service != c.Service || a.Member == "" || a.Login == "" {
			t.Errorf("account %+v", a)
		}
	}
}

func missing(t *testing.T, c core.Connector) {
	for a, why := range c.Why {
		if c.Can(a) == core.Yes || why.Empty() || !why.Complete() {
			t.Errorf("%s: %s, because %q", a, c.Can(a), why)
		}
	}
	if c.Streams == nil && (c.Stop != nil || c.Screen != nil || c.Limit != 0) {
		t.Error("it stops what it does not tell of")
	}
	if (c.SignOut != nil || c.SignOutAll != nil) && c.Devices == nil {
		t.Error("it signs out what it does not list, so nobody could look again")
	}
	if c.ByHand == nil {
		return
	}
	for _, a := range core.Abilities() {
		if g, ok := c.ByHand.Guide(a, nil); ok && (len(g.Steps) == 0 || slices.ContainsFunc(g.Steps, func(p core.Phrase) bool { return !p.Complete() })) {
			t.Errorf("%s: guide %+v", a, g)
		}
	}
}

func clean(t *testing.T, c core.Connector) {
	known := func(a core.Account) bool { return a.Member == "" || slices.Contains(c.Accounts, a) }
	if c.Devices != nil {
		devices := listed(t, c)
		if len(devices) == 0 {
			t.Fatal("there is nothing on the list to look at")
		}
		for _, d := range devices {
			same(t, d, d.Cleaned())
			if d.Service != c.Service || d.ID == "" {
				t.Errorf("device %+v", d)
			}
			for _, s := range d.Sessions {
				if _, has := c.Account(s.Member); s.Member != "" && !has {
					t.Errorf("%s: a session of %s, who has no account here", d.Name, s.Member)
				}
			}
		}
	}
	if c.Streams == nil {
		return
	}
	streams, err := c.Streams.Streams(t.Context())
	if err != nil || streams == nil {
		t.Fatalf("streams: %v, %v", streams, err)
	}
	for _, s := range streams {
		if s.Name != core.Clean(s.Name) || s.Title != core.Clean(s.Title) || s.Account.Login != core.Clean(s.Account.Login) {
			t.Errorf("not clean: %+v", s)
		}
		if s.Service != c.Service || s.Device.Service != c.Service || s.Account.Service != c.Service || !known(s.Account) {
			t.Errorf("stream %+v", s)
		}
	}
}

func ownStays(t *testing.T, c core.Connector) {
	if c.Devices == nil || c.SignOut == nil {
		t.Skip("it signs nothing out")
	}
	for _, d := range listed(t, c) {
		if !d.Own {
			continue
		}
		r, err := c.SignOut.SignOut(t.Context(), d.Ref())
		told(t, "our own session", err, core.Forbidden)
		if r != (core.Receipt{}) || !unsent(err) {
			t.Errorf("%+v, %v", r, err)
		}
		if !slices.ContainsFunc(listed(t, c), func(o core.Device) bool { return o.ID == d.ID && o.Own }) {
			t.Errorf("%s is gone", d.Name)
		}
	}
}

func emptyID(t *testing.T, c core.Connector) {
	if c.Devices == nil || c.SignOut == nil {
		t.Skip("it signs nothing out")
	}
	before := listed(t, c)
	for _, ref := range []core.DeviceRef{{}, {Service: c.Service}, {Service: c.Service, ID: "no such device"}} {
		r, err := c.SignOut.SignOut(t.Context(), ref)
		switch {
		case err != nil:
			told(t, "no device", err)
		case !r.Gone:
			t.Errorf("%+v was signed out: %+v", ref, r)
		}
	}
	if after := listed(t, c); len(after) != len(before) {
		t.Errorf("%d devices became %d", len(before), len(after))
	}
}

func strangersAccount(t *testing.T, c core.Connector) {
	ctx, nobody := t.Context(), core.Account{Service: c.Service, Member: "nobody", Login: "nobody-of-the-config"}
	if c.SignOutAll != nil {
		if r, err := c.SignOutAll.SignOutAll(ctx, nobody); err != nil {
			told(t, "sign out all", err)
		} else if !r.Gone {
			t.Errorf("sign out all: %+v", r)
		}
	}
	if c.Reset != nil {
		_, err := c.Reset.StartReset(ctx, nobody)
		told(t, "reset", err, core.Missing)
	}
	if c.TV != nil {
		told(t, "tv", c.TV.Pair(ctx, nobody, "123456"), core.Missing, core.Cannot)
		for _, code := range []string{"", "no code", "../1"} {
			told(t, "tv with "+code, c.TV.Pair(ctx, c.Accounts[0], code))
		}
	}
	if c.Stop != nil {
		ghost := core.Stream{Service: c.Service, ID: "none", Device: core.DeviceRef{Service: c.Service, ID: "none"}, Account: nobody}
		told(t, "stop", c.Stop.StopStream(ctx, ghost, ""), core.Missing)
	}
}

func fromNowOn(t *testing.T, c core.Connector) {
	if c.SignIns == nil {
		t.Skip("it tells no sign-ins")
	}
	signIns, cursor, err := c.SignIns.SignIns(t.Context(), "")
	if err != nil || len(signIns) > 0 || cursor == "" {
		t.Fatalf("from now on: %v, %q, %v", signIns, cursor, err)
	}
	if signIns, _, err = c.SignIns.SignIns(t.Context(), cursor); err != nil || len(signIns) > 0 {
		t.Errorf("after nothing happened: %v, %v", signIns, err)
	}
}

// reads are the ports that only ask.
func reads(c core.Connector) map[string]func(context.Context) error {
	all := map[string]func(context.Context) error{}
	if c.Devices != nil {
		all["list"] = func(ctx context.Context) error { _, err := c.Devices.Devices(ctx); return err }
	}
	if c.Streams != nil {
		all["streams"] = func(ctx context.Context) error { _, err := c.Streams.Streams(ctx); return err }
	}
	if c.SignIns != nil {
		all["sign-ins"] = func(ctx context.Context) error { _, _, err := c.SignIns.SignIns(ctx, ""); return err }
	}
	if c.Prober != nil {
		all["probe"] = func(ctx context.Context) error { _, _, err := c.Prober.Probe(ctx); return err }
	}
	return all
}

// changes are the ports that change something.
func changes(c core.Connector, d core.Device) map[string]func(context.Context) error {
	all := map[string]func(context.Context) error{}
	account := c.Accounts[0]
	if c.SignOut != nil {
		all["sign out"] = func(ctx context.Context) error { _, err := c.SignOut.SignOut(ctx, d.Ref()); return err }
	}
	if c.SignOutAll != nil {
		all["sign out all"] = func(ctx context.Context) error { _, err := c.SignOutAll.SignOutAll(ctx, account); return err }
	}
	if c.Reset != nil {
		all["reset"] = func(ctx context.Context) error { _, err := c.Reset.StartReset(ctx, account); return err }
	}
	if c.TV != nil {
		all["tv"] = func(ctx context.Context) error { return c.TV.Pair(ctx, account, "123456") }
	}
	if c.Stop != nil {
		all["stop"] = func(ctx context.Context) error { return c.Stop.StopStream(ctx, core.Stream{Service: c.Service}, "") }
	}
	if c.Screen != nil {
		all["message"] = func(ctx context.Context) error {
			return c.Screen.ShowMessage(ctx, core.Stream{Service: c.Service}, "Hello", "there")
		}
	}
	return all
}

// givenUp calls every port with a context that has ended.
func givenUp(t *testing.T, c core.Connector) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var d core.Device
	if c.Devices != nil {
		for _, one := range listed(t, c) {
			if !one.Own {
				d = one
			}
		}
	}
	begun := time.Now() //nolint:forbidigo // how long it really takes
	for name, call := range reads(c) {
		told(t, name, call(ctx), core.Unreachable)
	}
	for name, call := range changes(c, d) {
		err := call(ctx)
		if told(t, name, err, core.Unreachable); !unsent(err) {
			t.Errorf("%s: %v leaves open whether it was asked", name, err)
		}
	}
	if took := time.Since(begun); took > 5*time.Second { //nolint:forbidigo // likewise
		t.Errorf("giving up took %v", took)
	}
	if c.Devices != nil {
		listed(t, c) // it goes on for others
	}
}

// atOnce asks everything from several goroutines; the race detector watches.
func atOnce(t *testing.T, c core.Connector) {
	var wg sync.WaitGroup
	for name, call := range reads(c) {
		for range 4 {
			wg.Go(func() {
				for range 5 {
					if err := call(t.Context()); err != nil {
						t.Errorf("%s: %v", name, err)
					}
				}
			})
		}
	}
	wg.Wait()
}
