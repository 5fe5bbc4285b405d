package talk

import (
	"context"
	"errors"

	"latchstring/core"
)

// guideCard gives the steps of what a person has to do where the service lets nobody else, and asks how it went.
func (u *turn) guideCard(a core.Action) Card {
	service := u.title(a.Service)
	c := Card{Summary: u.say("{service} lets nobody else do this, so here is the way to sign {what} out:", service, u.what(a))}
	if conn, ok := u.Desk.Connector(a.Service); ok && conn.SignOut != nil {
		c.Summary = u.say("I can not be sure to do this right at {service} by myself, so here is the way to sign {what} out:", service, u.what(a))
	}
	if a.Act == core.StartReset {
		c.Summary = u.say("{service} lets nobody else do this, so here is the way to a new password:", service)
	}
	if a.Looks > 0 {
		c.Summary = u.say("Did it work? You wanted to {what}", u.whatWasAsked(a))
	}
	g, ok := u.Desk.Guide(a)
	u.guide(&c, g)
	if !ok {
		c.Steps = append(c.Steps, u.say("Open the account page of {service} and look for its devices.", service))
	}
	if g.Within > 0 && a.Act == core.SignOut {
		last := len(c.Steps) - 1
		c.Steps[last] = u.say("{step} It can take up to {time}.", c.Steps[last], u.lasting(g.Within))
	}
	c.Buttons = append(c.Buttons, u.handButtons(a.ID)...)
	return c
}

// guide puts what a person does on a card: the steps, and the link to where they begin.
func (u *turn) guide(c *Card, g core.Guide) {
	for _, s := range g.Steps {
		c.Steps = append(c.Steps, u.text(s))
	}
	if g.Link != "" {
		c.Buttons = append(c.Buttons, Button{Label: u.say(g.Open), Link: g.Link, Style: Advised})
	}
}

// handButtons ask how something went that a person does by hand.
func (u *turn) handButtons(id core.ActionID) []Button {
	group := u.newID()
	hand := func(label, kind string) Button {
		return u.button(u.say(label), Ordinary, offering{kind: kind, args: actionArgs{id}, group: group, once: true, life: lifeOfHand})
	}
	return []Button{hand("Done", kindDone), hand("Did not work", kindNotDone), hand("Ask me tomorrow", kindTomorrow)}
}

// endByHand takes a person's word of how it went.
func (u *turn) endByHand(ctx context.Context, pressed core.OfferID, id core.ActionID, worked bool) Reply {
	a, err := u.Desk.EndByHand(ctx, u.order(pressed), id, worked)
	if errors.Is(err, core.ErrUsed) {
		return u.asItIs(ctx, id)
	}
	if err != nil {
		return u.unless(err)
	}
	return Reply{Card: u.actionCard(a), Redraw: true}
}

// postpone asks again tomorrow.
func (u *turn) postpone(ctx context.Context, pressed core.OfferID, id core.ActionID) Reply {
	a, err := u.Desk.Postpone(ctx, u.order(pressed), id)
	if errors.Is(err, core.ErrUsed) {
		return u.asItIs(ctx, id)
	}
	if err != nil {
		return u.unless(err)
	}
	return Reply{Card: Card{Summary: u.say("I will ask you {time}.", u.moment(a.LookAt)), Private: true}, Redraw: true}
}
