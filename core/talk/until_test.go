package talk_test

import (
	"strings"
	"testing"
	"time"

	"latchstring/core/talk"
)

func TestReadEnd(t *testing.T) {
	madrid, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		t.Helper()
		v, err := time.ParseInLocation("2006-01-02 15:04", s, madrid)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	tuesday := "2026-05-12 18:00"
	for _, tt := range []struct{ now, said, want string }{
		{tuesday, "until Sunday 12:00", "2026-05-17 12:00"},
		{tuesday, "until sun at 12:00", "2026-05-17 12:00"},
		{tuesday, "until Sunday", "2026-05-17 23:59"},
		{tuesday, "until Tuesday 17:00", "2026-05-19 17:00"},
		{tuesday, "until Tuesday 19:00", "2026-05-12 19:00"},
		{tuesday, "until 18:30", "2026-05-12 18:30"},
		{tuesday, "until 18:00", "2026-05-13 18:00"},
		{tuesday, "until 6:30 pm", "2026-05-12 18:30"},
		{tuesday, "till 6pm", "2026-05-13 18:00"},
		{tuesday, "until tomorrow", "2026-05-13 23:59"},
		{tuesday, "until tomorrow noon", "2026-05-13 12:00"},
		{tuesday, "until tonight", "2026-05-12 23:59"},
		{tuesday, "until midnight", "2026-05-12 23:59"},
		{tuesday, "until 24 June", "2026-06-24 23:59"},
		{tuesday, "until June 24th 9:15", "2026-06-24 09:15"},
		{tuesday, "until the 1st of July 2026", "2026-07-01 23:59"},
		{"2026-12-20 18:00", "until 6 January", "2027-01-06 23:59"},
		{tuesday, "for 3 days", "2026-05-15 18:00"},
		{tuesday, "for 5 hours", "2026-05-12 23:00"},
		{tuesday, "for a week", "2026-05-19 18:00"},
		{tuesday, "for 60 days", "2026-07-11 18:00"},
		{tuesday, "for one month", "2026-06-12 18:00"},

		// The clocks are put forward on 29 March and back on 25 October: days are the calendar's, hours are hours.
		{"2026-03-28 12:00", "for 1 day", "2026-03-29 12:00"},
		{"2026-03-28 23:00", "for 5 hours", "2026-03-29 05:00"},
		{"2026-10-24 12:00", "until tomorrow 12:00", "2026-10-25 12:00"},
		{"2026-10-24 23:00", "for 5 hours", "2026-10-25 03:00"},
		{"2026-10-20 12:00", "for 60 days", "2026-12-19 12:00"},

		{tuesday, "", "unsaid"},
		{tuesday, "until", "unread"},
		{tuesday, "until blursday", "unread"},
		{tuesday, "until 25:00", "unread"},
		{tuesday, "until 31 June", "unread"},
		{tuesday, "until 24", "unread"},
		{tuesday, "until Sunday Monday", "unread"},
		{tuesday, "until today 9:00", "unread"},
		{tuesday, "for 0 days", "unread"},
		{tuesday, "for -3 days", "unread"},
		{tuesday, "for ever", "unread"},
		{tuesday, "for 3 moons", "unread"},
		{tuesday, "for 99999999999999999999 days", "unread"},
		{tuesday, "for 61 days", "longer"},
		{tuesday, "until 24 December", "longer"},
		{tuesday, "until 1 May 9999", "longer"},
	} {
		until, got := talk.ReadEnd(strings.Fields(tt.said), at(tt.now))
		answer := string(got)
		if got == "until" {
			answer = until.Format("2006-01-02 15:04")
		}
		if answer != tt.want {
			t.Errorf("at %s, %q: %s, want %s", tt.now, tt.said, answer, tt.want)
		}
	}
}

func TestCutEnd(t *testing.T) {
	for said, want := range map[string]string{
		"Airbnb TV until Sunday 12:00": "Airbnb TV|until Sunday 12:00",
		"TV for Grandma for 3 days":    "TV for Grandma|for 3 days",
		"until Sunday":                 "|until Sunday",
		"Airbnb TV":                    "Airbnb TV|",
	} {
		what, end := talk.CutEnd(strings.Fields(said))
		if got := strings.Join(what, " ") + "|" + strings.Join(end, " "); got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
}

// FuzzReadEnd looks that whatever is said has an end that is ahead and not too far, or none.
func FuzzReadEnd(f *testing.F) {
	f.Add("until Sunday 12:00")
	f.Add("for 3 days")
	now := time.Date(2026, 5, 12, 18, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, said string) {
		until, got := talk.ReadEnd(strings.Fields(said), now)
		if (got == "until") != (until.After(now) && !until.After(now.AddDate(0, 0, 60))) {
			t.Errorf("%q: %v, %s", said, until, got)
		}
	})
}
