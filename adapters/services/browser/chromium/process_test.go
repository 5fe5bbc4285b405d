package chromium_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"latchstring/adapters/services/browser"
	"latchstring/adapters/services/browser/chromium"
	"latchstring/adapters/services/browser/netflixpage"
	"latchstring/core"
)

// processesOf finds the processes of a browser: those that name its profile, and all that came of them.
func processesOf(t testing.TB, profile string) []int {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		t.Skip("no /proc to find processes in")
	}
	parents := map[int]int{}
	var found []int
	for _, path := range stats {
		stat, err := os.ReadFile(path)
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		after := stat[bytes.LastIndexByte(stat, ')')+1:]
		fields := strings.Fields(string(after))
		if err != nil || len(fields) < 2 || fields[0] == "Z" {
			continue // it has ended
		}
		parents[pid], _ = strconv.Atoi(fields[1])
		if line, err := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline")); err == nil && pid != os.Getpid() && bytes.Contains(line, []byte(profile)) {
			found = append(found, pid)
		}
	}
	for range 5 {
		for pid, parent := range parents {
			if slices.Contains(found, parent) && !slices.Contains(found, pid) {
				found = append(found, pid)
			}
		}
	}
	return found
}

func alive(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && !strings.HasPrefix(string(stat[bytes.LastIndexByte(stat, ')')+1:]), " Z")
}

// asRunner makes the test binary be a program that has a run, until it is killed.
const asRunner = "LATCHSTRING_TEST_AS_RUNNER"

func TestMain(m *testing.M) {
	if profile := os.Getenv(asRunner); profile != "" {
		p, err := chromium.Open(context.Background(), browser.Opening{
			Program: os.Getenv(asRunner + "_PROGRAM"), Profile: profile, Zone: "UTC", Allows: func(string, string) bool { return true },
		})
		if err != nil {
			panic(err)
		}
		_ = p.Open(context.Background(), "https://www.netflix.com/ManageAccountAccess")
		time.Sleep(time.Minute)
	}
	os.Exit(m.Run())
}

// A program that is killed in the middle of a run leaves nothing behind.
func TestKilledInTheMiddle(t *testing.T) {
	site, profile := netflixpage.New(t), netflixpage.Profile(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	self := exec.CommandContext(ctx, os.Args[0])
	self.Env = append(os.Environ(), asRunner+"="+profile, asRunner+"_PROGRAM="+site.Program())
	if err := self.Start(); err != nil {
		t.Fatal(err)
	}
	for site.Asked("/ManageAccountAccess") < 2 && ctx.Err() == nil {
		time.Sleep(20 * time.Millisecond)
	}
	there := slices.DeleteFunc(processesOf(t, profile), func(pid int) bool { return pid == self.Process.Pid })
	if len(there) < 3 {
		t.Fatalf("only %d processes", len(there))
	}
	if err := self.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = self.Wait() // it was killed
	for range 250 {
		if there = slices.DeleteFunc(there, func(pid int) bool { return !alive(pid) }); len(there) == 0 {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if len(there) > 0 {
		t.Errorf("still there: %v", there)
	}
	h := &home{site: site, profile: profile}
	if devices, err := h.open(t, site.Program()).Devices(t.Context()); err != nil || len(devices) != 6 {
		t.Errorf("the next run: %v, %v", said(devices), err)
	}
}

// A run that is given up ends with all that belongs to it.
func TestGivenUp(t *testing.T) {
	for name, slow := range map[string]time.Duration{"as it starts": 0, "on a page that never comes": time.Hour} {
		t.Run(name, func(t *testing.T) {
			h := newHome(t)
			h.site.Order(netflixpage.Orders{Slow: slow})
			wait := 100 * time.Millisecond
			if slow > 0 {
				wait = 3 * time.Second
			}
			ctx, cancel := context.WithTimeout(t.Context(), wait)
			defer cancel()
			if devices, err := h.Devices(ctx); core.KindOf(err) != core.Unreachable {
				t.Errorf("%v, %v", said(devices), err)
			}
			if there := processesOf(t, h.profile); len(there) > 0 {
				t.Errorf("still there: %v", there)
			}
		})
	}
}

// A browser that somebody has open on the profile is left alone.
func TestProfileInUse(t *testing.T) {
	h := newHome(t)
	o := browser.Opening{Program: h.site.Program(), Profile: h.profile, Zone: "UTC", Allows: func(string, string) bool { return true }}
	owner, err := chromium.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Devices(t.Context()); !isStop(err, browser.InUse) || core.TextOf(err).String() != "The browser profile for Netflix is open in another browser now." {
		t.Error(err)
	}
	if len(processesOf(t, h.profile)) == 0 {
		t.Error("the owner's browser was ended")
	}
	owner.Close()
	h.left(t)
	if devices, err := h.open(t, o.Program).Devices(t.Context()); err != nil {
		t.Error(said(devices), err)
	}
}

func TestNoProgram(t *testing.T) {
	ends := filepath.Join(t.TempDir(), "ends")
	if err := os.WriteFile(ends, []byte("#!/bin/sh\nexit 0\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	programs := map[string]string{"none": "no-such-browser", "one that ends at once": ends, "no program": os.DevNull}
	if path, err := exec.LookPath("chromium"); err == nil && os.Geteuid() == 0 {
		programs["one that keeps its sandbox, as root"] = path
	}
	for name, program := range programs {
		h := &home{profile: netflixpage.Profile(t)}
		if _, err := h.open(t, program).Devices(t.Context()); !isStop(err, browser.NoProgram) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is secret in this program's surroundings is not the browser's, and it says to the page what it is.
func TestHonest(t *testing.T) {
	t.Setenv("LATCHSTRING_CANARY", "CANARY-token")
	t.Setenv("https_proxy", "http://127.0.0.1:1")
	h := newHome(t)
	p, err := chromium.Open(t.Context(), browser.Opening{Program: h.site.Program(), Profile: h.profile, Zone: "Asia/Tokyo", Allows: func(string, string) bool { return true }})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for _, pid := range processesOf(t, h.profile) {
		if env, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ"); err == nil && bytes.Contains(env, []byte("CANARY")) {
			t.Errorf("process %d has the secret", pid)
		}
	}
	h.site.Order(netflixpage.Orders{Script: `document.body.append(Object.assign(document.createElement("p"), { id: "me",
		textContent: navigator.webdriver + " " + /HeadlessChrome/.test(navigator.userAgent) + " " + Intl.DateTimeFormat().resolvedOptions().timeZone }))`})
	if err := p.Open(t.Context(), "https://www.netflix.com/ManageAccountAccess"); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		s, err := p.Look(t.Context(), browser.Question{Marks: []browser.Mark{{Selector: "#me", Texts: []string{"true true asia/tokyo"}}, {Selector: "#me"}}})
		if err != nil {
			t.Fatal(err)
		}
		if s.Seen[0] {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Error("the page is told something else")
}
