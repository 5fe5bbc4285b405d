package jellyfinapi

import (
	"slices"
	"time"
)

// clock is the server's time. It stands still unless it follows another clock or is advanced.
type clock struct {
	at     time.Time
	ahead  time.Duration
	follow func() time.Time
}

func (c clock) now() time.Time {
	if c.follow != nil {
		return c.follow().Add(c.ahead).UTC()
	}
	return c.at.Add(c.ahead)
}

// event is something that happens by itself when its time has come.
type event struct {
	at time.Time
	do func()
}

// Now is the server's time. It begins in the evening of 24 November 2026 and stands still unless the test moves it.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clock.now()
}

// Advance moves the server's time on, or back if d is negative, as a server does whose clock is set right.
func (s *Server) Advance(d time.Duration) { s.locked(func() { s.clock.ahead += d; s.catchUp() }) }

// after has something happen later. The lock is held.
func (s *Server) after(d time.Duration, do func()) {
	s.later = append(s.later, event{s.clock.now().Add(d), do})
	slices.SortStableFunc(s.later, func(a, b event) int { return a.at.Compare(b.at) })
	s.catchUp()
}

// catchUp lets all happen whose time has come. The lock is held.
func (s *Server) catchUp() {
	for now := s.clock.now(); len(s.later) > 0 && !s.later[0].at.After(now); {
		due := s.later[0]
		s.later = s.later[1:]
		due.do()
		s.stir()
	}
}

// stamp writes a time as the servers do.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.0000000Z") }
