package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"latchstring/adapters/services/jellyfin/jellyfinapi"
)

// TestJellyfin is a media server from its alert to its television: somebody signs in from far away, is signed out from the
// chat, and the television that was signed out as well comes back by its code. The server's lists hold live tokens, which get
// nowhere.
func TestJellyfin(t *testing.T) {
	const home, oslo = "80.58.61.250", "84.208.20.110"
	server := jellyfinapi.New(t, jellyfinapi.Options{Now: time.Now, Users: []jellyfinapi.User{{Name: "marta", Admin: true}, {Name: "leo"}}})
	tv := jellyfinapi.Device{ID: "TW96aWxsYS81LjAgKA==+/|1", Name: "Living-room TV", App: "Android TV"}
	laptop := jellyfinapi.Device{ID: "laptop", Name: "Firefox", App: "Jellyfin Web"}
	stranger := jellyfinapi.Device{ID: "stranger", Name: "Chrome", App: "Jellyfin Web"}
	server.SignsIn("marta", laptop, home)
	server.SignsIn("leo", tv, home)
	folder := household(t, fmt.Sprintf("services:\n  - { id: jellyfin, kind: jellyfin, url: %q, key: %q, streams: 1, accounts: { Marta: marta, Leo: leo } }\n"+
		"watch: { every: 1s, learn_for: 0s }\n", server.URL, server.Key))
	var said strings.Builder
	run := func(lines string, wanted ...string) string {
		t.Helper()
		r := says(t, folder, lines+"quit\n", "run", "-log", "json", "-terminal")
		contains(t, "the conversation", r.out, wanted...)
		said.WriteString(r.out + r.err)
		return r.out
	}
	run("alerts\n", "Nobody had to be asked about a sign-in")

	server.SignsIn("marta", stranger, oslo)
	run("devices\nalerts\n[Not me: sign it out]\nhistory\n", "Was this you?", "Chrome signed in to your Jellyfin from Norway",
		"Chrome is signed out of Jellyfin. I looked again: it is gone.", "Your password still works for whoever did this.")
	if server.SignedIn(stranger.ID, "marta") || !server.SignedIn(laptop.ID, "marta") || !server.SignedIn(tv.ID, "leo") {
		t.Error("not the stranger alone is signed out")
	}

	session := server.Plays("leo", tv.ID, jellyfinapi.Item{Name: "Dark"})
	run("watching\n[Stop Living-room TV]\n[Yes, stop it]\n", "Jellyfin has no stream left: 1 of 1 are in use.", `Living-room TV · Leo · "Dark"`, "Living-room TV has stopped.")
	if m := server.Messages(session); !server.Stopped(session) || len(m) != 1 || !strings.Contains(m[0].Text, "Marta ends this") {
		t.Errorf("stopped: %v, the screen said %+v", server.Stopped(session), m)
	}

	run("signout living-room tv\n[Yes, sign out]\n", "Living-room TV is signed out of Jellyfin. I looked again: it is gone.", "Sign it back in with a code")
	code := server.ShowsCode(tv, home)
	run("tv 000000\ntv "+code+" leo\ntv "+code+"\nhistory\n", "No television shows this code", "the television is being signed in as Leo",
		"It may have been used already.", "sign a television in to Jellyfin as Leo: the service took the code")
	if server.CodeTaken(code) != "leo" || !server.SignedIn(tv.ID, "leo") {
		t.Errorf("the code was taken for %q", server.CodeTaken(code))
	}
	out := run("devices all\n", "Living-room TV · Android TV · Leo")
	if strings.Contains(out, stranger.Name+" ·") {
		t.Errorf("the stranger is back:\n%s", out)
	}

	check := says(t, folder, "", "check")
	contains(t, "check", check.out, "list, last use, address, sign out, sign out all, reset, sign-ins, streams, tv")
	files, err := filepath.Glob(filepath.Join(folder, "latchstring.db*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no record: %v", err)
	}
	kept := said.String() + check.out + check.err
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		kept += string(raw)
		if strings.Contains(string(raw), code) {
			t.Errorf("%s holds the code", filepath.Base(f))
		}
	}
	if strings.Contains(kept, jellyfinapi.Canary) {
		t.Error("a token is shown, logged or kept")
	}
	for line := range strings.Lines(said.String()) {
		if strings.HasPrefix(line, "{") && strings.Contains(line, code) {
			t.Errorf("the code is in the log: %s", line)
		}
	}
}
