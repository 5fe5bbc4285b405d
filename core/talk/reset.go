package talk

import (
	"context"

	"latchstring/core"
	"latchstring/core/control"
)

// reset answers "reset": a service picks the account, no word at all offers the choice.
func (u *turn) reset(ctx context.Context, said []string) Reply {
	r := u.read(said)
	if len(r.rest) > 0 {
		return u.unread("reset", r)
	}
	who := u.me
	if r.member != nil {
		who = *r.member
	}
	if r.service != nil {
		return u.askReset(ctx, "", resetArgs{r.service.Service, who.ID})
	}
	c := Card{Summary: u.say("Which account?"), Private: true}
	if who.ID != u.me.ID {
		c.Summary = u.say("Which of {member}'s accounts?", who.Name)
	}
	for i := range u.Desk.Connectors {
		conn := &u.Desk.Connectors[i]
		if _, has := conn.Account(who.ID); has && conn.Can(core.CanReset) != core.No {
			c.Buttons = append(c.Buttons, u.button(Words(conn.Title), Ordinary,
				offering{kind: kindReset, args: resetArgs{conn.Service, who.ID}, life: lifeOfRow}))
		}
	}
	if len(c.Buttons) == 0 {
		c.Summary = u.say("There is no account whose password I could help to reset.")
	}
	return Reply{Card: c}
}

// askReset asks before a reset, and says what it will do.
func (u *turn) askReset(ctx context.Context, pressed core.OfferID, args resetArgs) Reply {
	p, err := u.Desk.PlanReset(ctx, u.me, args.Service, args.Member)
	switch kind := core.KindOf(err); {
	case kind == core.Cannot:
		return u.cannot(args.Service, core.CanReset, err)
	case kind == core.Missing:
		return Reply{Card: Card{Tone: Warn, Private: true, Summary: u.say("{member} has no account at {service} that I know of.", u.name(args.Member), u.title(args.Service))}}
	case err != nil:
		return u.failed(err)
	}
	if p.Verdict == core.MayAsk {
		return u.offerToAskReset(p)
	}
	if p.Way == core.ByHand {
		return u.startReset(ctx, pressed, args)
	}
	if p.Plan.Way.Private() && !u.reachable(args.Member) {
		return Reply{Card: Card{
			Tone: Warn, Private: true,
			Summary: u.say("{member} would get a secret that only {member} may see, but I have no way to reach {member}.", u.name(args.Member)),
		}}
	}
	c := Card{Private: true, Summary: u.resetQuestion(p)}
	if p.Plan.SignsOut {
		c.Body = append(c.Body, u.say("It signs out every device of this account."))
	} else {
		c.Body = append(c.Body, u.say("All devices of this account stay signed in until a new password is set."))
	}
	group := u.newID()
	c.Buttons = []Button{
		u.button(u.say("Start"), Advised, offering{kind: kindStart, args: args, group: group, once: true, life: lifeOfQuestion}),
		u.button(u.say("Never mind"), Ordinary, offering{kind: kindNever, group: group, once: true, life: lifeOfQuestion}),
	}
	return Reply{Card: c}
}

func (u *turn) resetQuestion(p control.ResetPlan) Text {
	service := p.Connector.Title
	if p.Account.Member != u.me.ID {
		return u.say("Start the password reset of {member}'s {service}? Only {member} will see how to go on.", u.name(p.Account.Member), service)
	}
	switch p.Plan.Way {
	case core.ResetCode:
		return u.say("I will ask {service} for a one-time code.", service)
	case core.ResetLink:
		return u.say("I will ask {service} for a one-time link.", service)
	case core.ResetPassword:
		return u.say("I will have {service} set a one-time password, for you to change.", service)
	case core.ResetMailed:
	}
	return u.say("I will ask {service} to send you a mail with the way to a new password.", service)
}

// startReset does what was confirmed.
func (u *turn) startReset(ctx context.Context, pressed core.OfferID, args resetArgs) Reply {
	a, err := u.Desk.BeginReset(ctx, u.order(pressed), args.Service, args.Member)
	if err != nil {
		return u.unless(err)
	}
	return u.underWay(ctx, a)
}

// resetCard tells how a reset stands; what it handed out is shown to the member whose account it is, once it is there.
func (u *turn) resetCard(a core.Action) Card {
	service, mine := u.title(a.Service), a.Account.Member == u.me.ID
	retry := u.button(u.say("Start again"), Ordinary,
		offering{kind: kindReset, args: resetArgs{a.Service, a.Account.Member}, life: lifeOfRow})
	switch a.Outcome {
	case core.Started:
		return u.startedCard(a, service, mine, retry)
	case core.Unknown:
		return Card{
			Tone: Warn, Summary: u.say("I asked {service} for a password reset, then lost the connection. I do not know whether it started.", service),
			Body: []Text{u.say("If a mail arrives, use it; if not, start again.")}, Buttons: []Button{retry},
		}
	case core.Failed:
		return Card{Tone: Warn, Summary: u.say("The password reset at {service} did not start.", service), Body: u.failureBody(a, service), Buttons: []Button{retry}}
	case core.DoneByHand:
		return Card{Tone: Good, Summary: u.say("Good. I wrote down that the password of {service} is new.", service)}
	case core.NotByHand:
		return Card{Tone: Warn, Summary: u.say("I wrote down that the password of {service} is still the old one.", service), Buttons: []Button{retry}}
	default:
		return Card{Summary: u.say("Asking {service} for a password reset…", service), Quiet: true}
	}
}

func (u *turn) startedCard(a core.Action, service string, mine bool, retry Button) Card {
	r, hide, kept := u.Desk.Started(u.me.ID, a)
	switch {
	case kept && !r.Way.Private():
		return Card{Tone: Good, Summary: u.say("{service} has sent a mail with the way to a new password.", service)}
	case !mine:
		return Card{Tone: Good, Summary: u.say("{member} has got the way to a new password of {service}. Only {member} can see it.", u.name(a.Account.Member), service)}
	case !kept:
		return Card{
			Summary: u.say("A password reset at {service} was started {when}. What it gave is not shown any more.", service, u.ago(a.Started)),
			Buttons: []Button{retry},
		}
	}
	c := Card{Tone: Good, Lapses: hide}
	switch r.Way {
	case core.ResetLink:
		c.Summary = u.say("Only you see this. Your link to a new password of {service}: {link}", service, r.Secret)
	case core.ResetPassword:
		c.Summary = u.say("Only you see this. Your one-time password for {service}: {password}", service, r.Secret)
		c.Body = append(c.Body, u.say("Sign in with it and choose a password of your own."))
	default:
		c.Summary = u.say("Only you see this. Your code for {service}: {code}", service, r.Secret)
	}
	if r.Enter != "" {
		c.Body = append(c.Body, u.say("Enter it at {place}.", r.Enter))
	}
	if !r.Until.IsZero() {
		c.Body = append(c.Body, u.say("It is valid until {time}.", u.moment(r.Until)))
	}
	c.Body = append(c.Body, u.say("I take this message away at {time}, where the chat lets me.", u.moment(hide)))
	return c
}
