package watch_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/core/coretest"
	"latchstring/core/talk"
	"latchstring/core/watch"
)

// source is a service's log of sign-ins that does what a test wants.
type source func(ctx context.Context, after string) ([]core.SignIn, string, error)

func (s source) SignIns(ctx context.Context, after string) ([]core.SignIn, string, error) {
	return s(ctx, after)
}

// watched is the Rivera home over books in memory, watched from its start on.
func watched(t *testing.T, chats ...talk.Chat) (*coretest.House, *coretest.Books) {
	t.Helper()
	books := &coretest.Books{}
	h := coretest.NewHouse(t, books, coretest.RiveraServices(), chats...)
	h.Watch(t.Context())
	return h, books
}

// order makes something happen at a service.
func order(t *testing.T, h *coretest.House, service, what string) {
	t.Helper()
	s, ok := h.Service(service)
	if !ok {
		t.Fatalf("no service %s", service)
	}
	if err := s.Order(what); err != nil {
		t.Fatal(err)
	}
}

// cases returns all cases, the newest first.
func cases(t *testing.T, b *coretest.Books) []core.Case {
	t.Helper()
	all, err := b.Cases(t.Context(), core.CaseQuery{})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// from is a stranger's sign-in to Leo's Family sign-on.
func from(h *coretest.House, key string) core.SignIn {
	place, via := coretest.Atlas{}.Locate(coretest.Address("Oslo"))
	return core.SignIn{
		Key: key, Service: "home", Account: core.Account{Service: "home", Member: "leo", Login: "leo"},
		Device: core.DeviceRef{Service: "home", ID: core.DeviceID(key)}, Name: "Device " + key, At: h.Now(), Where: place, Via: via,
		Address: coretest.Address("Oslo"),
	}
}

func TestSignInsAreReadOnce(t *testing.T) {
	books := &coretest.Books{}
	h := coretest.NewHouse(t, books, coretest.RiveraServices())
	signIn := from(h, "s1")
	var asked []string
	h.Watcher.Connectors[1].SignIns = source(func(_ context.Context, after string) ([]core.SignIn, string, error) {
		asked = append(asked, after)
		switch after {
		case "":
			return nil, "now", nil
		case "now":
			return []core.SignIn{signIn, signIn}, "later", nil
		case "later": // a source that repeats itself
			return []core.SignIn{signIn}, "latest", nil
		}
		return nil, after, nil
	})
	for range 5 {
		h.Watcher.Round(t.Context())
	}
	if got := strings.Join(asked, ","); got != ",now,later,latest,latest" {
		t.Errorf("asked after %q", got)
	}
	if got := cases(t, books); len(got) != 1 || got[0].SignIn.Key != "s1" || got[0].Repeats != 0 {
		t.Errorf("cases: %+v", got)
	}
}

// What can not be recorded is read again, is assessed as if it had never been seen, and a service that fails in any way
// holds nothing up.
func TestWhatFailsIsReadAgain(t *testing.T) {
	books := &coretest.Books{}
	h := coretest.NewHouse(t, books, coretest.RiveraServices())
	calls := 0
	h.Watcher.Connectors[0].SignIns = source(func(context.Context, string) ([]core.SignIn, string, error) { panic("ordered") })
	h.Watcher.Connectors[1].SignIns = source(func(_ context.Context, after string) ([]core.SignIn, string, error) {
		calls++
		switch {
		case calls == 1:
			return nil, "", errors.New("no answer")
		case after == "":
			return nil, "b", nil
		}
		return []core.SignIn{from(h, "s")}, "c", nil
	})
	h.Watcher.Round(t.Context())
	h.Watcher.Round(t.Context())
	books.Err = errors.New("disk full")
	h.Watcher.Round(t.Context())
	if cursor, _ := books.Cursor(t.Context(), "home"); cursor != "b" {
		t.Fatalf("the cursor moved to %q without a record", cursor)
	}
	books.Err = nil
	h.Watcher.Round(t.Context())
	if cursor, _ := books.Cursor(t.Context(), "home"); cursor != "c" || calls != 4 {
		t.Errorf("cursor %q after %d calls", cursor, calls)
	}
	if got := cases(t, books); len(got) != 1 || got[0].Repeats != 0 {
		t.Errorf("cases: %+v", got)
	}
}

// What was signed in before the watch began is the household's; what signs in while the program is away is told afterwards.
func TestDowntime(t *testing.T) {
	h, books := watched(t)
	h.Pass(t.Context(), time.Hour)
	if got := cases(t, books); len(got) != 0 {
		t.Fatalf("%d cases of what was there", len(got))
	}
	order(t, h, "home", "leo signs in on Opera on Windows from Oslo")
	h = h.Restart()
	h.Pass(t.Context(), 8*time.Hour)
	if got := cases(t, books); len(got) != 1 || got[0].SignIn.Name != "Opera on Windows" {
		t.Errorf("cases: %+v", got)
	}
}

// A list that flaps is no reason to say anything, and a device that the service does not date has to be on two lists.
func TestListsThatFlap(t *testing.T) {
	h, books := watched(t)
	for _, fault := range []string{"stops", "talks nonsense", "lists half", "refuses the key", "is busy"} {
		for range 3 {
			order(t, h, "home", fault)
			h.Pass(t.Context(), time.Minute)
			order(t, h, "home", "starts")
			h.Pass(t.Context(), time.Minute)
		}
	}
	order(t, h, "home", "Safari on iPhone goes away")
	h.Pass(t.Context(), time.Hour)
	order(t, h, "home", "Safari on iPhone comes back")
	h.Pass(t.Context(), time.Hour)
	if got := cases(t, books); len(got) != 0 {
		t.Fatalf("cases: %+v", got)
	}
	s, _ := h.Service("home")
	undated := core.Device{ID: "undated", Name: "Opera", Sessions: []core.Session{{Member: "leo", Login: "leo", Address: coretest.Address("Oslo")}}}
	s.Add(undated)
	h.Watcher.Round(t.Context())
	order(t, h, "home", "Opera goes away")
	h.Watcher.Round(t.Context())
	h.Watcher.Round(t.Context())
	if got := cases(t, books); len(got) != 0 {
		t.Fatalf("a slip of the service was believed: %+v", got)
	}
	order(t, h, "home", "Opera comes back")
	h.Watcher.Round(t.Context())
	h.Watcher.Round(t.Context())
	if got := cases(t, books); len(got) != 1 {
		t.Errorf("%d cases of a device that is on two lists", len(got))
	}
}

// A restart in any state of a case loses nothing, tells nothing twice, and learns what was answered.
func TestRestartInEachState(t *testing.T) {
	mail := &coretest.Mail{}
	h, books := watched(t, mail)
	again := func() {
		h = h.Restart(mail)
		h.Pass(t.Context(), time.Second)
		h.Pass(t.Context(), time.Second)
	}
	order(t, h, "home", "leo signs in on Opera on Windows from Toledo")
	h.Pass(t.Context(), time.Minute)
	again()
	if got := mail.To("leo"); len(got) != 1 {
		t.Fatalf("leo was asked %d times: %q", len(got), got)
	}
	h.Pass(t.Context(), 10*time.Minute)
	again()
	if got := mail.To("marta"); len(got) != 1 {
		t.Fatalf("marta was asked %d times: %q", len(got), got)
	}
	leo, _ := h.Household.Member("leo")
	if _, err := h.Watcher.Answer(t.Context(), leo, core.Source{}, cases(t, books)[0].ID, core.Ours, "leo"); err != nil {
		t.Fatal(err)
	}
	again()
	if got := mail.To("marta"); len(got) != 2 || !strings.Contains(got[1], "Leo said at") {
		t.Fatalf("marta was told %q", got)
	}
	order(t, h, "home", "sofi signs in on Opera on Windows from Toledo")
	h.Pass(t.Context(), time.Minute)
	if got := cases(t, books); len(got) != 1 {
		t.Errorf("%d cases; the place was answered for", len(got))
	}
}

// Of two who answer at the same moment on two chats one is heard, the other is told; there is one sign-out.
func TestTwoAnswersAtOnce(t *testing.T) {
	for i := range 30 {
		mail := &coretest.Mail{}
		h, books := watched(t, mail)
		order(t, h, "home", "leo signs in on Opera on Windows from Oslo")
		h.Pass(t.Context(), time.Minute)
		presses := map[string]string{"leo": "It was me", "marta": "Sign it out"}
		if i%2 == 0 {
			presses["leo"] = "Not me: sign it out"
		}
		var wg sync.WaitGroup
		for who, label := range presses {
			wg.Go(func() {
				r := h.Talk.Handle(context.Background(), talk.Request{
					From: core.Contact{Chat: core.Terminal, User: who}, Private: true, At: h.Now(), Handle: mail.Button(who, label),
				})
				if r.Then != nil {
					r.Then(context.Background())
				}
			})
		}
		wg.Wait()
		h.Pass(t.Context(), time.Second)
		s, _ := h.Service("home")
		c := cases(t, books)[0]
		if c.Open() || s.Asked() > 1 || (c.Answer == core.Ours) != (s.Asked() == 0) || (c.Answer == core.NotOurs) != (c.Action != "") {
			t.Fatalf("answer %q by %s, action %q, %d sign-outs", c.Answer, c.By, c.Action, s.Asked())
		}
	}
}

// A clock that jumps back or ahead loses no alert and ends no case before its time by the clock that the household sees.
func TestClockJumps(t *testing.T) {
	for _, jump := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
		t.Run(fmt.Sprint(jump), func(t *testing.T) {
			mail := &coretest.Mail{}
			h, books := watched(t, mail)
			h.Pass(t.Context(), jump)
			order(t, h, "home", "leo signs in on Opera on Windows from Toledo")
			h.Pass(t.Context(), time.Minute)
			if got := mail.To("leo"); len(got) != 1 {
				t.Fatalf("leo was asked %d times", len(got))
			}
			h.Pass(t.Context(), -jump)
			h.Pass(t.Context(), time.Minute)
			order(t, h, "home", "leo signs in on Edge on Windows from Naples")
			h.Pass(t.Context(), time.Minute)
			if got := cases(t, books); len(got) != 2 {
				t.Errorf("%d cases", len(got))
			}
		})
	}
}

// A source that fails for an hour is told to the owner, once a day; an hour's silence of the chats loses nothing.
func TestSilentSource(t *testing.T) {
	mail := &coretest.Mail{}
	h, _ := watched(t, mail)
	order(t, h, "home", "refuses the key")
	for range 125 {
		h.Pass(t.Context(), time.Minute)
	}
	if got := mail.To("marta"); len(got) != 1 || !strings.Contains(got[0], "I have not been able to watch Family sign-on since 18:01.") {
		t.Errorf("marta was told %q", got)
	}
	if got := mail.To("leo"); len(got) != 0 {
		t.Errorf("leo was told %q", got)
	}
}

// A day without chats loses no alert: it comes back as one digest and what is urgent.
func TestChatsDownForADay(t *testing.T) {
	mail := &coretest.Mail{}
	books := &coretest.Books{}
	h := coretest.NewHouse(t, books, coretest.RiveraServices(), mail)
	var told []core.SignIn
	h.Watcher.Connectors[1].SignIns = source(func(_ context.Context, after string) ([]core.SignIn, string, error) {
		return told, after + ".", nil
	})
	h.Watch(t.Context())
	mail.Fails(errors.New("the chat is down"))
	for i := range 8 {
		s := from(h, fmt.Sprint("s", i))
		s.Address = netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, 0x40, byte(i)})
		s.Where = core.Place{Country: "ES", City: fmt.Sprint("City ", i), Lat: 37 + float64(i), Lon: -6, Located: true}
		s.Via = core.Network{ASN: 64500, Carrier: "Movistar"}
		told = append(told, s)
		h.Pass(t.Context(), time.Hour)
	}
	order(t, h, "jellyfin", "leo signs in on Opera on Windows from a server")
	h.Pass(t.Context(), 16*time.Hour)
	mail.Fails(nil)
	lost := 0
	mail.FailsWhen(func(_ core.Source, card talk.Card) error { // the digest's own first try
		if lost > 0 || !strings.Contains(strings.Join(coretest.Script(card), "\n"), "wait for an answer") {
			return nil
		}
		lost++
		return errors.New("the connection broke")
	})
	for range 20 {
		h.Pass(t.Context(), time.Minute)
	}
	open, err := books.Cases(t.Context(), core.CaseQuery{Open: true})
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(mail.To("leo"), "\n\n")
	if n := len(mail.To("leo")); lost != 1 || n > 4 || len(open) < 8 || !strings.Contains(got, "sign-ins wait for an answer.") || !strings.Contains(got, "Opera on Windows") || !strings.Contains(got, "late") {
		t.Errorf("%d cases became %d messages:\n%s", len(open), n, got)
	}
}

// What the answers taught is the same after a restart: each case is one answer, however often its sign-in was repeated.
func TestAnswersAfterARestart(t *testing.T) {
	mail := &coretest.Mail{}
	books := &coretest.Books{}
	h := coretest.NewHouse(t, books, coretest.RiveraServices(), mail)
	h.Watch(t.Context())
	order(t, h, "home", "leo signs in on Opera on Windows from Oslo")
	h.Pass(t.Context(), time.Minute)
	for range 4 { // repeats of what is being asked about
		order(t, h, "home", "Opera on Windows signs in anew")
		h.Pass(t.Context(), time.Minute)
	}
	repeats := 0
	seen, err := books.Seen(t.Context(), time.Time{}, time.Time{}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range seen {
		if s.Assessment.Level == core.Repeat {
			repeats++
		}
	}
	for range 20 { // until nobody has answered for long
		h.Pass(t.Context(), 24*time.Hour)
	}
	answers, silences := watch.Ends(t.Context(), h.Watcher)
	again := h.Restart(mail)
	again.Settle(t.Context())
	if a, s := watch.Ends(t.Context(), again.Watcher); repeats == 0 || silences != 1 || a != answers || s != silences {
		t.Errorf("after %d repeats %d answers and %d silences became %d and %d", repeats, answers, silences, a, s)
	}
}
