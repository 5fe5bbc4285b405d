package watch_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/core/coretest"
)

// mortal is a book that dies at one of its writes, before or after it is on record, and refuses all that follow.
type mortal struct {
	coretest.AllBooks
	mu    sync.Mutex
	left  int  // writes until it dies
	after bool // the last one is on record
	dead  bool
}

var errDead = errors.New("killed")

func (m *mortal) write(do func() error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.dead:
		return errDead
	case m.left > 0:
		m.left--
		return do()
	}
	m.dead = true
	if m.after {
		return errors.Join(do(), errDead)
	}
	return errDead
}

func (m *mortal) Begin(ctx context.Context, a core.Action, take core.Taking, entries []core.Entry, news []core.Delivery) error {
	return m.write(func() error { return m.AllBooks.Begin(ctx, a, take, entries, news) })
}

func (m *mortal) Save(ctx context.Context, a core.Action, entries []core.Entry, news []core.Delivery) error {
	return m.write(func() error { return m.AllBooks.Save(ctx, a, entries, news) })
}

func (m *mortal) RecordLook(ctx context.Context, l core.Look) error {
	return m.write(func() error { return m.AllBooks.RecordLook(ctx, l) })
}

func (m *mortal) SavePass(ctx context.Context, p core.Pass, cases []core.Case, entries []core.Entry, news []core.Delivery) error {
	return m.write(func() error { return m.AllBooks.SavePass(ctx, p, cases, entries, news) })
}

func (m *mortal) Post(ctx context.Context, news []core.Delivery) error {
	return m.write(func() error { return m.AllBooks.Post(ctx, news) })
}

func (m *mortal) MarkSent(ctx context.Context, id core.DeliveryID, at time.Time, message string) error {
	return m.write(func() error { return m.AllBooks.MarkSent(ctx, id, at, message) })
}

func (m *mortal) PutOffers(ctx context.Context, offers []core.Offer) error {
	return m.write(func() error { return m.AllBooks.PutOffers(ctx, offers) })
}

func (m *mortal) Postpone(ctx context.Context, id core.DeliveryID, until time.Time) error {
	return m.write(func() error { return m.AllBooks.Postpone(ctx, id, until) })
}

func (m *mortal) Drop(ctx context.Context, id core.DeliveryID) error {
	return m.write(func() error { return m.AllBooks.Drop(ctx, id) })
}

// Killed at any write, before or after it, a pass spares its device the alarm, and has it signed out once and told of.
func TestKilledAtEachStepOfAPass(t *testing.T) {
	for n := 0; ; n++ {
		died := false
		for _, after := range []bool{false, true} {
			books := &mortal{AllBooks: &coretest.Books{}, left: 1000}
			mail := &coretest.Mail{}
			h := coretest.NewHouse(t, books, coretest.RiveraServices(), mail)
			h.Watch(t.Context())
			leo, _ := h.Household.Member("leo")
			if _, err := h.Watcher.Expect(t.Context(), leo, core.Source{Contact: leo.Contacts[0]}, "Airbnb TV", h.Now().Add(2*time.Hour)); err != nil {
				t.Fatal(err)
			}
			books.left, books.after = n, after
			order(t, h, "home", "leo signs in on Samsung TV from Oslo")
			for range 5 {
				h.Pass(t.Context(), time.Hour)
			}
			died = died || books.dead
			books.dead, books.left = false, 1000
			h = h.Restart(mail)
			for range 10 {
				h.Pass(t.Context(), time.Minute)
			}
			h.Pass(t.Context(), 24*time.Hour)
			s, _ := h.Service("home")
			told := strings.Join(mail.To("leo"), "\n\n")
			outcomes := strings.Count(told, "is signed out of Family sign-on")
			if s.SignOuts("new1") != 1 || s.Asked() != 1 || outcomes < 1 || outcomes > 2 || strings.Contains(told, "Was this you?") || len(mail.To("marta")) > 0 {
				t.Fatalf("killed at write %d (on record: %v): %d sign-outs, %d asked for, leo was told\n%s\nmarta %q",
					n, after, s.SignOuts("new1"), s.Asked(), told, mail.To("marta"))
			}
		}
		if !died {
			if n < 5 {
				t.Fatalf("there were only %d writes", n)
			}
			return
		}
	}
}

// What was expected for a while is no habit: with the pass over, the same is asked about again, also after a restart.
func TestExpectedIsNotLearned(t *testing.T) {
	for _, restart := range []bool{false, true} {
		mail := &coretest.Mail{}
		h, books := watched(t, mail)
		leo, _ := h.Household.Member("leo")
		if _, err := h.Watcher.Expect(t.Context(), leo, core.Source{}, "a phone", h.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			order(t, h, "home", "leo signs in on Pixel 9 from Oslo")
			h.Pass(t.Context(), 30*time.Minute)
			order(t, h, "home", "Pixel 9 goes away")
			if restart {
				h = h.Restart(mail)
			}
		}
		// The second is another device than the one that took the pass.
		if got := cases(t, books); len(got) != 1 || got[0].Repeats != 1 {
			t.Errorf("restarted %v: %d cases", restart, len(got))
		}
	}
}

// A pass of a member who is not of the household any more is kept by an owner's order.
func TestPassOfSomebodyWhoLeft(t *testing.T) {
	mail := &coretest.Mail{}
	h, books := watched(t, mail)
	leo, _ := h.Household.Member("leo")
	if _, err := h.Watcher.Expect(t.Context(), leo, core.Source{}, "TV", h.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	order(t, h, "home", "leo signs in on Samsung TV from Oslo")
	h.Pass(t.Context(), time.Minute)
	h.Household.Members = h.Household.Members[:1]
	h = h.Restart(mail)
	h.Pass(t.Context(), time.Hour)
	s, _ := h.Service("home")
	entries, err := books.History(t.Context(), core.HistoryQuery{Limit: 1})
	if err != nil || s.SignOuts("new1") != 1 || entries[0].Actor != "marta" || entries[0].Outcome != core.Gone {
		t.Errorf("%d sign-outs, last entry %+v, %v", s.SignOuts("new1"), entries, err)
	}
}

// So many passes a member may have; the same words are the same pass.
func TestSoManyPasses(t *testing.T) {
	h, _ := watched(t)
	leo, _ := h.Household.Member("leo")
	until := h.Now().Add(time.Hour)
	for i := range 2 * core.MaxPasses {
		if _, err := h.Watcher.Expect(t.Context(), leo, core.Source{}, strings.Repeat("x", 1+i%core.MaxPasses), until.Add(time.Duration(i)*time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.Watcher.Expect(t.Context(), leo, core.Source{}, "one more", until); !errors.Is(err, core.ErrFull) {
		t.Errorf("got %v", err)
	}
	passes, err := h.Watcher.LivePasses(t.Context(), leo)
	if err != nil || len(passes) != core.MaxPasses || !passes[0].Until.After(until.Add(19*time.Minute)) {
		t.Errorf("%d passes, %v", len(passes), err)
	}
	sofi, _ := h.Household.Member("sofi")
	if passes, err := h.Watcher.LivePasses(t.Context(), sofi); err != nil || len(passes) != 0 {
		t.Errorf("sofi sees %d passes, %v", len(passes), err)
	}
	if _, err := h.Watcher.Revoke(t.Context(), sofi, passes[0].ID); !errors.Is(err, core.ErrNone) {
		t.Errorf("sofi could end leo's: %v", err)
	}
}

// Of several passes a device takes one of the account's own member before an owner's, and of those the one that is over
// first; it keeps the one it has. Nobody's pass is for what was denied, nor a child's for others.
func TestWhichPass(t *testing.T) {
	h, books := watched(t)
	expect := func(who core.MemberID, words string, d time.Duration) {
		t.Helper()
		m, _ := h.Household.Member(who)
		if _, err := h.Watcher.Expect(t.Context(), m, core.Source{}, words, h.Now().Add(d)); err != nil {
			t.Fatal(err)
		}
		h.Pass(t.Context(), time.Second)
	}
	expect("sofi", "sofi's", time.Hour)
	expect("marta", "marta's", 2*time.Hour)
	expect("leo", "later", 4*time.Hour)
	expect("leo", "sooner", 3*time.Hour)
	for _, what := range []string{
		"leo signs in on One from Oslo", "leo signs in on Two from Oslo", "Two signs in anew", "leo signs in on Three from Oslo", "One signs in anew from Naples",
	} {
		order(t, h, "home", what)
		h.Pass(t.Context(), time.Minute)
	}
	expect("leo", "another", time.Hour)
	order(t, h, "home", "Three signs in anew")
	h.Pass(t.Context(), time.Minute)
	if got := cases(t, books); len(got) != 0 {
		t.Fatalf("%d cases", len(got))
	}
	took := map[string]string{}
	passes, err := h.Watcher.Expected(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range passes {
		took[p.SignIn.Name] = p.Words
	}
	if len(took) != 3 || took["One"] != "sooner" || took["Two"] != "later" || took["Three"] != "marta's" {
		t.Errorf("taken: %v", took)
	}

	h.Pass(t.Context(), 5*time.Hour)
	order(t, h, "home", "leo signs in on Opera on Windows from Naples")
	h.Pass(t.Context(), time.Minute)
	leo, _ := h.Household.Member("leo")
	if _, err := h.Watcher.Answer(t.Context(), leo, core.Source{}, cases(t, books)[0].ID, core.NotOurs, ""); err != nil {
		t.Fatal(err)
	}
	h.Pass(t.Context(), 8*24*time.Hour)
	expect("leo", "a laptop", time.Hour)
	order(t, h, "home", "Opera on Windows signs in anew")
	h.Pass(t.Context(), time.Minute)
	if got := cases(t, books); len(got) != 2 {
		t.Errorf("%d cases", len(got))
	}
}
