package mailbox

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"latchstring/core"
)

// certificate makes one for 127.0.0.1, and the file that trusts it.
func certificate(t *testing.T) (*tls.Config, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, path
}

// script is a mail server that answers line by line, and remembers what it was told.
type script struct {
	address *net.TCPAddr
	mu      sync.Mutex
	told    []string
}

// say starts a script. An answer has the line's tag where it says TAG.
func say(t *testing.T, secure *tls.Config, answer func(tag, line string) string) *script {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &script{address: l.Addr().(*net.TCPAddr)}
	if secure != nil {
		l = tls.NewListener(l, secure)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { s.serve(c, answer) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		wg.Wait()
	})
	return s
}

func (s *script) serve(c net.Conn, answer func(tag, line string) string) {
	defer c.Close()
	_, _ = c.Write([]byte("* OK ready\r\n")) // who hangs up hears nothing
	for lines := bufio.NewScanner(c); lines.Scan(); {
		s.mu.Lock()
		s.told = append(s.told, lines.Text())
		s.mu.Unlock()
		tag, line, _ := strings.Cut(lines.Text(), " ")
		if _, err := c.Write([]byte(answer(tag, line))); err != nil {
			return
		}
	}
}

func (s *script) heard() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.told, "\n")
}

// usual answers what every server knows, without any extension.
func usual(tag, line string) string {
	switch word, _, _ := strings.Cut(line, " "); word {
	case "CAPABILITY":
		return "* CAPABILITY IMAP4rev1\r\n" + tag + " OK done\r\n"
	case "LOGIN":
		return tag + " OK welcome\r\n"
	default:
		return tag + " BAD what?\r\n"
	}
}

// connect opens a connection to a script, and closes it again.
func connect(t *testing.T, b Box, dir string) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	c, err := Open(b, dir).connect(ctx)
	if err == nil {
		_ = c.Close()
	}
	return err
}

// The password is said to a server that proved who it is, and to no other.
func TestPasswordIsKept(t *testing.T) {
	own, ca := certificate(t)
	_, otherCA := certificate(t)
	for name, c := range map[string]struct {
		safety Safety
		ca     string
		server *tls.Config
		heard  bool
	}{
		"implicit":                          {Implicit, ca, own, true},
		"by default":                        {"", ca, own, true},
		"implicit, another certificate":     {Implicit, otherCA, own, false},
		"implicit, a certificate of nobody": {Implicit, "", own, false},
		"implicit, a server without TLS":    {Implicit, ca, nil, false},
		"STARTTLS, a server without it":     {StartTLS, ca, nil, false},
		"none, on this machine":             {Plain, "", nil, true},
		"a way that there is not":           {"ssl", "", nil, false},
	} {
		s := say(t, c.server, usual)
		b := Box{Host: "127.0.0.1", Port: s.address.Port, TLS: c.safety, User: user, Password: core.NewSecret(password), CAFile: c.ca}
		m := Open(b, "")
		m.times.dial = time.Second
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		conn, err := m.connect(ctx)
		cancel()
		if err == nil {
			_ = conn.Close()
		}
		if heard := strings.Contains(s.heard(), password); heard != c.heard || (err == nil) != c.heard {
			t.Errorf("%s: the password was said: %v, want %v; %v", name, heard, c.heard, err)
		}
		if strings.Contains(fmt.Sprint(err), "CANARY") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A server that refuses us is not asked again soon: it would shut out the household.
func TestRefusedOnce(t *testing.T) {
	s := say(t, nil, func(tag, line string) string {
		if strings.HasPrefix(line, "LOGIN") {
			return tag + " NO [AUTHENTICATIONFAILED] wrong\r\n"
		}
		return usual(tag, line)
	})
	live(t, Box{ID: "home", Host: "127.0.0.1", Port: s.address.Port, TLS: Plain, User: user, Password: core.NewSecret(password)})
	time.Sleep(500 * time.Millisecond)
	if n := strings.Count(s.heard(), "LOGIN"); n != 1 {
		t.Errorf("it was asked %d times", n)
	}
}

func TestStartTLS(t *testing.T) {
	own, ca := certificate(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	heard := make(chan string, 1)
	go func() {
		defer close(heard)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		_, _ = c.Write([]byte("* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready\r\n"))
		plain := bufio.NewScanner(c)
		for plain.Scan() {
			tag, line, _ := strings.Cut(plain.Text(), " ")
			if line == "STARTTLS" {
				_, _ = c.Write([]byte(tag + " OK now\r\n"))
				break
			}
			_, _ = c.Write([]byte("* CAPABILITY IMAP4rev1 STARTTLS\r\n" + tag + " OK done\r\n"))
		}
		safe := tls.Server(c, own)
		for lines := bufio.NewScanner(safe); lines.Scan(); {
			tag, line, _ := strings.Cut(lines.Text(), " ")
			if strings.HasPrefix(line, "LOGIN") {
				heard <- line
			}
			_, _ = safe.Write([]byte(usual(tag, line)))
		}
	}()
	b := Box{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: StartTLS, User: user, Password: core.NewSecret(password), CAFile: ca}
	if err := connect(t, b, ""); err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	if line := <-heard; !strings.Contains(line, password) {
		t.Errorf("heard %q behind TLS", line)
	}
}

// A token is read for each connection, and said as Google and Microsoft want it.
func TestToken(t *testing.T) {
	dir := t.TempDir()
	write := func(token string, mode os.FileMode) {
		t.Helper()
		_ = os.Remove(dir + "/token")
		if err := os.WriteFile(dir+"/token", []byte(token+"\n"), mode); err != nil {
			t.Fatal(err)
		}
	}
	for _, inOne := range []bool{true, false} {
		accepted := ""
		s := say(t, nil, func(tag, line string) string {
			words := strings.Fields(line)
			switch {
			case len(words) > 0 && words[0] == "CAPABILITY" && inOne:
				return "* CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2\r\n" + tag + " OK done\r\n"
			case len(words) > 0 && words[0] == "CAPABILITY":
				return "* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\n" + tag + " OK done\r\n"
			case len(words) == 2 && words[0] == "AUTHENTICATE":
				accepted = tag
				return "+ \r\n"
			case len(words) == 3:
				accepted, tag = tag, words[2]
			}
			if text, _ := base64.StdEncoding.DecodeString(tag); string(text) == "user="+user+"\x01auth=Bearer CANARY-fresh\x01\x01" {
				return accepted + " OK welcome\r\n"
			}
			if tag == "" || tag == "=" {
				return accepted + " NO refused\r\n"
			}
			return "+ eyJzdGF0dXMiOiI0MDEifQ==\r\n"
		})
		b := Box{Host: "127.0.0.1", Port: s.address.Port, TLS: Plain, User: user, TokenFile: "token"}
		write("CANARY-old", 0o600)
		if err := connect(t, b, dir); !refused(err) || strings.Contains(err.Error(), "CANARY") {
			t.Errorf("in one %v: an old token: %v", inOne, err)
		}
		write("CANARY-fresh", 0o600)
		if err := connect(t, b, dir); err != nil {
			t.Errorf("in one %v: a fresh token: %v", inOne, err)
		}
		write("CANARY-fresh", 0o644)
		if err := connect(t, b, dir); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("a token that others can read: %v", err)
		}
	}
}

// A server that stops answering is given up, wherever it stops.
func TestSilence(t *testing.T) {
	for _, at := range []string{"LOGIN", "EXAMINE", "UID", "IDLE"} {
		s := say(t, nil, func(tag, line string) string {
			switch word, _, _ := strings.Cut(line, " "); {
			case word == at:
				return ""
			case word == "CAPABILITY":
				return "* CAPABILITY IMAP4rev1 IDLE\r\n" + tag + " OK done\r\n"
			case word == "EXAMINE":
				return "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 2] x\r\n" + tag + " OK [READ-ONLY] done\r\n"
			case strings.HasPrefix(line, "UID SEARCH"):
				return "* SEARCH\r\n" + tag + " OK done\r\n"
			}
			return tag + " OK done\r\n"
		})
		m := Open(Box{Host: "127.0.0.1", Port: s.address.Port, TLS: Plain, User: user, Password: core.NewSecret(password)}, "")
		m.times.dial, m.times.command, m.times.batch = 200*time.Millisecond, 200*time.Millisecond, 200*time.Millisecond
		w := &watch{Mailbox: m, now: time.Now, log: discard()}
		ended := make(chan error, 1)
		go func() { ended <- w.session(t.Context()) }()
		select {
		case err := <-ended:
			if err == nil || errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", at, err)
			}
		case <-time.After(5 * time.Second):
			t.Errorf("%s: waits for ever", at)
		}
		if strings.Contains(s.heard(), "SELECT INBOX") || at == "IDLE" && !strings.Contains(s.heard(), "EXAMINE INBOX") {
			t.Errorf("%s: heard %s", at, strconv.Quote(s.heard()))
		}
	}
}
