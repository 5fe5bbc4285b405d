package telegram

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"latchstring/core"
	"latchstring/core/talk"
)

// update is what Telegram tells: the library's reading of it, and what is newer than the library.
type update struct {
	tgbotapi.Update
	id    int64
	topic int // of the message, or of the one a pressed button stands on; 0: none
}

// topicOf reads where in a forum a message stands. Outside of forums the number means something else.
type topicOf struct {
	Thread  int  `json:"message_thread_id"`
	InTopic bool `json:"is_topic_message"`
}

// decode reads one update. An error still comes with the update's id, if that can be read.
func decode(raw []byte) (u update, err error) {
	var more struct {
		ID       int64    `json:"update_id"`
		Message  *topicOf `json:"message"`
		Callback *struct {
			Message *topicOf `json:"message"`
		} `json:"callback_query"`
	}
	err = json.Unmarshal(raw, &more)
	u.id = more.ID
	if err == nil {
		err = json.Unmarshal(raw, &u.Update)
	}
	if err != nil {
		return update{id: u.id}, err
	}
	at := more.Message
	if more.Callback != nil {
		at = more.Callback.Message
	}
	if at != nil && at.InTopic {
		u.topic = at.Thread
	}
	if m := u.Message; m != nil && m.Chat == nil {
		return update{id: u.id}, errors.New("a message without a chat")
	}
	return u, nil
}

// date is that of the message that came or that was pressed on, in Unix seconds; 0: it has none.
func (u *update) date() int {
	switch {
	case u.Message != nil:
		return u.Message.Date
	case u.CallbackQuery != nil && u.CallbackQuery.Message != nil:
		return u.CallbackQuery.Message.Date
	}
	return 0
}

// read understands a message of the inbox. Nobody and nothing to answer has a nil Answer.
func (c *Chat) read(m core.Message) talk.Incoming {
	u, err := decode(m.Raw)
	switch {
	case err != nil:
	case u.CallbackQuery != nil:
		return c.readPress(m, u)
	case u.Message != nil:
		return c.readMessage(u)
	}
	return talk.Incoming{}
}

// Who stands behind what an anonymous admin of a group writes (https://core.telegram.org/bots/api#user).
const anonymousAdmin = 1087968824

// isPerson tells whether a message is a person's own. Channels, groups that speak for themselves, and bots are nobody.
func isPerson(u *tgbotapi.User, speaksAs *tgbotapi.Chat) bool {
	return u != nil && speaksAs == nil && !u.IsBot && u.ID > 0 && u.ID != anonymousAdmin
}

// readMessage understands what somebody wrote. In groups only what is meant for the bot is heard: commands without another
// bot's name, and replies to the bot.
func (c *Chat) readMessage(u update) talk.Incoming {
	m := u.Message
	if !isPerson(m.From, m.SenderChat) || m.Text == "" || m.Chat.IsChannel() {
		return talk.Incoming{}
	}
	text, command, ours := c.command(m.Text)
	toUs := m.ReplyToMessage != nil && c.isMe(m.ReplyToMessage.From)
	if !ours || !m.Chat.IsPrivate() && !command && !toUs {
		return talk.Incoming{}
	}
	at := place{m.Chat.ID, u.topic}
	r := c.request(m.From, m.Chat, at)
	r.Text, r.At = text, time.Unix(int64(m.Date), 0)
	if data, ok := labelled(m.ReplyToMessage, m.Text); ok && toUs {
		r.Message = strconv.Itoa(m.ReplyToMessage.MessageID)
		r.Handle, r.Text = carried(data)
	}
	return c.incoming(r, at, m.MessageID)
}

// readPress understands a press. A message that is too old, or not the chat's any more, comes without its text.
func (c *Chat) readPress(m core.Message, u update) talk.Incoming {
	q := u.CallbackQuery
	if !isPerson(q.From, nil) {
		return talk.Incoming{}
	}
	chat, message := &tgbotapi.Chat{ID: q.From.ID, Type: "private"}, 0
	if q.Message != nil && q.Message.Chat != nil {
		chat, message = q.Message.Chat, q.Message.MessageID
	}
	at := place{chat.ID, u.topic}
	r := c.request(q.From, chat, at)
	r.Message = strconv.Itoa(message)
	r.Handle, r.Text = carried(cmp.Or(q.Data, noData))
	in := c.incoming(r, at, 0)
	// A press that works for seconds keeps nobody waiting but those who press on the same message.
	in.Line += "#" + r.Message
	in.Prepare = func(ctx context.Context, r *talk.Request) { c.acknowledge(ctx, q.ID, m.Arrived, r) }
	return in
}

// noData stands for what a press carries that carries nothing; it is no offer's handle.
const noData = "-"

// request is who said something where.
func (c *Chat) request(from *tgbotapi.User, chat *tgbotapi.Chat, at place) talk.Request {
	return talk.Request{
		From:    core.Contact{Chat: core.Telegram, User: strconv.FormatInt(from.ID, 10)},
		Called:  calledBy(from),
		Room:    at.room(),
		Private: chat.IsPrivate(),
	}
}

// calledBy is what somebody calls themselves, with the name that is theirs alone if they have one.
func calledBy(from *tgbotapi.User) string {
	name := strings.TrimSpace(from.FirstName + " " + from.LastName)
	if from.UserName != "" {
		name += " (@" + from.UserName + ")"
	}
	return name
}

// incoming is a request with the way its answer is shown. In a group that is not the household's nothing is looked up and
// nothing done: there it only matters whether a member said it, and every member is answered the same.
func (c *Chat) incoming(r talk.Request, at place, message int) talk.Incoming {
	if !r.Private && !c.isHome(at.chat) {
		r.Text, r.Handle, r.Message = "help", "", ""
	}
	a := &answer{chat: c, request: r, at: at, to: message}
	return talk.Incoming{Request: r, Line: r.Room + "/" + r.From.User, Answer: a.show}
}

// command takes the bot's name out of a command: "/devices@rivera_home_bot leo" is "/devices leo". Text without a slash is
// no command and meant for whoever reads it; ours is false for a command that names another bot.
func (c *Chat) command(text string) (plain string, command, ours bool) {
	if !strings.HasPrefix(text, "/") {
		return text, false, true
	}
	end := strings.IndexAny(text, " \n\t")
	if end < 0 {
		end = len(text)
	}
	name, bot, named := strings.Cut(text[:end], "@")
	if me := c.me.Load(); named && (me == nil || !strings.EqualFold(bot, me.UserName)) {
		return text, true, false
	}
	return name + text[end:], true, true
}

// isMe tells whether somebody is this bot.
func (c *Chat) isMe(u *tgbotapi.User) bool {
	me := c.me.Load()
	return u != nil && me != nil && u.ID == me.ID
}

// labelled finds the button of a message that has a text as its label, and returns what it carries.
func labelled(m *tgbotapi.Message, text string) (data string, ok bool) {
	if m == nil || m.ReplyMarkup == nil {
		return "", false
	}
	for _, row := range m.ReplyMarkup.InlineKeyboard {
		for _, b := range row {
			if b.CallbackData != nil && strings.EqualFold(strings.TrimSpace(text), b.Text) {
				return *b.CallbackData, true
			}
		}
	}
	return "", false
}
