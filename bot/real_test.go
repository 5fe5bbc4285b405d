package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"latchstring/adapters/services/servertest"
)

// TestRealKratos is what the README promises: a person signs a device out of a really running account service.
func TestRealKratos(t *testing.T) {
	kratos := servertest.Kratos(t)
	const password = "a-long-canary-passphrase"
	marta, leo := "marta@example.org", "leo@example.org"
	for _, who := range []string{marta, leo} {
		kratos.Register(who, password)
	}
	tv := kratos.SignIn(leo, password, servertest.Visitor{Address: "203.0.113.7", UserAgent: "LivingRoomTV/1.0"})
	laptop := kratos.SignIn(leo, password, servertest.Visitor{
		Address: "192.0.2.44", City: "Lyon", Country: "FR",
		UserAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36",
	})
	mine := kratos.SignIn(marta, password, servertest.Visitor{Address: "198.51.100.9", UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"})
	folder := household(t, fmt.Sprintf("services:\n  - { id: home, kind: recipe, recipe: kratos, title: Family sign-on, url: %q, accounts: { Marta: %s, Leo: %s } }\n"+
		"watch: { home: [203.0.113.0/24] }\n", kratos.AdminURL, marta, leo))

	check := says(t, folder, "", "check")
	contains(t, "check", check.out, "Family sign-on", "ok", "list, last use, address, sign out, sign out all, reset")
	if check.code != 0 {
		t.Errorf("check ended with %d: %s", check.code, check.err)
	}
	r := says(t, folder, "devices all\nsignout livingroomtv\n[Yes, sign out]\nhistory\nquit\n", "run", "-terminal")
	contains(t, "the conversation", r.out, "LivingRoomTV · Leo · home", "Chrome on Windows · Leo · near Lyon, FR", "Firefox on Linux · 198.51.100.9",
		"LivingRoomTV is signed out of Family sign-on. I looked again: it is gone.")
	if kratos.WhoAmI(tv) {
		t.Error("the television's token still works")
	}
	if !kratos.WhoAmI(laptop) || !kratos.WhoAmI(mine) {
		t.Error("a token that nobody touched does not work any more")
	}

	r = says(t, folder, "signout all leo home\n[Yes, sign out]\nquit\n", "run", "-terminal")
	contains(t, "the conversation", r.out+r.err, "is signed out of Family sign-on. I looked again: it is gone.")
	if kratos.WhoAmI(laptop) {
		t.Error("the laptop's token still works")
	}

	r = says(t, folder, "reset home\n[Start]\nreset leo home\nhistory\nquit\n", "run", "-terminal")
	contains(t, "the conversation", r.out, "Only you see this. Your code for Family sign-on", "I have no way to reach Leo")
	code := regexp.MustCompile(`▒\s*([0-9]{6})\s*▒`).FindStringSubmatch(r.out)
	if code == nil {
		t.Fatalf("no code is shown:\n%s", r.out)
	}
	secrets := []string{code[1], password, tv, laptop, mine}
	files, err := filepath.Glob(filepath.Join(folder, "latchstring.db*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no record: %v", err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range secrets {
			if strings.Contains(string(raw), s) {
				t.Errorf("%s holds a secret", filepath.Base(f))
			}
		}
	}
	for _, s := range secrets {
		if strings.Contains(r.err+check.err, s) {
			t.Error("the log holds a secret")
		}
	}

	kratos.Stop()
	r = says(t, folder, "devices home\nquit\n", "run", "-terminal")
	contains(t, "the conversation", r.out, "Family sign-on is not answering.")
	check = says(t, folder, "", "check")
	if contains(t, "check", check.out, "fault", "Family sign-on is not answering."); check.code != 1 {
		t.Errorf("check of a stopped service ended with %d", check.code)
	}
}

// TestRealGotify signs a device out of the other service; its list holds live tokens, which must get nowhere.
func TestRealGotify(t *testing.T) {
	gotify := servertest.Gotify(t)
	_, ours := gotify.NewClient("latchstring")
	_, tv := gotify.NewClient("Living room TV")
	_, phone := gotify.NewClient("Leo's phone")
	folder := household(t, fmt.Sprintf("services:\n  - { id: bell, kind: recipe, recipe: gotify, title: Bell, url: %q, key: %q, accounts: { Marta: %s } }\n",
		gotify.URL, ours, gotify.User))
	r := says(t, folder, "devices bell\nsignout living room tv\n[Yes, sign out]\nsignout latchstring\nhistory\nquit\n", "run", "-terminal")
	contains(t, "the conversation", r.out, "Living room TV", "Leo's phone", "my own session",
		"Living room TV is signed out of Bell. I looked again: it is gone.", "That is my own session.")
	if gotify.TokenWorks(tv) {
		t.Error("the television's token still works")
	}
	if !gotify.TokenWorks(phone) || !gotify.TokenWorks(ours) {
		t.Error("a token that nobody touched does not work any more")
	}
	check := says(t, folder, "", "check")
	files, err := filepath.Glob(filepath.Join(folder, "latchstring.db*"))
	if err != nil {
		t.Fatal(err)
	}
	said := r.out + r.err + check.out + check.err
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		said += string(raw)
	}
	for _, token := range []string{ours, tv, phone} {
		if strings.Contains(said, token) {
			t.Error("a client's token is shown, logged or kept")
		}
	}
}
