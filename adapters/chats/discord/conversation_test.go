package discord_test

import (
	"strings"
	"testing"

	"latchstring/adapters/chats/discord/discordapi"
)

// One message goes from the question to its outcome. Nobody else sees it.
func TestSignOutInOneMessage(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start()
	leo := r.leo.In(r.room)
	asked := leo.Uses("/signout", discordapi.Options{"what": "leo's phone"})
	if kind := asked.Await(); kind != discordapi.SaysLater {
		t.Errorf("the command is acknowledged with %d", kind)
	}
	question := asked.AwaitMessage()
	if !question.Private || !strings.Contains(read(question), "Sign out Leo's phone from Jellyfin?") {
		t.Fatalf("asked %+v", question)
	}
	press := leo.Presses(question.ID, "Yes, sign out")
	if kind := press.Await(); kind != discordapi.ChangesLater {
		t.Errorf("the press is acknowledged with %d", kind)
	}
	outcome := r.shows(leo, "I looked again: it is gone.")
	if outcome.ID != question.ID || len(outcome.Buttons) != 0 || len(leo.Screen()) != 1 {
		t.Errorf("the outcome is not in the question's place:\n%s", leo.Screen())
	}
	if n := r.service("jellyfin").SignOuts("phone"); n != 1 {
		t.Errorf("signed out %d times", n)
	}
	if others := r.marta.Screen(r.room); len(others) != 0 {
		t.Errorf("Marta sees\n%s", others)
	}
}

func TestDoublePressIsDoneOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start()
	leo := r.leo.In(r.room)
	question := leo.Uses("/signout", discordapi.Options{"what": "leo's phone"}).AwaitMessage()
	first, second := leo.Presses(question.ID, "Yes, sign out"), leo.Presses(question.ID, "Yes, sign out")
	first.Await()
	second.Await()
	r.settle()
	if n := r.service("jellyfin").SignOuts("phone"); n != 1 {
		t.Errorf("signed out %d times", n)
	}
}

// Each device has its button beside it, and the list fits into one message.
func TestDevicesStandBesideTheirButtons(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start()
	shown := r.leo.In(r.room).Uses("/devices", discordapi.Options{"what": "jellyfin leo"}).AwaitMessage()
	beside := 0
	for _, b := range shown.Buttons {
		if b.Beside != "" {
			beside++
		}
	}
	if !shown.Arranged || beside == 0 {
		t.Errorf("shown is %+v", shown)
	}
}

func TestSuggestionsComeFromMemory(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start()
	var got []string
	for _, c := range r.leo.In(r.room).Types("/devices", "what", "jellyfin l", nil).AwaitChoices() {
		got = append(got, c.Name)
	}
	if strings.Join(got, ",") != "jellyfin leo" {
		t.Errorf("suggested %q", got)
	}
	if got := r.mallory.In(r.room).Types("/devices", "what", "", nil).AwaitChoices(); len(got) != 0 {
		t.Errorf("a stranger is told %v", got)
	}
}

// Guilds that are not the household's, and nobody, get no answer; the bot is asked for nothing there.
func TestOtherGuildsAreLeftAlone(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	other := r.srv.Guild("777777777777777777", "Elsewhere", r.mallory, r.leo)
	room := other.Channel("888888888888888888", "lobby")
	r.start()
	r.leo.In(room).Forges("999999999999999999", "s:devices")
	r.leo.In(r.room).Faceless().Forges("999999999999999999", "s:devices")
	r.leo.In(r.room).Uses("/help", nil).AwaitMessage()
	if n := len(r.srv.Unanswered()); n != 2 {
		t.Errorf("%d are unanswered, want 2", n)
	}
	if n := other.Overwritten(); n != 0 {
		t.Errorf("commands were set %d times elsewhere", n)
	}
}

func TestCommandsAreSetOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	stop := r.start()
	r.srv.AwaitCalls("bulk_set_guild_application_commands", 1)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	before := len(r.srv.Calls("list_guild_application_commands"))
	r.restart()
	r.start()
	r.srv.AwaitCalls("list_guild_application_commands", before+1)
	r.leo.In(r.room).Uses("/help", nil).AwaitMessage()
	if n := r.guild.Overwritten(); n != 1 {
		t.Errorf("commands were set %d times", n)
	}
}

// What the library can not decode is understood nevertheless.
func TestStrangeInteractionsAreUnderstood(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start()
	leo := r.leo.In(r.room)
	list := leo.Uses("/help", nil).AwaitMessage()
	for name, change := range map[string]func(map[string]any){
		"an unknown component": func(p map[string]any) {
			p["message"].(map[string]any)["components"] = []any{map[string]any{"type": 99, "id": "x"}}
		},
		"a wrong type in the message": func(p map[string]any) { p["message"].(map[string]any)["content"] = []any{1} },
		"a new field":                 func(p map[string]any) { p["novelty"] = map[string]any{"a": 1} },
	} {
		if kind := leo.Garbled(change).Forges(list.ID, "s:settings").Await(); kind != discordapi.ChangesLater {
			t.Errorf("%s: answered with %d", name, kind)
		}
	}
	r.settle()
	r.srv.Dispatch("INTERACTION_CREATE", `{"id":7,"token":[]}`)
	r.srv.Dispatch("INTERACTION_CREATE", `"nothing"`)
	r.logged("not readable")
	leo.Uses("/help", nil).AwaitMessage()
}
