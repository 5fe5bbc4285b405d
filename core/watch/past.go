package watch

import (
	"context"
	"slices"
	"time"

	"latchstring/core"
)

// Past is what the watch would have done with the household's own sign-ins under one tuning.
type Past struct {
	Tuning Tuning
	Asked  []core.Seen // what somebody would have been asked about, as it would have been assessed; oldest first
	Noted  []core.Seen // lines of the digests
}

// Rehearse plays the sign-ins on record once for each tuning, all of them so that the household is known as well as it is,
// and tells what would have been raised since a time. Answers that were given count where the same would have been asked;
// nothing else is answered. It changes nothing.
func (w *Watcher) Rehearse(ctx context.Context, since time.Time, tunings ...Tuning) ([]Past, error) {
	seen, err := w.Book.Seen(ctx, w.Now().Add(-remembered), w.Now().Add(-remembered), maxRecollect)
	if err != nil {
		return nil, err
	}
	var pasts []Past
	for _, t := range tunings {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		pasts = append(pasts, w.rehearse(seen, since, t))
	}
	return pasts, nil
}

func (w *Watcher) rehearse(seen []core.Seen, since time.Time, t Tuning) Past {
	r := NewRehearsal(t)
	r.Memory.SetHome(w.House.Home)
	r.Memory.SetHearsay(w.hearsay())
	p := Past{Tuning: t}
	var answers []core.Seen // that are still to come, the next one first
	for _, s := range seen {
		for len(answers) > 0 && !answers[0].Answered.After(s.SignIn.At) {
			r.Answer(named(answers[0].SignIn).Key, answers[0].Answer, answers[0].Answered)
			answers = answers[1:]
		}
		var a core.Assessment
		if s.Assessment.Level == core.Learning { // it was the household's without a question, then as now
			k := named(s.SignIn)
			a = s.Assessment
			r.Memory.Take(&k, a)
		} else {
			a = r.SignIn(named(s.SignIn))
		}
		if a.Level.Pushes() && s.Answer != "" && s.Answer != core.BySilence {
			answers = append(answers, s)
			slices.SortStableFunc(answers, func(a, b core.Seen) int { return a.Answered.Compare(b.Answered) })
		}
		switch {
		case s.SignIn.At.Before(since):
		case a.Level.Pushes():
			p.Asked = append(p.Asked, core.Seen{SignIn: s.SignIn, Assessment: a})
		case a.Level == core.Noted:
			p.Noted = append(p.Noted, core.Seen{SignIn: s.SignIn, Assessment: a})
		}
	}
	return p
}
