package storage_test

import (
	"bufio"
	"database/sql"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"latchstring/core"
	"latchstring/storage"
)

type zero struct{}

func (zero) Read(p []byte) (int, error) { return len(p), nil }

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// start runs the test binary as a worker, whose lines come from the reader.
func start(t *testing.T, worker, path string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), workerVar+"="+worker, pathVar+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	try(t, err)
	try(t, cmd.Start())
	t.Cleanup(func() { _, _ = cmd.Process.Kill(), cmd.Wait() })
	return cmd, bufio.NewScanner(out)
}

// kill ends a worker as a power switch would, as far as a process can see.
func kill(t *testing.T, cmd *exec.Cmd, rest *bufio.Scanner) (lines []string) {
	t.Helper()
	try(t, cmd.Process.Kill())
	for rest.Scan() {
		lines = append(lines, rest.Text())
	}
	_ = cmd.Wait() // it says that the worker was killed
	return lines
}

func integrity(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?mode=ro")
	try(t, err)
	defer db.Close()
	var answer string
	try(t, db.QueryRow("PRAGMA integrity_check").Scan(&answer))
	if answer != "ok" {
		t.Fatal(answer)
	}
}

// What was acknowledged is there after a kill -9 at any moment, and what is there is whole.
func TestKilled(t *testing.T) {
	cycles := 20
	if testing.Short() {
		cycles = 3
	}
	c := config(t)
	acknowledged := map[core.ActionID]bool{} // and whether its end was
	for range cycles {
		cmd, out := start(t, "acts", c.Path)
		var lines []string
		if out.Scan() { // it is at work
			lines = append(lines, out.Text())
		}
		time.Sleep(rand.N(60 * time.Millisecond))
		for _, l := range append(lines, kill(t, cmd, out)...) {
			what, id, whole := strings.Cut(l, " ")
			if what == "fault" {
				t.Fatal(l)
			}
			if whole && (what == "begun" || what == "saved") && strings.Count(id, "-") == 2 {
				acknowledged[core.ActionID(id)] = what == "saved"
			}
		}
		if r, err := storage.Verify(t.Context(), c.Path); err != nil || r.Broken != "" {
			t.Fatalf("audit: %+v, %v", r, err)
		}
		integrity(t, c.Path)
	}
	s := open(t, c)
	saved := 0
	for id, ended := range acknowledged {
		a, err := s.Action(t.Context(), id)
		if err != nil || ended && a.Version != 2 {
			t.Fatalf("acknowledged action %s: version %d, %v", id, a.Version, err)
		}
		if ended {
			saved++
		}
	}
	due, err := s.Due(t.Context(), time.Now(), 1<<30)
	try(t, err)
	if len(due) < saved {
		t.Errorf("%d deliveries of %d ended actions", len(due), saved)
	}
	t.Logf("%d actions acknowledged in %d cycles, %d of them to their end", len(acknowledged), cycles, saved)
}

// endless is the shipped steps with one more that changes much and never ends.
func endless() fs.FS {
	first, err := fs.ReadFile(storage.Shipped, "steps/0001_household.sql")
	if err != nil {
		panic(err)
	}
	const more = `-- 2: endless
		DELETE FROM audit_touches;
		DELETE FROM audit;
		CREATE TABLE endless (n INTEGER) STRICT;
		WITH RECURSIVE count (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count) INSERT INTO endless SELECT n FROM count;`
	return fstest.MapFS{"steps/0001_household.sql": {Data: first}, "steps/0002_endless.sql": {Data: []byte(more)}}
}

func TestKilledInStep(t *testing.T) {
	c := config(t)
	used(t, c)
	for range 3 {
		cmd, out := start(t, "migrates", c.Path)
		if !out.Scan() {
			t.Fatal("no worker")
		}
		for range 200 { // until the copy is there, and into the step
			if _, err := os.Stat(c.Path + "-before-2"); err == nil {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		time.Sleep(rand.N(100 * time.Millisecond))
		if lines := kill(t, cmd, out); len(lines) > 0 {
			t.Fatal(lines)
		}
		try(t, os.Remove(c.Path+"-before-2"))
		integrity(t, c.Path)
		if r, err := storage.Verify(t.Context(), c.Path); err != nil || r.Broken != "" || r.Rows != 3 {
			t.Fatalf("audit: %+v, %v", r, err)
		}
	}
	used(t, c)
}

func TestSecondProcess(t *testing.T) {
	c := config(t)
	cmd, out := start(t, "holds", c.Path)
	if !out.Scan() || out.Text() != "open" {
		t.Fatal("the first process did not open the database:", out.Text())
	}
	began := time.Now()
	r := refusal(t, c)
	if want := "Another latchstring (process " + strconv.Itoa(cmd.Process.Pid) + " since "; !strings.Contains(r.Text, want) {
		t.Errorf("refused with %q, want %q in it", r.Text, want)
	}
	if d := time.Since(began); d > time.Second {
		t.Errorf("refused after %v", d)
	}
	kill(t, cmd, out)
	used(t, c) // a killed process holds nothing
}
