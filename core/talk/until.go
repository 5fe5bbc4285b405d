package talk

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"latchstring/core"
)

// lasts is how far a pass's end was understood.
type lasts string

// The readings of an end.
const (
	lastsUntil  lasts = "until"
	lastsUnsaid lasts = "unsaid"
	lastsUnread lasts = "unread"
	lastsLonger lasts = "longer" // than a pass may
)

// cutEnd takes "Airbnb TV until Sunday 12:00" apart: what is meant, and the words that say until when.
func cutEnd(said []string) (what, end []string) {
	for i, word := range slices.Backward(said) {
		switch strings.ToLower(word) {
		case "until", "till", "til", "for":
			return said[:i], said[i:]
		}
	}
	return said, nil
}

// readEnd reads words such as "until Sunday 12:00", "until 18:30", "until 24 December" and "for 3 days" by the clock that now
// is of. A day without an hour is meant as a whole; of what comes again and again the next time is meant. Days are the
// calendar's, so they have 23 to 25 hours where the clocks change.
func readEnd(end []string, now time.Time) (time.Time, lasts) {
	if len(end) < 1 {
		return time.Time{}, lastsUnsaid
	}
	read := readDay
	if strings.EqualFold(end[0], "for") {
		read = readSpan
	}
	until, ok := read(end[1:], now)
	switch {
	case !ok, !until.After(now):
		return time.Time{}, lastsUnread
	case until.After(now.AddDate(0, 0, core.LongestPass)):
		return time.Time{}, lastsLonger
	}
	return until, lastsUntil
}

// readSpan reads "3 days", "an hour", "two weeks".
func readSpan(words []string, now time.Time) (time.Time, bool) {
	if len(words) != 2 {
		return time.Time{}, false
	}
	numbers := []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
	count := strings.ToLower(words[0])
	n := slices.Index(numbers, count)
	if count == "a" || count == "an" {
		n = 1
	}
	if i, err := strconv.Atoi(count); err == nil {
		n = i
	}
	if n < 1 || n > 100_000 {
		return time.Time{}, false
	}
	switch strings.TrimSuffix(strings.ToLower(words[1]), "s") {
	case "minute", "min":
		return now.Add(time.Duration(n) * time.Minute), true
	case "hour":
		return now.Add(time.Duration(n) * time.Hour), true
	case "day", "night":
		return now.AddDate(0, 0, n), true
	case "week":
		return now.AddDate(0, 0, 7*n), true
	case "month":
		return now.AddDate(0, n, 0), true
	}
	return time.Time{}, false
}

// dayRead is what words say of a point in time; -1 stands for what they do not say.
type dayRead struct {
	weekday, ahead, day, month, year, hour, minute int
}

// readDay reads "Sunday 12:00", "tomorrow", "24 December 6 pm", "18:30".
func readDay(words []string, now time.Time) (time.Time, bool) {
	d := dayRead{-1, -1, -1, -1, -1, -1, -1}
	for i := 0; i < len(words); i++ {
		word := strings.ToLower(strings.Trim(words[i], ".,"))
		if i+1 < len(words) && slices.Contains([]string{"am", "pm"}, strings.ToLower(words[i+1])) {
			word += strings.ToLower(words[i+1])
			i++
		}
		if !d.take(word) {
			return time.Time{}, false
		}
	}
	return d.next(now)
}

// take reads one word; each thing may be said once.
func (d *dayRead) take(word string) bool {
	set := func(field *int, value int) bool {
		unsaid := *field < 0
		*field = value
		return unsaid
	}
	switch word {
	case "at", "on", "the", "of", "next", "this", "and", "including", "evening", "o'clock":
		return true
	case "today", "tonight":
		return set(&d.ahead, 0)
	case "tomorrow":
		return set(&d.ahead, 1)
	case "noon":
		return set(&d.hour, 12) && set(&d.minute, 0)
	case "midnight":
		return set(&d.hour, 23) && set(&d.minute, 59)
	}
	for day := range 7 {
		if short(word, time.Weekday(day).String()) {
			return set(&d.weekday, day)
		}
	}
	for month := 1; month <= 12; month++ {
		if short(word, time.Month(month).String()) {
			return set(&d.month, month)
		}
	}
	if hour, minute, ok := readClock(word); ok {
		return set(&d.hour, hour) && set(&d.minute, minute)
	}
	n, err := strconv.Atoi(strings.TrimRight(word, "stndrh"))
	switch {
	case err == nil && n >= 1 && n <= 31:
		return set(&d.day, n)
	case err == nil && n >= 2000 && n <= 9999:
		return set(&d.year, n)
	}
	return false
}

// short tells whether a word is a name, or begins it with three letters or more.
func short(word, name string) bool {
	return len(word) >= 3 && strings.HasPrefix(strings.ToLower(name), word)
}

// readClock reads "18:30", "6:30pm", "6pm", "18h".
func readClock(word string) (hour, minute int, ok bool) {
	for _, layout := range []string{"15:04", "3:04pm", "3pm", "15.04", "15h"} {
		if t, err := time.Parse(layout, word); err == nil {
			return t.Hour(), t.Minute(), true
		}
	}
	return 0, 0, false
}

// next returns the first point in time after now that fits.
func (d *dayRead) next(now time.Time) (time.Time, bool) {
	hour, minute := 23, 59
	if d.hour >= 0 {
		hour, minute = d.hour, d.minute
	}
	on := func(year, month, day int) time.Time {
		return time.Date(year, time.Month(month), day, hour, minute, 0, 0, now.Location())
	}
	year, month, day := now.Year(), int(now.Month()), now.Day()
	dated := d.day >= 0 && d.month >= 0
	switch {
	case (d.day >= 0) != (d.month >= 0), d.year >= 0 && !dated, d.ahead >= 0 && (dated || d.weekday >= 0), dated && d.weekday >= 0:
		return time.Time{}, false
	case dated && d.year >= 0:
		t := on(d.year, d.month, d.day)
		return t, t.Day() == d.day
	case dated:
		t := on(year, d.month, d.day)
		if !t.After(now) {
			t = on(year+1, d.month, d.day)
		}
		return t, t.Day() == d.day
	case d.ahead >= 0:
		return on(year, month, day+d.ahead), true
	case d.weekday >= 0:
		ahead := (d.weekday - int(now.Weekday()) + 7) % 7
		if t := on(year, month, day+ahead); t.After(now) {
			return t, true
		}
		return on(year, month, day+ahead+7), true
	case d.hour >= 0:
		if t := on(year, month, day); t.After(now) {
			return t, true
		}
		return on(year, month, day+1), true
	}
	return time.Time{}, false
}
