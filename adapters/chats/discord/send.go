package discord

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"latchstring/core"
	"latchstring/core/talk"
)

// longestNonce is how much Discord takes to know a repeated message by.
const longestNonce = 25

// Send shows a card to a person: in the message the source names, if that can still be changed, else in their private
// channel. What is nobody's alone goes to the household's channel where a person takes no private messages. The delivery's
// id is the nonce, so that a repeat within some minutes is no second message.
func (c *Chat) Send(ctx context.Context, to core.Contact, source core.Source, card talk.Card, id core.DeliveryID) (string, error) {
	if to.Chat != core.Discord || !numberForm.MatchString(to.User) {
		return "", &talk.SendError{Permanent: true, Err: errors.New("this is nobody's number at Discord")}
	}
	if card.Summary.Empty() {
		return "", nil
	}
	if source.Message != "" && source.Contact.Chat == core.Discord && (!source.Public || !card.Secret()) {
		done, err := c.redraw(ctx, source, &card)
		if err != nil {
			return "", sendError(err)
		}
		if done {
			return source.Message, nil
		}
	}
	message, err := c.write(ctx, to.User, &card, id)
	if isForGood(err) && c.cfg.Channel != "" && !card.Private && !card.Secret() {
		c.log.Warn("a person takes no private messages; telling it in the household's channel", slog.Any("cause", err))
		message, err = c.post(ctx, c.cfg.Channel, &card, id)
	}
	if err != nil {
		return "", sendError(err)
	}
	return message, nil
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
// tells whether the message could be changed.
func (c *Chat) redraw(ctx context.Context, source core.Source, card *talk.Card) (bool, error) {
	id, own := strings.CutPrefix(source.Message, ownPrefix)
	drawn := arrange(card)
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
func (c *Chat) write(ctx context.Context, user string, card *talk.Card, id core.DeliveryID) (string, error) {
	room, err := c.direct(ctx, user)
	if err != nil {
		return "", err
	}
	return c.post(ctx, room, card, id)
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

// post shows a card in a channel, in a message of its own.
func (c *Chat) post(ctx context.Context, room string, card *talk.Card, id core.DeliveryID) (string, error) {
	drawn := draw(card)
	drawn.Nonce = string(id[:min(len(id), longestNonce)])
	drawn.Enforce = drawn.Nonce != ""
	var sent pressed
	if err := c.client.do(ctx, call{"message", http.MethodPost, "/channels/" + room + "/messages", false}, drawn, &sent); err != nil {
		return "", err
	}
	if card.Secret() {
		c.lapses.Add(call{"secret taken away", http.MethodDelete, "/channels/" + room + "/messages/" + sent.ID, false}, card.Lapses)
	}
	return sent.ID, nil
}
