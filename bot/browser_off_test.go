//go:build !browser

package main

import "testing"

// The program as it is usually built has no browser, and says how to get one.
func TestBrowserIsNotBuiltIn(t *testing.T) {
	folder := household(t, "services:\n  - { id: netflix, kind: netflix, accounts: { Marta: marta@example.org }, browser: true, browser_profile: profile }\n"+
		"mailboxes:\n  - { id: home, host: 127.0.0.1, port: 1, tls: none, user: house, password: right, authserv_id: mx.example.org }\n")
	r := says(t, folder, "", "run", "-terminal")
	if contains(t, "run", r.err, "go build -tags browser ./bot"); r.code != 1 {
		t.Errorf("ended with %d", r.code)
	}
}
