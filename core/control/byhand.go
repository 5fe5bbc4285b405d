package control

import (
	"context"
	"errors"
	"slices"
	"time"

	"latchstring/core"
)

// Guide returns the steps of an action that is done by hand.
func (d *Desk) Guide(a core.Action) (core.Guide, bool) {
	c, ok := d.Connector(a.Service)
	if !ok || c.ByHand == nil {
		return core.Guide{}, false
	}
	if a.Act == core.StartReset {
		return c.ByHand.Guide(core.CanReset, nil)
	}
	ability := core.CanSignOut
	if a.Account.Member != "" && len(a.Targets) > 1 {
		ability = core.CanSignOutAll
	}
	var dev *core.Device
	if len(a.Targets) == 1 {
		dev = &core.Device{Service: a.Service, ID: a.Targets[0].Ref.ID, Name: a.Targets[0].Name}
		d.mu.Lock()
		if known, found, _ := core.Find(d.shelf[a.Service].devices, a.Targets[0].Ref); found {
			dev = &known
		}
		d.mu.Unlock()
	}
	if g, ok := c.ByHand.Guide(ability, dev); ok {
		return g, true
	}
	return c.ByHand.Guide(core.CanSignOut, dev)
}

// EndByHand records what a person says of what they did by hand. Where the service can be looked at, it is, and that
// counts more than the word.
func (d *Desk) EndByHand(ctx context.Context, o Order, id core.ActionID, worked bool) (core.Action, error) {
	a, err := d.inHand(ctx, o.By, id)
	if err != nil {
		return a, err
	}
	now := d.Now()
	moved(&a, o)
	said := core.NotByHand
	if worked {
		said = core.DoneByHand
	}
	a.Targets = slices.Clone(a.Targets)
	for i := range a.Targets {
		a.Targets[i].Outcome, a.Targets[i].Asked = said, worked
	}
	a.State, a.Outcome, a.Ended, a.LookAt = core.Ended, said, now, time.Time{}
	if worked && a.Act == core.SignOut {
		d.lookAfterHand(ctx, &a)
	}
	err = d.Book.Begin(ctx, a, o.taking(now), []core.Entry{d.entry(a, o.By.ID, core.Concluded)}, d.deliveriesBut(a, o.By.ID))
	if err != nil {
		return core.Action{}, beginError(err)
	}
	a.Version++
	d.news()
	return a, nil
}

// lookAfterHand betters a person's word by what the service lists, if it lists anything.
func (d *Desk) lookAfterHand(ctx context.Context, a *core.Action) {
	c, err := d.connector(a.Service)
	if err != nil || c.Devices == nil || c.Tells.Hearsay {
		return
	}
	devices, err := d.lookSince(ctx, c, d.Now())
	if err != nil {
		return
	}
	concludeTargets(a, devices, false)
	g, _ := d.Guide(*a)
	for i := range a.Targets {
		if a.Targets[i].Outcome == core.StillThere && g.Within > 0 {
			a.Targets[i].Outcome = core.Later
		}
	}
	a.Attempts = 2 // there is no request of ours to ask again
	a.Outcome = a.Weakest()
	d.schedule(a, d.Now(), g.Within)
}

// Postpone asks again in a day how it went.
func (d *Desk) Postpone(ctx context.Context, o Order, id core.ActionID) (core.Action, error) {
	a, err := d.inHand(ctx, o.By, id)
	if err != nil {
		return a, err
	}
	now := d.Now()
	a.LookAt = now.Add(followUpAfter)
	moved(&a, o)
	if err := d.Book.Begin(ctx, a, o.taking(now), nil, nil); err != nil {
		return core.Action{}, beginError(err)
	}
	a.Version++
	d.news()
	return a, nil
}

// followUp asks the person who has an action in hand how it went; after the last time it rests as handed over. It returns
// whether that is on record.
func (d *Desk) followUp(ctx context.Context, a core.Action) bool {
	now := d.Now()
	a.Looks++
	a.LookAt = now.Add(followUpAfter)
	if a.Looks > followUps {
		a.State, a.Ended = core.Ended, now
		return d.keep(ctx, a)
	}
	for _, s := range []*core.Source{&a.Asked, &a.Decided} {
		s.Message = "" // a question that nobody answered is asked anew, where it is seen
	}
	told := core.MemberID("")
	if a.Decider != "" {
		told = a.Actor // it is in the decider's hand
	}
	return d.save(ctx, a, told)
}

// moved remembers where the person who has an action in hand spoke of it last.
func moved(a *core.Action, o Order) {
	if o.By.ID == a.Decider {
		a.Decided = o.At
	} else {
		a.Asked = o.At
	}
}

// inHand returns an action that the member has in hand.
func (d *Desk) inHand(ctx context.Context, m core.Member, id core.ActionID) (core.Action, error) {
	a, err := d.Book.Action(ctx, id)
	if err != nil {
		return core.Action{}, unrecorded(err)
	}
	if a.Hand() != m.ID {
		return core.Action{}, d.refuse(ctx, m, a.Act, a.Service, nil)
	}
	if a.State != core.InHand {
		return core.Action{}, core.ErrUsed
	}
	return a, nil
}

// ResetInHand returns the newest reset of a member's account that somebody does by hand just now.
func (d *Desk) ResetInHand(ctx context.Context, service core.ServiceID, whose core.MemberID) (core.Action, bool) {
	actions, err := d.Book.Unended(ctx)
	if err != nil || whose == "" {
		return core.Action{}, false
	}
	for _, a := range slices.Backward(actions) {
		if a.State == core.InHand && a.Act == core.StartReset && a.Service == service && a.Account.Member == whose {
			return a, true
		}
	}
	return core.Action{}, false
}

// Returned tells whoever signed a device out by hand that the service wrote of it again: a device that kept its sign-in comes
// back like that. Being told of the same sign-in again does nothing.
func (d *Desk) Returned(ctx context.Context, s core.SignIn) error {
	c, ok := d.Connector(s.Service)
	if !ok || c.ByHand == nil || s.Failed || s.Device.ID == "" {
		return nil
	}
	done, err := d.Book.ByHand(ctx, s.Service)
	if err != nil {
		return core.RecordError(err)
	}
	for _, a := range done {
		i := slices.IndexFunc(a.Targets, func(t core.Target) bool { return t.Ref.ID == s.Device.ID && t.Outcome == core.DoneByHand })
		if i < 0 || !s.At.After(a.Ended) {
			continue
		}
		a.Targets = slices.Clone(a.Targets)
		a.Targets[i].Outcome = core.CameBack
		a.Outcome = a.Weakest()
		for _, source := range []*core.Source{&a.Asked, &a.Decided} {
			source.Message = "" // it is news, and long after
		}
		if !d.save(ctx, a, "") {
			return core.RecordError(errors.New("what came back"))
		}
	}
	return nil
}

// AwaitsReset tells whether somebody does the reset of a member's account by hand just now.
func (d *Desk) AwaitsReset(ctx context.Context, service core.ServiceID, whose core.MemberID) bool {
	_, ok := d.ResetInHand(ctx, service, whose)
	return ok
}
