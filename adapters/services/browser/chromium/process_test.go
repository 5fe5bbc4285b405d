package chromium

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"latchstring/adapters/services/browser"
)

// profileKey names the profile for the process of this test that is killed.
const profileKey = "LATCHSTRING_TEST_PROFILE"

func flags() []string {
	if os.Getuid() == 0 {
		return []string{"no-sandbox"} // Chromium has none as root
	}
	return nil
}

// TestMain is also the program that TestKilled kills in the middle of a run.
func TestMain(m *testing.M) {
	if profile := os.Getenv(profileKey); profile != "" {
		if _, _, err := Launch(context.Background(), Options{Profile: profile, Flags: flags()}); err != nil {
			os.Exit(1)
		}
		os.Stdout.WriteString("runs\n")
		select {}
	}
	os.Exit(m.Run())
}

// processes are those that have the profile open.
func processes(t *testing.T, profile string) []string {
	t.Helper()
	found, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	var running []string
	for _, f := range found {
		if text, err := os.ReadFile(f); err == nil && strings.Contains(string(text), profile) {
			running = append(running, f+": "+strings.ReplaceAll(string(text[:min(200, len(text))]), "\x00", " "))
		}
	}
	return running
}

// gone waits until no process has the profile open.
func gone(t *testing.T, profile string) {
	t.Helper()
	for range 50 {
		if len(processes(t, profile)) == 0 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("left over: %q", processes(t, profile))
}

// A profile has one browser at a time, and none when the run is over.
func TestOneBrowserAProfile(t *testing.T) {
	ready(t)
	profile := t.TempDir()
	_, end, err := Launch(t.Context(), Options{Profile: profile, Flags: flags()})
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS == "linux" && len(processes(t, profile)) == 0 {
		t.Error("no process has the profile open, so this test sees none")
	}
	if _, _, err := Launch(t.Context(), Options{Profile: profile, Flags: flags()}); !errors.Is(err, browser.ErrInUse) {
		t.Errorf("a second one: %v", err)
	}
	end()
	if runtime.GOOS == "linux" {
		gone(t, profile)
	}
	_, end, err = Launch(t.Context(), Options{Profile: profile, Flags: flags()})
	if err != nil {
		t.Fatalf("after the first: %v", err)
	}
	end()
}

// A program that is killed in the middle of a run leaves no browser behind, and the profile can be used again.
func TestKilled(t *testing.T) {
	ready(t)
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ends a browser with its program")
	}
	profile := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), profileKey+"="+profile)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "runs\n" {
		t.Fatalf("%q, %v", line, err)
	}
	if len(processes(t, profile)) == 0 {
		t.Error("no process has the profile open, so this test sees none")
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	gone(t, profile)
	_, end, err := Launch(t.Context(), Options{Profile: profile, Flags: flags()})
	if err != nil {
		t.Fatalf("afterwards: %v", err)
	}
	end()
}
