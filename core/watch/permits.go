package watch

import (
	"context"
	"slices"

	"latchstring/core"
)

// permits is what is on record that spares a sign-in an alarm, read once for each look.
type permits struct {
	passes      []core.Pass
	exceptions  []core.Exception
	severed     []core.Action
	seen        []core.Seen
	recollected bool
}

func (w *Watcher) permits(ctx context.Context) (p permits, err error) {
	if w.Passes != nil {
		p.passes, err = w.Passes.Passes(ctx, w.Now())
	}
	if err == nil && w.Exceptions != nil {
		p.exceptions, err = w.Exceptions.Exceptions(ctx)
	}
	if err == nil && w.Actions != nil {
		p.severed, err = w.Actions.Severed(ctx, w.Now().Add(-2*severedFor))
	}
	return p, err
}

// judge assesses one sign-in and adds what follows from it to the look.
func (w *Watcher) judge(ctx context.Context, st *state, p *permits, l *core.Look, s core.SignIn) error {
	k := named(s)
	a, err := w.spared(ctx, p, l, s, st.memory.Assess(&k))
	if err != nil {
		return err
	}
	before := st.last[s.Account]
	st.take(s, a)
	l.Seen = append(l.Seen, core.Seen{SignIn: s, Assessment: a})
	switch {
	case a.Level.Pushes():
		return w.openCase(st, l, s, a, before)
	case a.Level == core.Repeat:
		return w.repeat(ctx, st, l, s, a, before)
	}
	return nil
}

// spared lowers the level of a sign-in that somebody would be asked about, where a word of the household spares it that.
func (w *Watcher) spared(ctx context.Context, p *permits, l *core.Look, s core.SignIn, a core.Assessment) (core.Assessment, error) {
	back, err := w.back(ctx, p, l, &s, a)
	if err != nil {
		return a, err
	}
	if !a.Level.Pushes() {
		return w.quietlyExpected(ctx, p, l, s, a)
	}
	excepted := slices.ContainsFunc(p.exceptions, func(x core.Exception) bool { return Excepts(&x, &s) })
	if back || excepted && a.Level != core.Urgent && a.Reason.Kind != core.Disowned {
		a.Level = core.Quiet
		return a, nil
	}
	if pass := w.expected(p.passes, &s, a); pass != nil {
		a.Level = core.Expected
		return a, w.takePass(l, pass, s)
	}
	return a, nil
}

// quietlyExpected has a device take its pass that nobody would be asked about: it comes from where somebody was asked about before, or
// is believed to be. It must be new to the account and away from home, where the household's own new devices are.
func (w *Watcher) quietlyExpected(ctx context.Context, p *permits, l *core.Look, s core.SignIn, a core.Assessment) (core.Assessment, error) {
	pass := w.expected(p.passes, &s, a)
	if pass == nil || s.Failed || s.Address.IsValid() && w.House.AtHome(s.Address) {
		return a, nil
	}
	if a.Level != core.Repeat {
		if err := w.recollect(ctx, p); err != nil {
			return a, err
		}
		met := func(b core.Seen) bool { return b.SignIn.Account == s.Account && alike(&b.SignIn, &s) }
		if slices.ContainsFunc(p.seen, met) || slices.ContainsFunc(l.Seen, met) {
			return a, nil
		}
	}
	a.Level, a.Of = core.Expected, ""
	return a, w.takePass(l, pass, s)
}

// recollect reads what was seen, once for each look.
func (w *Watcher) recollect(ctx context.Context, p *permits) error {
	if p.recollected {
		return nil
	}
	seen, err := w.Book.Seen(ctx, w.Now().Add(-remembered), w.Now().Add(-failedFor), maxRecollect)
	p.seen, p.recollected = seen, err == nil
	return err
}
