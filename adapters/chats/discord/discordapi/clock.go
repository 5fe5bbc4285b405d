package discordapi

import "time"

// clock is the platform's time. It stands still unless it follows another clock or is advanced.
type clock struct {
	at     time.Time
	ahead  time.Duration
	follow func() time.Time
}

func (c clock) now() time.Time {
	if c.follow != nil {
		return c.follow().Add(c.ahead)
	}
	return c.at.Add(c.ahead)
}

// Now is the platform's time. It begins in the evening of 24 November 2026 and stands still unless the test moves it.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clock.now()
}

// Advance moves the platform's time on. Only its judgements move: heartbeats still come in real time.
func (s *Server) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock.ahead += d
	s.stir()
}

// Follow has the platform's time follow another clock from now on.
func (s *Server) Follow(now func() time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock.follow, s.clock.ahead = now, 0
}
