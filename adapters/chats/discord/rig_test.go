package discord_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latchstring/adapters/chats/discord"
	"latchstring/adapters/chats/discord/discordapi"
	"latchstring/core"
	"latchstring/core/coretest"
	"latchstring/core/talk"
)

const (
	homeGuild   = "555555555555555555"
	homeChannel = "666666666666666666"
)

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
	srv   *discordapi.Server
	guild *discordapi.Guild
	room  *discordapi.Channel
	house *coretest.House
	books *coretest.Books
	full  atomic.Bool // the inbox can not be written
	chat  *discord.Chat
	log   *diary
	cfg   discord.Config
	began time.Time
	clock atomic.Pointer[coretest.House] // whose time it is; the platform asks too

	marta, leo, sofi, mallory *discordapi.Person
}

// newRig makes the rig; [rig.start] connects the chat. The household and Mallory are in the household's guild.
func newRig(t testing.TB) *rig {
	t.Helper()
	return newRigOf(t, coretest.RiveraServices())
}

// newRigOf makes the rig of a household with such services.
func newRigOf(t testing.TB, services []*coretest.Service) *rig {
	t.Helper()
	r := &rig{t: t, srv: discordapi.New(t), books: &coretest.Books{}, log: &diary{}, began: time.Now()}
	r.house = coretest.NewHouse(t, r.books, services)
	r.clock.Store(r.house)
	r.cfg = discord.Config{Token: core.NewSecret(discordapi.Token), Guild: homeGuild, Channel: homeChannel, APIURL: r.srv.URL()}
	r.srv.Follow(r.now)
	r.marta, r.leo = r.srv.Person("222222222222222201", "Marta"), r.srv.Person("222222222222222202", "Leo")
	r.sofi, r.mallory = r.srv.Person("222222222222222203", "Sofi"), r.srv.Person("222222222222222266", "Mallory")
	r.guild = r.srv.Guild(homeGuild, "The Rivera home", r.marta, r.leo, r.sofi, r.mallory)
	r.room = r.guild.Channel(homeChannel, "home")
	for i, p := range []*discordapi.Person{r.marta, r.leo, r.sofi} {
		r.house.Household.Members[i].Contacts = []core.Contact{contact(p)}
	}
	r.furnish()
	t.Cleanup(func() {
		all := r.log.String() + r.house.Log.String()
		if strings.Contains(all, discordapi.Canary) || strings.Contains(all, coretest.Canary) {
			t.Errorf("a secret is in the log:\n%s", all)
		}
	})
	return r
}

// inbox is an inbox that can be full, and takes no secret.
type inbox struct {
	*coretest.Books
	t    testing.TB
	full *atomic.Bool
}

func (b inbox) Receive(ctx context.Context, chat core.Chat, messages []core.Message, offset string) error {
	if b.full.Load() {
		return errors.New("the disk is full")
	}
	for _, m := range messages {
		if bytes.Contains(m.Raw, []byte(discordapi.Canary)) {
			b.t.Errorf("a token is on record: %s", m.Raw)
		}
	}
	return b.Books.Receive(ctx, chat, messages, offset)
}

// furnish makes the chat of the rig's config for its house.
func (r *rig) furnish() {
	r.chat = discord.New(r.cfg, discord.Options{
		Talk: r.house.Talk, Inbox: inbox{r.books, r.t, &r.full}, Now: r.now,
		Log: slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	r.chat.Hurry(time.Second, 5*time.Second, 10*time.Millisecond)
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

// start connects the chat and sends the courier out, and waits until commands can be used. It returns what ends both; the
// end of the test does so too.
func (r *rig) start() (stop func() error) {
	r.t.Helper()
	stop = r.run(r.house.Courier.Run)
	r.offered()
	return stop
}

// connect connects the chat; news is delivered when the rig settles.
func (r *rig) connect() {
	r.t.Helper()
	r.run(func(context.Context) {})
	r.offered()
}

func (r *rig) offered() {
	r.t.Helper()
	r.srv.Await("commands in the guild", func() bool { return len(r.guild.Commands()) > 0 && r.srv.Connected() })
}

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
		left, err := r.books.Unanswered(context.Background(), core.Discord)
		return err == nil && len(left) == 0 && len(r.srv.Unanswered()) == 0
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

// shows waits until the last message that a person sees in a channel has some words in it, and returns it.
func (r *rig) shows(s discordapi.Seat, words string) discordapi.Shown {
	r.t.Helper()
	r.srv.Await(strconv.Quote(words)+" on the screen", func() bool { return strings.Contains(read(s.Screen().Last()), words) })
	return s.Screen().Last()
}

// read is a message as a person reads it: without the signs of its markup, which mean nothing in code.
func read(m discordapi.Shown) string {
	var b strings.Builder
	for i, part := range strings.Split(strings.ReplaceAll(strings.Join(m.Texts(), "\n"), "\\`", "\x00"), "`") {
		if i%2 == 0 {
			part = strings.NewReplacer("**", "", "### ", "").Replace(part)
			part = unescape.ReplaceAllString(part, "$1")
		}
		b.WriteString(part)
	}
	return strings.ReplaceAll(b.String(), "\x00", "`")
}

var unescape = regexp.MustCompile(`\\([^0-9A-Za-z\s])`)

func contact(p *discordapi.Person) core.Contact { return core.Contact{Chat: core.Discord, User: p.ID} }

// service is one of the household's services.
func (r *rig) service(id string) *coretest.Service {
	r.t.Helper()
	s, ok := r.house.Service(id)
	if !ok {
		r.t.Fatalf("no service %s", id)
	}
	return s
}
