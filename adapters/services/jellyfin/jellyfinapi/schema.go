package jellyfinapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// schema is the official description of a version of Jellyfin: the paths that a connector can call and what they are made of.
// It says nothing of the websocket and of the bodies of errors. For Emby there is none.
type schema struct {
	Paths      map[string]map[string]operation
	Components struct{ Schemas map[string]shape }
}

type operation struct {
	Parameters  []parameter
	RequestBody *content
	Responses   map[string]content
}

type parameter struct {
	Name, In string
	Required bool
	Schema   shape
}

type content struct {
	Content map[string]struct{ Schema shape }
}

// shape is what a value may be.
type shape struct {
	Ref        string `json:"$ref"`
	AllOf      []shape
	Type       string
	Format     string
	Nullable   bool
	Enum       []any
	Items      *shape
	Properties map[string]shape
	Required   []string
	Closed     any `json:"additionalProperties"` // false: there are no other fields
}

// findSchema reads the description, which is kept outside the project. Without it calls are not checked against it.
func findSchema(tb testing.TB, v version) *schema {
	tb.Helper()
	if v.emby {
		return nil
	}
	name := "jellyfin-" + v.text + ".slice.json"
	for _, dir := range sharedFolders(tb) {
		text, err := os.ReadFile(filepath.Join(dir, "specs", name))
		if err != nil {
			continue
		}
		var s schema
		if err := json.Unmarshal(text, &s); err != nil {
			tb.Fatalf("jellyfin: %s: %v", name, err)
		}
		return &s
	}
	tb.Logf("jellyfin: calls are not checked against the official description: no specs/%s in a folder shared beside the checkout", name)
	return nil
}

// sharedFolders returns where the folder with the test material from outside may be.
func sharedFolders(tb testing.TB) []string {
	tb.Helper()
	if dir := os.Getenv("LATCHSTRING_SHARED"); dir != "" {
		return []string{dir}
	}
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	var found []string
	for parent := filepath.Dir(dir); parent != dir; dir, parent = parent, filepath.Dir(parent) {
		found = append(found, filepath.Join(parent, "shared"))
	}
	return found
}

// operation finds a call by its name.
func (s *schema) operation(name string) (operation, bool) {
	method, path, _ := strings.Cut(name, " ")
	op, described := s.Paths[path][strings.ToLower(method)]
	return op, described
}

// check returns what is wrong with a call.
func (s *schema) check(c *call) []string {
	if s == nil || c.socket || c.route.hidden {
		return nil
	}
	op, described := s.operation(c.route.name)
	if !described {
		return []string{"the official description has no such call"}
	}
	wrong := s.checkQuery(op, c)
	for _, p := range op.Parameters {
		if p.In == "path" {
			if fault := s.checkText(c.holes[p.Name], p.Schema); fault != "" {
				wrong = append(wrong, p.Name+" in the path: "+fault)
			}
		}
	}
	switch {
	case op.RequestBody == nil && len(c.body) > 0:
		wrong = append(wrong, "a body where none is described")
	case op.RequestBody != nil:
		if fault := s.checkJSON(c.body, op.RequestBody.Content["application/json"].Schema); fault != "" {
			wrong = append(wrong, "body: "+fault)
		}
	}
	return wrong
}

func (s *schema) checkQuery(op operation, c *call) []string {
	var wrong []string
	for _, name := range slices.Sorted(maps.Keys(c.query)) {
		i := slices.IndexFunc(op.Parameters, func(p parameter) bool { return p.In == "query" && p.Name == name })
		switch {
		case slices.Contains(keyParams, name):
		case i < 0:
			wrong = append(wrong, "the official description has no parameter "+name)
		default:
			if fault := s.checkText(c.query.Get(name), op.Parameters[i].Schema); fault != "" {
				wrong = append(wrong, "parameter "+name+": "+fault)
			}
		}
	}
	return wrong
}

// checkAnswer says what keeps an answer from being one that the description has; empty: nothing.
func (s *schema) checkAnswer(name string, status int, body []byte) string {
	op, described := s.operation(name)
	if !described {
		return "no such call"
	}
	response, described := op.Responses[strconv.Itoa(status)]
	switch form, typed := response.Content["application/json"]; {
	case !described:
		return fmt.Sprintf("the status %d is not described", status)
	case typed && status == http.StatusOK:
		return s.checkJSON(body, form.Schema)
	case !typed && status < http.StatusBadRequest && len(body) > 0 && len(response.Content) == 0:
		return "a body where none is described"
	}
	return ""
}

func (s *schema) checkJSON(body []byte, of shape) string {
	decoder := json.NewDecoder(strings.NewReader(string(body)))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return err.Error()
	}
	return s.checkValue(value, of)
}

// checkText checks a value that came as a text.
func (s *schema) checkText(text string, of shape) string {
	of = s.resolve(of)
	switch of.Type {
	case "integer", "number":
		return s.checkValue(json.Number(text), of)
	case "boolean":
		return s.checkValue(map[string]any{"true": true, "false": false}[text], of)
	case "array": // of texts, one of which came
		return s.checkText(text, *of.Items)
	}
	return s.checkValue(text, of)
}

// resolve follows a reference to where it leads.
func (s *schema) resolve(of shape) shape {
	nullable := of.Nullable
	for of.Ref != "" || of.Type == "" && len(of.AllOf) == 1 {
		if of.Ref != "" {
			of = s.Components.Schemas[of.Ref[strings.LastIndex(of.Ref, "/")+1:]]
		} else {
			of = of.AllOf[0]
		}
		nullable = nullable || of.Nullable
	}
	of.Nullable = nullable
	return of
}

// checkValue says what keeps a value from having a shape; empty: nothing.
func (s *schema) checkValue(value any, of shape) string {
	of = s.resolve(of)
	if value == nil && of.Nullable {
		return ""
	}
	if len(of.Enum) > 0 && !slices.Contains(of.Enum, value) {
		return fmt.Sprintf("%.80v is none of %v", value, of.Enum)
	}
	ok := true
	switch of.Type {
	case "string":
		var text string
		text, ok = value.(string)
		ok = ok && hasFormat(text, of.Format)
	case "boolean":
		_, ok = value.(bool)
	case "integer":
		var n json.Number
		n, ok = value.(json.Number)
		bits := 64
		if of.Format == "int32" {
			bits = 32
		}
		if _, err := strconv.ParseInt(string(n), 10, bits); err != nil {
			ok = false
		}
	case "number":
		_, ok = value.(json.Number)
	case "array":
		var elements []any
		elements, ok = value.([]any)
		for i, element := range elements {
			if fault := s.checkValue(element, *of.Items); fault != "" {
				return fmt.Sprintf("[%d] %s", i, fault)
			}
		}
	case "object":
		return s.checkObject(value, of)
	}
	if !ok {
		return fmt.Sprintf("%.80v is no %s %s", value, of.Type, of.Format)
	}
	return ""
}

func (s *schema) checkObject(value any, of shape) string {
	object, ok := value.(map[string]any)
	if !ok {
		return fmt.Sprintf("%.80v is no object", value)
	}
	for _, name := range of.Required {
		if _, there := object[name]; !there {
			return "it lacks " + name
		}
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		inner, described := of.Properties[name]
		if !described {
			if of.Closed == false {
				return "there is no field " + name
			}
			continue
		}
		if fault := s.checkValue(object[name], inner); fault != "" {
			return name + ": " + fault
		}
	}
	return ""
}

var dateTime = regexp.MustCompile(`^\d{4}-\d\d-\d\dT`)

func hasFormat(text, format string) bool {
	switch format {
	case "uuid":
		return isGUID(text)
	case "date-time":
		_, err := time.Parse(time.RFC3339, text)
		return err == nil && dateTime.MatchString(text)
	}
	return true
}
