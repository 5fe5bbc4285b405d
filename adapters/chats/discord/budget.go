package discord

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// A bot that begins more than 1,000 sessions in 24 hours loses its token
// (https://discord.com/developers/docs/topics/gateway#session-start-limit). Two windows touch in any 24 hours, so the
// bound leaves room.
const (
	mostSessions    = 300
	sessionWindow   = 24 * time.Hour
	calmSessions    = 50 // from then on something is wrong, and each waits
	sessionInterval = time.Minute
)

// budget counts the sessions that began in a window of 24 hours. Its text is kept in the inbox, where other chats have
// their offset, so that a program that starts over and over does not use it up.
type budget struct {
	now  func() time.Time
	keep func(ctx context.Context, text string) error

	mu    sync.Mutex
	since time.Time
	spent int
}

// load reads the budget of earlier processes. What can not be read is a new one.
func (b *budget) load(text string) {
	var since int64
	var spent int
	if _, err := fmt.Sscanf(text, "%d/%d", &since, &spent); err == nil && since > 0 && spent > 0 {
		b.mu.Lock()
		b.since, b.spent = time.Unix(since, 0), spent
		b.mu.Unlock()
	}
}

// String is the budget as it is kept.
func (b *budget) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return fmt.Sprintf("%d/%d", b.since.Unix(), b.spent)
}

// spend waits until a session may begin, and counts it. It returns an error only when ctx ends.
func (b *budget) spend(ctx context.Context, log *slog.Logger) error {
	for told := false; ; told = true {
		wait := b.wait()
		if wait <= 0 {
			break
		}
		if !told {
			log.Error("too many sessions at Discord today; waiting", slog.Duration("for", wait))
		}
		if !pause(ctx, wait) {
			return ctx.Err()
		}
	}
	b.count(1)
	if b.brakes() && !pause(ctx, sessionInterval) {
		return ctx.Err()
	}
	if err := b.keep(ctx, b.String()); err != nil && ctx.Err() == nil {
		log.Error("session at Discord not counted on record", slog.Any("cause", err))
	}
	return nil
}

// wait is how long no session may begin; 0: one may.
func (b *budget) wait() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	if age := now.Sub(b.since); age < 0 || age >= sessionWindow {
		b.since, b.spent = now, 0
	}
	if b.spent < mostSessions {
		return 0
	}
	return b.since.Add(sessionWindow).Sub(now)
}

func (b *budget) count(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spent += n
}

func (b *budget) brakes() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.spent > calmSessions
}
