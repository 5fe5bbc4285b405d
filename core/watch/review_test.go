package watch_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/core/coretest"
	"latchstring/core/talk"
	"latchstring/core/watch"
)

// A review is due in the morning, whole days after the last, by the calendar of the household; who never did one has it on the
// Mondays that are the same for all.
func TestNextReview(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		when, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for name, test := range map[string]struct {
		every           time.Duration
		last, now, want string
	}{
		"never":                        {0, "2026-05-12 00:00", "2026-05-12 18:00", ""},
		"less than a day":              {23 * time.Hour, "2026-05-12 00:00", "2026-05-12 18:00", ""},
		"four weeks later":             {28 * day, "2026-05-12 00:00", "2026-05-12 18:00", "2026-06-09 09:00"},
		"before the morning":           {28 * day, "2026-05-12 00:00", "2026-05-12 08:00", "2026-06-09 09:00"},
		"a moment before it":           {28 * day, "2026-05-12 00:00", "2026-06-09 08:59", "2026-06-09 09:00"},
		"from then on the next":        {28 * day, "2026-05-12 00:00", "2026-06-09 09:00", "2026-07-07 09:00"},
		"long overdue":                 {28 * day, "2026-01-01 00:00", "2026-05-12 18:00", "2026-05-21 09:00"},
		"over the change of clocks":    {7 * day, "2026-03-25 00:00", "2026-03-28 12:00", "2026-04-01 09:00"},
		"every day":                    {day, "2026-05-12 00:00", "2026-05-12 18:00", "2026-05-13 09:00"},
		"a clock that was ahead":       {28 * day, "2027-05-12 00:00", "2026-05-12 18:00", "2027-06-09 09:00"},
		"half days do not count":       {28*day + 12*time.Hour, "2026-05-12 00:00", "2026-05-12 18:00", "2026-06-09 09:00"},
		"nobody ever, a Monday":        {28 * day, "", "2026-05-12 18:00", "2026-06-08 09:00"},
		"nobody ever, that Monday":     {28 * day, "", "2026-06-08 08:59", "2026-06-08 09:00"},
		"nobody ever, the Monday over": {28 * day, "", "2026-06-08 09:00", "2026-07-06 09:00"},
	} {
		w := watch.Watcher{House: &core.Household{Zone: zone}, ReviewEvery: test.every, Now: func() time.Time { return at(test.now) }}
		var last, want time.Time
		if test.last != "" {
			last = at(test.last)
		}
		if test.want != "" {
			want = at(test.want)
		}
		if got := w.NextReview(last); !got.Equal(want) {
			t.Errorf("%s: next on %v, want %v", name, got, want)
		}
	}
}

const day = 24 * time.Hour

// The owner is told when a review falls due, once, also by a program that was away on that day or has just started again;
// nobody else is, and one that is long past waits for the next.
func TestReviewsAreTold(t *testing.T) {
	for name, test := range map[string]struct {
		reviewed string // the owner's last one, in place of the start
		away     time.Duration
		want     int
	}{
		"the day before":             {"2026-05-12", 27 * day, 0},
		"on the day, too early":      {"2026-05-12", 27*day + 13*time.Hour, 0},
		"on the day":                 {"2026-05-12", 27*day + 15*time.Hour, 1},
		"a program that was away":    {"2026-05-12", 33 * day, 1},
		"one that was away too long": {"2026-05-12", 36 * day, 0},
		"never, on its Monday":       {"", 26*day + 15*time.Hour, 1},
		"never, days after it":       {"", 30 * day, 0},
		"no day":                     {"yesterday", 26*day + 15*time.Hour, 1},
	} {
		t.Run(name, func(t *testing.T) {
			mail, books := &coretest.Mail{}, &coretest.Books{}
			h := coretest.NewHouse(t, books, coretest.RiveraServices(), mail)
			for _, who := range []core.MemberID{"marta", "leo"} {
				if err := books.SetSetting(t.Context(), who, core.ReviewedSetting, test.reviewed); err != nil {
					t.Fatal(err)
				}
			}
			h.Pass(t.Context(), test.away)
			h = h.Restart(mail)
			h.Settle(t.Context())
			h.Pass(t.Context(), time.Hour)
			if got := mail.To("marta"); len(got) != test.want {
				t.Errorf("the owner was told %q", got)
			}
			if got := slices.Concat(mail.To("leo"), mail.To("sofi")); len(got) != 0 {
				t.Errorf("others were told %q", got)
			}
		})
	}
}

// A review that was done before the news of it went out is no news.
func TestReviewDoneBeforeItIsTold(t *testing.T) {
	mail, books := &coretest.Mail{}, &coretest.Books{}
	h := coretest.NewHouse(t, books, coretest.RiveraServices(), mail)
	mail.Fails(errors.New("down"))
	h.Pass(t.Context(), 26*day+15*time.Hour)
	h.Talk.Handle(t.Context(), talk.Request{From: core.Contact{Chat: core.Terminal, User: "marta"}, Private: true, At: h.Now(), Text: "review keep"})
	mail.Fails(nil)
	h.Pass(t.Context(), time.Hour)
	if got := mail.To("marta"); len(got) != 0 {
		t.Errorf("the owner was told %q", got)
	}
}

// Where it can not be read who did a review, it is tried again soon.
func TestReviewsNotReadable(t *testing.T) {
	mail, books := &coretest.Mail{}, &coretest.Books{}
	h := coretest.NewHouse(t, books, coretest.RiveraServices(), mail)
	read := h.Watcher.Reviewed
	h.Watcher.Reviewed = func(context.Context, core.MemberID) (time.Time, error) {
		return time.Time{}, errors.New("disk on fire")
	}
	h.Pass(t.Context(), 26*day+15*time.Hour)
	if next := h.Watcher.Tend(t.Context()); next.Sub(h.Now()) > time.Minute {
		t.Errorf("tried again on %v", next)
	}
	h.Watcher.Reviewed = read
	h.Pass(t.Context(), time.Minute)
	if got := mail.To("marta"); len(got) != 1 {
		t.Errorf("the owner was told %q", got)
	}
}

// It is looked up once a day whose review is due, not with every look.
func TestReviewsAreLookedUpOnceADay(t *testing.T) {
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices(), &coretest.Mail{})
	read, lookups := h.Watcher.Reviewed, 0
	h.Watcher.Reviewed = func(ctx context.Context, m core.MemberID) (time.Time, error) {
		lookups++
		return read(ctx, m)
	}
	h.Pass(t.Context(), 16*time.Hour) // the morning after
	for range 30 {
		h.Pass(t.Context(), time.Minute)
	}
	if lookups != 1 {
		t.Errorf("looked up %d times", lookups)
	}
}
