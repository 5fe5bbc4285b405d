package talk_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/core/coretest"
	"latchstring/core/talk"
)

// counted counts what is written into the books.
type counted struct {
	coretest.AllBooks
	mu     sync.Mutex
	writes int
}

func (c *counted) count() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writes++
}

func (c *counted) PutOffers(ctx context.Context, o []core.Offer) error {
	c.count()
	return c.AllBooks.PutOffers(ctx, o)
}

func (c *counted) Record(ctx context.Context, e core.Entry) error {
	c.count()
	return c.AllBooks.Record(ctx, e)
}

func (c *counted) TakeOffer(ctx context.Context, id core.OfferID, by core.MemberID, at time.Time) error {
	c.count()
	return c.AllBooks.TakeOffer(ctx, id, by, at)
}

// mailbox is a chat that keeps what is sent, and fails as ordered.
type mailbox struct {
	mu   sync.Mutex
	sent map[string][]talk.Card // by who got it
	fail error
	only string // whom sending fails to; "": everybody
}

func (*mailbox) Name() core.Chat { return core.Terminal }

func (*mailbox) Door() string { return "" }

func (m *mailbox) Send(_ context.Context, to core.Contact, _ core.Source, c talk.Card, _ core.DeliveryID) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil && (m.only == "" || m.only == to.User) {
		return "", m.fail
	}
	if m.sent == nil {
		m.sent = map[string][]talk.Card{}
	}
	m.sent[to.User] = append(m.sent[to.User], c)
	return "", nil
}

// order makes sending fail, or work again with nil.
func (m *mailbox) order(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail = err
}

// got returns what somebody was sent.
func (m *mailbox) got(who string) []talk.Card {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sent[who]
}

func press(h *coretest.House, who, handle string) talk.Reply {
	return h.Talk.Handle(context.Background(), talk.Request{From: core.Contact{Chat: core.Terminal, User: who}, Private: true, Handle: handle, At: h.Now()})
}

func say(h *coretest.House, who, text string) talk.Reply {
	return h.Talk.Handle(context.Background(), talk.Request{From: core.Contact{Chat: core.Terminal, User: who}, Private: true, Text: text, At: h.Now()})
}

// label finds a button of a card.
func label(t *testing.T, c talk.Card, words string) talk.Button {
	t.Helper()
	for _, b := range c.All() {
		if b.Label.String() == words {
			return b
		}
	}
	t.Fatalf("no button [%s] on:\n%s", words, strings.Join(coretest.Script(c), "\n"))
	return talk.Button{}
}

// Two hundred people press one button at the same moment: it is done once, and everybody gets an answer.
func TestOneOfManyPressesWins(t *testing.T) {
	for round := range 20 {
		h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices())
		s, _ := h.Service("jellyfin")
		yes := label(t, say(h, "leo", "signout leo's phone").Card, "Yes, sign out")
		var wg sync.WaitGroup
		for range 200 {
			wg.Go(func() {
				r := press(h, "leo", yes.Handle)
				if len(r.Card.Summary) == 0 {
					t.Error("a press got no answer")
				}
				if r.Then != nil {
					r.Then(context.Background())
				}
			})
		}
		wg.Wait()
		if got := s.SignOuts("phone"); got != 1 {
			t.Fatalf("round %d: signed out %d times", round, got)
		}
	}
}

// Handles that were never given out, or are somebody else's, write nothing and get one answer that tells nothing.
func TestForgedHandles(t *testing.T) {
	books := &counted{AllBooks: &coretest.Books{}}
	h := coretest.NewHouse(t, books, coretest.RiveraServices())
	yes := label(t, say(h, "leo", "signout leo's phone").Card, "Yes, sign out")
	before := books.writes
	random := rand.NewChaCha8([32]byte{1})
	answers := map[string]bool{}
	for i := range 100_000 {
		handle := forge(random, yes.Handle, i)
		who := "leo"
		if handle == yes.Handle {
			who = "sofi"
		}
		r := press(h, who, handle)
		if r.Then != nil {
			t.Fatalf("%q set something going", handle)
		}
		answers[strings.Join(coretest.Script(r.Card), "\n")] = true
	}
	if books.writes != before {
		t.Errorf("%d writes", books.writes-before)
	}
	if len(answers) != 1 {
		t.Errorf("%d different answers: %v", len(answers), answers)
	}
	if r := press(h, "leo", yes.Handle); r.Then == nil {
		t.Error("the button does not work any more for its owner")
	}
}

// forge makes a handle that was not given out, in one of the ways somebody might.
func forge(random *rand.ChaCha8, given string, i int) string {
	var b [16]byte
	random.Read(b[:]) //nolint:errcheck // it never fails
	switch i % 6 {
	case 0:
		return "a1." + base64.RawURLEncoding.EncodeToString(b[:])
	case 1:
		at := 3 + i%22
		flipped := []byte(given)
		flipped[at] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[b[0]%64]
		return string(flipped)
	case 2:
		return string(b[:])
	case 3:
		return given + string(b[:2])
	case 4:
		return "a1.'; DROP TABLE offers; --"
	}
	return strings.Repeat("a", i%300)
}

func TestNewsIsTriedAgain(t *testing.T) {
	chat := &mailbox{}
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices(), chat)
	yes := label(t, say(h, "leo", "signout leo's phone").Card, "Yes, sign out")
	chat.order(errors.New("connection refused"))
	press(h, "leo", yes.Handle).Then(t.Context())
	for range 10 {
		h.Pass(t.Context(), time.Minute)
	}
	chat.order(nil)
	if got := chat.got("leo"); len(got) != 0 {
		t.Fatalf("%d sent while the chat was down", len(got))
	}
	h.Pass(t.Context(), 2*time.Minute)
	if got := chat.got("leo"); len(got) != 1 {
		t.Errorf("%d sent once it was up, want 1", len(got))
	}
}

func TestNewsWaitsAsLongAsTheChatSays(t *testing.T) {
	chat := &mailbox{}
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices(), chat)
	yes := label(t, say(h, "leo", "signout leo's phone").Card, "Yes, sign out")
	chat.order(&talk.SendError{After: 40 * time.Second, Err: errors.New("too many requests")})
	press(h, "leo", yes.Handle).Then(t.Context())
	h.Pass(t.Context(), 0)
	chat.order(nil)
	if h.Pass(t.Context(), 39*time.Second); len(chat.got("leo")) != 0 {
		t.Error("sent before the time the chat asked for")
	}
	if h.Pass(t.Context(), time.Second); len(chat.got("leo")) != 1 {
		t.Error("not sent when its time had come")
	}
}

// Somebody who can not be reached any more holds nobody up; the owner hears of it once, and the news waits.
func TestSomebodyCannotBeReached(t *testing.T) {
	chat := &mailbox{only: "leo"}
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices(), chat)
	for _, who := range []string{"leo", "marta"} {
		ask := label(t, say(h, who, "signout "+who+"'s").Card, "Yes, sign out")
		chat.order(&talk.SendError{Permanent: true, Err: errors.New("blocked by the user")})
		press(h, who, ask.Handle).Then(t.Context())
		h.Pass(t.Context(), time.Second)
	}
	h.Pass(t.Context(), time.Hour)
	var said []string
	for _, c := range chat.got("marta") {
		said = append(said, c.Summary.String())
	}
	want := []string{"I can not reach Leo in the terminal any more.", "Marta's tablet is signed out of Jellyfin. I looked again: it is gone."}
	if !slices.Equal(said, want) {
		t.Errorf("the owner was told %q", said)
	}
	chat.order(nil)
	say(h, "leo", "help") // whoever writes can be reached
	h.Courier.Deliver(t.Context())
	if got := chat.got("leo"); len(got) == 0 {
		t.Error("what waited did not arrive when it could")
	}
}

// A record that can not be written gives cards without buttons, and says so.
func TestCardsWithoutARecord(t *testing.T) {
	books := &coretest.Books{}
	h := coretest.NewHouse(t, books, coretest.RiveraServices())
	books.Err = errors.New("disk full")
	c := say(h, "leo", "devices").Card
	if !strings.Contains(strings.Join(coretest.Script(c), "\n"), "Leo's phone") {
		t.Error("the list is not shown any more")
	}
	for _, b := range c.All() {
		if b.Handle != "" {
			t.Errorf("button [%s] means nothing", b.Label)
		}
	}
	books.Err = nil
}

func TestSignInsBecomeNews(t *testing.T) {
	chat := &mailbox{}
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices(), chat)
	source := &signIns{}
	h.Watcher.Connectors[1].SignIns = source
	h.Watcher.Round(t.Context()) // from now on
	for i := range 2 {
		source.add(core.SignIn{
			Key: fmt.Sprintf("s%d", i), Service: "home", Account: core.Account{Service: "home", Member: "sofi", Login: "sofi"},
			Device: core.DeviceRef{Service: "home", ID: "new"}, Name: "Chrome on Windows", Place: "Oslo, Norway", At: h.Now(),
		})
	}
	h.Watcher.Round(t.Context())
	h.Watcher.Round(t.Context())
	h.Pass(t.Context(), time.Second)
	h.Pass(t.Context(), 10*time.Minute)
	for who, want := range map[string]string{"sofi": "(alarm) Was this you?", "marta": "(alarm) Was this Sofi?"} {
		if got := chat.got(who); len(got) != 1 || strings.TrimSpace(coretest.Script(got[0])[0]) != want {
			t.Fatalf("%s got %d cards, want one that says %q", who, len(got), want)
		}
	}
	b := label(t, chat.got("sofi")[0], "It was me")
	if r := press(h, "sofi", b.Handle); r.Card.Summary.String() != "You said at 18:10 that this was you." {
		t.Errorf("answered %q", r.Card.Summary)
	}
}

// signIns is a service's log of sign-ins.
type signIns struct {
	mu  sync.Mutex
	all []core.SignIn
}

func (s *signIns) add(in core.SignIn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, in)
}

func (s *signIns) SignIns(_ context.Context, after string) ([]core.SignIn, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	cursor := fmt.Sprint(len(s.all))
	if after == "" {
		return nil, cursor, nil
	}
	var n int
	if _, err := fmt.Sscan(after, &n); err != nil {
		return nil, "", err
	}
	return s.all[n:], cursor, nil
}

func FuzzHandle(f *testing.F) {
	for _, s := range []string{"devices", "signout all leo", "history before 3", "devices page 2", "\x00", "ſignout", "reset {x}", "settings clock 12", "tv 123 456 sofi jellyfin", "tv 00000000000000000000000000000 A", "tv " + strings.Repeat("٣", 20), "watching music", strings.Repeat("a ", 300)} {
		f.Add(s)
	}
	h := coretest.NewHouse(f, &coretest.Books{}, coretest.RiveraServices())
	f.Fuzz(func(t *testing.T, text string) {
		for _, who := range []string{"marta", "sofi"} {
			c := say(h, who, text).Card
			if len(c.Summary) == 0 {
				t.Fatalf("%q was not answered", text)
			}
			for _, b := range c.All() {
				if n := len([]rune(b.Label.String())); n == 0 || n > talk.MaxLabel {
					t.Fatalf("%q: label %q", text, b.Label)
				}
			}
		}
		if strings.Contains(h.Log.String(), "panicked") {
			t.Fatalf("%q: %s", text, h.Log)
		}
	})
}
