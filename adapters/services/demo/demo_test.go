package demo_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"latchstring/adapters/services/demo"
	"latchstring/core"
)

// clock is a clock that a test turns.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

const pace = 8 * time.Second

func world() (*clock, *demo.World) {
	c := &clock{now: time.Date(2026, time.November, 24, 19, 14, 0, 0, time.UTC)}
	return c, demo.New(demo.Options{Now: c.Now, Pace: pace})
}

func connector(t *testing.T, w *demo.World, id core.ServiceID) core.Connector {
	t.Helper()
	all := w.Connectors()
	i := slices.IndexFunc(all, func(c core.Connector) bool { return c.Service == id })
	if i < 0 {
		t.Fatalf("no service %q", id)
	}
	return all[i]
}

func list(t *testing.T, c core.Connector) []core.Device {
	t.Helper()
	devices, err := c.Devices.Devices(t.Context())
	if err != nil {
		t.Fatalf("%s: %v", c.Service, err)
	}
	return devices
}

func find(t *testing.T, c core.Connector, name string) (core.Device, bool) {
	t.Helper()
	for _, d := range list(t, c) {
		if d.Name == name {
			return d, true
		}
	}
	return core.Device{}, false
}

func signOut(t *testing.T, c core.Connector, name string) core.Receipt {
	t.Helper()
	d, ok := find(t, c, name)
	if !ok {
		t.Fatalf("%s does not list %s", c.Service, name)
	}
	r, err := c.SignOut.SignOut(t.Context(), d.Ref())
	if err != nil {
		t.Fatalf("sign out %s: %v", name, err)
	}
	return r
}

// The household is worth looking at: it shows all that a list can show.
func TestHouseholdIsWorthLookingAt(t *testing.T) {
	c, w := world()
	house := demo.Household()
	var all []core.Device
	for _, con := range w.Connectors() {
		for _, d := range list(t, con) {
			if d.Service != con.Service {
				t.Errorf("%s lists a device of %s", con.Service, d.Service)
			}
			for _, s := range d.Sessions {
				if a, ok := con.Account(s.Member); s.Member != "" && (!ok || a.Login != s.Login) {
					t.Errorf("%s: session of %s with login %q, which is not theirs", d.Name, s.Member, s.Login)
				}
			}
			all = append(all, d)
		}
	}
	if len(all) != 11 {
		t.Errorf("%d devices, want 11", len(all))
	}
	some := func(what string, is func(core.Device) bool) {
		if !slices.ContainsFunc(all, is) {
			t.Errorf("no device is %s", what)
		}
	}
	last := func(d core.Device) time.Time { return d.Latest().LastUsed }
	some("this program's own", func(d core.Device) bool { return d.Own })
	some("shared", func(d core.Device) bool { return len(d.Members()) > 1 })
	some("nobody's", func(d core.Device) bool { return !d.Own && len(d.Members()) == 0 })
	some("playing", func(d core.Device) bool { return d.Latest().Playing != "" })
	some("never used", func(d core.Device) bool { return last(d).IsZero() })
	some("not used for 90 days", func(d core.Device) bool { return !last(d).IsZero() && c.Now().Sub(last(d)) > 90*24*time.Hour })
	some("at home", func(d core.Device) bool { return house.AtHome(d.Latest().Address) })
	some("elsewhere", func(d core.Device) bool { return d.Latest().Place != "" })
	for _, m := range house.Members {
		some(m.Name+"'s", func(d core.Device) bool { return d.On(m.ID) })
		if _, ok := house.At(core.Contact{Chat: core.Terminal, User: string(m.ID)}); !ok {
			t.Errorf("%s can not sit at the terminal", m.Name)
		}
	}
}

func TestSignOuts(t *testing.T) {
	t.Run("at once", func(t *testing.T) {
		_, w := world()
		jellyfin := connector(t, w, "jellyfin")
		tv, _ := find(t, jellyfin, "Living-room TV")
		if r := signOut(t, jellyfin, tv.Name); r != (core.Receipt{}) {
			t.Errorf("receipt %+v", r)
		}
		if _, ok := find(t, jellyfin, tv.Name); ok {
			t.Error("it is still there")
		}
		if r, err := jellyfin.SignOut.SignOut(t.Context(), tv.Ref()); err != nil || !r.Gone {
			t.Errorf("a second sign-out: %+v, %v; want gone", r, err)
		}
	})
	t.Run("slowly", func(t *testing.T) {
		c, w := world()
		music := connector(t, w, "music")
		r := signOut(t, music, "Old Xperia")
		if r.Within <= 0 || r.Within != music.Takes {
			t.Errorf("within %v, want the %v that the service announces", r.Within, music.Takes)
		}
		if _, ok := find(t, music, "Old Xperia"); !ok {
			t.Error("it is gone at once")
		}
		c.pass(r.Within)
		if _, ok := find(t, music, "Old Xperia"); ok {
			t.Error("it is still there when the service's word is up")
		}
	})
	t.Run("and back once", func(t *testing.T) {
		c, w := world()
		music := connector(t, w, "music")
		before, _ := find(t, music, "Kitchen speaker")
		signOut(t, music, "Kitchen speaker")
		if _, ok := find(t, music, "Kitchen speaker"); ok {
			t.Error("it did not leave")
		}
		c.pass(time.Minute) // when the desk looks again
		after, ok := find(t, music, "Kitchen speaker")
		if !ok || after.Ref() != before.Ref() || !after.Since().Equal(before.Since()) {
			t.Errorf("it did not come back as the same: %+v", after)
		}
		signOut(t, music, "Kitchen speaker")
		c.pass(time.Hour)
		if _, ok := find(t, music, "Kitchen speaker"); ok {
			t.Error("it came back twice")
		}
	})
	t.Run("not its own session", func(t *testing.T) {
		_, w := world()
		jellyfin := connector(t, w, "jellyfin")
		d, _ := find(t, jellyfin, "latchstring")
		if _, err := jellyfin.SignOut.SignOut(t.Context(), d.Ref()); core.KindOf(err) != core.Forbidden {
			t.Errorf("%v, want forbidden", err)
		}
	})
	t.Run("all in one call", func(t *testing.T) {
		_, w := world()
		w.SignInNow()
		signOn := connector(t, w, "sign-on")
		leo, _ := signOn.Account("leo")
		if r, err := signOn.SignOutAll.SignOutAll(t.Context(), leo); err != nil || r.Gone {
			t.Errorf("receipt %+v, %v", r, err)
		}
		left := list(t, signOn)
		if len(left) != 2 || slices.ContainsFunc(left, func(d core.Device) bool { return d.On("leo") }) {
			t.Errorf("left: %+v", left)
		}
		if r, err := signOn.SignOutAll.SignOutAll(t.Context(), leo); err != nil || !r.Gone {
			t.Errorf("a second time: %+v, %v; want gone", r, err)
		}
	})
}

func TestResets(t *testing.T) {
	for id, way := range map[core.ServiceID]core.ResetWay{
		"jellyfin": core.ResetPassword, "sign-on": core.ResetCode, "music": core.ResetMailed,
	} {
		t.Run(string(way), func(t *testing.T) {
			c, w := world()
			con := connector(t, w, id)
			leo, _ := con.Account("leo")
			r, err := con.Reset.StartReset(t.Context(), leo)
			if err != nil {
				t.Fatal(err)
			}
			if r.Way != way || con.Reset.Plan().Way != way || r.Secret.Empty() == way.Private() {
				t.Errorf("reset %+v", r)
			}
			if way.Private() && !r.Until.After(c.Now()) {
				t.Errorf("it lapses at %v", r.Until)
			}
			leos := slices.ContainsFunc(list(t, con), func(d core.Device) bool { return d.On("leo") })
			if leos == con.Reset.Plan().SignsOut {
				t.Errorf("leo is signed in: %v; the plan says %+v", leos, con.Reset.Plan())
			}
			if _, err := con.Reset.StartReset(t.Context(), core.Account{Service: id, Member: "leo", Login: "eve"}); core.KindOf(err) != core.Missing {
				t.Errorf("an account of nobody: %v, want missing", err)
			}
		})
	}
}

// A reset at Jellyfin ends Leo's session on the shared TV and leaves Marta's, and this program's own.
func TestResetLeavesOthers(t *testing.T) {
	_, w := world()
	jellyfin := connector(t, w, "jellyfin")
	for _, m := range []core.MemberID{"leo", "marta"} {
		a, _ := jellyfin.Account(m)
		if _, err := jellyfin.Reset.StartReset(t.Context(), a); err != nil {
			t.Fatal(err)
		}
		tv, ok := find(t, jellyfin, "Living-room TV")
		if ok != (m == "leo") || tv.On(m) {
			t.Errorf("after %s's reset the TV is listed: %v, with %s: %v", m, ok, m, tv.On(m))
		}
	}
	if _, ok := find(t, jellyfin, "latchstring"); !ok {
		t.Error("the program signed itself out")
	}
}

func TestNetflixIsDoneByHand(t *testing.T) {
	_, w := world()
	netflix := connector(t, w, "netflix")
	tv, ok := find(t, netflix, "Samsung TV")
	if !ok {
		t.Fatal("no TV")
	}
	for _, a := range core.Abilities() {
		want := core.No
		switch a {
		case core.CanList, core.CanTellUse, core.CanTellIP:
			want = core.Yes
		case core.CanSignOut, core.CanSignOutAll, core.CanReset:
			want = core.ByHand
		case core.CanSignIns, core.CanStreams, core.CanTV, core.TwoStep:
		}
		if got := netflix.Can(a); got != want {
			t.Errorf("%s: %s, want %s", a, got, want)
		}
		if g, ok := netflix.ByHand.Guide(a, &tv); ok {
			if len(g.Steps) == 0 || g.Link == "" || g.Open == "" || slices.ContainsFunc(g.Steps, func(p core.Phrase) bool { return !p.Complete() }) {
				t.Errorf("%s: guide %+v", a, g)
			}
		}
	}
}

// The sign-in that nobody knows is on the list and among the sign-ins, once, and only for those who asked before it.
func TestAStrangerSignsIn(t *testing.T) {
	_, w := world()
	signOn := connector(t, w, "sign-on")
	none, start, err := signOn.SignIns.SignIns(t.Context(), "")
	if err != nil || len(none) != 0 {
		t.Fatalf("from now on: %v, %v", none, err)
	}
	w.SignInNow()
	w.SignInNow()
	got, cursor, err := signOn.SignIns.SignIns(t.Context(), start)
	if err != nil || len(got) != 1 {
		t.Fatalf("after it: %v, %v", got, err)
	}
	d, ok := find(t, signOn, "Chrome on Windows")
	if !ok || d.Ref() != got[0].Device || !d.On("leo") || got[0].Account.Member != "leo" {
		t.Errorf("listed as %+v, told as %+v", d, got[0])
	}
	if again, _, err := signOn.SignIns.SignIns(t.Context(), cursor); err != nil || len(again) != 0 {
		t.Errorf("told again: %v, %v", again, err)
	}
	for _, cursor := range []string{"x", "-1", "99"} {
		if _, _, err := signOn.SignIns.SignIns(t.Context(), cursor); core.KindOf(err) != core.Garbled {
			t.Errorf("cursor %q: %v, want garbled", cursor, err)
		}
	}
}

func TestAStrangerWaitsForTheFirstList(t *testing.T) {
	c, _ := world()
	w := demo.New(demo.Options{Now: c.Now, SignInAfterList: true})
	signOn := connector(t, w, "sign-on")
	list(t, connector(t, w, "jellyfin"))
	if n := len(list(t, signOn)); n != 3 {
		t.Errorf("%d devices at first, want 3", n)
	}
	if n := len(list(t, signOn)); n != 4 {
		t.Errorf("%d devices then, want 4", n)
	}
}

// Run makes the house lively and ends with its context.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := demo.New(demo.Options{Now: time.Now, Pace: pace})
		before := connector(t, w, "jellyfin")
		was := list(t, before)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			w.Run(ctx)
			close(ended)
		}()
		signOn := connector(t, w, "sign-on")
		if _, ok := find(t, signOn, "Chrome on Windows"); ok {
			t.Error("the stranger was there before")
		}
		time.Sleep(pace + time.Second)
		if _, ok := find(t, signOn, "Chrome on Windows"); !ok {
			t.Error("the stranger did not come")
		}
		time.Sleep(time.Hour)
		same := func(a, b core.Device) bool {
			return slices.EqualFunc(a.Sessions, b.Sessions, func(x, y core.Session) bool { return x == y })
		}
		if slices.EqualFunc(was, list(t, before), same) {
			t.Error("nothing happened in an hour")
		}
		cancel()
		<-ended
	})
}

// Everything may happen at once; the race detector watches.
func TestAtOnce(t *testing.T) {
	c, w := world()
	var wg sync.WaitGroup
	for _, con := range w.Connectors() {
		wg.Go(func() {
			for range 50 {
				c.pass(time.Second)
				devices, err := con.Devices.Devices(t.Context())
				if err != nil {
					t.Error(err)
				}
				for _, d := range devices {
					if con.SignOut != nil && !d.Own {
						_, _ = con.SignOut.SignOut(t.Context(), d.Ref())
					}
				}
				if con.SignIns != nil {
					_, _, _ = con.SignIns.SignIns(t.Context(), "0")
				}
				if con.Reset != nil && len(con.Accounts) > 0 {
					_, _ = con.Reset.StartReset(t.Context(), con.Accounts[0])
				}
				w.SignInNow()
			}
		})
	}
	wg.Wait()
}

func TestACallThatWasGivenUpSaysSo(t *testing.T) {
	_, w := world()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, con := range w.Connectors() {
		if _, err := con.Devices.Devices(ctx); core.KindOf(err) != core.Unreachable {
			t.Errorf("%s: %v, want unreachable", con.Service, err)
		}
	}
}
