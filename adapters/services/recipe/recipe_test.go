package recipe

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"latchstring/adapters/strictyaml"
	"latchstring/adapters/strictyaml/faulttest"
	"latchstring/core"
)

func TestShippedRecipesAreSound(t *testing.T) {
	want := []string{"authentik", "gotify", "immich", "keycloak", "kratos"}
	if diff := cmp.Diff(want, Shipped()); diff != "" {
		t.Error(diff)
	}
	for _, name := range Shipped() {
		r, err := load(name, "")
		if err != nil {
			t.Error(err)
			continue
		}
		for _, a := range core.Abilities() { // whoever reads "no" in a shipped recipe's abilities is told why
			_, why := r.Why[keyOf(a)]
			if _, byHand := r.ByHand[keyOf(a)]; !r.can(a) && !byHand && !why && a != core.CanSignIns && a != core.CanStreams && a != core.CanTV {
				t.Errorf("%s does not tell why %s can not be done", name, a)
			}
		}
	}
}

func TestFaults(t *testing.T) {
	faulttest.Run(t, func(_ string, text []byte) error {
		_, err := parse("r.yaml", text)
		return err
	})
}

// The documented example names every key that there is.
func TestExampleShowsEveryKey(t *testing.T) {
	text, err := files.ReadFile("recipes/kratos.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keysOf(t) {
		if !strings.Contains(string(text), key+":") {
			t.Errorf("kratos.yaml does not show %q", key)
		}
	}
}

func TestPaths(t *testing.T) {
	const answer = `{"id":7,"name":"TV","deep":[{"ip":"203.0.113.7"}],"none":null,"float":1.5,"ok":true,
		"clients":{"x":"b","y":"a"},"odd.key":"no","long":"` + "\\u0041" + `","empty":""}`
	row := gjson.Parse(answer)
	at := func(text string) path {
		var p path
		if err := p.UnmarshalText([]byte(text)); err != nil {
			t.Fatal(err)
		}
		return p
	}
	for text, want := range map[string]string{
		"name": "TV", "deep.0.ip": "203.0.113.7", "deep.1.ip": "", "none": "", "nothing": "", "clients.*": "a, b", "long": "A", "empty": "",
		"id": "!", "ok": "!", "deep": "!", "clients": "!", "name.*": "!", "@this": "", "name|x": "", "#": "", "deep.#": "",
	} {
		got, err := at(text).textIn(row)
		if err != nil {
			got = "!"
		}
		if got != want {
			t.Errorf("%s: %q (%v), want %q", text, got, err, want)
		}
	}
	for text, want := range map[string]string{"id": "7", "name": "TV", "float": "!", "ok": "!", "none": "", "clients": "!"} {
		got, err := at(text).idIn(row)
		if err != nil {
			got = "!"
		}
		if got != want {
			t.Errorf("%s: id %q (%v), want %q", text, got, err, want)
		}
	}
	for _, bad := range []string{"", ".", "a.", ".a", "a..b", "*", "*.a", "a.*.b", "a*"} {
		if err := new(path).UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q is taken for a path", bad)
		}
	}
}

func TestTimes(t *testing.T) {
	want := time.Date(2026, 11, 23, 6, 45, 26, 0, time.UTC)
	for _, row := range []struct {
		clock clock
		json  string
		want  any // a time, or nil for a fault
	}{
		{iso, `"2026-11-23T06:45:26Z"`, want},
		{iso, `"2026-11-23T07:45:26.000+01:00"`, want},
		{iso, `"2026-11-23T06:45:26"`, want},
		{iso, `null`, time.Time{}},
		{iso, `""`, time.Time{}},
		{iso, `"0001-01-01T00:00:00Z"`, time.Time{}},
		{iso, `"1970-01-01T00:00:00Z"`, time.Time{}},
		{iso, `1795416326`, nil},
		{iso, `"yesterday"`, nil},
		{iso, `{}`, nil},
		{unixSeconds, `1795416326`, want},
		{unixSeconds, `0`, time.Time{}},
		{unixSeconds, `-1`, nil},
		{unixSeconds, `1795416326000`, nil},
		{unixSeconds, `"1795416326"`, nil},
		{unixSeconds, `1e300`, nil},
		{unixSeconds, `true`, nil},
		{unixMillis, `1795416326000`, want},
		{unixMillis, `0`, time.Time{}},
		{unixMillis, `1e18`, nil},
	} {
		var at path
		if err := at.UnmarshalText([]byte("t")); err != nil {
			t.Fatal(err)
		}
		got, err := row.clock.timeIn(at, gjson.Parse(`{"t":`+row.json+`}`))
		if w, ok := row.want.(time.Time); ok != (err == nil) || ok && !got.Equal(w) {
			t.Errorf("%s %s: %v, %v", row.clock, row.json, got, err)
		}
	}
}

func TestAddresses(t *testing.T) {
	var at path
	if err := at.UnmarshalText([]byte("a")); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"203.0.113.7": "203.0.113.7", " 203.0.113.7:8080 ": "203.0.113.7", "[2001:db8::1]:443": "2001:db8::1", "::ffff:203.0.113.7": "203.0.113.7",
		"fe80::1%eth0": "fe80::1", "": "invalid IP", "unknown": "invalid IP", "<script>": "invalid IP",
	} {
		a, err := at.addressIn(gjson.Parse(fmt.Sprintf(`{"a":%q}`, text)))
		if err != nil || a.String() != want {
			t.Errorf("%q: %v, %v", text, a, err)
		}
	}
	if a, err := at.addressIn(gjson.Parse(`{"a":1}`)); err == nil || a != (netip.Addr{}) {
		t.Errorf("a number is taken for an address: %v", a)
	}
}

func TestNames(t *testing.T) {
	const webkit = "AppleWebKit/537.36 (KHTML, like Gecko) "
	for agent, want := range map[string][2]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) " + webkit + "Chrome/120.0.0.0 Safari/537.36":         {"Chrome on Windows", "Chrome"},
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) " + webkit + "Version/17.0 Safari/604.1": {"Safari on iPhone", "Safari"},
		"LivingRoomTV/1.0": {"LivingRoomTV", ""}, "Tablet/3": {"Tablet", ""}, "Findroid (evil \n\u202e)": {"Findroid (evil )", ""},
	} {
		name, app := agentName(agent)
		if got := [2]string{name, app}; got != want {
			t.Errorf("%q: %q, want %q", agent, got, want)
		}
	}
	l := list{}
	for _, row := range []struct{ name, system, app, agent, want string }{
		{"TV", "", "App", "Tablet/3", "TV"},
		{"Chrome", "Windows", "", "", "Chrome on Windows"},
		{"iOS phone", "ios", "", "", "iOS phone"},
		{"", "Windows", "", "Tablet/3", "Tablet"},
		{"", "", "", "", nameless("secret-id")},
	} {
		d := core.Device{ID: "secret-id", Name: row.name, App: row.app}
		l.nameDevice(&d, row.system, row.agent)
		if d.Name != row.want {
			t.Errorf("%+v: %q", row, d.Name)
		}
	}
	if n := nameless("secret-id"); strings.Contains(n, "secret") || len(n) != len("Device 3f9a") {
		t.Errorf("a device without a name is called %q", n)
	}
}

func TestCalls(t *testing.T) {
	var c call
	if err := c.UnmarshalText([]byte("GET /a/{id}/b?user={login}&max=10")); err != nil {
		t.Fatal(err)
	}
	path, query, err := c.fill(map[string]string{"id": "../x?y=1#%2f\n", "login": "a&b=c"})
	if want := "/a/..%2Fx%3Fy=1%23%252f%0A/b?max=10&user=a%26b%3Dc"; err != nil || (question{path: path, query: query}).target() != want {
		t.Errorf("%s?%s, %v", path, query.Encode(), err)
	}
	for _, values := range []map[string]string{{"id": "", "login": "x"}, {"login": "x"}, {"id": ".", "login": "x"}, {"id": "..", "login": "x"}, {"id": "1"}} {
		if path, _, err := c.fill(values); err == nil {
			t.Errorf("%v: %s is no error", values, path)
		}
	}
	for _, bad := range []string{"", "GET", "/a", "get /a", "FETCH /a", "GET a", "GET //evil.example/a", "GET http://evil.example/", "GET /a#b", "GET /a b", "GET /a?b", "GET /a?{x}=1"} {
		if err := new(call).UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q is taken for a call", bad)
		}
	}
	var b body
	if err := b.UnmarshalText([]byte(`{"user":"{user}","n":[1]}`)); err != nil {
		t.Fatal(err)
	}
	if text, err := b.fill(map[string]string{"user": `","admin":"`}); err != nil || string(text) != `{"user":"\",\"admin\":\"","n":[1]}` {
		t.Errorf("%s, %v", text, err)
	}
}

// keysOf lists the keys that recipes know, as strictyaml tells them to whoever writes a wrong one.
func keysOf(t *testing.T) []string {
	t.Helper()
	var keys []string
	for _, section := range []string{"", "auth:\n", "probe:\n", "user:\n", "list:\n", "list:\n  paging:\n", "sign_out:\n", "reset:\n", "never_touch:\n  -\n", "answers:\n  -\n", "by_hand:\n  reset:\n", "variables:\n  realm:\n"} {
		indent := strings.Repeat("  ", strings.Count(section, "\n"))
		var r recipe
		for _, f := range strictyaml.Decode("r.yaml", []byte(section+indent+"zzzzzzzzzzzz: 1\n"), &r) {
			if _, known, ok := strings.Cut(f.Text, "known here: "); ok {
				keys = append(keys, strings.Split(known, ", ")...)
			}
		}
	}
	if len(keys) < 60 {
		t.Fatalf("only %d keys are found: %q", len(keys), keys)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func FuzzRead(f *testing.F) {
	r, err := load("kratos", "")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		"[]", "{}", "null", `[{"id":"a"}]`, `[{"id":1,"devices":[{"user_agent":"Chrome/1 (Windows","ip_address":"1.2.3.4"}],"issued_at":"2026-01-01T00:00:00Z"}]`,
		`[{"id":"a","id":2}]`, `[{"devices":{}}]`, `[[[`, `[{"id":"\u0000\ud800"}]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := r.readPage(body, 0, core.Secret{})
		if err != nil {
			return
		}
		if trimmed := strings.TrimSpace(string(body)); len(p.rows) == 0 && (trimmed[0] != '[' || strings.TrimSpace(trimmed[1:]) != "]") {
			t.Errorf("%q is an empty list", body)
		}
		for _, d := range join(p.rows) {
			if d.ID == "" || d.Name == "" || !utf8.ValidString(d.Name) || core.Clean(d.Name) != d.Name {
				t.Errorf("device %+v", d)
			}
		}
	})
}

func FuzzRecipe(f *testing.F) {
	for _, name := range Shipped() {
		text, err := files.ReadFile("recipes/" + name + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := parse("r.yaml", text)
		if err == nil && (!r.List.Call.is() || !r.List.ID.is() || r.SignOut.Call.is() && !slices.Contains(r.SignOut.Call.places(), "id") && !slices.Contains(r.SignOut.Body.places(), "id")) {
			t.Errorf("a recipe that lists nothing, or signs out at random, is sound:\n%s", text)
		}
	})
}

func parse(file string, text []byte) (*recipe, error) {
	r := &recipe{List: list{Times: iso}}
	return r, strictyaml.DecodeRecipe(file, text, r)
}
