package discordapi

// Moment is a time in the life of a connection at which the gateway can go its own ways.
type Moment string

// The moments. What is scripted for one but for AfterReady comes in place of what the gateway would do.
const (
	OnUpgrade   Moment = "upgrade"   // when the connection is asked for
	OnHello     Moment = "hello"     // in place of HELLO
	OnIdentify  Moment = "identify"  // in place of READY
	OnResume    Moment = "resume"    // in place of RESUMED
	AfterReady  Moment = "ready"     // right behind READY or RESUMED
	OnHeartbeat Moment = "heartbeat" // in place of an acknowledgement
)

// Twist is a way of the gateway that a client must bear.
type Twist struct {
	status int  // of an upgrade that is refused
	cut    bool // the connection is cut
	play   func(*connection)
}

// Reconnect asks the client to connect anew: op 7.
func Reconnect() *Twist {
	return &Twist{play: func(c *connection) { c.sendOp(opReconnect, nil) }}
}

// Invalid ends the session: op 9.
func Invalid(resumable bool) *Twist {
	return &Twist{play: func(c *connection) { c.invalidate(resumable) }}
}

// Silence leaves the connection open and does nothing on it any more.
func Silence() *Twist { return &Twist{play: func(c *connection) { c.silent = true }} }

// Nothing does nothing this once.
func Nothing() *Twist { return &Twist{play: func(*connection) {}} }

// Cut cuts the connection.
func Cut() *Twist { return &Twist{cut: true, play: (*connection).cut} }

// Close closes the connection with a code.
func Close(code int) *Twist {
	return &Twist{play: func(c *connection) { c.closeWith(code, "") }}
}

// Text sends a text as it is.
func Text(text string) *Twist {
	return &Twist{play: func(c *connection) { c.send(frame{text: []byte(text)}) }}
}

// Unavailable answers the wish for a connection with a status. It is for OnUpgrade, and nothing at other moments.
func Unavailable(status int) *Twist {
	return &Twist{status: status, play: func(*connection) {}}
}

// twisted is a twist that waits for its moments.
type twisted struct {
	at    Moment
	left  int // how many more times; below 0: always
	twist *Twist
}

// Twists scripts what the gateway does at the next n of a moment, or at all from now on if n is below 0. Scripts for the
// same moment are used up in the order in which they were given.
func (s *Server) Twists(at Moment, n int, t *Twist) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gateway.twists = append(s.gateway.twists, &twisted{at, n, t})
}

// Straightens forgets all twists.
func (s *Server) Straightens() { s.locked(func() { s.gateway.twists = nil }) }

// meet returns the twist for a moment, or nil.
func (s *Server) meet(at Moment) *Twist {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.take(at)
}

// take is meet with the lock held.
func (s *Server) take(at Moment) *Twist {
	for _, t := range s.gateway.twists {
		if t.at == at && t.left != 0 {
			t.left = max(t.left-1, -1)
			return t.twist
		}
	}
	return nil
}

// twist plays what is scripted for a moment, and tells whether anything was. The lock is held.
func (c *connection) twist(at Moment) bool {
	t := c.s.take(at)
	if t == nil {
		return false
	}
	t.play(c)
	c.s.stir()
	return true
}
