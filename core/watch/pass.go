package watch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
	"unicode"

	"latchstring/core"
)

const (
	retryPass   = 5 * time.Minute    // when a device that could not be signed out at a pass's end is tried again
	keepSigning = 7 * 24 * time.Hour // for how long
	passesShown = 30 * 24 * time.Hour
)

// Expect records a member's word that a device will sign in until a time. A pass of the same words that has not ended is the
// same one: its end is moved. The error is core.ErrFull where the member has too many.
func (w *Watcher) Expect(ctx context.Context, by core.Member, at core.Source, words string, until time.Time) (core.Pass, error) {
	if core.May(by.Role, core.ExpectDevices, core.Own) != core.Allowed {
		return core.Pass{}, core.RightError(core.ExpectDevices)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	passes, err := w.Passes.Passes(ctx, w.Now())
	if err != nil {
		return core.Pass{}, err
	}
	e := passEntry(w.Now(), by.ID, core.Requested, "", words)
	for _, p := range passes {
		if p.By == by.ID && strings.EqualFold(p.Words, words) && p.Ended.IsZero() && p.Revoked.IsZero() {
			p.Until, p.Asked = until, at
			err := w.Passes.SavePass(ctx, p, nil, []core.Entry{e}, nil)
			w.nudge()
			return p, err
		}
	}
	id, err := w.newID()
	if err != nil {
		return core.Pass{}, err
	}
	p := core.Pass{ID: core.PassID(id), By: by.ID, Asked: at, Words: words, Made: w.Now(), Until: until}
	if err := w.Passes.PutPass(ctx, p, e); err != nil {
		return core.Pass{}, err
	}
	w.nudge()
	return p, nil
}

func passEntry(at time.Time, by core.MemberID, step core.Step, outcome core.Outcome, name string) core.Entry {
	return core.Entry{At: at, Actor: by, Act: core.ExpectDevices, Step: step, Outcome: outcome, Targets: []string{name}}
}

// Pass returns a pass to a member whose it is, or to an owner. Who has nothing to do with it is told that there is none.
func (w *Watcher) Pass(ctx context.Context, reader core.Member, id core.PassID) (core.Pass, error) {
	passes, err := w.Passes.Passes(ctx, w.Now().Add(-passesShown))
	if err != nil {
		return core.Pass{}, err
	}
	for _, p := range passes {
		if p.ID == id && mayEnd(reader, &p) {
			return p, nil
		}
	}
	return core.Pass{}, core.ErrNone
}

// LivePasses returns the passes that have not ended, the oldest first: those of a member, and an owner's all.
func (w *Watcher) LivePasses(ctx context.Context, reader core.Member) ([]core.Pass, error) {
	passes, err := w.Passes.Passes(ctx, w.Now())
	return slices.DeleteFunc(passes, func(p core.Pass) bool { return !p.Ended.IsZero() || !mayEnd(reader, &p) }), err
}

// Expected returns the passes that devices are signed in by now.
func (w *Watcher) Expected(ctx context.Context) ([]core.Pass, error) {
	passes, err := w.Passes.Passes(ctx, w.Now())
	return slices.DeleteFunc(passes, func(p core.Pass) bool { return !p.Ended.IsZero() || !p.Taken() }), err
}

func mayEnd(m core.Member, p *core.Pass) bool {
	whose := core.Others
	if p.By == m.ID {
		whose = core.Own
	}
	return core.May(m.Role, core.ExpectDevices, whose) == core.Allowed
}

// Revoke ends a pass before its time. A device that took it is still to be signed out: the pass then ends with that.
func (w *Watcher) Revoke(ctx context.Context, by core.Member, id core.PassID) (core.Pass, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, err := w.Pass(ctx, by, id)
	if err != nil || !p.Ended.IsZero() || !p.Revoked.IsZero() {
		return p, err
	}
	p.Revoked = w.Now()
	if !p.Taken() {
		p.Ended = p.Revoked
	}
	entries := []core.Entry{passEntry(p.Revoked, by.ID, core.Concluded, core.Dropped, p.Words)}
	if err := w.Passes.SavePass(ctx, p, nil, entries, nil); err != nil {
		return p, err
	}
	p.Version++
	return p, nil
}

// Disown ends a pass that another device took than the one it was meant for, and opens the case that the pass had spared.
func (w *Watcher) Disown(ctx context.Context, by core.Member, id core.PassID) (core.Case, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, err := w.Pass(ctx, by, id)
	switch {
	case err != nil:
		return core.Case{}, err
	case !p.Ended.IsZero() || !p.Taken():
		return core.Case{}, core.ErrUsed
	}
	st, err := w.recall(ctx)
	if err != nil {
		return core.Case{}, err
	}
	k := named(p.SignIn)
	a := st.memory.Assess(&k)
	if !a.Level.Pushes() {
		a.Level, a.Of = core.Alert, ""
	}
	var l core.Look
	if err := w.openCase(st, &l, p.SignIn, a, st.last[p.SignIn.Account]); err != nil {
		return core.Case{}, err
	}
	c := &l.Cases[0]
	if !slices.Contains(c.Asked, by.ID) {
		c.Asked = append(c.Asked, by.ID)
	}
	c.Silence = time.Time{} // somebody has spoken against it
	news := slices.DeleteFunc(l.Deliveries, func(d core.Delivery) bool { return d.To == by.ID && d.News == core.NewsCase })
	p.Ended = w.Now()
	e := passEntry(p.Ended, by.ID, core.Concluded, core.TurnedDown, DeviceName(&p.SignIn))
	e.Service = p.SignIn.Service
	if err := w.Passes.SavePass(ctx, p, l.Cases, []core.Entry{e}, news); err != nil {
		return core.Case{}, err
	}
	c.Version++
	st.memory.Take(&k, a)
	w.news()
	w.nudge()
	return *c, nil
}

// expected finds the pass by which a sign-in that would be asked about is expected: the one that its device has already, else
// one of the account's own member before an owner's, and of those the one that is over first.
func (w *Watcher) expected(passes []core.Pass, s *core.SignIn, a core.Assessment) *core.Pass {
	var best *core.Pass
	for i := range passes {
		p := &passes[i]
		if !w.fits(p, s, a) {
			continue
		}
		own := func(q *core.Pass) bool { return q.By == s.Account.Member }
		switch {
		case p.Taken():
			return p
		case best == nil, own(p) && !own(best), own(p) == own(best) && p.Until.Before(best.Until):
			best = p
		}
	}
	return best
}

// fits tells whether a sign-in is what a pass is for. A pass stands for one device; what comes through a data centre or VPN,
// or was denied before, is nobody's television.
func (w *Watcher) fits(p *core.Pass, s *core.SignIn, a core.Assessment) bool {
	by, known := w.House.Member(p.By)
	whose := core.Others
	if p.By == s.Account.Member {
		whose = core.Own
	}
	switch {
	case !known, !p.Covers(s.At), core.May(by.Role, core.ExpectDevices, whose) != core.Allowed:
		return false
	case anonymous(s), a.Reason.Kind == core.Disowned:
		return false
	case p.Taken():
		return sameDevice(&p.SignIn, s)
	}
	return !screenlike(p.Words) || screenlike(s.Name) || screenlike(s.App) || screenlike(s.Type) || screenlike(s.Agent)
}

// anonymous tells whether anybody at all may be behind a sign-in's address.
func anonymous(s *core.SignIn) bool { return s.Via.Kind == core.Hosting || s.Via.Kind == core.VPN }

// sameDevice tells whether two sign-ins to one account were on one device, by its id where the service tells one.
func sameDevice(a, b *core.SignIn) bool {
	if a.Account != b.Account {
		return false
	}
	if a.Device.ID != "" || b.Device.ID != "" {
		return a.Device.ID == b.Device.ID
	}
	return a.Name == b.Name && a.App == b.App
}

// screenlike tells whether words are about something that people watch together: a television, or what is plugged into one.
func screenlike(words string) bool {
	for word := range strings.FieldsFuncSeq(strings.ToLower(words), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if strings.HasSuffix(word, "tv") || slices.Contains(screens, word) {
			return true
		}
	}
	return false
}

// screens are the words for televisions, and the names of their systems and of what is plugged into them.
var screens = []string{
	"television", "televisions", "tvs", "projector", "stick", "console", "chromecast", "roku", "bravia", "tizen", "webos", "aquos",
	"playstation", "xbox", "nintendo", "kodi", "crkey", "tvos",
}

// takePass records that a sign-in is expected by a pass, and tells the member who gave it, once.
func (w *Watcher) takePass(l *core.Look, p *core.Pass, s core.SignIn) error {
	first := !p.Taken()
	p.SignIn = s
	i := slices.IndexFunc(l.Passes, func(q core.Pass) bool { return q.ID == p.ID })
	if i >= 0 {
		l.Passes[i] = *p
		return nil
	}
	l.Passes = append(l.Passes, *p)
	if !first {
		return nil
	}
	e := passEntry(w.Now(), p.By, core.Concluded, core.Started, DeviceName(&s))
	e.Service = s.Service
	if m := s.Account.Member; m != "" {
		e.Whose = []core.MemberID{m}
	}
	l.Entries = append(l.Entries, e)
	news, err := w.passNews(p, "taken")
	l.Deliveries = append(l.Deliveries, news)
	return err
}

// passNews tells the member of a pass how it stands, once for each stage.
func (w *Watcher) passNews(p *core.Pass, stage string) (core.Delivery, error) {
	id, err := core.NewDeliveryID(w.Random)
	now := w.Now()
	return core.Delivery{
		ID: id, Key: fmt.Sprintf("pass:%s:%s", p.ID, stage), To: p.By, Source: core.Source{Contact: p.Asked.Contact},
		News: core.NewsPass, Subject: string(p.ID), Made: now, Due: now,
	}, err
}

// endPasses ends the passes that are over, having their devices signed out, and returns when the next one is; zero: there is
// none. It asks services, so mu is not held.
func (w *Watcher) endPasses(ctx context.Context) (next time.Time) {
	if w.Passes == nil {
		return next
	}
	now := w.Now()
	passes, err := w.Passes.Passes(ctx, now)
	if err != nil {
		w.Log.Error("passes not readable", slog.Any("cause", err))
		return now.Add(retryTending)
	}
	for _, p := range passes {
		due := p.Due()
		if !p.Ended.IsZero() {
			continue
		}
		if !due.After(now) {
			if due = w.tryAgain(p.ID); !due.After(now) {
				due = w.endPass(ctx, p)
				w.tryAt(p.ID, due)
			}
		}
		if !due.IsZero() && (next.IsZero() || due.Before(next)) {
			next = due
		}
	}
	return next
}

// tryAgain returns when the device of a pass that is over is to be signed out: at once, or after a pause where that failed.
func (w *Watcher) tryAgain(id core.PassID) time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := w.retries[id]
	if at.After(w.Now().Add(retryPass)) {
		return time.Time{} // the clock was put back
	}
	return at
}

// tryAt has the end of a pass tried again at a time; zero: it is not any more.
func (w *Watcher) tryAt(id core.PassID, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if at.IsZero() {
		delete(w.retries, id)
		return
	}
	if w.retries == nil {
		w.retries = map[core.PassID]time.Time{}
	}
	w.retries[id] = at
}

// endPass ends one pass that is over, and returns when it is to be tried again; zero: it has ended. The action that signs the
// device out ends the pass in the transaction that records it, so that a crash neither forgets nor repeats it.
func (w *Watcher) endPass(ctx context.Context, p core.Pass) time.Time {
	if !p.Taken() {
		p.Ended = w.Now()
		return w.closePass(ctx, p, []core.Entry{passEntry(p.Ended, p.By, core.Concluded, core.Lapsed, p.Words)}, "")
	}
	err := w.signOut(ctx, p)
	switch kind := core.KindOf(err); {
	case err == nil, errors.Is(err, core.ErrUsed):
		return time.Time{}
	case ctx.Err() != nil, kind == core.Taken, kind == core.Changed, kind == core.Unrecorded:
	case kind == core.Cannot, kind == core.NoService, kind == core.Forbidden, w.Now().Sub(p.Due()) > keepSigning:
		p.Ended = w.Now()
		e := passEntry(p.Ended, p.By, core.Concluded, core.Failed, DeviceName(&p.SignIn))
		e.Service, e.Reason = p.SignIn.Service, kind
		return w.closePass(ctx, p, []core.Entry{e}, "ended")
	case w.Now().Sub(p.Due()) < retryPass: // a service that is away for a moment is no news
	default:
		w.Log.Warn("device of a pass not signed out", slog.String("pass", string(p.ID)), slog.Any("cause", err))
		if news, err := w.passNews(&p, "late"); err == nil && w.Book.Post(ctx, []core.Delivery{news}) == nil {
			w.news()
		}
	}
	return w.Now().Add(retryPass)
}

// signOut has the device of a pass signed out.
func (w *Watcher) signOut(ctx context.Context, p core.Pass) error {
	if w.SignOut == nil || p.SignIn.Device.ID == "" {
		return &core.Error{Kind: core.Cannot, Text: core.Say("The service does not tell which device it is.")}
	}
	return w.SignOut(ctx, p)
}

// closePass records that a pass has ended without a sign-out, and returns when that is tried again; zero: it is on record.
func (w *Watcher) closePass(ctx context.Context, p core.Pass, entries []core.Entry, stage string) time.Time {
	var news []core.Delivery
	if stage != "" {
		n, err := w.passNews(&p, stage)
		if err != nil {
			return w.Now().Add(retryTending)
		}
		news = append(news, n)
	}
	err := w.Passes.SavePass(ctx, p, nil, entries, news)
	if err != nil && !errors.Is(err, core.ErrStale) {
		w.Log.Error("end of a pass not recorded", slog.Any("cause", err))
	}
	if err != nil {
		return w.Now().Add(retryTending)
	}
	w.news()
	return time.Time{}
}
