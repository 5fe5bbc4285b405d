package talk_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/core/coretest"
	"latchstring/core/talk"
)

// says is a member saying something in private, and what they are answered at once.
func says(t *testing.T, h *coretest.House, who, text string) string {
	t.Helper()
	r := h.Talk.Handle(t.Context(), talk.Request{From: core.Contact{Chat: core.Terminal, User: who}, Private: true, At: h.Now(), Text: text})
	return strings.Join(coretest.Script(r.Card), "\n")
}

func mails(t *testing.T, h *coretest.House, what string) {
	t.Helper()
	s, _ := h.Service("netflix")
	if err := s.Order("mails a " + what); err != nil {
		t.Fatal(err)
	}
	h.Settle(t.Context())
}

// Whoever asked is shown the code also by a program that has started again since, and only while the owner allows it.
func TestCodeAfterARestart(t *testing.T) {
	for name, test := range map[string]struct {
		meanwhile func(h *coretest.House)
		after     time.Duration
		want      int
	}{
		"at once":               {func(*coretest.House) {}, 0, 1},
		"when the wait is over": {func(*coretest.House) {}, 15*time.Minute + time.Second, 0},
		"not allowed any more": {func(h *coretest.House) {
			s, _ := h.Service("netflix")
			s.Codes = map[core.MemberID][]core.MemberID{"marta": {"marta"}}
		}, 0, 0},
	} {
		mail := &coretest.Mail{}
		h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices(), mail)
		h.Watch(t.Context())
		if got := says(t, h, "leo", "code netflix"); !strings.Contains(got, "is here yet") {
			t.Errorf("%s: leo was answered %q", name, got)
		}
		test.meanwhile(h)
		h = h.Restart(mail)
		h.Pass(t.Context(), test.after)
		mails(t, h, "code")
		h.Pass(t.Context(), time.Minute)
		shown := 0
		for _, card := range mail.To("leo") {
			shown += strings.Count(card, "The code of Marta's Netflix: ")
		}
		if shown != test.want {
			t.Errorf("%s: leo was shown %q", name, mail.To("leo"))
		}
		if got := append(mail.To("marta"), mail.To("sofi")...); len(got) != 0 {
			t.Errorf("%s: others were told %q", name, got)
		}
	}
}

// The same mail is told once, however often it is read.
func TestCodeIsToldOnce(t *testing.T) {
	mail := &coretest.Mail{}
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices(), mail)
	h.Watch(t.Context())
	says(t, h, "leo", "code netflix")
	says(t, h, "marta", "code netflix")
	mails(t, h, "code")
	all, err := h.Watcher.Connectors[2].OneTime.OneTime(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatalf("%v, %v", all, err)
	}
	for range 3 {
		if err := h.Desk.CodeCame(t.Context(), all[0]); err != nil {
			t.Fatal(err)
		}
		h.Settle(t.Context())
	}
	for _, who := range []string{"leo", "marta"} {
		if got := mail.To(who); len(got) != 1 {
			t.Errorf("%s was told %q", who, got)
		}
	}
}

// A code that could not be shown while it was good is not shown.
func TestCodeThatIsLate(t *testing.T) {
	mail := &coretest.Mail{}
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices(), mail)
	h.Watch(t.Context())
	says(t, h, "leo", "code netflix")
	mail.Fails(&talk.SendError{After: 20 * time.Minute, Err: errors.New("slow down")})
	mails(t, h, "code")
	mail.Fails(nil)
	for range 3 {
		h.Pass(t.Context(), 10*time.Minute)
	}
	if got := strings.Join(mail.To("leo"), "\n"); !strings.Contains(got, "I could not show it in its time") || strings.Contains(got, "Only you see this") || strings.Contains(got, "No code") {
		t.Errorf("leo was told %q", got)
	}
}
