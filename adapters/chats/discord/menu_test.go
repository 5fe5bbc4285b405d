package discord_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"latchstring/adapters/chats/chattest"
	"latchstring/adapters/chats/discord/discordapi"
	"latchstring/core"
	"latchstring/core/talk"
)

// As many rules as the config allows leave room for all of them, and for the words to choose from.
func TestRulesOfTheHouseFit(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for i := range 10 {
		rule := fmt.Sprintf("Rule %d. %s", i, strings.Repeat("word ", 17)+"so")
		r.house.Household.Rules = append(r.house.Household.Rules, rule+".")
		r.house.Household.Guests = append(r.house.Household.Guests, rule+"!")
	}
	r.start()
	help := r.marta.In(r.room).Uses("/help", nil).AwaitMessage()
	if n := strings.Count(help.Text, "Rule "); n != 20 || len(help.Selects) != 1 {
		t.Errorf("%d rules and %d lists stand in:\n%s", n, len(help.Selects), help.Text)
	}
}

// Many plain alternatives are one list to choose from, and a choice is a press. What is no plain alternative stays a button.
func TestManyAlternativesAreAList(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start()
	leo := r.leo.In(r.room)
	menu := r.marta.In(r.room).Uses("/help", nil).AwaitMessage()
	if len(menu.Selects) != 1 || len(menu.Buttons) != 0 || len(menu.Selects[0].Options) < 6 {
		t.Fatalf("the help shows %+v and %+v", menu.Selects, menu.Buttons)
	}
	help := leo.Uses("/help", nil).AwaitMessage()
	if kind := leo.Chooses(help.ID, "settings").Await(); kind != discordapi.ChangesLater {
		t.Errorf("the choice is acknowledged with %d", kind)
	}
	r.shows(leo, "This is how I talk to you")

	cards := map[string]talk.Card{}
	for _, s := range chattest.Cards() {
		cards[s.Name] = s.Card
	}
	mixed := cards["buttons"]
	mixed.Buttons = append(slices.Clone(mixed.Buttons),
		talk.Button{Label: talk.Words("Yes"), Style: talk.Danger, Handle: "a1.000000000000000000099A"},
		talk.Button{Label: talk.Words("Open"), Link: "https://example.org/"})
	five := cards["buttons"]
	five.Buttons = five.Buttons[:5]
	for _, tt := range []struct {
		name             string
		card             talk.Card
		options, buttons int
	}{{"eight", cards["buttons"], 8, 0}, {"five", five, 0, 5}, {"mixed", mixed, 8, 2}} {
		if _, err := r.send(tt.card, core.DeliveryID(tt.name)); err != nil {
			t.Fatal(err)
		}
		m, options := r.leo.Screen(r.leo.DM()).Last(), 0
		for _, s := range m.Selects {
			options += len(s.Options)
		}
		if options != tt.options || len(m.Buttons) != tt.buttons {
			t.Errorf("%s: %d options and %d buttons", tt.name, options, len(m.Buttons))
		}
	}
}

// A choice does what its button would, for whom it is, once.
func TestChoiceOfAnOffer(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start()
	leo := r.leo.In(r.leo.DM())
	ask := leo.Uses("/signout", discordapi.Options{"what": "all"}).AwaitMessage()
	handle := ask.Buttons[0].CustomID
	asked := leo.ForgesChoice(ask.ID, "c:1", handle)
	asked.Await()
	r.shows(leo, "Sign out")
	for name, values := range map[string][]string{"nothing": {}, "two": {handle, "s:help"}, "nonsense": {"x"}} {
		leo.ForgesChoice(ask.ID, "c:1", values...).Await()
		r.shows(leo, "too old, or not for you")
		if n := r.service("jellyfin").SignOuts("phone"); n != 0 {
			t.Errorf("%s signed out %d times", name, n)
		}
	}
}

// Where a code is missing a form asks for it, as the first answer; the code that is sent with it comes in like a typed one.
func TestFormAsksForTheCode(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start()
	shown := r.marta.In(r.room).Uses("/invite", discordapi.Options{"who": "leo"}).AwaitMessage()
	code := strings.TrimPrefix(strings.Trim(shown.Spoilers()[0], "`"), "/link ")
	guest := r.mallory.In(r.room)
	asked := guest.Uses("/link", nil)
	form := asked.AwaitForm()
	if form.Title == "" || len(form.Inputs) != 1 || !form.Inputs[0].Required {
		t.Fatalf("the form is %+v", form)
	}
	sent := guest.Submits(asked, map[string]string{"invitation": code})
	if kind := sent.Await(); kind != discordapi.SaysLater {
		t.Errorf("the form is acknowledged with %d", kind)
	}
	question := sent.AwaitMessage()
	if !question.Private || !strings.Contains(read(question), "as Leo. Is that you?") {
		t.Fatalf("asked %+v", question)
	}
	guest.Presses(question.ID, "Yes").Await()
	r.shows(r.marta.In(r.marta.DM()), "If that is Leo")
}

// Forms that were never opened are no more than typed words.
func TestForgedForms(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start()
	leo := r.leo.In(r.leo.DM())
	shown := leo.ForgesForm("f:help", map[string]string{"invitation": "x"}).AwaitMessage()
	if !strings.Contains(read(shown), "This is what you can say") {
		t.Errorf("answered %+v", shown)
	}
	guest := r.mallory.In(r.mallory.DM())
	guest.ForgesForm("f:link", map[string]string{"invitation": "0000-0000"}).Await()
	r.shows(guest, "I only talk to the people of one household")
	leo.ForgesForm("x", map[string]string{"invitation": "x"})
	leo.ForgesForm("f:", map[string]string{"invitation": "x"})
	leo.Uses("/help", nil).AwaitMessage()
	if n := len(r.srv.Unanswered()); n != 2 {
		t.Errorf("%d are unanswered, want the 2 that are no forms of ours", n)
	}
}

// A household that speaks German has its commands in German where the app is German, and what is said is the same.
func TestCommandsInTheHouseholdsLanguage(t *testing.T) {
	t.Parallel()
	for language, locales := range map[string][]string{"en": nil, "de": {"de"}, "es": {"es-419", "es-ES"}} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.house.Household.Language = language
			stop := r.start()
			for _, c := range r.guild.Commands() {
				if got := slices.Sorted(maps.Keys(c.Names)); !slices.Equal(got, locales) {
					t.Errorf("%s has names in %q", c.Name, got)
				}
				for _, o := range c.Options {
					if got := slices.Sorted(maps.Keys(o.Descriptions)); !slices.Equal(got, locales) {
						t.Errorf("%s %s has descriptions in %q", c.Name, o.Name, got)
					}
				}
			}
			if language == "de" {
				r.leo.Locale, r.marta.Locale = "de", "fr"
				list := r.leo.In(r.room).Uses("/abmelden", discordapi.Options{"what": "leo's phone"}).AwaitMessage()
				if !strings.Contains(read(list), "Sign out Leo's phone from Jellyfin?") {
					t.Errorf("answered %+v", list)
				}
				r.marta.In(r.room).Uses("/devices", nil).AwaitMessage()
			}
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
		})
	}
}

// Names of devices are suggested from the last list, to those who may see them, and what is chosen is looked at anew.
func TestDevicesAreSuggested(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start()
	r.marta.In(r.room).Uses("/devices", discordapi.Options{"what": "all"}).AwaitMessage()
	leo, sofi := r.leo.In(r.room), r.sofi.In(r.room)
	names := func(s discordapi.Seat, typed string) (names []string) {
		for _, c := range s.Types("/signout", "what", typed, nil).AwaitChoices() {
			names = append(names, c.Name)
		}
		return names
	}
	if got := names(leo, "LEO'S"); !slices.Equal(got, []string{"Leo's phone"}) {
		t.Errorf("Leo is told %q", got)
	}
	if got := names(sofi, "phone"); len(got) != 0 {
		t.Errorf("Sofi is told %q", got)
	}
	asked := leo.Uses("/signout", discordapi.Options{"what": names(leo, "leo's")[0]}).AwaitMessage()
	if !strings.Contains(read(asked), "Sign out Leo's phone from Jellyfin?") {
		t.Errorf("asked %+v", asked)
	}
	forged := sofi.Uses("/signout", discordapi.Options{"what": "Leo's phone"}).AwaitMessage()
	if strings.Contains(read(forged), "Sign out Leo's phone") {
		t.Errorf("Sofi is asked %+v", forged)
	}
}
