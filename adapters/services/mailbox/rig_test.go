package mailbox

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"latchstring/core"
)

// The mail server in memory knows one person.
const (
	user     = "house@example.org"
	password = "CANARY-password"
)

// server is a mail server in memory that can be stopped and started again, with the same mails and on the same port.
type server struct {
	t       *testing.T
	idle    bool
	user    *imapmemserver.User
	address string
	running *imapserver.Server
	ended   chan struct{}
}

// serve starts a server; without idle it can not tell by itself that mail has come.
func serve(t *testing.T, idle bool) *server {
	t.Helper()
	s := &server{t: t, idle: idle, user: imapmemserver.NewUser(user, password), address: "127.0.0.1:0"}
	s.create()
	s.start()
	t.Cleanup(func() { s.stop() })
	return s
}

func (s *server) create() {
	s.t.Helper()
	if err := s.user.Create("INBOX", nil); err != nil {
		s.t.Fatal(err)
	}
}

func (s *server) start() {
	s.t.Helper()
	memory := imapmemserver.New()
	memory.AddUser(s.user)
	running := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return memory.NewSession(), nil, nil
		},
		Caps: imap.CapSet{imap.CapIMAP4rev1: {}}, InsecureAuth: true, Logger: quiet{},
	})
	l, err := net.Listen("tcp", s.address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.address, s.running = l.Addr().String(), running
	if !s.idle {
		l = deaf{l}
	}
	ended := make(chan struct{})
	s.ended = ended
	go func() {
		defer close(ended)
		_ = running.Serve(l)
	}()
}

// quiet hears the server and says nothing.
type quiet struct{}

func (quiet) Printf(string, ...any) {}

// deaf is a listener whose server does not say that it knows IDLE.
type deaf struct{ net.Listener }

func (d deaf) Accept() (net.Conn, error) {
	c, err := d.Listener.Accept()
	return deafConn{c}, err
}

type deafConn struct{ net.Conn }

func (d deafConn) Write(p []byte) (int, error) {
	return d.Conn.Write(bytes.ReplaceAll(p, []byte(" IDLE"), []byte(" NONE")))
}

// stop ends the server and every connection to it.
func (s *server) stop() {
	if s.running != nil {
		_ = s.running.Close()
		<-s.ended
		s.running = nil
	}
}

// put puts a mail into the mailbox, as if it had arrived at a time.
func (s *server) put(text []byte, arrived time.Time) {
	s.t.Helper()
	if _, err := s.user.Append("INBOX", bytes.NewReader(text), &imap.AppendOptions{Time: arrived}); err != nil {
		s.t.Fatal(err)
	}
}

// unseen tells how many mails nobody has marked as read.
func (s *server) unseen() uint32 {
	s.t.Helper()
	status, err := s.user.Status("INBOX", &imap.StatusOptions{NumUnseen: true})
	if err != nil {
		s.t.Fatal(err)
	}
	return *status.NumUnseen
}

// box is the config of the server's mailbox.
func (s *server) box(id string) Box {
	s.t.Helper()
	host, port, err := net.SplitHostPort(s.address)
	if err != nil {
		s.t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		s.t.Fatal(err)
	}
	return Box{
		ID: id, Host: host, Port: n, TLS: Plain, User: user, Password: core.NewSecret(password), AuthservID: "mx.example.org",
		Forwarders: []string{"Marta@example.org"},
	}
}

// journal keeps what is logged.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// home is a household with Netflix, whose mails come to the mailboxes, in one life of the program.
type home struct {
	t         *testing.T
	connector core.Connector
	boxes     []*Mailbox
	log       *journal
	nudged    chan struct{}
	end       func()
}

// live starts the program; the mailboxes are read in hurry. It ends with the test, or when it is told to.
func live(t *testing.T, boxes ...Box) *home {
	t.Helper()
	return liveFor(t, 300*time.Millisecond, boxes...)
}

// liveFor is live with another time after which IDLE is begun anew.
func liveFor(t *testing.T, idle time.Duration, boxes ...Box) *home {
	t.Helper()
	h := &home{t: t, log: &journal{}, nudged: make(chan struct{}, 1)}
	for _, b := range boxes {
		m := Open(b, t.TempDir())
		m.times.firstPause, m.times.grace, m.times.idle = 20*time.Millisecond, 0, idle
		h.boxes = append(h.boxes, m)
	}
	logger := slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	accounts := []core.Account{{Service: "netflix", Member: "marta", Login: user}}
	var err error
	h.connector, err = New(Config{Recipe: "netflix"}, "netflix", "", accounts, h.boxes, Options{Now: time.Now, Log: logger})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for _, m := range h.boxes {
		wg.Go(func() { m.Run(ctx, time.Now, logger) })
	}
	wg.Go(func() {
		h.connector.Nudges(ctx, func() {
			select {
			case h.nudged <- struct{}{}:
			default:
			}
		})
	})
	h.end = func() {
		cancel()
		wg.Wait()
	}
	t.Cleanup(h.end)
	return h
}

// known returns what a mailbox shows of itself.
func (m *Mailbox) known() page {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.page
}

// cursor returns the cursor of now.
func (h *home) cursor() string {
	h.t.Helper()
	told, cursor, err := h.connector.SignIns.SignIns(h.t.Context(), "")
	if err != nil || len(told) > 0 || cursor == "" {
		h.t.Fatalf("from now on: %v, cursor %q, %v", told, cursor, err)
	}
	return cursor
}

// notices returns what came after a cursor.
func (h *home) notices(after string) ([]core.Notice, string) {
	h.t.Helper()
	notices, cursor, err := h.connector.SignIns.(core.NoticeSource).Notices(h.t.Context(), after)
	if err != nil {
		h.t.Fatal(err)
	}
	return notices, cursor
}

// await asks until there are so many sign-ins after the cursor, and returns their devices' names with the cursor behind them.
func (h *home) await(after string, n int) (names []string, next string) {
	h.t.Helper()
	next = after
	for deadline := time.Now().Add(10 * time.Second); len(names) < n; {
		told, cursor, err := h.connector.SignIns.SignIns(h.t.Context(), next)
		if err == nil {
			next = cursor
			for _, s := range told {
				names = append(names, s.Name)
			}
		}
		if time.Now().After(deadline) {
			h.t.Fatalf("only %q came: %v\n%s", names, err, h.log)
		}
		time.Sleep(10 * time.Millisecond)
	}
	return names, next
}

// signIn writes a mail about a sign-in on a device.
func signIn(id int, device string, at time.Time) []byte {
	return fmt.Appendf(nil, strings.ReplaceAll(`Authentication-Results: mx.example.org; dkim=pass header.d=netflix.com; dmarc=pass header.from=account.netflix.com
From: Netflix <info@account.netflix.com>
To: house@example.org
Subject: A new device is using your account
Date: %s
Message-ID: <%d@account.netflix.com>
Content-Type: text/html; charset=utf-8

<p>Device</p><p>%s</p><p>Location</p><p>Seville, Spain</p>
<a href="https://www.netflix.com/password?g=1">1</a> <a href="https://www.netflix.com/ManageAccountAccess?g=1">2</a>
`, "\n", "\r\n"), at.Format(time.RFC1123Z), id, device)
}

// other writes a mail that is no notice.
func other(id int, at time.Time, size int) []byte {
	return fmt.Appendf(nil, "From: friend@example.net\r\nTo: house@example.org\r\nSubject: Hello\r\nDate: %s\r\nMessage-ID: <o%d@example.net>\r\n\r\n%s\r\n",
		at.Format(time.RFC1123Z), id, strings.Repeat("word ", size/5))
}

// codeMail writes a mail with a code.
func codeMail(id int, at time.Time) []byte {
	text, err := os.ReadFile("notice/testdata/netflix-code-boxes.eml")
	if err != nil {
		panic(err)
	}
	s := strings.ReplaceAll(string(text), "Tue, 12 May 2026 18:04:05 +0000", at.Format(time.RFC1123Z))
	return []byte(strings.ReplaceAll(s, "<netflix-code-boxes@", fmt.Sprintf("<code%d@", id)))
}
