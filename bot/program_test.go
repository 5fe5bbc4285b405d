package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// asProgram makes the test binary be the program, so that tests can start it as a process and kill it.
const asProgram = "LATCHSTRING_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

// start prepares the program as a child process in a folder.
func start(t *testing.T, folder string, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

// result is what the program said and how it ended.
type result struct {
	out, err string
	code     int
}

// says runs the program to its end with lines typed into it.
func says(t *testing.T, folder, typed string, args ...string) result {
	t.Helper()
	cmd := start(t, folder, args...)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(typed), &out, &errs
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return result{out.String(), errs.String(), exit.ExitCode()}
	}
	if err != nil {
		t.Fatal(err)
	}
	return result{out.String(), errs.String(), 0}
}

// contains requires each of the texts, in any order.
func contains(t *testing.T, where, text string, wanted ...string) {
	t.Helper()
	for _, w := range wanted {
		if !strings.Contains(text, w) {
			t.Errorf("%s does not say %q:\n%s", where, w, text)
		}
	}
}

func TestDemoInAPipe(t *testing.T) {
	r := says(t, t.TempDir(), "devices\n[Sign out Living-room TV]\n[Yes, sign out]\nhistory\nquit\n", "demo")
	if r.code != 0 || r.err != "" {
		t.Errorf("ended with %d: %s", r.code, r.err)
	}
	contains(t, "the demo", r.out, "Living-room TV", "Was this Leo?", "Sign out Living-room TV from Jellyfin?",
		"This also signs out Leo on this device.", "Living-room TV is signed out of Jellyfin. I looked again: it is gone.",
		"Marta asked me to sign Living-room TV out of Jellyfin: gone.")
	again := says(t, t.TempDir(), "devices\nquit\n", "demo", "-as", "sofi")
	contains(t, "the child's demo", again.out, "Sofi's tablet")
	if strings.Contains(again.out, "Leo's phone") || again.code != 0 {
		t.Errorf("a child sees others' devices, or the demo ended with %d:\n%s", again.code, again.out)
	}
}

func TestWrongUse(t *testing.T) {
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{nil, 2, "latchstring demo"},
		{[]string{"dmeo"}, 2, `there is no command "dmeo"`},
		{[]string{"demo", "-as", "Grandma"}, 1, "there are Marta, Leo, Sofi"},
		{[]string{"demo", "now"}, 2, `takes no "now"`},
		{[]string{"run", "-confg", "x"}, 2, "confg"},
		{[]string{"run", "-log", "xml"}, 1, `not as "xml"`},
		{[]string{"run"}, 1, "config.example.yaml"},
		{[]string{"check"}, 1, "config.example.yaml"},
		{[]string{"backup"}, 2, "latchstring backup FILE"},
		{[]string{"version", "2"}, 2, `takes no "2"`},
	} {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			r := says(t, t.TempDir(), "", tt.args...)
			if r.code != tt.code || r.out != "" {
				t.Errorf("ended with %d and %q on stdout, want %d", r.code, r.out, tt.code)
			}
			contains(t, "stderr", r.err, tt.says)
		})
	}
	r := says(t, t.TempDir(), "", "help")
	contains(t, "help", r.out, "demo", "run", "check", "backup", "version")
	if v := says(t, t.TempDir(), "", "version"); !strings.HasPrefix(v.out, "latchstring ") || v.code != 0 {
		t.Errorf("version: %+v", v)
	}
}

// household is a config without services in a folder of its own.
func household(t *testing.T, services string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	text := "household: { name: The Rivera home, timezone: Europe/Madrid }\n" +
		"members:\n  - { name: Marta, role: owner }\n  - { name: Leo, role: adult }\n" + services
	if err := os.WriteFile(filepath.Join(folder, "config.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestRunWithoutServices(t *testing.T) {
	folder := household(t, "")
	r := says(t, folder, "devices\nsettings clock 12\nquit\n", "run", "-terminal")
	contains(t, "the house", r.out, "No service is set up yet.")
	if r.code != 0 || r.err != "" {
		t.Errorf("ended with %d: %s", r.code, r.err)
	}
	r = says(t, folder, "settings\nquit\n", "run", "-terminal")
	contains(t, "the settings, after a restart", r.out, "8:14 pm")
	r = says(t, folder, "", "run")
	if contains(t, "run without a chat", r.err, "run -terminal"); r.code != 1 {
		t.Errorf("ended with %d", r.code)
	}
	r = says(t, folder, "", "check")
	if contains(t, "check", r.out, "Record", "0 audit entries, none changed"); r.code != 0 {
		t.Errorf("ended with %d", r.code)
	}
}

func TestBackup(t *testing.T) {
	folder := household(t, "")
	says(t, folder, "settings clock 12\nquit\n", "run", "-terminal")
	r := says(t, folder, "", "backup", "copy.db")
	if r.code != 0 {
		t.Fatalf("ended with %d: %s", r.code, r.err)
	}
	if r = says(t, folder, "", "backup", "copy.db"); r.code != 1 || r.err == "" {
		t.Errorf("a backup was overwritten: %+v", r)
	}
	for _, f := range []string{"latchstring.db", "latchstring.db.key", "latchstring.db-wal", "latchstring.db-shm"} {
		if err := os.Remove(filepath.Join(folder, f)); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	for from, to := range map[string]string{"copy.db": "latchstring.db", "copy.db.key": "latchstring.db.key"} {
		if err := os.Rename(filepath.Join(folder, from), filepath.Join(folder, to)); err != nil {
			t.Fatal(err)
		}
	}
	r = says(t, folder, "settings\nquit\n", "run", "-terminal")
	contains(t, "the restored settings", r.out, "8:14 pm")
}

// What run refuses, check tells.
func TestCheckOfARecordThatRunRefuses(t *testing.T) {
	folder := household(t, "storage: { path: record.db }\n")
	says(t, folder, "devices\nquit\n", "run", "-terminal")
	if err := os.Remove(filepath.Join(folder, "record.db")); err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{{"check"}, {"run", "-terminal"}} {
		r := says(t, folder, "devices\n", command...)
		if contains(t, command[0], r.out+r.err, "is missing, but there was one", "-wal"); r.code != 1 {
			t.Errorf("%s ended with %d", command[0], r.code)
		}
	}
	r := says(t, household(t, "storage: { path: nowhere/record.db }\n"), "", "check")
	if contains(t, "check", r.out, "there is no folder"); r.code != 1 {
		t.Errorf("ended with %d", r.code)
	}
}

func TestSecondInstance(t *testing.T) {
	folder := household(t, "")
	first := start(t, folder, "run", "-terminal")
	in, err := first.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	first.Stdout = &out
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	for range 200 { // until the first one holds the record
		if _, err := os.Stat(filepath.Join(folder, "latchstring.db-wal")); err == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	second := says(t, folder, "devices\n", "run", "-terminal")
	if second.code != 1 || second.out != "" {
		t.Errorf("the second one ended with %d and said %q", second.code, second.out)
	}
	contains(t, "the second one", second.err, "Another latchstring", "Stop that one first")
	if err := in.Close(); err != nil {
		t.Error(err)
	}
	if err := first.Wait(); err != nil {
		t.Errorf("the first one: %v", err)
	}
}
