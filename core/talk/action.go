package talk

import (
	"context"
	"slices"

	"latchstring/core"
)

// actionCard says how an action stands, to a member who is concerned by it. It is the answer to the press that began the
// action, the news of its outcome, and the answer to a second press: always what is so now.
func (u *turn) actionCard(a core.Action) Card {
	a = u.discreet(a)
	var c Card
	switch {
	case a.State == core.Pending:
		c = u.pendingCard(a)
	case a.Outcome == core.TurnedDown:
		c = Card{Summary: u.say("{member} said no: {what}", u.name(a.Decider), u.whatWasAsked(a))}
	case a.Outcome == core.Lapsed:
		c = Card{Summary: u.say("Nobody answered within an hour: {what}", u.whatWasAsked(a)), Body: []Text{u.say("Ask again when somebody is there.")}}
	case a.Outcome == core.HandedOver && a.Hand() == u.me.ID:
		c = u.guideCard(a)
	case a.Outcome == core.HandedOver:
		c = Card{Summary: u.say("{member} does it by hand: {what}", u.name(a.Hand()), u.whatWasAsked(a))}
	case a.Act == core.StartReset:
		c = u.resetCard(a)
	case len(a.Targets) == 1:
		c = u.signOutCard(a)
	default:
		c = u.manyCard(a)
	}
	if a.Decider != "" && a.State != core.Pending && a.Outcome != core.TurnedDown {
		c.Body = append(c.Body, u.whoDecided(a))
	}
	c.Buttons = append(u.tvButtons(a), c.Buttons...)
	c.Private = true
	return c
}

// discreet hides from a reader who may not know of other people's devices which they are and how many.
func (u *turn) discreet(a core.Action) core.Action {
	mine := func(t core.Target) bool { return slices.Contains(t.Members, u.me.ID) }
	if a.Act != core.SignOut || u.seesAll() || a.Account.Member == u.me.ID || len(a.Targets) > 0 && !slices.ContainsFunc(a.Targets, func(t core.Target) bool { return !mine(t) }) {
		return a
	}
	whose := a.Account.Member
	for _, t := range a.Targets {
		if whose == "" && len(t.Members) > 0 {
			whose = t.Members[0]
		}
	}
	one := core.Target{Name: u.say("everything of {member}'s", u.name(whose)).String(), Outcome: a.Weakest()}
	if len(a.Targets) > 0 {
		one.Ref, one.Taken = a.Targets[0].Ref, a.Targets[0].Taken
	}
	a.Targets = []core.Target{one}
	return a
}

// title says what the household calls the service of an action.
func (u *turn) title(id core.ServiceID) string {
	if c, ok := u.Desk.Connector(id); ok {
		return c.Title
	}
	return string(id)
}

func (u *turn) whoDecided(a core.Action) Text {
	if a.Decider == u.me.ID {
		return u.say("You approved this.")
	}
	return u.say("{member} approved.", u.name(a.Decider))
}

// what says what an action is about: "Living-room TV", "3 devices".
func (u *turn) what(a core.Action) any {
	switch len(a.Targets) {
	case 0:
		return u.say("everything of {member}'s", u.name(a.Account.Member))
	case 1:
		return u.device(a.Targets[0].Name)
	}
	return u.count(len(a.Targets), "{n} device", "{n} devices")
}

// whatWasAsked says it as a half-sentence that follows a colon.
func (u *turn) whatWasAsked(a core.Action) Text {
	if a.Act == core.StartReset {
		return u.say("reset the password of {member}'s {service}.", u.name(a.Account.Member), u.title(a.Service))
	}
	return u.say("sign {what} out of {service}.", u.what(a), u.title(a.Service))
}

// signOutCard tells the outcome of signing one device out.
func (u *turn) signOutCard(a core.Action) Card {
	t := a.Targets[0]
	dev, service := u.device(t.Name), u.title(a.Service)
	look := u.lookButton(a)
	fresh := u.listOfNow(a.Service)
	switch t.Outcome {
	case core.Gone:
		return Card{Tone: Good, Summary: u.say("{device} is signed out of {service}. I looked again: it is gone.", dev, service)}
	case core.WasGone:
		return Card{Tone: Good, Summary: u.say("{device} was signed out of {service} already.", dev, service)}
	case core.Later:
		return Card{
			Summary: u.say("{service} needs its time: {device} will be signed out by {time} at the latest.", service, dev, u.moment(a.LookAt)),
			Body:    []Text{u.say("I will look again and tell you.")}, Buttons: []Button{look},
		}
	case core.StillThere:
		return Card{
			Tone: Warn, Summary: u.stillThere(t, dev, service), Body: u.lookingBody(a), Buttons: []Button{look, fresh},
		}
	case core.CameBack:
		ends := u.say("Changing the password ends that.")
		back := u.say("{device} is back on {service}, without a new sign-in: it kept the old one.", dev, service)
		if a.Attempts == 0 {
			back = u.say("{device} is back on {service}, which you signed out by hand {when}: it kept a cached sign-in, or somebody signed in on it anew.", dev, service, u.ago(a.Ended))
			ends = u.say("Changing the password, and letting all devices sign in again, ends that.")
		}
		return Card{
			Tone: Warn, Summary: back, Body: []Text{ends},
			Buttons: append(append(u.resetButtons(a), u.stepsButtons(a.Service, t.Name)...), fresh),
		}
	case core.Again:
		return Card{
			Tone: Warn, Summary: u.say("The session that you meant is gone, but {device} has signed in to {service} anew since.", dev, service),
			Buttons: []Button{fresh},
		}
	case core.Unknown:
		return Card{
			Tone: Warn, Summary: u.say("I asked {service} to sign {device} out, then lost the connection. I do not know whether it worked.", service, dev),
			Body: []Text{u.say("I will look again by myself and tell you.")}, Buttons: []Button{look},
		}
	case core.Failed:
		return Card{
			Tone: Warn, Summary: u.say("{device} is not signed out of {service}.", dev, service),
			Body: u.failureBody(a, service), Buttons: append(u.guideLink(a), fresh),
		}
	case core.DoneByHand:
		return Card{Tone: Good, Summary: u.say("Thank you. I wrote down that {device} is signed out of {service}; I could not look there myself.", dev, service)}
	case core.NotByHand:
		return Card{
			Tone: Warn, Summary: u.say("I wrote down that it did not work: {device} stays signed in to {service}.", dev, service),
			Body:    []Text{u.say("A password change there ends every sign-in.")},
			Buttons: append(u.resetButtons(a), u.stepsButtons(a.Service, t.Name)...),
		}
	default:
		return Card{Summary: u.say("Signing {device} out of {service}…", dev, service), Quiet: true}
	}
}

// stillThere says that a device is still on the list; a service that said yes has to hear it.
func (u *turn) stillThere(t core.Target, dev any, service string) Text {
	if t.Taken {
		return u.say("{device} is still signed in to {service}, though {service} said yes.", dev, service)
	}
	return u.say("{device} is still signed in to {service}.", dev, service)
}

// lookingBody says that an action is looked at again, if it is.
func (u *turn) lookingBody(a core.Action) []Text {
	if a.State == core.Ended {
		return nil
	}
	return []Text{u.say("I will look again at {time} and tell you if it is gone.", u.moment(a.LookAt))}
}

// failureBody says why a service did not do it.
func (u *turn) failureBody(a core.Action, service string) []Text {
	e := core.ServiceError(a.Reason, service, nil)
	body := []Text{u.text(e.Text)}
	if !e.Hint.Empty() {
		body = append(body, u.text(e.Hint))
	}
	return body
}

// guideLink leads to where a person can do what the program could not, where the service has such a place.
func (u *turn) guideLink(a core.Action) []Button {
	if g, ok := u.Desk.Guide(a); ok && g.Link != "" {
		return []Button{{Label: u.say(g.Open), Link: g.Link, Style: Advised}}
	}
	return nil
}

// manyCard tells the outcome of signing several devices out: each outcome with the devices that have it.
func (u *turn) manyCard(a core.Action) Card {
	service := u.title(a.Service)
	if a.Outcome == core.Open {
		return Card{Summary: u.say("Signing {what} out of {service}…", u.what(a), service), Quiet: true}
	}
	c := Card{Tone: Good, Summary: u.say("{what} are signed out of {service}. I looked again: they are gone.", u.what(a), service)}
	if a.Outcome == core.WasGone {
		c.Summary = u.say("Nothing is signed in to {service} any more.", service)
		return c
	}
	if a.Outcome == core.Gone {
		return c
	}
	c.Tone, c.Summary = Warn, u.say("Not all is signed out of {service} yet.", service)
	said := []struct {
		outcome core.Outcome
		words   string
	}{
		{core.Gone, "Signed out: {devices}"},
		{core.WasGone, "Was signed out already: {devices}"},
		{core.Later, "Will be signed out soon: {devices}"},
		{core.StillThere, "Still signed in: {devices}"},
		{core.Failed, "Not taken by the service: {devices}"},
		{core.CameBack, "Came back: {devices}"},
		{core.Again, "Signed in anew since: {devices}"},
		{core.Unknown, "I do not know: {devices}"},
		{core.DoneByHand, "Done by hand, as you say: {devices}"},
		{core.NotByHand, "Did not work by hand: {devices}"},
	}
	for _, s := range said {
		var devices []core.Device
		for _, t := range a.Targets {
			if t.Outcome == s.outcome {
				devices = append(devices, core.Device{Name: t.Name})
			}
		}
		if len(devices) > 0 {
			c.Body = append(c.Body, u.say(s.words, u.names(devices)))
		}
	}
	if a.Reason != "" {
		c.Body = append(c.Body, u.failureBody(a, service)...)
	}
	c.Buttons = []Button{u.lookButton(a), u.listOfNow(a.Service)}
	return c
}

// asItIs shows how an action stands now, to whoever was too late or saw something older.
func (u *turn) asItIs(ctx context.Context, id core.ActionID, notes ...Text) Reply {
	a, err := u.Desk.Action(ctx, u.me, id)
	if err != nil {
		return u.failed(err)
	}
	c := u.actionCard(a)
	c.Body = append(notes, c.Body...)
	return Reply{Card: c, Redraw: true}
}

// lookButton asks what came of an action.
func (u *turn) lookButton(a core.Action) Button {
	return u.button(u.say("Look again"), Ordinary, offering{kind: kindLook, args: actionArgs{a.ID}, life: lifeOfRow})
}

// resetButtons offer the password reset that ends cached sign-ins, for the account of the reader or, to those who may, of
// the first member on the device.
func (u *turn) resetButtons(a core.Action) []Button {
	c, ok := u.Desk.Connector(a.Service)
	if !ok || c.Can(core.CanReset) == core.No {
		return nil
	}
	whose := a.Account.Member
	for _, t := range a.Targets {
		for _, m := range t.Members {
			if whose == "" || m == u.me.ID {
				whose = m
			}
		}
	}
	if _, has := c.Account(whose); !has {
		return nil
	}
	return []Button{u.button(u.say("Start a password reset"), Ordinary,
		offering{kind: kindReset, args: resetArgs{a.Service, whose}, life: lifeOfRow})}
}

// lookAgain answers the button of that name.
func (u *turn) lookAgain(ctx context.Context, id core.ActionID) Reply {
	a, err := u.Desk.LookNow(ctx, u.me, id)
	if err != nil && a.ID == "" {
		return u.failed(err)
	}
	c := u.outcomeCard(ctx, a)
	switch {
	case err != nil:
		c.Body = append([]Text{u.errorText(err)}, c.Body...)
	case a.State == core.Executing:
		c.Body = append(c.Body, u.say("{service} may still be at it; I can say more at {time}.", u.title(a.Service), u.moment(a.Settled)))
	}
	return Reply{Card: c, Redraw: true}
}
