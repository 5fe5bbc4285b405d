package discord

// The token of the bot is in the header of a call and that of an interaction in its path, which the errors of net/http
// quote. So no error of this file's calls is passed on as it came, and none names a path.

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"latchstring/core"
)

// The bounds of a call.
const (
	callPatience  = 15 * time.Second
	longestAnswer = 4 << 20          // bytes
	longestWords  = 300              // bytes of the platform's words in an error
	blindRest     = 60 * time.Second // after a 429 that does not say for how long
	userAgent     = "DiscordBot (https://github.com/bwmarrin/discordgo, 0.29.0)"
)

// The codes of refusals that mean something here (https://discord.com/developers/docs/topics/opcodes-and-status-codes).
const (
	unknownMessage     = 10008
	unknownWebhook     = 10015
	unknownInteraction = 10062
	acknowledged       = 40060
	invalidToken       = 50027
)

// client calls the REST API. Discord limits calls by their place, so a place that asked for a rest gets no call before its
// time.
type client struct {
	token core.Secret
	base  string
	http  *http.Client
	now   func() time.Time

	mu    sync.Mutex
	rests map[string]time.Time
}

func newClient(cfg Config, o Options) *client {
	transport := o.Transport
	if transport == nil {
		// In HTTP/1.1 a call that got no answer takes its connection with it. In HTTP/2 all calls would go on sharing a
		// connection whose other half is gone.
		one := new(http.Protocols)
		one.SetHTTP1(true)
		transport = &http.Transport{
			Proxy: http.ProxyFromEnvironment, Protocols: one, IdleConnTimeout: time.Minute, MaxIdleConnsPerHost: 4,
			TLSHandshakeTimeout: 10 * time.Second,
		}
	}
	return &client{
		token: cfg.Token, base: cfg.base(), now: o.Now, rests: map[string]time.Time{},
		http: &http.Client{
			Transport: transport,
			// A redirect would take the token to wherever it points.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// failure is a call that Discord refused, or that nobody knows the outcome of.
type failure struct {
	what   string
	status int           // of the answer; 0: there was none
	code   int           // Discord's own; 0: it gave none
	words  string        // what Discord says
	after  time.Duration // when it may be called again; 0: it does not say
	err    error
}

// Error names the call and the cause.
func (f *failure) Error() string {
	if f.err != nil {
		return f.what + ": " + f.err.Error()
	}
	return fmt.Sprintf("%s: %d: %d %s", f.what, f.status, f.code, f.words)
}

// Unwrap returns the cause.
func (f *failure) Unwrap() error { return f.err }

// failureOf returns the failure in an error; nil where there is none.
func failureOf(err error) *failure {
	f, _ := errors.AsType[*failure](err)
	return f
}

// refusesToken tells whether Discord does not know the bot's token.
func refusesToken(err error) bool {
	f := failureOf(err)
	return f != nil && f.status == http.StatusUnauthorized && f.code != invalidToken
}

// call is one call: what it is called in errors, its method and its path.
type call struct {
	what, method, path string
	interaction        bool // its path speaks for itself, and the limit over all calls does not count it
}

// do makes a call within its patience and reads the result into a value, unless that is nil. Every error is a *failure.
func (c *client) do(ctx context.Context, k call, body, result any) error {
	if wait := c.rest(k); wait > 0 {
		return &failure{what: k.what, status: http.StatusTooManyRequests, words: "its time has not come yet", after: wait}
	}
	ctx, cancel := context.WithTimeout(ctx, callPatience)
	defer cancel()
	req, err := c.request(ctx, k, body)
	if err != nil {
		return &failure{what: k.what, err: errors.New("the call can not be written")}
	}
	resp, err := c.http.Do(req)
	if err != nil {
		if wrapped, ok := errors.AsType[*url.Error](err); ok {
			err = wrapped.Err
		}
		if op, ok := errors.AsType[*net.OpError](err); ok {
			err = op
		}
		return &failure{what: k.what, err: c.cleanError(err)}
	}
	defer func() { _ = resp.Body.Close() }() // it was read as far as it is wanted
	raw, err := io.ReadAll(io.LimitReader(resp.Body, longestAnswer))
	if err != nil {
		return &failure{what: k.what, err: c.cleanError(err)}
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return c.refused(k, resp, raw)
	}
	if result != nil && json.Unmarshal(raw, result) != nil {
		return &failure{what: k.what, err: errors.New("the answer is not readable")}
	}
	return nil
}

func (c *client) request(ctx context.Context, k call, body any) (*http.Request, error) {
	var sent io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		sent = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, k.method, c.base+"/api/v10"+k.path, sent)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", userAgent)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if !k.interaction {
		req.Header.Set("Authorization", "Bot "+c.token.Reveal())
	}
	return req, nil
}

// refused makes a failure of an answer. A proxy before Discord answers 429 with a page that only its header explains.
func (c *client) refused(k call, resp *http.Response, raw []byte) *failure {
	var said struct {
		Code    int     `json:"code"`
		Message string  `json:"message"`
		After   float64 `json:"retry_after"`
		Global  bool    `json:"global"`
	}
	f := &failure{what: k.what, status: resp.StatusCode}
	if json.Unmarshal(raw, &said) == nil {
		f.code, f.words = said.Code, c.clean(said.Message)
	} else {
		f.words = "from something that is not Discord"
	}
	if f.status != http.StatusTooManyRequests {
		return f
	}
	f.after = time.Duration(said.After * float64(time.Second))
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); f.after <= 0 && err == nil {
		f.after = time.Duration(seconds) * time.Second
	}
	if f.after <= 0 || f.after > time.Hour {
		f.after = blindRest
	}
	key := k.method + k.path
	if said.Global {
		key = ""
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	for known, until := range c.rests {
		if !now.Before(until) {
			delete(c.rests, known)
		}
	}
	c.rests[key] = now.Add(f.after)
	return f
}

// rest tells how long a call is to wait.
func (c *client) rest(k call) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	wait := c.rests[k.method+k.path].Sub(now)
	if !k.interaction {
		wait = max(wait, c.rests[""].Sub(now))
	}
	return wait
}

// clean takes the token out of a text and shortens it.
func (c *client) clean(text string) string {
	if token := c.token.Reveal(); token != "" {
		text = strings.ReplaceAll(text, token, c.token.String())
	}
	return strings.ToValidUTF8(text[:min(len(text), longestWords)], "")
}

func (c *client) cleanError(err error) error {
	if text := err.Error(); c.clean(text) != text {
		return errors.New(c.clean(text))
	}
	return err
}
