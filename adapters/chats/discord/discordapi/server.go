package discordapi

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"
)

// Canary is in every secret that the platform gives or takes: the bot's token and the tokens of interactions. It may be
// found in no log, error or database.
const Canary = "canary-of-a-token"

// Token is the only bot token a server takes.
const Token = "MTAwMDAwMDAwMDAwMDAwMDAx.G" + Canary + ".x4Q7u2mZk1sT9wLr"

// The application and its bot, which share an id, as those of every application made since 2016 do.
const (
	BotID   = "100000000000000001"
	BotName = "latchstring-test"
)

// Server is the platform as one bot and some people see it. All methods may be called from any goroutine, but those that
// tell a mistake of the test end the test, so they are for the test's own goroutine.
type Server struct {
	t      testing.TB
	front  *httptest.Server
	schema *schema

	mu       sync.Mutex
	changed  chan struct{} // closed and made anew whenever anything changes
	closing  chan struct{}
	served   sync.WaitGroup
	clock    clock
	calls    []Call
	faults   []*script
	windows  []window
	breaches []string
	doing    int // the index of the call that is being carried out
	reset    bool
	refusals []time.Time // of the last ten minutes

	guilds       map[string]*Guild
	channels     map[string]*Channel
	people       map[string]*Person
	global       []Command
	interactions []*Interaction
	nonces       map[string]nonce
	lastID       int64
	gateway      gateway
}

// New starts a server on loopback. It is closed when the test ends; the violations that nobody forgave fail the test then.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{
		t:        t,
		schema:   findSchema(t),
		changed:  make(chan struct{}),
		closing:  make(chan struct{}),
		clock:    clock{at: time.Date(2026, time.November, 24, 19, 14, 0, 0, time.UTC)},
		guilds:   map[string]*Guild{},
		channels: map[string]*Channel{},
		people:   map[string]*Person{},
		nonces:   map[string]nonce{},
		gateway:  newGateway(),
	}
	s.front = httptest.NewServer(s)
	t.Cleanup(func() {
		close(s.closing)
		s.front.Close()
		s.served.Wait()
		for _, v := range s.Violations() {
			t.Errorf("discord: %s", v)
		}
	})
	return s
}

// URL is where the server is, without a slash at its end. The gateway is at the same place and tells it itself.
func (s *Server) URL() string { return s.front.URL }

// Serve answers on one more listener too, until the test ends. It returns at once.
func (s *Server) Serve(l net.Listener) {
	s.t.Helper()
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	s.served.Go(func() { _ = server.Serve(l) }) // it ends with Close
	s.t.Cleanup(func() { _ = server.Close() })  // before the cleanup of New, which waits
}

// ServeHTTP answers one call of the API, or carries a connection to the gateway to its end.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/" {
		s.served.Add(1) // a connection that was taken over is not the front's to wait for
		defer s.served.Done()
		s.serveGateway(w, r)
		return
	}
	call, do, refusal := s.read(w, r)
	if refusal != nil {
		s.locked(func() { s.countRefusal(refusal) })
		refusal.write(w)
		return
	}
	s.answer(w, r, call, do)
}

// answer takes a call through the faults that are scripted for it.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, call Call, do handler) {
	index, fault := s.begin(call)
	var (
		result  any
		refusal *Refusal
	)
	if fault == nil || fault.applies {
		s.locked(func() {
			s.doing = index
			result, refusal = do(&s.calls[index])
			s.countRefusal(refusal)
		})
	}
	s.end(index, refusal)
	if fault == nil {
		writeAnswer(w, result, refusal)
		return
	}
	fault.play(s, w, r, func() { writeAnswer(w, result, refusal) })
}

// locked runs a step that nothing else may come between.
func (s *Server) locked(step func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	step()
}

// stir wakes whoever waits for a change. The lock is held.
func (s *Server) stir() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// Await waits until something holds, and ends the test if it does not within ten seconds. The condition is tried again
// after every change at the server; it may use all its methods.
func (s *Server) Await(what string, holds func() bool) {
	s.t.Helper()
	limit := time.NewTimer(10 * time.Second)
	defer limit.Stop()
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if holds() {
			return
		}
		select {
		case <-changed:
		case <-limit.C:
			s.t.Fatalf("discord: waited in vain for %s; the last calls were:\n%s", what, s.lastCalls(12))
		}
	}
}

// violate puts down a defect of the client. The lock is held.
func (s *Server) violate(format string, args ...any) {
	s.breaches = append(s.breaches, fmt.Sprintf(format, args...))
	s.stir()
}

// Violations returns what the client did wrong so far, in its order.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.breaches...)
}

// Forgive returns the violations so far and forgets them, so that they do not fail the test.
func (s *Server) Forgive() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	forgiven := s.breaches
	s.breaches = nil
	return forgiven
}

// ResetsToken makes the bot's token invalid, as its owner can and as the platform does with a bot that identifies too
// often: calls are answered 401, and the gateway closes with 4004. Connections that stand are cut.
func (s *Server) ResetsToken() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.resetToken()
}

func (s *Server) resetToken() {
	s.reset = true
	for _, c := range s.gateway.live {
		c.closeWith(codeAuthFailed, "Authentication failed.")
	}
	s.stir()
}

// newID makes a snowflake: the time since 2015 in milliseconds above 22 bits that count. The lock is held.
func (s *Server) newID() string {
	const epoch = 1420070400000
	s.lastID++
	return strconv.FormatInt((s.clock.now().UnixMilli()-epoch)<<22|s.lastID&(1<<22-1), 10)
}
