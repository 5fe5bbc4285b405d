package discord

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// lapses takes messages away when their time has come, because they show a secret. What is waiting is in memory alone: a
// stop takes all of it away at once, earlier than was said. After a crash those messages stay, covered, until their reader
// deletes them; what only its reader sees is gone when their app is closed.
type lapses struct {
	now  func() time.Time
	take func(context.Context, call) error // an error is worth another try

	mu     sync.Mutex
	due    map[call]time.Time // the calls that take away
	nudges chan struct{}
}

// The times of taking away. An interaction's token is good for fifteen minutes.
const (
	secretLife = 10 * time.Minute
	takeAgain  = time.Minute
	takeAtStop = 700 * time.Millisecond // for all that is left then
)

func newLapses(now func() time.Time, take func(context.Context, call) error) *lapses {
	return &lapses{now: now, take: take, due: map[call]time.Time{}, nudges: make(chan struct{}, 1)}
}

// add has a call made at a time, and not later than a secret may stand.
func (l *lapses) add(k call, at time.Time) {
	if last := l.now().Add(secretLife); at.IsZero() || at.After(last) {
		at = last
	}
	l.mu.Lock()
	l.due[k] = at
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
func (l *lapses) dueBy(t time.Time) (due []call, next time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	next = takeAgain
	for k, at := range l.due {
		if wait := at.Sub(t); wait <= 0 {
			due = append(due, k)
		} else {
			next = min(next, wait)
		}
	}
	return due, next
}

func (l *lapses) takeAll(ctx context.Context, due []call) {
	for _, k := range due {
		err := l.take(ctx, k)
		l.mu.Lock()
		if delete(l.due, k); err != nil {
			l.due[k] = l.now().Add(takeAgain)
		}
		l.mu.Unlock()
	}
}
