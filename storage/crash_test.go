package storage_test

import (
	"bufio"
	"bytes"
	"database/sql"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
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

// What a power cut leaves beside the database is of any age, or gone: the start after it finds every row.
func TestStartAfterAPowerCut(t *testing.T) {
	for name, shm := range map[string][]byte{"without the index of the log": nil, "with an old index of the log": bytes.Repeat([]byte{0xA5}, 32768)} {
		t.Run(name, func(t *testing.T) {
			before := config(t)
			s := open(t, before)
			try(t, s.SetSetting(t.Context(), "leo", core.ClockSetting, "12"))
			after := config(t)
			for _, suffix := range []string{"", "-wal", ".key"} { // as the disk holds them while the process runs
				raw, err := os.ReadFile(before.Path + suffix)
				try(t, err)
				try(t, os.WriteFile(after.Path+suffix, raw, 0o600))
			}
			if shm != nil {
				try(t, os.WriteFile(after.Path+"-shm", shm, 0o600))
			}
			if _, err := storage.Examine(t.Context(), after.Path); err != nil {
				t.Errorf("examined: %v", err)
			}
			chosen, err := open(t, after).Settings(t.Context(), "leo")
			try(t, err)
			if chosen[core.ClockSetting] != "12" {
				t.Errorf("what was on disk is lost: %v", chosen)
			}
		})
	}
}

// A first start that is killed in its first transaction leaves a journal that has to be rolled back before anything can be
// read.
func TestStartAfterAFirstStartWasKilled(t *testing.T) {
	raw := filepath.Join(t.TempDir(), "raw.db")
	db, err := sql.Open("sqlite3", "file:"+raw+"?_journal_mode=DELETE&_cache_size=1")
	try(t, err)
	t.Cleanup(func() { try(t, db.Close()) })
	db.SetMaxOpenConns(1)
	_, err = db.Exec("PRAGMA cache_spill = 1; BEGIN IMMEDIATE; CREATE TABLE t (x); INSERT INTO t SELECT randomblob(4000) FROM (SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4), (SELECT 1 UNION SELECT 2 UNION SELECT 3)")
	try(t, err)
	c := config(t)
	for from, to := range map[string]string{raw: c.Path, raw + "-journal": c.Path + "-journal"} {
		left, err := os.ReadFile(from)
		try(t, err)
		try(t, os.WriteFile(to, left, 0o600))
	}
	try(t, os.WriteFile(c.Path+".key.new", []byte(strings.Repeat("5a", 32)+"\n"), 0o600))
	s := open(t, c)
	try(t, s.SetSetting(t.Context(), "leo", core.ClockSetting, "12"))
}
