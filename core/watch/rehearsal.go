package watch

import (
	"slices"
	"time"

	"latchstring/core"
)

// Rehearsal plays the sign-ins of one household to a memory as the watch does, and closes what nobody answers when its
// time has come. It tells what would have been raised; it asks nobody.
type Rehearsal struct {
	Memory *Memory
	open   []rehearsed // the questions that wait for an answer, oldest first
}

// rehearsed is a sign-in that somebody would have been asked about.
type rehearsed struct {
	signIn core.SignIn
	made   core.Assessment
}

// openSpan is how long a question that silence never answers stays open in a rehearsal.
const openSpan = 90 * 24 * time.Hour

// NewRehearsal begins one with a household of which nothing is known.
func NewRehearsal(tuning Tuning) *Rehearsal { return &Rehearsal{Memory: NewMemory(tuning)} }

// SignIn plays a sign-in and returns what the watch would have made of it.
func (r *Rehearsal) SignIn(s core.SignIn) core.Assessment {
	r.passTo(s.At)
	a := r.Memory.Assess(&s)
	r.Memory.Take(&s, a)
	if a.Level.Pushes() {
		r.open = append(r.open, rehearsed{s, a})
	}
	return a
}

// passTo lets the time pass: what was not answered for long enough is taken for the household's own.
func (r *Rehearsal) passTo(now time.Time) {
	r.open = slices.DeleteFunc(r.open, func(q rehearsed) bool {
		waited := now.Sub(q.signIn.At)
		after, ok := r.Memory.tuning.SilenceAfter(&q.signIn, q.made, r.Memory.EverAnswers())
		if ok && waited >= after {
			r.Memory.Answer(&q.signIn, core.BySilence, q.signIn.At.Add(after))
			return true
		}
		return waited >= openSpan
	})
}

// Answer plays the answer to the question about a sign-in, by its key. One that silence has answered stays as it is.
func (r *Rehearsal) Answer(key string, a core.Answer, at time.Time) {
	i := slices.IndexFunc(r.open, func(q rehearsed) bool { return q.signIn.Key == key })
	if i < 0 {
		return
	}
	s := r.open[i].signIn
	r.open = slices.Delete(r.open, i, i+1)
	r.Memory.Answer(&s, a, at)
}

// AnswerAll plays the same answer to every question that has waited for so long.
func (r *Rehearsal) AnswerAll(a core.Answer, after time.Duration, now time.Time) {
	for len(r.open) > 0 && now.Sub(r.open[0].signIn.At) >= after {
		s := r.open[0].signIn
		r.open = slices.Delete(r.open, 0, 1)
		r.Memory.Answer(&s, a, s.At.Add(after))
	}
}
