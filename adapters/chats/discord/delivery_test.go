package discord_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"latchstring/adapters/chats/chattest"
	"latchstring/adapters/chats/discord/discordapi"
	"latchstring/core"
	"latchstring/core/talk"
)

func sample(t *testing.T, name string) talk.Card {
	t.Helper()
	for _, s := range chattest.Cards() {
		if s.Name == name {
			return s.Card
		}
	}
	t.Fatalf("no sample %s", name)
	return talk.Card{}
}

func (r *rig) send(card talk.Card, id core.DeliveryID) (string, error) {
	return r.chat.Send(r.t.Context(), contact(r.leo), core.Source{}, card, id)
}

// A send whose answer was cut off is repeated and is one message.
func TestRepeatedSendIsOneMessage(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.srv.Fail("create_message", 1, discordapi.CutAfter())
	if _, err := r.send(sample(t, "alarm"), "0123456789abcdef01234567"); err == nil {
		t.Fatal("the cut was not noticed")
	}
	if _, err := r.send(sample(t, "alarm"), "0123456789abcdef01234567"); err != nil {
		t.Fatal(err)
	}
	screen := r.leo.Screen(r.leo.DM())
	if len(screen) != 1 || !strings.Contains(screen[0].Pushed, "Was this you?") || len(screen[0].Buttons) != 3 {
		t.Errorf("Leo sees\n%s", screen)
	}
}

func TestRefusedSends(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		fault     *discordapi.Fault
		permanent bool
		after     time.Duration
	}{
		{"too many", discordapi.TooMany(2500 * time.Millisecond), false, 2500 * time.Millisecond},
		{"a page", discordapi.TooManyPage(7 * time.Second), false, 7 * time.Second},
		{"down", discordapi.Down(502), false, 0},
		{"no access", discordapi.Refused(&discordapi.Refusal{Status: 403, Code: 50001, Message: "Missing Access"}), true, 0},
		{"gone", discordapi.Refused(&discordapi.Refusal{Status: 404, Code: 10003, Message: "Unknown Channel"}), true, 0},
		{"cut", discordapi.CutBefore(), false, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			r.srv.Fail("create_message", 1, tt.fault)
			_, err := r.send(sample(t, "alarm"), "d1")
			e, ok := errors.AsType[*talk.SendError](err)
			if !ok || e.Permanent != tt.permanent || e.After.Round(100*time.Millisecond) != tt.after {
				t.Errorf("failed with %#v", err)
			}
			if strings.Contains(err.Error(), discordapi.Canary) {
				t.Errorf("the error holds a token: %v", err)
			}
		})
	}
}

// Who takes no private messages is not reached by what is theirs alone; the household's channel is told the rest.
func TestClosedDMs(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.leo.ClosesDMs()
	_, err := r.send(sample(t, "alarm"), "d1")
	if e, ok := errors.AsType[*talk.SendError](err); !ok || !e.Permanent {
		t.Errorf("private news failed with %v", err)
	}
	if _, err := r.send(talk.Card{Summary: talk.Words("@everyone Jellyfin is back.")}, "d2"); err != nil {
		t.Fatal(err)
	}
	if screen := r.marta.Screen(r.room); len(screen) != 1 || !strings.Contains(read(screen[0]), "Jellyfin is back.") {
		t.Errorf("the channel shows\n%s", screen)
	}
}

// A secret is covered, in no preview, and taken away within ten minutes.
func TestSecretIsTakenAway(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start()
	card := sample(t, "secret")
	card.Lapses = r.now().Add(time.Hour)
	if _, err := r.send(card, "d1"); err != nil {
		t.Fatal(err)
	}
	m := r.leo.Screen(r.leo.DM()).Last()
	if hidden := m.Spoilers(); len(hidden) != 1 || hidden[0] != "`"+chattest.Code+"`" || m.Pushed != "" || m.Preview {
		t.Errorf("the secret is shown as %+v", m)
	}
	r.house.Pass(t.Context(), 9*time.Minute+50*time.Second)
	if n := len(r.leo.Screen(r.leo.DM())); n != 1 {
		t.Fatalf("%d messages before its time", n)
	}
	r.house.Pass(t.Context(), 15*time.Second)
	if _, err := r.send(card, "d2"); err != nil { // which has the next time looked at
		t.Fatal(err)
	}
	r.srv.AwaitCalls("delete_message", 1)
	if left := r.leo.Screen(r.leo.DM()); len(left) != 1 || left[0].ID == m.ID {
		t.Errorf("left is\n%s", left)
	}
}

// An invitation's code is for the owner alone, and gone when the chat stops.
func TestSecretAnswerIsPrivateAndGoesAtTheStop(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	stop := r.start()
	shown := r.marta.In(r.room).Uses("/invite", discordapi.Options{"who": "leo"}).AwaitMessage()
	if !shown.Private || len(shown.Spoilers()) == 0 {
		t.Fatalf("shown is %+v", shown)
	}
	r.settle()
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if left := r.marta.Screen(r.room); len(left) != 0 {
		t.Errorf("left is\n%s", left)
	}
}

// A stranger comes in with the code of an invitation, in the guild as well as in private.
func TestLinkComesIn(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start()
	shown := r.marta.In(r.room).Uses("/invite", discordapi.Options{"who": "leo"}).AwaitMessage()
	secret := strings.Trim(shown.Spoilers()[0], "`")
	code := strings.TrimPrefix(secret, "/link ")
	guest := r.mallory.In(r.room)
	asked := guest.Uses("/link", discordapi.Options{"invitation": code}).AwaitMessage()
	if !asked.Private || !strings.Contains(read(asked), "as Leo. Is that you?") {
		t.Fatalf("asked %+v", asked)
	}
	guest.Presses(asked.ID, "Yes").Await()
	r.shows(r.marta.In(r.marta.DM()), "If that is Leo")
}

// The first answer is repeated until it is taken, and not twice.
func TestAcknowledgementSurvivesTrouble(t *testing.T) {
	t.Parallel()
	for _, fault := range []*discordapi.Fault{discordapi.CutAfter(), discordapi.CutBefore(), discordapi.Down(502), discordapi.TooMany(200 * time.Millisecond)} {
		r := newRig(t)
		r.start()
		r.srv.Fail("create_interaction_response", 1, fault)
		if shown := r.leo.In(r.room).Uses("/settings", nil).AwaitMessage(); !shown.Private {
			t.Errorf("answered %+v", shown)
		}
	}
}

// What Discord calls too old is not acted on, and answered in private.
func TestLateInteractionIsNotActedOn(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start()
	leo := r.leo.In(r.room)
	question := leo.Uses("/signout", discordapi.Options{"what": "leo's phone"}).AwaitMessage()
	r.srv.Fail("create_interaction_response", 1, discordapi.Refused(&discordapi.Refusal{Status: 404, Code: 10062, Message: "Unknown interaction"}))
	leo.Presses(question.ID, "Yes, sign out")
	r.srv.Await("word of it", func() bool { return len(r.leo.Screen(r.leo.DM())) > 0 })
	if n := r.service("jellyfin").SignOuts("phone"); n != 0 {
		t.Errorf("signed out %d times", n)
	}
}

// What a process was told and did not answer, the next one answers, once.
func TestRestartAnswersInPrivate(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	stop := r.start()
	r.srv.Fail("update_original_webhook_message", -1, discordapi.Down(503))
	r.leo.In(r.room).Uses("/settings", nil).Await()
	r.srv.AwaitCalls("update_original_webhook_message", 1)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	r.srv.Recover()
	r.restart()
	r.start()
	r.settle()
	if screen := r.leo.Screen(r.leo.DM()); len(screen) != 1 || !strings.Contains(read(screen[0]), "This is how I talk to you") {
		t.Errorf("Leo sees\n%s", screen)
	}
}

// After fifteen minutes a private message can not be changed any more: the outcome is a message of its own.
func TestOutcomeAfterTheTokenIsOver(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start()
	leo := r.leo.In(r.room)
	question := leo.Uses("/help", nil).AwaitMessage()
	leo.Forges(question.ID, "s:settings").Await()
	r.settle()
	source := core.Source{Contact: contact(r.leo), Room: r.room.ID, Message: "e:" + question.ID}
	r.house.Pass(t.Context(), 16*time.Minute)
	if _, err := r.chat.Send(t.Context(), contact(r.leo), source, sample(t, "outcome"), "d1"); err != nil {
		t.Fatal(err)
	}
	r.shows(r.leo.In(r.leo.DM()), "I looked again")
}

// News in a private message is redrawn by its press, and by what comes of it later, without a token too.
func TestNewsIsRedrawnInItsPlace(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, err := r.send(sample(t, "alarm"), "d1")
	if err != nil {
		t.Fatal(err)
	}
	source := core.Source{Contact: contact(r.leo), Room: r.leo.DM().ID, Message: id}
	if got, err := r.chat.Send(t.Context(), contact(r.leo), source, sample(t, "outcome"), "d2"); err != nil || got != id {
		t.Fatalf("shown in %q, %v", got, err)
	}
	screen := r.leo.Screen(r.leo.DM())
	if len(screen) != 1 || len(screen[0].Buttons) != 0 || len(screen[0].Embeds) != 0 || !strings.Contains(read(screen[0]), "it is gone") {
		t.Errorf("Leo sees\n%s", screen)
	}
}

// Where others read, no secret takes the place of a message.
func TestSecretsAreNotForTheRoom(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	source := core.Source{Contact: contact(r.leo), Room: r.room.ID, Message: "999999999999999999", Public: true}
	if _, err := r.chat.Send(t.Context(), contact(r.leo), source, sample(t, "secret"), "d1"); err != nil {
		t.Fatal(err)
	}
	if n := len(r.srv.Calls("update_*")); n != 0 || len(r.leo.Screen(r.leo.DM())) != 1 || len(r.marta.Screen(r.room)) != 0 {
		t.Errorf("%d changes; the room shows\n%s", n, r.marta.Screen(r.room))
	}
}

// A record that can not be written is told, and nothing is done.
func TestUnwritableInbox(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start()
	leo := r.leo.In(r.room)
	question := leo.Uses("/signout", discordapi.Options{"what": "leo's phone"}).AwaitMessage()
	r.settle()
	r.full.Store(true)
	leo.Presses(question.ID, "Yes, sign out")
	r.shows(leo, "I can not write my record right now")
	if n := r.service("jellyfin").SignOuts("phone"); n != 0 {
		t.Errorf("signed out %d times", n)
	}
}

// News for the household goes to its channel; what is for one person's eyes or secret never does, whatever the source says.
func TestNewsForTheHousehold(t *testing.T) {
	t.Parallel()
	open := talk.Card{Tone: talk.Alarm, Summary: talk.Words("A sign-in that nobody knows: Marta was asked.")}
	tests := []struct {
		name, channel, room string
		card                talk.Card
		inRoom              int
	}{
		{"open", homeChannel, homeChannel, open, 1},
		{"private", homeChannel, homeChannel, sample(t, "alarm"), 0},
		{"secret", homeChannel, homeChannel, sample(t, "secret"), 0},
		{"another room", homeChannel, "777777777777777777", open, 0},
		{"no channel", "", homeChannel, open, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.cfg.Channel = tt.channel
			r.furnish()
			for range 2 { // the second is a repeat
				source := core.Source{Contact: contact(r.leo), Room: tt.room, Public: true}
				if _, err := r.chat.Send(t.Context(), contact(r.leo), source, tt.card, "d1"); err != nil {
					t.Fatal(err)
				}
			}
			if n := len(r.marta.Screen(r.room)); n != tt.inRoom {
				t.Errorf("the channel has %d messages, want %d", n, tt.inRoom)
			}
			if n := len(r.leo.Screen(r.leo.DM())); n != 1-tt.inRoom {
				t.Errorf("Leo has %d messages", n)
			}
		})
	}
}

// A private card does not take the place of a message that others read.
func TestPrivateAnswerToAPublicMessage(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start()
	source := core.Source{Contact: contact(r.leo), Room: homeChannel, Public: true}
	handle := "a1." + strings.Repeat("b", 21) + "A"
	offer, _ := core.OfferOf(handle)
	err := r.books.PutOffers(t.Context(), []core.Offer{{
		ID: offer, Kind: "never mind", Args: []byte("null"), Audience: []core.MemberID{"leo"}, Once: true, Made: r.now(), Lapses: r.now().Add(time.Hour),
	}})
	if err != nil {
		t.Fatal(err)
	}
	card := talk.Card{Summary: talk.Words("Jellyfin is back."), Buttons: []talk.Button{{Label: talk.Words("Close"), Handle: handle}}}
	id, err := r.chat.Send(t.Context(), contact(r.leo), source, card, "d1")
	if err != nil {
		t.Fatal(err)
	}
	source.Message = id
	if _, err := r.chat.Send(t.Context(), contact(r.leo), source, sample(t, "outcome"), "d2"); err != nil {
		t.Fatal(err)
	}
	r.leo.In(r.room).Presses(id, "Close").Await()
	r.shows(r.leo.In(r.room), "All right, nothing was done.")
	if screen := r.marta.Screen(r.room); len(screen) != 1 || screen[0].Edited || !strings.Contains(read(screen[0]), "Jellyfin is back.") {
		t.Errorf("Marta sees\n%s", screen)
	}
	if n := len(r.leo.Screen(r.leo.DM())); n != 1 {
		t.Errorf("Leo has %d messages", n)
	}
}
