package talk

import (
	"context"
	"errors"
	"log/slog"
	"slices"

	"latchstring/core"
	"latchstring/core/watch"
)

// exceptArgs is what the button under an exception carries.
type exceptArgs struct {
	Exception core.ExceptionID `json:"exception"`
}

// withExceptions offers whoever said that a sign-in was theirs not to be asked about its device or its place again, and says
// what they are not asked about any more.
func (u *turn) withExceptions(ctx context.Context, c core.Case, card Card) Card {
	if c.Answer != core.Ours || c.By != u.me.ID {
		return card
	}
	made, err := u.Watch.MemberExceptions(ctx, u.me)
	if err != nil {
		u.Log.Error("exceptions not readable", slog.Any("cause", err))
		return card
	}
	excepted, s := false, u.own(c)
	for _, place := range []bool{false, true} {
		if !watch.Exceptable(&s, place) {
			continue
		}
		if i := slices.IndexFunc(made, func(x core.Exception) bool { return x.OfDevice() != place && watch.Excepts(&x, &s) }); i >= 0 {
			card.Body, excepted = append(card.Body, u.exceptionText(made[i])), true
			continue
		}
		kind, label := kindExceptDevice, u.say("Do not ask about this device again")
		if place {
			kind, label = kindExceptPlace, u.say("Do not ask about this place again")
		}
		card.Buttons = append(card.Buttons, u.button(label, Ordinary, offering{kind: kind, args: caseArgs{Case: c.ID}, life: lifeOfCase}))
	}
	if excepted {
		card.Buttons = append(card.Buttons, again(u.say("What I do not ask about"), "settings exceptions"))
	}
	return card
}

// exceptionText says what is not asked about any more.
func (u *turn) exceptionText(x core.Exception) Text {
	place := foreign(placeWords(x.Place))
	switch {
	case x.OfDevice():
		return u.say("I do not ask about {device} at {account} any more.", u.device(x.Name), u.accountOf(core.SignIn{Service: x.Account.Service, Account: x.Account}))
	case x.Account.Member == "":
		return u.say("I do not ask about sign-ins from near {place} any more.", place)
	case x.Account.Member == u.me.ID:
		return u.say("I do not ask about your sign-ins from near {place} any more.", place)
	}
	return u.say("I do not ask about {member}'s sign-ins from near {place} any more.", u.name(x.Account.Member), place)
}

// placeWords names a place.
func placeWords(p core.Place) string {
	for _, name := range []string{p.Name, p.City, p.Region} {
		if name != "" {
			return name
		}
	}
	return p.Country
}

// except makes an exception of the device or the place of a case.
func (u *turn) except(ctx context.Context, id core.CaseID, place bool) Reply {
	_, err := u.Watch.Except(ctx, u.me, id, place)
	list := again(u.say("What I do not ask about"), "settings exceptions")
	switch {
	case errors.Is(err, core.ErrFull):
		return Reply{Card: Card{
			Tone: Warn, Private: true, Summary: u.say("There are {n} exceptions of yours already, so I can take no more.", core.MaxExceptions), Buttons: []Button{list},
		}}
	case errors.Is(err, core.ErrNone):
		return Reply{Redraw: true, Card: Card{Tone: Warn, Private: true, Summary: u.say("I have to ask about this all the same."), Buttons: []Button{list}}}
	case err != nil:
		return u.unless(err)
	}
	return u.caseAsItIs(ctx, id)
}

// exceptions answers "settings exceptions".
func (u *turn) exceptions(ctx context.Context) Reply {
	made, err := u.Watch.MemberExceptions(ctx, u.me)
	if err != nil {
		return u.failed(core.RecordError(err))
	}
	c := Card{Private: true, Summary: u.say("I ask about everything that is unlike you.")}
	if len(made) == 0 {
		c.Body = []Text{u.say("When you say that a sign-in was you, you can have me never ask about its device or its place again.")}
		return Reply{Card: c}
	}
	c.Summary = u.say("This is what I do not ask about, unless it is urgent:")
	g := Group{}
	for _, x := range made {
		row := Row{Title: u.say("sign-ins from near {place}", foreign(placeWords(x.Place))), Facts: []Text{u.whoseSignIns(x)}}
		if x.OfDevice() {
			row = Row{Title: u.say("{device}", u.device(x.Name)), Facts: []Text{u.accountOf(core.SignIn{Service: x.Account.Service, Account: x.Account})}}
		}
		if x.By == u.me.ID {
			row.Facts = append(row.Facts, u.say("as you said {when}", u.ago(x.Made)))
		} else {
			row.Facts = append(row.Facts, u.say("as {member} said {when}", u.name(x.By), u.ago(x.Made)))
		}
		row.Buttons = []Button{u.button(u.say("Ask again"), Ordinary, offering{kind: kindAskAgain, args: exceptArgs{x.ID}, life: lifeOfRow})}
		g.Rows = append(g.Rows, row)
	}
	c.Groups = []Group{g}
	return Reply{Card: c}
}

func (u *turn) whoseSignIns(x core.Exception) Text {
	switch x.Account.Member {
	case "":
		return u.say("of everybody here")
	case u.me.ID:
		return u.say("of yours")
	}
	return u.say("of {member}", u.name(x.Account.Member))
}

// askAgain takes an exception back and shows what is left.
func (u *turn) askAgain(ctx context.Context, id core.ExceptionID) Reply {
	if err := u.Watch.AskAgain(ctx, u.me, id); err != nil && !errors.Is(err, core.ErrNone) {
		return u.unless(err)
	}
	r := u.exceptions(ctx)
	r.Card.Body = append([]Text{u.say("I will ask about it again.")}, r.Card.Body...)
	r.Redraw = true
	return r
}

// backCard says which known devices have signed in again since everything was signed out, or a password was reset.
func (u *turn) backCard(ctx context.Context, id core.ActionID) (Card, error) {
	a, err := u.Desk.Action(ctx, u.me, id)
	if err != nil {
		return Card{}, err
	}
	back, err := u.Watch.Back(ctx, a)
	if err != nil {
		return Card{}, err
	}
	if len(back) == 0 {
		return Card{}, core.ErrNone
	}
	devices := make([]core.Device, len(back))
	for i, s := range back {
		devices[i] = core.Device{Name: watch.DeviceName(&s)}
	}
	c := Card{Quiet: true, Private: true, Summary: u.say("Back since the reset: {devices}.", u.names(devices))}
	if a.Act == core.SignOut {
		c.Summary = u.say("Back since everything was signed out: {devices}.", u.names(devices))
	}
	if m := a.Account.Member; m == u.me.ID {
		c.Body = []Text{u.say("These are devices that I know at your {service}; what I do not know I ask about.", u.title(a.Service))}
	} else {
		c.Body = []Text{u.say("These are devices that I know at {member}'s {service}; what I do not know I ask about.", u.name(m), u.title(a.Service))}
	}
	c.Buttons = []Button{u.listOfNow(a.Service)}
	return c, nil
}
