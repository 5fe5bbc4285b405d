package watch

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"latchstring/core"
)

// state is what the watcher keeps in memory of the record: it can be read from the book again at any time.
type state struct {
	memory *Memory
	last   map[core.Account]core.SignIn // the last sign-in of each account that nobody doubts
}

// What is read of the record at a start. Memory forgets what is older by itself.
const (
	remembered    = 400 * 24 * time.Hour
	failedFor     = 24 * time.Hour // failed ones weigh for some hours only, and strangers make them
	maxRecollect  = 10_000         // a household makes some thousand in a year
	maxLastSeenOf = 1000           // accounts
)

// recall returns the state, reading it from the book first where that has not been done; mu is held.
func (w *Watcher) recall(ctx context.Context) (*state, error) {
	if w.state != nil {
		return w.state, nil
	}
	seen, err := w.Book.Seen(ctx, w.Now().Add(-remembered), w.Now().Add(-failedFor), maxRecollect)
	if err != nil {
		return nil, err
	}
	answered, err := w.Book.Cases(ctx, core.CaseQuery{Since: w.Now().Add(-remembered)})
	if err != nil {
		return nil, err
	}
	answered = slices.DeleteFunc(answered, func(c core.Case) bool { return c.Open() })
	slices.SortStableFunc(answered, func(a, b core.Case) int { return a.Answered.Compare(b.Answered) })
	st := &state{memory: NewMemory(w.Tuning), last: map[core.Account]core.SignIn{}}
	st.memory.SetHome(w.homeNow())
	st.memory.SetHearsay(w.hearsay())
	for _, s := range seen {
		for len(answered) > 0 && answered[0].Answered.Before(s.SignIn.At) {
			st.answerAll(&answered[0])
			answered = answered[1:]
		}
		st.take(s.SignIn, s.Assessment)
	}
	for i := range answered {
		st.answerAll(&answered[i])
	}
	w.state = st
	return st, nil
}

// SetHome says which networks the household's own line has now. Until it is called they are those of the config.
func (w *Watcher) SetHome(networks []netip.Prefix) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.home = networks
	if w.state != nil {
		w.state.memory.SetHome(networks)
	}
}

func (w *Watcher) homeNow() []netip.Prefix {
	if w.home != nil {
		return w.home
	}
	return w.House.Home
}

// take takes a sign-in into the memory with what was made of it. What was expected for a while is no habit.
func (st *state) take(s core.SignIn, a core.Assessment) {
	if a.Level == core.Expected {
		return
	}
	k := named(s)
	st.memory.Take(&k, a)
	if !s.Failed && !a.Level.Pushes() && a.Level != core.Repeat {
		st.keepLast(s)
	}
}

// named is a sign-in with a key that is its own in the whole household, not only at its service.
func named(s core.SignIn) core.SignIn {
	s.Key = string(s.Service) + "/" + s.Key
	return s
}

// answerAll takes the answer of a case in for each of its sign-ins.
func (st *state) answerAll(c *core.Case) {
	for i, s := range c.All() {
		k := named(s)
		if i == 0 {
			st.memory.Answer(&k, c.Answer, c.Answered)
		} else {
			st.memory.AnswerToo(&k, c.Answer, c.Answered)
		}
		if c.Answer == core.Ours {
			st.keepLast(s)
		}
	}
}

// hearsay returns the services that are known by their mails, wholly or beside a list.
func (w *Watcher) hearsay() (services []core.ServiceID) {
	for _, c := range w.Connectors {
		if c.Tells.Hearsay || c.Heard != nil {
			services = append(services, c.Service)
		}
	}
	return services
}

func (st *state) keepLast(s core.SignIn) {
	if old, ok := st.last[s.Account]; (ok || len(st.last) < maxLastSeenOf) && !s.At.Before(old.At) {
		st.last[s.Account] = s
	}
}
