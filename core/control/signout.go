package control

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"latchstring/core"
)

// Order is a member's word to do something now: who, where they said it, and the offer that carried it.
type Order struct {
	By    core.Member
	At    core.Source
	Offer core.OfferID // "" when it was typed
	Case  core.CaseID  // which the sign-out answers; "": none
	Pass  core.PassID  // which the sign-out ends; "": none
	Reset bool         // By wants the password reset after it

	unattended bool // it was given earlier: nobody waits for the answer
}

func (o Order) taking(now time.Time) core.Taking {
	return core.Taking{Offer: o.Offer, By: o.By.ID, At: now, Case: o.Case, Pass: o.Pass, Said: o.At, Reset: o.Reset}
}

// BeginSignOut records a sign-out that was confirmed, and takes the order's offer with it. Told are the people the member
// was told of; if the sign-out would touch others by now, the error's kind is core.Changed and nothing happens. The
// action that comes back is Executing and wants [Desk.Carry], or is in hand, or has ended because all was gone already.
func (d *Desk) BeginSignOut(ctx context.Context, o Order, want Want, told []core.MemberID) (core.Action, error) {
	p, err := d.PlanSignOut(ctx, o.By, want)
	if err != nil {
		return core.Action{}, err
	}
	if p.Verdict != core.Allowed {
		return core.Action{}, d.refuse(ctx, o.By, core.SignOut, want.Service, p.touched())
	}
	if p.Own && len(p.Devices) == 0 {
		return core.Action{}, core.OwnSessionError()
	}
	if o.Pass == "" && !p.covers(told) || p.Again || p.Used || p.Want.idle() && len(p.Devices) == 0 { // a pass is for the device, whoever has used it since
		return core.Action{}, core.ChangedError()
	}
	a, err := d.newSignOut(o, p)
	if err != nil {
		return core.Action{}, err
	}
	d.ready(&a, p)
	if same, ok := d.sameOpen(ctx, a); ok {
		return same, nil
	}
	return d.begin(ctx, a, o, core.Requested)
}

// sameOpen finds what the same member asked for, or has in hand, already: asking three times makes it no more.
func (d *Desk) sameOpen(ctx context.Context, a core.Action) (core.Action, bool) {
	if a.State != core.Pending && a.State != core.InHand || a.Case != "" || a.Pass != "" {
		return core.Action{}, false
	}
	actions, err := d.Book.Unended(ctx)
	if err != nil {
		return core.Action{}, false
	}
	for _, b := range actions {
		if b.State == a.State && b.Act == a.Act && b.Actor == a.Actor && b.Service == a.Service && b.Account == a.Account &&
			slices.EqualFunc(a.Targets, b.Targets, func(x, y core.Target) bool { return x.Ref == y.Ref }) {
			return b, true
		}
	}
	return core.Action{}, false
}

// newSignOut makes the action of a plan, not yet under way.
func (d *Desk) newSignOut(o Order, p Plan) (core.Action, error) {
	id, err := d.newID()
	if err != nil {
		return core.Action{}, core.RecordError(err)
	}
	a := core.Action{
		ID: core.ActionID(id), Act: core.SignOut, Actor: o.By.ID, Asked: o.At, Case: o.Case, Pass: o.Pass, Service: p.Want.Service,
		Account: p.account, Targets: p.targets(), Whole: p.whole, Outcome: core.Open, Started: d.Now(),
	}
	if len(a.Targets) == 0 {
		a.Targets = vanished(p.Want)
	}
	return a, nil
}

// vanished are the targets of a sign-out whose devices are gone already.
func vanished(w Want) []core.Target {
	targets := make([]core.Target, len(w.Refs))
	for i, ref := range w.Refs {
		targets[i] = core.Target{Ref: ref, Name: w.Name, Outcome: core.WasGone}
	}
	return targets
}

// ready sets an action going: to be carried out, to be done by hand, or over where there is nothing to do.
func (d *Desk) ready(a *core.Action, p Plan) {
	now := d.Now()
	switch {
	case len(p.Devices) == 0:
		a.State, a.Outcome, a.Ended = core.Ended, core.WasGone, now
		if p.Again {
			a.Outcome = core.Again
		}
		for i := range a.Targets {
			a.Targets[i].Outcome = a.Outcome
		}
	case p.Way == core.ByHand:
		a.State, a.Outcome, a.LookAt = core.InHand, core.HandedOver, now.Add(followUpAfter)
	default:
		calls := len(a.Targets)
		if a.Whole {
			calls = 1
		}
		a.State, a.Settled, a.Attempts = core.Executing, d.settled(p.Connector, d.Now(), calls), 1
	}
}

// begin records an action with the steps that led to it; one that is over already is concluded in the same breath.
func (d *Desk) begin(ctx context.Context, a core.Action, o Order, steps ...core.Step) (core.Action, error) {
	var entries []core.Entry
	for _, s := range steps {
		entries = append(entries, d.entry(a, o.By.ID, s))
	}
	if a.State == core.Ended || a.State == core.InHand {
		entries = append(entries, d.entry(a, a.Actor, core.Concluded))
	}
	var news []core.Delivery
	switch {
	case a.State == core.Executing: // its outcome is the news
	case o.unattended:
		news = d.deliveries(a)
	case a.Decider != "":
		news = d.deliveriesBut(a, o.By.ID)
	}
	if a.State == core.Executing {
		d.hold(a.ID, d.Now().Add(carryWithin))
	}
	if err := d.Book.Begin(ctx, a, o.taking(d.Now()), entries, news); err != nil {
		d.letGo(a.ID)
		return core.Action{}, beginError(err)
	}
	a.Version++
	d.news()
	return a, nil
}

// beginError words why an action could not begin. That the offer is used up is the caller's to tell.
func beginError(err error) error {
	if errors.Is(err, core.ErrUnderway) || errors.Is(err, core.ErrStale) {
		return core.UnderwayError(err)
	}
	return unrecorded(err)
}

// carryWithin is how long after it was begun an action may wait to be carried out; then it counts as interrupted.
const carryWithin = 2 * time.Minute

// hold marks an action as being carried out by this process, so that [Desk.Tend] keeps away from it until then, or, where
// until is zero, until it is let go.
func (d *Desk) hold(id core.ActionID, until time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.carrying == nil {
		d.carrying = map[core.ActionID]time.Time{}
	}
	d.carrying[id] = until
}

func (d *Desk) letGo(id core.ActionID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.carrying, id)
}

func (d *Desk) held(id core.ActionID) bool {
	now := d.Now()
	d.mu.Lock()
	defer d.mu.Unlock()
	until, there := d.carrying[id]
	if there && !until.IsZero() && !now.Before(until) {
		delete(d.carrying, id)
		return false
	}
	return there
}

// Carry carries out an action that has just begun, looks what came of it, and records that with the news of it. An action
// that is not Executing is left alone, as is one that waited too long and is [Desk.Tend]'s by now. Its failures are on record or in the log.
func (d *Desk) Carry(ctx context.Context, a core.Action) {
	if a.State != core.Executing || !d.held(a.ID) {
		return
	}
	d.hold(a.ID, time.Time{})
	defer d.news() // what is left to do is Tend's from now on
	defer d.letGo(a.ID)
	c, err := d.connector(a.Service)
	if err != nil {
		d.fail(ctx, a, err)
		return
	}
	if a.Act == core.StartReset {
		d.carryReset(ctx, a, c)
		return
	}
	d.carrySignOut(ctx, a, c)
}

func (d *Desk) carrySignOut(ctx context.Context, a core.Action, c *core.Connector) {
	a.Targets = slices.Clone(a.Targets)
	doubt, within := d.ask(ctx, &a, c)
	for i := 0; ; i++ {
		devices, err := d.lookSince(ctx, c, a.Started)
		concludeTargets(&a, devices, err != nil)
		if within > 0 || !unsettled(a) || i == len(d.Pauses) || !d.pause(ctx, d.Pauses[i]) {
			break
		}
	}
	now := d.Now()
	for i := range a.Targets {
		t := &a.Targets[i]
		switch {
		case t.Outcome == core.StillThere && within > 0:
			t.Outcome = core.Later
		case t.Outcome == core.StillThere && doubt, t.Outcome == core.Open:
			t.Outcome = core.Unknown
		}
	}
	a.Outcome = a.Weakest()
	d.schedule(&a, now, within)
	d.save(ctx, a, "")
}

// ask sends the requests. Doubt says that one of them may have been taken though no answer says so; within is how long
// the service may take by its own word.
func (d *Desk) ask(ctx context.Context, a *core.Action, c *core.Connector) (doubt bool, within time.Duration) {
	send := func(request func(context.Context) (core.Receipt, error)) (core.Outcome, core.Receipt) {
		var r core.Receipt
		err := d.call(ctx, c, func(ctx context.Context) (err error) {
			r, err = request(ctx)
			return err
		})
		o := answered(err)
		if o == core.Failed {
			a.Reason = core.KindOf(err)
		}
		if err != nil {
			d.Log.Warn("sign-out not taken", slog.String("service", string(c.Service)), slog.String("action", string(a.ID)), slog.Any("cause", err))
		}
		doubt = doubt || o == core.Unknown
		within = max(within, r.Within)
		return o, r
	}
	if a.Whole {
		o, _ := send(func(ctx context.Context) (core.Receipt, error) { return c.SignOutAll.SignOutAll(ctx, a.Account) })
		for i := range a.Targets {
			t := &a.Targets[i]
			t.Outcome, t.Asked, t.Taken = firm(o), true, o == core.Started
		}
		return doubt, within
	}
	for i := range a.Targets {
		t := &a.Targets[i]
		if ctx.Err() != nil || c.SignOut == nil {
			break
		}
		if t.Outcome != core.Open {
			continue
		}
		o, r := send(func(ctx context.Context) (core.Receipt, error) { return c.SignOut.SignOut(ctx, t.Ref) })
		t.Outcome, t.Asked, t.Taken = firm(o), true, o == core.Started
		if r.Gone {
			t.Outcome = core.WasGone
		}
	}
	return doubt, within
}

// answered says what an answer to a request makes of it: taken, failed for sure, or unknown.
func answered(err error) core.Outcome {
	if err == nil {
		return core.Started
	}
	if e, ok := errors.AsType[*core.Error](err); ok && e.Unsent {
		return core.Failed
	}
	switch core.KindOf(err) {
	case core.Unreachable, core.Garbled:
		return core.Unknown
	case core.Missing:
		return core.Started // the look that follows tells
	default:
		return core.Failed
	}
}

// firm keeps the outcomes that a look can not better; the others are open until it.
func firm(o core.Outcome) core.Outcome {
	if o == core.Failed {
		return core.Failed
	}
	return core.Open
}

// concludeTargets compares the targets with what the service lists now. From a list that is not whole nothing is
// concluded about what is missing in it.
func concludeTargets(a *core.Action, devices []core.Device, partial bool) {
	for i := range a.Targets {
		t := &a.Targets[i]
		dev, found, again := core.Find(devices, t.Ref)
		if found && a.Whole && !dev.On(a.Account.Member) {
			found = false
		}
		if found && signedInSince(dev, *t, a.Started) {
			found, again = false, true
		}
		switch {
		case again:
			t.Outcome = core.Again
		case found:
			if t.Outcome != core.Failed {
				t.Outcome = core.StillThere
			}
		case partial:
		case t.Outcome == core.WasGone:
		default:
			t.Outcome = core.Gone
		}
	}
}

// signedInSince tells whether a device that is listed again got there by a sign-in of its own, as far as times tell.
func signedInSince(dev core.Device, t core.Target, asked time.Time) bool {
	since := dev.Since()
	return since.After(asked) && !since.Equal(t.Since)
}

// unsettled tells whether another look may still better an outcome.
func unsettled(a core.Action) bool {
	return slices.ContainsFunc(a.Targets, func(t core.Target) bool {
		return t.Outcome == core.StillThere || t.Outcome == core.Open
	})
}

// pause waits; false says that the program is ending.
func (d *Desk) pause(ctx context.Context, p time.Duration) bool {
	t := time.NewTimer(p)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
