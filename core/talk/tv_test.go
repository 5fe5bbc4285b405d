package talk_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/core/coretest"
	"latchstring/core/talk"
)

// script is what a member is answered.
func script(c talk.Card) string { return strings.Join(coretest.Script(c), "\n") }

// television opens a house in which two services sign televisions in, and one of them knows only Sofi and Marta.
func television(t *testing.T, books coretest.AllBooks) (*coretest.House, *coretest.Service) {
	t.Helper()
	services := coretest.RiveraServices()
	films, radio := services[0], services[3]
	films.Accounts = slices.DeleteFunc(films.Accounts, func(a core.Account) bool { return a.Member == "leo" })
	radio.CanTV = true
	radio.Accounts = films.Accounts
	for i := range radio.Accounts {
		radio.Accounts[i].Service = radio.ID
	}
	films.Accounts = slices.Clone(radio.Accounts)
	for i := range films.Accounts {
		films.Accounts[i].Service = films.ID
	}
	if err := films.Order("a television shows 482913"); err != nil {
		t.Fatal(err)
	}
	return coretest.NewHouse(t, books, services, &mailbox{}), films
}

// Where a word is missing there is a choice, and the choice leads on.
func TestTVChoices(t *testing.T) {
	h, _ := television(t, &coretest.Books{})
	c := say(h, "marta", "tv 482913").Card
	if c.Summary.String() != "Which service shows this code?" {
		t.Fatal(script(c))
	}
	if b := label(t, c, "Radio"); b.Say != "tv 482913 radio marta" {
		t.Errorf("it says %q", b.Say)
	}
	c = say(h, "marta", "tv radio").Card
	if !strings.Contains(script(c), "tv 123456 radio") {
		t.Error(script(c))
	}
	// Leo has no account at either, so it is for somebody else: of others he may only do it for the child.
	c = say(h, "leo", "tv 482913 jellyfin").Card
	if len(c.All()) != 1 {
		t.Error(script(c))
	}
	c = say(h, "leo", label(t, c, "For Sofi").Say).Card
	if want := "Jellyfin took the code: the television is being signed in as Sofi."; c.Summary.String() != want {
		t.Error(script(c))
	}
	if c = say(h, "marta", "tv 1 leo").Card; c.Summary.String() != "Leo has no account at Jellyfin and Radio that I know of." {
		t.Error(script(c))
	}
	if strings.Contains(h.Log.String(), "482913") {
		t.Error("the code is in the log")
	}
}

// What can not be put on record is not done.
func TestNothingIsDoneOffTheRecord(t *testing.T) {
	books := &coretest.Books{}
	h, films := television(t, books)
	yes := label(t, press(h, "marta", label(t, say(h, "marta", "watching").Card, "Stop Living-room TV").Handle).Card, "Yes, stop it")
	nicely := label(t, say(h, "marta", "watching").Card, "Ask Leo nicely")
	books.Err = errors.New("disk full")
	for what, c := range map[string]talk.Card{
		"tv": say(h, "marta", "tv 482913 jellyfin").Card, "stop": press(h, "marta", yes.Handle).Card, "ask": press(h, "marta", nicely.Handle).Card,
	} {
		if !strings.Contains(script(c), "I can not write my record right now") {
			t.Errorf("%s: %s", what, script(c))
		}
	}
	books.Err = nil
	if got := films.Screens(); len(got) != 0 {
		t.Errorf("shown: %q", got)
	}
	if c := say(h, "marta", "tv 482913 jellyfin").Card; c.Tone != talk.Good {
		t.Errorf("the code was used: %s", script(c))
	}
}

// cutOff is a record that takes one entry and no more, as if the program had ended in between.
type cutOff struct {
	coretest.AllBooks
	left int
}

func (f *cutOff) Record(ctx context.Context, e core.Entry) error {
	if f.left--; f.left < 0 {
		return errors.New("disk full")
	}
	return f.AllBooks.Record(ctx, e)
}

// Where the program ends after it asked the service, the record says what was asked and claims no more.
func TestTVInterrupted(t *testing.T) {
	h, films := television(t, &cutOff{AllBooks: &coretest.Books{}, left: 1})
	if err := h.Desk.PairTV(t.Context(), h.Household.Members[0], "jellyfin", "marta", "482913"); err != nil {
		t.Fatal(err)
	}
	entries, err := h.Desk.History(t.Context(), h.Household.Members[0], core.HistoryQuery{Limit: 10})
	if err != nil || len(entries) != 1 || entries[0].Step != core.Requested || entries[0].Outcome != "" {
		t.Errorf("%+v, %v", entries, err)
	}
	if c := say(h, "marta", "history").Card; !strings.Contains(script(c), "Marta asked me to sign a television in to Jellyfin. ") {
		t.Error(script(c))
	}
	if films.Asked() != 0 {
		t.Error("something else was asked")
	}
}

// A television that nobody here signed in is signed out for good: its card does not offer to sign it back in.
func TestStrangersTVStaysOut(t *testing.T) {
	chat := &mailbox{}
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices(), chat)
	h.Watch(t.Context())
	films, _ := h.Service("jellyfin")
	if err := films.Order("leo signs in on Samsung TV from Naples"); err != nil {
		t.Fatal(err)
	}
	h.Pass(t.Context(), time.Minute)
	asked := chat.got("leo")
	if len(asked) == 0 {
		t.Fatal("leo was not asked")
	}
	press(h, "leo", label(t, asked[0], "Not me: sign it out").Handle).Then(t.Context())
	h.Settle(t.Context())
	told := chat.got("leo")
	if last := script(told[len(told)-1]); !strings.Contains(last, "Samsung TV is signed out of Jellyfin.") || strings.Contains(last, "Sign it back in") {
		t.Error(last)
	}
}
