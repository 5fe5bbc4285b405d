package discord

// The library's own reconnecting retries for ever what can not be healed, and comes back after it was closed. So it is
// switched off, and a connection is supervised here: opening is bounded, a session that hangs is abandoned, silence ends a
// connection, and what no waiting heals is told.

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"

	"latchstring/core"
)

// times are how long the gateway waits for what.
type times struct {
	open     time.Duration // a session to begin
	silence  time.Duration // the next word; a heartbeat is answered every 41 s
	parting  time.Duration // the library to close a session, which takes it a second
	shortest time.Duration // between tries
	longest  time.Duration
}

func usualTimes() times {
	return times{open: 20 * time.Second, silence: 62 * time.Second, parting: 2 * time.Second, shortest: 5 * time.Second, longest: 10 * time.Minute}
}

// gateway is the connection on which Discord tells what happens.
type gateway struct {
	token  core.Secret
	base   string
	http   *http.Client
	log    *slog.Logger
	budget *budget
	times  times
	heard  func(name string, raw []byte) // called on many goroutines at once
}

// run keeps a connection until ctx ends, which is its good end. It returns early only with what no waiting heals.
func (g *gateway) run(ctx context.Context) error {
	var link *link
	for tries := 0; ctx.Err() == nil; {
		fresh := link == nil
		if fresh {
			if g.budget.spend(ctx, g.log) != nil {
				break // ctx ended while it waited
			}
			var err error
			if link, err = g.newLink(); err != nil {
				return err
			}
		}
		err := link.open(ctx)
		if err == nil {
			g.log.Info("Discord is connected", slog.Bool("resumed", !fresh))
			tries = 0
			link.wait(ctx)
			if ctx.Err() != nil {
				break
			}
			g.log.Warn("Discord's connection ended; resuming it")
			if !pause(ctx, g.times.shortest/5) {
				break
			}
			continue
		}
		link.abandon()
		link = nil
		if fatal := fatalError(err); fatal != nil {
			return fatal
		}
		if ctx.Err() != nil {
			break
		}
		if !fresh {
			continue // one resume that fails costs no more than a new session
		}
		d := rand.N(min(g.times.longest, g.times.shortest<<min(tries, 10))) + g.times.shortest/5 //nolint:gosec // jitter is no secret
		tries++
		g.log.Warn("Discord can not be connected to; trying again", slog.Any("cause", err), slog.Duration("in", d))
		pause(ctx, d)
	}
	if link != nil {
		link.close()
	}
	return nil
}

// fatalError words a close that no waiting heals; nil for all others
// (https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes).
func fatalError(err error) error {
	closed, ok := errors.AsType[*websocket.CloseError](err)
	if !ok {
		return nil
	}
	cause := fmt.Errorf("gateway: closed with %d", closed.Code)
	switch closed.Code {
	case 4004:
		return tokenError(cause)
	case 4010, 4011, 4012, 4013, 4014:
		return &core.Error{
			Kind: core.Cannot, Err: cause,
			Text: core.Say("Discord does not let the bot connect as it is."),
			Hint: core.Say("Look whether the application is a usual bot at discord.com/developers, and whether latchstring is of now."),
		}
	}
	return nil
}

// tokenError says that the token is of no use. No waiting heals that.
func tokenError(cause error) error {
	return &core.Error{
		Kind: core.BadKey, Err: cause,
		Text: core.Say("Discord refuses the bot's token."),
		Hint: core.Say("Reset the token on the page \"Bot\" of the application and put the new one into chats.discord."),
	}
}

// link is one session of the library and its connections, one after the other.
type link struct {
	session *discordgo.Session
	times   times
	over    atomic.Bool // abandoned: what it still says is not heard
	begun   atomic.Bool // a session began on it; the library begins others by itself when one can not be resumed
	up      chan struct{}

	mu   sync.Mutex
	conn *conn
}

func (g *gateway) newLink() (*link, error) {
	s, err := discordgo.New("Bot " + g.token.Reveal())
	if err != nil {
		return nil, errors.New("discord session can not be made")
	}
	l := &link{session: s, times: g.times, up: make(chan struct{}, 1)}
	s.ShouldReconnectOnError, s.ShouldRetryOnRateLimit, s.MaxRestRetries = false, false, 0
	s.StateEnabled, s.SyncEvents = false, false
	s.LogLevel = -1 // its log would print the token
	s.Identify.Intents = discordgo.IntentsGuilds
	s.Identify.Compress = false
	s.Client = &http.Client{Timeout: callPatience, Transport: rerouted{g.http.Transport, g.base}}
	s.Dialer = &websocket.Dialer{
		Proxy: http.ProxyFromEnvironment, HandshakeTimeout: 10 * time.Second, NetDialContext: l.dial,
	}
	s.AddHandler(func(_ *discordgo.Session, e *discordgo.Event) {
		defer func() {
			if p := recover(); p != nil {
				g.log.Error("an event of Discord panicked", slog.String("event", e.Type), slog.Any("panic", p))
			}
		}()
		if l.over.Load() {
			return
		}
		if e.Type == "READY" && l.begun.Swap(true) {
			g.budget.count(1)
		}
		if e.Type == "READY" || e.Type == "RESUMED" {
			select {
			case l.up <- struct{}{}:
			default: // it is known
			}
		}
		g.heard(e.Type, e.RawData)
	})
	return l, nil
}

// open begins the session or resumes it. The library may hang in it for ever; then nil is never returned, and the link is
// to be abandoned.
func (l *link) open(ctx context.Context) error {
	select {
	case <-l.up:
	default:
	}
	opened := make(chan error, 1)
	go func() { // a hanging library owns it; nothing waits for that
		var err error
		for range 20 { // the end of the last connection may still be under way
			if err = l.session.Open(); !errors.Is(err, discordgo.ErrWSAlreadyOpen) {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
		opened <- err
	}()
	limit := time.NewTimer(l.times.open)
	defer limit.Stop()
	var ready bool
	for done := false; !done || !ready; {
		select {
		case err := <-opened:
			if err != nil {
				return openError(err)
			}
			done, opened = true, nil
		case <-l.up:
			ready = true
		case <-limit.C:
			return errors.New("the gateway does not begin a session")
		case <-ctx.Done():
			return ctx.Err()
		case <-l.ended(done):
			return errors.New("the gateway ended the connection")
		}
	}
	return nil
}

// openError is the cause of a failed opening without addresses.
func openError(err error) error {
	if closed, ok := errors.AsType[*websocket.CloseError](err); ok {
		return closed
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	if refused, ok := errors.AsType[*discordgo.RESTError](err); ok && refused.Response != nil {
		if refused.Response.StatusCode == http.StatusUnauthorized {
			return &websocket.CloseError{Code: 4004}
		}
		return fmt.Errorf("the gateway's address: %d", refused.Response.StatusCode)
	}
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op
	}
	return errors.New("the gateway can not be reached")
}

// ended is closed when the connection of now is; nil, which waits for ever, until there is something to wait for.
func (l *link) ended(opened bool) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !opened || l.conn == nil {
		return nil
	}
	return l.conn.gone
}

// wait waits for the end of the connection.
func (l *link) wait(ctx context.Context) {
	select {
	case <-l.ended(true):
	case <-ctx.Done():
	}
}

// close ends the session in good order, unless the library hangs.
func (l *link) close() {
	l.over.Store(true)
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		_ = l.session.Close() // the connection may be gone
	}()
	limit := time.NewTimer(l.times.parting)
	defer limit.Stop()
	select {
	case <-closed:
	case <-limit.C:
	}
	l.abandon()
}

// abandon cuts the connection and hears nothing of the session any more.
func (l *link) abandon() {
	l.over.Store(true)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != nil {
		_ = l.conn.Close() // it may be closed
	}
}

func (l *link) dial(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	raw, err := d.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: raw, silence: l.times.silence, gone: make(chan struct{})}
	c.timer = time.AfterFunc(l.times.silence, func() { _ = c.Close() }) // whoever reads learns of it
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over.Load() {
		_ = c.Close()
	}
	l.conn = c
	return c, nil
}

// conn is a connection that silence ends.
type conn struct {
	net.Conn
	silence time.Duration
	timer   *time.Timer
	gone    chan struct{}
	once    sync.Once
}

// Read reads. What came puts the end off.
func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.timer.Reset(c.silence)
	}
	if err != nil {
		c.end()
	}
	return n, err
}

// Close closes the connection.
func (c *conn) Close() error {
	c.end()
	return c.Conn.Close()
}

func (c *conn) end() {
	c.once.Do(func() {
		c.timer.Stop()
		close(c.gone)
	})
}

// rerouted sends the library's calls to where all calls go.
type rerouted struct {
	http.RoundTripper
	base string
}

// RoundTrip makes a call.
func (t rerouted) RoundTrip(r *http.Request) (*http.Response, error) {
	to, err := url.Parse(t.base)
	if err != nil {
		return nil, errors.New("the address of the API is not readable")
	}
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host, r.Host = to.Scheme, to.Host, to.Host
	r.URL.Path = to.Path + r.URL.Path
	return t.RoundTripper.RoundTrip(r)
}

// pause waits, and returns false when ctx ends before.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
