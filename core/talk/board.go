package talk

import (
	"context"

	"latchstring/core"
)

// onBoard tells whether news are for the household's own room, where everybody reads.
func onBoard(d core.Delivery) bool {
	return d.News == core.NewsBoard || d.News == core.NewsRedraw && d.Source.Public
}

// boardCard tells the household's room of a case, and of its end. Everybody reads there, so it says neither from where nor
// by which address, and has no buttons.
func (u *turn) boardCard(ctx context.Context, c core.Case) Card {
	s, service := c.SignIn, u.title(c.SignIn.Service)
	what := u.say("Somebody signed in to {service}, {when}, unlike any of you.", service, u.ago(s.At))
	if m := s.Account.Member; m != "" {
		what = u.say("Somebody signed in to {member}'s {service}, {when}, unlike {member} does.", u.name(m), service, u.ago(s.At))
	}
	if c.Open() {
		var names []string
		for _, m := range c.Asked {
			names = append(names, u.name(m))
		}
		return Card{Tone: Alarm, Summary: what, Body: []Text{u.say("I asked {people} in private.", u.list(names))}}
	}
	card := Card{Tone: Good, Quiet: true, Summary: what}
	switch {
	case c.Answer == core.BySilence:
		card.Tone = Calm
		card.Body = append(card.Body, u.say("Nobody answered, so since {time} I take it for one of yours.", u.moment(c.Answered)))
	case c.Answer == core.Ours && c.Whose != "":
		card.Body = append(card.Body, u.say("It was {member}, said {who} at {time}.", u.name(c.Whose), u.name(c.By), u.moment(c.Answered)))
	case c.Answer == core.Ours:
		card.Body = append(card.Body, u.say("It was one of you, said {who} at {time}.", u.name(c.By), u.moment(c.Answered)))
	default:
		card.Tone = Warn
		card.Body = append(card.Body, u.say("It was none of you, said {who} at {time}.", u.name(c.By), u.moment(c.Answered)))
		if a, err := u.Desk.Action(ctx, u.me, c.Action); err == nil {
			card.Body = append(card.Body, u.say("Signed out: {outcome}.", u.outcome(core.Entry{Outcome: a.Outcome})))
		}
	}
	return card
}
