package watch_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/core/coretest"
	"latchstring/core/talk"
)

// What silence never answers is asked again on three mornings, once on each whatever is restarted, and by then only where nobody
// has answered and of nobody who wants to be asked later. From Monday on it stands in what the owners are told.
func TestAskedAgain(t *testing.T) {
	for _, test := range []struct {
		name  string
		then  string        // what Marta does
		after time.Duration // of the first question, which is at 18:01
		marta int           // how often she is asked by Sunday
		leo   int
	}{
		{"nobody answers", "", 0, 4, 4},
		{"an owner answers", "It was Leo", 0, 1, 1},
		{"an owner waits", "Ask me later", 0, 5, 4},                         // an hour later as well
		{"an owner waits until nine", "Ask me later", 14 * time.Hour, 4, 4}, // and no second time at nine
	} {
		t.Run(test.name, func(t *testing.T) {
			mail := &coretest.Mail{}
			h, books := watched(t, mail)
			order(t, h, "home", "leo signs in on Edge on Windows from a server")
			h.Pass(t.Context(), time.Minute)
			if c := cases(t, books); len(c) != 1 || !c[0].Silence.IsZero() {
				t.Fatalf("%+v", c)
			}
			began := h.Now()
			h.Pass(t.Context(), test.after)
			if test.then != "" {
				marta := core.Contact{Chat: core.Terminal, User: "marta"}
				h.Talk.Handle(t.Context(), talk.Request{From: marta, Private: true, At: h.Now(), Handle: mail.Button("marta", test.then)})
			}
			asked := func(who string) (n int) {
				for _, said := range mail.To(who) {
					if strings.Contains(said, "Was this") {
						n++
					}
				}
				return n
			}
			for h.Now().Sub(began) < 5*24*time.Hour {
				h.Pass(t.Context(), time.Hour)
				if test.after == 0 { // who was left out in the morning is known to that program only
					h = h.Restart(mail)
				}
			}
			if m, l := asked("marta"), asked("leo"); m != test.marta || l != test.leo {
				t.Errorf("marta was asked %d times, leo %d: want %d and %d", m, l, test.marta, test.leo)
			}
			last := strings.Join(mail.To("leo"), "\n")
			if said := strings.Contains(last, "I have been asking since"); said != (test.leo > 1) {
				t.Errorf("it tells since when it asks: %v", said)
			}
			for range 8 {
				h.Pass(t.Context(), 24*time.Hour)
			}
			told := strings.Contains(strings.Join(mail.To("marta"), "\n"), "One sign-in still waits for an answer.")
			if open := cases(t, books)[0].Open(); told != open || open != (test.then != "It was Leo") {
				t.Errorf("open %v, told of on Monday %v", open, told)
			}
		})
	}
}

// Where the chats are down for days, a question that comes late comes once, and one that was answered meanwhile not as a question.
func TestAskedAgainWhileNobodyIsReached(t *testing.T) {
	for _, answered := range []bool{false, true} {
		mail := &coretest.Mail{}
		h, books := watched(t, mail)
		if !answered {
			mail.Fails(errors.New("the chat is down"))
		}
		order(t, h, "home", "leo signs in on Edge on Windows from a server")
		h.Pass(t.Context(), time.Minute)
		before := len(mail.To("marta"))
		mail.Fails(errors.New("the chat is down"))
		for range 48 {
			h.Pass(t.Context(), time.Hour)
		}
		if answered {
			marta, _ := h.Household.Member("marta")
			if _, err := h.Watcher.Answer(t.Context(), marta, core.Source{}, cases(t, books)[0].ID, core.Ours, "leo"); err != nil {
				t.Fatal(err)
			}
		}
		mail.Fails(nil)
		for range 40 {
			h.Pass(t.Context(), time.Minute)
		}
		late := mail.To("marta")[before:]
		asked := 0
		for _, said := range late {
			if strings.Contains(said, "[It was Leo]") {
				asked++
			}
		}
		if want := map[bool]int{false: 1, true: 0}[answered]; asked != want {
			t.Errorf("answered %v: asked %d times\n%s", answered, asked, strings.Join(late, "\n\n"))
		}
	}
}
