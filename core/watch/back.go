package watch

import (
	"context"
	"fmt"
	"slices"
	"time"

	"latchstring/core"
)

// After a sign-out of everything, or a password reset, the household's own devices sign in again one after the other. They
// are told of together, some time after: an hour, for who sits before them, six hours and a day for what is switched on
// later. Each message lists all that are back; what is not known is asked about as ever.
func summaries() []time.Duration { return []time.Duration{time.Hour, 6 * time.Hour, severedFor} }

// severedFor is for how long devices are told of as being back.
const severedFor = 24 * time.Hour

// severance finds the newest sign-out of everything, or reset, that a sign-in follows.
func severance(actions []core.Action, s *core.SignIn) (core.Action, bool) {
	for _, a := range slices.Backward(actions) {
		if after := s.At.Sub(a.Started); a.Service == s.Service && a.Account.Member == s.Account.Member && after >= 0 && after < severedFor {
			return a, true
		}
	}
	return core.Action{}, false
}

// back tells whether a sign-in is that of a known device which is back after a severance, and has it told of. What is urgent
// or anonymous is no such thing, nor is what somebody would be asked about and has nothing but a known name: names are
// written by whoever signs in.
func (w *Watcher) back(ctx context.Context, p *permits, l *core.Look, s *core.SignIn, a core.Assessment) (bool, error) {
	cut, ok := severance(p.severed, s)
	if !ok || s.Failed || a.Level == core.Learning || a.Level == core.Urgent || a.Reason.Kind == core.Disowned || anonymous(s) {
		return false, nil
	}
	if err := w.recollect(ctx, p); err != nil {
		return false, err
	}
	if a.Level.Pushes() && slices.Contains(w.hearsay(), s.Service) {
		return false, nil // there an id is made of the name
	}
	if !knownBefore(p.seen, s, cut.Started, a.Level.Pushes()) {
		return false, nil
	}
	if isBack := func(b core.Seen) bool {
		return b.SignIn.Account == s.Account && !b.SignIn.At.Before(cut.Started) && theirs(&b) && alike(&b.SignIn, s)
	}; slices.ContainsFunc(p.seen, isBack) || slices.ContainsFunc(l.Seen, isBack) {
		return true, nil // it is told of, or will be
	}
	to := []core.MemberID{cut.Actor}
	if m := cut.Account.Member; m != cut.Actor {
		to = append(to, m)
	}
	due := cut.Started.Add(severedFor)
	for _, after := range summaries() {
		if t := cut.Started.Add(after); !s.At.After(t) && t.After(w.Now()) {
			due = t
			break
		}
	}
	for _, m := range to {
		id, err := core.NewDeliveryID(w.Random)
		if err != nil {
			return false, err
		}
		l.Deliveries = append(l.Deliveries, core.Delivery{
			ID: id, Key: fmt.Sprintf("back:%s:%s:%s", cut.ID, due.Sub(cut.Started), m), To: m, News: core.NewsBack, Subject: string(cut.ID), Made: due, Due: due,
		})
	}
	return true, nil
}

// knownBefore tells whether a device of an account was the household's own before a time: by its id, or where that is not
// asked for, by its name.
func knownBefore(seen []core.Seen, s *core.SignIn, before time.Time, byID bool) bool {
	return slices.ContainsFunc(seen, func(b core.Seen) bool {
		return b.SignIn.At.Before(before) && theirs(&b) && b.SignIn.Account == s.Account && alike(&b.SignIn, s) &&
			(!byID || b.SignIn.Device.ID == s.Device.ID)
	})
}

// theirs tells whether a sign-in was the household's own, for all that is known.
func theirs(s *core.Seen) bool {
	if s.SignIn.Failed || s.Answer == core.NotOurs {
		return false
	}
	doubted := s.Assessment.Level.Pushes() || s.Assessment.Level == core.Repeat || s.Assessment.Level == core.Expected
	return !doubted || s.Answer == core.Ours || s.Answer == core.BySilence
}

// alike tells whether two sign-ins are on one device, by its id or its name: after a reset services give new ids.
func alike(a, b *core.SignIn) bool {
	return a.Device.ID != "" && a.Device.ID == b.Device.ID || a.Name != "" && a.Name == b.Name
}

// Back returns the known devices that have signed in to a member's account again since it was signed out everywhere or its
// password was reset, each once, in the order of their return.
func (w *Watcher) Back(ctx context.Context, cut core.Action) ([]core.SignIn, error) {
	seen, err := w.Book.Seen(ctx, w.Now().Add(-remembered), w.Now().Add(-failedFor), maxRecollect)
	if err != nil {
		return nil, err
	}
	var back []core.SignIn
	for _, b := range seen {
		s := b.SignIn
		if s.At.Before(cut.Started) || s.Service != cut.Service || s.Account.Member != cut.Account.Member || !theirs(&b) || s.At.Sub(cut.Started) >= severedFor {
			continue
		}
		if knownBefore(seen, &s, cut.Started, false) && !slices.ContainsFunc(back, func(t core.SignIn) bool { return alike(&t, &s) }) {
			back = append(back, s)
		}
	}
	return back, nil
}
