package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"latchstring/core"
	"latchstring/core/talk"
)

// place is where a message stands: a chat, and a topic of it where it is a forum. A private chat has its person's number.
type place struct {
	chat  int64
	topic int // 0: none
}

// room is the place as requests and sources name it: "-1001234567890/7".
func (p place) room() string {
	if p.topic == 0 {
		return strconv.FormatInt(p.chat, 10)
	}
	return fmt.Sprintf("%d/%d", p.chat, p.topic)
}

// placeOf reads a room.
func placeOf(room string) (place, error) {
	chat, topic, inTopic := strings.Cut(room, "/")
	var p place
	var err error
	if p.chat, err = strconv.ParseInt(chat, 10, 64); err == nil && inTopic {
		p.topic, err = strconv.Atoi(topic)
	}
	return p, err
}

// number reads the name of a message; 0 where it names none.
func number(message string) int {
	n, _ := strconv.Atoi(message)
	return n
}

// Send shows a card to a person: in the message or the room the source names, if that is theirs or the household's group,
// else in their private chat, which a source without a room means. Telegram has no way to make a repeated send recognisable, so a message whose answer was cut
// off is there twice; both have the same meaning and one answer uses up both.
func (c *Chat) Send(ctx context.Context, to core.Contact, source core.Source, card talk.Card, _ core.DeliveryID) (string, error) {
	own, err := placeOf(to.User)
	if err != nil || to.Chat != core.Telegram || own.topic != 0 {
		return "", &talk.SendError{Permanent: true, Err: errors.New("this is nobody's number at Telegram")}
	}
	s := &showing{chat: c, at: own, drawing: draw(&card)}
	if source.Contact == to && source.Room == "" {
		s.edit = number(source.Message) // of their own chat
	} else if at, err := placeOf(source.Room); err == nil && (at.chat == own.chat || c.isHome(at.chat) && !card.Secret()) {
		s.at, s.edit = at, number(source.Message)
	}
	err = s.run(ctx)
	if s.at.chat != own.chat && isForGood(err) {
		c.log.Warn("the household's group can not be written to; telling it in private", slog.Any("cause", err))
		s = &showing{chat: c, at: own, drawing: s.drawing}
		err = s.run(ctx)
	}
	if err != nil {
		e := &talk.SendError{Permanent: isForGood(err), Err: err}
		if f := failureOf(err); f != nil {
			e.After = f.after
		}
		return "", e
	}
	return strconv.Itoa(s.last), nil
}

// isForGood tells whether a chat can not be written to any more, whoever tries.
func isForGood(err error) bool {
	f := failureOf(err)
	return f != nil && f.err == nil && (f.code == http.StatusForbidden ||
		f.says("chat not found", "user not found", "user is deactivated", "peer_id_invalid", "not enough rights", "chat_write_forbidden"))
}

// showing is one card on its way into one place. It knows how far it came, so that what is tried again goes on from there.
type showing struct {
	chat    *Chat
	at      place
	edit    int // the message that the card takes the place of; 0: none
	replies int // the message that it is a reply to; 0: none
	drawing drawing
	shown   int // how many of its messages are there
	last    int // the message with the buttons
}

// run shows what is not there yet. A card that says nothing takes no message.
func (s *showing) run(ctx context.Context) error {
	for s.shown < len(s.drawing.parts) {
		if err := s.show(ctx); err != nil {
			return err
		}
		s.shown++
	}
	if s.edit != 0 && s.drawing.secret {
		s.chat.lapses.Add(message{s.at.chat, s.edit}, s.chat.now()) // the secret has taken its place
		s.edit = 0
	}
	return nil
}

// show shows the next message of the card. A secret is never put into a message that is there: only a new one can be kept
// from being forwarded.
func (s *showing) show(ctx context.Context) error {
	params, err := s.params()
	if err != nil {
		return err
	}
	if s.edit != 0 && s.shown == 0 && !s.drawing.secret {
		params["message_id"] = strconv.Itoa(s.edit)
		err := s.chat.write(ctx, "editMessageText", &s.at, params, nil)
		f := failureOf(err)
		switch {
		case f == nil, f.says("message is not modified"):
			s.last = s.edit
			return nil
		case !f.says("message to edit not found", "message can't be edited", "message_id_invalid"):
			return err
		}
		delete(params, "message_id")
		s.edit = 0 // it is gone
	}
	params.AddBool("disable_notification", s.drawing.quiet)
	params.AddBool("protect_content", s.drawing.secret)
	if s.replies != 0 && s.shown == 0 {
		params["reply_parameters"] = fmt.Sprintf(`{"message_id":%d,"allow_sending_without_reply":true}`, s.replies)
	}
	var sent struct {
		ID int `json:"message_id"`
	}
	if err := s.chat.write(ctx, "sendMessage", &s.at, params, &sent); err != nil {
		return err
	}
	s.last = sent.ID
	if !s.drawing.lapses.IsZero() {
		s.chat.lapses.Add(message{s.at.chat, sent.ID}, s.drawing.lapses)
	}
	return nil
}

// params is what sending and editing the next message have in common. An edit without buttons takes those away that are
// there.
func (s *showing) params() (tgbotapi.Params, error) {
	params := tgbotapi.Params{
		"text": s.drawing.parts[s.shown], "parse_mode": tgbotapi.ModeHTML, "link_preview_options": `{"is_disabled":true}`,
	}
	if s.shown == len(s.drawing.parts)-1 && len(s.drawing.keys) > 0 {
		markup, err := json.Marshal(map[string][][]key{"inline_keyboard": s.drawing.keys})
		if err != nil {
			return nil, fmt.Errorf("buttons: %w", err)
		}
		params["reply_markup"] = string(markup)
	}
	return params, nil
}

// write makes a call that shows something in a place. A group that moved is followed to its new number, and what was in a
// topic that is not there any more goes to the chat as a whole, once each.
func (c *Chat) write(ctx context.Context, method string, at *place, params tgbotapi.Params, result any) error {
	for moves := 0; ; {
		params["chat_id"] = strconv.FormatInt(at.chat, 10)
		delete(params, "message_thread_id")
		if method == "sendMessage" {
			params.AddNonZero("message_thread_id", at.topic)
		}
		err := c.client.call(ctx, method, params, result)
		f := failureOf(err)
		switch {
		case f == nil:
			return nil
		case f.movedTo != 0 && moves == 0:
			c.moved(ctx, at.chat, f.movedTo)
			moves, at.chat = 1, f.movedTo
		case at.topic != 0 && f.says("message thread not found", "topic_closed", "topic_deleted"):
			at.topic = 0
		default:
			return err
		}
	}
}

// message names a message of the bot's.
type message struct {
	chat int64
	id   int
}

// takeAway deletes a message. One that is not there any more, or is too old to be deleted, is done with.
func (c *Chat) takeAway(ctx context.Context, m message) error {
	err := c.client.call(ctx, "deleteMessage", tgbotapi.Params{
		"chat_id": strconv.FormatInt(m.chat, 10), "message_id": strconv.Itoa(m.id),
	}, nil)
	if f := failureOf(err); f != nil && f.unsent && f.after == 0 && f.err == nil {
		c.log.Debug("message not taken away", slog.Any("cause", err))
		return nil
	}
	return err
}
