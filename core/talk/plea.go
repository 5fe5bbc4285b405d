package talk

import (
	"context"
	"strings"

	"latchstring/core"
)

// pleaArgs is what the buttons of a plea carry.
type pleaArgs struct {
	Service core.ServiceID `json:"service"`
	Member  core.MemberID  `json:"member"` // who is to be asked; of an answer: who asked
}

// The answers to a plea, as deliveries carry them.
const (
	pleaSoon = "soon"
	pleaDone = "done"
)

// pressPlea asks nicely, or answers.
func (u *turn) pressPlea(ctx context.Context, o core.Offer) Reply {
	var args pleaArgs
	if err := decode(o, &args); err != nil {
		return u.failed(err)
	}
	if err := u.Offers.TakeOffer(ctx, o.ID, u.me.ID, u.now); err != nil {
		return u.unless(err)
	}
	if o.Kind == kindPlea {
		again, err := u.Desk.AskToFinish(ctx, u.me, args.Service, args.Member)
		switch {
		case err != nil:
			return u.failed(err, u.lookAtStreams())
		case !again.IsZero():
			return Reply{Card: Card{Private: true, Summary: u.say("You asked {member} a moment ago; ask again from {time} on.", u.name(args.Member), u.moment(again))}}
		}
		return Reply{Card: Card{Private: true, Summary: u.say("I asked {member}, and tell you the answer.", u.name(args.Member))}}
	}
	answer := pleaSoon
	if o.Kind == kindFinished {
		answer = pleaDone
	}
	if err := u.Desk.AnswerPlea(ctx, u.me, args.Member, answer); err != nil {
		return u.failed(err)
	}
	return Reply{Redraw: true, Card: Card{Private: true, Summary: u.say("I told {member}: {answer}", u.name(args.Member), u.pleaAnswer(answer))}}
}

func (u *turn) pleaAnswer(answer string) Text {
	if answer == pleaDone {
		return u.say("done.")
	}
	return u.say("5 more minutes.")
}

// pleaCard asks a member whether they could finish soon. What is asked an hour ago is no question any more.
func (u *turn) pleaCard(d core.Delivery) (Card, error) {
	who, service, _ := strings.Cut(d.Subject, "/")
	asker := core.MemberID(who)
	if _, still := u.House.Member(asker); !still || u.now.Sub(d.Made) > lifeOfAsking {
		return Card{}, core.ErrNone
	}
	c := Card{Private: true, Summary: u.say("{member} asks whether you could finish soon.", u.name(asker))}
	if conn, ok := u.Desk.Connector(core.ServiceID(service)); ok && conn.Limit > 0 {
		c.Body = u.streamLimit(conn)
	} else {
		c.Body = []Text{u.say("It is about {service}.", u.title(core.ServiceID(service)))}
	}
	group, args := u.newID(), pleaArgs{core.ServiceID(service), asker}
	answer := func(label, kind string) Button {
		return u.button(u.say(label), Ordinary, offering{kind: kind, args: args, group: group, once: true, life: lifeOfAsking})
	}
	c.Buttons = []Button{answer("5 more minutes", kindSoon), answer("Done", kindFinished)}
	return c, nil
}

// replyCard brings the answer to who asked.
func (u *turn) replyCard(d core.Delivery) (Card, error) {
	who, answer, _ := strings.Cut(d.Subject, "/")
	c := Card{Private: true, Summary: u.say("{member} says: {answer}", u.name(core.MemberID(who)), u.pleaAnswer(answer))}
	if answer == pleaDone {
		c.Tone = Good
	}
	c.Buttons = []Button{u.lookAtStreams()}
	return c, nil
}
