//go:build browser

package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"latchstring/adapters/services/browser/chromium"
	"latchstring/adapters/services/servertest"
)

// TestBrowser is the whole way: the page of a service in a real Chromium and its mailbox in a real mail server, listed and signed
// out on from the terminal, looked at again; and a page that asks for a sign-in, which is told and leaves the way by hand.
func TestBrowser(t *testing.T) {
	path, err := chromium.Find("")
	if err != nil {
		t.Skip(err)
	}
	d := servertest.Dovecot(t)
	var signedOut, asks atomic.Bool
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		switch {
		case r.URL.Path == "/out":
			signedOut.Store(true)
		case asks.Load() && r.URL.Path != "/login":
			http.Redirect(w, r, "/login", http.StatusFound)
		default:
			fmt.Fprint(w, `<ul><li data-uia="device-list+ESN-A-0"><h3>This browser</h3><i data-uia="x+current-device-badge+ANNOUNCE">Current device</i></li>
				<li data-uia="device-list+ESN-C-2"><h3>iPhone</h3><p>Leo (last watched)</p><button onclick="fetch('/out')">Sign Out</button></li>`)
			if !signedOut.Load() {
				fmt.Fprint(w, `<li data-uia="device-list+ESN-B-1"><h3>Samsung TV</h3><button onclick="fetch('/out').then(() => {
					this.closest('li').remove(); document.body.insertAdjacentHTML('beforeend', '<div role=alert>Samsung TV is now signed out</div>') })">Sign Out</button></li>`)
			}
		}
	}))
	defer page.Close()
	folder := household(t, fmt.Sprintf("services:\n  - { id: netflix, kind: netflix, accounts: { Marta: %s }, browser: true, browser_profile: profile, browser_program: %q, browser_recipe: mine.yaml }\n"+
		"mailboxes:\n  - { id: home, host: %q, port: %d, tls: implicit, user: %q, password: %q, authserv_id: mx.example.org, ca_file: %q }\n",
		d.User, browserProgram(t, path), d.Host, d.Port, d.User, d.Password, d.CAFile))
	shipped, err := os.ReadFile("../adapters/services/browser/recipes/netflix.yaml")
	if err != nil {
		t.Fatal(err)
	}
	mine := strings.NewReplacer("domains: [netflix.com]", "domains: [127.0.0.1]", "https://www.netflix.com/ManageAccountAccess", page.URL+"/devices").Replace(string(shipped))
	if err := os.WriteFile(filepath.Join(folder, "mine.yaml"), []byte(mine), 0o600); err != nil {
		t.Fatal(err)
	}
	r := says(t, folder, "", "check")
	contains(t, "check", r.out, "EXPERIMENTAL", "terms of Netflix", "never tried on the real page", "3 devices", "sign out")
	r = says(t, folder, "devices netflix\nsignout all netflix\nsignout samsung tv\n[Yes, sign out]\ndevices netflix\nquit\n", "run", "-terminal")
	contains(t, "the conversation", r.out, "profile Leo", "Press Sign Out of All Devices", "Samsung TV is signed out of Netflix. I looked again: it is gone.", "2 devices are signed in to Netflix")
	contains(t, "the log", r.err, "experimental")
	if !signedOut.Load() {
		t.Error("nothing was pressed")
	}
	signedOut.Store(false) // it comes back, and the page asks for a sign-in from now on
	asks.Store(true)
	forget(t, filepath.Join(folder, "profile", "latchstring-runs.json"))
	r = says(t, folder, "devices netflix\nsignout iphone\nquit\n", "run", "-terminal")
	contains(t, "the conversation", r.out, "Netflix's page asks for a sign-in, which I never do", "Netflix lets nobody else do this", "Open Manage devices")
	if signedOut.Load() {
		t.Error("something was pressed")
	}
}

// browserProgram is the browser as a program of its own: Chromium has no sandbox as root.
func browserProgram(t *testing.T, path string) string {
	t.Helper()
	if os.Getuid() != 0 {
		return path
	}
	script := filepath.Join(t.TempDir(), "chromium")
	if err := os.WriteFile(script, []byte("#!/bin/sh\nexec "+path+" --no-sandbox \"$@\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return script
}

// forget makes the last reading and the runs old ones.
func forget(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text = regexp.MustCompile(`"at":"[^"]*"`).ReplaceAll(text, []byte(`"at":"2020-01-01T00:00:00Z"`))
	text = regexp.MustCompile(`"runs":[^]]*]`).ReplaceAll(text, []byte(`"runs":[]`))
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
