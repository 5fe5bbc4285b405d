package main

import (
	"fmt"
	"testing"

	"latchstring/adapters/services/servertest"
)

// TestRealWatch is an alert from its cause to its end: somebody signs in to a really running service from far away, the
// household is asked, says no, and the session is gone.
func TestRealWatch(t *testing.T) {
	kratos := servertest.Kratos(t)
	const password = "a-long-canary-passphrase"
	marta, leo := "marta@example.org", "leo@example.org"
	for _, who := range []string{marta, leo} {
		kratos.Register(who, password)
	}
	firefox := servertest.Visitor{Address: "80.58.61.250", City: "Madrid", Country: "ES", UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
	tv := servertest.Visitor{Address: "80.58.61.250", City: "Madrid", Country: "ES", UserAgent: "LivingRoomTV/1.0"}
	mine := kratos.SignIn(marta, password, firefox)
	kratos.SignIn(leo, password, tv)
	folder := household(t, fmt.Sprintf("services:\n  - { id: home, kind: recipe, recipe: kratos, title: Family sign-on, url: %q, accounts: { Marta: %s, Leo: %s } }\n"+
		"watch: { every: 1s, learn_for: 0s }\n", kratos.AdminURL, marta, leo))
	r := says(t, folder, "alerts\nquit\n", "run", "-terminal")
	contains(t, "the first conversation", r.out, "Nobody had to be asked about a sign-in")

	again := kratos.SignIn(marta, password, firefox) // from home, with the browser of always
	far := kratos.SignIn(marta, password, servertest.Visitor{Address: "84.208.20.110", City: "Oslo", Country: "NO", UserAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36"})
	r = says(t, folder, "devices\nalerts\n[Not me: sign it out]\nalerts\nhistory\nquit\n", "run", "-terminal")
	contains(t, "the conversation", r.out, "Was this you?", "Chrome on Windows signed in to your Family sign-on from near Oslo, NO", "One sign-in waits for an answer.",
		"Chrome on Windows is signed out of Family sign-on. I looked again: it is gone.", "Your password still works for whoever did this.", "Start my password reset",
		"Answered", "none of")
	if kratos.WhoAmI(far) {
		t.Error("the token from far away still works")
	}
	if !kratos.WhoAmI(mine) || !kratos.WhoAmI(again) {
		t.Error("a token of the household's does not work any more")
	}
	r = says(t, folder, "alerts\nquit\n", "run", "-terminal")
	contains(t, "the last conversation", r.out, "No sign-in waits for an answer.")
}
