package telegram_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"latchstring/adapters/chats/telegram/botapi"
	"latchstring/core"
	"latchstring/core/talk"
)

func note(words string) talk.Card { return talk.Card{Summary: talk.Words(words)} }

// sendTo sends a note and returns how it failed.
func (r *rig) sendTo(p *botapi.Person, source core.Source, card talk.Card) (string, *talk.SendError) {
	r.t.Helper()
	message, err := r.chat.Send(r.t.Context(), contact(p), source, card, "d1")
	if err == nil {
		return message, nil
	}
	e, ok := errors.AsType[*talk.SendError](err)
	if !ok {
		r.t.Fatalf("an error of another kind: %v", err)
	}
	if strings.Contains(err.Error(), canary) {
		r.t.Errorf("the token is in %q", err)
	}
	return message, e
}

func TestPermanentFailures(t *testing.T) {
	r := newRig(t)
	r.marta.Blocks()
	r.sofi.Leaves()
	ada := r.srv.Person(2001, "Ada") // she never wrote to the bot
	nobody := r.srv.Person(2002, "Nobody")
	nobody.ID = 2003
	for name, p := range map[string]*botapi.Person{"blocked": r.marta, "deleted": r.sofi, "never started": ada, "unknown": nobody} {
		if _, e := r.sendTo(p, core.Source{}, note("Hello.")); e == nil || !e.Permanent {
			t.Errorf("%s: %+v", name, e)
		}
	}
	if _, e := r.sendTo(r.leo, core.Source{}, note("Hello.")); e != nil {
		t.Errorf("others are held up: %v", e)
	}
	for _, user := range []string{"", "leo", "1/2", "99999999999999999999"} {
		_, err := r.chat.Send(t.Context(), core.Contact{Chat: core.Telegram, User: user}, core.Source{}, note("Hello."), "d1")
		if e, ok := errors.AsType[*talk.SendError](err); !ok || !e.Permanent {
			t.Errorf("%q: %v", user, err)
		}
	}
}

// Every failure that may pass is one to try again, and none holds the token.
func TestPassingFailures(t *testing.T) {
	r := newRig(t)
	for _, fault := range []*botapi.Fault{
		botapi.Down(502), botapi.Down(404), botapi.Garbage(), botapi.CutBefore(), botapi.CutAfter(),
		botapi.Raw(200, "application/json", `{"ok":true,"result":"`+canary+`"}`), botapi.Raw(200, "text/html", "<html>"),
		botapi.Raw(302, "application/json", `{"ok":false,"error_code":302,"description":"`+botapi.Token+`"}`),
		botapi.Refused(&botapi.Refusal{Code: 500, Description: "Internal Server Error: " + botapi.Token}),
		botapi.Refused(&botapi.Refusal{Code: 401, Description: "Unauthorized"}),
	} {
		r.srv.Fail("sendMessage", 1, fault)
		if _, e := r.sendTo(r.leo, core.Source{}, note("Hello.")); e == nil || e.Permanent {
			t.Errorf("%+v: %+v", fault, e)
		}
	}
	if _, e := r.sendTo(r.leo, core.Source{}, note("Hello.")); e != nil {
		t.Error(e)
	}
}

// The time that 429 tells is passed on, and kept even by who asks again before it.
func TestTooManyRequests(t *testing.T) {
	r := newRig(t)
	r.srv.Fail("sendMessage", 1, botapi.TooMany(40*time.Second))
	if _, e := r.sendTo(r.leo, core.Source{}, note("Hello.")); e == nil || e.Permanent || e.After != 40*time.Second {
		t.Fatalf("%+v", e)
	}
	r.house.Pass(t.Context(), 30*time.Second)
	if _, e := r.sendTo(r.leo, core.Source{}, note("Hello.")); e == nil || e.After <= 9*time.Second || e.After > 10*time.Second {
		t.Fatalf("%+v", e)
	}
	if _, e := r.sendTo(r.marta, core.Source{}, note("Hello.")); e != nil {
		t.Errorf("others are held up: %v", e)
	}
	r.house.Pass(t.Context(), 10*time.Second)
	if _, e := r.sendTo(r.leo, core.Source{}, note("Hello.")); e != nil {
		t.Error(e)
	}
	if n := len(r.srv.Calls("sendMessage")); n != 3 {
		t.Errorf("%d calls, want 3", n)
	}
}

// An answer waits for the time that 429 tells.
func TestAnswerWaitsAsLongAsItIsTold(t *testing.T) {
	r := newRig(t)
	r.start()
	r.srv.Fail("sendMessage", 1, botapi.TooMany(time.Second))
	r.leo.Says("help")
	r.answered(r.leo.Seat, 1)
}

func TestEditsInPlace(t *testing.T) {
	r := newRig(t)
	first, e := r.sendTo(r.leo, core.Source{}, talk.Card{Summary: talk.Words("Sure?"), Buttons: []talk.Button{{Label: talk.Words("Yes"), Handle: "a1.1"}}})
	if e != nil {
		t.Fatal(e)
	}
	source := core.Source{Contact: contact(r.leo), Room: contact(r.leo).User, Message: first}
	for range 2 { // the second time nothing is modified
		if message, e := r.sendTo(r.leo, source, note("Done.")); e != nil || message != first {
			t.Errorf("message %s: %v", message, e)
		}
	}
	if m := r.leo.Screen().Last(); m.Text != "Done." || len(m.Rows) != 0 || len(r.leo.Screen()) != 1 {
		t.Errorf("the screen:\n%s", r.leo.Screen())
	}
	id, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	r.leo.Deletes(id)
	if message, e := r.sendTo(r.leo, source, note("Gone?")); e != nil || message == first {
		t.Errorf("message %s: %v", message, e)
	}
	theirs := r.leo.Says("mine")
	source.Message = strconv.Itoa(theirs)
	if message, e := r.sendTo(r.leo, source, note("Here.")); e != nil || message == source.Message {
		t.Errorf("message %s: %v", message, e)
	}
}

// A secret stands in a new message, which alone can be protected, and the one it follows goes.
func TestSecretTakesANewMessage(t *testing.T) {
	r := newRig(t)
	r.start()
	r.leo.Says("reset family sign-on")
	question := r.answered(r.leo.Seat, 1)
	r.leo.Presses(question.ID, "Start").Await()
	secret := r.shows(r.leo.Seat, "Only you see this.")
	if secret.ID == question.ID || !secret.Protected || len(secret.Spoilers()) != 1 {
		t.Errorf("shown as %+v", secret)
	}
	r.srv.Await("the question to go", func() bool { return len(r.leo.Screen().FromBot()) == 1 })
}

// quiet cards make no sound, and nothing shows a preview.
func TestQuietCards(t *testing.T) {
	r := newRig(t)
	card := note("See example.org.")
	for _, quiet := range []bool{true, false} {
		card.Quiet = quiet
		r.send(card)
		if m := r.leo.Screen().Last(); m.Silent != quiet || m.Preview {
			t.Errorf("quiet %v: %+v", quiet, m)
		}
	}
}

func TestGroupBecomesASupergroup(t *testing.T) {
	r := newRig(t)
	group := r.srv.NewGroup("Home", r.marta, r.leo)
	r.home(group)
	r.start()
	source := core.Source{Contact: contact(r.leo), Room: strconv.FormatInt(group.ID, 10)}
	if _, e := r.sendTo(r.leo, source, note("One.")); e != nil {
		t.Fatal(e)
	}
	super := group.Migrates()
	if _, e := r.sendTo(r.leo, source, note("Two.")); e != nil {
		t.Fatal(e)
	}
	if got := r.leo.In(super).Screen().FromBot().Last().Text; got != "Two." {
		t.Errorf("the supergroup shows %q", got)
	}
	r.settle()
	r.leo.In(super).Says("/devices")
	r.shows(r.leo.In(super), "signed in to your accounts")
	r.logged("put it into chats.telegram.group")
}

// home makes a group the household's own.
func (r *rig) home(c *botapi.Chat) {
	r.cfg.Group = strconv.FormatInt(c.ID, 10)
	r.furnish()
}

func TestTopics(t *testing.T) {
	r := newRig(t)
	group := r.srv.NewSupergroup("Home", r.marta, r.leo)
	topic := group.Topic()
	r.home(group)
	r.start()
	seat := r.leo.In(group).Topic(topic)
	r.heard()
	r.srv.Await("the bot to poll", r.srv.Polling)
	said := seat.Says("/devices@" + botapi.BotName)
	list := r.answered(seat, 1)
	if list.ReplyTo != said {
		t.Errorf("it replies to %d, want %d", list.ReplyTo, said)
	}
	seat.Presses(list.ID, "Sign out Leo's phone").Await()
	question := r.answered(seat, 2)
	seat.Presses(question.ID, "Yes, sign out").Await()
	if m := r.shows(seat, "it is gone"); m.ID != question.ID {
		t.Errorf("the outcome is in message %d", m.ID)
	}
	source := core.Source{Contact: contact(r.leo), Room: strconv.FormatInt(group.ID, 10) + "/" + strconv.Itoa(topic)}
	group.DeleteTopic(topic)
	if _, e := r.sendTo(r.leo, source, note("Still here.")); e != nil {
		t.Error(e)
	}
	if got := r.leo.In(group).Screen().Last(); got.Text != "Still here." || got.Topic != 0 {
		t.Errorf("%+v", got)
	}
}

// Who can not be told in the group any more is told in private.
func TestGroupThatDoesNotWantTheBot(t *testing.T) {
	r := newRig(t)
	group := r.srv.NewSupergroup("Home", r.marta, r.leo)
	r.home(group)
	source := core.Source{Contact: contact(r.leo), Room: strconv.FormatInt(group.ID, 10)}
	group.Mutes()
	if _, e := r.sendTo(r.leo, source, note("One.")); e != nil {
		t.Error(e)
	}
	group.Expels()
	if _, e := r.sendTo(r.leo, source, note("Two.")); e != nil {
		t.Error(e)
	}
	if got := r.leo.Screen().FromBot(); len(got) != 2 {
		t.Errorf("in private:\n%s", r.leo.Screen())
	}
}
