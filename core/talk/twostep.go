package talk

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"latchstring/core"
)

// Whether an account asks for a second step is what somebody said, not what was seen: no service tells. It is kept with the
// settings of the member whose account it is, as JSON, at most one for each service of the config.

// secondStepGood is how long an answer counts; then it is asked for again.
const secondStepGood = 365 * 24 * time.Hour

// onWithReview leads back to the end of a review, where the next account is asked about.
const onWithReview = "review page 999"

// secondStep is what somebody said of an account on a day.
type secondStep struct {
	Service core.ServiceID `json:"service"`
	Day     string         `json:"day"` // in the household's zone: "2026-05-12"
	By      core.MemberID  `json:"by"`
	Asked   bool           `json:"asked"` // for a second step at sign-in; else By does not want to hear of it again that day
}

// readSecondSteps returns what was said of a member's accounts; of what can not be read, nothing was.
func readSecondSteps(chosen map[core.Setting]string) []secondStep {
	var steps []secondStep
	if json.Unmarshal([]byte(chosen[core.TwoStepSetting]), &steps) != nil {
		return nil
	}
	return steps
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
			account := u.account(a.Service, a.Member)
			switch said, day, err := u.secondStepOf(ctx, a); {
			case err != nil: // it is not asked about now
			case said.Asked && said.By == u.me.ID:
				has = append(has, u.say("{account} (you said so on {day})", account, u.date(day)))
			case said.Asked:
				has = append(has, u.say("{account} ({member} said so on {day})", account, u.name(said.By), u.date(day)))
			case !asked && said.Service == "":
				asked = true
				c.Body = append(c.Body, u.say("Does {account} ask for a second step at sign-in, such as a code?", account))
				c.Buttons = append(c.Buttons, u.stepButtons(stepArgs{a.Service, a.Member})...)
			}
		}
	}
	if len(has) > 0 {
		c.Body = append(c.Body, u.say("A second step is asked for by {accounts}.", u.joined(has)))
	}
}

// joined puts texts one after the other, so many that a person reads them.
func (u *turn) joined(texts []Text) Text {
	const most = 8
	var all Text
	for i, t := range texts {
		if i == most {
			return append(all, u.say(" and {n} more", len(texts)-most)...)
		}
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

// secondStepOf returns what was said of an account that still counts, and the day of it: that it asks for a second step, within
// a year, or that the reader does not want to be asked today. Nothing: it is worth a question.
func (u *turn) secondStepOf(ctx context.Context, a core.Account) (secondStep, time.Time, error) {
	chosen, err := u.Settings.Settings(ctx, a.Member)
	if err != nil {
		return secondStep{}, time.Time{}, core.RecordError(err)
	}
	for _, s := range readSecondSteps(chosen) {
		day, err := time.ParseInLocation(time.DateOnly, s.Day, u.House.Zone)
		if err != nil || s.Service != a.Service {
			continue
		}
		if s.Asked && u.now.Sub(day) < secondStepGood || !s.Asked && s.By == u.me.ID && s.Day == u.today() {
			return s, day, nil
		}
	}
	return secondStep{}, time.Time{}, nil
}

// today is the day in the household's zone.
func (u *turn) today() string { return u.now.In(u.House.Zone).Format(time.DateOnly) }

func (u *turn) stepButtons(args stepArgs) []Button {
	press := func(label Text, kind string) Button {
		return u.button(label, Ordinary, offering{kind: kind, args: args, life: lifeOfRow})
	}
	return []Button{press(u.say("Yes, it does"), kindStepOn), press(u.say("No: show me how"), kindStepHow), press(u.say("Not now"), kindStepLater)}
}

// pressStep remembers what is said of an account's second step, and shows how it is turned on to who asks.
func (u *turn) pressStep(ctx context.Context, o core.Offer, args stepArgs) Reply {
	if !u.mayAnswerFor(args.Member) {
		return u.failed(u.Desk.Allow(ctx, u.me, core.ChangeSettings, core.Others))
	}
	c, ok := u.Desk.Connector(args.Service)
	if !ok || !offersSecondStep(c) {
		return u.failed(core.ServiceError(core.NoService, string(args.Service), nil))
	}
	said := secondStep{Service: args.Service, Day: u.today(), By: u.me.ID, Asked: o.Kind == kindStepOn}
	if err := u.saySecondStep(ctx, args.Member, said); err != nil {
		return u.failed(core.RecordError(err))
	}
	account := u.account(args.Service, args.Member)
	card := Card{Tone: Good, Private: true, Summary: u.say("Noted: {account} asks for a second step.", account)}
	switch o.Kind {
	case kindStepHow:
		card = u.stepGuide(c, args)
	case kindStepLater:
		card = Card{Private: true, Summary: u.say("All right, I ask about {account} at the next review.", account)}
	}
	card.Buttons = append(card.Buttons, again(u.say("On with the review"), onWithReview))
	return Reply{Card: card}
}

// stepGuide shows how an account is made to ask for a second step.
func (u *turn) stepGuide(c *core.Connector, args stepArgs) Card {
	g, _ := c.ByHand.Guide(core.TwoStep, nil)
	card := Card{Private: true, Summary: u.say("This is how {account} is made to ask for a second step:", u.account(args.Service, args.Member))}
	card.Body = append(card.Body, u.say("I ask again at the next review."))
	u.guide(&card, g)
	on := u.button(u.say("It does now"), Advised, offering{kind: kindStepOn, args: args, life: lifeOfRow})
	card.Buttons = append(card.Buttons, on)
	return card
}

// saySecondStep keeps what was said of a member's account, in place of what was said before. What is about services that the
// config names no more is dropped.
func (u *turn) saySecondStep(ctx context.Context, m core.MemberID, said secondStep) error {
	chosen, err := u.Settings.Settings(ctx, m)
	if err != nil {
		return err
	}
	steps := slices.DeleteFunc(readSecondSteps(chosen), func(s secondStep) bool {
		_, there := u.Desk.Connector(s.Service)
		return !there || s.Service == said.Service
	})
	raw, err := json.Marshal(append(steps, said))
	if err != nil {
		return err
	}
	return u.Settings.SetSetting(ctx, m, core.TwoStepSetting, string(raw))
}
