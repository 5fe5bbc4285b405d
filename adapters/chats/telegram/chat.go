// Package telegram is the Telegram chat.
//
// It talks to the Bot API by long polling, so it needs no address of its own. Its rules are:
//   - What came is in the inbox, together with the offset, before the next poll tells Telegram to forget it. It is
//     answered from there, so a press is neither lost nor taken twice, whenever the program ends.
//   - Every press is answered at once, with nothing; what it comes to is shown on its message.
//   - Facts are shown in private, and in the one group that the config names. A secret is shown in private only, covered,
//     not to be forwarded, and taken away when its time has come.
//   - Nothing that a stranger wrote can format, link, mention or command: it stands in code.
//   - The token is in every URL and therefore in no error and no log line: see client.go.
//
// Telegram keeps updates for 24 hours; what was said to a program that was away for longer is lost. It knows no
// repeated send, so a message whose answer was cut off is sent again, and may then be there twice.
package telegram

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

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

// Chat is the bot's account at Telegram. Its methods may be called from several goroutines at once.
type Chat struct {
	talk   *talk.Talk
	inbox  talk.Inbox
	now    func() time.Time
	log    *slog.Logger
	client *client
	intake *talk.Intake
	lapses *talk.Lapses[message]
	unsure ids                           // presses that may have waited at Telegram
	began  time.Time                     // when this process made the chat
	me     atomic.Pointer[tgbotapi.User] // nil until Telegram has told

	mu   sync.Mutex
	home []int64 // the household's group: as the config names it, and what it became
}

// New makes the chat of a config without faults; [Chat.Run] connects it.
func New(cfg Config, o Options) *Chat {
	c := &Chat{talk: o.Talk, inbox: o.Inbox, now: o.Now, log: o.Log, client: newClient(cfg, o), began: o.Now()}
	if id, err := strconv.ParseInt(cfg.Group, 10, 64); err == nil {
		c.home = []int64{id}
	}
	c.intake = &talk.Intake{Chat: core.Telegram, Inbox: o.Inbox, Talk: o.Talk, Log: o.Log, Read: c.read}
	c.lapses = talk.NewLapses(o.Now, c.takeAway)
	return c
}

// Name is the platform.
func (c *Chat) Name() core.Chat { return core.Telegram }

// Door is what the code of an invitation is put behind to open a private chat with the bot; "" until its name is known.
func (c *Chat) Door() string {
	if me := c.me.Load(); me != nil {
		return "https://t.me/" + me.UserName + "?start="
	}
	return ""
}

// private is the link that opens the private chat.
func (c *Chat) private() string {
	if me := c.me.Load(); me != nil {
		return "https://t.me/" + me.UserName
	}
	return ""
}

// Run reads and answers until ctx ends, which is its good end. It waits for a Telegram that does not answer, also at the
// start. It returns early only with what no waiting heals: Telegram refuses the token.
func (c *Chat) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var works sync.WaitGroup
	defer works.Wait()
	defer cancel()
	c.findMoved(ctx)
	works.Go(func() { c.lapses.Run(ctx) })
	if err := c.introduce(ctx); err != nil || ctx.Err() != nil {
		return err
	}
	works.Go(func() { c.intake.Run(ctx) })
	works.Go(func() { c.prepare(ctx) })
	return c.poll(ctx)
}

// introduce asks Telegram who the bot is, until it answers.
func (c *Chat) introduce(ctx context.Context) error {
	var trouble trouble
	for ctx.Err() == nil {
		err := c.whoAmI(ctx)
		if err == nil {
			break
		}
		if refusesToken(err) {
			return tokenError(err)
		}
		trouble.wait(ctx, c.log, err)
	}
	return nil
}

func (c *Chat) whoAmI(ctx context.Context) error {
	var me tgbotapi.User
	if err := c.client.call(ctx, "getMe", nil, &me); err != nil {
		return err
	}
	c.me.Store(&me)
	return nil
}

// isHome tells whether a chat is the household's own group.
func (c *Chat) isHome(chat int64) bool { return slices.Contains(c.homes(), chat) }

// homes returns the numbers of the household's group, the one of now last.
func (c *Chat) homes() []int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.home)
}

// moved remembers that the household's group has a new number, as a group gets when it becomes a supergroup. What is on its
// way to it goes to the new one. The program can not change its config, so it keeps the number beside it.
func (c *Chat) moved(ctx context.Context, from, to int64) {
	if !c.isHome(from) || c.isHome(to) {
		return
	}
	was, is := strconv.FormatInt(from, 10), strconv.FormatInt(to, 10)
	if err := c.inbox.MoveRoom(ctx, core.Telegram, was, is); err != nil {
		c.log.Error("move of the household's group not recorded", slog.Any("cause", err))
		return // the next message to the old number is told of the new one again
	}
	c.mu.Lock()
	c.home = append(c.home, to)
	c.mu.Unlock()
	c.log.Warn("the household's group has a new number at Telegram: put it into chats.telegram.group",
		slog.Int64("was", from), slog.Int64("is", to))
}

// findMoved reads where the household's group has moved before.
func (c *Chat) findMoved(ctx context.Context) {
	rooms, err := c.inbox.MovedRooms(ctx, core.Telegram)
	if err != nil {
		c.log.Error("moves of the household's group not readable", slog.Any("cause", err))
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.home) > 0 {
		to, err := strconv.ParseInt(rooms[strconv.FormatInt(c.home[len(c.home)-1], 10)], 10, 64)
		if err != nil || slices.Contains(c.home, to) {
			return
		}
		c.home = append(c.home, to)
	}
}

// tokenError says that the token is of no use. No waiting heals that.
func tokenError(cause error) error {
	return &core.Error{
		Kind: core.BadKey, Err: cause,
		Text: core.Say("Telegram refuses the bot's token."),
		Hint: core.Say("Ask @BotFather for the bot's token of now and put it into chats.telegram."),
	}
}
