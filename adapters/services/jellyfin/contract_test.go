package jellyfin_test

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"latchstring/adapters/services/jellyfin"
	"latchstring/adapters/services/jellyfin/jellyfinapi"
	"latchstring/core"
)

type object = map[string]any

// description is the official description of a version (OpenAPI 3), and a server that knows nothing else.
type description struct {
	t       *testing.T
	all     object
	version string
	nulls   bool // what may be null is null in the answers
	asked   map[string]bool
}

// describe reads a description from the shared material, which is not a part of this project.
func describe(t *testing.T, version string) *description {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(shared(t), "specs", "jellyfin-"+version+".slice.json"))
	if err != nil {
		t.Skipf("the description is not there: %v", err)
	}
	d := &description{t: t, version: version, asked: map[string]bool{}}
	if err := json.Unmarshal(text, &d.all); err != nil {
		t.Fatal(err)
	}
	return d
}

// shared is the folder of shared material: LATCHSTRING_SHARED, or "shared" beside the checkout.
func shared(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("LATCHSTRING_SHARED"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
	}
	dir = filepath.Join(filepath.Dir(dir), "shared")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no shared material beside the checkout, and LATCHSTRING_SHARED is not set")
	}
	return dir
}

// resolve follows references and the one schema of an allOf.
func (d *description) resolve(v any) object {
	o, _ := v.(object)
	for {
		ref, isRef := o["$ref"].(string)
		all, isAll := o["allOf"].([]any)
		switch {
		case isRef:
			var at any = d.all
			for step := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
				at = at.(object)[step]
			}
			o = at.(object)
		case isAll:
			o, _ = all[0].(object)
		default:
			return o
		}
	}
}

const martasID = "11111111111141118111111111111111"

// example makes a value that a schema allows; name is that of the property it is for.
func (d *description) example(v any, name string, depth int) any {
	known := object{
		"Version": d.version, "ProductName": "Jellyfin Server", "Name": "marta", "LastUserName": "marta", "UserName": "marta", "TotalRecordCount": 1,
		"StartIndex": 0, "Type": "AuthenticationSucceeded", "ShortOverview": "IP address: " + home, "RemoteEndPoint": home, "AccessToken": jellyfinapi.Canary,
		"SupportedCommands": []string{"DisplayMessage"}, "SeriesName": nil, "DeviceId": "x", "LastActivityDate": "2026-11-24T06:45:26.1234567Z",
	}
	if value, ok := known[name]; ok {
		return value
	}
	outer, _ := v.(object)
	s := d.resolve(v)
	if name == "Id" && s["format"] != "int64" && s["format"] != "uuid" {
		return "x"
	}
	if d.nulls && name != "Items" && name != "NowPlayingItem" && (s["nullable"] == true || outer["nullable"] == true) || depth > 5 {
		return nil
	}
	if enum, ok := s["enum"].([]any); ok {
		return enum[0]
	}
	switch s["type"] {
	case "array":
		return []any{d.example(s["items"], "", depth+1)}
	case "object":
		made := object{}
		properties, _ := s["properties"].(object)
		for name, p := range properties {
			made[name] = d.example(p, name, depth+1)
		}
		return made
	case "integer", "number":
		return 1
	case "boolean":
		return true
	}
	switch s["format"] {
	case "uuid":
		return martasID
	case "date-time":
		return "2026-11-24T06:45:26.1234567Z"
	}
	return "x"
}

// operation finds what is described for a request.
func (d *description) operation(r *http.Request) (path string, op object) {
	for template, item := range d.all["paths"].(object) {
		form := regexp.MustCompile("^" + regexp.MustCompile(`\\\{[^}]*\\\}`).ReplaceAllString(regexp.QuoteMeta(template), "[^/]+") + "$")
		found, ok := item.(object)[strings.ToLower(r.Method)].(object)
		if ok && form.MatchString(r.URL.EscapedPath()) && (op == nil || !strings.Contains(template, "{")) {
			path, op = template, found
		}
	}
	return path, op
}

// fits tells why a text is not what a parameter's schema allows; "" if it is.
func (d *description) fits(text string, schema any) string {
	s := d.resolve(schema)
	if s["type"] == "array" {
		s = d.resolve(s["items"])
	}
	form := map[any]string{"integer": `^[0-9]+$`, "boolean": `^(true|false)$`}[s["type"]]
	if s["format"] == "uuid" {
		form = `^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$`
	}
	if enum, ok := s["enum"].([]any); ok && !slices.Contains(enum, any(text)) {
		return "none of " + fmt.Sprint(enum)
	}
	if !regexp.MustCompile(form).MatchString(text) {
		return fmt.Sprintf("%q does not match %s", text, form)
	}
	return ""
}

// check tells what a request has that the description does not allow.
func (d *description) check(r *http.Request, path string, op object) {
	query := r.URL.Query()
	parameters, _ := op["parameters"].([]any)
	for _, p := range parameters {
		p := d.resolve(p)
		name := p["name"].(string)
		value, given := query.Get(name), query.Has(name)
		if p["in"] == "path" {
			steps := strings.Split(r.URL.EscapedPath(), "/")
			value, given = steps[slices.Index(strings.Split(path, "/"), "{"+name+"}")], true
		}
		query.Del(name)
		if fault := d.fits(value, p["schema"]); given && fault != "" || !given && p["required"] == true {
			d.t.Errorf("%s %s: %s: %s", r.Method, r.URL, name, fault)
		}
	}
	if len(query) > 0 {
		d.t.Errorf("%s %s: not described: %v", r.Method, path, query)
	}
	text, _ := io.ReadAll(r.Body)
	content, _ := d.resolve(op["requestBody"])["content"].(object)
	if content == nil || len(text) == 0 {
		if len(text) > 0 || content != nil {
			d.t.Errorf("%s %s: a body of %d bytes, and described is %v", r.Method, path, len(text), content != nil)
		}
		return
	}
	var sent object
	if err := json.Unmarshal(text, &sent); err != nil || r.Header.Get("Content-Type") != "application/json" {
		d.t.Errorf("%s %s: body: %v", r.Method, path, err)
	}
	schema := d.resolve(content["application/json"].(object)["schema"])
	for name := range sent {
		if _, known := schema["properties"].(object)[name]; !known {
			d.t.Errorf("%s %s: body: %s is not described", r.Method, path, name)
		}
	}
	required, _ := schema["required"].([]any)
	for _, name := range required {
		if _, there := sent[name.(string)]; !there {
			d.t.Errorf("%s %s: body: %s is missing", r.Method, path, name)
		}
	}
}

// ServeHTTP answers by the description.
func (d *description) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, op := d.operation(r)
	if op == nil {
		d.t.Errorf("%s %s is not described in %s", r.Method, r.URL.Path, d.version)
		w.WriteHeader(http.StatusNotFound)
		return
	}
	d.asked[r.Method+" "+path] = true
	d.check(r, path, op)
	if !strings.HasPrefix(r.Header.Get("Authorization"), `MediaBrowser Token="`) || r.Header.Get("X-Emby-Token") != "" {
		d.t.Errorf("%s %s: another header than all versions take", r.Method, path)
	}
	responses := op["responses"].(object)
	if _, ok := responses["204"]; ok {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	schema := d.resolve(responses["200"])["content"].(object)["application/json"].(object)["schema"]
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(d.example(schema, "", 0))
}

// TestContracts makes every call of the package against every description, and reads answers that are made of them.
func TestContracts(t *testing.T) {
	for _, version := range jellyfinapi.Versions {
		for _, nulls := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/nulls=%v", version, nulls), func(t *testing.T) {
				d := describe(t, version)
				d.nulls = nulls
				server := httptest.NewServer(d)
				defer server.Close()
				c, err := jellyfin.New(jellyfin.Config{URL: server.URL, Key: core.NewSecret("key")}, "films", "", []core.Account{marta},
					jellyfin.Options{Now: time.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler)})
				if err != nil {
					t.Fatal(err)
				}
				ask(t, c, d)
				calls := 11
				if strings.HasPrefix(version, "10.8") {
					calls = 9 // it lets no television in for others
				}
				if len(d.asked) != calls {
					t.Errorf("it made %d sorts of calls: %v", len(d.asked), d.asked)
				}
			})
		}
	}
}

// ask uses every port once.
func ask(t *testing.T, c core.Connector, d *description) {
	t.Helper()
	if v, _, err := c.Prober.Probe(t.Context()); err != nil || v != d.version {
		t.Errorf("version %q, %v", v, err)
	}
	list := devices(t, c)
	if len(list) != 1 || list[0].ID != "x" || !list[0].On("marta") || !d.nulls && list[0].Latest().LastUsed.IsZero() {
		t.Fatalf("%+v", list)
	}
	if !d.nulls && list[0].Latest().Address.String() != home {
		t.Errorf("address %v", list[0].Latest().Address)
	}
	told, _, err := c.SignIns.SignIns(t.Context(), "0 0 2026-01-01T00:00:00Z")
	if err != nil || len(told) != 1 || told[0].Account.Member != "marta" || told[0].Address.String() != home || told[0].Device.ID != "x" {
		t.Errorf("%+v, %v", told, err)
	}
	streams, err := c.Streams.Streams(t.Context())
	if err != nil || len(streams) != 1 {
		t.Fatalf("%+v, %v", streams, err)
	}
	if err := c.Stop.StopStream(t.Context(), streams[0], "Bedtime"); err != nil {
		t.Error(err)
	}
	if err := c.Screen.ShowMessage(t.Context(), streams[0], "Leo", "asks"); err != nil {
		t.Error(err)
	}
	if _, err := c.SignOut.SignOut(t.Context(), list[0].Ref()); err != nil {
		t.Error(err)
	}
	if r, err := c.Reset.StartReset(t.Context(), marta); err != nil || r.Secret.Empty() {
		t.Error(err)
	}
	if err := c.TV.Pair(t.Context(), marta, "123456"); (err == nil) == strings.HasPrefix(d.version, "10.8") {
		t.Error(err)
	}
}
