package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// slowService is an account service that takes its time before and after it does something, and counts what it did.
type slowService struct {
	mu    sync.Mutex
	there map[string]bool
	ended map[string]int
}

func (s *slowService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodDelete {
		wait(15)
		id := filepath.Base(r.URL.Path)
		s.mu.Lock()
		if s.there[id] {
			s.ended[id]++
			delete(s.there, id)
		}
		s.mu.Unlock()
		wait(15)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	s.mu.Lock()
	rows := []map[string]string{}
	for id := range s.there {
		rows = append(rows, map[string]string{"id": id, "name": "Device " + id, "user": "marta"})
	}
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(rows)
}

// times is how often a device was signed out.
func (s *slowService) times(id string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended[id]
}

// wait lasts up to some milliseconds.
func wait(most int) { time.Sleep(time.Duration(rand.IntN(most*1000)) * time.Microsecond) }

const slowRecipe = `title: Slow
auth: { way: none }
list: { call: GET /sessions, id: id, name: name, login: user }
sign_out: { call: "DELETE /sessions/{id}", answers: [{ status: [404], means: gone }] }
`

// TestKilledWhileSigningOut kills the program at any moment of a sign-out. After the next start the device is gone, it was
// asked for at the most once more than it was done, and the record says so.
func TestKilledWhileSigningOut(t *testing.T) {
	cycles := 24
	if testing.Short() {
		cycles = 4
	}
	service := &slowService{there: map[string]bool{}, ended: map[string]int{}}
	server := httptest.NewServer(service)
	defer server.Close()
	slots := make(chan struct{}, 8)
	var wg sync.WaitGroup
	var middle atomic.Int32
	for i := range cycles {
		id := fmt.Sprintf("d%d", i)
		service.mu.Lock()
		service.there[id] = true
		service.mu.Unlock()
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			if killedOnce(t, service, server.URL, id) {
				middle.Add(1)
			}
		})
	}
	wg.Wait()
	t.Logf("%d of %d were killed in the middle of it", middle.Load(), cycles)
}

// killedOnce lives through one kill and the start after it, and tells whether the sign-out was under way.
func killedOnce(t *testing.T, service *slowService, url, id string) (middle bool) {
	folder := household(t, fmt.Sprintf("services:\n  - { id: slow, kind: recipe, recipe: slow.yaml, url: %q, timeout: 1s, accounts: { Marta: marta } }\n", url))
	if err := os.WriteFile(filepath.Join(folder, "slow.yaml"), []byte(slowRecipe), 0o600); err != nil {
		t.Error(err)
		return false
	}
	cmd := start(t, folder, "run", "-terminal")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Error(err)
		return false
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Error(err)
		return false
	}
	fmt.Fprintf(in, "signout slow device %s\n[Yes, sign out]\n", id)
	time.Sleep(5 * time.Millisecond)
	wait(70)
	_ = cmd.Process.Signal(syscall.SIGKILL)
	_ = cmd.Wait()

	again := start(t, folder, "run", "-terminal")
	in, err = again.StdinPipe()
	if err != nil {
		t.Error(err)
		return false
	}
	var told bytes.Buffer
	again.Stdout, again.Stderr = &told, &told
	if err := again.Start(); err != nil {
		t.Error(err)
		return false
	}
	time.Sleep(2500 * time.Millisecond) // the service has had its time
	fmt.Fprintf(in, "status\nhistory\n")
	_ = in.Close()
	if err := again.Wait(); err != nil {
		t.Errorf("the second start: %v\n%s", err, told.String())
	}
	service.mu.Lock()
	ended, there := service.ended[id], service.there[id]
	service.mu.Unlock()
	begun := strings.Contains(told.String(), "asked me to sign")
	if begun && (there || ended != 1 || !strings.Contains(told.String(), "out of Slow: gone.")) {
		t.Errorf("%s: signed out %d times, still there: %v\nbefore: %s\nafter: %s", id, ended, there, out.String(), told.String())
	}
	if !begun && (ended != 0 || !strings.Contains(told.String(), "Nothing was done yet.")) {
		t.Errorf("%s was signed out %d times off the record:\n%s", id, ended, told.String())
	}
	middle = begun && !strings.Contains(out.String(), "I looked again")
	if check := says(t, folder, "", "check"); !strings.Contains(check.out, "none changed") {
		t.Errorf("the record after a kill: %s", check.out)
	}
	return middle
}
