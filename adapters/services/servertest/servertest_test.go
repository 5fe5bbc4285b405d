package servertest_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"latchstring/adapters/services/servertest"
)

func TestKratos(t *testing.T) {
	t.Parallel()
	k := servertest.Kratos(t)
	id := k.Register("marta@example.org", "a long sentence of Marta's")
	tv := k.SignIn("marta@example.org", "a long sentence of Marta's",
		servertest.Visitor{Address: "203.0.113.7", UserAgent: "LivingRoomTV/1.0", City: "Athens", Country: "GR"})
	if !k.WhoAmI(tv) {
		t.Error("the token of a new session is refused")
	}
	if k.WhoAmI(tv + "x") {
		t.Error("a made-up token is accepted")
	}

	k.Stop()
	k.Start()
	type device struct {
		Address   string `json:"ip_address"`
		UserAgent string `json:"user_agent"`
		Location  string `json:"location"`
	}
	var sessions []struct {
		Devices []device `json:"devices"`
	}
	get(t, k.AdminURL+"/admin/identities/"+id+"/sessions", &sessions)
	if len(sessions) != 1 {
		t.Fatalf("%d sessions after one sign-in", len(sessions))
	}
	if diff := cmp.Diff([]device{{"203.0.113.7", "LivingRoomTV/1.0", "Athens, GR"}}, sessions[0].Devices); diff != "" {
		t.Error(diff)
	}
}

func TestGotify(t *testing.T) {
	t.Parallel()
	g := servertest.Gotify(t)
	id, token := g.NewClient("Living-room TV")
	other, _ := g.NewClient("Kitchen tablet")
	if id == "" || id == other {
		t.Errorf("two clients have the ids %q and %q", id, other)
	}
	g.Stop()
	g.Start()
	if !g.TokenWorks(token) {
		t.Error("the token of a new client is refused")
	}
	if g.TokenWorks("Cmadeup") {
		t.Error("a made-up token is accepted")
	}
}

func TestMissingBinarySkips(t *testing.T) {
	t.Setenv("LATCHSTRING_SERVERS", t.TempDir())
	t.Setenv("LATCHSTRING_REQUIRE_SERVERS", "")
	skipped := false
	t.Run("gotify", func(t *testing.T) {
		defer func() { skipped = t.Skipped() }()
		servertest.Gotify(t)
	})
	if !skipped {
		t.Error("a test without its server was not skipped")
	}
}

func get(t *testing.T, url string, into any) {
	t.Helper()
	client := http.Client{Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	resp, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}
