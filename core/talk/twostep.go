package talk

import (
	"context"
	"slices"
	"strings"
	"time"

	"latchstring/core"
)

// Whether an account asks for a second step is what somebody said, not what was seen: no service tells. It is kept with the
// settings of the member whose account it is, a word a service: "google=2026-05-12/leo".

// secondStepGood is how long an answer counts; then it is asked for again.
const secondStepGood = 365 * 24 * time.Hour

// secondStep is what somebody said of an account: that it asked for a second step on a day.
type secondStep struct {
	service core.ServiceID
	day     time.Time
	by      core.MemberID
}

func readSecondSteps(text string, zone *time.Location) []secondStep {
	var steps []secondStep
	for word := range strings.FieldsSeq(text) {
		service, said, _ := strings.Cut(word, "=")
		day, by, _ := strings.Cut(said, "/")
		if at, err := time.ParseInLocation(time.DateOnly, day, zone); err == nil {
			steps = append(steps, secondStep{core.ServiceID(service), at, core.MemberID(by)})
		}
	}
	return steps
}

func writeSecondSteps(steps []secondStep) string {
	var words []string
	for _, s := range steps {
		words = append(words, string(s.service)+"="+s.day.Format(time.DateOnly)+"/"+string(s.by))
	}
	return strings.Join(words, " ")
}

// stepArgs is what the buttons about a second step carry: whose account it is of.
type stepArgs = resetArgs

// secondSteps adds to a review what is known of second steps, and the question about one account that it is not known of.
func (u *turn) secondSteps(ctx context.Context, c *Card) {
	var has []Text
	asked := false
	for i := range u.Desk.Connectors {
		conn := &u.Desk.Connectors[i]
		if !offersSecondStep(conn) {
			continue
		}
		for _, a := range conn.Accounts {
			if !u.mayAnswerFor(a.Member) {
				continue
			}
			said, ok := u.secondStepOf(ctx, a)
			switch account := u.account(a.Service, a.Member); {
			case ok && said.by == u.me.ID:
				has = append(has, u.say("{account} (you said so on {day})", account, u.date(said.day)))
			case ok:
				has = append(has, u.say("{account} ({member} said so on {day})", account, u.name(said.by), u.date(said.day)))
			case !asked:
				asked = true
				c.Body = append(c.Body, u.say("Does {account} ask for a second step at sign-in, such as a code?", account))
				c.Buttons = append(c.Buttons, u.stepButtons(stepArgs{a.Service, a.Member}, true)...)
			}
		}
	}
	if len(has) > 0 {
		c.Body = append(c.Body, u.say("A second step is asked for by {accounts}.", joined(has)))
	}
}

// joined puts texts one after the other.
func joined(texts []Text) Text {
	var all Text
	for i, t := range texts {
		if i > 0 {
			all = append(all, Span{Text: ", "})
		}
		all = append(all, t...)
	}
	return all
}

func offersSecondStep(c *core.Connector) bool {
	if c.ByHand == nil {
		return false
	}
	_, ok := c.ByHand.Guide(core.TwoStep, nil)
	return ok
}

// mayAnswerFor tells whether the reader may say how somebody's account is: their own, or, as an owner, everybody's.
func (u *turn) mayAnswerFor(m core.MemberID) bool {
	whose := core.Others
	if m == u.me.ID {
		whose = core.Own
	}
	return core.May(u.me.Role, core.ChangeSettings, whose) == core.Allowed
}

// secondStepOf returns what was said of an account in the last year. Where it can not be read, it is not asked about now.
func (u *turn) secondStepOf(ctx context.Context, a core.Account) (secondStep, bool) {
	chosen, err := u.Settings.Settings(ctx, a.Member)
	if err != nil {
		return secondStep{day: u.now, by: u.me.ID}, true
	}
	for _, s := range readSecondSteps(chosen[core.TwoStepSetting], u.zone) {
		if s.service == a.Service && u.now.Sub(s.day) < secondStepGood {
			return s, true
		}
	}
	return secondStep{}, false
}

func (u *turn) stepButtons(args stepArgs, first bool) []Button {
	group := u.newID()
	press := func(label Text, kind string, style ButtonStyle) Button {
		return u.button(label, style, offering{kind: kind, args: args, group: group, life: lifeOfRow})
	}
	if !first {
		return []Button{press(u.say("It does now"), kindStepOn, Advised)}
	}
	return []Button{press(u.say("Yes, it does"), kindStepOn, Ordinary), press(u.say("No: show me how"), kindStepHow, Ordinary)}
}

// pressStep remembers that an account asks for a second step, or shows how it is made to.
func (u *turn) pressStep(ctx context.Context, o core.Offer, args stepArgs) Reply {
	if !u.mayAnswerFor(args.Member) {
		return u.failed(u.Desk.Allow(ctx, u.me, core.ChangeSettings, core.Others))
	}
	c, ok := u.Desk.Connector(args.Service)
	if !ok || !offersSecondStep(c) {
		return u.failed(core.ServiceError(core.NoService, string(args.Service), nil))
	}
	account := u.account(args.Service, args.Member)
	if o.Kind == kindStepHow {
		g, _ := c.ByHand.Guide(core.TwoStep, nil)
		card := Card{Private: true, Summary: u.say("This is how {account} is made to ask for a second step:", account)}
		for _, s := range g.Steps {
			card.Steps = append(card.Steps, u.text(s))
		}
		if g.Link != "" {
			card.Buttons = append(card.Buttons, Button{Label: u.say(g.Open), Link: g.Link, Style: Advised})
		}
		card.Buttons = append(card.Buttons, u.stepButtons(args, false)...)
		card.Body = append(card.Body, u.say("I ask again at the next review."))
		return Reply{Card: card}
	}
	chosen, err := u.Settings.Settings(ctx, args.Member)
	if err != nil {
		return u.failed(core.RecordError(err))
	}
	steps := slices.DeleteFunc(readSecondSteps(chosen[core.TwoStepSetting], u.zone), func(s secondStep) bool { return s.service == args.Service })
	steps = append(steps, secondStep{args.Service, u.now.In(u.zone), u.me.ID})
	if err := u.Settings.SetSetting(ctx, args.Member, core.TwoStepSetting, writeSecondSteps(steps)); err != nil {
		return u.failed(core.RecordError(err))
	}
	return Reply{Card: Card{Tone: Good, Private: true, Summary: u.say("Noted: {account} asks for a second step.", account), Buttons: []Button{again(u.say("On with the review"), "review page 999")}}}
}
