package talk

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"latchstring/core"
	"latchstring/core/watch"
)

const (
	rehearseDays = 30  // by default
	mostDays     = 400 // that are remembered
)

// rehearse answers "rehearse 30d": what the watch would have asked about in that time, now and with another sensitivity.
func (u *turn) rehearse(ctx context.Context, said []string) Reply {
	days := rehearseDays
	for _, word := range said {
		n, err := strconv.Atoi(strings.TrimRight(strings.ToLower(word), "days"))
		switch {
		case err == nil && n > 0:
			days = min(n, mostDays)
		case strings.Trim(strings.ToLower(word), "days") != "":
			return Reply{Card: Card{
				Private: true, Summary: u.say("I do not know which time \"{words}\" is.", foreign(word)),
				Buttons: []Button{again(u.say("The last 7 days"), "rehearse 7d"), again(u.say("The last 30 days"), "rehearse 30d"), again(u.say("The last 90 days"), "rehearse 90d")},
			}}
		}
	}
	now := u.Watch.Tuning
	now.LearnFor = 0 // what was learned is on record as such
	tunings := []watch.Tuning{now}
	for _, threshold := range []float64{watch.Calm, watch.Normal, watch.Watchful} {
		tunings = append(tunings, watch.Tuning{Threshold: threshold})
	}
	pasts, err := u.Watch.Rehearse(ctx, u.now.Add(-time.Duration(days)*24*time.Hour), tunings...)
	if err != nil {
		return u.failed(core.RecordError(err))
	}
	if core.May(u.me.Role, core.AnswerAlerts, core.Others) != core.Allowed {
		for i := range pasts {
			pasts[i].Asked, pasts[i].Noted = u.mine(pasts[i].Asked), u.mine(pasts[i].Noted)
		}
	}
	c := Card{Private: true, Summary: u.say("In the last {days} I would have asked about {n}.",
		u.count(days, "day", "{n} days"), u.count(len(pasts[0].Asked), "one sign-in", "{n} sign-ins"))}
	g := Group{}
	for i, s := range slices.Backward(pasts[0].Asked) {
		if len(pasts[0].Asked)-i > casesPerList {
			g.Note = u.count(i+1, "One more is older.", "{n} more are older.")
			break
		}
		in := s.SignIn
		g.Rows = append(g.Rows, Row{
			Title: u.say("{device}", u.device(watch.DeviceName(&in))),
			Facts: []Text{u.accountOf(in), u.from(in), {u.ago(in.At)}, u.why(in, s.Assessment.Reason)},
		})
	}
	if len(g.Rows) > 0 {
		c.Groups = append(c.Groups, g)
	}
	other := Group{Title: u.say("With another sensitivity")}
	for i, name := range []string{"calm", "normal", "watchful"} {
		p := pasts[i+1]
		row := Row{Title: u.say(name), Facts: []Text{u.count(len(p.Asked), "{n} question", "{n} questions"), u.count(len(p.Noted), "{n} line in the digests", "{n} lines in the digests")}}
		if p.Tuning.Threshold == now.Threshold {
			row.Facts = append(row.Facts, u.say("as it is now"))
		}
		other.Rows = append(other.Rows, row)
	}
	c.Groups = append(c.Groups, other)
	c.Body = append(c.Body, u.say("What was answered counts as answered; all else as left. The sensitivity stands in the config, under watch."))
	return Reply{Card: c}
}

// mine are the sign-ins to the reader's own accounts.
func (u *turn) mine(seen []core.Seen) []core.Seen {
	return slices.DeleteFunc(seen, func(s core.Seen) bool { return s.SignIn.Account.Member != u.me.ID })
}
