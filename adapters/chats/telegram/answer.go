package telegram

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"latchstring/core/talk"
)

// longestRest is how long an answer waits when Telegram asks for patience. What is to wait for longer comes too late.
const longestRest = time.Minute

// answer shows the reply to a request, however often it takes.
type answer struct {
	chat    *Chat
	request talk.Request
	at      place
	to      int // the message that was written; 0: a button was pressed

	planned  bool
	showings []*showing
}

// show shows a reply, or goes on where an earlier try failed. An error is worth another try. What only announces work is
// not: when it could be shown, the outcome may stand in its place already.
func (a *answer) show(ctx context.Context, reply talk.Reply) error {
	if !a.planned {
		a.planned, a.showings = true, a.plan(reply)
	}
	for _, s := range a.showings {
		err := s.run(ctx)
		for f := failureOf(err); f != nil && 0 < f.after && f.after <= longestRest && pause(ctx, f.after); f = failureOf(err) {
			err = s.run(ctx)
		}
		switch {
		case err == nil:
		case isForGood(err) || reply.Then != nil && ctx.Err() == nil:
			a.chat.log.Warn("answer not shown", slog.Any("cause", err))
		default:
			return err
		}
	}
	return nil
}

// plan decides where a reply is shown. Where others read, facts are for the household's group only, and secrets for nobody:
// a member who asks there is asked to talk in private, and finds the secret there.
func (a *answer) plan(reply talk.Reply) []*showing {
	c := a.chat
	if reply.Card.Summary.Empty() {
		return nil
	}
	first := &showing{chat: c, at: a.at, drawing: draw(&reply.Card)}
	if reply.Redraw {
		first.edit = number(a.request.Message)
	}
	if a.request.Private {
		return []*showing{first}
	}
	first.replies = a.to
	atHome := c.isHome(a.at.chat)
	if atHome && !reply.Card.Secret() {
		return []*showing{first}
	}
	aside := c.talk.InPrivate(c.private())
	plan := []*showing{first}
	if own, err := placeOf(a.request.From.User); err == nil && atHome {
		plan = append(plan, &showing{chat: c, at: own, drawing: first.drawing})
	}
	first.drawing = draw(&aside)
	return plan
}

// The times of a press.
const (
	pressPatience = 15 * time.Second // so long Telegram takes the answer to a press
	lateBy        = 61 * time.Second // a press that Telegram calls too old was late by more than talk acts on
	pressTries    = 3
)

// acknowledge answers a press with nothing, so that the person's app stops waiting. A press that Telegram had kept for too
// long is late; how late nobody tells. So is one that waited at Telegram for an unknown time and is not taken. One that has
// been in the inbox for longer was answered before a restart, or can not be any more.
func (c *Chat) acknowledge(ctx context.Context, id string, arrived time.Time, r *talk.Request) {
	unsure := c.unsure.take(id)
	for try := 1; c.now().Sub(arrived) < pressPatience; try++ {
		err := c.client.call(ctx, "answerCallbackQuery", tgbotapi.Params{"callback_query_id": id}, nil)
		f := failureOf(err)
		switch {
		case f == nil:
			return // Telegram takes no answer to an old press, so it is a young one
		case unsure:
			r.At = c.now().Add(-lateBy)
			return
		case f.says("query is too old", "query id is invalid") && arrived.Before(c.began):
			return // an earlier process may have answered it just before it ended; how old the press is, its arrival tells
		case f.says("query is too old", "query id is invalid"):
			if late := c.now().Add(-lateBy); late.Before(r.At) {
				r.At = late
			}
			c.log.Debug("press was too old", slog.Any("cause", err))
			return
		case try == pressTries || !f.unsent && f.code < http.StatusInternalServerError:
			c.log.Warn("press not answered", slog.Any("cause", err))
			return
		}
		wait := max(f.after, shortestPause)
		if c.now().Add(wait).Sub(arrived) >= pressPatience || !pause(ctx, wait) {
			return
		}
	}
}

// ids is a set of presses. It holds no more than came in with one poll after a pause.
type ids struct {
	mu  sync.Mutex
	set map[string]struct{}
}

func (i *ids) add(id string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.set == nil {
		i.set = map[string]struct{}{}
	}
	i.set[id] = struct{}{}
}

// take tells whether an id is there, and forgets it.
func (i *ids) take(id string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	_, there := i.set[id]
	delete(i.set, id)
	return there
}
