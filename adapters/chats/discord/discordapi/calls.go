package discordapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
)

// longestBody is how many bytes a call may have. The platform takes more, but only for files.
const longestBody = 1 << 20

// Call is one call of the API and what came of it.
type Call struct {
	Name    string // as in create_message
	Method  string
	Path    string // without the API's version
	Query   url.Values
	Body    json.RawMessage // nil: none
	At      time.Time
	Fault   string   // what was scripted for it; empty: nothing
	Ended   bool     // it was carried out, or its fault began
	Refusal *Refusal // why it was not carried out, if it was not; nil for one that a fault kept from it

	holes map[string]string // what stands for the names in the route's path
	fault *Fault
}

// Place is what rate limits count for: the channel, the guild, or the interaction's token; empty for calls without one.
func (c Call) Place() string {
	for _, hole := range []string{"channel", "token", "guild"} {
		if c.holes[hole] != "" {
			return c.holes[hole]
		}
	}
	return ""
}

// String tells a call in a line.
func (c Call) String() string {
	text := fmt.Sprintf("%s %s %s %.200s", c.Name, c.Method, c.Path, c.Body)
	switch {
	case c.Fault != "":
		text += " -> " + c.Fault
	case c.Refusal != nil:
		text += " -> " + c.Refusal.String()
	case !c.Ended:
		text += " (open)"
	}
	return text
}

// read decodes a body into a value. What does not fit is told as the platform tells it.
func (c Call) read(into any) *form {
	var f form
	if len(c.Body) == 0 {
		return &f
	}
	if err := json.Unmarshal(c.Body, into); err != nil {
		if kind, is := errors.AsType[*json.UnmarshalTypeError](err); is {
			f.add(kind.Field, "BASE_TYPE_INVALID", "a %s is no %s", kind.Value, kind.Type)
		} else {
			f.add("", "BASE_TYPE_INVALID", "%v", err)
		}
	}
	return &f
}

// Calls returns the calls of a name so far, in their order. The name may be a pattern as of path.Match: "*_message".
func (s *Server) Calls(name string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []Call
	for _, c := range s.calls {
		if matches(name, c.Name) {
			found = append(found, c)
		}
	}
	return found
}

// Last returns the last call of a name, and ends the test if there was none.
func (s *Server) Last(name string) Call {
	s.t.Helper()
	calls := s.Calls(name)
	if len(calls) == 0 {
		s.t.Fatalf("discord: %s was never called", name)
	}
	return calls[len(calls)-1]
}

// AwaitCalls waits until calls of a name ended so many times since the server began, and returns these calls.
func (s *Server) AwaitCalls(name string, n int) []Call {
	s.t.Helper()
	open := func(c Call) bool { return !c.Ended }
	s.Await(fmt.Sprintf("%d calls of %s", n, name), func() bool {
		return len(slices.DeleteFunc(s.Calls(name), open)) >= n
	})
	return slices.DeleteFunc(s.Calls(name), open)[:n]
}

func (s *Server) lastCalls(n int) string {
	calls := s.Calls("*")
	var b strings.Builder
	for _, c := range calls[max(0, len(calls)-n):] {
		fmt.Fprintln(&b, " ", c)
	}
	return b.String()
}

func matches(pattern, name string) bool {
	ok, _ := path.Match(pattern, name) // a broken pattern fits nothing
	return ok
}

// begin puts a call down and returns its number and the fault that is scripted for it.
func (s *Server) begin(call Call) (int, *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	call.At = s.clock.now()
	s.checkWindows(call)
	for _, fault := range s.schema.check(call) {
		s.violate("%s: the description: %s", call.Name, fault)
	}
	if call.fault = s.takeFault(call); call.fault != nil {
		call.Fault = call.fault.name
	}
	s.calls = append(s.calls, call)
	s.stir()
	return len(s.calls) - 1, call.fault
}

// end puts down what came of a call.
func (s *Server) end(index int, refused *Refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[index].Ended, s.calls[index].Refusal = true, refused
	s.stir()
}

// read takes a call apart and finds what carries it out. What is not even a call is refused here and not put down.
func (s *Server) read(w http.ResponseWriter, r *http.Request) (Call, handler, *Refusal) {
	notFound := refusal(http.StatusNotFound, 0, "404: Not Found")
	call := Call{Method: r.Method, Query: r.URL.Query()}
	version, rest, found := strings.Cut(strings.TrimPrefix(r.URL.Path, "/api/v"), "/")
	if !found || !strings.HasPrefix(r.URL.Path, "/api/v") || version != "9" && version != "10" {
		s.locked(func() { s.violate("%s %s: no such place here", r.Method, r.URL.Path) })
		return call, nil, notFound
	}
	call.Path = "/" + rest
	route, holes := s.find(r.Method, call.Path)
	if route == nil {
		s.locked(func() { s.violate("%s %s: no such call here", r.Method, call.Path) })
		return call, nil, notFound
	}
	call.Name, call.holes = route.name, holes
	if refused := s.admit(route, r); refused != nil {
		s.locked(func() { // it is put down, so that a test can count how often a client comes back
			call.At, call.Ended, call.Refusal = s.clock.now(), true, refused
			s.calls = append(s.calls, call)
			s.stir()
		})
		return call, nil, refused
	}
	body, err := readBody(w, r)
	if err != nil {
		s.locked(func() { s.violate("%s: %v", call.Name, err) })
		return call, nil, refusal(http.StatusBadRequest, 50109, "The request body contains invalid JSON.")
	}
	call.Body = body
	return call, route.do, nil
}

// admit looks at who calls.
func (s *Server) admit(route *route, r *http.Request) *Refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	// The documentation demands this form; the platform's proxy turns away others as it likes.
	if agent := r.UserAgent(); !strings.HasPrefix(agent, "DiscordBot (") {
		s.violate("%s: the user agent %q is not DiscordBot (url, version)", route.name, agent)
	}
	said := r.Header.Get("Authorization")
	if route.open && said == "" { // the token in the path speaks for itself
		return nil
	}
	if s.reset || said != "Bot "+Token {
		return unauthorized
	}
	return nil
}

func readBody(w http.ResponseWriter, r *http.Request) (json.RawMessage, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, longestBody))
	if err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	if len(body) == 0 {
		return nil, nil
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, fmt.Errorf("content type: %w", err)
	}
	if kind != "application/json" {
		return nil, fmt.Errorf("content type %s is nothing this server knows", kind)
	}
	if !json.Valid(body) {
		return nil, errors.New("the body is no JSON")
	}
	return body, nil
}
