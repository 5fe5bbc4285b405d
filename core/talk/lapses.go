package talk

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// Lapses takes messages away when their time has come, mostly because they show a secret. What is waiting is in memory
// alone: a stop takes all of it away at once, earlier than was said. After a crash those messages stay, covered, until
// their reader deletes them; what they show has lapsed at its service by then or was used.
type Lapses[M comparable] struct {
	now  func() time.Time
	take func(context.Context, M) error // an error is worth another try

	mu     sync.Mutex
	due    map[M]time.Time
	nudges chan struct{}
}

// The times of taking away.
const (
	secretLife = 10 * time.Minute
	takeAgain  = time.Minute
	takeAtStop = 700 * time.Millisecond // for all that is left then
)

// NewLapses makes the lapses of a chat: M names one message there, take takes it away.
func NewLapses[M comparable](now func() time.Time, take func(context.Context, M) error) *Lapses[M] {
	return &Lapses[M]{now: now, take: take, due: map[M]time.Time{}, nudges: make(chan struct{}, 1)}
}

// Add has a message taken away at a time, and not later than a secret may stand.
func (l *Lapses[M]) Add(m M, at time.Time) {
	if last := l.now().Add(secretLife); at.IsZero() || at.After(last) {
		at = last
	}
	l.mu.Lock()
	l.due[m] = at
	l.mu.Unlock()
	select {
	case l.nudges <- struct{}{}:
	default:
	}
}

// Run takes away what is due until ctx ends, and then the rest.
func (l *Lapses[M]) Run(ctx context.Context) {
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
func (l *Lapses[M]) dueBy(t time.Time) (due []M, next time.Duration) {
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

func (l *Lapses[M]) takeAll(ctx context.Context, due []M) {
	for _, m := range due {
		err := l.take(ctx, m)
		l.mu.Lock()
		if delete(l.due, m); err != nil {
			l.due[m] = l.now().Add(takeAgain)
		}
		l.mu.Unlock()
	}
}
