package telegram_test

import (
	"strconv"
	"strings"
	"testing"

	"latchstring/adapters/chats/telegram/botapi"
	"latchstring/core"
)

// In a group that the config does not name no fact is told and nothing is done, whoever asks and however.
func TestForeignGroups(t *testing.T) {
	r := newRig(t)
	group := r.srv.NewSupergroup("Neighbours", r.mallory, r.leo, r.marta)
	group.AdminsBot() // so it hears everything
	r.start()
	r.leo.Says("signout leo's phone")
	yes := r.leo.Button(r.answered(r.leo.Seat, 1).ID, "Yes, sign out").Data

	leo := r.leo.In(group)
	leo.Says("devices") // no command: meant for people
	leo.Says("/devices@another_bot")
	r.mallory.In(group).Says("/devices@" + botapi.BotName)
	r.mallory.In(group).Says("/start AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	leo.Anonymously().Says("/devices@" + botapi.BotName)
	leo.AsChannel(r.srv.NewChannel("News", r.leo)).Says("/devices@" + botapi.BotName)
	r.settle()
	if got := leo.Screen().FromBot(); len(got) != 0 {
		t.Fatalf("the bot spoke:\n%s", got)
	}
	leo.Says("/devices@" + botapi.BotName)
	aside := r.answered(leo, 1)
	if aside.Text != "Let's talk in private." || leo.Button(aside.ID, "Talk").URL != "https://t.me/"+botapi.BotName {
		t.Errorf("%+v", aside)
	}
	leo.Forges(aside.ID, yes).Await()
	leo.Replies(aside.ID, "signout leo's phone")
	leo.Forges(aside.ID, "s:invite leo").Await()
	r.settle()
	for _, m := range leo.Screen().FromBot() {
		if m.Text != "Let's talk in private." {
			t.Errorf("the group reads %q", m.Text)
		}
	}
	if n := r.service("jellyfin").SignOuts("phone"); n != 0 {
		t.Error("something was done from a foreign group")
	}
	// What was asked elsewhere is not told here either.
	source := core.Source{Contact: contact(r.leo), Room: strconv.FormatInt(group.ID, 10), Message: strconv.Itoa(aside.ID)}
	if _, e := r.sendTo(r.leo, source, note("A fact.")); e != nil {
		t.Error(e)
	}
	if got := r.leo.Screen().Last().Text; got != "A fact." {
		t.Errorf("in private: %q", got)
	}
}

// The household's own group reads facts, and never a secret.
func TestHouseholdsGroup(t *testing.T) {
	r := newRig(t)
	group := r.srv.NewSupergroup("Home", r.marta, r.leo, r.sofi)
	r.home(group)
	r.start()
	leo, marta := r.leo.In(group), r.marta.In(group)
	leo.Says("/devices@" + botapi.BotName)
	r.shows(leo, "Leo's phone")
	if strings.Contains(leo.Screen().Last().Text, "198.51.100.7") {
		t.Error("the group reads an address")
	}
	marta.Says("/invite@" + botapi.BotName + " leo")
	r.shows(marta, "Let's talk in private.")
	secret := r.shows(r.marta.Seat, "Send Leo one of these.")
	if len(secret.Spoilers()) == 0 || !secret.Protected {
		t.Errorf("shown as %+v", secret)
	}
	// A reset asked for in the group ends in private.
	leo.Says("/reset@" + botapi.BotName + " family sign-on")
	question := r.shows(leo, "one-time code")
	leo.Presses(question.ID, "Start").Await()
	r.shows(r.leo.Seat, "Only you see this.")
	for _, m := range leo.Screen() {
		if len(m.Spoilers()) > 0 {
			t.Errorf("the group reads a secret: %+v", m)
		}
	}
	// A press by somebody the button is not for changes nothing for the others.
	r.sofi.In(group).Forges(question.ID, "a1.AAAAAAAAAAAAAAAAAAAAAA").Await()
	r.shows(leo, "too old, or not for you")
}

// What channels post is nobody's, and service messages are no questions.
func TestNobodysMessages(t *testing.T) {
	r := newRig(t)
	r.start()
	r.srv.Await("the bot to poll", r.srv.Polling)
	chat := `"chat":{"id":1002,"type":"private","first_name":"Leo"},"date":` + strconv.FormatInt(r.now().Unix(), 10)
	from := `"from":{"id":1002,"is_bot":false,"first_name":"Leo"}`
	for _, object := range []string{
		`{"message":{"message_id":9001,` + chat + `,"text":"devices"}}`,
		`{"message":{"message_id":9002,` + chat + `,` + from + `,"sender_chat":{"id":-100,"type":"channel"},"text":"devices"}}`,
		`{"message":{"message_id":9003,` + chat + `,"from":{"id":1087968824,"is_bot":false,"first_name":"Group"},"text":"devices"}}`,
		`{"message":{"message_id":9004,` + chat + `,"from":{"id":1002,"is_bot":true,"first_name":"Leo"},"text":"devices"}}`,
		`{"message":{"message_id":9005,` + chat + `,` + from + `,"sticker":{"file_id":"x"}}}`,
		`{"edited_message":{"message_id":9006,` + chat + `,` + from + `,"text":"devices"}}`,
		`{"channel_post":{"message_id":9007,` + chat + `,"text":"devices"}}`,
		`{"callback_query":{"id":"1","from":{"id":1002,"is_bot":true,"first_name":"Leo"},"chat_instance":"1","data":"s:devices"}}`,
		`{"something_of_tomorrow":{"x":[]}}`,
	} {
		r.srv.Put(object)
	}
	r.settle()
	if got := r.leo.Screen().FromBot(); len(got) != 0 {
		t.Errorf("the bot spoke:\n%s", got)
	}
}

// The household's group keeps its place when it moves, also over a restart with the config of before.
func TestHouseholdsGroupHasMoved(t *testing.T) {
	r := newRig(t)
	group := r.srv.NewGroup("Home", r.marta, r.leo)
	r.home(group)
	stop := r.start()
	r.leo.In(group).Says("/devices@" + botapi.BotName)
	r.shows(r.leo.In(group), "Leo's phone")
	super := group.Migrates()
	r.logged("the household's group has a new number")
	_ = stop()
	r.restart()
	r.start()
	r.leo.In(super).Says("/devices@" + botapi.BotName)
	r.shows(r.leo.In(super), "Leo's phone")
}
