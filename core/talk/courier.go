package talk

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"latchstring/core"
)

// Courier brings news to members: it takes what is due from the book, words it as things stand then, and sends it, to
// each chat one after the other. News arrives at least once; a chat that fails is tried again, later each time.
type Courier struct {
	Talk *Talk
	Post PostBook

	mu     sync.Mutex // one pass at a time: a chat sees its news in order
	nudges chan struct{}
	once   sync.Once
}

const (
	newsPerPass   = 100
	longestWait   = time.Minute        // between two tries of a chat that fails
	keepTrying    = 7 * 24 * time.Hour // news that nobody could be told for so long is given up
	unreachedWait = 6 * time.Hour      // for a member who is on no chat that runs
)

// Nudge says that there may be news. It never waits.
func (c *Courier) Nudge() {
	select {
	case c.nudge() <- struct{}{}:
	default:
	}
}

func (c *Courier) nudge() chan struct{} {
	c.once.Do(func() { c.nudges = make(chan struct{}, 1) })
	return c.nudges
}

// Run delivers until ctx ends.
func (c *Courier) Run(ctx context.Context) {
	for ctx.Err() == nil {
		next := c.Deliver(ctx)
		wait := time.Hour
		if !next.IsZero() {
			wait = min(wait, max(next.Sub(c.Talk.Now()), 50*time.Millisecond))
		}
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-c.nudge():
		case <-t.C:
		}
		t.Stop()
	}
}

// Deliver sends what is due now and returns when something is due next; zero: nothing is waiting.
func (c *Courier) Deliver(ctx context.Context) (next time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for ctx.Err() == nil {
		now := c.Talk.Now()
		due, err := c.Post.Due(ctx, now, newsPerPass)
		if err != nil {
			c.Talk.Log.Error("news not readable", slog.Any("cause", err))
			return now.Add(longestWait)
		}
		if len(due) == 0 {
			break
		}
		if !c.send(ctx, due) {
			return now.Add(longestWait) // what is not on record as sent would be sent again at once
		}
	}
	next, err := c.Post.NextDue(ctx)
	if err != nil {
		c.Talk.Log.Error("news not readable", slog.Any("cause", err))
		return c.Talk.Now().Add(longestWait)
	}
	return next
}

// send sends deliveries, each chat's in order and the chats beside each other. It returns false when the book did not take
// what became of one of them.
func (c *Courier) send(ctx context.Context, due []core.Delivery) bool {
	routes := map[Chat][]core.Delivery{}
	for _, d := range due {
		chat, _ := c.route(d)
		routes[chat] = append(routes[chat], d)
	}
	var wg sync.WaitGroup
	var failed atomic.Bool
	for chat, ds := range routes {
		wg.Go(func() {
			for _, d := range ds {
				log := c.Talk.Log.With(slog.String("delivery", string(d.ID)), slog.String("to", string(d.To)))
				if err := c.deliver(ctx, chat, d, log); err != nil {
					log.Error("delivery not recorded", slog.Any("cause", err))
					failed.Store(true)
				}
			}
		})
	}
	wg.Wait()
	return !failed.Load()
}

// route finds the chat for a delivery: where it was asked, or else the first one that the member is on.
func (c *Courier) route(d core.Delivery) (Chat, core.Contact) {
	for _, chat := range c.Talk.Chats {
		if d.Source.Contact.Chat == chat.Name() {
			return chat, d.Source.Contact
		}
	}
	m, ok := c.Talk.House.Member(d.To)
	for _, chat := range c.Talk.Chats {
		if contact, on := c.Talk.Desk.Contact(m, chat.Name()); ok && on {
			return chat, contact
		}
	}
	return nil, core.Contact{}
}

// deliver sends one delivery and records what became of it; the error is that of the book.
func (c *Courier) deliver(ctx context.Context, chat Chat, d core.Delivery, log *slog.Logger) error {
	now := c.Talk.Now()
	if chat == nil {
		if now.Sub(d.Made) > keepTrying {
			log.Warn("news given up: the member is on no chat that runs")
			return c.Post.Drop(ctx, d.ID)
		}
		return c.Post.Postpone(ctx, d.ID, now.Add(min(unreachedWait, time.Minute<<min(d.Attempts, 9))))
	}
	_, contact := c.route(d)
	card, ok, err := c.Talk.word(ctx, d, contact)
	if err != nil {
		log.Error("news not worded", slog.Any("cause", err))
		return c.Post.Postpone(ctx, d.ID, now.Add(longestWait))
	}
	if !ok {
		return c.Post.Drop(ctx, d.ID)
	}
	message, err := chat.Send(ctx, contact, d.Source, card, d.ID)
	if err == nil {
		return c.Post.MarkSent(ctx, d.ID, c.Talk.Now(), message)
	}
	log.Warn("news not sent", slog.String("chat", string(chat.Name())), slog.Any("cause", err))
	sendErr, _ := errors.AsType[*SendError](err)
	if sendErr != nil && sendErr.Permanent || now.Sub(d.Made) > keepTrying {
		return c.Post.Drop(ctx, d.ID)
	}
	return c.Post.Postpone(ctx, d.ID, now.Add(backoff(d.Attempts, sendErr)))
}

// backoff is how long a chat that failed is left alone: as long as it says, else 1 s, 2 s, 4 s … up to a minute, each up
// to a quarter longer or shorter so that tries do not march in step.
func backoff(attempts int, e *SendError) time.Duration {
	if e != nil && e.After > 0 {
		return e.After
	}
	wait := min(longestWait, time.Second<<min(attempts, 6))
	return wait*3/4 + rand.N(wait/2) //nolint:gosec // jitter is no secret
}

// word makes the card of a delivery as things stand now. ok is false where there is nothing left to tell.
func (t *Talk) word(ctx context.Context, d core.Delivery, contact core.Contact) (card Card, ok bool, err error) {
	me, known := t.House.Member(d.To)
	if !known {
		return Card{}, false, nil
	}
	u := t.turn(ctx, me, Request{From: contact, Private: true, At: t.Now()})
	card, err = u.newsCard(ctx, d, contact)
	if errors.Is(err, core.ErrNone) {
		return Card{}, false, nil
	}
	if err != nil {
		return Card{}, false, err
	}
	return u.finish(ctx, Reply{Card: card}).Card, true, nil
}

// newsCard words what a delivery tells of; core.ErrNone says that it tells of nothing any more.
func (u *turn) newsCard(ctx context.Context, d core.Delivery, contact core.Contact) (Card, error) {
	switch d.News {
	case core.NewsAction:
		a, err := u.Desk.Action(ctx, u.me, core.ActionID(d.Subject))
		if err != nil {
			return Card{}, err
		}
		return u.actionCard(a), nil
	case core.NewsSignIn:
		service, key, _ := strings.Cut(d.Subject, "/")
		s, err := u.SignIns.SignIn(ctx, core.ServiceID(service), key)
		if err != nil {
			return Card{}, err
		}
		return u.signInCard(s), nil
	case core.NewsInvite:
		inv, err := u.Desk.Invite(ctx, core.InviteID(d.Subject))
		if err != nil {
			return Card{}, err
		}
		if c, ok := u.inviteCard(inv, contact); ok {
			return c, nil
		}
	case core.NewsApology:
		return Card{
			Tone: Warn, Private: true, Summary: u.say("I was switched off when you wrote this, so I did nothing."),
			Buttons: []Button{again(u.say("Show the list of now"), "devices")},
		}, nil
	}
	return Card{}, core.ErrNone
}
