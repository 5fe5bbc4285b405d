package control

import (
	"context"
	"slices"
	"time"

	"latchstring/core"
)

// Want is a sign-out that a member has in mind: some devices, or everything of one member's account but what is kept.
type Want struct {
	Service core.ServiceID   `json:"service"`
	Refs    []core.DeviceRef `json:"refs,omitempty"`
	Name    string           `json:"name,omitempty"`  // of the device in Refs, for telling of it when it is gone
	All     core.MemberID    `json:"all,omitempty"`   // whose account; Refs is empty then
	Keep    []core.DeviceRef `json:"keep,omitempty"`  // of All: devices that stay signed in
	Unused  time.Time        `json:"unused,omitzero"` // of Refs: what was used since then stays signed in
}

// Plan is what a sign-out would do, read fresh from the service.
type Plan struct {
	Want      Want
	Connector *core.Connector
	Devices   []core.Device // what would be signed out; of more than 100 the first 100
	Total     int           // how many it would be without that bound
	Affects   []core.MemberID
	Verdict   core.Verdict
	Way       core.Support // Yes, or ByHand
	Again     bool         // a device that was meant has signed in anew since, and so is not meant any more
	Used      bool         // a device that was to go for want of use has been used since, and stays
	Own       bool         // the program's own session was asked for; it stays
	whole     bool         // one call ends the account's sessions
	account   core.Account
}

// maxTargets bounds one sign-out.
const maxTargets = 100

// PlanSignOut looks what a sign-out would do. The verdict says whether the asker may do it alone; a plan without devices
// means that everything meant is gone already.
func (d *Desk) PlanSignOut(ctx context.Context, asker core.Member, want Want) (Plan, error) {
	c, err := d.connector(want.Service)
	if err != nil {
		return Plan{}, err
	}
	p := Plan{Want: want, Connector: c}
	devices, err := d.look(ctx, c)
	if want.All != "" {
		p.takeAll(devices)
	} else {
		p.takeRefs(devices)
		if heardErr := d.takeHeard(ctx, &p); err == nil {
			err = heardErr
		}
	}
	// Of a list that could be read in part, what is in it is there; that something is gone only a whole one tells.
	// What a person signs out by hand, on a page that lists it all, needs no whole list.
	byHand := want.All != "" && len(p.Devices) > 0 && c.Can(core.CanSignOutAll) == core.ByHand
	if err != nil && !byHand && (want.All != "" || len(p.Devices) < len(want.Refs)) {
		return Plan{}, err
	}
	if (p.Again || p.Used) && len(p.Devices) > 0 {
		p.Want.Refs = refsOf(p.Devices) // what is not meant any more is not meant when this is asked again
	}
	p.Total = len(p.Devices)
	if len(p.Devices) > maxTargets {
		p.Devices = p.Devices[:maxTargets]
	}
	for _, dev := range p.Devices {
		if p.whole {
			continue // one call ends this account's sessions and nobody else's
		}
		for _, m := range dev.Members() {
			if m != asker.ID && m != want.All && !slices.Contains(p.Affects, m) {
				p.Affects = append(p.Affects, m)
			}
		}
	}
	p.Verdict = strictest(asker, core.SignOut, p.Devices)
	if want.All != "" {
		p.Verdict = core.May(asker.Role, core.SignOut, whoseOf(asker.ID, want.All))
	}
	if p.Verdict == core.Denied {
		return Plan{}, d.refuse(ctx, asker, core.SignOut, c.Service, p.touched())
	}
	if p.Way = p.way(); p.Way == core.No {
		return Plan{}, core.ServiceError(core.Cannot, c.Title, nil)
	}
	return p, nil
}

// way says who does it. What this program can not do by itself, or not to several devices at once, a person does.
func (p *Plan) way() core.Support {
	c := p.Connector
	hand := c.Single && (len(p.Devices) > 1 || p.Want.All != "") || slices.ContainsFunc(p.Devices, func(dev core.Device) bool { return dev.ByHand })
	switch can := c.Can(core.CanSignOut); {
	case p.whole:
		return core.Yes
	case can != core.Yes || !hand:
		return can
	case c.ByHand == nil:
		return core.No
	}
	return core.ByHand
}

// takeHeard finds what was meant and is not on the list among the devices that the service wrote of: that it is not listed
// is no proof that it is gone. What goes for want of use is only ever meant as it is listed.
func (d *Desk) takeHeard(ctx context.Context, p *Plan) error {
	c := p.Connector
	if c.Heard == nil || p.Own || p.Again || p.Want.idle() || len(p.Devices) == len(p.Want.Refs) {
		return nil
	}
	var heard []core.Device
	err := d.call(ctx, c, func(ctx context.Context) (err error) {
		heard, err = c.Heard.Devices(ctx)
		return err
	})
	for i := range heard {
		heard[i].ByHand = true
	}
	p.takeRefs(slices.DeleteFunc(heard, func(dev core.Device) bool {
		return slices.ContainsFunc(p.Devices, func(there core.Device) bool { return there.ID == dev.ID })
	}))
	return err
}

func (p *Plan) takeRefs(devices []core.Device) {
	for _, ref := range p.Want.Refs {
		dev, found, again := core.Find(devices, ref)
		switch {
		case found && dev.Own:
			p.Own = true
		case p.Want.usedSince(dev, found, again):
			p.Used = true
		case found:
			p.Devices = append(p.Devices, dev)
		case again:
			p.Again = true
		}
	}
}

// idle tells whether devices are meant because nobody used them.
func (w Want) idle() bool { return !w.Unused.IsZero() }

// usedSince tells whether a device that was meant because nobody used it has been used, or has signed in anew.
func (w Want) usedSince(dev core.Device, found, again bool) bool {
	return w.idle() && (again || found && (dev.Playing() || dev.Latest().LastUsed.After(w.Unused)))
}

func refsOf(devices []core.Device) []core.DeviceRef {
	refs := make([]core.DeviceRef, len(devices))
	for i, dev := range devices {
		refs[i] = dev.Ref()
	}
	return refs
}

func (p *Plan) takeAll(devices []core.Device) {
	account, known := p.Connector.Account(p.Want.All)
	if p.account = account; !known {
		p.account = core.Account{Service: p.Connector.Service, Member: p.Want.All}
	}
	p.whole = known && p.Connector.SignOutAll != nil && len(p.Want.Keep) == 0
	for _, dev := range devices {
		if !dev.On(p.Want.All) {
			continue
		}
		if dev.Own {
			p.Own, p.whole = true, false
			continue
		}
		if slices.ContainsFunc(p.Want.Keep, func(ref core.DeviceRef) bool { return ref.ID == dev.ID }) {
			continue // also when it has signed in anew since: who keeps a device wants to stay on it
		}
		p.Devices = append(p.Devices, dev)
	}
}

// covers tells whether everybody whom the plan touches was named to the member before.
func (p *Plan) covers(told []core.MemberID) bool {
	for _, m := range p.Affects {
		if !slices.Contains(told, m) {
			return false
		}
	}
	return true
}

// touched returns everybody signed in on the plan's devices.
func (p *Plan) touched() []core.MemberID {
	var ids []core.MemberID
	if p.Want.All != "" {
		ids = append(ids, p.Want.All)
	}
	for _, dev := range p.Devices {
		if p.whole {
			break
		}
		for _, m := range dev.Members() {
			if !slices.Contains(ids, m) {
				ids = append(ids, m)
			}
		}
	}
	return ids
}

// targets writes the plan's devices down.
func (p *Plan) targets() []core.Target {
	targets := make([]core.Target, len(p.Devices))
	for i, dev := range p.Devices {
		targets[i] = core.Target{
			Ref: dev.Ref(), Since: dev.Since(), Name: dev.Name, App: dev.App, Members: dev.Members(),
			Login: dev.Latest().Login, Playing: dev.Playing(), Outcome: core.Open,
		}
	}
	return targets
}
