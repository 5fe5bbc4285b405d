package jellyfin

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// The times and bounds of the socket.
const (
	firstPause = time.Second
	longPause  = 10 * time.Minute
	silence    = 2 * time.Minute // a server that says nothing for so long is gone; it asks for a sign of life each minute
	aliveEvery = 30 * time.Second
	maxMessage = 64 << 10
)

func newDialer(cfg Config) (*websocket.Dialer, error) {
	trust := &tls.Config{InsecureSkipVerify: cfg.Insecure} //nolint:gosec // the owner's choice for one service
	if cfg.CAFile != "" {
		pem, err := os.ReadFile(cfg.CAFile)
		if err != nil {
			return nil, fmt.Errorf("ca_file: %w", err)
		}
		trust.RootCAs = x509.NewCertPool()
		trust.RootCAs.AppendCertsFromPEM(pem)
	}
	return &websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: cfg.Timeout, TLSClientConfig: trust}, nil
}

// nudges waits for the server to say that its activity log grew. What grew it does not say: its messages are empty. Where no
// connection can be had, another is tried for after a while, at first soon.
func (s *service) nudges(ctx context.Context, nudge func()) {
	pause := firstPause
	for ctx.Err() == nil {
		began := s.opt.Now()
		err := s.listen(ctx, nudge)
		if s.opt.Now().Sub(began) > longPause {
			pause = firstPause // it was a good connection
		}
		s.opt.Log.DebugContext(ctx, "not told of news", slog.String("service", string(s.id)), slog.Duration("pause", pause), slog.Any("cause", err))
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, longPause)
	}
}

// listen nudges until the connection ends.
func (s *service) listen(ctx context.Context, nudge func()) error {
	v, err := s.version(ctx)
	if err != nil {
		return err
	}
	if !v.since(10, 11) {
		return errors.New("a server before 10.11 tells news to people only, not to keys")
	}
	header := http.Header{"User-Agent": {clientName}}
	s.authorize(header)
	conn, answer, err := s.dialer.DialContext(ctx, "ws"+strings.TrimPrefix(strings.TrimRight(s.config.URL, "/"), "http")+"/socket", header)
	if answer != nil {
		_ = answer.Body.Close()
	}
	if err != nil {
		return errors.New("no connection") // the cause may hold the address
	}
	conn.SetReadLimit(maxMessage)
	ctx, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { keepAlive(ctx, conn) })
	defer wg.Wait()
	defer stop()
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	return hear(conn, nudge)
}

// keepAlive asks for the news, and then gives signs of life until ctx ends or nobody takes them. It is the only one who writes.
func keepAlive(ctx context.Context, conn *websocket.Conn) {
	t := time.NewTicker(aliveEvery)
	defer t.Stop()
	for message := `{"MessageType":"ActivityLogEntryStart","Data":"0,1500"}`; ; message = `{"MessageType":"KeepAlive"}` {
		if conn.WriteMessage(websocket.TextMessage, []byte(message)) != nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// hear nudges for what the server says, and at first for what it may have said while there was no connection.
func hear(conn *websocket.Conn, nudge func()) error {
	nudge()
	gone := time.AfterFunc(silence, func() { _ = conn.Close() })
	defer gone.Stop()
	for {
		_, text, err := conn.ReadMessage()
		if err != nil {
			return errors.New("the connection ended")
		}
		gone.Reset(silence)
		var message struct{ MessageType string }
		if json.Unmarshal(text, &message) == nil && message.MessageType == "ActivityLogEntry" {
			nudge()
		}
	}
}
