package telegram

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// lapses takes messages away when their time has come, mostly because they show a secret. What is waiting is in memory
// alone: a stop takes all of it away at once, earlier than was said. After a crash those messages stay until their
// reader deletes them; they are covered and can not be forwarded, and what they show has lapsed at its service by then or
// was used.
type lapses struct {
	now  func() time.Time
	take func(context.Context, message) error // an error is worth another try

	mu     sync.Mutex
	due    map[message]time.Time
	nudges chan struct{}
}

// The times of taking away.
const (
	takeAgain  = time.Minute
	takeAtStop = 700 * time.Millisecond // for all that is left then
)

func newLapses(now func() time.Time, take func(context.Context, message) error) *lapses {
	return &lapses{now: now, take: take, due: map[message]time.Time{}, nudges: make(chan struct{}, 1)}
}

// add has a message taken away at a time.
func (l *lapses) add(m message, at time.Time) {
	l.mu.Lock()
	l.due[m] = at
	l.mu.Unlock()
	select {
	case l.nudges <- struct{}{}:
	default:
	}
}

// run takes away what is due until ctx ends, and then the rest.
func (l *lapses) run(ctx context.Context) {
	for ctx.Err() == nil {
		due, next := l.dueBy(l.now())
		l.takeAll(ctx, due)
		timer := time.NewTimer(next)
		select {
		case <-ctx.Done():
		case <-l.nudges:
		case <-timer.C:
		}
		timer.Stop()
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), takeAtStop)
	defer cancel()
	l.mu.Lock()
	rest := slices.Collect(maps.Keys(l.due))
	l.mu.Unlock()
	l.takeAll(ctx, rest)
}

// dueBy returns what is due by a time, and how long the next one after it has, at most a minute.
func (l *lapses) dueBy(t time.Time) (due []message, next time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	next = takeAgain
	for m, at := range l.due {
		if wait := at.Sub(t); wait <= 0 {
			due = append(due, m)
		} else {
			next = min(next, wait)
		}
	}
	return due, next
}

func (l *lapses) takeAll(ctx context.Context, due []message) {
	for _, m := range due {
		err := l.take(ctx, m)
		l.mu.Lock()
		if delete(l.due, m); err != nil {
			l.due[m] = l.now().Add(takeAgain)
		}
		l.mu.Unlock()
	}
}
