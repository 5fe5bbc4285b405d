//go:build !browser

package main

import "testing"

// A program that was built without a browser says so, and how to build one with it, in place of doing half of what is asked.
func TestNoBrowserInThisBuild(t *testing.T) {
	folder := household(t, "services:\n  - { id: netflix, kind: netflix, browser: true, browser_profile: profile, accounts: { Marta: marta@example.org } }\n"+
		"mailboxes:\n  - { id: home, host: 127.0.0.1, port: 1, user: house@example.org, password: secret, authserv_id: mx.example.org }\n")
	for _, command := range [][]string{{"check"}, {"run", "-terminal"}} {
		r := says(t, folder, "devices\nquit\n", command...)
		if contains(t, command[0], r.err, "service netflix: browser: this build has no browser; build with: go build -tags browser ./bot"); r.code != 1 || r.out != "" {
			t.Errorf("%s ended with %d: %s", command[0], r.code, r.out)
		}
	}
}
