package telegram

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"latchstring/core"
)

// The times of polling.
const (
	pollTime      = 50 * time.Second // how long Telegram holds a poll that it has nothing for
	rivalPause    = 30 * time.Second // how long another program that polls is left to it
	shortestPause = time.Second
	longestPause  = time.Minute
	quietTime     = 6 * 24 * time.Hour
)

// mostRaw is how much of an update the inbox takes, in bytes.
const mostRaw = 64 << 10

// wanted are the kinds of updates that are asked for. The list is sent with each poll, since Telegram keeps the last one
// that any program sent.
const wanted = `["message","callback_query","my_chat_member"]`

// mark is how far the updates were read: the id after the last one, and when that came. After a week without updates
// Telegram goes on with any id, also with a lower one, so after six days the id is of no use any more: everything before
// it was confirmed long ago.
type mark struct {
	next int64 // 0: nothing was read yet
	at   time.Time
}

// String is the mark as the inbox keeps it: "700000043@1795634040".
func (m mark) String() string { return fmt.Sprintf("%d@%d", m.next, m.at.Unix()) }

// readMark reads a mark; one that is none begins anew.
func readMark(s string) mark {
	id, at, _ := strings.Cut(s, "@")
	next, err := strconv.ParseInt(id, 10, 64)
	seconds, err2 := strconv.ParseInt(at, 10, 64)
	if err != nil || err2 != nil {
		return mark{}
	}
	return mark{next, time.Unix(seconds, 0)}
}

// offset is what the next poll confirms; 0: it names none.
func (m mark) offset(now time.Time) int64 {
	if now.Sub(m.at) >= quietTime {
		return 0
	}
	return m.next
}

// poll takes in updates until ctx ends. An error is that of a token which Telegram refuses.
func (c *Chat) poll(ctx context.Context) error {
	m := c.lastMark(ctx)
	var trouble trouble
	unhooked := false
	var last time.Time // when Telegram last told all there was; zero: not yet
	for ctx.Err() == nil {
		began := c.now()
		updates, err := c.updates(ctx, m.offset(began))
		switch {
		case refusesToken(err):
			return tokenError(err)
		case hasWebhook(err) && !unhooked:
			if unhooked = c.unhook(ctx); !unhooked {
				trouble.wait(ctx, c.log, err)
			}
		case err != nil:
			trouble.wait(ctx, c.log, err)
		default:
			trouble.over(c.log)
			unhooked = false
			before := m
			m = c.takeIn(ctx, m, updates, began.Sub(last) > pollTime+callPatience)
			last = c.now()
			if m.next == before.next && c.now().Sub(began) < shortestPause {
				pause(ctx, shortestPause) // a server that does not hold polls, or tells what nobody can count
			}
		}
	}
	return nil
}

// lastMark reads how far an earlier run came, trying again until it can.
func (c *Chat) lastMark(ctx context.Context) mark {
	var trouble trouble
	for {
		place, err := c.inbox.Offset(ctx, core.Telegram)
		if err == nil || !trouble.wait(ctx, c.log, err) {
			return readMark(place)
		}
	}
}

// updates asks for what came after the offset.
func (c *Chat) updates(ctx context.Context, offset int64) ([]json.RawMessage, error) {
	params := tgbotapi.Params{"timeout": strconv.Itoa(int(pollTime / time.Second)), "limit": "100", "allowed_updates": wanted}
	params.AddNonZero64("offset", offset)
	var updates []json.RawMessage
	err := c.client.callFor(ctx, pollTime+callPatience, "getUpdates", params, &updates)
	return updates, err
}

// takeIn writes updates into the inbox with the mark after them, and returns that mark. It tries until it can, or until ctx
// ends: the next poll would have Telegram forget them.
//
// Waited says that Telegram may have kept them for long: how old a press is it does not tell.
func (c *Chat) takeIn(ctx context.Context, m mark, updates []json.RawMessage, waited bool) mark {
	if len(updates) == 0 {
		return m
	}
	var messages []core.Message
	after := mark{m.next, c.now()}
	for _, raw := range updates {
		u, err := decode(raw)
		if err != nil {
			c.log.Error("update set aside: it is not readable", slog.Int64("update", u.id), slog.Int("bytes", len(raw)))
		}
		if u.id != 0 {
			after.next = u.id + 1
		}
		c.note(ctx, u)
		if message, ok := c.store(u, raw, err != nil); ok {
			messages = append(messages, message)
			if waited && u.CallbackQuery != nil {
				c.unsure.add(u.CallbackQuery.ID)
			}
		}
	}
	var trouble trouble
	for {
		err := c.intake.Receive(ctx, messages, after.String())
		if err == nil {
			return after
		}
		if !trouble.wait(ctx, c.log, err) {
			return m
		}
	}
}

// store makes an inbox message of an update; ok is false for one that nobody waits for an answer to. Ids may repeat after
// a quiet week, so a message is known by its id and its date.
func (c *Chat) store(u update, raw []byte, unreadable bool) (m core.Message, ok bool) {
	if u.Message == nil && u.CallbackQuery == nil && !unreadable {
		return core.Message{}, false
	}
	if len(raw) > mostRaw {
		c.log.Error("update set aside: it is too long", slog.Int64("update", u.id), slog.Int("bytes", len(raw)))
		raw = fmt.Appendf(nil, `{"update_id":%d}`, u.id)
	}
	return core.Message{Chat: core.Telegram, Key: fmt.Sprintf("%d:%d", u.id, u.date()), Raw: raw, Arrived: c.now()}, true
}

// note takes notice of what is told besides messages: groups that move, and people and groups that do not want the bot.
func (c *Chat) note(ctx context.Context, u update) {
	if u.Message != nil && u.Message.Chat != nil && u.Message.MigrateToChatID != 0 {
		c.moved(ctx, u.Message.Chat.ID, u.Message.MigrateToChatID)
	}
	if m := u.MyChatMember; m != nil {
		c.log.Info("the bot's place in a chat changed", slog.Int64("chat", m.Chat.ID), slog.String("kind", m.Chat.Type),
			slog.String("was", m.OldChatMember.Status), slog.String("is", m.NewChatMember.Status))
	}
}

// hasWebhook tells whether polls are refused because a webhook is set.
func hasWebhook(err error) bool {
	f := failureOf(err)
	return f != nil && f.code == http.StatusConflict && f.says("webhook")
}

// unhook removes the webhook of another program, and returns whether that worked. What waits for it is kept.
func (c *Chat) unhook(ctx context.Context) bool {
	if err := c.client.call(ctx, "deleteWebhook", nil, nil); err != nil {
		c.log.Warn("a webhook of another program holds this bot's messages back, and is not removed", slog.Any("cause", err))
		return false
	}
	c.log.Warn("a webhook of another program held this bot's messages back; it is removed")
	return true
}

// trouble waits between tries of what fails: 1 s, 2 s, 4 s … up to a minute, each up to a quarter longer or shorter, or as
// long as Telegram says.
type trouble struct{ tries int }

// wait logs the first failure of a row as a warning and waits. It returns false when ctx ends.
func (t *trouble) wait(ctx context.Context, log *slog.Logger, err error) bool {
	if ctx.Err() != nil {
		return false
	}
	d := min(longestPause, shortestPause<<min(t.tries, 6))
	d = d*3/4 + rand.N(d/2) //nolint:gosec // jitter is no secret
	level := slog.LevelWarn
	if t.tries > 0 {
		level = slog.LevelDebug
	}
	t.tries++
	switch f := failureOf(err); {
	case f == nil:
		log.Error("the inbox can not be used; trying again", slog.Any("cause", err), slog.Duration("in", d))
	case f.code == http.StatusConflict:
		d = rivalPause
		log.Error("another program reads this bot's messages: end it, or give it a bot of its own", slog.Any("cause", err))
	default:
		d = max(d, f.after)
		log.Log(ctx, level, "Telegram can not be asked; trying again", slog.Any("cause", err), slog.Duration("in", d))
	}
	return pause(ctx, d)
}

// over notes that it works again.
func (t *trouble) over(log *slog.Logger) {
	if t.tries > 0 {
		log.Info("Telegram answers again", slog.Int("tries", t.tries))
	}
	t.tries = 0
}

// pause waits, and returns false when ctx ends before.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
