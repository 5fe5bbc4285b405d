package talk

import (
	"context"
	"errors"
	"slices"

	"latchstring/core"
	"latchstring/core/control"
)

// streamArgs is what the buttons of a stream carry. What plays on it is not written down.
type streamArgs struct {
	Stream control.StreamRef `json:"stream"`
}

// streamsPerCard is how many streams are listed of all services together.
const streamsPerCard = 8

// watching answers "watching": who plays what where, and whether a stream is left.
func (u *turn) watching(ctx context.Context, said []string) Reply {
	r := u.read(said)
	if len(r.rest) > 0 {
		var tell []*core.Connector
		for i := range u.Desk.Connectors {
			if c := &u.Desk.Connectors[i]; c.Streams != nil {
				tell = append(tell, c)
			}
		}
		return u.unreadAt(tell, "watching", r)
	}
	playing, silent, err := u.Desk.Streams(ctx, u.me)
	if err != nil {
		return u.failed(err)
	}
	if r.service != nil {
		if slices.Contains(silent, r.service) {
			return u.cannot(r.service.Service, core.CanStreams, core.ServiceError(core.Cannot, r.service.Title, nil))
		}
		playing, silent = slices.DeleteFunc(playing, func(p control.Playing) bool { return p.Connector != r.service }), nil
	}
	c := Card{Private: true}
	c.Tone, c.Summary = u.streamSummary(playing)
	room := streamsPerCard
	for _, p := range playing {
		g := u.streamGroup(p, r.member, room)
		room -= len(g.Rows)
		c.Groups = append(c.Groups, g)
	}
	if len(silent) > 0 {
		c.Body = append(c.Body, u.say("What plays at {services} I can not see.", u.list(titles(silent))))
	}
	if len(playing) > 0 {
		c.Buttons = []Button{again(u.say("Look again"), u.reqText("watching"))}
	}
	return Reply{Card: c}
}

// streamSummary is the one line that says it all: a service that is full comes first.
func (u *turn) streamSummary(playing []control.Playing) (Tone, Text) {
	total, unread := 0, false
	for _, p := range playing {
		total, unread = total+len(p.Streams), unread || p.Err != nil
	}
	for _, p := range playing {
		switch n, limit := len(p.Streams), p.Connector.Limit; {
		case limit == 0 || n < limit:
		case n == limit:
			return Warn, u.say("{service} has no stream left: {n} of {limit} are in use.", p.Connector.Title, n, limit)
		default:
			return Warn, u.say("{service} is over its limit: {n} streams play, {limit} are meant to.", p.Connector.Title, n, limit)
		}
	}
	switch {
	case len(playing) == 0:
		return Calm, u.say("No service here tells what plays.")
	case total > 0:
		return Calm, u.count(total, "One stream plays now.", "{n} streams play now.")
	case unread:
		return Warn, u.say("As far as I can see, nothing plays now.")
	}
	return Calm, u.say("Nothing plays now.")
}

// streamGroup lists what plays at one service, of one member or of everybody.
func (u *turn) streamGroup(p control.Playing, only *core.Member, room int) Group {
	g := Group{Title: Words(p.Connector.Title)}
	n, limit := len(p.Streams), p.Connector.Limit
	switch {
	case p.Err != nil:
		g.Note = u.errorText(p.Err)
		return g
	case limit > 0:
		g.Note = u.count(limit, "{used} of 1 stream", "{used} of {n} streams", n)
	case n == 0:
		g.Note = u.say("nothing")
	}
	for _, s := range p.Streams {
		if only != nil && s.Account.Member != only.ID {
			continue
		}
		if len(g.Rows) == room {
			more := u.say("only some of them are listed here")
			if !g.Note.Empty() {
				more = u.say("{note}; {more}", g.Note, more)
			}
			g.Note = more
			break
		}
		g.Rows = append(g.Rows, u.streamRow(p.Connector, s))
	}
	return g
}

// streamLimit says how many streams a service allows at once, where that is known.
func (u *turn) streamLimit(c *core.Connector) []Text {
	if c.Limit == 0 {
		return nil
	}
	return []Text{u.count(c.Limit, "{service} plays one stream at a time.", "{service} plays {n} streams at a time.", c.Title)}
}

// streamRow is one stream. Who may not see other people's devices is told only who it is that plays something.
func (u *turn) streamRow(c *core.Connector, s core.Stream) Row {
	whose := s.Account.Member
	var row Row
	switch {
	case u.seesAll() || whose == u.me.ID:
		row = Row{Title: u.say("{device}", u.device(s.Name)), Facts: u.streamFacts(s)}
	case whose == "":
		row = Row{Title: u.say("Somebody who is nobody here"), Facts: []Text{u.say("plays something")}}
	default:
		row = Row{Title: Words(u.name(whose)), Facts: []Text{u.say("plays something")}}
	}
	if whose != "" && whose != u.me.ID && u.reachable(whose) {
		row.Buttons = append(row.Buttons, u.button(u.label("Ask {member} nicely", u.name(whose)), Ordinary,
			offering{kind: kindPlea, args: pleaArgs{c.Service, whose}, once: true, life: lifeOfAsking}))
	}
	if c.Stop != nil && u.mayStop(whose) {
		row.Buttons = append(row.Buttons, u.button(u.label("Stop {device}", s.Name), Ordinary,
			offering{kind: kindStop, args: streamArgs{control.RefOf(s)}, life: lifeOfAsking}))
	}
	return row
}

func (u *turn) mayStop(whose core.MemberID) bool {
	touches := core.Others
	if whose == u.me.ID {
		touches = core.Own
	}
	return core.May(u.me.Role, core.StopStream, touches) == core.Allowed
}

// streamFacts say who plays what on a device, and where.
func (u *turn) streamFacts(s core.Stream) []Text {
	who := u.say("account {login} of nobody here", foreign(s.Account.Login))
	switch {
	case s.Account.Member == u.me.ID:
		who = u.say("you")
	case s.Account.Member != "":
		who = Words(u.name(s.Account.Member))
	case s.Account.Login == "":
		who = u.say("nobody's here")
	}
	facts := []Text{who, u.whatPlays(s)}
	if s.Paused {
		facts = append(facts, u.say("paused"))
	}
	if where := u.where(s.Session); !where.Empty() {
		facts = append(facts, where)
	}
	return facts
}

func (u *turn) whatPlays(s core.Stream) Text {
	if s.Title == "" {
		return u.say("something")
	}
	return u.say("\"{title}\"", foreign(s.Title))
}

// reqText is what the reader typed, or what stands for it where they pressed a button.
func (u *turn) reqText(otherwise string) string {
	if u.req.Text != "" {
		return u.req.Text
	}
	return otherwise
}

// pressStop does what the buttons that stop a stream mean.
func (u *turn) pressStop(ctx context.Context, o core.Offer) Reply {
	var args streamArgs
	if err := decode(o, &args); err != nil {
		return u.failed(err)
	}
	if o.Kind == kindStopNow {
		return u.stopStream(ctx, o, args.Stream)
	}
	return u.askStop(ctx, args.Stream)
}

// askStop asks before a stream is stopped, and says whose it is.
func (u *turn) askStop(ctx context.Context, ref control.StreamRef) Reply {
	c, s, err := u.Desk.PlanStop(ctx, u.me, ref)
	switch {
	case errors.Is(err, core.ErrNone):
		return Reply{Card: u.nothingPlays(ref)}
	case err != nil:
		return u.failed(err, u.lookAtStreams())
	}
	card := Card{Private: true, Summary: u.say("Stop {title} on {device}?", u.whatPlays(s), u.device(s.Name))}
	switch whose := s.Account.Member; whose {
	case u.me.ID:
		card.Body = append(card.Body, u.say("You play it."))
	case "":
		card.Body = append(card.Body, u.say("Somebody who is nobody here plays it."))
	default:
		card.Body = append(card.Body, u.say("{member} plays it.", u.name(whose)))
	}
	if s.Screen && s.Account.Member != u.me.ID {
		card.Body = append(card.Body, u.say("The screen says first that it was you."))
	}
	card.Body = append(card.Body, u.say("Nobody is signed out of {service} by it.", c.Title))
	group := u.newID()
	card.Buttons = []Button{
		u.button(u.say("Yes, stop it"), Danger, offering{kind: kindStopNow, args: streamArgs{control.RefOf(s)}, group: group, once: true, life: lifeOfQuestion}),
		u.button(u.say("Let it play"), Ordinary, offering{kind: kindNever, group: group, once: true, life: lifeOfQuestion}),
	}
	return Reply{Card: card}
}

// stopStream does what was confirmed, and says what came of it.
func (u *turn) stopStream(ctx context.Context, o core.Offer, ref control.StreamRef) Reply {
	if err := u.Offers.TakeOffer(ctx, o.ID, u.me.ID, u.now); err != nil {
		return u.unless(err)
	}
	words := ""
	if ref.Account.Member != u.me.ID {
		words = u.say("{member} ends this, so that somebody else can watch.", u.me.Name).String()
	}
	outcome, err := u.Desk.StopStream(ctx, u.me, ref, words)
	c := Card{Tone: Warn, Private: true, Buttons: []Button{u.lookAtStreams()}}
	device, service := u.device(ref.Name), u.title(ref.Device.Service)
	switch {
	case err != nil:
		r := u.failed(err, u.lookAtStreams())
		r.Redraw = true
		return r
	case outcome == core.WasGone:
		c = u.nothingPlays(ref)
	case outcome == core.Gone:
		c.Tone, c.Summary = Good, u.say("{device} has stopped. I looked again: nothing plays there.", device)
	case outcome == core.StillThere:
		c.Summary = u.say("{device} still plays, though {service} said yes.", device, service)
	default:
		c.Summary = u.say("I asked {service} to stop {device}. I do not know whether it worked.", service, device)
	}
	return Reply{Card: c, Redraw: true}
}

func (u *turn) nothingPlays(ref control.StreamRef) Card {
	return Card{Private: true, Summary: u.say("Nothing plays on {device} any more.", u.device(ref.Name)), Buttons: []Button{u.lookAtStreams()}}
}

func (u *turn) lookAtStreams() Button { return again(u.say("Look what plays now"), "watching") }
