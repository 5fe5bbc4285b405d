package discordapi

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/websocket"
)

// The operations of the gateway.
const (
	opDispatch   = 0
	opHeartbeat  = 1
	opIdentify   = 2
	opResume     = 6
	opReconnect  = 7
	opInvalid    = 9
	opHello      = 10
	opAck        = 11
	opPresence   = 3
	opVoice      = 4
	opMembers    = 8
	opSoundboard = 31
)

// The codes that the gateway closes with.
const (
	codeUnknownOp      = 4001
	codeDecode         = 4002
	codeNotIdentified  = 4003
	codeAuthFailed     = 4004
	codeIdentified     = 4005
	codeInvalidSeq     = 4007
	codeTooFast        = 4008
	codeTimedOut       = 4009
	codeInvalidShard   = 4010
	codeInvalidVersion = 4012
	codeInvalidIntents = 4013
	codeNotPrivileged  = 4014
)

const (
	dailyIdentifies  = 1000
	longestToGateway = 4096            // bytes
	mostToGateway    = 120             // messages a minute
	sessionLife      = 3 * time.Minute // how long a session can be resumed after its connection ended
	usualHeartbeat   = 41250 * time.Millisecond
	mostWaiting      = 4096 // messages that a client has not read yet
)

// gateway is what the server keeps of its gateway.
type gateway struct {
	heartbeat  time.Duration
	budget     int
	identified []Identify
	resumes    int
	live       []*connection
	sessions   map[string]*session
	twists     []*twisted
}

func newGateway() gateway {
	return gateway{heartbeat: usualHeartbeat, budget: dailyIdentifies, sessions: map[string]*session{}}
}

// Identify is one beginning of a session.
type Identify struct {
	At         time.Time
	Intents    int
	Compress   bool
	Properties map[string]string
}

// session is what a client can come back to.
type session struct {
	id      string
	intents int
	seq     int64
	sent    []dispatched // all of it, from 1 on
	on      *connection  // nil: none
	left    time.Time
}

type dispatched struct {
	name string
	data json.RawMessage
}

// HeartbeatEvery sets how often connections that begin from now on are to send a heartbeat.
func (s *Server) HeartbeatEvery(d time.Duration) { s.locked(func() { s.gateway.heartbeat = d }) }

// AllowIdentifies sets how many sessions may begin in 24 hours, which are 1,000 on the platform. One more is a violation,
// and the platform resets the token then.
func (s *Server) AllowIdentifies(n int) { s.locked(func() { s.gateway.budget = n }) }

// Identifies returns the beginnings of sessions so far.
func (s *Server) Identifies() []Identify {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.gateway.identified)
}

// Resumes returns how often a session was resumed.
func (s *Server) Resumes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gateway.resumes
}

// Connected tells whether the bot is there: it identified or resumed on a connection that still stands.
func (s *Server) Connected() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.gateway.live, func(c *connection) bool { return c.session != nil && !c.dead })
}

// AwaitConnected waits until the bot is there.
func (s *Server) AwaitConnected() {
	s.t.Helper()
	s.Await("the bot to connect", s.Connected)
}

// Connections returns how many connections to the gateway stand, identified or not.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.gateway.live)
}

func (s *Server) getGateway(*Call) (any, *Refusal) {
	return map[string]string{"url": s.gatewayURL()}, nil
}

func (s *Server) getBotGateway(*Call) (any, *Refusal) {
	return map[string]any{
		"url": s.gatewayURL(), "shards": 1,
		"session_start_limit": map[string]int{
			"total": s.gateway.budget, "remaining": max(0, s.gateway.budget-s.today()), "reset_after": int(24 * time.Hour / time.Millisecond),
			"max_concurrency": 1,
		},
	}, nil
}

// gatewayURL is where the gateway is, on the listener of the server itself.
func (s *Server) gatewayURL() string { return "ws" + s.front.URL[len("http"):] }

// today counts the sessions that began in the last 24 hours. The lock is held.
func (s *Server) today() int {
	n := 0
	for _, id := range s.gateway.identified {
		if s.clock.now().Sub(id.At) < 24*time.Hour {
			n++
		}
	}
	return n
}

// serveGateway carries a connection from its beginning to its end.
func (s *Server) serveGateway(w http.ResponseWriter, r *http.Request) {
	c := &connection{s: s, out: make(chan frame, mostWaiting), over: make(chan struct{})}
	switch twist := s.meet(OnUpgrade); {
	case twist == nil:
	case twist.status != 0:
		http.Error(w, http.StatusText(twist.status), twist.status)
		return
	case twist.cut:
		panic(http.ErrAbortHandler)
	default:
		s.pause(r.Context(), nil)
		return
	}
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	socket, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		s.locked(func() { s.violate("gateway: %v", err) })
		return
	}
	c.socket = socket
	s.locked(func() {
		s.gateway.live = append(s.gateway.live, c)
		q := r.URL.Query()
		c.interval = s.gateway.heartbeat
		switch v := q.Get("v"); {
		case v != "9" && v != "10" || q.Get("encoding") != "json" || q.Get("compress") != "":
			s.violate("gateway: version %q, encoding %q and compression %q are nothing this server knows", v, q.Get("encoding"), q.Get("compress"))
			c.closeWith(codeInvalidVersion, "Invalid API version")
		case !c.twist(OnHello):
			c.sendOp(opHello, map[string]any{"heartbeat_interval": c.interval.Milliseconds(), "_trace": []string{"test"}})
		}
		s.stir()
	})
	s.served.Go(c.write)
	c.read()
	s.locked(c.end)
}

// dispatch tells the bot of an event on all its sessions. A session that has no connection just now is told when it is
// resumed; without any session nobody is. The lock is held.
func (s *Server) dispatch(name string, data any) {
	raw, err := json.Marshal(data)
	if err != nil {
		s.violate("gateway: %s: %v", name, err)
		return
	}
	for _, session := range s.gateway.sessions {
		if intent := intentOf(name); session.intents&intent == intent {
			session.tell(name, raw)
		}
	}
	s.stir()
}

// intentOf is the intent that an event needs; 0: none, as that of all that people do with the bot.
func intentOf(name string) int {
	switch name {
	case "GUILD_CREATE", "GUILD_DELETE", "GUILD_UPDATE", "CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE":
		return intentGuilds
	}
	return 0
}

// tell puts an event into a session and sends it if somebody is there.
func (s *session) tell(name string, raw json.RawMessage) {
	s.sent = append(s.sent, dispatched{name, raw})
	s.seq++
	if s.on != nil {
		s.on.event(s.seq, name, raw)
	}
}

// Dispatch tells the bot of any event, known or not, with any data.
func (s *Server) Dispatch(name, data string) {
	s.t.Helper()
	if !json.Valid([]byte(data)) {
		s.t.Fatalf("discord: the data of %s are no JSON; send them with Sends", name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dispatch(name, json.RawMessage(data))
}

// Sends sends a text to the bot as it is, on every connection.
func (s *Server) Sends(text string) {
	s.onAll(func(c *connection) { c.send(frame{text: []byte(text)}) })
}

// Reconnects has the gateway ask the bot to connect anew, as it does before it moves.
func (s *Server) Reconnects() { s.onAll(func(c *connection) { c.sendOp(opReconnect, nil) }) }

// Invalidates ends the bot's sessions, which then can be resumed or not. The connections stay.
func (s *Server) Invalidates(resumable bool) {
	s.onAll(func(c *connection) { c.invalidate(resumable) })
}

// Closes closes the connections with a code.
func (s *Server) Closes(code int) { s.onAll(func(c *connection) { c.closeWith(code, "") }) }

// Drops cuts the connections without a word.
func (s *Server) Drops() { s.onAll((*connection).cut) }

// FallsSilent has the gateway neither read nor write on the connections that stand, which stay open.
func (s *Server) FallsSilent() { s.onAll(func(c *connection) { c.silent = true }) }

// ForgetsSessions has the gateway forget what could be resumed, as in an outage. The connections stay.
func (s *Server) ForgetsSessions() {
	s.locked(func() {
		for id, session := range s.gateway.sessions {
			if session.on == nil {
				delete(s.gateway.sessions, id)
			} else {
				session.id = "" // it is not found any more
			}
		}
	})
}

func (s *Server) onAll(do func(*connection)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range slices.Clone(s.gateway.live) {
		do(c)
	}
	s.stir()
}
