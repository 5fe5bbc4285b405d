package jellyfin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"latchstring/adapters/httpcall"
	"latchstring/core"
)

// The parts of a call that a person at the server can see.
const (
	clientName    = "latchstring"
	clientVersion = "1"
)

// authorize proves who we are. All of the parts are sent always: a server of 10.8 signs everybody out where a sign-in has
// no device (jellyfin#10795), and 12 takes no other header than this one. The server decodes each part as in a query.
func (s *service) authorize(h http.Header) {
	scheme, token := "MediaBrowser", ` Token="`+url.QueryEscape(s.config.Key.Reveal())+`",`
	if s.config.Product == Emby {
		scheme, token = "Emby", ""
		h.Set("X-Emby-Token", s.config.Key.Reveal())
	}
	h.Set("Authorization", fmt.Sprintf(`%s%s Client="%s", Device="%s", DeviceId="%s", Version="%s"`,
		scheme, token, clientName, clientName, s.self, clientVersion))
}

// get reads.
func (s *service) get(ctx context.Context, what, path string, query url.Values) ([]byte, error) {
	a, err := s.do(ctx, httpcall.Request{What: what, Method: http.MethodGet, Path: target(path, query)})
	return a.Body, err
}

// change asks for a change; the body is sent as JSON, or not at all if it is nil.
func (s *service) change(ctx context.Context, what, method, path string, query url.Values, body any) (httpcall.Answer, error) {
	r := httpcall.Request{What: what, Method: method, Path: target(path, query)}
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return httpcall.Answer{}, core.UnsentError(core.Garbled, s.title, what, errors.New("a body that is no JSON"))
		}
		r.Body, r.BodyType = text, "application/json"
	}
	return s.do(ctx, r)
}

func (s *service) do(ctx context.Context, r httpcall.Request) (httpcall.Answer, error) {
	r.Authorize = s.authorize
	a, err := s.client.Do(ctx, r)
	s.opt.Log.DebugContext(ctx, "service asked", slog.String("service", string(s.id)), slog.String("what", r.What),
		slog.String("method", r.Method), slog.Int("status", a.Status))
	return a, err
}

// word is a parameter as the product writes it: startIndex is StartIndex to Emby.
func (s *service) word(name string) string {
	if s.config.Product == Emby {
		return strings.ToUpper(name[:1]) + name[1:]
	}
	return name
}

func target(path string, query url.Values) string {
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// garbled is the failure of an answer that makes no sense.
func (s *service) garbled(what string, cause error) error {
	return core.ServiceError(core.Garbled, s.title, fmt.Errorf("%s: %w", what, cause))
}

// decode reads an answer into the fields that are needed. The reader does not call itself for what is not needed, so depth is
// bounded by the type; and its own errors are not told, since they quote the answer.
func decode(body []byte, into any) error {
	err := json.Unmarshal(body, into)
	if err == nil {
		return nil
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("%s of another type than it should be", wrong.Field)
	}
	if errors.Is(err, errNoTime) {
		return errNoTime
	}
	return errors.New("the answer is not JSON")
}

// page is the last answer to a question, read. An answer that is the same as last time is known by its hash and not read
// again.
type page[T any] struct {
	sum  uint64
	read bool
	rows T
}

// reread returns what an answer says; p is guarded by the service's mutex.
func reread[T any](s *service, p *page[T], body []byte, read func([]byte) (T, error)) (T, error) {
	sum := maphash.Bytes(s.seed, body)
	s.mu.Lock()
	last := *p
	s.mu.Unlock()
	if last.read && last.sum == sum {
		return last.rows, nil
	}
	rows, err := read(body)
	if err != nil {
		return rows, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	*p = page[T]{sum, true, rows}
	return rows, nil
}

// instant is a time as the servers write it: with seven digits of a second, in old versions without a zone, which is UTC then.
// The year 1 means never.
type instant struct{ time.Time }

var errNoTime = errors.New("a time that can not be read")

// UnmarshalJSON reads a time, or null.
func (i *instant) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		return nil
	}
	if len(text) < 2 || text[0] != '"' {
		return errNoTime
	}
	written := string(text[1 : len(text)-1])
	t, err := time.Parse(time.RFC3339, written)
	if err != nil {
		t, err = time.Parse("2006-01-02T15:04:05", written)
	}
	if err != nil || t.Year() < 1 || t.Year() > 9999 {
		return errNoTime
	}
	if t.Year() > 1 {
		i.Time = t
	}
	return nil
}

// userID is a user's id in the one form that can be compared: servers write it with and without dashes. Zeros are nobody.
func userID(id string) string {
	id = strings.ToLower(strings.ReplaceAll(id, "-", ""))
	if strings.Trim(id, "0") == "" {
		return ""
	}
	return id
}
