package watch_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/core/coretest"
	"latchstring/core/watch"
)

// On Mondays the owners are told what silence never answers and nobody has answered, and on no other day, whatever is restarted.
func TestMondayTellsWhatStillWaits(t *testing.T) {
	mail := &coretest.Mail{}
	h, books := watched(t, mail)
	h.Pass(t.Context(), 24*time.Hour) // it is Wednesday
	order(t, h, "home", "leo signs in on Edge on Windows from a server")
	h.Pass(t.Context(), time.Minute)
	if c := cases(t, books); len(c) != 1 || !c[0].Silence.IsZero() {
		t.Fatalf("%+v", c)
	}
	told := func() int {
		return strings.Count(strings.Join(mail.To("marta"), "\n"), "One sign-in still waits for an answer.")
	}
	for range 4 * 24 {
		h = h.Restart(mail)
		h.Pass(t.Context(), time.Hour)
	}
	if n := told(); n != 0 {
		t.Errorf("told %d times by Sunday", n)
	}
	order(t, h, "home", "leo signs in on Opera on Windows from Toledo") // which silence answers
	for range 2 * 24 {
		h = h.Restart(mail)
		h.Pass(t.Context(), time.Hour)
	}
	if n := told(); n != 1 {
		t.Errorf("told %d times by Tuesday\n%s", n, strings.Join(mail.To("marta"), "\n\n"))
	}
}

// What was asked on Sunday evening is told on Monday by its own question only.
func TestMondayLeavesOutLastNight(t *testing.T) {
	mail := &coretest.Mail{}
	h, books := watched(t, mail)
	h.Pass(t.Context(), 5*24*time.Hour+5*time.Hour) // it is Sunday, 23:00
	order(t, h, "home", "leo signs in on Edge on Windows from a server")
	h.Pass(t.Context(), time.Minute)
	for range 24 {
		h.Pass(t.Context(), time.Hour)
	}
	if said := strings.Join(mail.To("marta"), "\n"); len(cases(t, books)) != 1 || strings.Contains(said, "still waits") {
		t.Errorf("%d cases\n%s", len(cases(t, books)), said)
	}
}

// The rehearsal of the past weighs a service's mails as the watch does.
func TestRehearsalByMail(t *testing.T) {
	scores := map[bool]float64{}
	for _, hearsay := range []bool{false, true} {
		books, services := &coretest.Books{}, coretest.RiveraServices()
		h := coretest.NewHouse(t, books, services)
		var told []core.SignIn
		h.Watcher.Connectors[1].SignIns = source(func(_ context.Context, after string) ([]core.SignIn, string, error) { return told, after + ".", nil })
		h.Watcher.Connectors[1].Tells.Hearsay = hearsay
		h.Watch(t.Context())
		s := from(h, "again")
		s.Device.ID, s.Name = "h2", "Safari on iPhone"
		told = []core.SignIn{s}
		h.Pass(t.Context(), time.Minute)
		pasts, err := h.Watcher.Rehearse(t.Context(), time.Time{}, watch.Tuning{Threshold: 0.1})
		if err != nil || len(pasts) != 1 || len(pasts[0].Asked) == 0 {
			t.Fatalf("%+v, %v", pasts, err)
		}
		scores[hearsay] = pasts[0].Asked[len(pasts[0].Asked)-1].Assessment.Score
	}
	if scores[true] <= scores[false] {
		t.Errorf("by mail %.1f, by an id %.1f", scores[true], scores[false])
	}
}
