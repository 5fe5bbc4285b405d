package talk

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"latchstring/core"
)

// voice is how one reader is spoken to: their language, their zone, what they chose to see.
type voice struct {
	catalogue     map[string]string
	zone          *time.Location
	now           time.Time
	quiet         string // their quiet hours
	clock12       bool
	hideAddresses bool
}

// say makes a text at the place where it is said. Args are strings (our own or the config's words), numbers, spans,
// texts and phrases.
func (v voice) say(words string, args ...any) Text { return v.text(core.Say(words, args...)) }

// text puts a phrase into the reader's language.
func (v voice) text(p core.Phrase) Text {
	var t Text
	plain := func(s string) { t = append(t, Span{Text: s}) }
	p.Walk(v.catalogue[p.Words()], plain, func(arg any) {
		switch a := arg.(type) {
		case Text:
			t = append(t, a...)
		case Span:
			t = append(t, a)
		case core.Phrase:
			t = append(t, v.text(a)...)
		case core.Secret:
			t = append(t, Span{Style: Hidden, Secret: a})
		case string:
			plain(a)
		case int:
			plain(strconv.Itoa(a))
		default:
			plain(fmt.Sprint(a))
		}
	})
	return t
}

// count says a number of things: one for 1, many for all others. Each is a phrase with the place {n}, which comes after the
// places of args; one may do without it.
func (v voice) count(n int, one, many string, args ...any) Text {
	words := many
	if n == 1 {
		words = one
	}
	if strings.Contains(words, "{n}") {
		args = append(args, n)
	}
	return v.say(words, args...)
}

// list says several things: "Marta", "Marta and Leo", "Marta, Leo and Sofi".
func (v voice) list(things []string) Text {
	switch len(things) {
	case 0:
		return nil
	case 1:
		return Words(things[0])
	}
	last := len(things) - 1
	return v.say("{things} and {last}", strings.Join(things[:last], ", "), things[last])
}

// foreign is a text that a stranger may have written.
func foreign(s string) Span { return Span{Style: Untrusted, Text: s} }

// strong is a text of ours that matters.
func strong(s string) Span { return Span{Style: Strong, Text: s} }

// device is what a device is called in a sentence. A name that could be taken for a part of the sentence, or for one of its
// own, stands in quotation marks.
func (v voice) device(name string) any {
	switch {
	case name == "":
		return v.say("Nameless device")
	case strings.ContainsAny(name, ".,:;!?…\"“”") || len(name) > 40:
		return Text{{Text: "“"}, foreign(strings.NewReplacer("“", "'", "”", "'", "\"", "'").Replace(name)), {Text: "”"}}
	}
	return foreign(name)
}

// ago says when something was, as people do: "2 hours ago", "today 20:14", "yesterday 22:40", "12 May".
func (v voice) ago(t time.Time) Span {
	d := v.now.Sub(t)
	switch {
	case d < -5*time.Minute: // somebody's clock is wrong; the date at least is honest
		return v.moment(t)
	case d < time.Minute:
		return v.when(t, v.say("just now"))
	case d < time.Hour:
		return v.when(t, v.count(int(d/time.Minute), "{n} minute ago", "{n} minutes ago"))
	case d < 6*time.Hour:
		return v.when(t, v.count(int(d/time.Hour), "{n} hour ago", "{n} hours ago"))
	}
	switch v.daysAgo(t) {
	case 0:
		return v.when(t, v.say("today {time}", v.clock(t)))
	case 1:
		return v.when(t, v.say("yesterday {time}", v.clock(t)))
	}
	return v.when(t, v.date(t))
}

// moment says a point in time for "since" and "until": "14:02", "yesterday 14:02", "tomorrow 14:02", "Sunday 14:02" of the
// coming days, "16 November 14:02".
func (v voice) moment(t time.Time) Span {
	switch v.daysAgo(t) {
	case 0:
		return v.when(t, v.clock(t))
	case 1:
		return v.when(t, v.say("yesterday {time}", v.clock(t)))
	case -1:
		return v.when(t, v.say("tomorrow {time}", v.clock(t)))
	}
	if ahead := -v.daysAgo(t); ahead > 1 && ahead < 7 {
		return v.when(t, v.say("{weekday} {time}", v.say(t.In(v.zone).Weekday().String()), v.clock(t)))
	}
	return v.when(t, v.say("{date} {time}", v.date(t), v.clock(t)))
}

func (v voice) when(t time.Time, words Text) Span {
	return Span{Style: When, Text: words.String(), At: t}
}

func (v voice) clock(t time.Time) Text {
	t = t.In(v.zone)
	if v.clock12 {
		return Words(t.Format("3:04 pm"))
	}
	return Words(t.Format("15:04"))
}

func (v voice) date(t time.Time) Text {
	t = t.In(v.zone)
	if t.Year() == v.now.In(v.zone).Year() {
		return v.say("{day} {month}", t.Day(), v.say(t.Month().String()))
	}
	return v.say("{day} {month} {year}", t.Day(), v.say(t.Month().String()), t.Year())
}

// daysAgo counts calendar days in the reader's zone; days have 23 to 25 hours there.
func (v voice) daysAgo(t time.Time) int {
	day := func(t time.Time) time.Time {
		y, m, d := t.In(v.zone).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(day(v.now).Sub(day(t)) / (24 * time.Hour))
}

// lasting says how long something takes: "2 minutes", "8 hours".
func (v voice) lasting(d time.Duration) Text {
	switch {
	case d < 2*time.Minute:
		return v.count(max(1, int(d.Round(time.Second)/time.Second)), "{n} second", "{n} seconds")
	case d < 2*time.Hour:
		return v.count(int(d.Round(time.Minute)/time.Minute), "{n} minute", "{n} minutes")
	case d < 48*time.Hour:
		return v.count(int(d.Round(time.Hour)/time.Hour), "{n} hour", "{n} hours")
	}
	return v.count(int(d/(24*time.Hour)), "{n} day", "{n} days")
}
