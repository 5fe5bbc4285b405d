package jellyfin_test

import (
	"strings"
	"testing"

	"latchstring/adapters/services/jellyfin/jellyfinapi"
	"latchstring/core"
)

func TestReset(t *testing.T) {
	everyServer(t, func(t *testing.T, server *jellyfinapi.Server, c core.Connector) {
		if c.Reset == nil {
			if c.Why[core.CanReset].Empty() {
				t.Error("it does not say why it has no resets")
			}
			return
		}
		if p := c.Reset.Plan(); p != (core.ResetPlan{Way: core.ResetPassword, SignsOut: true}) {
			t.Errorf("plan %+v", p)
		}
		server.SignsIn("marta", tv, home)
		server.SignsIn("marta", phone, away)
		seen := map[string]bool{}
		for range 5 {
			r, err := c.Reset.StartReset(t.Context(), marta)
			if err != nil || r.Way != core.ResetPassword || len(r.Secret.Reveal()) < 16 || seen[r.Secret.Reveal()] {
				t.Fatalf("%+v, %v", r, err)
			}
			seen[r.Secret.Reveal()] = true
			if server.Password("marta") != r.Secret.Reveal() {
				t.Error("the password is another one")
			}
		}
		if len(server.SignedInOn("marta")) > 0 || len(devices(t, c)) > 0 {
			t.Error("it does not sign out, as it said")
		}
		_, err := c.Reset.StartReset(t.Context(), core.Account{Service: "films", Member: "sofi", Login: "guest"})
		wants(t, err, core.Missing)
		server.Fail("POST /Users/*", 1, jellyfinapi.Refused(404)) // it vanishes between the look and the call
		_, err = c.Reset.StartReset(t.Context(), leo)
		if wants(t, err, core.Missing); !strings.Contains(core.TextOf(err).String(), "no account leo") {
			t.Errorf("it says %q", core.TextOf(err))
		}
		server.RemoveUser("leo")
		_, err = c.Reset.StartReset(t.Context(), leo)
		wants(t, err, core.Missing)
	})
}
