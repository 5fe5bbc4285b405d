package main

import (
	"bytes"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"latchstring/adapters/chats/telegram/botapi"
)

var kills = flag.Int("kills", 200, "how often the program is killed while it talks in Telegram")

// output is what a child process says, readable while it runs.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// telegramHome is a household with one slow service, whose owner talks in Telegram.
func telegramHome(t *testing.T, srv *botapi.Server, url string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	text := fmt.Sprintf("household: { name: The Rivera home, timezone: Europe/Madrid }\n"+
		"members:\n  - { name: Marta, role: owner, telegram: 1001 }\n  - { name: Leo, role: adult }\n"+
		"chats:\n  telegram: { token: %q, api_url: %q }\n"+
		"services:\n  - { id: slow, kind: recipe, recipe: slow.yaml, url: %q, timeout: 1s, accounts: { Marta: marta } }\n", botapi.Token, srv.URL(), url)
	for name, content := range map[string]string{"config.yaml": text, "slow.yaml": slowRecipe} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// begin starts the program and waits until it listens.
func begin(t *testing.T, srv *botapi.Server, folder string, out *output) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "run")
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = folder, append(os.Environ(), asProgram+"=1"), out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	srv.Await("the program to listen", srv.Polling)
	return cmd
}

// TestTelegram is a conversation with the real program over the platform's own rules.
func TestTelegram(t *testing.T) {
	srv := botapi.New(t)
	srv.Follow(time.Now)
	marta := srv.Person(1001, "Marta")
	service := &slowService{there: map[string]bool{"tv": true}, ended: map[string]int{}}
	server := httptest.NewServer(service)
	defer server.Close()
	folder := telegramHome(t, srv, server.URL)
	var out output
	cmd := begin(t, srv, folder, &out)
	marta.Starts()
	marta.Says("signout device tv")
	says := func(words string) bool { return strings.Contains(marta.Screen().FromBot().String(), words) }
	srv.Await("the question", func() bool { return says("Sign out Device tv from Slow?") })
	marta.Presses(marta.Screen().FromBot().Last().ID, "Yes, sign out").Await()
	srv.Await("the outcome", func() bool { return says("I looked again: it is gone.") })
	if service.ended["tv"] != 1 {
		t.Errorf("signed out %d times", service.ended["tv"])
	}
	check := start(t, folder, "check")
	said, err := check.CombinedOutput()
	contains(t, "check", string(said), "Telegram", "@"+botapi.BotName)
	if err != nil {
		t.Errorf("check: %v", err)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("ended with %v:\n%s", err, out.String())
	}
	if token := botapi.Token[strings.Index(botapi.Token, ":")+1:]; strings.Contains(out.String()+string(said), token) {
		t.Error("the token is in the log")
	}
}

// TestTelegramKilled kills the program over and over while somebody presses buttons. In the end every press was answered,
// nothing was signed out twice, and each kill cost one repeated message at the most.
func TestTelegramKilled(t *testing.T) {
	cycles := *kills
	if testing.Short() {
		cycles = 10
	}
	srv := botapi.New(t)
	srv.Follow(time.Now)
	marta := srv.Person(1001, "Marta")
	marta.Unblocks()
	service := &slowService{there: map[string]bool{}, ended: map[string]int{}}
	server := httptest.NewServer(service)
	defer server.Close()
	folder := telegramHome(t, srv, server.URL)
	var out output
	var asked []int // the messages whose button was pressed
	for i := range cycles {
		id := fmt.Sprintf("d%d", i)
		service.mu.Lock()
		service.there[id] = true
		service.mu.Unlock()
		cmd := begin(t, srv, folder, &out)
		marta.Says("signout device " + id)
		question := 0
		srv.Await("the question about "+id, func() bool {
			for _, m := range marta.Screen().FromBot() {
				if strings.Contains(m.Text, "Sign out Device "+id+" from") {
					question = m.ID
				}
			}
			return question != 0
		})
		marta.Presses(question, "Yes, sign out")
		asked = append(asked, question)
		wait(120)
		_ = cmd.Process.Signal(syscall.SIGKILL)
		_ = cmd.Wait()
	}
	cmd := begin(t, srv, folder, &out)
	open := func() (ids []int) {
		for _, m := range marta.Screen().FromBot() {
			if strings.Contains(m.Text, "…") || strings.Contains(m.Text, "I do not know") {
				ids = append(ids, m.ID)
			}
		}
		return ids
	}
	deadline := time.Now().Add(30 * time.Second)
	for len(open()) > 0 && time.Now().Before(deadline) {
		time.Sleep(100 * time.Millisecond)
	}
	if left := open(); len(left) > 0 {
		t.Errorf("%d presses have no outcome", len(left))
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	_ = cmd.Wait()
	if left := srv.Unanswered(); len(left) > 0 {
		t.Errorf("%d presses were not answered", len(left))
	}
	service.mu.Lock()
	defer service.mu.Unlock()
	for id, n := range service.ended {
		if n > 1 {
			t.Errorf("%s was signed out %d times", id, n)
		}
	}
	copies := len(marta.Screen().Copies())
	if copies > cycles {
		t.Errorf("%d repeated messages after %d kills", copies, cycles)
	}
	for _, v := range srv.Forgive() { // whether a press was answered before a kill nobody knows, and a spinning button is worse
		if !strings.Contains(v, "is answered a second time") {
			t.Error(v)
		}
	}
	t.Logf("%d kills, %d presses, %d sign-outs, %d repeated messages", cycles, len(asked), len(service.ended), copies)
}
