package discord

import (
	"sync"
	"time"
)

const (
	// tokenLife is how long the token of an interaction is used; Discord takes it for fifteen minutes.
	tokenLife = 14*time.Minute + 30*time.Second
	// mostTokens bounds how many are kept. Who presses more often than a household does is answered in private messages.
	mostTokens = 4096
	// sweepTokens is how often those whose time is over are looked for.
	sweepTokens = time.Minute
)

// grip is what an interaction lets the bot do: answer it, and change its message.
type grip struct {
	app   string
	token string
	until time.Time
	acked chan struct{} // closed once err is set
	err   error         // why it could not be acknowledged
}

// live keeps the tokens of interactions while they are good, by the interaction and by the message that was pressed.
type live struct {
	now func() time.Time

	mu       sync.Mutex
	swept    time.Time
	taken    map[string]*grip
	messages map[string]*grip
}

func newLive(now func() time.Time) *live {
	return &live{now: now, taken: map[string]*grip{}, messages: map[string]*grip{}}
}

// add keeps the token of an interaction.
func (l *live) add(i *interaction) *grip {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.sweep(now)
	g := &grip{app: i.App, token: i.Token, until: now.Add(tokenLife), acked: make(chan struct{})}
	keep(l.taken, i.ID, g)
	return g
}

// holds remembers that an acknowledged press can change the message it was on.
func (l *live) holds(message string, g *grip) {
	l.mu.Lock()
	defer l.mu.Unlock()
	keep(l.messages, message, g)
}

// keep puts a grip down, in the place of any other where there is no room.
func keep(grips map[string]*grip, name string, g *grip) {
	if len(grips) >= mostTokens {
		for other := range grips {
			delete(grips, other)
			break
		}
	}
	grips[name] = g
}

// sweep forgets those whose time is over. The lock is held.
func (l *live) sweep(now time.Time) {
	if age := now.Sub(l.swept); age >= 0 && age < sweepTokens {
		return
	}
	l.swept = now
	for _, grips := range []map[string]*grip{l.taken, l.messages} {
		for name, g := range grips {
			if !now.Before(g.until) {
				delete(grips, name)
			}
		}
	}
}

// of returns the grip of an interaction, on the grip of its message, if its time is not over; nil: there is none.
func (l *live) of(id string) *grip { return l.find(l.taken, id) }

func (l *live) on(message string) *grip { return l.find(l.messages, message) }

func (l *live) find(grips map[string]*grip, name string) *grip {
	l.mu.Lock()
	defer l.mu.Unlock()
	if g := grips[name]; g != nil && l.now().Before(g.until) {
		return g
	}
	return nil
}
