package jellyfinapi

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// longestBody is how many bytes a call may have.
const longestBody = 1 << 20

// Request is one call and what came of it.
type Request struct {
	Name   string // the method and the path as it is described: "POST /Sessions/{sessionId}/Message"; unknown ones as they came
	Method string
	Path   string // without the base path
	Query  url.Values
	Header http.Header
	Body   string
	At     time.Time
	Fault  string // what was scripted for it; empty: nothing
	Ended  bool   // it was answered, or cut off
	Status int    // 0: not answered
}

// String tells a request in a line.
func (r Request) String() string {
	line := r.Method + " " + r.Path
	if len(r.Query) > 0 {
		line += "?" + r.Query.Encode()
	}
	switch {
	case r.Fault != "":
		line += " -> " + r.Fault
	case !r.Ended:
		line += " (open)"
	default:
		line += fmt.Sprintf(" -> %d", r.Status)
	}
	return line
}

// Requests returns all calls so far, in their order.
func (s *Server) Requests() []Request { return s.Calls("*") }

// Calls returns the calls of a name so far, in their order. A star at the end of the name stands for any rest.
func (s *Server) Calls(name string) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []Request
	for _, r := range s.requests {
		if matches(name, r.Name) {
			found = append(found, *r)
		}
	}
	return found
}

// AwaitCalls waits until calls of a name were ended so many times since the server began, and returns these calls.
func (s *Server) AwaitCalls(name string, n int) []Request {
	s.tb.Helper()
	var ended []Request
	s.Await(fmt.Sprintf("%d calls of %s", n, name), func() bool {
		ended = slices.DeleteFunc(s.Calls(name), func(r Request) bool { return !r.Ended })
		return len(ended) >= n
	})
	return ended[:n]
}

// ForgetRequests forgets the calls that have ended, for a test or a benchmark that makes very many.
func (s *Server) ForgetRequests() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = slices.DeleteFunc(s.requests, func(r *Request) bool { return r.Ended })
}

func (s *Server) lastRequests(n int) string {
	all := s.Requests()
	var b strings.Builder
	for _, r := range all[max(0, len(all)-n):] {
		fmt.Fprintln(&b, " ", r)
	}
	return b.String()
}

func matches(pattern, name string) bool {
	if start, open := strings.CutSuffix(pattern, "*"); open {
		return strings.HasPrefix(name, start)
	}
	return pattern == name
}

// call is a request that is being answered.
type call struct {
	request *Request
	http    *http.Request
	route   route
	fault   *Fault
	refused *answer // what is answered in place of carrying it out; nil: it is carried out
	caller  caller
	holes   map[string]string // what stands for the names in the path
	query   url.Values
	body    []byte
	socket  bool
}

// begin puts a call down and says what is wrong with it.
func (s *Server) begin(w http.ResponseWriter, r *http.Request) *call {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, longestBody))
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.stir()
	path, inside := s.trim(r.URL.EscapedPath())
	query, queryErr := url.ParseQuery(r.URL.RawQuery)
	c := &call{http: r, query: query, body: body, request: &Request{
		Name: r.Method + " " + path, Method: r.Method, Path: path, Query: query, Header: r.Header.Clone(), Body: string(body), At: s.clock.now(),
	}}
	s.requests = append(s.requests, c.request)
	switch {
	case !inside:
		s.violate("%s %s: outside the base path %s", r.Method, r.URL.Path, s.options.BasePath)
		c.refused = new(empty(http.StatusNotFound))
	case err != nil || queryErr != nil:
		s.violate("%s: a body or a query that cannot be read", c.request.Name)
		c.refused = new(s.refuse(http.StatusBadRequest))
	default:
		s.look(c, path)
	}
	if c.fault = s.takeFault(*c.request); c.fault != nil {
		c.request.Fault = c.fault.name
	}
	return c
}

// look finds the route of a call, its caller, and what is wrong with its parameters. The lock is held.
func (s *Server) look(c *call, path string) {
	known, holes := s.find(c.request.Method, path)
	if known == nil {
		s.violate("%s: %s has no such call", c.request.Name, s.version)
		c.refused = new(s.refuse(http.StatusNotFound))
		return
	}
	c.route, c.holes, c.socket = *known, holes, known.do == nil
	c.request.Name = known.name
	c.caller, c.refused = s.admit(c)
	wrong := known.check(c.query)
	if len(wrong) == 0 {
		wrong = s.schema.check(c)
	}
	for _, fault := range wrong {
		s.violate("%s: %s", known.name, fault)
		if c.refused == nil {
			c.refused = new(s.refuse(http.StatusBadRequest))
		}
	}
}

// end puts down what came of a call.
func (s *Server) end(c *call, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.request.Ended, c.request.Status = true, status
	s.stir()
}
