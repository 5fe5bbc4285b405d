package control_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/core/control"
	"latchstring/core/coretest"
)

// member returns a person of the house.
func member(t *testing.T, h *coretest.House, name string) core.Member {
	t.Helper()
	m, ok := h.Household.Named(name)
	if !ok {
		t.Fatalf("no %s in this house", name)
	}
	return m
}

func order(t *testing.T, h *coretest.House, name string) control.Order {
	return control.Order{By: member(t, h, name)}
}

// jellyfin returns the service and what signing the phone out of it is.
func jellyfin(t *testing.T, h *coretest.House) (*coretest.Service, control.Want) {
	t.Helper()
	s, ok := h.Service("jellyfin")
	if !ok {
		t.Fatal("no jellyfin")
	}
	return s, control.Want{Service: "jellyfin", Refs: []core.DeviceRef{{Service: "jellyfin", ID: "phone", Generation: "1"}}}
}

// outcome reads an action as it is on record.
func outcome(t *testing.T, h *coretest.House, id core.ActionID) core.Action {
	t.Helper()
	a, err := h.Desk.Action(t.Context(), member(t, h, "marta"), id)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// The program may die at any moment of a sign-out. What the service did by then decides what the next start does.
func TestCrashWhileSigningOut(t *testing.T) {
	for _, tt := range []struct {
		name    string
		before  func(t *testing.T, s *coretest.Service) // before the crash
		between func(t *testing.T, s *coretest.Service) // while the program is down
		wait    time.Duration
		want    core.Outcome
		times   int // how often the device was signed out in the end
	}{
		{"before the service was asked", nil, nil, time.Minute, core.Gone, 1},
		{"after the service did it", func(t *testing.T, s *coretest.Service) {
			if _, err := s.Connector().SignOut.SignOut(t.Context(), core.DeviceRef{Service: "jellyfin", ID: "phone"}); err != nil {
				t.Fatal(err)
			}
		}, nil, time.Minute, core.Gone, 1},
		{"and the device signed in anew meanwhile", nil, func(t *testing.T, s *coretest.Service) {
			if err := s.Order("Leo's phone signs in anew"); err != nil {
				t.Fatal(err)
			}
		}, time.Minute, core.Again, 0},
		{"before the service was asked, and nobody starts it for a day", nil, nil, 24 * time.Hour, core.StillThere, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices())
			s, want := jellyfin(t, h)
			a, err := h.Desk.BeginSignOut(t.Context(), order(t, h, "leo"), want, nil)
			if err != nil || a.State != core.Executing {
				t.Fatalf("begun: %v, %v", a.State, err)
			}
			if tt.before != nil {
				tt.before(t, s)
			}
			if tt.between != nil {
				h.Pass(t.Context(), time.Second)
				tt.between(t, s)
			}
			h = h.Restart()
			h.Desk.Tend(t.Context())
			if got := outcome(t, h, a.ID); got.State != core.Executing {
				t.Fatalf("concluded %s before the service had its time", got.Outcome)
			}
			h.Pass(t.Context(), tt.wait)
			if got := outcome(t, h, a.ID); got.Outcome != tt.want {
				t.Errorf("outcome %s, want %s", got.Outcome, tt.want)
			}
			if got := s.SignOuts("phone"); got != tt.times {
				t.Errorf("signed out %d times, want %d", got, tt.times)
			}
		})
	}
}

func TestInterruptedSignOutOfASilentService(t *testing.T) {
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices())
	s, want := jellyfin(t, h)
	a, err := h.Desk.BeginSignOut(t.Context(), order(t, h, "leo"), want, nil)
	if err != nil {
		t.Fatal(err)
	}
	must(t, s.Order("falls silent")) // it does what it is asked, and tells nobody
	h.Desk.Carry(t.Context(), a)
	if got := outcome(t, h, a.ID); got.Outcome != core.Unknown || got.State != core.Executing {
		t.Fatalf("%s, %s", got.Outcome, got.State)
	}
	h.Pass(t.Context(), time.Minute)
	if got := outcome(t, h, a.ID); got.Outcome != core.Unknown || got.State != core.Waiting {
		t.Fatalf("after its time: %s, %s", got.Outcome, got.State)
	}
	must(t, s.Order("starts"))
	h.Pass(t.Context(), 10*time.Minute)
	if got := outcome(t, h, a.ID); got.Outcome != core.Gone || s.SignOuts("phone") != 1 {
		t.Errorf("in the end: %s, signed out %d times", got.Outcome, s.SignOuts("phone"))
	}
}

func TestCrashWhileStartingAReset(t *testing.T) {
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices())
	a, err := h.Desk.BeginReset(t.Context(), order(t, h, "leo"), "home", "leo")
	if err != nil {
		t.Fatal(err)
	}
	h = h.Restart()
	h.Pass(t.Context(), time.Minute)
	if got := outcome(t, h, a.ID); got.Outcome != core.Unknown || got.State != core.Ended {
		t.Errorf("%s, %s", got.Outcome, got.State)
	}
	if home, _ := h.Service("home"); home.Resets() != 0 {
		t.Error("the reset was started by itself")
	}
}

// Whatever can not be recorded is not done.
func TestNothingIsDoneOffTheRecord(t *testing.T) {
	books := &coretest.Books{}
	h := coretest.NewHouse(t, books, coretest.RiveraServices())
	s, want := jellyfin(t, h)
	home, _ := h.Service("home")
	books.Err = errors.New("disk full")
	for range 1000 {
		if _, err := h.Desk.BeginSignOut(t.Context(), order(t, h, "leo"), want, nil); core.KindOf(err) != core.Unrecorded {
			t.Fatalf("sign-out: %v", err)
		}
		if _, err := h.Desk.BeginReset(t.Context(), order(t, h, "leo"), "home", "leo"); core.KindOf(err) != core.Unrecorded {
			t.Fatalf("reset: %v", err)
		}
	}
	if s.SignOuts("phone") != 0 || home.Resets() != 0 {
		t.Error("something was done off the record")
	}
	books.Err = nil
	if _, err := h.Desk.BeginSignOut(t.Context(), order(t, h, "leo"), want, nil); err != nil {
		t.Errorf("once the record can be written again: %v", err)
	}
}

// An outcome that can not be written down is found out again once it can.
func TestOutcomeThatCannotBeRecorded(t *testing.T) {
	books := &coretest.Books{}
	h := coretest.NewHouse(t, books, coretest.RiveraServices())
	s, want := jellyfin(t, h)
	a, err := h.Desk.BeginSignOut(t.Context(), order(t, h, "leo"), want, nil)
	if err != nil {
		t.Fatal(err)
	}
	books.Err = errors.New("disk full")
	h.Desk.Carry(t.Context(), a)
	books.Err = nil
	h.Pass(t.Context(), time.Minute)
	if got := outcome(t, h, a.ID); got.Outcome != core.Gone || s.SignOuts("phone") != 1 {
		t.Errorf("%s, signed out %d times", got.Outcome, s.SignOuts("phone"))
	}
}

func TestTwoSignOutsOfOneDevice(t *testing.T) {
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices())
	s, want := jellyfin(t, h)
	var wg sync.WaitGroup
	var mu sync.Mutex
	kinds := map[core.Kind]int{}
	for range 50 {
		wg.Go(func() {
			a, err := h.Desk.BeginSignOut(t.Context(), order(t, h, "leo"), want, nil)
			mu.Lock()
			kinds[core.KindOf(err)]++
			mu.Unlock()
			if err == nil {
				h.Desk.Carry(t.Context(), a)
			}
		})
	}
	wg.Wait()
	if got := s.SignOuts("phone"); got != 1 {
		t.Errorf("signed out %d times: %v", got, kinds)
	}
}

// What a member may do is decided when it is done, not when it was shown.
func TestRightsCountWhenItIsDone(t *testing.T) {
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices())
	s, want := jellyfin(t, h)
	sofi := control.Order{By: member(t, h, "sofi")}
	for range 3 {
		if _, err := h.Desk.BeginSignOut(t.Context(), sofi, want, nil); core.KindOf(err) != core.Forbidden {
			t.Fatalf("a child signed out somebody else: %v", err)
		}
	}
	if _, err := h.Desk.Decide(t.Context(), sofi, "no such action", true); err == nil {
		t.Error("a child decided")
	}
	entries, err := h.Desk.History(t.Context(), member(t, h, "marta"), core.HistoryQuery{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Step != core.Refused || entries[0].Actor != "sofi" {
		t.Errorf("the record says %+v; want one refusal", entries)
	}
	if s.SignOuts("phone") != 0 {
		t.Error("it was done all the same")
	}
}

func TestEveryStepIsOnRecordInOrder(t *testing.T) {
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices())
	_, want := jellyfin(t, h)
	a, err := h.Desk.BeginSignOut(t.Context(), order(t, h, "leo"), want, nil)
	if err != nil {
		t.Fatal(err)
	}
	h.Desk.Carry(t.Context(), a)
	entries, err := h.Desk.History(t.Context(), member(t, h, "leo"), core.HistoryQuery{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	var steps []string
	for _, e := range entries {
		steps = append(steps, string(e.Step)+" "+string(e.Outcome))
	}
	if got := strings.Join(steps, ", "); got != "concluded gone, requested " {
		t.Errorf("newest first: %s", got)
	}
}

func TestStartedResetIsForItsMemberOnly(t *testing.T) {
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices())
	a, err := h.Desk.BeginReset(t.Context(), order(t, h, "marta"), "home", "leo")
	if err != nil {
		t.Fatal(err)
	}
	h.Desk.Carry(t.Context(), a)
	a = outcome(t, h, a.ID)
	if r, _, ok := h.Desk.Started("leo", a); !ok || r.Secret.Reveal() != coretest.Canary {
		t.Errorf("leo: %v, %v", r, ok)
	}
	for _, other := range []core.MemberID{"marta", "sofi", ""} {
		if r, _, _ := h.Desk.Started(other, a); !r.Secret.Empty() {
			t.Errorf("%q sees leo's code", other)
		}
	}
	h.Pass(t.Context(), 9*time.Minute)
	if _, _, ok := h.Desk.Started("leo", a); ok {
		t.Error("the code is shown longer than it is valid")
	}
	if _, _, ok := h.Restart().Desk.Started("leo", a); ok {
		t.Error("the code outlived the program")
	}
}

// A list that can not be read whole proves nothing about what is missing in it.
func TestHalfAListProvesNothing(t *testing.T) {
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices())
	s, _ := jellyfin(t, h)
	tablet := control.Want{Service: "jellyfin", Refs: []core.DeviceRef{{Service: "jellyfin", ID: "tablet", Generation: "1"}}}
	a, err := h.Desk.BeginSignOut(t.Context(), order(t, h, "marta"), tablet, nil)
	if err != nil {
		t.Fatal(err)
	}
	must(t, s.Order("lists half")) // and the tablet is in the other half
	h.Desk.Carry(t.Context(), a)
	if got := outcome(t, h, a.ID); got.Outcome == core.Gone {
		t.Error("told as gone because half a list does not hold it")
	}
}

// A sign-out whose requests are lost is asked for once more, and never again by itself.
func TestLostRequestsAreRepeatedOnce(t *testing.T) {
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices())
	s, want := jellyfin(t, h)
	a, err := h.Desk.BeginSignOut(t.Context(), order(t, h, "leo"), want, nil)
	if err != nil {
		t.Fatal(err)
	}
	must(t, s.Order("misses requests"))
	h.Desk.Carry(t.Context(), a)
	for range 60 {
		h.Pass(t.Context(), time.Minute)
	}
	if got := s.Asked(); got != 2 {
		t.Errorf("asked %d times, want 2", got)
	}
}

// A crash in the second try is not followed by a third one.
func TestCrashInTheSecondTry(t *testing.T) {
	books := &coretest.Books{}
	h := coretest.NewHouse(t, books, coretest.RiveraServices())
	s, want := jellyfin(t, h)
	a, err := h.Desk.BeginSignOut(t.Context(), order(t, h, "leo"), want, nil)
	must(t, err)
	a.Attempts = 2
	must(t, books.Save(t.Context(), a, nil, nil))
	h = h.Restart()
	h.Pass(t.Context(), time.Minute)
	if got := outcome(t, h, a.ID); got.Outcome != core.StillThere || s.Asked() != 0 {
		t.Errorf("%s, asked %d times more", got.Outcome, s.Asked())
	}
}

// Who comes too late to carry an action out finds it settled, and leaves it alone.
func TestCarryComesTooLate(t *testing.T) {
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices())
	_, want := jellyfin(t, h)
	a, err := h.Desk.BeginSignOut(t.Context(), order(t, h, "leo"), want, nil)
	if err != nil {
		t.Fatal(err)
	}
	h.Pass(t.Context(), time.Minute)
	if got := outcome(t, h, a.ID); got.Version != a.Version {
		t.Fatal("it was settled while it could still be carried out")
	}
	h.Pass(t.Context(), 2*time.Minute)
	settled := outcome(t, h, a.ID)
	h.Desk.Carry(t.Context(), a)
	if got := outcome(t, h, a.ID); settled.Outcome != core.Gone || got.Version != settled.Version {
		t.Errorf("settled as %s at version %d, then %s at %d", settled.Outcome, settled.Version, got.Outcome, got.Version)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.Desk.Run(ctx)
	}()
	cancel()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatal("Run did not return")
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
