package talk

import (
	"context"
	"log/slog"
	"maps"
	"time"

	"latchstring/core"
)

// What the courier knows of the contacts it brings news to: whether something is being sent there, whether its chat has just
// failed, and whether it can be reached at all.

func (c *Courier) hold(contact core.Contact) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.busy[contact] {
		return false
	}
	c.busy[contact] = true
	return true
}

// atWork returns the contacts that something is being sent to.
func (c *Courier) atWork() map[core.Contact]bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.busy)
}

// rests returns until when a contact is left alone; zero: it is not.
func (c *Courier) rests(contact core.Contact, now time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	until, resting := c.resting[contact]
	if resting && (!until.After(now) || until.Sub(now) > longestRest) { // or the clock was put back
		delete(c.resting, contact)
		return time.Time{}
	}
	return until
}

// rest leaves a contact alone for a while whose chat has failed: what is new waits behind what is old, and comes as one
// digest where it became much.
func (c *Courier) rest(contact core.Contact, until time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.resting[contact] = until
}

func (c *Courier) isDead(contact core.Contact) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended[contact.Chat] {
		return true
	}
	at, dead := c.dead[contact]
	if age := c.Talk.Now().Sub(at); dead && (age >= deadFor || age < 0) {
		delete(c.dead, contact)
		return false
	}
	return dead
}

// Heard says that somebody wrote or pressed: whoever does can be reached, and what waited for them comes now.
func (c *Courier) Heard(ctx context.Context, contact core.Contact) {
	c.nudge()
	c.mu.Lock()
	_, dead := c.dead[contact]
	delete(c.dead, contact)
	delete(c.resting, contact)
	c.mu.Unlock()
	if dead {
		c.Begin(ctx)
		c.Nudge()
	}
}

// bury leaves a contact alone that can not be reached any more, and lets the owners know, once a day.
func (c *Courier) bury(ctx context.Context, d core.Delivery, contact core.Contact, log *slog.Logger) {
	now := c.Talk.Now()
	c.mu.Lock()
	c.dead[contact] = now
	c.mu.Unlock()
	var news []core.Delivery
	for _, m := range c.Talk.House.Owners() {
		if id, err := core.NewDeliveryID(c.Talk.Random); err == nil {
			subject := string(d.To) + "/" + string(contact.Chat)
			news = append(news, core.Delivery{
				ID: id, Key: "unreached:" + subject + ":" + string(m.ID) + ":" + now.UTC().Format(time.DateOnly), To: m.ID,
				News: core.NewsUnreached, Subject: subject, Made: now, Due: now,
			})
		}
	}
	if err := c.Post.Post(ctx, news); err != nil {
		log.Error("news not recorded", slog.Any("cause", err))
	}
}

// board finds the chat of the household's own room; whose contact its name goes with does not matter there.
func (c *Courier) board(d core.Delivery) (Chat, core.Contact) {
	for _, chat := range c.Talk.Chats {
		if chat.Name() == d.Source.Contact.Chat && !c.isDead(d.Source.Contact) {
			return chat, d.Source.Contact
		}
	}
	return nil, core.Contact{}
}

// went notes whether a chat could be written to.
func (c *Courier) went(chat core.Chat, now time.Time, well bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, failing := c.failing[chat]; well {
		delete(c.failing, chat)
	} else if !failing {
		c.failing[chat] = now
	}
}

// Down tells whether a chat can not go on until the next start (ended), and since when it can not be written to; zero: it
// can, as far as is known.
func (c *Courier) Down(chat core.Chat) (since time.Time, ended bool) {
	c.nudge()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failing[chat], c.ended[chat]
}
