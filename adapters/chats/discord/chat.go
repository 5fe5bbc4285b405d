// Package discord is the Discord chat.
//
// It connects to the gateway, so it needs no address of its own. Its rules are:
//   - What people do is in the inbox before it is acted on, and acknowledged within Discord's three seconds by a plan that
//     its kind decides alone: a command with a private message to come, a press with a change to come.
//   - Answers are seen by the one who asked and nobody else. A secret is covered and taken away within ten minutes.
//   - Nothing that a stranger wrote can format, link or mention: it stands in code, and no message may call anybody.
//   - The tokens of interactions are kept in memory for their fifteen minutes and written nowhere. What can not be answered
//     by one any more is answered in a private message, unless it is a secret.
//   - The connection is supervised here and not by the library: see gateway.go.
package discord

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"latchstring/core"
	"latchstring/core/talk"
)

// Options is what the chat works with.
type Options struct {
	Talk      *talk.Talk
	Inbox     talk.Inbox
	Now       func() time.Time
	Log       *slog.Logger
	Transport http.RoundTripper // nil: HTTP/1.1 with the proxy of the environment
}

// mostAtOnce bounds how many interactions are taken in at the same time; more are passed over, as a flood is.
const mostAtOnce = 64

// Chat is the bot at Discord. Its methods may be called from several goroutines at once.
type Chat struct {
	cfg     Config
	talk    *talk.Talk
	inbox   talk.Inbox
	now     func() time.Time
	log     *slog.Logger
	client  *client
	intake  *talk.Intake
	lapses  *talk.Lapses[call]
	live    *live
	gateway *gateway
	budget  *budget
	app     atomic.Pointer[string] // nil until Discord has told
	prepare chan struct{}          // nudges: the commands are to be looked at
	slots   chan struct{}

	mu      sync.Mutex
	directs map[string]string // people's private channels
}

// New makes the chat of a config without faults; [Chat.Run] connects it.
func New(cfg Config, o Options) *Chat {
	c := &Chat{
		cfg: cfg, talk: o.Talk, inbox: o.Inbox, now: o.Now, log: o.Log, client: newClient(cfg, o), live: newLive(o.Now),
		prepare: make(chan struct{}, 1), slots: make(chan struct{}, mostAtOnce), directs: map[string]string{},
	}
	c.intake = &talk.Intake{Chat: core.Discord, Inbox: o.Inbox, Talk: o.Talk, Log: o.Log, Read: c.read}
	c.lapses = talk.NewLapses(o.Now, c.takeAway)
	c.budget = &budget{now: o.Now, keep: func(ctx context.Context, text string) error {
		return o.Inbox.Receive(ctx, core.Discord, nil, text)
	}}
	c.gateway = &gateway{
		token: cfg.Token, base: cfg.base(), http: c.client.http, log: o.Log, budget: c.budget, times: usualTimes(),
	}
	return c
}

// Name is the platform.
func (c *Chat) Name() core.Chat { return core.Discord }

// Door is "": Discord has no link that opens a private conversation with a word in it. People say "/link" and the code.
func (c *Chat) Door() string { return "" }

// Run connects and answers until ctx ends, which is its good end. It waits for a Discord that does not answer, also at the
// start. It returns early only with what no waiting heals: Discord refuses the token or the bot as it is.
func (c *Chat) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var works sync.WaitGroup
	defer works.Wait()
	defer cancel()
	if text, err := c.inbox.Offset(ctx, core.Discord); err == nil {
		c.budget.load(text)
	} else {
		c.log.Error("sessions at Discord not readable", slog.Any("cause", err))
	}
	works.Go(func() { c.lapses.Run(ctx) })
	works.Go(func() { c.intake.Run(ctx) })
	works.Go(func() { c.publish(ctx) })
	var taking takers
	defer taking.wait()
	c.gateway.heard = func(name string, raw []byte) {
		taking.start(func() { c.hear(ctx, name, raw) })
	}
	return c.gateway.run(ctx)
}

// takers are the goroutines of the library that are at work here. After wait no more of them begins.
type takers struct {
	mu    sync.Mutex
	over  bool
	works sync.WaitGroup
}

func (t *takers) start(work func()) {
	t.mu.Lock()
	if t.over {
		t.mu.Unlock()
		return
	}
	t.works.Add(1)
	t.mu.Unlock()
	defer t.works.Done()
	work()
}

func (t *takers) wait() {
	t.mu.Lock()
	t.over = true
	t.mu.Unlock()
	t.works.Wait()
}

// hear takes notice of an event. What people do is all that needs more than that.
func (c *Chat) hear(ctx context.Context, name string, raw []byte) {
	switch name {
	case "READY", "GUILD_CREATE":
		select {
		case c.prepare <- struct{}{}:
		default: // it is about to be looked at
		}
	case "INTERACTION_CREATE":
		select {
		case c.slots <- struct{}{}:
			defer func() { <-c.slots }()
			c.interacted(ctx, raw)
		default:
			c.log.Warn("an interaction was passed over: too many at once")
		}
	}
}
