package botapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// Token is the only token a server takes. It is a canary: it may be found in no log, error or database.
const Token = "7100000001:AAH-canary-of-the-bot-token_x4Q7u2mZk1s"

// The bot whose token it is.
const (
	BotID   int64 = 7100000001
	BotName       = "latchstring_test_bot"
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
	doing    string // the method that is being carried out

	queue    queue
	people   map[int64]*Person
	chats    map[int64]*Chat
	presses  []*Press
	menus    map[menu][]Command
	lastID   int // of a message outside supergroups and channels, which count for themselves
	lastChat int64
}

// New starts a server on loopback. It is closed when the test ends; the violations that nobody forgave fail the test then.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{
		t:       t,
		schema:  findSchema(t),
		changed: make(chan struct{}),
		closing: make(chan struct{}),
		clock:   clock{at: time.Date(2026, time.November, 24, 19, 14, 0, 0, time.UTC)},
		queue:   queue{next: firstUpdate},
		people:  map[int64]*Person{},
		chats:   map[int64]*Chat{},
		menus:   map[menu][]Command{},
	}
	s.front = httptest.NewServer(s)
	t.Cleanup(func() {
		close(s.closing)
		s.front.Close()
		s.served.Wait()
		for _, v := range s.Violations() {
			t.Errorf("bot api: %s", v)
		}
	})
	return s
}

// URL is where the server is, without a slash at its end.
func (s *Server) URL() string { return s.front.URL }

// Serve answers on one more listener too, until the test ends. It returns at once.
func (s *Server) Serve(l net.Listener) {
	s.t.Helper()
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	s.served.Go(func() { _ = server.Serve(l) }) // it ends with Close
	s.t.Cleanup(func() { _ = server.Close() })  // before the cleanup of New, which waits
}

// ServeHTTP answers one call of the API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	token, method, found := strings.Cut(strings.TrimPrefix(r.URL.Path, "/bot"), "/")
	switch {
	case !found || !strings.HasPrefix(r.URL.Path, "/bot"):
		refuse(http.StatusNotFound, "Not Found").write(w)
		return
	case token != Token:
		refuse(http.StatusUnauthorized, "Unauthorized").write(w)
		return
	}
	params, err := readParams(w, r)
	if err != nil {
		s.locked(func() { s.violate("%s: %v", method, err) })
		refuse(http.StatusBadRequest, "Bad Request: "+err.Error()).write(w)
		return
	}
	s.answer(w, r, method, params)
}

// answer takes a call through the faults that are scripted for it.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, method string, params Params) {
	index, fault := s.begin(method, params)
	var (
		result  any
		refusal *Refusal
	)
	if fault == nil || fault.applies {
		if result, refusal = s.apply(r.Context(), index); fault == nil {
			s.end(index, refusal)
			writeAnswer(w, result, refusal)
			return
		}
	}
	s.end(index, refusal)
	fault.play(s, w, r, func() { writeAnswer(w, result, refusal) })
}

// apply does what a call asks for.
func (s *Server) apply(ctx context.Context, index int) (any, *Refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	call := s.calls[index]
	s.doing = call.Method
	if call.Method == "getUpdates" {
		return s.getUpdates(ctx, call.Params)
	}
	do := s.method(call.Method)
	if do == nil {
		s.violate("%s: no such method here", call.Method)
		return nil, refuse(http.StatusNotFound, "Not Found: method not found")
	}
	return do(call.Params)
}

func (s *Server) method(name string) func(Params) (any, *Refusal) {
	return map[string]func(Params) (any, *Refusal){
		"getMe":                  s.getMe,
		"setWebhook":             s.setWebhook,
		"deleteWebhook":          s.deleteWebhook,
		"getWebhookInfo":         s.getWebhookInfo,
		"sendMessage":            s.sendMessage,
		"editMessageText":        s.editMessageText,
		"editMessageReplyMarkup": s.editMessageReplyMarkup,
		"deleteMessage":          s.deleteMessage,
		"answerCallbackQuery":    s.answerCallbackQuery,
		"sendChatAction":         s.sendChatAction,
		"getChat":                s.getChat,
		"getChatMember":          s.getChatMember,
		"setMyCommands":          s.setMyCommands,
		"getMyCommands":          s.getMyCommands,
		"deleteMyCommands":       s.deleteMyCommands,
	}[name]
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
			s.t.Fatalf("bot api: waited in vain for %s; the last calls were:\n%s", what, s.lastCalls(12))
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

// Refusal is an answer that is not ok.
type Refusal struct {
	Code        int
	Description string
	RetryAfter  int   // seconds; 0: not said
	MigrateTo   int64 // the chat's id from now on; 0: not said
}

func refuse(code int, description string) *Refusal {
	return &Refusal{Code: code, Description: description}
}

// bad refuses a call the way the platform words nearly all its refusals.
func bad(format string, args ...any) *Refusal {
	return refuse(http.StatusBadRequest, "Bad Request: "+fmt.Sprintf(format, args...))
}

// blame refuses a call that no state of the world would have made right. The lock is held.
func (s *Server) blame(format string, args ...any) *Refusal {
	refusal := bad(format, args...)
	s.violate("%s: %s", s.doing, refusal.Description)
	return refusal
}

func (f *Refusal) write(w http.ResponseWriter) {
	type parameters struct {
		RetryAfter int   `json:"retry_after,omitempty"`
		MigrateTo  int64 `json:"migrate_to_chat_id,omitempty"`
	}
	body := struct {
		OK          bool        `json:"ok"`
		Code        int         `json:"error_code"`
		Description string      `json:"description"`
		Parameters  *parameters `json:"parameters,omitempty"`
	}{Code: f.Code, Description: f.Description}
	if f.RetryAfter != 0 || f.MigrateTo != 0 {
		body.Parameters = &parameters{f.RetryAfter, f.MigrateTo}
	}
	writeJSON(w, f.Code, body)
}

func writeAnswer(w http.ResponseWriter, result any, refusal *Refusal) {
	if refusal != nil {
		refusal.write(w)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"ok": true, "result": result})
}

func writeJSON(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(body) // a client that left is not the server's matter
}
