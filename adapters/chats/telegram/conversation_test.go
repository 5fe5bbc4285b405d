package telegram_test

import (
	"strings"
	"testing"

	"latchstring/adapters/chats/telegram/botapi"
)

// One message goes from the question to its outcome, and the press is answered with nothing.
func TestSignOutInOneMessage(t *testing.T) {
	r := newRig(t)
	r.start()
	r.leo.Says("signout leo's phone")
	question := r.answered(r.leo.Seat, 1)
	if !strings.Contains(question.Text, "Sign out Leo's phone from Jellyfin?") {
		t.Fatalf("asked %q", question.Text)
	}
	press := r.leo.Presses(question.ID, "Yes, sign out")
	if toast := press.Await(); toast != (botapi.Toast{}) {
		t.Errorf("the press is answered with %+v", toast)
	}
	outcome := r.shows(r.leo.Seat, "I looked again: it is gone.")
	if outcome.ID != question.ID || len(outcome.Rows) != 0 || len(r.leo.Screen().FromBot()) != 1 {
		t.Errorf("the outcome is not in the question's place:\n%s", r.leo.Screen())
	}
	if n := r.service("jellyfin").SignOuts("phone"); n != 1 {
		t.Errorf("signed out %d times", n)
	}
}

func TestDoublePressIsDoneOnce(t *testing.T) {
	r := newRig(t)
	r.start()
	r.leo.Says("signout leo's phone")
	question := r.answered(r.leo.Seat, 1)
	first := r.leo.Presses(question.ID, "Yes, sign out")
	second := r.leo.Presses(question.ID, "Yes, sign out")
	first.Await()
	second.Await()
	r.shows(r.leo.Seat, "it is gone")
	r.settle()
	if n := r.service("jellyfin").SignOuts("phone"); n != 1 {
		t.Errorf("signed out %d times", n)
	}
}

// Commands with and without a slash, with this bot's name or another's, and edits of what was said.
func TestCommandsAreHeardInEveryForm(t *testing.T) {
	r := newRig(t)
	r.start()
	for i, said := range []string{"settings", "/settings", "/Settings@" + strings.ToUpper(botapi.BotName), "SETTINGS"} {
		r.leo.Says(said)
		if got := r.answered(r.leo.Seat, i+1); !strings.Contains(got.Text, "This is how I talk to you") {
			t.Errorf("%q is answered %q", said, got.Text)
		}
	}
	id := r.leo.Says("/settings@another_bot")
	r.leo.Edits(id, "/settings")
	r.leo.Says("help")
	r.answered(r.leo.Seat, 5)
	r.settle()
	if n := len(r.leo.Screen().FromBot()); n != 5 {
		t.Errorf("%d answers, want 5:\n%s", n, r.leo.Screen())
	}
}

// Whoever answers a question by writing the label of a button has pressed it.
func TestReplyWithALabelPresses(t *testing.T) {
	r := newRig(t)
	r.start()
	r.leo.Says("signout leo's phone")
	question := r.answered(r.leo.Seat, 1)
	r.leo.Replies(question.ID, " keep IT")
	r.shows(r.leo.Seat, "nothing was done")
	if got := r.leo.Screen().FromBot(); len(got) != 1 || len(got[0].Rows) != 0 {
		t.Errorf("the question stands:\n%s", r.leo.Screen())
	}
	r.leo.Replies(question.ID, "help")
	r.answered(r.leo.Seat, 2)
}

func TestStrangersLearnNothing(t *testing.T) {
	r := newRig(t)
	r.start()
	r.leo.Says("signout leo's phone")
	question := r.answered(r.leo.Seat, 1)
	handle := r.leo.Button(question.ID, "Yes, sign out").Data

	r.mallory.Starts()
	greeting := r.answered(r.mallory.Seat, 1)
	for _, fact := range []string{"Rivera", "Jellyfin", "Leo", "Marta"} {
		if strings.Contains(greeting.Text, fact) {
			t.Errorf("a stranger is told %q", greeting.Text)
		}
	}
	r.mallory.Says("devices")
	for _, data := range []string{handle, "s:devices", "s:", "-", "a1.'; DROP TABLE offers", strings.Repeat("x", 64)} {
		r.mallory.Forges(greeting.ID, data).Await()
	}
	r.mallory.Starts("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	r.settle()
	if got := r.mallory.Screen().FromBot(); len(got) != 1 {
		t.Errorf("a stranger is told:\n%s", r.mallory.Screen())
	}
	if n := r.service("jellyfin").SignOuts("phone"); n != 0 {
		t.Error("a stranger signed a device out")
	}
	// A member who forges is answered politely, and nothing is done.
	r.sofi.Says("help")
	help := r.answered(r.sofi.Seat, 1)
	r.sofi.Forges(help.ID, handle).Await()
	r.shows(r.sofi.Seat, "too old, or not for you")
	r.settle()
	if n := r.service("jellyfin").SignOuts("phone"); n != 0 {
		t.Error("somebody else's button was pressed")
	}
}

// A press whose message is not there any more, and one of a message that never was.
func TestPressOnAVanishedMessage(t *testing.T) {
	r := newRig(t)
	r.start()
	r.leo.Says("signout leo's phone")
	question := r.answered(r.leo.Seat, 1)
	handle := r.leo.Button(question.ID, "Keep").Data
	r.leo.Deletes(question.ID)
	r.leo.Forges(question.ID, handle).Await()
	if got := r.shows(r.leo.Seat, "nothing was done"); got.ID == question.ID {
		t.Error("a message that is gone was edited")
	}
}

// The owner invites, the person follows the link, and both confirm.
func TestInvitationByLink(t *testing.T) {
	r := newRig(t)
	r.start()
	r.marta.Says("invite leo")
	offer := r.answered(r.marta.Seat, 1)
	spoilers := offer.Spoilers()
	if len(spoilers) == 0 || !offer.Protected || offer.Preview {
		t.Fatalf("the invitation is shown as %+v", offer)
	}
	link, code, ok := strings.Cut(spoilers[0], "?start=")
	if !ok || link != "https://t.me/"+botapi.BotName {
		t.Fatalf("the link is %q", spoilers[0])
	}
	if b := r.marta.Button(offer.ID, "📋 To open in Telegram"); b.Copy == nil || b.Copy.Text != spoilers[0] {
		t.Errorf("the button copies %+v", b.Copy)
	}
	r.mallory.Starts(code)
	r.mallory.Presses(r.answered(r.mallory.Seat, 1).ID, "Yes, I am Leo").Await()
	r.marta.Presses(r.shows(r.marta.Seat, "Somebody opened the invitation").ID, "Yes, that is Leo").Await()
	r.shows(r.mallory.Seat, "Welcome, Leo")
	r.settle()
	r.mallory.Says("devices")
	r.shows(r.mallory.Seat, "signed in to your accounts")
}
