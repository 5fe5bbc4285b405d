package telegram

// The token is a part of every call's URL, and the errors of net/http quote URLs. So no error of this file's calls is
// passed on as it came: a failure is made of what is known not to hold the URL, and its words are searched for the token.

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"latchstring/core"
)

// The bounds of a call.
const (
	callPatience  = 15 * time.Second // how long an answer is waited for, and how much longer than asked for a poll's
	longestAnswer = 16 << 20         // bytes: a hundred updates of the longest kind are less
	longestWords  = 300              // bytes of the platform's words in an error
)

// client calls methods of the Bot API.
type client struct {
	token    core.Secret
	endpoint string
	http     *http.Client
	now      func() time.Time

	mu    sync.Mutex
	rests map[string]time.Time // until when Telegram wants no call for a chat, or of a method that is for none
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
		token: cfg.Token, endpoint: cfg.endpoint(), now: o.Now, rests: map[string]time.Time{},
		http: &http.Client{
			Transport: transport,
			// A redirect would take the token to wherever it points.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// failure is a call that Telegram refused, or that nobody knows the outcome of.
type failure struct {
	method  string
	code    int           // of the answer; 0: there was none
	words   string        // what Telegram says
	after   time.Duration // when it may be called again; 0: it does not say
	movedTo int64         // the chat's number from now on; 0: as it was
	unsent  bool          // the call certainly was not carried out
	err     error
}

// Error names the method and the cause.
func (f *failure) Error() string {
	if f.err != nil {
		return f.method + ": " + f.err.Error()
	}
	return fmt.Sprintf("%s: %d: %s", f.method, f.code, f.words)
}

// Unwrap returns the cause.
func (f *failure) Unwrap() error { return f.err }

// says tells whether Telegram refused in such words. It has no codes for its reasons.
func (f *failure) says(words ...string) bool {
	for _, w := range words {
		if strings.Contains(strings.ToLower(f.words), w) {
			return true
		}
	}
	return false
}

// failureOf returns the failure in an error; nil where there is none.
func failureOf(err error) *failure {
	f, _ := errors.AsType[*failure](err)
	return f
}

// refusesToken tells whether Telegram does not know the token. Only its own word counts, not that of a proxy.
func refusesToken(err error) bool {
	f := failureOf(err)
	return f != nil && f.err == nil && (f.code == http.StatusUnauthorized || f.code == http.StatusNotFound)
}

// call makes one call within its patience and reads the result into a value, unless that is nil. Every error is a
// *failure. A call that Telegram asked to wait with is not made before its time.
func (c *client) call(ctx context.Context, method string, params tgbotapi.Params, result any) error {
	return c.callFor(ctx, callPatience, method, params, result)
}

func (c *client) callFor(ctx context.Context, patience time.Duration, method string, params tgbotapi.Params, result any) error {
	whom := cmp.Or(params["chat_id"], method)
	if wait := c.rest(whom); wait > 0 {
		return &failure{method: method, code: http.StatusTooManyRequests, words: "its time has not come yet", after: wait, unsent: true}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	bot := tgbotapi.BotAPI{Token: c.token.Reveal(), Client: doer(func(r *http.Request) (*http.Response, error) { return c.do(r.WithContext(ctx)) })}
	bot.SetAPIEndpoint(c.endpoint)
	answer, err := bot.MakeRequest(method, params)
	if err == nil && result != nil {
		if json.Unmarshal(answer.Result, result) != nil {
			err = errors.New("the result is not what it should be")
		}
	}
	if err == nil {
		return nil
	}
	f := c.failure(method, err)
	if f.after > 0 {
		c.restFor(whom, f.after)
	}
	return f
}

// doer makes requests for the library.
type doer func(*http.Request) (*http.Response, error)

// Do makes a request.
func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

// do makes a request. Whatever is no answer of Telegram's is a failure.
func (c *client) do(r *http.Request) (*http.Response, error) {
	resp, err := c.http.Do(r) //nolint:gosec // the address is the config's
	if err != nil {
		if wrapped, ok := errors.AsType[*url.Error](err); ok {
			err = wrapped.Err
		}
		op, _ := errors.AsType[*net.OpError](err)
		return nil, &failure{err: err, unsent: op != nil && op.Op == "dial"}
	}
	if kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); kind != "application/json" {
		_ = resp.Body.Close() // it was not wanted
		return nil, &failure{code: resp.StatusCode, err: fmt.Errorf("%s from something that is not the Bot API", http.StatusText(resp.StatusCode))}
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, longestAnswer), resp.Body}
	return resp, nil
}

// failure makes a failure of what the library returns.
func (c *client) failure(method string, err error) *failure {
	f := &failure{}
	if refusal, ok := errors.AsType[*tgbotapi.Error](err); ok {
		f.code, f.words, f.movedTo = refusal.Code, refusal.Message, refusal.MigrateToChatID
		f.after = time.Duration(refusal.RetryAfter) * time.Second
		f.unsent = f.code < http.StatusInternalServerError
	} else if known := failureOf(err); known != nil {
		f = known
	} else {
		f.err = errors.New("the answer is not readable")
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			f.err = err
		}
	}
	f.method = method
	f.words = c.clean(f.words)
	if f.err != nil {
		if text := f.err.Error(); c.clean(text) != text {
			f.err = errors.New(c.clean(text))
		}
	}
	return f
}

// clean takes the token out of a text and shortens it.
func (c *client) clean(text string) string {
	if token := c.token.Reveal(); token != "" {
		text = strings.ReplaceAll(text, token, c.token.String())
	}
	return strings.ToValidUTF8(text[:min(len(text), longestWords)], "")
}

// rest tells how long a chat or a method is to be left alone.
func (c *client) rest(whom string) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rests[whom].Sub(c.now())
}

// restFor leaves a chat or a method alone for a time. Those whose time is over are forgotten.
func (c *client) restFor(whom string, d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	for known, until := range c.rests {
		if !now.Before(until) {
			delete(c.rests, known)
		}
	}
	c.rests[whom] = now.Add(d)
}
