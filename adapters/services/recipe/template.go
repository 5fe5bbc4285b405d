package recipe

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"latchstring/core"
)

// placeName finds a place in a template. The braces of JSON are none: a quote or white space follows them.
var placeName = regexp.MustCompile(`\{[a-z][a-z0-9_]*\}`)

// template is a text with named places: /admin/sessions/{id}.
type template struct{ text string }

func (t *template) UnmarshalText(text []byte) error {
	t.text = string(text)
	return nil
}

// places returns the names of the places.
func (t template) places() []string {
	var names []string
	for _, p := range placeName.FindAllString(t.text, -1) {
		names = append(names, p[1:len(p)-1])
	}
	return names
}

// fill puts values into the places, each escaped. A value that is missing or empty is an error: a request must never mean
// more than was meant.
func (t template) fill(values map[string]string, escape func(string) string) (string, error) {
	var err error
	text := placeName.ReplaceAllStringFunc(t.text, func(place string) string {
		name := place[1 : len(place)-1]
		if values[name] == "" {
			err = fmt.Errorf("there is no value for %s", place)
		}
		return escape(values[name])
	})
	return text, err
}

// body is a template of JSON.
type body struct{ template }

func (b *body) UnmarshalText(text []byte) error {
	b.text = string(text)
	if !json.Valid([]byte(placeName.ReplaceAllString(b.text, "1"))) {
		return errors.New(`should be JSON; a place stands in quotes: {"identity": "{user}"}`)
	}
	return nil
}

// fill returns nil where there is no body.
func (b body) fill(values map[string]string) ([]byte, error) {
	if b.text == "" {
		return nil, nil
	}
	text, err := b.template.fill(values, func(s string) string {
		quoted, _ := json.Marshal(s) // a string always has a JSON text
		return string(quoted[1 : len(quoted)-1])
	})
	return []byte(text), err
}

// methods are what a call may begin with.
var methods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// call is a request to the service: GET /admin/identities/{user}/sessions?active=true.
type call struct {
	method string
	path   template
	query  []pair
}

type pair struct {
	key   string
	value template
}

func (c *call) UnmarshalText(text []byte) error {
	method, where, _ := strings.Cut(string(text), " ")
	path, query, _ := strings.Cut(where, "?")
	if !slices.Contains(methods, method) {
		return errors.New("should begin with " + strings.Join(methods, ", "))
	}
	bare, err := url.Parse(placeName.ReplaceAllString(path, "x"))
	if err != nil || !strings.HasPrefix(path, "/") || bare.EscapedPath() != placeName.ReplaceAllString(path, "x") ||
		bare.Host != "" || bare.Fragment != "" {
		return errors.New("should have a path after " + method + ", such as /sessions/{id}")
	}
	c.method, c.path, c.query = method, template{path}, nil
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		key, value, found := strings.Cut(part, "=")
		plain, err := url.QueryUnescape(value)
		if err != nil || !found || key == "" || strings.ContainsAny(key, "{}%+ ") {
			return errors.New("should have name=value, with & between them, after the ?")
		}
		c.query = append(c.query, pair{key, template{plain}})
	}
	return nil
}

// is tells whether there is a call at all.
func (c call) is() bool { return c.method != "" }

func (c call) places() []string {
	names := c.path.places()
	for _, p := range c.query {
		names = append(names, p.value.places()...)
	}
	return names
}

// fill returns the escaped path and the query. The values . and .. are refused: a server reads another path there.
func (c call) fill(values map[string]string) (path string, query url.Values, err error) {
	for _, name := range c.path.places() {
		if v := values[name]; v == "." || v == ".." {
			return "", nil, fmt.Errorf("{%s} can not be a part of a path", name)
		}
	}
	if path, err = c.path.fill(values, url.PathEscape); err != nil {
		return "", nil, err
	}
	query = url.Values{}
	for _, p := range c.query {
		value, err := p.value.fill(values, func(s string) string { return s })
		if err != nil {
			return "", nil, err
		}
		query.Add(p.key, value)
	}
	return path, query, nil
}

// sentence is what a member or the owner reads; {service} in it is the service's name.
type sentence struct{ text string }

func (s *sentence) UnmarshalText(text []byte) error {
	s.text = string(text)
	bare := strings.ReplaceAll(s.text, "{service}", "")
	switch {
	case strings.ContainsAny(bare, "{}"):
		return errors.New("should have no other braces than {service}")
	case !strings.HasSuffix(s.text, "."), len(s.text) > 300:
		return errors.New("should be a sentence with its full stop, at most 300 characters long")
	}
	return nil
}

func (s sentence) say(service string) core.Phrase {
	if strings.Contains(s.text, "{service}") {
		return core.Say(s.text, service)
	}
	return core.Say(s.text)
}
