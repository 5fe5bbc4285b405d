package discord

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"latchstring/core"
	"latchstring/core/talk"
)

// longestRest is how long an answer waits when Discord asks for patience. What is to wait for longer comes too late.
const longestRest = time.Minute

// answer shows the reply to an interaction, however often it takes.
type answer struct {
	chat    *Chat
	on      *interaction
	request talk.Request
	shown   int // messages of the reply that could be shown, for the next try
}

// prepare waits for the acknowledgement. What Discord calls too old is late; how late nobody tells.
func (a *answer) prepare(ctx context.Context, r *talk.Request) {
	g := a.chat.live.of(a.on.ID)
	if g == nil {
		return // an earlier process took it in, and acknowledged it if it could
	}
	select {
	case <-g.acked:
	case <-ctx.Done():
		return
	}
	if f := failureOf(g.err); f != nil && f.code == unknownInteraction {
		if late := a.chat.now().Add(-lateBy); late.Before(r.At) {
			r.At = late
		}
	}
}

// show shows a reply. An error is worth another try. What only announces work is not: when it could be shown, the outcome
// may stand in its place already.
func (a *answer) show(ctx context.Context, reply talk.Reply) error {
	err := a.try(ctx, reply)
	for f := failureOf(err); f != nil && 0 < f.after && f.after <= longestRest && pause(ctx, f.after); f = failureOf(err) {
		err = a.try(ctx, reply)
	}
	f := failureOf(err)
	switch {
	case err == nil:
		return nil
	case reply.Then != nil && ctx.Err() == nil, f != nil && f.err == nil && f.status < http.StatusInternalServerError:
		a.chat.log.Warn("answer not shown", slog.Any("cause", err))
		return nil
	}
	return err
}

// try shows a reply by the interaction's token, or, when that is of no use any more, in a message of its own.
func (a *answer) try(ctx context.Context, reply talk.Reply) error {
	g := a.chat.live.of(a.on.ID)
	if g == nil || g.err != nil {
		return a.aside(ctx, reply)
	}
	err := a.byToken(ctx, g, reply)
	if f := failureOf(err); f != nil && isOver(f) {
		return a.aside(ctx, reply)
	}
	return err
}

// isOver tells whether a token is of no use any more.
func isOver(f *failure) bool {
	return f.code == unknownInteraction || f.code == unknownWebhook || f.code == invalidToken
}

// byToken shows a reply in the message that is to come or that was pressed, or in a new one that only the person sees, and
// goes on in more of those where one has no room for it. What is for one person's eyes takes no place where others read.
func (a *answer) byToken(ctx context.Context, g *grip, reply talk.Reply) error {
	c := a.chat
	if reply.Card.Summary.Empty() {
		if a.on.Type == byPress {
			return nil
		}
		return c.takeAway(ctx, original("silence", http.MethodDelete, g))
	}
	hidden := reply.Card.Private || reply.Card.Secret()
	inPlace := a.on.Type != byPress || reply.Redraw && (a.on.private() || !hidden)
	for bodies := spread(&reply.Card, arrange); a.shown < len(bodies); a.shown++ {
		drawn := bodies[a.shown]
		if inPlace && a.shown == 0 {
			err := c.client.do(ctx, original("answer", http.MethodPatch, g), drawn, nil)
			if err == nil && reply.Card.Secret() {
				c.lapses.Add(original("secret taken away", http.MethodDelete, g), reply.Card.Lapses)
			}
			if err == nil {
				continue
			}
			if failureOf(err).code != unknownMessage {
				return err
			}
		}
		if err := a.follow(ctx, g, &reply.Card, drawn); err != nil {
			return err
		}
	}
	return nil
}

// follow shows a part of a card in a message more, which only the person sees.
func (a *answer) follow(ctx context.Context, g *grip, card *talk.Card, drawn body) error {
	drawn.Flags |= ephemeral
	var sent pressed
	if err := a.chat.client.do(ctx, hook("answer", http.MethodPost, g, ""), drawn, &sent); err != nil {
		return err
	}
	if card.Secret() {
		a.chat.lapses.Add(hook("secret taken away", http.MethodDelete, g, "/messages/"+sent.ID), card.Lapses)
	}
	return nil
}

// aside shows a reply without the interaction. A secret is not worth that: it can be asked for again.
func (a *answer) aside(ctx context.Context, reply talk.Reply) error {
	if reply.Card.Summary.Empty() {
		return nil
	}
	if reply.Card.Secret() {
		a.chat.log.Warn("a secret is not shown: its question is too old")
		return nil
	}
	source := core.Source{}
	if reply.Redraw {
		source = core.Source{Contact: a.request.From, Room: a.request.Room, Message: a.request.Message, Public: !a.request.Private}
	}
	_, err := a.chat.Send(ctx, core.Contact{Chat: core.Discord, User: a.on.who().ID}, source, reply.Card, core.DeliveryID("i"+a.on.ID))
	return err
}

// original is a call about the first answer to an interaction, or the message that was pressed.
func original(what, method string, g *grip) call {
	return hook(what, method, g, "/messages/@original")
}

// hook is a call that the token of an interaction allows.
func hook(what, method string, g *grip, path string) call {
	return call{what, method, "/webhooks/" + g.app + "/" + g.token + path, true}
}

// takeAway makes a call that deletes a message. One that is not there any more is done with.
func (c *Chat) takeAway(ctx context.Context, k call) error {
	err := c.client.do(ctx, k, nil, nil)
	if f := failureOf(err); f != nil && f.err == nil && f.after == 0 && f.status < http.StatusInternalServerError {
		c.log.Debug("message not taken away", slog.Any("cause", err))
		return nil
	}
	return err
}
