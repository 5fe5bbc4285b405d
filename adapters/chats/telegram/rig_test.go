package telegram_test

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latchstring/adapters/chats/telegram"
	"latchstring/adapters/chats/telegram/botapi"
	"latchstring/core"
	"latchstring/core/coretest"
	"latchstring/core/talk"
)

// canary is the part of the token that no log and no error may hold.
var canary = botapi.Token[strings.Index(botapi.Token, ":")+1:]

// diary keeps what is logged.
type diary struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (d *diary) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.b.Write(p)
}

func (d *diary) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.b.String()
}

// rig is a whole household that talks through the chat with a platform in memory. Platform and house share a clock that
// goes on in real time from the evening the house starts in, and can be moved.
type rig struct {
	t     testing.TB
	srv   *botapi.Server
	house *coretest.House
	books *coretest.Books
	chat  *telegram.Chat
	log   *diary
	cfg   telegram.Config
	began time.Time
	clock atomic.Pointer[coretest.House] // whose time it is; the platform asks too

	marta, leo, sofi, mallory *botapi.Person
}

// newRig makes the rig; [rig.start] connects the chat. Everybody of the household has written to the bot before.
func newRig(t testing.TB) *rig {
	t.Helper()
	return newRigOf(t, coretest.RiveraServices())
}

// newRigOf makes the rig of a household with such services.
func newRigOf(t testing.TB, services []*coretest.Service) *rig {
	t.Helper()
	r := &rig{t: t, srv: botapi.New(t), books: &coretest.Books{}, log: &diary{}, began: time.Now()}
	r.house = coretest.NewHouse(t, r.books, services)
	r.clock.Store(r.house)
	r.cfg = telegram.Config{Token: core.NewSecret(botapi.Token), APIURL: r.srv.URL()}
	r.srv.Follow(r.now)
	people := []*botapi.Person{r.srv.Person(1001, "Marta"), r.srv.Person(1002, "Leo"), r.srv.Person(1003, "Sofi")}
	r.marta, r.leo, r.sofi, r.mallory = people[0], people[1], people[2], r.srv.Person(6666, "Mallory")
	for i, p := range people {
		r.house.Household.Members[i].Contacts = []core.Contact{contact(p)}
		p.Unblocks()
	}
	r.mallory.Unblocks()
	r.furnish()
	t.Cleanup(func() {
		if all := r.log.String() + r.house.Log.String(); strings.Contains(all, canary) || strings.Contains(all, coretest.Canary) {
			t.Errorf("a secret is in the log:\n%s", all)
		}
	})
	return r
}

// furnish makes the chat of the rig's config for its house.
func (r *rig) furnish() {
	r.chat = telegram.New(r.cfg, telegram.Options{
		Talk: r.house.Talk, Inbox: r.books, Now: r.now,
		Log: slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	r.house.Talk.Chats = []talk.Chat{r.chat}
	r.house.Desk.News = r.house.Courier.Nudge
}

// restart is the program after its end: nothing of what was only in memory is there any more.
func (r *rig) restart() {
	r.house = r.house.Restart()
	r.clock.Store(r.house)
	r.furnish()
}

func (r *rig) now() time.Time { return r.clock.Load().Now().Add(time.Since(r.began)) }

// start connects the chat and sends the courier out. It returns what ends both; the end of the test does so too.
func (r *rig) start() (stop func() error) { return r.run(r.house.Courier.Run) }

// connect connects the chat; news is delivered when the rig settles.
func (r *rig) connect() (stop func() error) { return r.run(func(context.Context) {}) }

func (r *rig) run(courier func(context.Context)) (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	var works sync.WaitGroup
	var err error
	works.Go(func() { err = r.chat.Run(ctx) })
	works.Go(func() { courier(ctx) })
	stop = func() error {
		cancel()
		works.Wait()
		return err
	}
	r.t.Cleanup(func() { _ = stop() }) // what it returns is the matter of who calls it
	return stop
}

// settle waits until everything that was said has been answered, and what came of it was told.
func (r *rig) settle() {
	r.t.Helper()
	r.heard()
	r.await("outcomes", func() bool { // of what was set going
		actions, err := r.books.Unended(context.Background())
		return err == nil && !slices.ContainsFunc(actions, func(a core.Action) bool { return a.State == core.Executing && a.Outcome == core.Open })
	})
	r.house.Courier.Deliver(context.Background())
	r.await("the news", func() bool {
		next, err := r.books.NextDue(context.Background())
		return err == nil && (next.IsZero() || next.After(r.house.Now()))
	})
}

// heard waits until everything that was said has been answered.
func (r *rig) heard() {
	r.t.Helper()
	r.await("answers", func() bool {
		left, err := r.books.Unanswered(context.Background(), core.Telegram)
		return err == nil && len(left) == 0 && len(r.srv.Waiting()) == 0
	})
}

// await waits for what the platform does not see.
func (r *rig) await(what string, holds func() bool) {
	r.t.Helper()
	for end := time.Now().Add(15 * time.Second); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			r.t.Fatalf("waited in vain for %s; the log:\n%s", what, r.log)
		}
	}
}

// logged waits for a line of the log.
func (r *rig) logged(words string) {
	r.t.Helper()
	r.await(strconv.Quote(words)+" in the log", func() bool { return strings.Contains(r.log.String(), words) })
}

// answered waits for the bot's n-th message of a chat and returns it.
func (r *rig) answered(s botapi.Seat, n int) botapi.Shown {
	r.t.Helper()
	r.srv.Await("message "+strconv.Itoa(n)+" of the bot", func() bool { return len(s.Screen().FromBot()) >= n })
	return s.Screen().FromBot()[n-1]
}

// shows waits until the bot's last message of a chat has some words in it, and returns it.
func (r *rig) shows(s botapi.Seat, words string) botapi.Shown {
	r.t.Helper()
	r.srv.Await(strconv.Quote(words)+" on the screen", func() bool { return strings.Contains(s.Screen().FromBot().Last().Text, words) })
	return s.Screen().FromBot().Last()
}

func contact(p *botapi.Person) core.Contact {
	return core.Contact{Chat: core.Telegram, User: strconv.FormatInt(p.ID, 10)}
}

// service is one of the household's services.
func (r *rig) service(id string) *coretest.Service {
	r.t.Helper()
	s, ok := r.house.Service(id)
	if !ok {
		r.t.Fatalf("no service %s", id)
	}
	return s
}
