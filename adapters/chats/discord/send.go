package discord

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"latchstring/core"
	"latchstring/core/talk"
)

// longestNonce is how much Discord takes to know a repeated message by.
const longestNonce = 25

// Send shows a card to a person: in the message the source names, if that can still be changed, else in their private
// channel, which a source without a room means. A public source without a message means the household's channel. What is for one person's eyes, or secret, is
// shown where nobody else reads, whatever the source says; what is nobody's alone goes to the household's channel where a
// person takes no private messages. The delivery's id is the nonce, so that a repeat within some minutes is no second
// message. A card that is too long for one message is shown in several; the message that is returned is the last of them,
// which has the buttons.
func (c *Chat) Send(ctx context.Context, to core.Contact, source core.Source, card talk.Card, id core.DeliveryID) (string, error) {
	if to.Chat != core.Discord || !numberForm.MatchString(to.User) {
		return "", &talk.SendError{Permanent: true, Err: errors.New("this is nobody's number at Discord")}
	}
	if card.Summary.Empty() {
		return "", nil
	}
	if source.Message != "" && source.Room == "" && source.Contact == to {
		room, err := c.direct(ctx, to.User)
		if err != nil {
			return "", sendError(err)
		}
		source.Room = room // a message of their own channel
	}
	open := !card.Private && !card.Secret()
	if source.Message != "" && source.Contact.Chat == core.Discord && (!source.Public || open) {
		message, err := c.redraw(ctx, to, source, &card, id)
		if err != nil {
			return "", sendError(err)
		}
		if message != "" {
			return message, nil
		}
	}
	sheets := mail{card: &card, bodies: spread(&card, draw), id: id}
	home := open && c.cfg.Channel != ""
	var message string
	var err error
	if home && source.Public && source.Message == "" && source.Room == c.cfg.Channel {
		message, err = c.post(ctx, c.cfg.Channel, sheets)
	} else if message, err = c.write(ctx, to.User, sheets); home && isForGood(err) {
		c.log.Warn("a person takes no private messages; telling it in the household's channel", slog.Any("cause", err))
		message, err = c.post(ctx, c.cfg.Channel, sheets)
	}
	if err != nil {
		return "", sendError(err)
	}
	return message, nil
}

// mail is a card as it is sent: a message, or several one after the other.
type mail struct {
	card   *talk.Card
	bodies []body
	id     core.DeliveryID
	shown  int // messages of the same delivery that came before
}

func sendError(err error) error {
	e := &talk.SendError{Permanent: isForGood(err), Err: err}
	if f := failureOf(err); f != nil {
		e.After = f.after
	}
	return e
}

// isForGood tells whether nobody can be written to there any more. A refused token is not about the place.
func isForGood(err error) bool {
	f := failureOf(err)
	return f != nil && f.err == nil && (f.status == http.StatusForbidden || f.status == http.StatusNotFound || f.status == http.StatusBadRequest)
}

// redraw changes the message of a source: by the token of the press on it while that is good, else as any of the bot's. It
// returns the message that has the buttons now; "" says that the source's could not be changed.
func (c *Chat) redraw(ctx context.Context, to core.Contact, source core.Source, card *talk.Card, id core.DeliveryID) (string, error) {
	bodies := spread(card, arrange)
	changed, err := c.change(ctx, source, card, bodies[0])
	if err != nil || !changed {
		return "", err
	}
	more := mail{card: card, bodies: bodies[1:], id: id, shown: 1}
	switch {
	case len(more.bodies) == 0:
		return source.Message, nil
	case strings.HasPrefix(source.Message, ownPrefix):
		return c.write(ctx, to.User, more)
	}
	return c.post(ctx, source.Room, more)
}

// change changes a message, and tells whether it could be changed.
func (c *Chat) change(ctx context.Context, source core.Source, card *talk.Card, drawn body) (bool, error) {
	id, own := strings.CutPrefix(source.Message, ownPrefix)
	if g := c.live.on(id); g != nil {
		err := c.client.do(ctx, original("outcome", http.MethodPatch, g), drawn, nil)
		f := failureOf(err)
		switch {
		case err == nil:
			if card.Secret() {
				c.lapses.Add(original("secret taken away", http.MethodDelete, g), card.Lapses)
			}
			return true, nil
		case f.code == unknownMessage:
			return false, nil
		case !isOver(f):
			return false, err
		}
	}
	if own || card.Secret() {
		return false, nil // only its reader's app has it, or it is to be a new message, which is taken away
	}
	err := c.client.do(ctx, call{"outcome", http.MethodPatch, "/channels/" + source.Room + "/messages/" + id, false}, drawn, nil)
	if isForGood(err) {
		return false, nil
	}
	return err == nil, err
}

// write shows a card in a person's private channel.
func (c *Chat) write(ctx context.Context, user string, m mail) (string, error) {
	room, err := c.direct(ctx, user)
	if err != nil {
		return "", err
	}
	return c.post(ctx, room, m)
}

// direct finds a person's private channel.
func (c *Chat) direct(ctx context.Context, user string) (string, error) {
	c.mu.Lock()
	room := c.directs[user]
	c.mu.Unlock()
	if room != "" {
		return room, nil
	}
	var channel struct {
		ID string `json:"id"`
	}
	k := call{"private channel", http.MethodPost, "/users/@me/channels", false}
	if err := c.client.do(ctx, k, map[string]string{"recipient_id": user}, &channel); err != nil {
		return "", err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.directs[user] = channel.ID
	return channel.ID, nil
}

// post shows a card in a channel, in messages of their own, and returns the last of them.
func (c *Chat) post(ctx context.Context, room string, m mail) (string, error) {
	var sent pressed
	for i, drawn := range m.bodies {
		drawn.Nonce = m.nonce(i)
		drawn.Enforce = drawn.Nonce != ""
		if err := c.client.do(ctx, call{"message", http.MethodPost, "/channels/" + room + "/messages", false}, drawn, &sent); err != nil {
			return "", err
		}
		if m.card.Secret() {
			c.lapses.Add(call{"secret taken away", http.MethodDelete, "/channels/" + room + "/messages/" + sent.ID, false}, m.card.Lapses)
		}
	}
	return sent.ID, nil
}

// nonce is what Discord knows a repeat of the i-th message by: the delivery's id, with a digit for each but the first.
func (m mail) nonce(i int) string {
	if i += m.shown; i == 0 || m.id == "" {
		return string(m.id[:min(len(m.id), longestNonce)])
	}
	return string(m.id[:min(len(m.id), longestNonce-1)]) + strconv.Itoa(i%mostMessages)
}
