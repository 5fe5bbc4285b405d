//go:build browser

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"latchstring/adapters/services/browser/netflixpage"
	"latchstring/adapters/services/servertest"
)

// withPage is a household with a browser on a page like Netflix's, and a mailbox.
func withPage(t *testing.T, site *netflixpage.Site, box string) (folder string) {
	t.Helper()
	return household(t, fmt.Sprintf("services:\n  - { id: netflix, kind: netflix, browser: true, browser_profile: %q, browser_program: %q, browser_runs: 12, accounts: { Marta: house@example.org } }\n"+
		"mailboxes:\n  - { id: home, %s, authserv_id: mx.example.org }\n"+
		"watch: { every: 1s, learn_for: 0s }\n", netflixpage.Profile(t), site.Program(), box))
}

// noMail is a mailbox that can not be reached.
const noMail = "host: 127.0.0.1, port: 1, user: house@example.org, password: secret"

// TestBrowserSignsOut is a person who signs a device out on a page, from the chat, and hears what the page shows afterwards.
func TestBrowserSignsOut(t *testing.T) {
	site := netflixpage.New(t)
	folder := withPage(t, site, noMail)
	r := says(t, folder, "devices netflix\nsignout samsung\n[Yes, sign out]\ndevices netflix\nsignout netflix all\nhistory\nquit\n", "run", "-terminal")
	contains(t, "the conversation", r.out, "5 devices are signed in to Netflix", "Samsung - Smart TV", "profile Marta", "near Madrid, Spain", "my own session",
		"Netflix can take up to 8 hours to obey.", "Samsung - Smart TV is signed out of Netflix. I looked again: it is gone.", "4 devices are signed in to Netflix",
		"Press Sign Out of All Devices", "Marta asked me to sign Samsung - Smart TV out of Netflix: gone.")
	contains(t, "the log", r.err, "experimental", "terms of the service may forbid automated access")
	if diff := cmp.Diff([]string{"Samsung - Smart TV"}, site.SignOuts()); diff != "" {
		t.Error(diff)
	}
	site.Order(netflixpage.Orders{Deaf: true})
	r = says(t, folder, "signout evil\nsignout sign out\n[Yes, sign out]\nquit\n", "run", "-terminal")
	contains(t, "a service that takes its time", r.out, "Netflix needs its time", "will be signed out by")
	quiet(t, folder, r)
}

// quiet looks that what stands behind the ? of addresses is nowhere.
func quiet(t *testing.T, folder string, results ...result) {
	t.Helper()
	said := ""
	for _, r := range results {
		said += r.out + r.err
	}
	files, err := filepath.Glob(filepath.Join(folder, "latchstring.db*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no record: %v", err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		said += string(raw)
	}
	if strings.Contains(said, netflixpage.Canary) {
		t.Error("an address is told, logged or kept with what stands behind its ?")
	}
}

// TestBrowserStops is a browser that is not signed in any more: the list is what mails tell, and everything is done by hand.
func TestBrowserStops(t *testing.T) {
	d := servertest.Dovecot(t)
	ago := time.Now().Add(-48 * time.Hour)
	d.Put(ago, netflixNotice("tv", "Samsung - Smart TV", "Madrid, Spain", ago))
	site := netflixpage.New(t)
	folder := withPage(t, site, boxOf(d))
	site.Order(netflixpage.Orders{Path: "/login"})
	check := says(t, folder, "", "check")
	contains(t, "check", check.out, "Netflix", "fault", "Netflix wants my browser to be signed in anew.", "browser: sign-in: /login",
		"The browser is experimental and off unless the config asks for it; the terms of Netflix may forbid automated access")
	r := says(t, folder, "devices netflix\nsignout samsung\nquit\n", "run", "-terminal")
	contains(t, "the conversation", r.out, "Netflix wants my browser to be signed in anew.", "Samsung - Smart TV", "1. ", "Open Manage devices")
	if len(site.SignOuts()) > 0 {
		t.Error("something was pressed")
	}
	quiet(t, folder, check, r)
}

// TestBrowserAndNotices is a sign-in that a mail tells of, while the page shows a device of the same name: nobody can know that
// it is the same, so nothing is pressed, and the owner gets the steps.
func TestBrowserAndNotices(t *testing.T) {
	d := servertest.Dovecot(t)
	site := netflixpage.New(t)
	folder := withPage(t, site, boxOf(d))
	check := says(t, folder, "", "check")
	contains(t, "check", check.out, "ok", "list, last use, address, sign out, sign-ins; 6 devices", "hand  sign out all, reset", "The browser is started 12 times a day at the most",
		"nobody has told that it works there")
	r := says(t, folder, "devices netflix\nquit\n", "run", "-terminal")
	contains(t, "the first conversation", r.out, "Samsung - Smart TV")
	now := time.Now()
	d.Put(now, netflixNotice("new", "Samsung - Smart TV", "Hanoi, Vietnam", now))
	r = says(t, folder, "devices netflix\nalerts\n[Not me: sign it out]\n[Done]\ndevices netflix\nquit\n", "run", "-terminal")
	contains(t, "the conversation", r.out, "Was this you?", "Samsung - Smart TV signed in to your Netflix from near Hanoi, Vietnam",
		"I can not be sure to do this right at Netflix by myself", "1. ", "I wrote down that Samsung - Smart TV is signed out of Netflix")
	if len(site.SignOuts()) > 0 {
		t.Errorf("pressed: %v", site.SignOuts())
	}
	if !regexp.MustCompile(`(?s)I wrote down.*Samsung - Smart TV`).MatchString(r.out) {
		t.Errorf("what the page shows is hidden:\n%s", r.out)
	}
	quiet(t, folder, check, r)
}

func boxOf(d *servertest.DovecotServer) string {
	return fmt.Sprintf("host: %q, port: %d, tls: implicit, user: %q, password: %q, ca_file: %q", d.Host, d.Port, d.User, d.Password, d.CAFile)
}
