package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the machine may have no zone database

	"github.com/google/go-cmp/cmp"

	"latchstring/core"
	"latchstring/core/coretest"
)

func TestConnectorSuite(t *testing.T) {
	coretest.ConnectorSuite(t, func(t *testing.T) core.Connector {
		h := newHome(t, newSite())
		return core.Connector{
			Service: "films", Title: "Films", Accounts: []core.Account{h.account}, Devices: h.Browser, SignOut: h.Browser, Single: true,
			ReadAt: h.ReadAt, Settle: RunLimit, Tells: core.Tells{LastUse: true, Place: true},
		}
	})
}

func TestList(t *testing.T) {
	h := newHome(t, newSite())
	h.site.hidden = 2
	h.site.rows = append(h.site.rows, tv("STICK-3", "Roku"), tv("STICK-4", "Roku", "Sofi (last watched)"),
		tv("EVIL-5", "\u202eTV\x1b[2J"+strings.Repeat("x", 100)))
	devices, err := h.Devices(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, d := range devices {
		l := d.Sessions[0]
		said = append(said, fmt.Sprintf("%s|%s|%s|%s|own %v|hand %v|%d", d.Name, l.Profile, l.Place, l.LastUsed.UTC().Format(time.DateTime), d.Own, d.ByHand, len(d.Sessions)))
		if l.Member != "marta" || !strings.HasPrefix(string(d.ID), "page:") {
			t.Errorf("%+v", d)
		}
	}
	if diff := cmp.Diff([]string{
		"Chrome - Web browser|||0001-01-01 00:00:00|own true|hand false|1",
		"Samsung - Smart TV|Marta|Madrid, Spain|2025-11-20 20:43:00|own false|hand false|1",
		"Apple iPhone|Leo|Lyon, France|0001-01-01 00:00:00|own false|hand false|1",
		"Roku|||0001-01-01 00:00:00|own false|hand true|2",
		"TV[2J" + strings.Repeat("x", 58) + "…|||0001-01-01 00:00:00|own false|hand false|1",
	}, said); diff != "" {
		t.Error(diff)
	}
	if len(h.site.pressed) > 0 || h.site.open != 0 {
		t.Errorf("pressed %v, %d browsers are open", h.site.pressed, h.site.open)
	}
}

func TestSignOut(t *testing.T) {
	h := newHome(t, newSite())
	ref := h.refOf(t, "Samsung - Smart TV")
	before := h.ReadAt()
	h.now = h.now.Add(time.Hour)
	r, err := h.SignOut(t.Context(), ref)
	if err != nil || r != (core.Receipt{}) {
		t.Fatal(r, err)
	}
	if diff := cmp.Diff([]string{"Samsung - Smart TV"}, h.site.pressed); diff != "" {
		t.Error(diff)
	}
	devices, err := h.Devices(t.Context())
	if _, found, _ := core.Find(devices, ref); err != nil || found || len(devices) != 2 || !h.ReadAt().After(before) {
		t.Errorf("%+v, %v", devices, err)
	}
	if r, err := h.SignOut(t.Context(), ref); err != nil || !r.Gone || len(h.site.pressed) != 1 {
		t.Errorf("again: %+v, %v, pressed %v", r, err, h.site.pressed)
	}
	if h.site.runs != 3 || h.site.open != 0 {
		t.Errorf("%d runs, %d browsers are open", h.site.runs, h.site.open)
	}
}

// The page can be anything by the time of the sign-out. Nothing is pressed unless one row, and one only, is the device.
func TestNothingIsPressed(t *testing.T) {
	for name, c := range map[string]struct {
		change func(s *site)
		kind   core.Kind
	}{
		"two that look the same":  {func(s *site) { s.rows = append(s.rows, tv("SAMSUNG-7", "Samsung - Smart TV")) }, core.NeedsPerson},
		"it has another name now": {func(s *site) { s.rows[1].Lines[0] = "Kitchen" }, core.NeedsPerson},
		"another has its name":    {func(s *site) { s.rows[1].Key = "OTHER-1" }, ""},
		"it is this very browser": {func(s *site) { s.rows[1].Seen[markOwn] = true }, core.Forbidden},
		"sign-in":                 {func(s *site) { s.path = "/es/LOGIN" }, core.NeedsPerson},
		"a code":                  {func(s *site) { s.path = "/mfa/otp" }, core.NeedsPerson},
		"a puzzle":                {func(s *site) { s.seen["puzzle"] = true }, core.NeedsPerson},
		"other markup":            {func(s *site) { s.rows = nil }, core.NeedsPerson},
		"a row without a name":    {func(s *site) { s.rows[2].Lines = nil }, core.NeedsPerson},
		"a row with another key":  {func(s *site) { s.rows[2].Key = "IPHONE" }, core.NeedsPerson},
		"two rows of one key":     {func(s *site) { s.rows[2] = s.rows[1] }, core.NeedsPerson},
		"too many rows": {func(s *site) {
			for i := range MaxRows {
				s.rows = append(s.rows, tv(fmt.Sprintf("X-%d", i), "X"))
			}
		}, core.NeedsPerson},
		"always more":                {func(s *site) { s.seen["more"] = true }, core.NeedsPerson},
		"a row that stays folded":    {func(s *site) { s.rows[1].Parts = nil }, core.NeedsPerson},
		"the browser does not start": {func(s *site) { s.err = &Stop{NoProgram, "none"} }, core.NeedsPerson},
		"the browser hangs":          {func(s *site) { s.err = context.DeadlineExceeded }, core.Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHome(t, newSite())
			ref := h.refOf(t, "Samsung - Smart TV")
			c.change(h.site)
			r, err := h.SignOut(t.Context(), ref)
			if core.KindOf(err) != c.kind || (c.kind == "") != r.Gone {
				t.Errorf("%+v, %v", r, err)
			}
			if e, ok := errors.AsType[*core.Error](err); ok && (!e.Unsent || !e.Text.Complete() || !e.Hint.Complete() || e.Hint.Empty()) {
				t.Errorf("%+v", e)
			}
			if len(h.site.pressed) > 0 || h.site.open != 0 {
				t.Errorf("pressed %v, %d browsers are open", h.site.pressed, h.site.open)
			}
		})
	}
}

// What came of a press is what the list says that is read after it, and nothing else.
func TestAfterThePress(t *testing.T) {
	for name, c := range map[string]struct {
		comes  func(s *site, i int)
		kind   core.Kind
		within time.Duration
		read   bool
	}{
		"it says so, and it is still there": {func(s *site, _ int) { s.seen["toast"] = true }, "", 8 * time.Hour, true},
		"it is gone without a word":         {func(s *site, i int) { obeys(s, i); delete(s.seen, "toast") }, "", 0, true},
		"nothing happens":                   {func(*site, int) {}, core.NeedsPerson, 0, true},
		"it wants to be signed in":          {func(s *site, _ int) { s.path = "/login" }, core.Garbled, 0, false},
		"it goes dark":                      {func(s *site, _ int) { s.rows = nil }, core.Garbled, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHome(t, newSite())
			ref := h.refOf(t, "Samsung - Smart TV")
			h.site.onPress = c.comes
			r, err := h.SignOut(t.Context(), ref)
			if core.KindOf(err) != c.kind || r.Within != c.within || r.Gone {
				t.Errorf("%+v, %v", r, err)
			}
			if e, ok := errors.AsType[*core.Error](err); ok && e.Unsent {
				t.Error("it says that nothing was asked")
			}
			if h.ReadAt().IsZero() == c.read {
				t.Errorf("read at %v", h.ReadAt())
			}
			devices, err := h.Devices(t.Context())
			if (err == nil) != (c.kind == "") || !c.read && devices != nil {
				t.Errorf("then: %v, %v", devices, err)
			}
			if len(h.site.pressed) != 1 || h.site.runs != 2 {
				t.Errorf("pressed %v in %d runs", h.site.pressed, h.site.runs)
			}
		})
	}
}

// A day of somebody who looks every minute, with a restart each hour, has no more runs than the config says; one of them is left
// for a sign-out. A list that is old says so by its time.
func TestRunsAreFew(t *testing.T) {
	h := newHome(t, newSite())
	recipe := filepath.Join(t.TempDir(), "films.yaml")
	if err := os.WriteFile(recipe, []byte(trial), 0o600); err != nil {
		t.Fatal(err)
	}
	ref := h.refOf(t, "Apple iPhone")
	began := h.now
	for h.now.Sub(began) < 23*time.Hour {
		h.now = h.now.Add(time.Minute)
		devices, err := h.Devices(t.Context())
		if err == nil && h.now.Sub(h.ReadAt()) > 8*time.Hour {
			t.Fatalf("%v: a list of %v is told as the one of now", h.now, h.ReadAt())
		}
		if h.now.Sub(began)%time.Hour == 0 && h.now.Sub(began) < 12*time.Hour {
			h.restart(t, recipe)
		}
		for _, d := range devices {
			if d.ByHand {
				t.Fatalf("%v: %s is left to a person", h.now, d.Name)
			}
		}
	}
	if h.site.runs != 3 {
		t.Errorf("%d runs", h.site.runs)
	}
	if _, err := h.SignOut(t.Context(), ref); err != nil || h.site.runs != 4 {
		t.Errorf("the run that was kept: %v", err)
	}
	_, err := h.SignOut(t.Context(), ref)
	if core.KindOf(err) != core.NeedsPerson || h.site.runs != 4 {
		t.Errorf("one too many: %v", err)
	}
	devices, err := h.Devices(t.Context())
	if err != nil || !devices[0].ByHand {
		t.Errorf("%v, %v", devices, err)
	}
	h.now = h.now.Add(24 * time.Hour)
	if _, err := h.Devices(t.Context()); err != nil || h.site.runs != 5 {
		t.Errorf("the next day: %v, %d runs", err, h.site.runs)
	}
}

// A run that failed is not tried again at once.
func TestFailuresCount(t *testing.T) {
	h := newHome(t, newSite())
	h.site.path = "/login"
	for range 100 {
		if devices, err := h.Devices(t.Context()); core.KindOf(err) != core.NeedsPerson || devices != nil {
			t.Fatal(devices, err)
		}
		h.now = h.now.Add(time.Minute)
	}
	if h.site.runs != 1 {
		t.Errorf("%d runs", h.site.runs)
	}
	h.site.path, h.now = "/devices", h.now.Add(8*time.Hour)
	if devices, err := h.Devices(t.Context()); err != nil || len(devices) != 3 {
		t.Error(devices, err)
	}
	h.site.path, h.now = "/login", h.now.Add(8*time.Hour)
	devices, err := h.Devices(t.Context())
	if core.KindOf(err) != core.NeedsPerson || len(devices) != 3 || !devices[1].ByHand {
		t.Errorf("what was read before: %v, %v", devices, err)
	}
	h.now = h.now.Add(48 * time.Hour)
	if devices, err := h.Devices(t.Context()); err == nil || devices != nil || !h.ReadAt().IsZero() {
		t.Errorf("what was read long before: %v, %v", devices, err)
	}
}

// A file that can not be read, or has been written to by others, makes runs fewer.
func TestCountOfRuns(t *testing.T) {
	now := time.Date(2026, 5, 12, 16, 0, 0, 0, time.UTC)
	for text, want := range map[string]int{
		"": 4, "2026-05-12T15:00:00Z\n": 3, "2026-05-11T15:00:00Z\n": 4, "2027-01-01T00:00:00Z\n": 3, "x\ny\n": 2, strings.Repeat("\x00\n", 9): -5,
	} {
		c := runsIn(t.TempDir(), 4)
		if err := os.WriteFile(c.path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := c.left(now); got != want {
			t.Errorf("%q: %d left, want %d", text, got, want)
		}
		end, err := c.begin(now, 0)
		if (err == nil) != (want > 0) {
			t.Errorf("%q: %v", text, err)
		}
		if err != nil {
			continue
		}
		if _, err := c.begin(now, 0); !isStop(err, InUse) {
			t.Errorf("%q: a second one at the same time: %v", text, err)
		}
		if end(); c.left(now) != want-1 {
			t.Errorf("%q: %d left", text, c.left(now))
		}
	}
	if _, err := runsIn(filepath.Join(t.TempDir(), "none"), 4).begin(now, 0); !isStop(err, NoProfile) {
		t.Error(err)
	}
}

// A file that is full of what can not be true is good again after a day in which it was looked at.
func TestCountHeals(t *testing.T) {
	now := time.Date(2026, 5, 12, 16, 0, 0, 0, time.UTC)
	for _, line := range []string{"2027-01-01T00:00:00Z\n", "\x00\n"} {
		c := runsIn(t.TempDir(), 4)
		if err := os.WriteFile(c.path, []byte(strings.Repeat(line, 9)), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := c.begin(now, 0); !errors.Is(err, errSpent) {
			t.Error(err)
		}
		if left := c.left(now.Add(23 * time.Hour)); left > 0 {
			t.Errorf("%q: %d left before a day is over", line, left)
		}
		if _, err := c.begin(now.Add(24*time.Hour), 0); err != nil {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func isStop(err error, why Why) bool {
	s, ok := errors.AsType[*Stop](err)
	return ok && s.Because == why
}

// A profile that others can read, or that is none, is not used.
func TestProfiles(t *testing.T) {
	h := newHome(t, newSite())
	for name, spoil := range map[string]func() error{
		"others read it": func() error { return os.Chmod(h.profile, 0o750) },
		"it is gone":     func() error { return os.RemoveAll(h.profile) },
		"it is a file": func() error {
			return errors.Join(os.RemoveAll(h.profile), os.WriteFile(h.profile, nil, 0o600))
		},
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		if err := usable(h.profile); !isStop(err, NoProfile) {
			t.Errorf("%s: %v", name, err)
		}
		_ = os.RemoveAll(h.profile)
		if err := os.Mkdir(h.profile, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if h.site.runs != 0 {
		t.Error("a browser was started")
	}
}

func TestAdvice(t *testing.T) {
	h := newHome(t, newSite())
	var all []string
	for _, a := range h.Advice() {
		if !a.Complete() {
			t.Errorf("%s is not complete", a)
		}
		all = append(all, a.String())
	}
	for _, want := range []string{"experimental", "terms of Films may forbid", "owner's decision: https://films.example.org/terms", "4 times a day", "2026-01-31"} {
		if !strings.Contains(strings.Join(all, "\n"), want) {
			t.Errorf("no %q in %q", want, all)
		}
	}
}

// Every failure can be told, and the log has the path of the page alone.
func TestFailuresCanBeTold(t *testing.T) {
	for _, why := range []Why{SignIn, Code, Puzzle, Trouble, Unknown, Elsewhere, Window, InUse, NoProfile, NoProgram} {
		for _, pressed := range []bool{false, true} {
			e, ok := errors.AsType[*core.Error](failure("Films", fmt.Errorf("a run: %w", &Stop{why, "/devices\x1b[2J"}), pressed))
			if !ok || e.Text.Empty() || !e.Text.Complete() || !e.Hint.Complete() || e.Unsent == pressed || strings.Contains(e.Error(), "\x1b") {
				t.Errorf("%s: %+v", why, e)
			}
			if pressed == slices.Contains([]core.Kind{core.NeedsPerson}, e.Kind) {
				t.Errorf("%s: %s", why, e.Kind)
			}
		}
	}
}
