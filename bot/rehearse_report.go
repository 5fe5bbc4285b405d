package main

import (
	"fmt"
	"io"
	"math"
	"text/tabwriter"
	"time"

	"latchstring/core"
	"latchstring/core/talk"
	"latchstring/core/watch"
)

// answeredAfter is how long a household of a history takes to say "It was me".
const answeredAfter = 10 * time.Minute

// tally is how often what would have been said about a history.
type tally struct{ asked, urgent, repeats, noted int }

// tellHistory says what would have been raised on a history, and how often at each sensitivity.
func tellHistory(w io.Writer, history []past, tuning watch.Tuning, answered bool) error {
	if len(history) == 0 {
		_, err := fmt.Fprintln(w, "There is no sign-in in it.")
		return err
	}
	from, to := history[0].signIn.At, history[len(history)-1].signIn.At
	fmt.Fprintf(w, "%d sign-ins from %s to %s. The first %d days are learned in silence.\n\n", len(history), day(from), day(to), int(tuning.LearnFor.Hours()/24))
	playHistory(history, tuning, answered, func(p past, a core.Assessment) { tellAsked(w, p, a) })

	fmt.Fprintln(w, "\nHow often, in a month:")
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "sensitivity\tquestions\turgent ones\tdigest lines\t")
	months := max(to.Sub(from)-tuning.LearnFor, 0).Hours() / 24 / 30.44
	named := []struct {
		name      string
		threshold float64
	}{{"calm", watch.Calm}, {"normal", watch.Normal}, {"watchful", watch.Watchful}}
	for _, n := range named {
		t := playHistory(history, watch.Tuning{Threshold: n.threshold, LearnFor: tuning.LearnFor}, answered, nil)
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t\n", n.name, monthly(t.asked, months), monthly(t.urgent, months), monthly(t.noted+t.repeats, months))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	manner := `Each question counts as answered "It was me" after 10 minutes; with -unanswered nobody answers.`
	if !answered {
		manner = "Nobody answers: what is not urgent is taken for yours after a day or three."
	}
	_, err := fmt.Fprintln(w, "\n"+manner)
	return err
}

// playHistory plays a history to the watch at one sensitivity and hands over what somebody is asked about.
func playHistory(history []past, tuning watch.Tuning, answered bool, raised func(past, core.Assessment)) (t tally) {
	households := map[string]*watch.Rehearsal{}
	for _, p := range history {
		h, ok := households[p.household]
		if !ok {
			h = watch.NewRehearsal(tuning)
			households[p.household] = h
		}
		if answered {
			h.AnswerAll(core.Ours, answeredAfter, p.signIn.At)
		}
		switch a := h.SignIn(p.signIn); a.Level {
		case core.Alert, core.Urgent:
			t.asked++
			if a.Level == core.Urgent {
				t.urgent++
			}
			if raised != nil {
				raised(p, a)
			}
		case core.Repeat:
			t.repeats++
		case core.Noted:
			t.noted++
		case core.Learning, core.Quiet, core.Expected:
		}
	}
	return t
}

// tellAsked says when somebody would have been asked, how urgently, and why.
func tellAsked(w io.Writer, p past, a core.Assessment) {
	how := "ask"
	if a.Level == core.Urgent {
		how = "URGENT"
	}
	whose := ""
	if p.household != "" {
		whose = core.Clean(p.household) + "  "
	}
	fmt.Fprintf(w, "%s  %s%-6s %4.1f  %s\n", p.signIn.At.UTC().Format("2006-01-02 15:04"), whose, how, a.Score, talk.Reasoned(p.signIn, a, p.signIn.Account.Login))
}

// monthly says how often something is in a month; "-" where there is no month to tell by.
func monthly(n int, months float64) string {
	if months <= 0 || math.IsInf(months, 0) {
		return "-"
	}
	return fmt.Sprintf("%.1f", float64(n)/months)
}

func day(t time.Time) string { return t.UTC().Format("2 January 2006") }
