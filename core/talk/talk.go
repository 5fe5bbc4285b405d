package talk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"latchstring/core"
	"latchstring/core/control"
	"latchstring/core/watch"
)

// Talk is the conversation with everybody of the household. Its fields are set before its first use and not changed
// afterwards; its methods may be called from several goroutines at once.
type Talk struct {
	House    *core.Household
	Desk     *control.Desk
	Offers   OfferBook
	Settings SettingBook
	Watch    *watch.Watcher
	Chats    []Chat // the chats that run: where members can be reached
	Now      func() time.Time
	Random   io.Reader
	Log      *slog.Logger

	// Heard, if set, is called with everybody who says something in private.
	Heard func(ctx context.Context, from core.Contact)

	// Down, if set, says how a chat is doing: since when it can not be written to, and whether it has ended for good.
	Down func(core.Chat) (since time.Time, ended bool)

	// PlaceData, if set, says what is known of places and how old it is.
	PlaceData func() []core.Phrase

	// Catalogue translates: from the English words of a phrase to those of the household's language. Nil is English.
	Catalogue map[string]string

	mu        sync.Mutex
	strangers map[core.Contact]time.Time
}

// turn is one member being answered: who, what they said, and the buttons made for them so far.
type turn struct {
	*Talk
	voice
	req    Request
	me     core.Member
	passes []core.Pass // by which devices are signed in that a list shows
	offers []core.Offer
	err    error // the first failure to make a button
}

// Handle answers a request. A zero card says nothing at all.
func (t *Talk) Handle(ctx context.Context, r Request) (reply Reply) {
	defer func() {
		if p := recover(); p != nil {
			t.Log.Error("request panicked", slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
			reply = Reply{Card: Card{Tone: Warn, Summary: Words("Something went wrong in me. The owner finds it in the log; nothing was lost.")}}
		}
	}()
	me, known := t.Desk.MemberAt(r.From)
	if known && r.Private && t.Heard != nil {
		t.Heard(ctx, r.From)
	}
	if !known {
		return t.guest(ctx, r)
	}
	u := t.turn(ctx, me, r)
	age := u.now.Sub(r.At)
	switch {
	case r.Handle != "":
		reply = u.pressed(ctx, age > latePress)
	case age > lateWord:
		reply = u.late()
	default:
		reply = u.told(ctx)
	}
	return u.finish(ctx, reply)
}

// What was said while the program was away is not acted on any more: whoever pressed a button two minutes ago has gone
// on to something else.
const (
	latePress = time.Minute
	lateWord  = 10 * time.Minute
)

// late answers what comes too late to be acted on.
func (u *turn) late() Reply {
	c := Card{Tone: Warn, Private: true, Summary: u.say("I was away when you said that, at {time}, so I did nothing.", u.moment(u.req.At))}
	if u.req.Text != "" {
		c.Buttons = []Button{again(Text{foreign(shorten(core.Clean(u.req.Text), MaxLabel))}, u.req.Text)}
	}
	c.Buttons = append(c.Buttons, u.listOfNow(""))
	return Reply{Card: c}
}

// turn begins to answer a member.
func (t *Talk) turn(ctx context.Context, me core.Member, r Request) *turn {
	u := &turn{Talk: t, req: r, me: me}
	chosen, err := t.Settings.Settings(ctx, me.ID)
	if err != nil {
		t.Log.Error("settings not readable", slog.Any("cause", err))
	}
	u.voice = voice{
		catalogue: t.Catalogue, zone: t.House.Zone, now: t.Now(),
		quiet: chosen[core.QuietSetting], clock12: chosen[core.ClockSetting] == "12", hideAddresses: chosen[core.AddressesSetting] == "hidden" || !r.Private,
	}
	return u
}

// finish writes the meaning of the reply's buttons down; buttons without a meaning are not shown.
func (u *turn) finish(ctx context.Context, r Reply) Reply {
	err := u.err
	if err == nil && len(u.offers) > 0 {
		err = u.Offers.PutOffers(ctx, u.offers)
	}
	if err == nil {
		return r
	}
	if core.KindOf(err) == "" {
		err = core.RecordError(err)
	}
	u.Log.Error("buttons not recorded", slog.Any("cause", err))
	r.Card = r.Card.withoutOffers()
	r.Card.Body = append(r.Card.Body, u.say("I can not write my record right now, so there are no buttons here."))
	return r
}

// order is the request as a member's word to do something.
func (u *turn) order(offer core.OfferID) control.Order {
	return control.Order{
		By:    u.me,
		At:    core.Source{Contact: u.req.From, Room: u.req.Room, Message: u.req.Message, Public: !u.req.Private},
		Offer: offer,
	}
}

// name says what a member is called.
func (u *turn) name(id core.MemberID) string {
	if m, ok := u.House.Member(id); ok {
		return m.Name
	}
	return string(id)
}

// Reach returns where a member can be told something: their contacts on the chats that run.
func (t *Talk) Reach(id core.MemberID) []core.Contact {
	m, ok := t.House.Member(id)
	if !ok {
		return nil
	}
	var contacts []core.Contact
	for _, chat := range t.Chats {
		if c, ok := t.Desk.Contact(m, chat.Name()); ok {
			contacts = append(contacts, c)
		}
	}
	return contacts
}

// WantsDaily tells whether a member wants a sign of life each morning.
func (t *Talk) WantsDaily(ctx context.Context, m core.MemberID) bool {
	chosen, err := t.Settings.Settings(ctx, m)
	return err == nil && chosen[core.DailySetting] == "morning"
}

// reachable tells whether a member can be told something on a chat that runs.
func (t *Talk) reachable(id core.MemberID) bool { return len(t.Reach(id)) > 0 }

// A stranger is greeted once an hour and not told whether there is anything here; so many are remembered.
const (
	strangerPause = time.Hour
	maxStrangers  = 4096
)

// stranger answers somebody who is nobody here. Who comes again within the hour, or while too many others do, gets
// silence: the bot is no amplifier and remembers no crowd.
func (t *Talk) stranger(r Request) Reply {
	now := t.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	for c, at := range t.strangers {
		if now.Sub(at) >= strangerPause || now.Before(at) {
			delete(t.strangers, c)
		}
	}
	if _, lately := t.strangers[r.From]; lately || len(t.strangers) >= maxStrangers || r.Handle != "" {
		return Reply{}
	}
	if t.strangers == nil {
		t.strangers = map[core.Contact]time.Time{}
	}
	t.strangers[r.From] = now
	v := voice{catalogue: t.Catalogue, zone: time.UTC, now: now}
	return Reply{Card: Card{
		Summary: v.say("Hello. I only talk to the people of one household. If you belong to it, ask its owner for an invitation."),
	}}
}

// failed words a failure for the member, once; its cause goes to the log here and nowhere else.
func (u *turn) failed(err error, buttons ...Button) Reply {
	e, ok := errors.AsType[*core.Error](err)
	if !ok {
		e = &core.Error{Text: core.Say("Something went wrong in me."), Hint: core.Say("The owner finds it in the log."), Err: err}
	}
	if e.Kind != core.Forbidden {
		u.Log.Warn("not done", slog.String("member", string(u.me.ID)), slog.Any("cause", e))
	}
	c := Card{Tone: Warn, Summary: u.text(e.Text), Buttons: buttons, Private: true}
	if !e.Hint.Empty() {
		c.Body = append(c.Body, u.text(e.Hint))
	}
	return Reply{Card: c}
}

// seesAll tells whether the reader may know of other people's devices.
func (u *turn) seesAll() bool {
	return core.May(u.me.Role, core.ListDevices, core.Others) == core.Allowed
}

// retry offers to say the same again; a press that failed leads to the list, whose buttons are fresh.
func (u *turn) retry() Button {
	if u.req.Text != "" {
		return again(u.say("Try again"), u.req.Text)
	}
	return u.listOfNow("")
}

// listOfNow leads to the devices of a service as they are now; "": to the reader's own.
func (u *turn) listOfNow(service core.ServiceID) Button {
	return again(u.say("Show the list of now"), strings.TrimSpace("devices "+string(service)))
}

// cannot tells what a service can not do, and why, if its connector knows.
func (u *turn) cannot(service core.ServiceID, a core.Ability, err error) Reply {
	r := u.failed(err)
	if c, ok := u.Desk.Connector(service); ok {
		if why, known := c.Why[a]; known {
			r.Card.Body = append(r.Card.Body, u.text(why))
		}
	}
	return r
}

// newID makes 128 random bits in hex, to group buttons by.
func (u *turn) newID() string {
	var b [16]byte
	if _, err := io.ReadFull(u.Random, b[:]); err != nil && u.err == nil {
		u.err = fmt.Errorf("random source: %w", err)
	}
	return fmt.Sprintf("%x", b)
}
