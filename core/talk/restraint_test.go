package talk

import (
	"testing"
	"time"
	_ "time/tzdata" // the machine may have no zone database
)

// Quiet hours are by the household's clock, also in the nights that have 7 or 9 hours between 23 and 7.
func TestQuietEnd(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		moment, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	for _, test := range []struct{ hours, now, end string }{
		{"", "2026-05-12 23:30", ""},
		{"never", "2026-05-12 23:30", ""},
		{"22-7", "2026-05-12 21:59", ""},
		{"22-7", "2026-05-12 22:00", "2026-05-13 07:00"},
		{"22-7", "2026-05-13 06:59", "2026-05-13 07:00"},
		{"22-7", "2026-05-13 07:00", ""},
		{"22-7", "2026-03-28 23:00", "2026-03-29 07:00"}, // the clock is put forward
		{"22-7", "2026-03-29 03:30", "2026-03-29 07:00"},
		{"22-7", "2026-10-24 23:00", "2026-10-25 07:00"}, // the clock is put back
		{"22-7", "2026-10-25 02:30", "2026-10-25 07:00"},
		{"13-15", "2026-05-12 14:00", "2026-05-12 15:00"},
		{"13-15", "2026-05-12 15:00", ""},
		{"7-7", "2026-05-12 07:00", ""},
		{"x-y", "2026-05-12 07:00", ""},
	} {
		got := quietEnd(test.hours, at(test.now))
		if test.end == "" && !got.IsZero() || test.end != "" && !got.Equal(at(test.end)) {
			t.Errorf("quiet from %q at %s ends %v, want %q", test.hours, test.now, got, test.end)
		}
	}
}
