package control

import (
	"context"
	"slices"

	"latchstring/core"
)

// AskSignOut asks the owners for a sign-out that the member may not do alone. It waits for their word for an hour.
func (d *Desk) AskSignOut(ctx context.Context, o Order, want Want) (core.Action, error) {
	p, err := d.PlanSignOut(ctx, o.By, want)
	if err != nil {
		return core.Action{}, err
	}
	if len(p.Devices) == 0 && want.All == "" {
		return core.Action{}, core.ServiceError(core.Missing, p.Connector.Title, nil)
	}
	a, err := d.newSignOut(o, p)
	if err != nil {
		return core.Action{}, err
	}
	return d.askOwners(ctx, a, o)
}

// AskReset asks the owners for a reset that the member may not start alone.
func (d *Desk) AskReset(ctx context.Context, o Order, service core.ServiceID, whose core.MemberID) (core.Action, error) {
	p, err := d.PlanReset(ctx, o.By, service, whose)
	if err != nil {
		return core.Action{}, err
	}
	a, err := d.newReset(o, p)
	if err != nil {
		return core.Action{}, err
	}
	return d.askOwners(ctx, a, o)
}

func (d *Desk) askOwners(ctx context.Context, a core.Action, o Order) (core.Action, error) {
	now := d.Now()
	a.State, a.LookAt = core.Pending, now.Add(lapseAfter)
	if same, ok := d.sameOpen(ctx, a); ok {
		return same, nil
	}
	var deliveries []core.Delivery
	for _, m := range d.House.Owners() {
		dl, err := d.delivery(a, core.Delivery{To: m.ID})
		if err != nil {
			return core.Action{}, core.RecordError(err)
		}
		deliveries = append(deliveries, dl)
	}
	err := d.Book.Begin(ctx, a, o.taking(now), []core.Entry{d.entry(a, o.By.ID, core.Asked)}, deliveries)
	if err != nil {
		return core.Action{}, beginError(err)
	}
	a.Version++
	d.news()
	return a, nil
}

// Decide is an owner's yes or no to what was asked of them. What the devices look like now counts: where a yes would
// touch others than the owner was shown, the error's kind is core.Changed, and the action shows how it is now. After a
// yes the action wants [Desk.Carry].
func (d *Desk) Decide(ctx context.Context, o Order, id core.ActionID, yes bool) (core.Action, error) {
	a, err := d.Book.Action(ctx, id)
	if err != nil {
		return core.Action{}, unrecorded(err)
	}
	if core.May(o.By.Role, a.Act, core.Others) != core.Allowed {
		return core.Action{}, d.refuse(ctx, o.By, a.Act, a.Service, nil)
	}
	if a.State != core.Pending {
		return core.Action{}, core.ErrUsed
	}
	asked := a
	a.Decider, a.Decided = o.By.ID, o.At
	if !yes {
		return d.turnDown(ctx, a, o)
	}
	if a.Act == core.StartReset {
		p, err := d.PlanReset(ctx, o.By, a.Service, a.Account.Member)
		if err != nil {
			return core.Action{}, err
		}
		d.readyReset(&a, p)
		return d.begin(ctx, a, o, core.Approved)
	}
	p, err := d.PlanSignOut(ctx, o.By, wantOf(a))
	if err != nil {
		return core.Action{}, err
	}
	if len(p.Devices) > 0 {
		a.Targets = p.targets()
	}
	if !shown(asked, p) {
		asked.Targets = a.Targets
		if err := d.Book.Save(ctx, asked, nil, nil); err != nil {
			return core.Action{}, beginError(err)
		}
		return core.Action{}, core.ChangedError()
	}
	d.ready(&a, p)
	return d.begin(ctx, a, o, core.Approved)
}

func (d *Desk) turnDown(ctx context.Context, a core.Action, o Order) (core.Action, error) {
	now := d.Now()
	a.State, a.Outcome, a.Ended, a.LookAt = core.Ended, core.TurnedDown, now, now
	err := d.Book.Begin(ctx, a, o.taking(now), []core.Entry{d.entry(a, o.By.ID, core.Declined)}, d.deliveriesBut(a, o.By.ID))
	if err != nil {
		return core.Action{}, beginError(err)
	}
	a.Version++
	d.news()
	return a, nil
}

// shown tells whether an owner who was shown an action knew everything that a plan touches.
func shown(a core.Action, p Plan) bool {
	for _, t := range p.targets() {
		i := slices.IndexFunc(a.Targets, func(s core.Target) bool { return s.Ref == t.Ref })
		if i < 0 || slices.ContainsFunc(t.Members, func(m core.MemberID) bool { return !slices.Contains(a.Targets[i].Members, m) }) {
			return false
		}
	}
	return true
}

// wantOf is the sign-out that an action was asked for.
func wantOf(a core.Action) Want {
	w := Want{Service: a.Service}
	if a.Account.Member != "" {
		w.All = a.Account.Member
		return w
	}
	for _, t := range a.Targets {
		w.Refs = append(w.Refs, t.Ref)
	}
	return w
}
