package chromium

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"latchstring/adapters/services/browser"
	"latchstring/core"
)

// rig is a connector over a local page in a real Chromium.
type rig struct {
	core.Connector
	shop    *shop
	log     *bytes.Buffer
	profile string
	now     time.Time
}

func ready(t *testing.T) string {
	t.Helper()
	path, err := Find("")
	if err != nil {
		if os.Getenv("LATCHSTRING_REQUIRE_SERVERS") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return path
}

// recipe is the shipped one, for the local page.
func (s *shop) recipe(t *testing.T) *browser.Recipe {
	t.Helper()
	r, err := browser.Load("netflix", "")
	if err != nil {
		t.Fatal(err)
	}
	r.Domains, r.Page = []string{"127.0.0.1"}, s.URL+"/ManageAccountAccess"
	return r
}

func (r *rig) join(t *testing.T, runs int) {
	t.Helper()
	program := ready(t)
	c := core.Connector{
		Service: "netflix", Title: "Netflix", Accounts: []core.Account{{Service: "netflix", Member: "marta", Login: "marta@example.org"}},
	}
	var err error
	r.Connector, err = browser.Join(c, browser.Options{
		Recipe: r.shop.recipe(t), Profile: r.profile, Runs: runs, Now: func() time.Time { return r.now }, Step: 4 * time.Second,
		Log: slog.New(slog.NewTextHandler(r.log, nil)),
		Launch: func(ctx context.Context) (browser.Page, func(), error) {
			return Launch(ctx, Options{Program: program, Profile: r.profile, Flags: flags()})
		},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, runs int, devices ...string) *rig {
	t.Helper()
	ready(t)
	r := &rig{shop: openShop(t, devices...), log: &bytes.Buffer{}, profile: t.TempDir(), now: time.Date(2026, 5, 12, 16, 0, 0, 0, time.UTC)}
	r.join(t, runs)
	return r
}

func (r *rig) names(t *testing.T) (string, error) {
	t.Helper()
	devices, err := r.Devices.Devices(t.Context())
	var names []string
	for _, d := range devices {
		names = append(names, d.Name)
	}
	return strings.Join(names, ", "), err
}

func (r *rig) ref(t *testing.T, name string) core.DeviceRef {
	t.Helper()
	devices, _ := r.Devices.Devices(t.Context())
	for _, d := range devices {
		if d.Name == name {
			return d.Ref()
		}
	}
	t.Fatalf("no %q among %v", name, devices)
	return core.DeviceRef{}
}

// The page is listed and a device signed out on it; what is listed afterwards was read after that.
func TestListAndSignOut(t *testing.T) {
	for _, does := range []string{"", wantsConfirm, isSlow} {
		r := open(t, 12, "Samsung TV", "This browser", "iPhone <b>@everyone</b>")
		r.shop.own = "This browser"
		r.shop.order(does)
		if got, err := r.names(t); err != nil || got != "Samsung TV, This browser, iPhone <b>@everyone</b>" {
			t.Fatalf("%s: listed %q, %v", does, got, err)
		}
		devices, _ := r.Devices.Devices(t.Context())
		if d := devices[0]; d.Sessions[0].Profile != "Marta" || d.Own || !devices[1].Own || d.Sessions[0].Member != "marta" {
			t.Errorf("%s: %+v", does, devices)
		}
		receipt, err := r.SignOut.SignOut(t.Context(), r.ref(t, "Samsung TV"))
		if err != nil || receipt.Gone || receipt.Within != 8*time.Hour {
			t.Fatalf("%s: %+v, %v\n%s", does, receipt, err, r.log)
		}
		if got, err := r.names(t); err != nil || got != "This browser, iPhone <b>@everyone</b>" {
			t.Errorf("%s: listed %q, %v", does, got, err)
		}
		if _, err := r.SignOut.SignOut(t.Context(), devices[0].Ref()); err != nil {
			t.Errorf("%s: again: %v", does, err)
		}
		if _, err := r.SignOut.SignOut(t.Context(), devices[1].Ref()); core.KindOf(err) != core.Forbidden {
			t.Errorf("%s: its own: %v", does, err)
		}
		if got := r.shop.outs(); len(got) != 1 || got[0] != "Samsung TV" {
			t.Errorf("%s: pressed %q", does, got)
		}
	}
}

// Whatever the recipe does not tell of ends the run: nothing is pressed, the cause is in the log without what is secret in an
// address, and the member is told what to do.
func TestStops(t *testing.T) {
	for does, want := range map[string]string{
		asksSignIn: "asks for a sign-in", asksStep: "asks for a second step", showsPuzzle: "shows a puzzle", isChanged: "is not as my recipe knows it",
		leadsAway: "is not as my recipe knows it", goesRound: "does not work right now",
	} {
		r := open(t, 12, "Samsung TV", "iPhone")
		ref := r.ref(t, "Samsung TV")
		r.shop.order(does)
		r.now = r.now.Add(3 * time.Hour)
		got, err := r.names(t)
		e, _ := errors.AsType[*core.Error](err)
		if e == nil || !strings.Contains(e.Text.String(), want) || !strings.Contains(e.Hint.String(), "/ManageAccountAccess") || got != "Samsung TV, iPhone" {
			t.Errorf("%s: listed %q, %v", does, got, err)
		}
		if _, err := r.SignOut.SignOut(t.Context(), ref); err == nil {
			t.Errorf("%s: signed out", does)
		} else if e, _ := errors.AsType[*core.Error](err); !e.Unsent {
			t.Errorf("%s: in doubt: %v", does, err)
		}
		if outs := r.shop.outs(); len(outs) != 0 {
			t.Errorf("%s: pressed %q", does, outs)
		}
		if strings.Contains(r.log.String()+err.Error(), "SECRET") {
			t.Errorf("%s: the log holds a secret:\n%s", does, r.log)
		}
	}
}

// A toast is no proof, and what stops after a press is in doubt.
func TestDoubt(t *testing.T) {
	r := open(t, 12, "Samsung TV", "iPhone")
	ref := r.ref(t, "Samsung TV")
	r.shop.order(onlyToasts)
	if _, err := r.SignOut.SignOut(t.Context(), ref); err != nil {
		t.Fatal(err)
	}
	if got, _ := r.names(t); got != "Samsung TV, iPhone" {
		t.Errorf("listed %q", got)
	}
	r.shop.order(asksLater)
	_, err := r.SignOut.SignOut(t.Context(), ref)
	if e, _ := errors.AsType[*core.Error](err); e == nil || e.Unsent || e.Kind != core.Unreachable {
		t.Errorf("%v", err)
	}
}

// Of devices that can not be told apart none is signed out.
func TestAlike(t *testing.T) {
	r := open(t, 12, "Samsung TV", "iPhone", "Samsung TV")
	if got, err := r.names(t); err != nil || strings.Count(got, "Samsung TV") != 1 {
		t.Fatalf("listed %q, %v", got, err)
	}
	if _, err := r.SignOut.SignOut(t.Context(), r.ref(t, "Samsung TV")); core.KindOf(err) != core.NeedsPerson {
		t.Errorf("%v", err)
	}
	if outs := r.shop.outs(); len(outs) != 0 {
		t.Errorf("pressed %q", outs)
	}
}

// The runs of a day are few, also for a program that starts again and again; one is kept for a sign-out.
func TestRunsOfADay(t *testing.T) {
	r := open(t, 3, "Samsung TV", "iPhone")
	ref := r.ref(t, "Samsung TV")
	for range 20 {
		r.now = r.now.Add(50 * time.Minute)
		r.join(t, 3)
		if got, _ := r.names(t); got != "Samsung TV, iPhone" {
			t.Fatalf("listed %q", got)
		}
	}
	if n := r.shop.opened(); n != 2 {
		t.Errorf("the page was opened %d times", n)
	}
	if _, err := r.SignOut.SignOut(t.Context(), ref); err != nil {
		t.Errorf("the run that is kept: %v", err)
	}
	if _, err := r.SignOut.SignOut(t.Context(), ref); core.KindOf(err) != core.Busy {
		t.Errorf("one more: %v", err)
	}
	r.now = r.now.Add(24 * time.Hour)
	if _, err := r.names(t); err != nil {
		t.Errorf("the day after: %v", err)
	}
}

// A run that fails is not made again at once, nor by a program that starts again, and the list says that it is old.
func TestFailedRunsArePaced(t *testing.T) {
	r := open(t, 12, "Samsung TV", "iPhone")
	if _, err := r.names(t); err != nil {
		t.Fatal(err)
	}
	r.shop.order(asksSignIn)
	r.now = r.now.Add(3 * time.Hour)
	for i := range 10 {
		if i == 5 {
			r.join(t, 12)
		}
		if got, err := r.names(t); err == nil || got != "Samsung TV, iPhone" {
			t.Errorf("listed %q, %v", got, err)
		}
		r.now = r.now.Add(time.Minute)
	}
	if n := r.shop.opened(); n != 2 {
		t.Errorf("the page was opened %d times", n)
	}
}
