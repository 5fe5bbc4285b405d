package talk_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/core/coretest"
	"latchstring/core/talk"
)

// knowing is a chat that knows a delivery again, as Discord does: it makes no second message of it, and leaves the first
// one as it is.
type knowing struct {
	mu    sync.Mutex
	byID  map[core.DeliveryID]string
	texts map[string]string // what the messages say now
	cards map[string]talk.Card
}

func (*knowing) Name() core.Chat { return core.Terminal }

func (*knowing) Door() string { return "" }

func (k *knowing) Send(_ context.Context, to core.Contact, source core.Source, c talk.Card, id core.DeliveryID) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.byID == nil {
		k.byID, k.texts, k.cards = map[core.DeliveryID]string{}, map[string]string{}, map[string]talk.Card{}
	}
	message := source.Message
	if message == "" {
		if known, again := k.byID[id]; again {
			return known, nil
		}
		message = fmt.Sprint(to.User, " ", len(k.byID))
		k.byID[id] = message
	}
	k.texts[message], k.cards[message] = strings.Join(coretest.Script(c), "\n"), c
	return message, nil
}

// to returns what the messages to somebody say now.
func (k *knowing) to(user string) (texts []string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for message, text := range k.texts {
		if strings.HasPrefix(message, user+" ") {
			texts = append(texts, text)
		}
	}
	return texts
}

// handle returns the handle of a button that somebody sees.
func (k *knowing) handle(user, label string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	for message, c := range k.cards {
		for _, b := range c.All() {
			if strings.HasPrefix(message, user+" ") && b.Label.String() == label {
				return b.Handle
			}
		}
	}
	return ""
}

// unmarking are books that record no delivery as sent, as if the program always ended before.
type unmarking struct {
	*coretest.Books
	off bool
}

func (u *unmarking) MarkSent(ctx context.Context, id core.DeliveryID, at time.Time, message string) error {
	if u.off {
		return u.Books.MarkSent(ctx, id, at, message)
	}
	return errors.New("the program ends")
}

// A question that was sent, while the program ended before it could record that, and that somebody else has answered since,
// says so after the next start: nobody is left with a question that is none any more. What had no time to be sent, long
// ago, stays untold.
func TestQuestionCutOffIsBroughtUpToDate(t *testing.T) {
	for _, away := range []time.Duration{time.Minute, time.Hour} {
		t.Run(away.String(), func(t *testing.T) {
			chat, books := &knowing{}, &unmarking{Books: &coretest.Books{}}
			h := coretest.NewHouse(t, books, coretest.RiveraServices(), chat)
			h.Watch(t.Context())
			home, _ := h.Service("home")
			if err := home.Order("leo signs in on Opera on Windows from Toledo"); err != nil {
				t.Fatal(err)
			}
			h.Pass(t.Context(), time.Second)
			if got := chat.to("leo"); len(got) != 1 || !strings.Contains(got[0], "Was this you?") {
				t.Fatalf("Leo reads %q", got)
			}
			books.off = true
			marta, _ := h.Household.Member("marta")
			cases, err := h.Watcher.Cases(t.Context(), marta, core.CaseQuery{})
			if err != nil || len(cases) != 1 {
				t.Fatalf("%d cases, %v", len(cases), err)
			}
			if _, err := h.Watcher.Answer(t.Context(), marta, core.Source{}, cases[0].ID, core.Ours, "leo"); err != nil {
				t.Fatal(err)
			}
			h.Pass(t.Context(), away) // the contact rests: nothing is sent
			h = h.Restart(chat)
			h.Courier.Begin(t.Context())
			h.Settle(t.Context())
			got := chat.to("leo")
			if told := len(got) == 1 && strings.Contains(got[0], "Marta said at"); told != (away == time.Minute) {
				t.Errorf("Leo reads %q", got)
			}
		})
	}
}

// A press that answered a case, and whose reply the end of the program cut off, is not told later that nothing was done.
func TestPressCutOffIsNotDenied(t *testing.T) {
	chat := &knowing{}
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices(), chat)
	h.Watch(t.Context())
	home, _ := h.Service("home")
	if err := home.Order("leo signs in on Opera on Windows from Toledo"); err != nil {
		t.Fatal(err)
	}
	h.Pass(t.Context(), time.Second)
	press := talk.Request{From: core.Contact{Chat: core.Terminal, User: "leo"}, Private: true, At: h.Now(), Handle: chat.handle("leo", "It was me")}
	h.Talk.Handle(t.Context(), press)
	h = h.Restart(chat)
	h.Pass(t.Context(), 20*time.Minute)
	r := h.Talk.Handle(t.Context(), press)
	if said := strings.Join(coretest.Script(r.Card), "\n"); !r.Redraw || !strings.Contains(said, "You said at") {
		t.Errorf("told, redraw %v: %s", r.Redraw, said)
	}
}

// Who comes to a case while somebody else's sign-out is under way is not left with that: they can look again, and read how
// it ended and who said so.
func TestLateComerLooksAgain(t *testing.T) {
	chat := &knowing{}
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices(), chat)
	h.Watch(t.Context())
	home, _ := h.Service("home")
	if err := home.Order("leo signs in on Opera on Windows from Oslo"); err != nil {
		t.Fatal(err)
	}
	h.Pass(t.Context(), time.Second)
	h.Pass(t.Context(), 10*time.Minute) // Marta is asked as well
	press := func(who, handle string) talk.Reply {
		return h.Talk.Handle(t.Context(), talk.Request{From: core.Contact{Chat: core.Terminal, User: who}, Private: true, At: h.Now(), Handle: handle})
	}
	first := press("leo", chat.handle("leo", "Not me: sign it out"))
	late := press("marta", chat.handle("marta", "Sign it out"))
	first.Then(t.Context())
	for _, b := range late.Card.Buttons {
		if b.Label.String() != "Look again" {
			continue
		}
		if said := strings.Join(coretest.Script(press("marta", b.Handle).Card), "\n"); !strings.Contains(said, "it is gone") || !strings.Contains(said, "Leo said at") {
			t.Errorf("Marta reads %s", said)
		}
		return
	}
	t.Errorf("Marta is left with %s", strings.Join(coretest.Script(late.Card), "\n"))
}

// Whoever presses again what answered a case reads all of it, as the first time.
func TestRepeatedPressTellsTheCase(t *testing.T) {
	chat := &knowing{}
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices(), chat)
	h.Watch(t.Context())
	home, _ := h.Service("home")
	if err := home.Order("leo signs in on Opera on Windows from Oslo"); err != nil {
		t.Fatal(err)
	}
	h.Pass(t.Context(), time.Second)
	press := talk.Request{From: core.Contact{Chat: core.Terminal, User: "leo"}, Private: true, At: h.Now(), Handle: chat.handle("leo", "Not me: sign it out")}
	h.Talk.Handle(t.Context(), press).Then(t.Context())
	said := strings.Join(coretest.Script(h.Talk.Handle(t.Context(), press).Card), "\n")
	for _, part := range []string{"it is gone", "Opera on Windows signed in to your", "You said at", "Start my password reset"} {
		if !strings.Contains(said, part) {
			t.Errorf("without %q: %s", part, said)
		}
	}
}

// slowAnswer is a chat that shows a message at once and answers late, or never where ctx ends first.
type slowAnswer struct {
	*coretest.Mail
	shown chan struct{}
}

func (s slowAnswer) Send(ctx context.Context, to core.Contact, source core.Source, card talk.Card, id core.DeliveryID) (string, error) {
	message, err := s.Mail.Send(ctx, to, source, card, id)
	close(s.shown)
	select {
	case <-time.After(100 * time.Millisecond):
		return message, err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// A message that is under way when the program ends is not sent again by the next start.
func TestEndWhileAMessageIsUnderWay(t *testing.T) {
	mail := &coretest.Mail{}
	chat := slowAnswer{mail, make(chan struct{})}
	books := &coretest.Books{}
	h := coretest.NewHouse(t, books, coretest.RiveraServices(), chat)
	if err := books.Post(t.Context(), []core.Delivery{{ID: "d1", Key: "k1", To: "marta", News: core.NewsUnreached, Subject: "leo/discord", Made: h.Now(), Due: h.Now()}}); err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	go func() {
		<-chat.shown
		end()
	}()
	h.Courier.Deliver(ctx)
	h = h.Restart(mail)
	h.Settle(t.Context())
	if got := mail.To("marta"); len(got) != 1 {
		t.Errorf("marta was told %d times: %q", len(got), got)
	}
}
