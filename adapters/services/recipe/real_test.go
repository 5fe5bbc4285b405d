package recipe_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"latchstring/adapters/services/recipe"
	"latchstring/adapters/services/servertest"
	"latchstring/core"
)

// connect joins a service; what it logs is in the buffer.
func connect(t *testing.T, cfg recipe.Config, accounts ...core.Account) (core.Connector, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	for i := range accounts {
		accounts[i].Service = "home"
	}
	c, err := recipe.New(cfg, "home", "", accounts, recipe.Options{
		Now: time.Now, Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})), Dir: "testdata",
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, &log
}

func devices(t *testing.T, c core.Connector) []core.Device {
	t.Helper()
	list, err := c.Devices.Devices(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// named finds a device by its name.
func named(t *testing.T, list []core.Device, name string) core.Device {
	t.Helper()
	i := slices.IndexFunc(list, func(d core.Device) bool { return d.Name == name })
	if i < 0 {
		t.Fatalf("no %q in %+v", name, list)
	}
	return list[i]
}

func TestRealKratos(t *testing.T) {
	k := servertest.Kratos(t)
	const password = "correct-horse-battery"
	k.Register("marta@example.org", password)
	k.Register("leo@example.org", password)
	began := time.Now().Add(-time.Second)
	tv := k.SignIn("marta@example.org", password, servertest.Visitor{Address: "203.0.113.7", UserAgent: "LivingRoomTV/1.0"})
	pc := k.SignIn("marta@example.org", password, servertest.Visitor{
		Address: "198.51.100.4", City: "Athens", Country: "GR",
		UserAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
	})
	phone := k.SignIn("leo@example.org", password, servertest.Visitor{Address: "192.0.2.9", UserAgent: "Tablet/3"})

	marta := core.Account{Service: "home", Member: "marta", Login: "marta@example.org"}
	leo := core.Account{Service: "home", Member: "leo", Login: "leo@example.org"}
	cfg := recipe.Config{Recipe: "kratos", URL: k.AdminURL}
	c, log := connect(t, cfg, marta, leo)
	list := devices(t, c)
	if len(list) != 3 {
		t.Fatalf("%d devices: %+v", len(list), list)
	}
	for name, want := range map[string]core.Session{
		"LivingRoomTV":      {Member: "marta", Login: marta.Login, Address: netip.MustParseAddr("203.0.113.7")},
		"Chrome on Windows": {Member: "marta", Login: marta.Login, Address: netip.MustParseAddr("198.51.100.4"), Place: "Athens, GR"},
		"Tablet":            {Member: "leo", Login: leo.Login, Address: netip.MustParseAddr("192.0.2.9")},
	} {
		s := named(t, list, name).Sessions[0]
		if s.LastUsed.Before(began) || s.LastUsed.After(time.Now()) || s.Since.Before(began) {
			t.Errorf("%s: last use %v, since %v", name, s.LastUsed, s.Since)
		}
		s.LastUsed, s.Since = time.Time{}, time.Time{}
		if s != want {
			t.Errorf("%s: %+v", name, s)
		}
	}

	ref := named(t, list, "LivingRoomTV").Ref()
	if r, err := c.SignOut.SignOut(t.Context(), ref); err != nil || r.Gone {
		t.Errorf("sign-out: %+v, %v", r, err)
	}
	if k.WhoAmI(tv) || !k.WhoAmI(pc) || !k.WhoAmI(phone) {
		t.Error("the wrong sessions ended")
	}
	if n := len(devices(t, c)); n != 2 {
		t.Errorf("%d devices after the sign-out", n)
	}
	if r, err := c.SignOut.SignOut(t.Context(), ref); err != nil || !r.Gone {
		t.Errorf("second sign-out: %+v, %v", r, err)
	}

	for _, gone := range []bool{false, true} {
		if r, err := c.SignOutAll.SignOutAll(t.Context(), marta); err != nil || r.Gone != gone {
			t.Errorf("sign-out of all: %+v, %v", r, err)
		}
	}
	if k.WhoAmI(pc) || !k.WhoAmI(phone) {
		t.Error("the sign-out of all ended the wrong sessions")
	}
	realReset(t, k, c, marta, log)
	if version, _, err := c.Prober.Probe(t.Context()); err != nil || version == "" {
		t.Errorf("probe: %q, %v", version, err)
	}

	stranger, _ := connect(t, cfg, core.Account{Member: "sofi", Login: "sofi@example.org"}, leo)
	list, err := stranger.Devices.Devices(t.Context())
	if core.KindOf(err) != core.Missing || len(list) != 1 {
		t.Errorf("an account that Kratos does not know: %d devices, %v", len(list), err)
	}
	k.Stop()
	_, err = c.Devices.Devices(t.Context())
	if core.KindOf(err) != core.Unreachable {
		t.Errorf("stopped: %v", err)
	}
	k.Start()
	if n := len(devices(t, c)); n != 2 { // Leo's, and the browser that the recovery signed in
		t.Errorf("%d devices after the restart", n)
	}
	if strings.Contains(log.String(), string(ref.ID)) {
		t.Error("a session's id is in the log")
	}
}

// realReset starts a reset and enters the code where the member is told to.
func realReset(t *testing.T, k *servertest.KratosServer, c core.Connector, marta core.Account, log *bytes.Buffer) {
	t.Helper()
	r, err := c.Reset.StartReset(t.Context(), marta)
	if err != nil {
		t.Fatal(err)
	}
	code := r.Secret.Reveal()
	if r.Way != core.ResetCode || len(code) != 6 || r.Until.Before(time.Now().Add(10*time.Minute)) {
		t.Errorf("reset: %+v", r)
	}
	if strings.Contains(fmt.Sprintf("%v %+v %#v", r, r, r.Secret), code) || strings.Contains(log.String(), code) {
		t.Error("the code prints itself")
	}
	// The page of the link is a household's own; whatever it looks like, it sends flow and code to Kratos.
	enter, err := url.Parse(r.Enter)
	if err != nil {
		t.Fatal(err)
	}
	works := func(query string) bool {
		form := url.Values{"method": {"code"}, "code": {code}}.Encode()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, k.PublicURL+"/self-service/recovery?"+query, strings.NewReader(form))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		return slices.ContainsFunc(resp.Cookies(), func(c *http.Cookie) bool { return c.Name == "ory_kratos_session" && c.Value != "" })
	}
	if works("") || !works(enter.RawQuery) {
		t.Errorf("the code should work with the link %s, and not without its query", enter.Redacted())
	}
}

func TestKratosNotWell(t *testing.T) {
	for name, row := range map[string]struct {
		handler http.HandlerFunc
		want    core.Kind
	}{
		"wrong key": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }, core.BadKey},
		"slow":      {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, core.Unreachable},
		"garbage":   {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<p>", canary) }, core.Garbled},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(row.handler)
			defer server.Close()
			c, _ := connect(t, recipe.Config{Recipe: "kratos", URL: server.URL, Timeout: time.Second},
				core.Account{Member: "marta", Login: "marta@example.org"})
			list, err := c.Devices.Devices(t.Context())
			if core.KindOf(err) != row.want || list != nil || core.TextOf(err).Empty() || core.HintOf(err).Empty() {
				t.Errorf("%v, %v", list, err)
			}
		})
	}
}

func TestRealGotify(t *testing.T) {
	g := servertest.Gotify(t)
	_, own := g.NewClient("latchstring")
	_, tv := g.NewClient("Living room TV")
	_, phone := g.NewClient("Leo's phone")
	g.TokenWorks(tv)

	cfg := recipe.Config{Recipe: "gotify", URL: g.URL, Key: core.NewSecret(own)}
	c, log := connect(t, cfg, core.Account{Member: "marta", Login: g.User})
	list := devices(t, c)
	if len(list) != 3 || !named(t, list, "latchstring").Own || named(t, list, "Living room TV").Own {
		t.Fatalf("%+v", list)
	}
	if used := named(t, list, "Living room TV").Latest().LastUsed; time.Since(used) > time.Hour {
		t.Errorf("the TV was used at %v", used)
	}
	if _, err := c.SignOut.SignOut(t.Context(), named(t, list, "latchstring").Ref()); core.KindOf(err) != core.Forbidden {
		t.Errorf("our own session: %v", err)
	}
	if r, err := c.SignOut.SignOut(t.Context(), named(t, list, "Living room TV").Ref()); err != nil || r.Gone {
		t.Errorf("sign-out: %+v, %v", r, err)
	}
	if g.TokenWorks(tv) || !g.TokenWorks(phone) || !g.TokenWorks(own) {
		t.Error("the wrong clients were signed out")
	}
	after := devices(t, c)
	if version, _, err := c.Prober.Probe(t.Context()); err != nil || version == "" {
		t.Errorf("probe: %q, %v", version, err)
	}
	cfg.Key = core.NewSecret("Cwrong")
	wrong, wrongLog := connect(t, cfg, core.Account{Member: "marta", Login: g.User})
	_, err := wrong.Devices.Devices(t.Context())
	if core.KindOf(err) != core.BadKey {
		t.Errorf("a wrong key: %v", err)
	}
	all := fmt.Sprintf("%+v %#v %v %s %s", list, after, err, log, wrongLog)
	for _, token := range []string{own, tv, phone, "Cwrong"} {
		if strings.Contains(all, token) {
			t.Error("a token is in a device, an error or the log")
		}
	}
}

const canary = "s3cr3t-canary"
