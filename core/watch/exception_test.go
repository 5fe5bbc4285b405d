package watch_test

import (
	"errors"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/core/coretest"
)

// excepted plays a sign-in after one that was answered with "it was me" and, where except is set, excepted by its device or
// its place, and tells whether it was asked about by a household of that threshold.
func excepted(t *testing.T, threshold float64, what string, except func(t *testing.T, h *coretest.House, c core.Case)) bool {
	t.Helper()
	books := &coretest.Books{}
	h := coretest.NewHouse(t, books, coretest.RiveraServices())
	h.Watcher.Tuning.Threshold = 1
	h.Watch(t.Context())
	order(t, h, "home", "leo signs in on Opera on Windows from Toledo")
	h.Pass(t.Context(), time.Minute)
	leo, _ := h.Household.Member("leo")
	c, err := h.Watcher.Answer(t.Context(), leo, core.Source{}, cases(t, books)[0].ID, core.Ours, "leo")
	if err != nil {
		t.Fatal(err)
	}
	except(t, h, c)
	h = h.Restart()
	h.Watcher.Tuning.Threshold = threshold
	order(t, h, "home", what)
	h.Pass(t.Context(), time.Minute)
	return len(cases(t, books)) > 1
}

func TestExceptions(t *testing.T) {
	by := func(member core.MemberID, place bool) func(*testing.T, *coretest.House, core.Case) {
		return func(t *testing.T, h *coretest.House, c core.Case) {
			t.Helper()
			m, _ := h.Household.Member(member)
			for range 2 { // said twice, it is one
				if _, err := h.Watcher.Except(t.Context(), m, c.ID, place); err != nil {
					t.Fatal(err)
				}
			}
			if all, err := h.Watcher.MemberExceptions(t.Context(), m); err != nil || len(all) != 1 {
				t.Fatalf("%d exceptions, %v", len(all), err)
			}
		}
	}
	nothing := func(*testing.T, *coretest.House, core.Case) {}
	takenBack := func(t *testing.T, h *coretest.House, c core.Case) {
		t.Helper()
		by("leo", false)(t, h, c)
		leo, _ := h.Household.Member("leo")
		all, _ := h.Watcher.MemberExceptions(t.Context(), leo)
		if err := h.Watcher.AskAgain(t.Context(), leo, all[0].ID); err != nil {
			t.Fatal(err)
		}
	}
	const device, place = false, true
	for _, tt := range []struct {
		name      string
		threshold float64
		what      string
		except    func(*testing.T, *coretest.House, core.Case)
		asked     bool
	}{
		{"nothing is excepted", 1, "Opera on Windows signs in anew from Oslo", nothing, true},
		{"the device elsewhere", 1, "Opera on Windows signs in anew from Oslo", by("leo", device), false},
		{"the device elsewhere, as the owner says", 1, "Opera on Windows signs in anew from Oslo", by("marta", device), false},
		{"the place does not cover another one", 1, "Opera on Windows signs in anew from Oslo", by("leo", place), true},
		{"it is taken back", 1, "Opera on Windows signs in anew from Oslo", takenBack, true},
		{"a data centre", 3.5, "Opera on Windows signs in anew from a server", by("leo", device), true},
		{"nothing is excepted, another device there", -0.5, "leo signs in on Vivaldi from a hotel", nothing, true},
		{"another device there", -0.5, "leo signs in on Vivaldi from a hotel", by("leo", place), false},
		{"the device does not cover another one", -0.5, "leo signs in on Vivaldi from a hotel", by("leo", device), true},
		{"urgent", 0.2, "Opera on Windows signs in anew from Oslo", by("leo", device), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := excepted(t, tt.threshold, tt.what, tt.except); got != tt.asked {
				t.Errorf("asked about: %v", got)
			}
		})
	}
}

// Only what was said to be theirs can be excepted, and by whom it concerns.
func TestWhoMayExcept(t *testing.T) {
	h, books := watched(t)
	order(t, h, "home", "leo signs in on Opera on Windows from Toledo")
	h.Pass(t.Context(), time.Minute)
	leo, _ := h.Household.Member("leo")
	sofi, _ := h.Household.Member("sofi")
	id := cases(t, books)[0].ID
	if _, err := h.Watcher.Except(t.Context(), leo, id, false); !errors.Is(err, core.ErrNone) {
		t.Errorf("an open case could be excepted: %v", err)
	}
	if _, err := h.Watcher.Answer(t.Context(), leo, core.Source{}, id, core.Ours, "leo"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Watcher.Except(t.Context(), sofi, id, false); !errors.Is(err, core.ErrNone) {
		t.Errorf("sofi could except leo's: %v", err)
	}
	x, err := h.Watcher.Except(t.Context(), leo, id, true)
	if err != nil || x.Account != (core.Account{Member: "leo"}) {
		t.Errorf("%+v, %v", x, err)
	}
	if err := h.Watcher.AskAgain(t.Context(), sofi, x.ID); !errors.Is(err, core.ErrNone) {
		t.Errorf("sofi could take leo's back: %v", err)
	}
}
