package talk

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"latchstring/core"
	"latchstring/core/control"
	"latchstring/core/watch"
)

// passArgs is what the buttons of a pass carry.
type passArgs struct {
	Pass core.PassID `json:"pass"`
}

// lifeOfPass is how long the buttons of a pass may be pressed: as long as one lasts.
const lifeOfPass = core.LongestPass * 24 * time.Hour

// expect answers "expect": with a device and an end that device may sign in without an alarm, alone it lists what is expected.
func (u *turn) expect(ctx context.Context, said []string) Reply {
	if len(said) == 0 {
		return u.expectations(ctx, Text{})
	}
	what, end := cutEnd(said)
	until, lasts := readEnd(end, u.now.In(u.zone))
	name, when := core.Clean(strings.Join(what, " ")), core.Clean(strings.Join(end, " "))
	c := Card{Private: true}
	switch {
	case name == "" && lasts != lastsUntil:
		return u.expectations(ctx, Text{})
	case name == "":
		c.Summary = u.say("What will sign in {when}?", when)
		for _, kind := range []string{"a TV", "a tablet", "a phone", "a computer"} {
			c.Buttons = append(c.Buttons, again(u.say(kind), "expect "+kind+" "+when))
		}
		return Reply{Card: c}
	case lasts == lastsUntil:
		return u.pass(ctx, name, until)
	case lasts == lastsUnsaid:
		c.Summary = u.say("For how long do you expect {device}?", u.device(name))
	case lasts == lastsLonger:
		c.Summary = u.say("I expect a device for {n} days at the most. For how long is it {device}?", core.LongestPass, u.device(name))
	default:
		c.Summary = u.say("I do not understand \"{when}\". For how long do you expect {device}?", foreign(when), u.device(name))
	}
	c.Body = []Text{u.say("You can say \"until Sunday 12:00\", \"until 18:30\", \"until 24 December\" or \"for 5 hours\".")}
	for _, span := range []string{"for 1 day", "for 3 days", "for 1 week", "until Sunday"} {
		c.Buttons = append(c.Buttons, again(u.say(span), "expect "+name+" "+span))
	}
	return Reply{Card: c}
}

// pass records what was said and says what it means.
func (u *turn) pass(ctx context.Context, name string, until time.Time) Reply {
	p, err := u.Watch.Expect(ctx, u.me, u.order("").At, name, until)
	switch {
	case errors.Is(err, core.ErrFull):
		return u.expectations(ctx, u.say("You expect {n} devices already, so I can take no more.", core.MaxPasses))
	case err != nil:
		return u.unless(err)
	}
	return Reply{Card: u.promiseCard(p)}
}

// promiseCard says what a pass that nothing has signed in by yet will do.
func (u *turn) promiseCard(p core.Pass) Card {
	c := Card{Tone: Good, Private: true, Summary: u.say("I expect {device} until {time}.", u.device(p.Words), u.moment(p.Until))}
	if core.May(u.me.Role, core.ExpectDevices, core.Others) == core.Allowed {
		c.Body = append(c.Body, u.say("When it signs in to an account of the household I raise no alarm. At the end I sign it out and tell you."))
	} else {
		c.Body = append(c.Body, u.say("When it signs in to one of your accounts I raise no alarm. At the end I sign it out and tell you."))
	}
	c.Buttons = []Button{u.endButton(p), again(u.say("All that I expect"), "expect")}
	return c
}

// expectations lists the passes that have not ended, under a note where there is one, and says how to make one.
func (u *turn) expectations(ctx context.Context, note Text) Reply {
	passes, err := u.Watch.LivePasses(ctx, u.me)
	if err != nil {
		return u.failed(core.RecordError(err))
	}
	c := Card{Private: true, Summary: u.count(len(passes), "I expect one device.", "I expect {n} devices.")}
	if len(passes) == 0 {
		c.Summary = u.say("Tell me which device will sign in, and until when: then I raise no alarm, and sign it out at the end.")
	}
	if !note.Empty() {
		c.Tone, c.Summary = Warn, note
	}
	g := Group{}
	for _, p := range passes {
		g.Rows = append(g.Rows, u.passRow(p))
	}
	if len(passes) > 0 {
		c.Groups = []Group{g}
	}
	if len(passes) < core.MaxPasses {
		c.Body = []Text{u.say("For example: \"expect Airbnb TV until Sunday 12:00\", or \"expect Grandma's tablet for 3 days\".")}
		c.Buttons = []Button{again(u.say("A TV for 3 days"), "expect a TV for 3 days"), again(u.say("A tablet for 3 days"), "expect a tablet for 3 days")}
	}
	return Reply{Card: c}
}

// passRow is a pass in a list.
func (u *turn) passRow(p core.Pass) Row {
	row := Row{Title: Text{foreign(p.Words)}, Facts: []Text{u.say("until {time}", u.moment(p.Until))}}
	if p.By != u.me.ID {
		row.Facts = append(row.Facts, u.say("said {member}", u.name(p.By)))
	}
	switch {
	case !p.Taken():
		row.Facts = append(row.Facts, u.say("nothing has signed in yet"))
	case !p.Due().After(u.now):
		row.Facts = append(row.Facts, u.say("{device} at {account}", u.device(watch.DeviceName(&p.SignIn)), u.accountOf(p.SignIn)), u.say("to be signed out"))
		return row
	default:
		row.Facts = append(row.Facts, u.say("{device} at {account}", u.device(watch.DeviceName(&p.SignIn)), u.accountOf(p.SignIn)), u.say("signed in {when}", u.ago(p.SignIn.At)))
	}
	row.Buttons = []Button{u.endButton(p)}
	return row
}

// endButton ends a pass before its time.
func (u *turn) endButton(p core.Pass) Button {
	label := u.say("Take it back")
	if p.Taken() {
		label = u.say("End now")
	}
	return u.button(label, Ordinary, offering{kind: kindPassEnd, args: passArgs{p.ID}, life: lifeOfPass})
}

// pressPass does what a button of a pass means: it ends it, and says that it was not the device that was meant.
func (u *turn) pressPass(ctx context.Context, o core.Offer, id core.PassID) Reply {
	if o.Kind == kindPassNot {
		c, err := u.Watch.Disown(ctx, u.me, id)
		if err == nil {
			return u.signCaseOut(ctx, o.ID, c, caseArgs{Case: c.ID})
		}
		if !errors.Is(err, core.ErrUsed) {
			return u.passFailed(err)
		}
		return u.passAsItIs(ctx, id)
	}
	p, err := u.Watch.Revoke(ctx, u.me, id)
	switch {
	case err != nil:
		return u.passFailed(err)
	case !p.Taken() && p.Revoked.Equal(p.Ended):
		return Reply{Redraw: true, Card: Card{Private: true, Summary: u.say("I do not expect {device} any more.", u.device(p.Words)), Buttons: []Button{again(u.say("All that I expect"), "expect")}}}
	case !p.Ended.IsZero():
		return u.passAsItIs(ctx, id)
	}
	order := u.order(o.ID)
	order.Pass = p.ID
	a, err := u.Desk.BeginSignOut(ctx, order, control.PassWant(p), nil)
	switch {
	case errors.Is(err, core.ErrUsed):
		return u.passAsItIs(ctx, id)
	case err != nil:
		r := u.unless(err)
		r.Card.Summary, r.Card.Body = u.say("I do not expect {device} any more, but could not sign it out yet.", u.device(watch.DeviceName(&p.SignIn))), append([]Text{r.Card.Summary}, r.Card.Body...)
		return r
	}
	return u.underWay(ctx, a)
}

func (u *turn) passFailed(err error) Reply {
	if errors.Is(err, core.ErrNone) {
		return Reply{Redraw: true, Card: Card{Private: true, Tone: Warn, Summary: u.say("I have forgotten that device."), Buttons: []Button{again(u.say("All that I expect"), "expect")}}}
	}
	return u.failed(core.RecordError(err))
}

// passAsItIs shows a pass as it stands.
func (u *turn) passAsItIs(ctx context.Context, id core.PassID) Reply {
	p, err := u.Watch.Pass(ctx, u.me, id)
	if err != nil {
		return u.passFailed(err)
	}
	c, err := u.passCard(ctx, p)
	if err != nil {
		return u.failed(err)
	}
	return Reply{Card: c, Redraw: true}
}

// passCard tells how a pass stands.
func (u *turn) passCard(ctx context.Context, p core.Pass) (Card, error) {
	device, service := u.device(watch.DeviceName(&p.SignIn)), u.title(p.SignIn.Service)
	switch {
	case p.Action != "":
		a, err := u.Desk.Action(ctx, u.me, p.Action)
		if err != nil {
			return Card{}, err
		}
		return u.outcomeCard(ctx, a), nil
	case !p.Taken() && !p.Ended.IsZero():
		return Card{Private: true, Summary: u.say("I do not expect {device} any more. Nothing has signed in.", u.device(p.Words))}, nil
	case !p.Taken():
		return u.promiseCard(p), nil
	case !p.Ended.IsZero():
		return Card{
			Tone: Warn, Private: true, Summary: u.say("I do not expect {device} any more, but can not sign it out of {service}.", device, service),
			Body: []Text{u.say("Sign it out at {service} itself, or reset the password there.", service)}, Buttons: []Button{u.listOfNow("")},
		}, nil
	case !p.Due().After(u.now):
		return Card{
			Tone: Warn, Private: true, Summary: u.say("{device} was to be signed out of {service} at {time}, but I could not do it yet.", device, service, u.moment(p.Due())),
			Body: []Text{u.say("I try again every few minutes and tell you.")},
		}, nil
	}
	c := Card{
		Quiet: true, Private: true, Summary: u.say("{device} has signed in, as you expected.", device),
		Body: []Text{u.signInFacts(p.SignIn), u.endText(p)},
		Buttons: []Button{
			u.button(u.say("Not mine: sign it out"), Danger, offering{kind: kindPassNot, args: passArgs{p.ID}, life: lifeOfPass}), u.endButton(p),
		},
	}
	if !strings.EqualFold(watch.DeviceName(&p.SignIn), p.Words) {
		c.Summary = u.say("{device} has signed in: I take it for {expected}.", device, u.device(p.Words))
	}
	return c, nil
}

// endText says what comes at the end of a pass that a device has signed in by, as far as its service can do it.
func (u *turn) endText(p core.Pass) Text {
	until, service := u.moment(p.Until), u.title(p.SignIn.Service)
	c, ok := u.Desk.Connector(p.SignIn.Service)
	switch {
	case ok && p.SignIn.Device.ID != "" && c.Can(core.CanSignOut) == core.Yes && c.Heard == nil:
		return u.say("It may stay until {time}; then I sign it out and tell you.", until)
	case ok && p.SignIn.Device.ID != "" && c.Can(core.CanSignOut) != core.No:
		return u.say("It may stay until {time}; then I tell you how to sign it out of {service}.", until, service)
	}
	return u.say("It may stay until {time}; I can not sign it out of {service}, so then I remind you.", until, service)
}

// passOutcome tells what came of signing out the device of a pass.
func (u *turn) passOutcome(ctx context.Context, a core.Action) Card {
	c := u.actionCard(a)
	if p, err := u.Watch.Pass(ctx, u.me, a.Pass); err == nil {
		if p.Revoked.IsZero() {
			c.Body = append([]Text{u.say("You expected {device} until {time}.", u.device(p.Words), u.moment(p.Until))}, c.Body...)
		}
		c.Quiet = c.Tone == Good
	}
	return c
}

// recallPasses reads by which passes devices are signed in, for a list of devices. Without them the list is as good.
func (u *turn) recallPasses(ctx context.Context) {
	var err error
	if u.passes, err = u.Watch.Expected(ctx); err != nil {
		u.Log.Error("passes not readable", slog.Any("cause", err))
	}
}

// passOf finds the pass by which a device is signed in.
func (u *turn) passOf(d core.Device) (core.Pass, bool) {
	i := slices.IndexFunc(u.passes, func(p core.Pass) bool {
		s := p.SignIn
		return s.Service == d.Service && s.Device.ID != "" && s.Device.ID == d.ID && p.Due().After(u.now)
	})
	if i < 0 {
		return core.Pass{}, false
	}
	return u.passes[i], true
}
