package botapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"latchstring/adapters/chats/telegram/botapi"
)

// client calls a server as a bot does.
type client struct {
	t    testing.TB
	base string
}

func newClient(t testing.TB, srv *botapi.Server) client {
	return client{t, srv.URL() + "/bot" + botapi.Token + "/"}
}

type answer struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	Code        int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter int   `json:"retry_after"`
		MigrateTo  int64 `json:"migrate_to_chat_id"`
	} `json:"parameters"`
}

// try calls a method with its parameters as a form, and returns the error of a call without an answer.
func (c client) try(ctx context.Context, method string, params map[string]any) (answer, error) {
	form := url.Values{}
	for name, value := range params {
		text, isText := value.(string)
		if !isText {
			raw, err := json.Marshal(value)
			if err != nil {
				c.t.Fatal(err)
			}
			text = string(raw)
		}
		form.Set(name, text)
	}
	return c.post(ctx, method, "application/x-www-form-urlencoded", form.Encode())
}

func (c client) post(ctx context.Context, method, contentType, body string) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+method, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", contentType)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}, err
	}
	var a answer
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&a); err != nil {
		return a, fmt.Errorf("%d %.100q: %w", resp.StatusCode, text, err)
	}
	if a.OK != (resp.StatusCode == http.StatusOK) || !a.OK && a.Code != resp.StatusCode {
		c.t.Errorf("%s: status %d with %s", method, resp.StatusCode, text)
	}
	return a, nil
}

// ask calls a method and wants an answer.
func (c client) ask(method string, params map[string]any) answer {
	c.t.Helper()
	a, err := c.try(c.t.Context(), method, params)
	if err != nil {
		c.t.Fatal(err)
	}
	return a
}

// must calls a method and wants it carried out. It reads the result into a value, unless that is nil.
func (c client) must(method string, params map[string]any, result any) {
	c.t.Helper()
	a := c.ask(method, params)
	if !a.OK {
		c.t.Fatalf("%s %v: %s", method, params, a.Description)
	}
	if result != nil {
		if err := json.Unmarshal(a.Result, result); err != nil {
			c.t.Fatal(err)
		}
	}
}

// send sends a message and returns its id.
func (c client) send(params map[string]any) int {
	c.t.Helper()
	var m struct {
		ID int `json:"message_id"`
	}
	c.must("sendMessage", params, &m)
	return m.ID
}

type update struct {
	ID      int `json:"update_id"`
	Message *struct {
		ID     int    `json:"message_id"`
		Text   string `json:"text"`
		Thread int    `json:"message_thread_id"`
		From   struct {
			ID int64 `json:"id"`
		} `json:"from"`
		Chat struct {
			ID   int64  `json:"id"`
			Type string `json:"type"`
		} `json:"chat"`
		Sender *struct {
			ID int64 `json:"id"`
		} `json:"sender_chat"`
		MigrateTo   int64 `json:"migrate_to_chat_id"`
		MigrateFrom int64 `json:"migrate_from_chat_id"`
	} `json:"message"`
	Edited  json.RawMessage `json:"edited_message"`
	Post    json.RawMessage `json:"channel_post"`
	Member  json.RawMessage `json:"my_chat_member"`
	Pressed *struct {
		ID      string `json:"id"`
		Data    string `json:"data"`
		Message struct {
			ID   int   `json:"message_id"`
			Date int64 `json:"date"`
		} `json:"message"`
	} `json:"callback_query"`
}

func (c client) updates(params map[string]any) []update {
	c.t.Helper()
	var got []update
	c.must("getUpdates", params, &got)
	return got
}

func ids(updates []update) []int {
	var all []int
	for _, u := range updates {
		all = append(all, u.ID)
	}
	return all
}

// blames wants violations that contain some words each, in their order, and forgives them.
func blames(t *testing.T, srv *botapi.Server, words ...string) {
	t.Helper()
	got := srv.Forgive()
	for i := range max(len(got), len(words)) {
		switch {
		case i >= len(got):
			t.Errorf("violation missing: %s", words[i])
		case i >= len(words):
			t.Errorf("unwanted violation: %s", got[i])
		case !strings.Contains(got[i], words[i]):
			t.Errorf("violation %q, want %q", got[i], words[i])
		}
	}
}

// recorder is a test that fails without failing the one that runs it.
type recorder struct {
	testing.TB
	mu       sync.Mutex
	errors   []string
	cleanups []func()
}

func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

func (r *recorder) end() {
	for i := range r.cleanups {
		r.cleanups[len(r.cleanups)-1-i]()
	}
}

// soon is a context for a call that the server is to leave without an answer.
func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}
