package talk

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"latchstring/core"
	"latchstring/core/control"
	"latchstring/core/watch"
)

// caseArgs is what the buttons of a case carry.
type caseArgs struct {
	Case  core.CaseID   `json:"case,omitempty"`
	Whose core.MemberID `json:"whose,omitempty"` // whose sign-in it was
	Reset bool          `json:"reset,omitempty"` // the password reset is wanted as well
}

// lifeOfCase is how long the buttons of a case may be pressed: until silence would have answered, and longer.
const lifeOfCase = 14 * 24 * time.Hour

// pressCase does what a button of a case means. Whatever it is, a case that has its answer shows it.
func (u *turn) pressCase(ctx context.Context, o core.Offer, args caseArgs) Reply {
	c, err := u.Watch.Case(ctx, u.me, args.Case)
	switch {
	case errors.Is(err, core.ErrNone):
		return Reply{Card: Card{Tone: Warn, Private: true, Summary: u.say("That alert is gone from my record."), Buttons: []Button{again(u.say("Show the alerts of now"), "alerts")}}}
	case err != nil:
		return u.failed(core.RecordError(err))
	case !takes(c, o.Kind), o.Kind == kindCaseShow:
		return Reply{Card: u.caseCard(ctx, c), Redraw: true}
	}
	at := u.order("").At
	switch o.Kind {
	case kindCaseOut:
		return u.signCaseOut(ctx, o.ID, c, args)
	case kindOurs:
		c, err = u.Watch.Answer(ctx, u.me, at, c.ID, core.Ours, args.Whose)
	case kindNotOurs:
		c, err = u.Watch.Answer(ctx, u.me, at, c.ID, core.NotOurs, "")
	default:
		c, err = u.Watch.Later(ctx, u.me, c.ID)
	}
	if core.KindOf(err) == core.Forbidden {
		return u.failed(err)
	}
	if err != nil && !errors.Is(err, core.ErrUsed) {
		return u.failed(core.RecordError(err), again(u.say("Show the alerts of now"), "alerts"))
	}
	return Reply{Card: u.caseCard(ctx, c), Redraw: true}
}

// isAnswered tells whether a button is of a case that has its answer. However late it is pressed, it shows that: the answer
// may be this very press, whose reply the end of the program has cut off.
func (u *turn) isAnswered(ctx context.Context, o core.Offer) bool {
	if !slices.Contains([]string{kindOurs, kindNotOurs, kindCaseOut, kindCaseLater, kindCaseShow}, o.Kind) {
		return false
	}
	var args caseArgs
	if err := decode(o, &args); err != nil {
		return false
	}
	c, err := u.Watch.Case(ctx, u.me, args.Case)
	return err == nil && !takes(c, o.Kind)
}

// takes tells whether a case still takes what a button of it says.
func takes(c core.Case, kind string) bool {
	if kind == kindNotOurs || kind == kindCaseOut {
		return c.Takes(core.NotOurs)
	}
	return c.Open()
}

// signCaseOut answers a case by signing out what signed in to the account that concerns the reader. It is asked about first only where somebody else is signed in on the
// device as well. The device is meant in whatever session: who signed in again meanwhile is no more welcome.
func (u *turn) signCaseOut(ctx context.Context, pressed core.OfferID, c core.Case, args caseArgs) Reply {
	first := u.own(c)
	want := control.Want{Service: first.Service, Name: watch.DeviceName(&first)}
	for _, s := range c.All() {
		ref := core.DeviceRef{Service: s.Service, ID: s.Device.ID}
		if s.Service == first.Service && s.Account == first.Account && ref.ID != "" && !slices.Contains(want.Refs, ref) {
			want.Refs = append(want.Refs, ref)
		}
	}
	p, err := u.Desk.PlanSignOut(ctx, u.me, want)
	if core.KindOf(err) == core.Cannot {
		return u.cannot(want.Service, core.CanSignOut, err)
	}
	if err != nil {
		r := u.failed(err)
		r.Card.Buttons = u.caseButtons(c)
		return r
	}
	sign := signOutArgs{Want: want, Told: p.Affects, caseArgs: args}
	others := slices.DeleteFunc(slices.Clone(p.Affects), func(m core.MemberID) bool { return m == first.Account.Member })
	switch {
	case p.Verdict == core.MayAsk:
		return u.offerToAsk(p)
	case len(others) > 0:
		return Reply{Card: u.confirmCard(p, sign)}
	}
	return u.signOut(ctx, pressed, sign)
}

// decided has the watch learn of a case that was answered with an action. Where it can not, it learns at the next start.
func (u *turn) decided(ctx context.Context, id core.CaseID) {
	if err := u.Watch.Decided(ctx, id); err != nil {
		u.Log.Error("answer of a case not learned", slog.Any("cause", err))
	}
}

// caseAsItIs shows a case as it stands.
func (u *turn) caseAsItIs(ctx context.Context, id core.CaseID) Reply {
	c, err := u.Watch.Case(ctx, u.me, id)
	if err != nil {
		return u.failed(core.RecordError(err))
	}
	return Reply{Card: u.caseCard(ctx, c), Redraw: true}
}

// outcomeCard says how an action stands; one that answers a case tells it within the case, to those who know of that.
func (u *turn) outcomeCard(ctx context.Context, a core.Action) Card {
	if a.Pass != "" {
		return u.passOutcome(ctx, a)
	}
	if a.Case != "" {
		if c, err := u.Watch.Case(ctx, u.me, a.Case); err == nil {
			return u.answeredCard(c, &a)
		}
	}
	return u.actionCard(a)
}

// caseCard tells a member of a case as it stands: the question while it is open, and who answered what afterwards.
func (u *turn) caseCard(ctx context.Context, c core.Case) Card {
	if !c.Open() {
		if c.Action != "" {
			if a, err := u.Desk.Action(ctx, u.me, c.Action); err == nil {
				return u.answeredCard(c, &a)
			}
		}
		return u.withExceptions(ctx, c, u.answeredCard(c, nil))
	}
	card := Card{Tone: Alarm, Private: true, Summary: u.caseQuestion(c), Body: u.caseFacts(c)}
	card.Body = append(card.Body, u.caseReason(c))
	if c.Repeats > len(c.Also) {
		card.Body = append(card.Body, u.count(c.Repeats-len(c.Also), "It signed in once more since, {last}.", "It signed in again, last {last}: {n} times.", u.ago(c.Last)))
	}
	if len(c.Asked) > 1 && c.Asked[0] != u.me.ID && c.SignIn.Account.Member == c.Asked[0] {
		card.Body = append(card.Body, u.say("I have no answer from {member} yet.", u.name(c.Asked[0])))
	}
	for _, m := range c.Later {
		if m == u.me.ID && !c.Remind.IsZero() {
			card.Body = append(card.Body, u.say("I will ask you again at {time}.", u.moment(c.Remind)))
		}
	}
	card.Buttons = u.caseButtons(c)
	return card
}

func (u *turn) caseQuestion(c core.Case) Text {
	s := u.own(c)
	service := u.title(s.Service)
	switch whose := s.Account.Member; whose {
	case u.me.ID:
		return u.say("Was this you?")
	case "":
		return u.say("Somebody signed in to {service}. Was it one of you?", service)
	default:
		return u.say("Was this {member}?", u.name(whose))
	}
}

// own is the sign-in of a case that concerns the reader most: one to their own account, or else the first.
func (u *turn) own(c core.Case) core.SignIn { return c.Of(u.me.ID) }

// caseFacts says what signed in where, from where and when: first what concerns the reader most. What is other people's
// own is told only to those who may know of it.
func (u *turn) caseFacts(c core.Case) []Text {
	first := u.own(c)
	said := []Text{u.signInFacts(first)}
	for _, s := range c.All() {
		if s.Service == first.Service && s.Key == first.Key {
			continue
		}
		if u.me.Role == core.Owner || s.Account.Member == u.me.ID {
			said = append(said, u.signInFacts(s))
		}
	}
	if len(c.Also) >= core.MaxAlso {
		said = append(said, u.say("More devices than I list here may have signed in from there."))
	}
	return said
}

// signInFacts says it of one sign-in.
func (u *turn) signInFacts(s core.SignIn) Text {
	device, service, place, when := u.device(watch.DeviceName(&s)), u.title(s.Service), u.from(s), u.ago(s.At)
	switch s.Account.Member {
	case u.me.ID:
		return u.say("{device} signed in to your {service} {place}, {when}.", device, service, place, when)
	case "":
		if s.Account.Login == "" {
			return u.say("{device} signed in to {service} {place}, {when}.", device, service, place, when)
		}
		return u.say("{device} signed in to {service} as {login}, {place}, {when}.", device, service, foreign(s.Account.Login), place, when)
	}
	return u.say("{device} signed in to {member}'s {service} {place}, {when}.", device, u.name(s.Account.Member), service, place, when)
}

// from says where a sign-in came from, for the middle of a sentence.
func (u *turn) from(s core.SignIn) Text {
	switch {
	case s.Address.IsValid() && u.House.AtHome(s.Address):
		return u.say("from home")
	case s.Where.City != "" && s.Where.Name != "":
		return u.say("from near {place}", foreign(s.Where.Name))
	case s.Place != "":
		return u.say("from near {place}", foreign(s.Place))
	case s.Where.Name != "": // a country says no "near"
		return u.say("from {place}", foreign(s.Where.Name))
	case s.Address.IsValid() && !u.hideAddresses:
		return u.say("from {address}", foreign(s.Address.String()))
	}
	return u.say("from a place that it does not tell")
}

// caseButtons are the answers to a case. What a service can not do is not offered.
func (u *turn) caseButtons(c core.Case) []Button {
	button := func(label Text, style ButtonStyle, kind string, args caseArgs) Button {
		args.Case = c.ID
		return u.button(label, style, offering{kind: kind, args: args, life: lifeOfCase})
	}
	var buttons []Button
	s := u.own(c)
	whose := s.Account.Member
	switch whose {
	case u.me.ID:
		buttons = append(buttons, button(u.say("It was me"), Ordinary, kindOurs, caseArgs{Whose: u.me.ID}))
	case "":
		buttons = append(buttons, button(u.say("It was me"), Ordinary, kindOurs, caseArgs{Whose: u.me.ID}),
			button(u.say("It was one of us"), Ordinary, kindOurs, caseArgs{}))
	default:
		buttons = append(buttons, button(u.label("It was {member}", u.name(whose)), Ordinary, kindOurs, caseArgs{Whose: whose}))
	}
	conn, ok := u.Desk.Connector(s.Service)
	if !ok || s.Device.ID == "" || conn.Can(core.CanSignOut) == core.No {
		return append(buttons, button(u.say("It was none of us"), Danger, kindNotOurs, caseArgs{}), button(u.say("Ask me later"), Ordinary, kindCaseLater, caseArgs{}))
	}
	not := u.say("Sign it out")
	if whose == u.me.ID {
		not = u.say("Not me: sign it out")
	}
	buttons = append(buttons, button(not, Danger, kindCaseOut, caseArgs{}))
	if _, has := conn.Account(whose); has && conn.Can(core.CanReset) != core.No {
		buttons = append(buttons, button(u.say("Sign out and reset"), Danger, kindCaseOut, caseArgs{Reset: true}))
	}
	if c.Assessment.Level == core.Urgent { // the thing to do comes first
		buttons = append(buttons[1:], buttons[0])
	}
	return append(buttons, button(u.say("Ask me later"), Ordinary, kindCaseLater, caseArgs{}))
}

// answeredCard says who answered a case, when, and what came of it.
func (u *turn) answeredCard(c core.Case, a *core.Action) Card {
	card := Card{Private: true, Body: u.caseFacts(c)}
	when := u.moment(c.Answered)
	switch {
	case c.Answer == core.BySilence:
		card.Summary = u.say("Nobody answered, so since {time} I take this sign-in for one of yours.", when)
		none := u.button(u.say("It was none of us"), Danger, offering{kind: kindNotOurs, args: caseArgs{Case: c.ID}, life: lifeOfRow})
		if conn, ok := u.Desk.Connector(c.SignIn.Service); ok && c.SignIn.Device.ID != "" && conn.Can(core.CanSignOut) != core.No {
			none = u.button(u.say("It was none of us: sign it out"), Danger, offering{kind: kindCaseOut, args: caseArgs{Case: c.ID}, life: lifeOfRow})
		}
		card.Buttons = []Button{none}
	case c.Answer == core.Ours && c.By == u.me.ID && c.Whose == u.me.ID:
		card.Tone, card.Summary = Good, u.say("You said at {time} that this was you.", when)
	case c.Answer == core.Ours && c.By == c.Whose:
		card.Tone, card.Summary = Good, u.say("{member} said at {time}: \"It was me.\"", u.name(c.By), when)
	case c.Answer == core.Ours:
		card.Tone, card.Summary = Good, u.say("{who} said at {time} that this was {member}.", u.whoSaid(c), when, u.whoItWas(c))
	case a != nil:
		return u.signedOutCard(c, *a)
	default:
		card.Tone, card.Summary = Warn, u.say("{who} said at {time} that this was none of you.", u.whoSaid(c), when)
		card.Buttons = u.afterwards(c)
	}
	return card
}

func (u *turn) whoSaid(c core.Case) any {
	if c.By == u.me.ID {
		return u.say("You")
	}
	return u.name(c.By)
}

func (u *turn) whoItWas(c core.Case) any {
	switch c.Whose {
	case "":
		return u.say("one of you")
	case u.me.ID:
		return u.say("you")
	}
	return u.name(c.Whose)
}

// signedOutCard tells the outcome of a sign-out that answered a case, and what still has to be done.
func (u *turn) signedOutCard(c core.Case, a core.Action) Card {
	card := u.actionCard(a)
	said := append(u.caseFacts(c), u.say("{who} said at {time} that this was none of you.", u.whoSaid(c), u.moment(c.Answered)))
	card.Body = append(said, card.Body...)
	card.Buttons = append(card.Buttons, u.signOutOthers(c, a)...)
	if a.Outcome == core.Open && (a.Actor != u.me.ID || u.req.Handle == "") { // only the answer to who began it is sure to be redrawn
		card.Buttons = append(card.Buttons, u.lookButton(a))
	}
	reset := u.resetAfter(c)
	if a.Outcome == core.Open || len(reset) == 0 {
		return card
	}
	if c.SignIn.Account.Member == u.me.ID {
		card.Body = append(card.Body, u.say("Your password still works for whoever did this."))
	} else {
		card.Body = append(card.Body, u.say("{member}'s password still works for whoever did this.", u.name(c.SignIn.Account.Member)))
	}
	card.Buttons = append(reset, card.Buttons...)
	return card
}

// signOutOthers offer to sign out what else a case tells of and the action did not mean.
func (u *turn) signOutOthers(c core.Case, a core.Action) []Button {
	var buttons []Button
	for _, s := range c.All() {
		meant := slices.ContainsFunc(a.Targets, func(t core.Target) bool { return t.Ref.Service == s.Service && t.Ref.ID == s.Device.ID })
		conn, ok := u.Desk.Connector(s.Service)
		mine := u.me.Role == core.Owner || s.Account.Member == u.me.ID
		if meant || !mine || s.Device.ID == "" || !ok || conn.Can(core.CanSignOut) == core.No {
			continue
		}
		want := control.Want{Service: s.Service, Refs: []core.DeviceRef{s.Device}, Name: s.Name}
		buttons = append(buttons, u.button(u.label("Sign out {device}", watch.DeviceName(&s)), Danger, offering{kind: kindSignOut, args: signOutArgs{Want: want}, life: lifeOfRow}))
	}
	return buttons
}

// afterwards are the ways on where a device can not be signed out by itself.
func (u *turn) afterwards(c core.Case) []Button {
	buttons := u.resetAfter(c)
	whose := c.SignIn.Account.Member
	if conn, ok := u.Desk.Connector(c.SignIn.Service); ok && whose != "" && conn.Can(core.CanSignOutAll) != core.No {
		want := control.Want{Service: c.SignIn.Service, All: whose}
		buttons = append(buttons, u.button(u.label("Sign out all of {member}'s", u.name(whose)), Danger, offering{kind: kindSignOut, args: signOutArgs{Want: want}, life: lifeOfRow}))
	}
	return buttons
}

// resetAfter offers the password reset of the account.
func (u *turn) resetAfter(c core.Case) []Button {
	conn, ok := u.Desk.Connector(c.SignIn.Service)
	whose := c.SignIn.Account.Member
	if !ok || conn.Can(core.CanReset) == core.No {
		return nil
	}
	if _, has := conn.Account(whose); !has {
		return nil
	}
	label, style := u.label("Start {member}'s password reset", u.name(whose)), Ordinary
	if whose == u.me.ID {
		label = u.say("Start my password reset")
	}
	if c.Reset {
		style = Advised
	}
	return []Button{u.button(label, style, offering{kind: kindReset, args: resetArgs{c.SignIn.Service, whose}, life: lifeOfCase})}
}
