package talk_test

import (
	"strings"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/core/control"
	"latchstring/core/coretest"
	"latchstring/core/talk"
)

// What is known and comes back after a reset is told of, once and together; what is not, is urgent or was denied is asked
// about as ever.
func TestBackAfterAReset(t *testing.T) {
	const message = "Back since the reset"
	for _, tt := range []struct {
		name  string
		reset bool
		wait  time.Duration // after the reset
		signs []string
		asked bool
		told  string // what Leo is told of
	}{
		{"without a reset", false, time.Minute, []string{"leo signs in on Safari on iPhone from Toledo"}, true, ""},
		{"a known name", true, time.Minute, []string{"leo signs in on Safari on iPhone from home"}, false, "Safari on iPhone."},
		{"a known name from elsewhere", true, time.Minute, []string{"leo signs in on Safari on iPhone from Toledo"}, true, ""},
		{"a known id", true, time.Minute, []string{"Safari on iPhone signs in anew"}, false, "Safari on iPhone."},
		{"two", true, time.Minute, []string{"Safari on iPhone signs in anew", "Chrome on Windows signs in anew"}, false, "Safari on iPhone, Chrome on Windows."},
		{"twice", true, time.Minute, []string{"Safari on iPhone signs in anew", "Safari on iPhone signs in anew"}, false, "Safari on iPhone."},
		{"in the evening", true, 5 * time.Hour, []string{"Safari on iPhone signs in anew"}, false, "Safari on iPhone."},
		{"on the next day", true, 30 * time.Hour, []string{"leo signs in on Safari on iPhone from Toledo"}, true, ""},
		{"unknown", true, time.Minute, []string{"leo signs in on Vivaldi on Linux from Toledo"}, true, ""},
		{"urgent", true, time.Minute, []string{"leo signs in on Safari on iPhone from Oslo"}, true, ""},
		{"denied before", true, time.Minute, []string{"leo signs in on Opera on Windows from Toledo"}, true, ""},
		{"another's account", true, time.Minute, []string{"marta signs in on Safari on iPhone from Toledo"}, true, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			mail := &coretest.Mail{}
			books := &coretest.Books{}
			h := coretest.NewHouse(t, books, coretest.RiveraServices(), mail)
			h.Watcher.Tuning.Threshold = 2
			h.Watch(t.Context())
			home, _ := h.Service("home")
			order := func(what string) {
				if err := home.Order(what); err != nil {
					t.Fatal(err)
				}
				h.Pass(t.Context(), time.Minute)
			}
			cases := func() []core.Case {
				all, err := books.Cases(t.Context(), core.CaseQuery{})
				if err != nil {
					t.Fatal(err)
				}
				return all
			}
			leo, _ := h.Household.Member("leo")
			marta, _ := h.Household.Member("marta")
			order("leo signs in on Opera on Windows from Naples")
			if _, err := h.Watcher.Answer(t.Context(), leo, core.Source{}, cases()[0].ID, core.NotOurs, ""); err != nil {
				t.Fatal(err)
			}
			if tt.reset {
				a, err := h.Desk.BeginReset(t.Context(), control.Order{By: marta}, "home", "leo")
				if err != nil {
					t.Fatal(err)
				}
				h.Desk.Carry(t.Context(), a)
			}
			h.Pass(t.Context(), tt.wait)
			for _, what := range tt.signs {
				order(what)
				h = h.Restart(mail)
				h.Watcher.Tuning.Threshold = 2
			}
			if got := len(cases()) > 1; got != tt.asked {
				t.Errorf("asked about: %v", got)
			}
			for range 30 {
				h.Pass(t.Context(), time.Hour)
			}
			for _, who := range []string{"leo", "marta"} {
				told := strings.Join(mail.To(who), "\n")
				if n := strings.Count(told, message); tt.told == "" && n > 0 || tt.told != "" && (n != 1 || !strings.Contains(told, message+": "+tt.told)) {
					t.Errorf("%s was told %d times:\n%s", who, n, told)
				}
			}
		})
	}
}

// A device that was signed out by hand and is heard of again is told of, once, to whoever did it, with what ends that.
func TestBackAfterByHand(t *testing.T) {
	mail, services := &coretest.Mail{}, coretest.RiveraServices()
	services[2].Hearsay = true
	h := coretest.NewHouse(t, &coretest.Books{}, services, mail)
	h.Watch(t.Context())
	done := ""
	r := h.Talk.Handle(t.Context(), talk.Request{From: core.Contact{Chat: core.Terminal, User: "marta"}, Private: true, At: h.Now(), Text: "signout samsung tv"})
	for _, b := range r.Card.All() {
		if b.Label.String() == "Done" {
			done = b.Handle
		}
	}
	h.Talk.Handle(t.Context(), talk.Request{From: core.Contact{Chat: core.Terminal, User: "marta"}, Private: true, At: h.Now(), Handle: done})
	h.Pass(t.Context(), time.Hour)
	if got := says(t, h, "marta", "devices netflix"); strings.Contains(got, "Samsung TV") {
		t.Errorf("what was signed out is listed: %q", got)
	}
	if err := services[2].Order("Samsung TV signs in anew"); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		h.Pass(t.Context(), time.Minute)
		h = h.Restart(mail)
	}
	got := mail.To("marta")
	if len(got) != 1 || !strings.Contains(got[0], "Samsung TV is back on Netflix, which you signed out by hand 1 hour ago") || !strings.Contains(got[0], "[Start a password reset]") {
		t.Errorf("marta was told %q", got)
	}
	if others := append(mail.To("leo"), mail.To("sofi")...); len(others) != 0 {
		t.Errorf("others were told %q", others)
	}
	if got := says(t, h, "marta", "devices netflix"); !strings.Contains(got, "Samsung TV") {
		t.Errorf("what is back is not listed: %q", got)
	}
}
