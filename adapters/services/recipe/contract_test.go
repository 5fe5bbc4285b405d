package recipe_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"latchstring/adapters/services/recipe"
	"latchstring/core"
)

// description is a service's official API description (OpenAPI 3).
type description struct {
	t     *testing.T
	all   map[string]any
	nulls bool // whatever may be null is null in the answers
}

// describe reads a description from the shared material, which is not a part of this project.
func describe(t *testing.T, name string) *description {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(shared(t), "specs", name))
	if err != nil {
		t.Skipf("the description is not there: %v", err)
	}
	d := &description{t: t}
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

type object = map[string]any

// resolve follows references.
func (d *description) resolve(v any) object {
	o, _ := v.(object)
	for {
		ref, ok := o["$ref"].(string)
		if !ok {
			return o
		}
		var at any = d.all
		for step := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
			at = at.(object)[step]
		}
		o = at.(object)
	}
}

// examples are values that a schema does not tell: what belongs together, and times that are described as plain texts.
var examples = object{
	"username": "marta", "next": 0, "previous": 0, "createdAt": "2026-11-01T00:00:00.000Z", "updatedAt": "2026-11-02T00:00:00.000Z",
	"start": 1795416326000, "lastAccess": 1795416326000, "ipAddress": "203.0.113.7", "last_ip": "203.0.113.7", "current": false,
	"last_user_agent": "LivingRoomTV/1.0", "link": "https://sso.example/recovery?token=" + canary,
}

// example makes a value that a schema allows.
func (d *description) example(v any, depth int) any {
	s := d.resolve(v)
	if s["nullable"] == true && d.nulls || depth > 8 {
		return nil
	}
	if enum, ok := s["enum"].([]any); ok {
		return enum[0]
	}
	if all, ok := s["allOf"].([]any); ok {
		return d.example(all[0], depth)
	}
	switch s["type"] {
	case "array":
		return []any{d.example(s["items"], depth+1)}
	case "object":
		made := object{}
		properties, _ := s["properties"].(object)
		for name, p := range properties {
			if made[name] = examples[name]; made[name] == nil {
				made[name] = d.example(p, depth+1)
			}
		}
		if more, ok := s["additionalProperties"]; ok && len(properties) == 0 {
			made["a"] = d.example(more, depth+1)
		}
		return made
	case "integer", "number":
		return 1
	case "boolean":
		return true
	}
	switch s["format"] {
	case "uuid":
		return "11111111-1111-4111-8111-111111111111"
	case "date-time":
		return "2026-11-23T06:45:26Z"
	}
	return "x"
}

// fits tells why a value is not what a schema allows; "" if it is.
func (d *description) fits(v, schema any) string {
	s := d.resolve(schema)
	text := fmt.Sprint(v)
	if pattern, ok := s["pattern"].(string); ok && !regexp.MustCompile(pattern).MatchString(text) {
		return text + " does not match " + pattern
	}
	switch s["type"] {
	case "integer":
		if _, err := strconv.Atoi(text); err != nil {
			return text + " is no integer"
		}
	case "object":
		o, ok := v.(object)
		if !ok {
			return text + " is no object"
		}
		properties, _ := s["properties"].(object)
		required, _ := s["required"].([]any)
		for _, name := range required {
			if _, ok := o[name.(string)]; !ok {
				return fmt.Sprint(name, " is missing")
			}
		}
		for name, value := range o {
			if _, known := properties[name]; !known {
				return name + " is not known"
			}
			if fault := d.fits(value, properties[name]); fault != "" {
				return name + ": " + fault
			}
		}
	}
	return ""
}

// operation finds what is described for a request; values are those of the path's places.
func (d *description) operation(r *http.Request, prefix string) (op object, values map[string]string) {
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), prefix)
	if !ok {
		return nil, nil
	}
	steps := strings.Split(path, "/")
	for template, item := range d.all["paths"].(object) {
		parts := strings.Split(template, "/")
		if len(parts) != len(steps) {
			continue
		}
		place, exact := map[string]string{}, true
		for i, part := range parts {
			if strings.HasPrefix(part, "{") {
				place[strings.Trim(part, "{}")] = steps[i]
			} else if part != steps[i] {
				exact = false
			}
		}
		found, ok := item.(object)[strings.ToLower(r.Method)].(object)
		if exact && ok && (op == nil || len(place) < len(values)) { // a path without places goes before one with
			op, values = object{"of": found, "shared": item.(object)["parameters"]}, place
		}
	}
	return op, values
}

// check tells what a request has that the description does not allow.
func (d *description) check(r *http.Request, op object, values map[string]string) {
	of := op["of"].(object)
	own, _ := of["parameters"].([]any)
	common, _ := op["shared"].([]any)
	query := r.URL.Query()
	for _, p := range slices.Concat(own, common) {
		p := d.resolve(p)
		name := p["name"].(string)
		value, given := values[name], true
		if p["in"] == "query" {
			value, given = query.Get(name), query.Has(name)
			query.Del(name)
			if schema := d.resolve(p["schema"]); schema["type"] == "array" {
				p["schema"] = schema["items"]
			}
		}
		if !given && p["required"] == true {
			d.t.Errorf("%s %s: %s is missing", r.Method, r.URL.Path, name)
		}
		if fault := d.fits(value, p["schema"]); given && fault != "" {
			d.t.Errorf("%s %s: %s: %s", r.Method, r.URL.Path, name, fault)
		}
	}
	if len(query) > 0 {
		d.t.Errorf("%s %s: not described: %v", r.Method, r.URL.Path, query)
	}
	text, _ := io.ReadAll(r.Body)
	body := d.resolve(of["requestBody"])
	if body == nil {
		if len(text) > 0 {
			d.t.Errorf("%s %s takes no body", r.Method, r.URL.Path)
		}
		return
	}
	var sent any
	if err := json.Unmarshal(text, &sent); err != nil {
		d.t.Errorf("%s %s: body: %v", r.Method, r.URL.Path, err)
		return
	}
	content := body["content"].(object)["application/json"].(object)
	if fault := d.fits(sent, content["schema"]); fault != "" {
		d.t.Errorf("%s %s: body: %s", r.Method, r.URL.Path, fault)
	}
}

// serve answers requests by the description, which begins at a prefix.
func (d *description) serve(prefix string) *httptest.Server {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/openid-connect/token") {
			io.WriteString(w, `{"access_token":"`+canary+`"}`) // not a part of the admin API's description
			return
		}
		op, values := d.operation(r, prefix)
		if op == nil {
			d.t.Errorf("%s %s is not described", r.Method, r.URL.Path)
			w.WriteHeader(http.StatusNotFound)
			return
		}
		d.check(r, op, values)
		for status, answer := range op["of"].(object)["responses"].(object) {
			code, err := strconv.Atoi(status)
			if err != nil || code >= 300 {
				continue
			}
			w.WriteHeader(code)
			if content, ok := d.resolve(answer)["content"].(object); ok {
				_ = json.NewEncoder(w).Encode(d.example(content["application/json"].(object)["schema"], 0))
			}
		}
	}))
	d.t.Cleanup(server.Close)
	return server
}

func TestContracts(t *testing.T) {
	marta := core.Account{Service: "home", Member: "marta", Login: "marta"}
	for name, row := range map[string]struct {
		file, prefix string
		cfg          recipe.Config
		device       string
	}{
		"keycloak": {"keycloak-23.0.7.slice.json", "/admin/realms", recipe.Config{
			Client: "house-bot", Key: core.NewSecret(canary), With: map[string]string{"realm": "home"},
		}, "x"},
		"authentik": {"authentik-2026.11.0-rc1.slice.json", "/api/v3", recipe.Config{Key: core.NewSecret(canary)}, "LivingRoomTV"},
		"immich":    {"immich-3.0.3.slice.json", "/api", recipe.Config{Key: core.NewSecret(canary)}, "x"},
	} {
		for _, nulls := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/nulls=%v", name, nulls), func(t *testing.T) {
				d := describe(t, row.file)
				d.nulls = nulls
				row.cfg.Recipe, row.cfg.URL = name, d.serve(row.prefix).URL
				c, _ := connect(t, row.cfg, marta)
				list := devices(t, c)
				if len(list) != 1 || list[0].Name != row.device || !list[0].On("marta") || list[0].Latest().LastUsed.IsZero() {
					t.Fatalf("%+v", list)
				}
				if at := list[0].Latest().Address; c.Tells.Address != at.IsValid() {
					t.Errorf("address %v", at)
				}
				if _, _, err := c.Prober.Probe(t.Context()); err != nil {
					t.Error(err)
				}
				if r, err := c.SignOut.SignOut(t.Context(), list[0].Ref()); err != nil || r.Gone {
					t.Errorf("%+v, %v", r, err)
				}
				if r, err := c.SignOutAll.SignOutAll(t.Context(), marta); err != nil || r.Gone {
					t.Errorf("%+v, %v", r, err)
				}
				if c.Reset == nil {
					return
				}
				r, err := c.Reset.StartReset(t.Context(), marta)
				if err != nil || r.Way != c.Reset.Plan().Way || r.Way.Private() == r.Secret.Empty() || time.Until(r.Until) < time.Minute {
					t.Errorf("%+v, %v", r, err)
				}
			})
		}
	}
}
