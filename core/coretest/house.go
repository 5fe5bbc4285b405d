package coretest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"log/slog"
	"net/netip"
	"sync"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/core/control"
	"latchstring/core/talk"
	"latchstring/core/watch"
)

// House is a whole household in memory: people, services, the desk, the conversation and the courier, over any books,
// with a clock that stands still until it is moved.
type House struct {
	Household *core.Household
	Services  []*Service
	Desk      *control.Desk
	Talk      *talk.Talk
	Courier   *talk.Courier
	Watcher   *watch.Watcher
	Log       *bytes.Buffer // everything that was logged, at every level

	books   AllBooks
	watched bool
	random  *sequence

	mu  sync.Mutex
	now time.Time
}

// Start is when the household's clock starts: a Tuesday evening in Madrid.
var Start = time.Date(2026, 5, 12, 16, 0, 0, 0, time.UTC)

// NewHouse builds the Rivera home over books, with chats to bring news to.
func NewHouse(t testing.TB, books AllBooks, services []*Service, chats ...talk.Chat) *House {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	h := &House{now: Start, Log: &bytes.Buffer{}, Services: services, books: books, random: &sequence{}}
	h.Household = &core.Household{
		Name: "The Rivera home", Zone: zone, Language: "en",
		Home: []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")},
		Members: []core.Member{
			person("Marta", core.Owner), person("Leo", core.Adult), person("Sofi", core.Child),
		},
	}
	h.furnish(chats)
	return h
}

// Restart is the house after its program has ended, however it ended, and was started again: the same people, services,
// books and clock, and nothing of what was only in memory.
func (h *House) Restart(chats ...talk.Chat) *House {
	again := &House{
		Household: h.Household, Services: h.Services, Log: h.Log, books: h.books, watched: h.watched, random: h.random, now: h.Now(),
	}
	again.furnish(chats)
	return again
}

// furnish makes the rooms.
func (h *House) furnish(chats []talk.Chat) {
	log := slog.New(slog.NewTextHandler(&locked{w: h.Log}, &slog.HandlerOptions{Level: slog.LevelDebug}))
	books, random := h.books, h.random
	var connectors []core.Connector
	for _, s := range h.Services {
		s.Now = h.Now
		connectors = append(connectors, s.Connector())
	}
	h.Desk = &control.Desk{House: h.Household, Connectors: connectors, Book: books, Links: books, Now: h.Now, Since: h.Now(), Random: random, Log: log}
	h.Watcher = &watch.Watcher{
		House: h.Household, Connectors: connectors, Book: books, Passes: books, Exceptions: books, Actions: books, Asked: books, Places: Atlas{}, Tuning: watch.Tuning{Threshold: watch.Normal},
		Every: time.Minute, Escalate: 10 * time.Minute, ReviewEvery: 28 * 24 * time.Hour, Now: h.Now, Random: random, Log: log, SignOut: h.Desk.EndPass,
	}
	h.Talk = &talk.Talk{
		House: h.Household, Desk: h.Desk, Watch: h.Watcher, Offers: books, Settings: books, Now: h.Now, Random: random, Log: log,
	}
	h.Watcher.Codes, h.Watcher.Returned, h.Watcher.Awaits = h.Desk.CodeCame, h.Desk.Returned, h.Desk.AwaitsReset
	h.Watcher.Reach, h.Watcher.Daily, h.Watcher.Reviewed = h.Talk.Reach, h.Talk.WantsDaily, h.Talk.Reviewed
	h.Talk.Chats = append(h.Talk.Chats, chats...)
	h.Courier = &talk.Courier{Talk: h.Talk, Post: books}
	h.Talk.Heard, h.Talk.Down = h.Courier.Heard, h.Courier.Down
}

func person(name string, role core.Role) core.Member {
	id := core.MemberID(lower(name))
	return core.Member{ID: id, Name: name, Role: role, Contacts: []core.Contact{{Chat: core.Terminal, User: string(id)}}}
}

// Now is the household's clock.
func (h *House) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

// Pass moves the clock, and lets everything happen that is due by then.
func (h *House) Pass(ctx context.Context, d time.Duration) {
	h.mu.Lock()
	h.now = h.now.Add(d)
	h.mu.Unlock()
	h.Settle(ctx)
}

// Settle lets everything happen that is due now. Services are watched once [House.Watch] was called.
func (h *House) Settle(ctx context.Context) {
	if h.watched {
		h.Watcher.Round(ctx)
	}
	h.Desk.Tend(ctx)
	h.Watcher.Tend(ctx)
	h.Courier.Deliver(ctx)
}

// Watch begins to watch the services: what is signed in now is the household's own.
func (h *House) Watch(ctx context.Context) {
	h.watched = true
	h.Watcher.Round(ctx)
}

// Service finds a service by its id.
func (h *House) Service(id string) (*Service, bool) {
	for _, s := range h.Services {
		if string(s.ID) == id {
			return s, true
		}
	}
	return nil, false
}

// RiveraServices are the services of the Rivera home: one that can do everything, one whose sign-outs of an account are one
// call, one where everything is done by hand, one that only lists, and one that takes its time.
func RiveraServices() []*Service {
	ago := func(d time.Duration) time.Time { return Start.Add(-d) }
	const day, month = 24 * time.Hour, 30 * 24 * time.Hour
	all := func(id core.ServiceID) []core.Account {
		return []core.Account{{Service: id, Member: "marta", Login: "marta"}, {Service: id, Member: "leo", Login: "leo"}, {Service: id, Member: "sofi", Login: "sofi"}}
	}
	jellyfin := &Service{
		ID: "jellyfin", Title: "Jellyfin", CanSignOut: true, CanReset: true, Way: core.ResetPassword, SignsOut: true, Accounts: all("jellyfin"),
		CanTell: true, CanStop: true, CanTV: true, Limit: 2,
	}
	tv := Session("leo", "leo", "203.0.113.20", "", ago(3*month), ago(time.Minute))
	tv.Playing = "Dark S1E3"
	jellyfin.Add(
		core.Device{ID: "tv", Name: "Living-room TV", App: "Android TV", Generation: "1", Sessions: []core.Session{
			tv, Session("marta", "marta", "203.0.113.20", "", ago(3*month), ago(26*time.Hour)),
		}},
		core.Device{ID: "phone", Name: "Leo's phone", App: "Findroid", Generation: "1", Sessions: []core.Session{
			Session("leo", "leo", "198.51.100.7", "Madrid", ago(month), ago(2*time.Hour)),
		}},
		core.Device{ID: "tablet", Name: "Marta's tablet", App: "Jellyfin Web", Generation: "1", Sessions: []core.Session{
			Session("marta", "marta", "203.0.113.21", "", ago(4*month), ago(70*day)),
		}},
		core.Device{ID: "sofi", Name: "Sofi's tablet", App: "Findroid", Generation: "1", Sessions: []core.Session{
			Session("sofi", "sofi", "203.0.113.22", "", ago(month), ago(20*time.Minute)),
		}},
		core.Device{ID: "bot", Name: "latchstring", App: "latchstring", Own: true, Sessions: []core.Session{
			Session("marta", "marta", "203.0.113.2", "", ago(month), ago(time.Minute)),
		}},
	)
	home := &Service{ID: "home", Title: "Family sign-on", CanSignOut: true, CanSignOutAll: true, CanReset: true, Way: core.ResetCode, Accounts: all("home")}
	home.Add(
		core.Device{ID: "h1", Name: "Chrome on Windows", Sessions: []core.Session{
			Session("leo", "leo", "192.0.2.44", "Lyon, France", ago(40*time.Minute), ago(40*time.Minute)),
		}},
		core.Device{ID: "h2", Name: "Safari on iPhone", Sessions: []core.Session{
			Session("leo", "leo", "203.0.113.20", "", ago(20*day), ago(3*day)),
		}},
		core.Device{ID: "h3", Name: "Firefox on Linux", Sessions: []core.Session{
			Session("marta", "marta", "203.0.113.4", "", ago(2*day), ago(5*time.Hour)),
		}},
		core.Device{ID: "h4", Name: "curl", Sessions: []core.Session{
			Session("", "backup@example.org", "192.0.2.9", "", ago(9*day), ago(8*day)),
		}},
	)
	netflix := &Service{ID: "netflix", Title: "Netflix", ByHand: true, Codes: map[core.MemberID][]core.MemberID{"marta": {"marta", "leo"}}, Accounts: []core.Account{{Service: "netflix", Member: "marta", Login: "marta@example.org"}}}
	netflix.Add(core.Device{ID: "n1", Name: "Samsung TV", Generation: "1", Sessions: []core.Session{
		Session("marta", "marta@example.org", "", "Madrid", ago(2*month), ago(19*time.Hour)),
	}})
	radio := &Service{ID: "radio", Title: "Radio", Accounts: all("radio"), Why: map[core.Ability]core.Phrase{
		core.CanSignOut: core.Say("Its key may only read."), core.CanReset: core.Say("It has no passwords."),
	}}
	radio.Add(core.Device{ID: "r1", Name: "Kitchen radio", Sessions: []core.Session{Session("marta", "marta", "203.0.113.30", "", ago(month), ago(10*time.Minute))}})
	music := &Service{ID: "music", Title: "Music", CanSignOut: true, Takes: 8 * time.Hour, CanTell: true, Accounts: all("music")}
	music.Add(core.Device{ID: "m1", Name: "Car", Generation: "1", Sessions: []core.Session{Session("leo", "leo", "198.51.100.7", "Madrid", ago(month), ago(30*time.Hour))}})
	return []*Service{jellyfin, home, netflix, radio, music}
}

// sequence is a random source that repeats itself from run to run, so that tests do.
type sequence struct {
	mu sync.Mutex
	n  uint64
}

func (s *sequence) Read(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := 0; i < len(b); i += sha256.Size {
		s.n++
		sum := sha256.Sum256(binary.BigEndian.AppendUint64(nil, s.n))
		copy(b[i:], sum[:])
	}
	return len(b), nil
}

// locked is a writer for several goroutines.
type locked struct {
	mu sync.Mutex
	w  *bytes.Buffer
}

func (l *locked) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}
