package talk

import (
	"context"
	"errors"
	"slices"
	"strings"

	"latchstring/core"
	"latchstring/core/control"
)

// signout answers "signout": a name picks the device, "all" means an account, no word at all offers the choice.
func (u *turn) signout(ctx context.Context, said []string) Reply {
	r := u.read(said)
	if r.everybody && len(r.rest) > 0 {
		return u.unread("signout all", r)
	}
	others := r.member != nil && r.member.ID != u.me.ID
	switch {
	case r.everybody && !r.idle:
		return u.signOutAll(ctx, r)
	case r.everybody && (!others || core.May(u.me.Role, core.SignOut, core.Others) == core.Allowed):
		return u.signOutIdle(ctx, r)
	} // what has to be asked for is asked for one by one
	q := control.DeviceQuery{}
	if r.service != nil {
		q.Service = r.service.Service
	}
	if r.member != nil {
		q.Member = r.member.ID
	} else if len(r.rest) == 0 {
		q.Member = u.me.ID
	}
	listings, err := u.Desk.Devices(ctx, u.me, q)
	if err != nil {
		return u.failed(err)
	}
	if len(r.rest) > 0 {
		name := strings.ToLower(strings.Join(r.rest, " "))
		matching := filter(listings, func(d core.Device) bool { return strings.EqualFold(d.Name, name) })
		found := flatten(matching)
		if len(found) == 0 {
			matching = filter(listings, func(d core.Device) bool { return matches(d, r.rest) })
			found = flatten(matching)
		}
		switch len(found) {
		case 0:
			return u.noSuchDevice(listings, name)
		case 1:
			return u.askSignOut(ctx, "", wantOne(found[0]))
		}
		listings = matching
	}
	listings = filter(listings, func(d core.Device) bool {
		c, _ := u.Desk.Connector(d.Service)
		return !d.Own && c.Can(core.CanSignOut) != core.No && (!r.unknown || unknownDevice(d)) && (!r.idle || u.idle(d))
	})
	u.recallPasses(ctx)
	c := u.deviceCard(listings, r, "signout", said)
	c.Summary = u.say("Which one shall I sign out?")
	nothing := countDevices(listings) == 0
	if nothing {
		c.Summary = u.say("There is nothing to sign out, as far as I can see.")
	} else if q.Member == u.me.ID {
		c.Buttons = append(c.Buttons, again(u.say("All of mine…"), "signout all"))
	}
	if q.Member == u.me.ID && len(u.Desk.Connectors) > 0 && core.May(u.me.Role, core.ListDevices, core.Others) == core.Allowed {
		c.Buttons = append(c.Buttons, again(u.say("Everybody's devices"), "devices all"))
	}
	return Reply{Card: c}
}

// matches tells whether every word stands in what is shown of a device.
func matches(d core.Device, words []string) bool {
	shown := strings.ToLower(d.Name + " " + d.App)
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(shown, strings.ToLower(w)) })
}

// flatten returns the devices of all listings.
func flatten(listings []control.Listing) []core.Device {
	var all []core.Device
	for _, l := range listings {
		all = append(all, l.Devices...)
	}
	return all
}

// noSuchDevice answers a name that no device has.
func (u *turn) noSuchDevice(listings []control.Listing, name string) Reply {
	var names []string
	for _, l := range listings {
		for _, d := range l.Devices {
			names = append(names, d.Name)
		}
	}
	c := Card{Summary: u.say("I see no device called \"{name}\".", foreign(name)), Private: true}
	if near := core.Nearest(name, names); near != "" {
		c.Summary = u.say("I see no device called \"{name}\". Did you mean {near}?", foreign(name), foreign(near))
		c.Buttons = append(c.Buttons, again(u.label("Sign out {device}", near), "signout "+near))
	}
	for _, l := range listings {
		if l.Err != nil && l.Connector.Devices != nil {
			c.Body = append(c.Body, u.say("{why} It may be there.", u.errorText(l.Err)))
		}
	}
	c.Buttons = append(c.Buttons, again(u.say("Everybody's devices"), "devices all"))
	return Reply{Card: c}
}

// signOutAll asks whose account, at which service, and then the question.
func (u *turn) signOutAll(ctx context.Context, r reading) Reply {
	who := u.me
	if r.member != nil {
		who = *r.member
	}
	if r.service != nil {
		return u.askSignOut(ctx, "", control.Want{Service: r.service.Service, All: who.ID})
	}
	listings, err := u.Desk.Devices(ctx, u.me, control.DeviceQuery{Member: who.ID})
	if err != nil {
		return u.failed(err)
	}
	c := Card{Summary: u.say("All devices of which account?"), Private: true}
	for _, l := range listings {
		if len(l.Devices) == 0 || l.Connector.Can(core.CanSignOutAll) == core.No {
			continue
		}
		want := control.Want{Service: l.Connector.Service, All: who.ID}
		c.Buttons = append(c.Buttons, u.button(u.say("{service} ({n})", l.Connector.Title, len(l.Devices)), Ordinary,
			offering{kind: kindSignOut, args: signOutArgs{Want: want}, life: lifeOfRow}))
	}
	if len(c.Buttons) == 0 {
		c.Summary = u.say("There is nothing to sign out, as far as I can see.")
	}
	return Reply{Card: c}
}

// askSignOut asks before anything is signed out, and says whom and what it touches. What a person has to do by hand
// needs no question: the steps are given at once.
func (u *turn) askSignOut(ctx context.Context, pressed core.OfferID, want control.Want) Reply {
	if want.All != "" && want.All != u.me.ID && !u.seesAll() {
		return u.offerToAskUnseen(want)
	}
	p, err := u.Desk.PlanSignOut(ctx, u.me, want)
	if core.KindOf(err) == core.Cannot {
		return u.cannot(want.Service, core.CanSignOut, err)
	}
	if err != nil {
		return u.failed(err, u.retry())
	}
	switch {
	case p.Own && len(p.Devices) == 0:
		return u.failed(core.OwnSessionError())
	case p.Again && len(p.Devices) == 0:
		return Reply{Card: Card{
			Tone: Warn, Private: true, Summary: u.say("That device has signed in anew since you saw it, so it is another session now."),
			Buttons: []Button{u.listOfNow(p.Connector.Service)},
		}}
	case len(p.Devices) == 0 && !want.Unused.IsZero():
		return u.idleNoMore(p)
	case len(p.Devices) == 0 && want.All != "":
		return Reply{Card: Card{Summary: u.say("{member} has nothing signed in to {service}.", u.name(want.All), p.Connector.Title), Private: true}}
	case len(p.Devices) == 0:
		return Reply{Card: Card{Summary: u.say("{device} is not signed in to {service} any more.", u.device(want.Name), p.Connector.Title), Private: true}}
	case p.Verdict == core.MayAsk:
		return u.offerToAsk(p)
	case p.Way == core.ByHand:
		return u.signOut(ctx, pressed, signOutArgs{Want: want, Told: p.Affects})
	}
	return Reply{Card: u.confirmCard(p, signOutArgs{Want: p.Want, Told: p.Affects})}
}

// confirmCard is the question before a sign-out.
func (u *turn) confirmCard(p control.Plan, sign signOutArgs) Card {
	c := Card{Private: true, Body: u.consequences(p)}
	yes := u.say("Yes, sign out")
	switch {
	case len(p.Devices) > 1 && p.Want.All == u.me.ID:
		c.Summary = u.say("Sign out {n} of your devices from {service}?", len(p.Devices), p.Connector.Title)
	case len(p.Devices) > 1 && p.Want.All == "":
		c.Summary = u.say("Sign out {n} devices from {service}?", len(p.Devices), p.Connector.Title)
	case len(p.Devices) > 1:
		c.Summary = u.say("Sign out {n} of {member}'s devices from {service}?", len(p.Devices), u.name(p.Want.All), p.Connector.Title)
	default:
		c.Summary = u.say("Sign out {device} from {service}?", u.device(p.Devices[0].Name), p.Connector.Title)
	}
	if len(p.Devices) > 1 {
		yes = u.say("Yes, sign out all {n}", len(p.Devices))
		c.Body = append([]Text{u.names(p.Devices)}, c.Body...)
	}
	if p.Total > len(p.Devices) {
		yes = u.say("Yes, sign them out")
		c.Body = append(c.Body, u.say("There are {n} in all; ask again for the rest.", p.Total))
	}
	group := u.newID()
	c.Buttons = append(c.Buttons, u.button(yes, Danger, offering{
		kind: kindConfirm, args: sign, group: group, once: true, life: lifeOfQuestion,
	}))
	if p.Want.All != "" && len(p.Devices) > 1 && len(p.Want.Keep) == 0 {
		c.Buttons = append(c.Buttons, u.button(u.say("All but one…"), Ordinary,
			offering{kind: kindKeep, args: signOutArgs{Want: p.Want}, life: lifeOfQuestion}))
	}
	c.Buttons = append(c.Buttons, u.button(u.say("Keep it"), Ordinary,
		offering{kind: kindNever, group: group, once: true, life: lifeOfQuestion}))
	return c
}

// consequences say whom a sign-out touches, what it interrupts, and what stays.
func (u *turn) consequences(p control.Plan) []Text {
	var said []Text
	if len(p.Affects) > 0 {
		names := make([]string, len(p.Affects))
		for i, m := range p.Affects {
			names[i] = u.name(m)
		}
		if len(p.Devices) == 1 {
			said = append(said, u.say("This also signs out {people} on this device.", strong(u.list(names).String())))
		} else {
			said = append(said, u.say("This also signs out {people} on some of these devices.", strong(u.list(names).String())))
		}
	}
	for _, d := range p.Devices {
		if d.Playing() {
			said = append(said, u.say("{device} is playing now.", u.device(d.Name)))
		}
	}
	if p.Own {
		said = append(said, u.say("My own session stays."))
	}
	if p.Used {
		said = append(said, u.say("What was used since you saw it stays."))
	}
	if within := p.Connector.Takes; within > 0 {
		said = append(said, u.say("{service} can take up to {time} to obey.", p.Connector.Title, u.lasting(within)))
	}
	return said
}

// names lists devices by name, so many that a person reads them.
func (u *turn) names(devices []core.Device) Text {
	names := make([]Text, len(devices))
	for i, d := range devices {
		names[i] = u.say("{device}", u.device(d.Name))
	}
	return u.joined(names)
}

// chooseKept asks which device of an account stays signed in.
func (u *turn) chooseKept(ctx context.Context, want control.Want) Reply {
	p, err := u.Desk.PlanSignOut(ctx, u.me, want)
	if err != nil {
		return u.failed(err)
	}
	c := Card{Summary: u.say("Which one stays signed in?"), Private: true}
	g := Group{Title: Words(p.Connector.Title)}
	for _, d := range p.Devices[:min(len(p.Devices), rowsPerPage)] {
		keep := want
		keep.Keep = []core.DeviceRef{d.Ref()}
		g.Rows = append(g.Rows, Row{Title: u.say("{device}", u.device(d.Name)), Facts: u.deviceFacts(d), Buttons: []Button{
			u.button(u.label("Keep {device}", d.Name), Ordinary, offering{kind: kindSignOut, args: signOutArgs{Want: keep}, life: lifeOfQuestion}),
		}})
	}
	c.Groups = []Group{g}
	return Reply{Card: c, Redraw: true}
}

// signOut does what was confirmed.
func (u *turn) signOut(ctx context.Context, pressed core.OfferID, args signOutArgs) Reply {
	order := u.order(pressed)
	order.Case, order.Reset = args.Case, args.Reset
	a, err := u.Desk.BeginSignOut(ctx, order, args.Want, args.Told)
	if core.KindOf(err) == core.Changed {
		return u.changed(ctx, args.Want, err)
	}
	if errors.Is(err, core.ErrUsed) && args.Case != "" {
		return u.caseAsItIs(ctx, args.Case)
	}
	if err != nil {
		return u.unless(err, u.retry())
	}
	if args.Case != "" {
		u.decided(ctx, args.Case)
	}
	return u.underWay(ctx, a)
}

// changed asks anew where the answer would touch others than the question said.
func (u *turn) changed(ctx context.Context, want control.Want, err error) Reply {
	r := u.askSignOut(ctx, "", want)
	if r.Card.Tone == Calm {
		r.Card.Tone = Warn
		r.Card.Body = append([]Text{u.errorText(err)}, r.Card.Body...)
	}
	r.Redraw = true
	return r
}

// underWay shows an action that has just begun, and has it carried out.
func (u *turn) underWay(ctx context.Context, a core.Action) Reply {
	r := Reply{Card: u.outcomeCard(ctx, a), Redraw: true}
	if a.State == core.Executing {
		r.Then = func(ctx context.Context) { u.Desk.Carry(ctx, a) }
	}
	return r
}
