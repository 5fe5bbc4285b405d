package jellyfin_test

import (
	"strings"
	"testing"
	"time"

	"latchstring/adapters/services/jellyfin/jellyfinapi"
	"latchstring/core"
)

func TestTV(t *testing.T) {
	everyServer(t, func(t *testing.T, server *jellyfinapi.Server, c core.Connector) {
		if c.TV == nil {
			if c.Why[core.CanTV].Empty() {
				t.Error("it does not say why it lets no television in")
			}
			return
		}
		code := server.ShowsCode(tv, home)
		err := c.TV.Pair(t.Context(), leo, code[:3]+" "+code[3:])
		if strings.Contains(t.Name(), "10.8") {
			wants(t, err, core.Cannot)
			return
		}
		if err != nil || server.CodeTaken(code) != "leo" || !server.SignedIn(tv.ID, "leo") {
			t.Fatalf("%v, taken by %q", err, server.CodeTaken(code))
		}
		wants(t, c.TV.Pair(t.Context(), marta, code), core.Missing) // used
		wants(t, c.TV.Pair(t.Context(), marta, "000001"), core.Missing)
		wants(t, c.TV.Pair(t.Context(), marta, "my code"), core.Missing)
		wants(t, c.TV.Pair(t.Context(), core.Account{Service: "films", Login: "guest"}, code), core.Missing)
		server.Fail("POST /QuickConnect/Authorize", 1, jellyfinapi.Raw(200, "application/json", "false"))
		wants(t, c.TV.Pair(t.Context(), marta, "123456"), core.Missing)
		server.Fail("POST /QuickConnect/Authorize", 1, jellyfinapi.Refused(401))
		wants(t, c.TV.Pair(t.Context(), marta, "123456"), core.BadKey)
		server.Fail("POST /QuickConnect/Authorize", 1, jellyfinapi.CutBefore())
		wants(t, c.TV.Pair(t.Context(), marta, "123456"), core.Unreachable)
		server.Fail("GET /QuickConnect/Enabled", 1, jellyfinapi.Refused(404))
		wants(t, c.TV.Pair(t.Context(), marta, "123456"), core.Cannot)
		late := server.ShowsCode(phone, home)
		server.Advance(11 * time.Minute)
		wants(t, c.TV.Pair(t.Context(), marta, late), core.Missing)
		server.QuickConnect(false)
		err = c.TV.Pair(t.Context(), marta, "123456")
		wants(t, err, core.Cannot)
		if text := core.TextOf(err).String(); !strings.Contains(text, "switched off") {
			t.Errorf("it says %q", text)
		}
	})
}
