package talk

import (
	"context"
	"log/slog"
	"time"

	"latchstring/core"
)

// Ended says that a chat can not go on until the next start. News takes the other chats from now on, and the owners are
// told there, once a day however often the program starts.
func (c *Courier) Ended(ctx context.Context, chat core.Chat) {
	c.nudge()
	c.mu.Lock()
	c.ended[chat] = true
	c.mu.Unlock()
	now := c.Talk.Now()
	var news []core.Delivery
	for _, m := range c.Talk.House.Owners() {
		if id, err := core.NewDeliveryID(c.Talk.Random); err == nil {
			news = append(news, core.Delivery{
				ID: id, Key: "ended:" + string(chat) + ":" + string(m.ID) + ":" + now.UTC().Format(time.DateOnly), To: m.ID,
				News: core.NewsChatEnded, Subject: string(chat), Made: now, Due: now,
			})
		}
	}
	if err := c.Post.Post(ctx, news); err != nil {
		c.Talk.Log.Error("news not recorded", slog.Any("cause", err))
	}
	c.Begin(ctx) // what waits for the chat that ended may go another way
	c.Nudge()
}

// chatEndedCard tells an owner that a chat is silent.
func (u *turn) chatEndedCard(chat core.Chat, at time.Time) Card {
	return Card{
		Tone: Warn, Private: true,
		Summary: u.say("{chat} does not let me in any more, since {time}.", chatName(chat), u.moment(at)),
		Body: []Text{
			u.say("Nobody reaches me there, and what I have to tell goes another way, where there is one."),
			u.say("On the computer I run on, \"latchstring check\" says why. Then start me anew."),
		},
	}
}
