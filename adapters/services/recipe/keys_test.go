package recipe_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"latchstring/adapters/services/recipe"
	"latchstring/core"
)

// keycloak is a Keycloak whose tokens last for two calls.
type keycloak struct {
	t            *testing.T
	tokens, left int
	asked        []string
}

func (k *keycloak) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/realms/home/protocol/openid-connect/token" {
		id, secret, _ := r.BasicAuth()
		if r.FormValue("grant_type") != "client_credentials" || id != "house-bot" || secret != canary {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		k.tokens++
		k.left = 2
		fmt.Fprintf(w, `{"access_token":"t%s%d","expires_in":60}`, canary, k.tokens)
		return
	}
	if k.left--; k.left < 0 || r.Header.Get("Authorization") != fmt.Sprintf("Bearer t%s%d", canary, k.tokens) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	k.asked = append(k.asked, r.Method+" "+r.URL.RequestURI())
	switch r.URL.Path {
	case "/admin/realms/home/users":
		io.WriteString(w, `[{"id":"u1","username":"marta"},{"id":"u2","username":"marta2"}]`)
	case "/admin/realms/home/users/u1/sessions":
		io.WriteString(w, `[{"id":"s1","username":"marta","userId":"u1","ipAddress":"203.0.113.7","start":1795416326000,"lastAccess":0,"clients":{"c2":"photos","c1":"account-console"}}]`)
	case "/admin/realms/home/users/u1/execute-actions-email":
		w.WriteHeader(http.StatusInternalServerError)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

func TestKeycloakTokens(t *testing.T) {
	k := &keycloak{t: t}
	server := httptest.NewServer(k)
	defer server.Close()
	cfg := recipe.Config{Recipe: "keycloak", URL: server.URL, Client: "house-bot", Key: core.NewSecret(canary), With: map[string]string{"realm": "home"}}
	marta := core.Account{Service: "home", Member: "marta", Login: "marta"}
	c, log := connect(t, cfg, marta)
	list := devices(t, c)
	want := []core.Device{{Service: "home", ID: "s1", Name: "account-console, photos", App: "account-console, photos", Sessions: []core.Session{
		{Member: "marta", Login: "marta", Since: time.Date(2026, 11, 23, 6, 45, 26, 0, time.UTC), Address: netip.MustParseAddr("203.0.113.7")},
	}}}
	if diff := cmp.Diff(want, list, cmpopts.EquateComparable(netip.Addr{})); diff != "" {
		t.Error(diff)
	}
	if r, err := c.SignOut.SignOut(t.Context(), list[0].Ref()); err != nil || r.Within != 5*time.Minute {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := c.SignOutAll.SignOutAll(t.Context(), marta); err != nil {
		t.Error(err)
	}
	_, err := c.Reset.StartReset(t.Context(), marta)
	if core.KindOf(err) != core.Cannot || core.TextOf(err).String() != "Keycloak can not send mail; its administrator has to set that up." {
		t.Errorf("%v: %s", err, core.TextOf(err))
	}
	wantAsked := []string{
		"GET /admin/realms/home/users?exact=true&username=marta", "GET /admin/realms/home/users/u1/sessions", "DELETE /admin/realms/home/sessions/s1",
		"POST /admin/realms/home/users/u1/logout", "PUT /admin/realms/home/users/u1/execute-actions-email?lifespan=900",
	}
	if diff := cmp.Diff(wantAsked, k.asked); diff != "" || k.tokens != 3 {
		t.Errorf("%d tokens; %s", k.tokens, diff)
	}
	cfg.Key = core.NewSecret("other")
	wrong, _ := connect(t, cfg, marta)
	_, err = wrong.Devices.Devices(t.Context())
	if core.KindOf(err) != core.BadKey {
		t.Errorf("a wrong client secret: %v", err)
	}
	if strings.Contains(log.String(), canary) || strings.Contains(fmt.Sprintf("%+v", c.Devices), canary) {
		t.Error("a secret prints itself")
	}
}

// At a service where everybody sees their own devices only, each account is asked with its own key.
func TestOwnKeys(t *testing.T) {
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get("x-api-key")
		asked = append(asked, r.Method+" "+r.URL.Path+" "+key)
		switch {
		case key == "k-leo" && r.Method == http.MethodGet:
			w.WriteHeader(http.StatusUnauthorized)
		case r.Method == http.MethodGet:
			fmt.Fprintf(w, `[{"id":"of-%s","deviceType":"Chrome","deviceOS":"Windows","current":false,"createdAt":"2026-11-01T00:00:00.000Z","updatedAt":"2026-11-02T00:00:00.000Z"}]`, key)
		default:
			w.WriteHeader(http.StatusBadRequest)
		}
	}))
	defer server.Close()
	key := func(s string) recipe.Key { return recipe.Key{Key: core.NewSecret(s)} }
	cfg := recipe.Config{Recipe: "immich", URL: server.URL, Keys: map[string]recipe.Key{"Marta": key("k-marta"), "Leo": key("k-leo"), "Sofi": key("k-sofi")}}
	accounts := []core.Account{{Member: "leo", Login: "leo"}, {Member: "marta", Login: "marta"}, {Member: "sofi", Login: "sofi"}}
	c, _ := connect(t, cfg, accounts...)
	list, err := c.Devices.Devices(t.Context())
	if core.KindOf(err) != core.BadKey || len(list) != 2 || list[0].Name != "Chrome on Windows" || list[1].Sessions[0].Member != "sofi" {
		t.Fatalf("%+v, %v", list, err)
	}
	if r, err := c.SignOut.SignOut(t.Context(), list[1].Ref()); err != nil || !r.Gone {
		t.Errorf("%+v, %v", r, err)
	}
	if last := asked[len(asked)-1]; last != "DELETE /api/sessions/of-k-sofi k-sofi" {
		t.Errorf("asked %s", last)
	}
	if c.Can(core.CanReset) != core.No || c.Why[core.CanReset].Empty() || c.Can(core.CanTellIP) != core.No || c.Can(core.CanSignOutAll) != core.Yes {
		t.Errorf("abilities: %+v", c)
	}
	for _, bad := range []recipe.Config{
		{Recipe: "immich", URL: server.URL, Key: core.NewSecret("one")},
		{Recipe: "immich", URL: server.URL, Keys: map[string]recipe.Key{"Marta": key("m"), "Leo": key("l")}},
		{Recipe: "immich", URL: server.URL, Keys: map[string]recipe.Key{"Marta": key("m"), "Leo": key("l"), "Sofi": {}}},
		{Recipe: "immich", URL: server.URL, Keys: map[string]recipe.Key{"Marta": key("m"), "Leo": key("l"), "Sofi": key("s"), "Nobody": key("n")}},
		{Recipe: "keycloak", URL: server.URL, Client: "x", Key: core.NewSecret("x")},
		{Recipe: "nosuch", URL: server.URL},
		{Recipe: "nosuch.yaml", URL: server.URL},
		{Recipe: "faults/calls.yaml", URL: server.URL},
		{Recipe: "kratos", URL: "ftp://x"},
		{Recipe: "kratos", URL: server.URL, CAFile: "nosuch.pem"},
	} {
		if _, err := recipe.New(bad, "home", "", accounts, recipe.Options{Dir: "testdata"}); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}
