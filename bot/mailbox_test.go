package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"latchstring/adapters/services/servertest"
)

// notice is a mail of Netflix about a new device, as the household's own provider vouches for it.
func netflixNotice(id, device, place string, at time.Time) []byte {
	return []byte(strings.ReplaceAll(fmt.Sprintf(`Authentication-Results: mx.example.org; dkim=pass header.d=netflix.com; dmarc=pass header.from=account.netflix.com
From: Netflix <info@account.netflix.com>
To: house@example.org
Subject: A new device is using your account
Date: %s
Message-ID: <%s@account.netflix.com>
Content-Type: text/html; charset=utf-8

<p>Device</p><p>%s</p><p>Location</p><p>%s</p>
<a href="https://www.netflix.com/password?g=1">1</a> <a href="https://www.netflix.com/ManageAccountAccess?g=1">2</a>
`, at.Format(time.RFC1123Z), id, device, place), "\n", "\r\n"))
}

// TestRealMailbox is the service without an API: a notice that arrives in a real mailbox becomes a question, a forged one
// does not, and the sign-out is the owner's own, step by step.
func TestRealMailbox(t *testing.T) {
	d := servertest.Dovecot(t)
	ago := time.Now().Add(-48 * time.Hour)
	d.Put(ago, netflixNotice("tv", "Samsung - Smart TV", "Madrid, Spain", ago))
	folder := household(t, fmt.Sprintf("services:\n  - { id: netflix, kind: netflix, accounts: { Marta: %s }, codes: { Marta: [Marta] } }\n"+
		"mailboxes:\n  - { id: home, host: %q, port: %d, tls: implicit, user: %q, password: %q, authserv_id: mx.example.org, ca_file: %q }\n"+
		"watch: { every: 1s, learn_for: 0s }\n", d.User, d.Host, d.Port, d.User, d.Password, d.CAFile))
	check := says(t, folder, "", "check")
	contains(t, "check", check.out, "Netflix", "sign-ins", "hand  sign out, sign out all, reset")
	r := says(t, folder, "devices netflix\nalerts\nquit\n", "run", "-terminal")
	contains(t, "the first conversation", r.out, "Samsung - Smart TV", "Nobody had to be asked about a sign-in")

	now := time.Now()
	forged := strings.ReplaceAll(string(netflixNotice("forged", "Forged TV", "Hanoi, Vietnam", now)), "mx.example.org", "mx.evil.example")
	reset := strings.NewReplacer("new device is using your account", "password reset", "/ManageAccountAccess?g=1", "/help", "<p>Device</p><p>x</p><p>Location</p><p>y</p>", "<p>Reset your password</p>")
	code := strings.NewReplacer("A new device is using your account", "Netflix: Your sign-in code", "<p>Device</p><p>x</p><p>Location</p><p>y</p>", "<p>Enter this code</p><p>7 3 5 1</p>", "/ManageAccountAccess?g=1", "/help", "/password?g=1", "/help")
	d.Put(now, []byte(code.Replace(string(netflixNotice("code", "x", "y", now)))))
	d.Put(now, []byte(reset.Replace(string(netflixNotice("reset", "x", "y", now)))))
	d.Put(now, netflixNotice("new", "Roku - Streaming stick", "Hanoi, Vietnam", now), []byte(forged))
	r = says(t, folder, "code netflix\ndevices netflix\nalerts\n[Not me: sign it out]\n[Done]\ndevices netflix\nalerts\nquit\n", "run", "-terminal")
	contains(t, "the conversation", r.out, "Was this you?", "Roku - Streaming stick signed in to your Netflix from near Hanoi, Vietnam",
		"1. ", "netflix.com", "The mail to reset the password of your Netflix has arrived", "I wrote down that Roku - Streaming stick is signed out of Netflix", "1 device is signed in to Netflix", "No sign-in waits for an answer.")
	if strings.Contains(r.out, "Forged TV") {
		t.Errorf("a forged notice is told:\n%s", r.out)
	}
	files, err := filepath.Glob(filepath.Join(folder, "latchstring.db*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no record: %v", err)
	}
	contains(t, "the code", r.out, "Only you see this. The code of your Netflix: ▒ 7351 ▒")
	said := r.err + check.out + check.err
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		said += string(raw)
	}
	if strings.Contains(said+r.out, d.Password) {
		t.Error("the mailbox's password is told, logged or kept")
	}
	if regexp.MustCompile(`(^|[^\w-])7351([^\w-]|$)`).MatchString(said) { // by itself: within a time or an id it is chance
		t.Error("the code is logged or kept")
	}
}
