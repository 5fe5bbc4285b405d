package watch

import (
	"context"
	"errors"
	"slices"
	"time"

	"latchstring/core"
)

// remindAfter is when who wants to be asked later is asked again.
const remindAfter = time.Hour

// Case returns a case to a member whom it concerns, or to an owner. Who has nothing to do with it is told that there is
// none.
func (w *Watcher) Case(ctx context.Context, reader core.Member, id core.CaseID) (core.Case, error) {
	cases, err := w.Book.Cases(ctx, core.CaseQuery{ID: id})
	if err != nil {
		return core.Case{}, err
	}
	if len(cases) == 0 || !mayRead(reader, &cases[0]) {
		return core.Case{}, core.ErrNone
	}
	return cases[0], nil
}

// Cases returns the cases that a member may know of, the newest first.
func (w *Watcher) Cases(ctx context.Context, reader core.Member, q core.CaseQuery) ([]core.Case, error) {
	cases, err := w.Book.Cases(ctx, q)
	return slices.DeleteFunc(cases, func(c core.Case) bool { return !mayRead(reader, &c) }), err
}

// mayRead tells whether a case is a member's business: an owner's always, another's if they were asked or it is their
// account.
func mayRead(m core.Member, c *core.Case) bool {
	whose := core.Others
	if c.Concerns(m.ID) {
		whose = core.Own
	}
	return core.May(m.Role, core.AnswerAlerts, whose) == core.Allowed
}

// vouches tells whether a member may say of all sign-ins of a case that they are the household's. One question stands for a network
// in a city, so that a trip is asked about once; but a child does not vouch for what came to somebody else's account.
func vouches(by core.Member, c *core.Case) bool {
	others := func(s core.SignIn) bool { return s.Account.Member != by.ID }
	return by.Role != core.Child || !slices.ContainsFunc(c.All(), others)
}

// Answer records whose sign-in it was by a member's word. The first answer counts: who comes later gets core.ErrUsed and the
// case as it stands.
func (w *Watcher) Answer(ctx context.Context, by core.Member, at core.Source, id core.CaseID, answer core.Answer, whose core.MemberID) (core.Case, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, err := w.Case(ctx, by, id)
	if err != nil {
		return core.Case{}, err
	}
	if !c.Takes(answer) {
		return c, core.ErrUsed
	}
	if answer == core.Ours && !vouches(by, &c) {
		return c, core.RightError(core.AnswerAlerts)
	}
	c.Answer, c.By, c.Whose, c.Answered, c.Said = answer, by.ID, whose, w.Now(), at
	if err := w.end(ctx, &c); err != nil {
		if errors.Is(err, core.ErrStale) {
			if c, err = w.Case(ctx, by, id); err == nil && c.Takes(answer) {
				return c, core.ErrStale
			}
			return c, errors.Join(err, core.ErrUsed)
		}
		return core.Case{}, err
	}
	return c, nil
}

// end records the answer of a case and learns from it; mu is held.
func (w *Watcher) end(ctx context.Context, c *core.Case) error {
	st, err := w.recall(ctx)
	if err != nil {
		return err
	}
	entry := core.Entry{
		At: c.Answered, Actor: c.By, Act: core.AnswerAlerts, Step: core.Concluded, Service: c.SignIn.Service, Outcome: core.Outcome(c.Answer),
	}
	for _, s := range c.All() {
		entry.Targets = append(entry.Targets, DeviceName(&s))
		if m := s.Account.Member; m != "" && !slices.Contains(entry.Whose, m) {
			entry.Whose = append(entry.Whose, m)
		}
	}
	if c.Whose != "" && !slices.Contains(entry.Whose, c.Whose) {
		entry.Whose = append(entry.Whose, c.Whose)
	}
	news, err := w.deliveries(c, core.NewsRedraw, w.Now(), c.Asked...)
	if err != nil {
		return err
	}
	if err := w.Book.SaveCase(ctx, *c, []core.Entry{entry}, news); err != nil {
		return err
	}
	c.Version++
	st.answerAll(c)
	w.news()
	return nil
}

// Decided learns from a case that was answered with an action, which has recorded the answer with it, and has everybody
// asked told.
func (w *Watcher) Decided(ctx context.Context, id core.CaseID) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	cases, err := w.Book.Cases(ctx, core.CaseQuery{ID: id})
	if err != nil || len(cases) == 0 {
		return err
	}
	if c := &cases[0]; w.state != nil && !c.Open() { // a state that is not there reads it with the record
		w.state.answerAll(c)
	}
	w.nudge()
	return nil
}

// Later has a member asked again after an hour. Nobody else waits for that.
func (w *Watcher) Later(ctx context.Context, by core.Member, id core.CaseID) (core.Case, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, err := w.Case(ctx, by, id)
	if err != nil {
		return core.Case{}, err
	}
	if !c.Open() {
		return c, core.ErrUsed
	}
	if !slices.Contains(c.Later, by.ID) {
		c.Later = append(c.Later, by.ID)
	}
	if c.Remind.IsZero() {
		c.Remind = w.Now().Add(remindAfter)
	}
	if err := w.Book.SaveCase(ctx, c, nil, nil); err != nil {
		return core.Case{}, err
	}
	c.Version++
	w.nudge()
	return c, nil
}
