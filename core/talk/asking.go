package talk

import (
	"context"
	"errors"

	"latchstring/core"
	"latchstring/core/control"
)

// offerToAsk says whose a device is and offers to ask the owner.
func (u *turn) offerToAsk(p control.Plan) Reply {
	c := Card{Private: true}
	switch owners := p.Devices[0].Members(); {
	case p.Want.All != "":
		c.Summary = u.say("These are {member}'s devices. Shall I ask?", u.name(p.Want.All))
	case len(owners) == 0:
		c.Summary = u.say("{device} is nobody's here. Shall I ask?", u.device(p.Devices[0].Name))
	default:
		c.Summary = u.say("{device} belongs to {member}. Shall I ask?", u.device(p.Devices[0].Name), u.name(owners[0]))
	}
	c.Buttons = u.askButtons(kindAsk, signOutArgs{Want: p.Want})
	return Reply{Card: c}
}

// offerToAskUnseen offers to ask the owner for what the member may not even know of: whether there is anything, and what.
func (u *turn) offerToAskUnseen(want control.Want) Reply {
	c := Card{Private: true, Summary: u.say("You can not see {member}'s devices. Shall I ask to sign them out of {service}?", u.name(want.All), u.title(want.Service))}
	c.Buttons = u.askButtons(kindAsk, signOutArgs{Want: want})
	return Reply{Card: c}
}

// offerToAskReset does the same for a reset.
func (u *turn) offerToAskReset(p control.ResetPlan) Reply {
	c := Card{Private: true, Summary: u.say("A password reset of {member}'s {service} needs {owner}'s yes. Shall I ask?",
		u.name(p.Account.Member), p.Connector.Title, u.owners())}
	c.Buttons = u.askButtons(kindAskReset, resetArgs{p.Connector.Service, p.Account.Member})
	return Reply{Card: c}
}

func (u *turn) askButtons(kind string, args any) []Button {
	group := u.newID()
	return []Button{
		u.button(u.say("Ask {owner}", u.owners()), Advised, offering{kind: kind, args: args, group: group, once: true, life: lifeOfQuestion}),
		u.button(u.say("Never mind"), Ordinary, offering{kind: kindNever, group: group, once: true, life: lifeOfQuestion}),
	}
}

// owners names who decides.
func (u *turn) owners() Text {
	var names []string
	for _, m := range u.House.Owners() {
		names = append(names, m.Name)
	}
	return u.list(names)
}

func (u *turn) askOwnersToSignOut(ctx context.Context, pressed core.OfferID, want control.Want) Reply {
	return u.asked(u.Desk.AskSignOut(ctx, u.order(pressed), want))
}

func (u *turn) askOwnersToReset(ctx context.Context, pressed core.OfferID, args resetArgs) Reply {
	return u.asked(u.Desk.AskReset(ctx, u.order(pressed), args.Service, args.Member))
}

func (u *turn) asked(a core.Action, err error) Reply {
	if err != nil {
		return u.unless(err)
	}
	return Reply{Card: u.actionCard(a), Redraw: true}
}

// pendingCard shows what waits for an owner's word: to the owners with the buttons, to who asked without.
func (u *turn) pendingCard(a core.Action) Card {
	if u.me.Role != core.Owner {
		return Card{Summary: u.say("I asked {owner} at {time}: {what} I will tell you.", u.owners(), u.moment(a.Started), u.whatWasAsked(a))}
	}
	c := Card{
		Tone:    Alarm,
		Summary: u.say("{member} asks you: {what}", u.name(a.Actor), u.whatWasAsked(a)),
		Body:    append(u.whatIsAsked(a), u.say("Asked {time}.", u.moment(a.Started))),
	}
	var owners []core.MemberID
	for _, m := range u.House.Owners() {
		owners = append(owners, m.ID)
	}
	decision := func(label string, style ButtonStyle, kind string) Button {
		return u.button(u.say(label), style,
			offering{kind: kind, args: actionArgs{a.ID}, to: owners, group: "decide " + string(a.ID), once: true, life: a.LookAt.Sub(u.now)})
	}
	c.Buttons = []Button{decision("Approve", Advised, kindApprove), decision("Deny", Ordinary, kindDeny)}
	return c
}

// whatIsAsked names each device that is asked for, whose it is, and whether it plays: an owner does not decide blindly.
func (u *turn) whatIsAsked(a core.Action) []Text {
	var said []Text
	for i, t := range a.Targets {
		if i == rowsPerPage {
			return append(said, u.say("And {n} more.", len(a.Targets)-rowsPerPage))
		}
		names := make([]string, len(t.Members))
		for j, m := range t.Members {
			names[j] = u.name(m)
		}
		switch who := u.list(names); {
		case len(names) == 0:
			said = append(said, u.say("{device}: nobody's here.", u.device(t.Name)))
		case t.Playing:
			said = append(said, u.say("{device}: {people}; it was playing.", u.device(t.Name), who))
		default:
			said = append(said, u.say("{device}: {people}.", u.device(t.Name), who))
		}
	}
	return said
}

// decide is an owner's answer.
func (u *turn) decide(ctx context.Context, pressed core.OfferID, id core.ActionID, yes bool) Reply {
	a, err := u.Desk.Decide(ctx, u.order(pressed), id, yes)
	if core.KindOf(err) == core.Changed {
		return u.asItIs(ctx, id, u.errorText(err))
	}
	if errors.Is(err, core.ErrUsed) {
		return u.asItIs(ctx, id)
	}
	if err != nil {
		return u.unless(err)
	}
	if !yes {
		return Reply{Redraw: true, Card: Card{Private: true, Summary: u.say("You said no to {member}: {what}", u.name(a.Actor), u.whatWasAsked(a))}}
	}
	return u.underWay(ctx, a)
}
