// Package servertest starts real account services on loopback for tests.
//
// Each server runs from its own binary, which .ci/servers/build makes, with temporary state, on free ports of 127.0.0.1,
// and is killed when its test ends. The binaries are looked for in the folder that LATCHSTRING_SERVERS names, or else
// where that script puts them. A test whose server has no binary is skipped with the reason; with
// LATCHSTRING_REQUIRE_SERVERS=1 it fails, so that a build machine cannot skip in silence.
//
// Dovecot, which .ci/servers/dovecot installs, is the system's own, and only root can run it.
//
// Whatever goes wrong with a server ends the test, so nothing here returns an error.
package servertest

import (
	"context"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// patience is how long a server may take to answer for the first time, on a machine that has other work.
const patience = 60 * time.Second

// server is a program that a test can stop and start again, with the same state and on the same ports.
type server struct {
	caller
	binary string
	args   []string
	env    []string
	dir    string                         // its working directory, where its state is
	ready  string                         // answers 200 when the server serves
	serves func(ctx context.Context) bool // tells that, in place of ready, of one that does not speak HTTP

	running *exec.Cmd
	ended   chan struct{} // closed when running has ended and was waited for
}

func newServer(t testing.TB, name string) server {
	t.Helper()
	return server{caller: newCaller(t), binary: find(t, name), dir: t.TempDir()}
}

// find returns the path of a server's binary, whose name carries its version.
func find(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("LATCHSTRING_SERVERS")
	if dir == "" {
		cache := os.Getenv("XDG_CACHE_HOME")
		if cache == "" {
			cache = filepath.Join(os.Getenv("HOME"), ".cache")
		}
		dir = filepath.Join(cache, "latchstring-servers")
	}
	path, err := filepath.Abs(filepath.Join(dir, name))
	if err == nil {
		_, err = os.Stat(path)
	}
	switch {
	case err == nil:
	case os.Getenv("LATCHSTRING_REQUIRE_SERVERS") == "1":
		t.Fatalf("a real server is required here: %v", err)
	default:
		t.Skipf("no real server to test against, .ci/servers/build makes one: %v", err)
	}
	return path
}

// Start starts the server and returns when it answers.
func (s *server) Start() {
	s.t.Helper()
	if s.running != nil {
		s.t.Fatal("the server runs already")
	}
	cmd := s.command(s.args...)
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.running, s.ended = cmd, make(chan struct{})
	go func() {
		defer close(s.ended)
		_ = cmd.Wait() // how it ended is in cmd.ProcessState; Stop waits for this goroutine
	}()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	serves := s.serves
	if serves == nil {
		serves = func(ctx context.Context) bool { return s.answers(ctx, s.ready) }
	}
	for !serves(ctx) {
		select {
		case <-s.ended:
			s.t.Fatalf("%s ended while it started: %v", s.binary, cmd.ProcessState)
		case <-ctx.Done():
			s.t.Fatalf("%s does not answer", s.binary)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Stop kills the server, as a power cut would, and returns when it is gone. Its state stays for the next Start.
func (s *server) Stop() {
	s.t.Helper()
	if s.running == nil {
		return
	}
	_ = s.running.Process.Kill() // it may have ended by itself
	<-s.ended
	s.running = nil
}

// command is the server's program with its settings. What it prints goes to a file, since a pipe would need a reader.
func (s *server) command(args ...string) *exec.Cmd {
	s.t.Helper()
	log, err := os.OpenFile(s.logPath(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = log.Close() })
	cmd := exec.Command(s.binary, args...)
	cmd.Dir, cmd.Env = s.dir, append([]string{"HOME=" + s.dir, "PATH=" + os.Getenv("PATH")}, s.env...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = endWithTest()
	return cmd
}

func (s *server) logPath() string { return filepath.Join(s.dir, "server.log") }

// cleanUp ends the server with its test, and shows what it said if the test failed.
func (s *server) cleanUp() {
	s.t.Cleanup(func() {
		s.Stop()
		if !s.t.Failed() {
			return
		}
		const enough = 4 << 10
		log, err := os.ReadFile(s.logPath())
		s.t.Logf("%s said last: %s %v", s.binary, log[max(0, len(log)-enough):], err)
	})
}

// freePorts returns ports of 127.0.0.1 that nobody listens on. They are below the range that systems hand out themselves,
// so that no other test is given one before the server listens.
func freePorts(t testing.TB, n int) []string {
	t.Helper()
	var ports []string
	for range 1000 {
		if len(ports) == n {
			return ports
		}
		port := strconv.Itoa(20000 + rand.IntN(12000))
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", port))
		if err != nil {
			continue
		}
		defer func() { _ = l.Close() }() // not before all are found, so that they differ
		ports = append(ports, port)
	}
	t.Fatal("no free ports on 127.0.0.1")
	return nil
}
