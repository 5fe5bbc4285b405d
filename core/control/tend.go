package control

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"latchstring/core"
)

// looks are the waits between the looks at a device after its sign-out: a device with a cached sign-in comes back
// within the first minutes or when it is next switched on.
var looks = []time.Duration{time.Minute, 10 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour}

const (
	followUpAfter = 24 * time.Hour   // when somebody who does a thing by hand is asked how it went
	followUps     = 2                // how often
	lapseAfter    = time.Hour        // when what was asked of an owner lapses
	retryWithin   = 15 * time.Minute // an interrupted sign-out that is older is not tried again
	retryLook     = 5 * time.Minute  // when a service that could not be read is looked at again
	retryRecord   = 20 * time.Second // when what could not be recorded is tried again
	giveUpLooking = 48 * time.Hour   // when looking ends for good
)

// Run brings every action to its end: it settles what a crash left open and looks again where time has to pass. It
// returns when ctx ends.
func (d *Desk) Run(ctx context.Context) {
	d.mu.Lock()
	wake := d.wake()
	d.mu.Unlock()
	for ctx.Err() == nil {
		next := d.Tend(ctx)
		wait := time.Hour
		if !next.IsZero() {
			wait = min(wait, max(next.Sub(d.Now()), 50*time.Millisecond))
		}
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-wake:
		case <-t.C:
		}
		t.Stop()
	}
}

// Tend does what is due now and returns when something is due next; zero: nothing.
func (d *Desk) Tend(ctx context.Context) (next time.Time) {
	actions, err := d.Book.Unended(ctx)
	if err != nil {
		d.Log.Error("actions not readable", slog.Any("cause", err))
		return d.Now().Add(time.Minute)
	}
	for _, a := range actions {
		due := a.LookAt
		if a.State == core.Executing {
			due = d.settledAt(a)
		}
		if d.held(a.ID) {
			continue // whoever carries it lets go of it, and then Tend is called again
		}
		if now := d.Now(); !due.After(now) {
			if due = d.tend(ctx, a); due.IsZero() {
				continue
			}
		}
		if next.IsZero() || due.Before(next) {
			next = due
		}
	}
	return next
}

// settledAt is when an action that was interrupted can be looked into. The last of several calls may have been begun long
// after the action, but not after its process had ended.
func (d *Desk) settledAt(a core.Action) time.Time {
	c, ok := d.Connector(a.Service)
	if !ok || !a.Started.Before(d.Since) {
		return a.Settled
	}
	if last := d.settled(c, d.Since, 1); last.After(a.Settled) {
		return last
	}
	return a.Settled
}

// tend does what is due for one action and returns when more is; zero: the action that was saved will tell.
func (d *Desk) tend(ctx context.Context, a core.Action) time.Time {
	now := d.Now()
	switch a.State {
	case core.Pending:
		a.State, a.Outcome, a.Ended = core.Ended, core.Lapsed, now
		return d.again(d.save(ctx, a, ""))
	case core.InHand:
		return d.again(d.followUp(ctx, a))
	case core.Executing:
		return d.again(d.reconcile(ctx, a, ""))
	case core.Waiting:
		if err := d.relook(ctx, a, ""); err != nil {
			return now.Add(retryLook)
		}
	case core.Ended:
	}
	return time.Time{}
}

// again is when something is tried again that could not be recorded.
func (d *Desk) again(recorded bool) time.Time {
	if recorded {
		return time.Time{}
	}
	return d.Now().Add(retryRecord)
}

// reconcile finds out what came of an action that was interrupted. The service has had its time, so what it lists now
// is what came of the request; only then, once, and only while the member's word is fresh, a sign-out is asked for again.
// It returns whether what came of it is on record.
func (d *Desk) reconcile(ctx context.Context, a core.Action, looking core.MemberID) bool {
	now := d.Now()
	before := a.Outcome
	if a.Act == core.StartReset {
		a.State, a.Outcome, a.Ended = core.Ended, core.Unknown, now
		return d.save(ctx, a, looking)
	}
	c, ok := d.Connector(a.Service)
	if !ok { // the config does not name it any more, so nobody can look
		a.State, a.Outcome, a.Ended = core.Ended, core.Unknown, now
		a.Targets = slices.Clone(a.Targets)
		for i := range a.Targets {
			a.Targets[i].Outcome = core.Unknown
		}
		return d.save(ctx, a, looking)
	}
	a.Targets = slices.Clone(a.Targets)
	devices, err := d.lookSince(ctx, c, a.Started)
	concludeTargets(&a, devices, err != nil)
	// One call for a whole account is not repeated: it would also end what signed in since. That a pass is over stays true.
	fresh := now.Sub(a.Started) < retryWithin || a.Pass != ""
	if err == nil && unsettled(a) && a.Attempts < 2 && fresh && c.SignOut != nil && !a.Whole {
		return d.retry(ctx, a, c)
	}
	for i := range a.Targets {
		if t := &a.Targets[i]; t.Outcome == core.Open {
			t.Outcome = core.Unknown
		}
	}
	a.Outcome = a.Weakest()
	a.Attempts = 2
	d.schedule(&a, now, 0)
	if a.Outcome == before { // it was told so already
		return d.keep(ctx, a)
	}
	return d.save(ctx, a, looking)
}

// retry asks once more for what is still there. That is on record before it happens.
func (d *Desk) retry(ctx context.Context, a core.Action, c *core.Connector) bool {
	for i := range a.Targets {
		if a.Targets[i].Outcome == core.StillThere {
			a.Targets[i].Outcome = core.Open
		}
	}
	now := d.Now()
	a.Attempts++
	a.Settled = d.settled(c, now, len(a.Targets))
	if err := d.Book.Save(ctx, a, []core.Entry{d.entry(a, a.Actor, core.Requested)}, nil); err != nil {
		d.Log.Error("retry not recorded", slog.String("action", string(a.ID)), slog.Any("cause", err))
		return false
	}
	a.Version++
	d.hold(a.ID, time.Time{})
	d.Carry(ctx, a)
	return true
}

// relook compares an action that waits with what the service lists now, and tells what has changed to all but the member
// who is looking.
func (d *Desk) relook(ctx context.Context, a core.Action, looking core.MemberID) error {
	now := d.Now()
	c, ok := d.Connector(a.Service)
	if !ok { // the config does not name it any more, so nobody can look
		a.State, a.Ended = core.Ended, now
		d.save(ctx, a, looking)
		return nil
	}
	devices, err := d.lookSince(ctx, c, a.Started)
	if err != nil && now.Sub(a.Started) < giveUpLooking {
		return err
	}
	read := now
	if c.ReadAt != nil {
		read = c.ReadAt()
	}
	before, due, early := a.Targets, a.LookAt, read.Before(a.LookAt)
	a.Targets = slices.Clone(a.Targets)
	concludeTargets(&a, devices, err != nil)
	for i := range a.Targets {
		switch t := &a.Targets[i]; {
		case before[i].Outcome == core.Gone && t.Outcome == core.StillThere:
			t.Outcome = core.CameBack
		case before[i].Outcome == core.Later && t.Outcome == core.StillThere && early:
			t.Outcome = core.Later // it still has time, by its own word
		case before[i].Outcome == core.Gone && t.Outcome == core.Again, before[i].Outcome == core.CameBack:
			t.Outcome = before[i].Outcome
		}
	}
	changed := !slices.EqualFunc(before, a.Targets, func(x, y core.Target) bool { return x.Outcome == y.Outcome })
	a.Outcome = a.Weakest()
	if early && !changed {
		return nil // it was read in between; the look that is due will come
	}
	a.Looks++
	d.schedule(&a, now, max(0, due.Sub(now)))
	if changed {
		d.save(ctx, a, looking)
	} else {
		d.keep(ctx, a)
	}
	return nil
}

// keep records how an action stands where nobody needs to hear of it, and returns whether that worked.
func (d *Desk) keep(ctx context.Context, a core.Action) bool {
	err := d.Book.Save(ctx, a, nil, nil)
	if err != nil {
		d.Log.Error("look not recorded", slog.String("action", string(a.ID)), slog.Any("cause", err))
	}
	d.news()
	return err == nil
}

// LookNow looks at an action for a member who asks what came of it. It concludes nothing while the service may still be
// carrying it out.
func (d *Desk) LookNow(ctx context.Context, asker core.Member, id core.ActionID) (core.Action, error) {
	a, err := d.Action(ctx, asker, id)
	if err != nil || d.held(id) {
		return a, err
	}
	switch {
	case a.State == core.Executing && d.Now().Before(d.settledAt(a)):
		return a, nil
	case a.State == core.Executing:
		d.reconcile(ctx, a, asker.ID)
	case a.Act == core.SignOut && a.State != core.Pending && a.State != core.InHand:
		if err := d.relook(ctx, a, asker.ID); err != nil {
			return a, err
		}
	}
	return d.Action(ctx, asker, id)
}

// schedule decides whether and when an action is looked at again.
func (d *Desk) schedule(a *core.Action, now time.Time, within time.Duration) {
	has := func(o core.Outcome) bool {
		return slices.ContainsFunc(a.Targets, func(t core.Target) bool { return t.Outcome == o })
	}
	if has(core.Unknown) && a.Attempts < 2 {
		return // it stays Executing until it can be reconciled
	}
	open := has(core.Gone) || has(core.StillThere) || has(core.Unknown) || has(core.Later)
	if !open || a.Looks >= len(looks) {
		a.State, a.LookAt, a.Ended = core.Ended, time.Time{}, now
		return
	}
	a.State, a.LookAt, a.Ended = core.Waiting, now.Add(max(looks[a.Looks], within)), time.Time{}
}

// fail ends an action that the service did not take.
func (d *Desk) fail(ctx context.Context, a core.Action, err error) {
	d.Log.Warn("action failed", slog.String("action", string(a.ID)), slog.Any("cause", err))
	a.State, a.Outcome, a.Reason, a.Ended = core.Ended, core.Failed, core.KindOf(err), d.Now()
	a.Targets = slices.Clone(a.Targets)
	for i := range a.Targets {
		a.Targets[i].Outcome = core.Failed
	}
	d.save(ctx, a, "")
}

// save records how an action stands, with its entry and the news of it to everybody who is concerned but the one who is
// being told already, and returns whether that worked. Where not the action stays as it was on record, and is looked into
// again.
func (d *Desk) save(ctx context.Context, a core.Action, told core.MemberID) bool {
	news := d.deliveriesBut(a, told)
	err := d.Book.Save(ctx, a, []core.Entry{d.entry(a, a.Actor, core.Concluded)}, news)
	if err != nil && !errors.Is(err, core.ErrStale) {
		d.Log.Error("outcome not recorded", slog.String("action", string(a.ID)), slog.Any("cause", err))
		return false
	}
	d.news()
	return true
}

// deliveriesBut are the news of an action to everybody who is concerned but one.
func (d *Desk) deliveriesBut(a core.Action, one core.MemberID) []core.Delivery {
	return slices.DeleteFunc(d.deliveries(a), func(dl core.Delivery) bool { return dl.To == one })
}

// deliveries are the news of an action to its actor, to whoever decided it, and to the member whose account it is where
// that one has to go on with it.
func (d *Desk) deliveries(a core.Action) []core.Delivery {
	to := []core.Delivery{{To: a.Actor, Source: a.Asked}}
	if a.Decider != "" && a.Decider != a.Actor {
		to = append(to, core.Delivery{To: a.Decider, Source: a.Decided})
	}
	if m := a.Account.Member; a.Act == core.StartReset && m != a.Actor && m != a.Decider {
		to = append(to, core.Delivery{To: m})
	}
	var made []core.Delivery
	for _, dl := range to {
		dl, err := d.delivery(a, dl)
		if err != nil {
			d.Log.Error("news not made", slog.String("action", string(a.ID)), slog.Any("cause", err))
			continue
		}
		made = append(made, dl)
	}
	return made
}

// delivery fills in the news of an action as it will stand once it is saved.
func (d *Desk) delivery(a core.Action, dl core.Delivery) (core.Delivery, error) {
	id, err := core.NewDeliveryID(d.Random)
	if err != nil {
		return dl, err
	}
	now := d.Now()
	dl.ID = id
	dl.Key = string(a.ID) + ":" + strconv.Itoa(a.Version+1) + ":" + string(dl.To)
	dl.News, dl.Subject, dl.Made, dl.Due = core.NewsAction, string(a.ID), now, now
	return dl, nil
}

// entry writes down how an action stands at a step.
func (d *Desk) entry(a core.Action, by core.MemberID, s core.Step) core.Entry {
	e := core.Entry{At: d.Now(), Actor: by, Act: a.Act, Step: s, Service: a.Service, Action: a.ID}
	if s == core.Concluded {
		e.Outcome, e.Reason = a.Outcome, a.Reason
	}
	if a.Account.Member != "" {
		e.Whose = append(e.Whose, a.Account.Member)
	}
	for _, t := range a.Targets {
		e.Targets = append(e.Targets, t.Name)
		for _, m := range t.Members {
			if !a.Whole && !slices.Contains(e.Whose, m) {
				e.Whose = append(e.Whose, m)
			}
		}
	}
	return e
}
