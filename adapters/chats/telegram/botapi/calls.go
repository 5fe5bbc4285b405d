package botapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// longestBody is how many bytes a call may have. The platform takes more, but only for files.
const longestBody = 1 << 20

// Params are a call's parameters as the platform sees them, however they were sent: a text as it is, anything else as JSON.
type Params map[string]string

// Int returns a parameter as a whole number; one that is missing or none is 0.
func (p Params) Int(name string) int64 {
	n, _ := strconv.ParseInt(p[name], 10, 64)
	return n
}

// True tells whether a parameter says true.
func (p Params) True(name string) bool { return strings.EqualFold(p[name], "true") || p[name] == "1" }

// Call is one call of the API and what came of it.
type Call struct {
	Method  string
	Params  Params
	At      time.Time
	Fault   string   // what was scripted for it; empty: nothing
	Ended   bool     // it was carried out, or its fault began
	Refusal *Refusal // why it was not carried out, if it was not; nil for one that a fault kept from it
}

// String tells a call in a line, without what it would take long to read.
func (c Call) String() string {
	names := slices.Sorted(maps.Keys(c.Params))
	var b strings.Builder
	b.WriteString(c.Method)
	for _, name := range names {
		fmt.Fprintf(&b, " %s=%.60q", name, c.Params[name])
	}
	switch {
	case c.Fault != "":
		b.WriteString(" -> " + c.Fault)
	case c.Refusal != nil:
		b.WriteString(" -> " + c.Refusal.Description)
	case !c.Ended:
		b.WriteString(" (open)")
	}
	return b.String()
}

// Calls returns the calls of a method so far, in their order. The method may be a pattern as of path.Match: "edit*".
func (s *Server) Calls(method string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []Call
	for _, c := range s.calls {
		if matches(method, c.Method) {
			found = append(found, c)
		}
	}
	return found
}

// Last returns the last call of a method, and ends the test if there was none.
func (s *Server) Last(method string) Call {
	s.t.Helper()
	calls := s.Calls(method)
	if len(calls) == 0 {
		s.t.Fatalf("bot api: %s was never called", method)
	}
	return calls[len(calls)-1]
}

// AwaitCalls waits until a method was called so many times since the server began, and returns these calls.
func (s *Server) AwaitCalls(method string, n int) []Call {
	s.t.Helper()
	ended := func(c Call) bool { return !c.Ended }
	s.Await(fmt.Sprintf("%d calls of %s", n, method), func() bool {
		return len(slices.DeleteFunc(s.Calls(method), ended)) >= n
	})
	return slices.DeleteFunc(s.Calls(method), ended)[:n]
}

func (s *Server) lastCalls(n int) string {
	calls := s.Calls("*")
	var b strings.Builder
	for _, c := range calls[max(0, len(calls)-n):] {
		fmt.Fprintln(&b, " ", c)
	}
	return b.String()
}

func matches(pattern, method string) bool {
	ok, _ := path.Match(pattern, method) // a broken pattern fits nothing
	return ok
}

// begin puts a call down and returns its number and the fault that is scripted for it.
func (s *Server) begin(method string, params Params) (int, *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	call := Call{Method: method, Params: params, At: s.clock.now()}
	s.checkWindows(call)
	for _, fault := range s.schema.check(method, params) {
		s.violate("%s: %s", method, fault)
	}
	fault := s.takeFault(call)
	if fault != nil {
		call.Fault = fault.name
	}
	s.calls = append(s.calls, call)
	s.stir()
	return len(s.calls) - 1, fault
}

// end puts down what came of a call.
func (s *Server) end(index int, refusal *Refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[index].Ended, s.calls[index].Refusal = true, refusal
	s.stir()
}

// readParams reads the parameters of a call from its URL and from a body of any kind the platform takes.
func readParams(w http.ResponseWriter, r *http.Request) (Params, error) {
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		return nil, fmt.Errorf("method %s is not allowed", r.Method)
	}
	params := Params{}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	if err := params.add(query); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, longestBody))
	if err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	if len(body) == 0 {
		return params, nil
	}
	kind, more, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, fmt.Errorf("content type: %w", err)
	}
	switch kind {
	case "application/json":
		return params, params.addJSON(body)
	case "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, fmt.Errorf("form: %w", err)
		}
		return params, params.add(form)
	case "multipart/form-data":
		form, err := multipart.NewReader(bytes.NewReader(body), more["boundary"]).ReadForm(longestBody)
		if err != nil {
			return nil, fmt.Errorf("form: %w", err)
		}
		return params, params.add(form.Value)
	}
	return nil, fmt.Errorf("content type %s is unknown", kind)
}

func (p Params) add(values url.Values) error {
	for name, texts := range values {
		if _, twice := p[name]; twice || len(texts) != 1 {
			return fmt.Errorf("parameter %s is there twice", name)
		}
		p[name] = texts[0]
	}
	return nil
}

func (p Params) addJSON(body []byte) error {
	var values map[string]json.RawMessage
	if err := json.Unmarshal(body, &values); err != nil {
		return errors.New("can't parse request JSON object")
	}
	for name, raw := range values {
		if _, twice := p[name]; twice {
			return fmt.Errorf("parameter %s is there twice", name)
		}
		if string(raw) == "null" {
			return fmt.Errorf("parameter %s is null", name)
		}
		p[name] = string(raw)
		if raw[0] == '"' {
			var text string
			if err := json.Unmarshal(raw, &text); err != nil {
				return fmt.Errorf("parameter %s: %w", name, err)
			}
			p[name] = text
		}
	}
	return nil
}
