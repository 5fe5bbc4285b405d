package watch

import (
	"time"

	"latchstring/core"
)

// Assess tells what to make of a sign-in by what is known so far. It changes nothing.
func (m *Memory) Assess(s *core.SignIn) core.Assessment {
	v := m.look(s)
	c := m.weigh(s, &v)
	a := core.Assessment{Level: core.Quiet, Score: c.total, Reason: c.reason}
	switch {
	case m.learning(v.now):
		a.Level = core.Learning
	case s.Failed: // wrong passwords are everyday; they weigh on the sign-in that succeeds
	case c.total >= m.tuning.Urgent(), c.total >= m.tuning.Threshold && c.reason.Tries > 0:
		a.Level = core.Urgent
	case c.total >= m.tuning.Threshold:
		a.Level = core.Alert
	case c.total >= m.tuning.Threshold*noted:
		a.Level = core.Noted
	}
	if !a.Level.Pushes() {
		return a
	}
	q, ok := m.questions.get(v.question(m))
	if ok && q.since(v.now) < questionSpan && (q.value.urgent || a.Level != core.Urgent) {
		a.Level, a.Of = core.Repeat, q.value.key
	}
	return a
}

// learning tells whether the household is still being learned, and nothing is said.
func (m *Memory) learning(now uint32) bool {
	if m.tuning.LearnFor <= 0 {
		return false
	}
	return m.learned < learnSignIns || since(m.began, now) < m.tuning.LearnFor
}

// How long a question waits for an answer before silence is one.
const (
	silence          = 72 * time.Hour
	silenceOfSilents = 24 * time.Hour // where nobody ever answers
)

// SilenceAfter tells after how long without an answer a sign-in that was asked about is taken for the household's own, and
// ok false if it never is: one through a data centre or VPN, an urgent one, or one like those that somebody said no to.
// Whether the household ever answers is what [Memory.EverAnswers] says.
func (t Tuning) SilenceAfter(s *core.SignIn, a core.Assessment, everAnswers bool) (after time.Duration, ok bool) {
	switch {
	case s.Via.Kind == core.Hosting, s.Via.Kind == core.VPN, a.Level == core.Urgent, a.Score >= t.Urgent(), a.Reason.Kind == core.Disowned:
		return 0, false
	case everAnswers:
		return silence, true
	}
	return silenceOfSilents, true
}

// EverAnswers tells whether anybody of the household answers at all. It is believed until two questions were left open.
func (m *Memory) EverAnswers() bool { return m.answers > 0 || m.silences < 2 }
