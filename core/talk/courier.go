package talk

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"latchstring/core"
)

// Courier brings news to members: it takes what is due from the book, words it as things stand then, and sends it, to
// each contact one after the other and to all contacts beside each other. News arrives at least once; a chat that fails is
// tried again, later each time.
type Courier struct {
	Talk *Talk
	Post PostBook

	mu      sync.Mutex
	busy    map[core.Contact]bool      // contacts that something is being sent to
	dead    map[core.Contact]time.Time // contacts that can not be reached any more, and since when that is known
	asked   map[core.MemberID]asked
	digests map[core.Contact]time.Time // when the last digest is due, or was
	told    map[core.Contact]time.Time // when the last digest was sent
	resting map[core.Contact]time.Time // contacts whose chat has just failed, and until when they are left alone
	failing map[core.Chat]time.Time    // chats that could not be written to the last time, and since when
	ended   map[core.Chat]bool         // chats that can not go on until the next start
	began   time.Time                  // when this run did; zero: there was none before it
	nudges  chan struct{}
	once    sync.Once
}

const (
	newsPerPass   = 1000
	newsAtOnce    = 10                 // to one contact before others' and newer alerts are looked for
	longestWait   = time.Minute        // between two tries of a chat that fails
	longestRest   = time.Hour          // that a chat may ask for
	keepTrying    = 7 * 24 * time.Hour // news that nobody could be told for so long is given up
	unreachedWait = 6 * time.Hour      // for a member who is on no chat that runs
	deadFor       = 24 * time.Hour     // how long a contact that can not be reached is left alone
)

// Nudge says that there may be news. It never waits.
func (c *Courier) Nudge() {
	select {
	case c.nudge() <- struct{}{}:
	default:
	}
}

func (c *Courier) nudge() chan struct{} {
	c.once.Do(func() {
		c.nudges = make(chan struct{}, 1)
		c.busy, c.dead, c.ended = map[core.Contact]bool{}, map[core.Contact]time.Time{}, map[core.Chat]bool{}
		c.asked, c.digests = map[core.MemberID]asked{}, map[core.Contact]time.Time{}
		c.failing = map[core.Chat]time.Time{}
		c.told, c.resting = map[core.Contact]time.Time{}, map[core.Contact]time.Time{}
	})
	return c.nudges
}

// Begin makes what was postponed due now: who could not be reached by an earlier run may well be by this one.
func (c *Courier) Begin(ctx context.Context) {
	c.nudge()
	c.mu.Lock()
	if c.began.IsZero() {
		c.began = c.Talk.Now()
	}
	c.mu.Unlock()
	if err := c.Post.Hasten(ctx, c.Talk.Now()); err != nil {
		c.Talk.Log.Error("news not hastened", slog.Any("cause", err))
	}
}

// Run delivers until ctx ends and what is being sent has been.
func (c *Courier) Run(ctx context.Context) {
	wake := c.nudge()
	c.Begin(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	for ctx.Err() == nil {
		_, next := c.pass(ctx, &wg)
		wait := time.Hour
		if !next.IsZero() {
			wait = min(wait, max(next.Sub(c.Talk.Now()), 50*time.Millisecond))
		}
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-wake:
		case <-t.C:
		}
		t.Stop()
	}
}

// Deliver sends what is due now and returns when all of it is sent or postponed.
func (c *Courier) Deliver(ctx context.Context) {
	c.nudge()
	for ctx.Err() == nil {
		var wg sync.WaitGroup
		started, _ := c.pass(ctx, &wg)
		wg.Wait()
		if !started {
			return
		}
	}
}

// pass begins to send what is due to contacts that nothing is being sent to, and returns whether it began anything and
// when something is due next; zero: the end of what is at work will tell, or nothing is waiting.
func (c *Courier) pass(ctx context.Context, wg *sync.WaitGroup) (started bool, next time.Time) {
	now, busy := c.Talk.Now(), c.atWork()
	due, err := c.Post.Due(ctx, now, newsPerPass)
	if err == nil && len(due) == 0 {
		next, err = c.Post.NextDue(ctx)
	}
	if err != nil {
		c.Talk.Log.Error("news not readable", slog.Any("cause", err))
		return false, now.Add(longestWait)
	}
	slices.SortStableFunc(due, func(a, b core.Delivery) int { return urgency(b.News) - urgency(a.News) })
	routes := map[core.Contact][]core.Delivery{}
	var order []core.Contact
	for _, d := range due {
		_, contact := c.route(d)
		if routes[contact] == nil {
			order = append(order, contact)
		}
		routes[contact] = append(routes[contact], d)
	}
	for _, contact := range order {
		if until := c.rests(contact, now); !until.IsZero() {
			if next.IsZero() || until.Before(next) {
				next = until
			}
			continue
		}
		if !busy[contact] && c.hold(contact) { // what was read may have been sent since to one that was busy then
			started = true
			wg.Go(func() { c.send(ctx, contact, routes[contact]) })
		}
	}
	return started, next
}

// urgency puts alerts before chatter.
func urgency(n core.News) int {
	if n == core.NewsCase || n == core.NewsInvite || n == core.NewsPlea || n == core.NewsReply {
		return 1
	}
	return 0
}

// send sends deliveries to one contact in order. Where the book does not take what became of one, the contact rests a
// while: what is not on record as sent would be sent again at once.
func (c *Courier) send(ctx context.Context, contact core.Contact, due []core.Delivery) {
	rest, waiting := false, 0
	for _, d := range due {
		if d.News == core.NewsCase {
			waiting++
		}
	}
	for _, d := range due[:min(len(due), newsAtOnce)] {
		log := c.Talk.Log.With(slog.String("delivery", string(d.ID)), slog.String("to", string(d.To)))
		if err := c.deliver(ctx, d, waiting, log); err != nil {
			log.Error("delivery not recorded", slog.Any("cause", err))
			rest = true
			break
		}
		if !c.rests(contact, c.Talk.Now()).IsZero() {
			break
		}
	}
	free := func() {
		c.mu.Lock()
		delete(c.busy, contact)
		c.mu.Unlock()
		c.Nudge()
	}
	if rest {
		time.AfterFunc(longestWait, free)
		return
	}
	free()
}

// route finds the chat for a delivery: where it was asked, or else the first one that the member can be reached on.
func (c *Courier) route(d core.Delivery) (Chat, core.Contact) {
	if onBoard(d) {
		return c.board(d)
	}
	for _, chat := range c.Talk.Chats {
		if d.Source.Contact.Chat != chat.Name() || c.isDead(d.Source.Contact) {
			continue
		}
		if m, known := c.Talk.Desk.MemberAt(d.Source.Contact); known && m.ID == d.To { // and still the same person
			return chat, d.Source.Contact
		}
	}
	m, ok := c.Talk.House.Member(d.To)
	for _, chat := range c.Talk.Chats {
		if contact, on := c.Talk.Desk.Contact(m, chat.Name()); ok && on && !c.isDead(contact) {
			return chat, contact
		}
	}
	return nil, core.Contact{}
}

// deliver sends one delivery and records what became of it; the error is that of the book.
func (c *Courier) deliver(ctx context.Context, d core.Delivery, waiting int, log *slog.Logger) error {
	now := c.Talk.Now()
	chat, contact := c.route(d)
	if chat == nil {
		if now.Sub(d.Made) > keepTrying {
			log.Warn("news given up: the member can be reached on no chat that runs")
			return c.Post.Drop(ctx, d.ID)
		}
		return c.Post.Postpone(ctx, d.ID, now.Add(min(unreachedWait, time.Minute<<min(d.Attempts, 9))))
	}
	if pinned(d) && !onBoard(d) && contact != d.Source.Contact { // another chat of theirs, which has its own copy
		return c.Post.Drop(ctx, d.ID)
	}
	if until := c.quietUntil(ctx, d.To, now); canWait(d) && until.After(now) {
		return c.Post.Postpone(ctx, d.ID, until)
	}
	if d.News == core.NewsDigest && c.isTold(ctx, d, contact) {
		return c.Post.Drop(ctx, d.ID)
	}
	if d.News == core.NewsCase {
		if held, err := c.restrain(ctx, d, contact, waiting); held || err != nil {
			return err
		}
	}
	card, ok, err := c.Talk.word(ctx, d, contact)
	if err != nil && core.KindOf(err) != core.Forbidden && now.Sub(d.Made) <= keepTrying {
		log.Error("news not worded", slog.Any("cause", err))
		return c.Post.Postpone(ctx, d.ID, now.Add(longestWait))
	}
	if !ok || err != nil { // it is no concern of theirs any more
		return c.Post.Drop(ctx, d.ID)
	}
	source := d.Source
	if source.Contact != contact || card.Secret() && source.Public || d.News == core.NewsRedraw {
		source = core.Source{Contact: contact}
	}
	message, err := c.bring(ctx, chat, d, contact, source, card)
	if err != nil {
		log.Warn("news not sent", slog.String("chat", string(chat.Name())), slog.Any("cause", err))
		return c.unsent(ctx, d, contact, err, log)
	}
	c.went(contact.Chat, now, true)
	if d.News == core.NewsDigest {
		c.tellsOf(contact, now)
	}
	// Also while the program is ending: what arrived is not sent again.
	short, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWithin)
	defer cancel()
	return c.Post.MarkSent(short, d.ID, c.Talk.Now(), message)
}

// finishWithin is how long a message that is under way may take when the program is ending.
const finishWithin = 2 * time.Second

// bring sends a card and returns what the chat calls the message. What is under way when the program ends comes to its end, since a
// message whose answer is cut off would be sent again by the next start.
func (c *Courier) bring(ctx context.Context, chat Chat, d core.Delivery, contact core.Contact, source core.Source, card Card) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	sending, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(finishWithin, cancel) })()
	if d.News == core.NewsRedraw {
		return "", c.redraw(sending, chat, d, contact, card)
	}
	message, err := chat.Send(sending, contact, source, card, d.ID)
	if err == nil && c.isInterrupted(d) { // a chat that knows it again leaves it as it was
		source.Message = message
		_, err = chat.Send(sending, contact, source, card, d.ID)
	}
	return message, err
}

// unsent records what becomes of a delivery that did not go through; the error is that of the book.
func (c *Courier) unsent(ctx context.Context, d core.Delivery, contact core.Contact, cause error, log *slog.Logger) error {
	now := c.Talk.Now()
	sendErr, _ := errors.AsType[*SendError](cause)
	until := now.Add(backoff(d.Attempts, sendErr))
	switch permanent := sendErr != nil && sendErr.Permanent; {
	case permanent && !onBoard(d):
		c.bury(ctx, d, contact, log)
		return c.Post.Postpone(ctx, d.ID, now.Add(time.Second)) // by another way, if there is one
	case permanent || now.Sub(d.Made) > keepTrying:
		return c.Post.Drop(ctx, d.ID)
	case onBoard(d): // a room that can not be written to is no fault of the person whose name goes with it
		return c.Post.Postpone(ctx, d.ID, until)
	}
	c.rest(contact, until)
	c.went(contact.Chat, now, false)
	return c.Post.Postpone(ctx, d.ID, until)
}

// doubted is for how long before a start it is in doubt whether what was not recorded as sent was sent all the same. Chats
// that know a message again do so for some minutes.
const doubted = 5 * time.Minute

// isInterrupted tells whether news of a case may have been sent by the run before this one, which ended before it could
// record that.
func (c *Courier) isInterrupted(d core.Delivery) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	age := c.began.Sub(d.Made)
	return (d.News == core.NewsCase || d.News == core.NewsBoard) && d.Attempts == 0 && age > 0 && age <= doubted
}

// pinned tells whether news are for one of the member's chats alone, since the others have copies of their own.
func pinned(d core.Delivery) bool {
	return d.Source.Contact.User != "" && (d.News == core.NewsCase || d.News == core.NewsRedraw || d.News == core.NewsDigest)
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
	u := t.turn(ctx, me, Request{From: contact, Private: !onBoard(d), At: t.Now()})
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
		return u.outcomeCard(ctx, a), nil
	case core.NewsCase, core.NewsRedraw, core.NewsBoard, core.NewsDigest, core.NewsPass, core.NewsBack, core.NewsWeek, core.NewsSilent, core.NewsNotice, core.NewsLife, core.NewsReview, core.NewsCode, core.NewsNoCode, core.NewsGateway, core.NewsLearned:
		return u.watchCard(ctx, d)
	case core.NewsInvite:
		inv, err := u.Desk.Invite(ctx, core.InviteID(d.Subject))
		if err != nil {
			return Card{}, err
		}
		if c, ok := u.inviteCard(inv, contact); ok {
			return c, nil
		}
	case core.NewsUnreached:
		who, chat, _ := strings.Cut(d.Subject, "/")
		return Card{
			Tone: Warn, Private: true,
			Summary: u.say("I can not reach {member} in {chat} any more.", u.name(core.MemberID(who)), chatName(core.Chat(chat))),
			Body:    []Text{u.say("They may have blocked me, or never written to me there. What I have for them waits a week.")},
		}, nil
	case core.NewsChatEnded:
		return u.chatEndedCard(core.Chat(d.Subject), d.Made), nil
	case core.NewsPlea:
		return u.pleaCard(d)
	case core.NewsReply:
		return u.replyCard(d)
	case core.NewsApology:
		return Card{
			Tone: Warn, Private: true, Summary: u.say("I was switched off when you wrote this, so I did nothing."),
			Buttons: []Button{u.listOfNow("")},
		}, nil
	}
	return Card{}, core.ErrNone
}
