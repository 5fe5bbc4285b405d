package jellyfinapi

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"
)

// Canary is in every secret that a server holds: the keys it takes and the access tokens of devices, which it gives away in
// its lists. It may be found in no log, card, error or database.
const Canary = "canary-of-a-token"

// Options are what a server is. The zero value is a Jellyfin 10.11 without users.
type Options struct {
	Version  string // one of [Versions], or of Emby 4.8 or later; empty: 10.11.11, or 4.8.11.0
	Emby     bool
	BasePath string // begins with a slash and ends without one; empty: the server is at the root
	Users    []User // whose ids are made where they are missing
	Language Language

	// Now is the server's clock, which must not use the server; nil: one that stands still unless it is moved with Advance.
	Now func() time.Time

	// LegacyAuthorization is the setting of Jellyfin 10.11 and later; empty: that version's default.
	LegacyAuthorization Setting
	// OldTypes has Emby name the types of its log as Jellyfin does: AuthenticationSucceeded, not user.authenticated.
	OldTypes bool
}

// Setting is a setting of the server that has a default.
type Setting string

// The values of a setting; the empty one is the default.
const (
	On  Setting = "on"
	Off Setting = "off"
)

// Server is a media server as its people and one connector see it. All methods may be called from any goroutine, but those
// that tell a mistake of the test end the test, so they are for the test's own goroutine.
type Server struct {
	URL string // where the server is, with its base path and without a slash at its end
	Key string // an API key, which is an administrator's

	tb      testing.TB
	front   *httptest.Server
	options Options
	version version
	schema  *schema
	table   []route
	closing chan struct{}
	served  sync.WaitGroup

	mu       sync.Mutex
	changed  chan struct{} // closed and made anew whenever anything changes
	clock    clock
	requests []*Request
	faults   []*script
	breaches []string
	keys     map[string]bool

	users    []*account
	tokens   []*token
	sessions []*session
	known    map[string]installation // every device that ever signed in, by its id
	later    []event
	rejoins  map[string]time.Duration
	lag      time.Duration
	screens  map[string]*screen
	oneID    string
	proxy    netip.Addr
	log      activity
	pairing  pairing
	sockets  sockets
	made     int // how many ids and tokens were made
}

// New starts a server on loopback. It is closed when the test ends; the violations that nobody forgave fail the test then.
func New(tb testing.TB, o Options) *Server {
	tb.Helper()
	v, err := parseVersion(o.Version, o.Emby)
	if err != nil {
		tb.Fatalf("jellyfin: %v", err)
	}
	s := &Server{
		tb: tb, options: o, version: v,
		schema:  findSchema(tb, v),
		closing: make(chan struct{}),
		changed: make(chan struct{}),
		clock:   clock{at: time.Date(2026, time.November, 24, 19, 14, 0, 0, time.UTC), follow: o.Now},
		keys:    map[string]bool{},
		known:   map[string]installation{},
		rejoins: map[string]time.Duration{},
		screens: map[string]*screen{},
		log:     activity{language: o.Language, next: 1},
		pairing: pairing{on: !o.Emby},
	}
	s.table = s.routes()
	s.Key = s.newSecret()
	s.keys[s.Key] = true
	for _, u := range o.Users {
		s.AddUser(u)
	}
	s.front = httptest.NewServer(s)
	s.URL = s.front.URL + o.BasePath
	tb.Cleanup(func() {
		close(s.closing)
		s.front.Close()
		s.served.Wait()
		for _, v := range s.Violations() {
			tb.Errorf("%s: %s", s.version, v)
		}
	})
	return s
}

// ServeHTTP answers one call, or carries a websocket to its end.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t := turn{s: s, w: w, call: s.begin(w, r)}
	if fault := t.call.fault; fault != nil {
		fault.play(t)
		return
	}
	t.pass()
}

// turn is a call whose turn it is to be answered.
type turn struct {
	s    *Server
	w    http.ResponseWriter
	call *call
}

// pass carries the call out and answers it.
func (t turn) pass() {
	if t.call.socket && t.call.refused == nil {
		t.s.serveSocket(t)
		return
	}
	t.answer(t.apply())
}

// apply carries the call out.
func (t turn) apply() answer {
	var result answer
	t.s.locked(func() {
		switch {
		case t.call.refused != nil:
			result = *t.call.refused
		case !t.call.socket: // of a websocket there is nothing to carry out
			result = t.call.route.do(t.call)
		}
	})
	return result
}

func (t turn) answer(a answer) {
	t.s.end(t.call, a.status)
	a.write(t.w)
}

// cut closes the connection in place of an answer.
func (t turn) cut() {
	t.s.end(t.call, 0)
	panic(http.ErrAbortHandler)
}

// locked runs a step that nothing else may come between.
func (s *Server) locked(step func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.catchUp()
	step()
	s.stir()
}

// read runs a step that changes nothing but what was due.
func (s *Server) read(step func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.catchUp()
	step()
}

// stir wakes whoever waits for a change. The lock is held.
func (s *Server) stir() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// Await waits until something holds, and ends the test if it does not within ten seconds. The condition is tried again
// after every change at the server, and besides every now and then for a clock of the test's own; it may use all methods that
// do not change the server.
func (s *Server) Await(what string, holds func() bool) {
	s.tb.Helper()
	limit := time.NewTimer(10 * time.Second)
	defer limit.Stop()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if holds() {
			return
		}
		select {
		case <-changed:
		case <-again.C:
		case <-limit.C:
			s.tb.Fatalf("%s: waited in vain for %s; the last calls were:\n%s", s.version, what, s.lastRequests(12))
		}
	}
}

// violate puts down a defect of the client. The lock is held.
func (s *Server) violate(format string, args ...any) {
	s.breaches = append(s.breaches, fmt.Sprintf(format, args...))
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

// newHex makes an id as the servers write them: 32 hexadecimal digits. The lock is held, or nobody else is there yet.
func (s *Server) newHex() string {
	s.made++
	return fmt.Sprintf("%08x4d2b4c1f9e3a%012x", 0x5e1f0000+s.made, s.made)
}

// newSecret makes a key or a token.
func (s *Server) newSecret() string { return Canary + "-" + s.newHex() }

// trim takes the base path from a path, and says whether it was there.
func (s *Server) trim(path string) (string, bool) {
	rest, found := strings.CutPrefix(path, s.options.BasePath)
	if s.version.emby {
		if inner, ok := strings.CutPrefix(rest, "/emby/"); ok { // optional, always
			rest = "/" + inner
		}
	}
	return rest, found && strings.HasPrefix(rest, "/")
}
