package botapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// schema is the official description of the API in the form of github.com/PaulSonOfLars/telegram-bot-api-spec: methods and
// types with the names and kinds of their fields. It lacks the limits that the documentation tells only in prose.
type schema struct {
	Methods map[string]shape
	Types   map[string]shape
}

// shape is a method or a type. A type that stands for several has subtypes in place of fields.
type shape struct {
	Fields   []field
	Subtypes []string
}

type field struct {
	Name     string
	Types    []string // any of them: Integer, String, Boolean, Float, Array of X or the name of a type
	Required bool
}

// findSchema reads the description, which is kept outside the project. Without it calls are not checked against it.
func findSchema(t testing.TB) *schema {
	t.Helper()
	const name = "telegram-bot-api.json"
	for _, dir := range sharedFolders(t) {
		text, err := os.ReadFile(filepath.Join(dir, "specs", name))
		if err != nil {
			continue
		}
		var s schema
		if err := json.Unmarshal(text, &s); err != nil {
			t.Fatalf("bot api: %s: %v", name, err)
		}
		return &s
	}
	t.Logf("bot api: calls are not checked against the official description: no specs/%s in a folder shared beside the checkout", name)
	return nil
}

// sharedFolders returns where the folder with the test material from outside may be.
func sharedFolders(t testing.TB) []string {
	t.Helper()
	if dir := os.Getenv("LATCHSTRING_SHARED"); dir != "" {
		return []string{dir}
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for parent := filepath.Dir(dir); parent != dir; dir, parent = parent, filepath.Dir(parent) {
		found = append(found, filepath.Join(parent, "shared"))
	}
	return found
}

// check returns what is wrong with the parameters of a call.
func (s *schema) check(method string, params Params) []string {
	if s == nil {
		return nil
	}
	shape, known := s.Methods[method]
	if !known {
		return []string{"no such method"}
	}
	var wrong []string
	for _, name := range slices.Sorted(maps.Keys(params)) {
		at := slices.IndexFunc(shape.Fields, func(f field) bool { return f.Name == name })
		if at < 0 {
			wrong = append(wrong, "unknown parameter "+name)
			continue
		}
		if fault := s.checkText(params[name], shape.Fields[at].Types); fault != "" {
			wrong = append(wrong, "parameter "+name+": "+fault)
		}
	}
	for _, f := range shape.Fields {
		if _, there := params[f.Name]; f.Required && !there {
			wrong = append(wrong, "required parameter "+f.Name+" is missing")
		}
	}
	return wrong
}

// checkText checks a parameter as it came. A plain text needs no quotes, and what it says decides whether it is a number.
func (s *schema) checkText(text string, types []string) string {
	if slices.Contains(types, "String") || slices.Contains(types, "InputFile") {
		return ""
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil || decoder.More() {
		return fmt.Sprintf("%.80q is no %s", text, strings.Join(types, " or "))
	}
	return s.checkValue(value, types)
}

// checkValue says what keeps a value from being any of some types; empty: nothing.
func (s *schema) checkValue(value any, types []string) string {
	var last string
	for _, t := range types {
		fault := s.checkType(value, t)
		if fault == "" {
			return ""
		}
		// Of several types the one that is told is the one that the value is most like.
		if _, object := value.(map[string]any); last == "" || object && !strings.Contains(fault, "lacks") {
			last = fault
		}
	}
	return last
}

func (s *schema) checkType(value any, name string) string {
	if inner, isArray := strings.CutPrefix(name, "Array of "); isArray {
		list, ok := value.([]any)
		if !ok {
			return no(value, name)
		}
		for i, element := range list {
			if fault := s.checkValue(element, []string{inner}); fault != "" {
				return "[" + strconv.Itoa(i) + "] " + fault
			}
		}
		return ""
	}
	var ok bool
	switch name {
	case "String":
		_, ok = value.(string)
	case "Boolean":
		_, ok = value.(bool)
	case "Float":
		_, ok = value.(json.Number)
	case "Integer":
		var n json.Number
		if n, ok = value.(json.Number); ok {
			_, err := n.Int64()
			ok = err == nil
		}
	default:
		return s.checkObject(value, name)
	}
	if !ok {
		return no(value, name)
	}
	return ""
}

func (s *schema) checkObject(value any, name string) string {
	shape := s.Types[name]
	if len(shape.Subtypes) > 0 {
		return s.checkValue(value, shape.Subtypes)
	}
	object, ok := value.(map[string]any)
	if !ok {
		return no(value, name)
	}
	for _, f := range shape.Fields {
		element, there := object[f.Name]
		switch {
		case !there && f.Required:
			return name + " lacks " + f.Name
		case !there:
		default:
			if fault := s.checkValue(element, f.Types); fault != "" {
				return name + "." + f.Name + ": " + fault
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if !slices.ContainsFunc(shape.Fields, func(f field) bool { return f.Name == key }) {
			return name + " has no field " + key
		}
	}
	return ""
}

func no(value any, name string) string {
	text, _ := json.Marshal(value) // it was JSON before
	return fmt.Sprintf("%.80s is no %s", bytes.TrimSpace(text), name)
}
