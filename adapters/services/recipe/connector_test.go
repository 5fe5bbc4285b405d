package recipe_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"latchstring/adapters/services/recipe"
	"latchstring/adapters/strictyaml"
	"latchstring/core"
)

// twin is a strict service: what is not in the table of its answers is a fault of the test.
type twin struct {
	*httptest.Server
	t       *testing.T
	answers map[string]string // by method and target; "404" and the like is a status

	mu    sync.Mutex
	asked []string
}

func newTwin(t *testing.T, answers map[string]string) *twin {
	w := &twin{t: t, answers: answers}
	w.Server = httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(w.Close)
	return w
}

func (w *twin) serve(rw http.ResponseWriter, r *http.Request) {
	call := r.Method + " " + r.URL.RequestURI()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, call)
	answer, ok := w.answers[call]
	if r.Header.Get("X-Key") != canary {
		w.t.Errorf("%s without the key", call)
	}
	if !ok {
		w.t.Errorf("the service was asked %s", call)
	}
	rw.Header().Set("X-Token", canary)
	if status, err := strconv.Atoi(answer); err == nil && len(answer) == 3 {
		rw.WriteHeader(status)
		return
	}
	io.WriteString(rw, answer)
}

const cloudUsers = `{"users":[{"id":1,"name":"marta"},{"id":2,"name":"Leo"},{"id":3,"name":"sofi"}]}`

func cloud(t *testing.T, answers map[string]string) (*twin, core.Connector) {
	t.Helper()
	answers["GET /users"] = cloudUsers
	w := newTwin(t, answers)
	c, log := connect(t, recipe.Config{Recipe: "cloud.yaml", URL: w.URL, Key: core.NewSecret(canary), Timeout: time.Second},
		core.Account{Member: "marta", Login: "marta"}, core.Account{Member: "leo", Login: "leo"})
	t.Cleanup(func() {
		if strings.Contains(log.String(), canary) {
			t.Error("a secret is in the log")
		}
	})
	return w, c
}

const cloudSessions = `{"sessions":[
	{"id":"tv/1","name":" Living\u202e room\nTV ","app":"Cloud TV","ip":"203.0.113.7","used":"2026-11-23T06:45:26Z","made":"2026-11-01T00:00:00Z","user":1,"token":"` + canary + `y","playing":"Dark"},
	{"id":"tv/1","name":"Living room TV","ip":"203.0.113.8","used":null,"user":2,"token":"` + canary + `x","generation":"g2"},
	{"id":"x","login":"guest","user":9,"current":false},
	{"id":"me","name":"latchstring","current":true,"user":1},
	{"id":"key","name":"by key","token":"` + canary + `","user":1},
	{"id":"nas","name":"NAS","provides":["player","server"],"user":1}
]}`

func TestEverybodysList(t *testing.T) {
	_, c := cloud(t, map[string]string{"GET /sessions": cloudSessions})
	got := devices(t, c)
	want := []core.Device{
		{Service: "home", ID: "tv/1", Name: "Living room TV", App: "Cloud TV", Generation: "g2", Sessions: []core.Session{
			{
				Member: "marta", Login: "marta", Address: netip.MustParseAddr("203.0.113.7"), Playing: "Dark",
				LastUsed: time.Date(2026, 11, 23, 6, 45, 26, 0, time.UTC), Since: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
			},
			{Member: "leo", Login: "leo", Address: netip.MustParseAddr("203.0.113.8")},
		}},
		{Service: "home", ID: "x", Name: got[1].Name, Sessions: []core.Session{{Login: "guest"}}},
		{Service: "home", ID: "me", Name: "latchstring", Own: true, Sessions: []core.Session{{Member: "marta", Login: "marta"}}},
		{Service: "home", ID: "key", Name: "by key", Own: true, Sessions: []core.Session{{Member: "marta", Login: "marta"}}},
		{Service: "home", ID: "nas", Name: "NAS", Own: true, Sessions: []core.Session{{Member: "marta", Login: "marta"}}},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(netip.Addr{})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(got, devices(t, c), cmpopts.EquateComparable(netip.Addr{})); diff != "" {
		t.Error("the second list differs:", diff)
	}
	if strings.Contains(fmt.Sprintf("%#v", got), canary) {
		t.Error("a token is in a device")
	}
}

func TestSignOut(t *testing.T) {
	w, c := cloud(t, map[string]string{"GET /sessions": cloudSessions, "DELETE /sessions/tv%2F1": "204"})
	ref := named(t, devices(t, c), "Living room TV").Ref()
	r, err := c.SignOut.SignOut(t.Context(), ref)
	if err != nil || r != (core.Receipt{Within: 5 * time.Minute}) {
		t.Errorf("%+v, %v", r, err)
	}
	w.answers["DELETE /sessions/tv%2F1"] = "404"
	if r, err = c.SignOut.SignOut(t.Context(), ref); err != nil || r != (core.Receipt{Gone: true}) {
		t.Errorf("gone already: %+v, %v", r, err)
	}
	for answer, want := range map[string]core.Kind{
		`{"error":{"code":"LOCKED"}}`: core.Busy, `not possible ` + canary: core.Cannot, "wrong licence": core.BadKey,
		"401": core.BadKey, "400": core.Cannot, "500": core.Unreachable, "302": core.Garbled, "<!doctype html>": core.Garbled,
	} {
		w.answers["DELETE /sessions/tv%2F1"] = answer
		_, err := c.SignOut.SignOut(t.Context(), ref)
		if e, ok := errors.AsType[*core.Error](err); !ok || e.Kind != want || e.Unsent || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", answer, err)
		}
		if want == core.Cannot && answer != "400" && core.TextOf(err).String() != "Cloud keeps this one." {
			t.Errorf("%s: %s", answer, core.TextOf(err))
		}
	}
}

// Nothing is sent for what is not on the list, was never to be touched, or has signed in anew since.
func TestSignOutOfNothing(t *testing.T) {
	w, c := cloud(t, map[string]string{"GET /sessions": cloudSessions})
	for _, ref := range []core.DeviceRef{
		{Service: "home", ID: "unknown"},
		{Service: "other", ID: "x"},
		{Service: "home", ID: ""},
		{Service: "home", ID: ".."},
		{Service: "home", ID: "tv/1", Generation: "g1"},
	} {
		if r, err := c.SignOut.SignOut(t.Context(), ref); err != nil || !r.Gone {
			t.Errorf("%+v: %+v, %v", ref, r, err)
		}
	}
	for _, id := range []core.DeviceID{"me", "key", "nas"} {
		_, err := c.SignOut.SignOut(t.Context(), core.DeviceRef{Service: "home", ID: id})
		if e, ok := errors.AsType[*core.Error](err); !ok || e.Kind != core.Forbidden || !e.Unsent {
			t.Errorf("%s: %v", id, err)
		}
	}
	if _, err := c.SignOutAll.SignOutAll(t.Context(), c.Accounts[0]); core.KindOf(err) != core.Forbidden {
		t.Errorf("all of an account that has our own session: %v", err)
	}
	w.answers["GET /sessions"] = "503"
	_, err := c.SignOut.SignOut(t.Context(), core.DeviceRef{Service: "home", ID: "unknown"})
	if e, ok := errors.AsType[*core.Error](err); !ok || e.Kind != core.Busy || !e.Unsent {
		t.Errorf("a list that can not be read: %v", err)
	}
}

func TestSignOutAll(t *testing.T) {
	w, c := cloud(t, map[string]string{"GET /sessions": `{"sessions":[]}`, "POST /users/2/sign-out": "204"})
	leo := c.Accounts[1]
	if r, err := c.SignOutAll.SignOutAll(t.Context(), leo); err != nil || r != (core.Receipt{}) {
		t.Errorf("%+v, %v", r, err)
	}
	_, err := c.SignOutAll.SignOutAll(t.Context(), core.Account{Service: "home", Member: "leo", Login: "sofi"})
	if core.KindOf(err) != core.Missing {
		t.Errorf("an account that is not in the config: %v", err)
	}
	w.answers["POST /users/2/sign-out"] = "500"
	if _, err := c.SignOutAll.SignOutAll(t.Context(), leo); core.KindOf(err) != core.Unreachable {
		t.Error(err)
	}
}

func TestReset(t *testing.T) {
	w, c := cloud(t, map[string]string{"POST /reset": `{"link":"https://cloud.example/r?t=` + canary + `"}`})
	r, err := c.Reset.StartReset(t.Context(), c.Accounts[1])
	if err != nil || !strings.Contains(r.Secret.Reveal(), canary) || r.Way != core.ResetLink || time.Until(r.Until) < 14*time.Minute {
		t.Errorf("%+v, %v", r, err)
	}
	if strings.Contains(fmt.Sprintf("%+v %#v", r, r), canary) {
		t.Error("the link prints itself")
	}
	for _, answer := range []string{`{}`, `{"link":null}`, `{"link":""}`, `{"link":7}`, "[]", "", "200"} {
		w.answers["POST /reset"] = answer
		if _, err := c.Reset.StartReset(t.Context(), c.Accounts[1]); core.KindOf(err) != core.Garbled {
			t.Errorf("%q: %v", answer, err)
		}
	}
}

// Nothing but a list that is there and empty is an empty list.
func TestHostileLists(t *testing.T) {
	w, c := cloud(t, map[string]string{})
	w.answers["GET /sessions"] = `{"sessions":[]}`
	if list := devices(t, c); list == nil || len(list) != 0 {
		t.Errorf("an empty list is %v", list)
	}
	row := func(s string) string { return `{"sessions":[{"id":"a"},{` + s + `}]}` }
	for _, answer := range []string{
		"", "null", "[]", "{}", `"x"`, "0", `{"sessions":null}`, `{"sessions":{}}`, `{"sessions":""}`, `{"Sessions":[]}`, `{"sessions":[]`, `{"sessions":[]}x`,
		`{"sessions":[null]}`, `{"sessions":[[]]}`, `{"sessions":["a"]}`, "<html>", "200", "<p>sign in</p>",
		row(``), row(`"id":null`), row(`"id":""`), row(`"id":{}`), row(`"id":true`), row(`"id":1.5`), row(`"id":"` + strings.Repeat("a", 1025) + `"`),
		row(`"id":"b","name":7`), row(`"id":"b","name":["x"]`), row(`"id":"b","used":7`), row(`"id":"b","used":"soon"`), row(`"id":"b","ip":{}`),
		row(`"id":"b","current":"yes"`), row(`"id":"b","current":1`), row(`"id":"b","token":{}`), row(`"id":"b","provides":{"server":true}`), row(`"id":"b","user":{}`),
		`{"sessions":` + strings.Repeat("[", 100_000), `{"sessions":[{"id":"a","x":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}]}`,
		`{"sessions":[` + strings.Repeat(`{"id":"a"},`, 5001) + `{"id":"a"}]}`, "{\"sessions\":[{\"id\":\"\xff\"}]}",
	} {
		w.answers["GET /sessions"] = answer
		list, err := c.Devices.Devices(t.Context())
		if core.KindOf(err) != core.Garbled || list != nil {
			t.Errorf("%.60q: %v, %v", answer, list, err)
		}
	}
	for answer, kind := range map[string]core.Kind{"401": core.BadKey, "404": core.Garbled, "500": core.Unreachable, "503": core.Busy, "302": core.Garbled} {
		w.answers["GET /sessions"] = answer
		if list, err := c.Devices.Devices(t.Context()); core.KindOf(err) != kind || list != nil {
			t.Errorf("%s: %v, %v", answer, list, err)
		}
	}
}

// A list of one account that holds a row of somebody else proves that the service did not look at whom we asked for.
func TestRowOfSomebodyElse(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/v3/core/users/") {
			fmt.Fprintf(w, `{"results":[{"pk":1,"username":"marta"},{"pk":2,"username":"leo"}]}`)
			return
		}
		io.WriteString(w, `{"pagination":{"next":0,"count":2},"results":[{"uuid":"a","user":1},{"uuid":"b","user":2}]}`)
	}))
	defer server.Close()
	c, _ := connect(t, recipe.Config{Recipe: "authentik", URL: server.URL, Key: core.NewSecret(canary)}, core.Account{Member: "marta", Login: "marta"})
	if list, err := c.Devices.Devices(t.Context()); core.KindOf(err) != core.Garbled || list != nil {
		t.Errorf("%v, %v", list, err)
	}
}

func TestConfig(t *testing.T) {
	for text, want := range map[string][]string{
		"recipe: kratos\nurl: http://127.0.0.1:4434\n":                                      nil,
		"recipe: mine.yaml\nurl: http://127.0.0.1:4434\n":                                   nil,
		"recipe: krato\nurl: http://me:" + canary + "@host\n":                               {`c.yaml:1: recipe: is not one of authentik, gotify, immich, keycloak, kratos, nor a file that ends in .yaml; did you mean "kratos"?`, "c.yaml:2: url: should not hold a user or a password; they have settings of their own"},
		"recipe: gotify\nurl: http://nas\ntimeout: 2m\n":                                    {"c.yaml:1: key: is missing; the recipe's auth is header", "c.yaml:3: timeout: should be between 1s and 1m"},
		"recipe: kratos\nurl: http://nas\nkey: abcdef\n":                                    {"c.yaml:3: key: is not used; the recipe's auth is none"},
		"recipe: keycloak\nurl: http://nas\nkey: abcdef\n":                                  {"c.yaml:1: client: is missing; the recipe's auth is client_credentials", "c.yaml:1: with: should have realm: the realm that the household signs in to"},
		"recipe: authentik\nurl: http://nas\nkey: a1\nkeys: {Leo: {key: b2}}\n":             {"c.yaml:4: keys: is not needed: one key sees everybody's devices"},
		"recipe: kratos\nurl: http://nas\nwith: {realm: a}\ninsecure: true\nca_file: a.pem": {"c.yaml:3: with: has realm, which the recipe does not know", "c.yaml:4: insecure: takes any certificate, so ca_file would not be used; keep one of them"},
	} {
		var cfg recipe.Config
		faults := strictyaml.Decode("c.yaml", []byte(text), &cfg)
		var got []string
		for _, f := range faults {
			got = append(got, f.String())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}
