package discordapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// schema is the official description of the API, github.com/discord/discord-api-spec, as far as it is about bodies. It lacks
// the limits that the documentation tells only in prose, and has wider ones than bots have.
type schema struct {
	compiler *jsonschema.Compiler
	bodies   map[string]*jsonschema.Schema // by the name of the call, made when they are first needed
	pointers map[string]string             // where the description of a body is, by the name of the call
}

const schemaPlace = "mem:///discord.json"

// findSchema reads the description, which is kept outside the project. Without it bodies are not checked against it.
func findSchema(t testing.TB) *schema {
	t.Helper()
	const name = "discord-openapi-v10.json"
	for _, dir := range sharedFolders(t) {
		text, err := os.ReadFile(filepath.Join(dir, "specs", name))
		if err != nil {
			continue
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("discord: %s: %v", name, err)
		}
		s := &schema{compiler: jsonschema.NewCompiler(), bodies: map[string]*jsonschema.Schema{}, pointers: bodiesOf(doc)}
		closeObjects(doc)
		if err := s.compiler.AddResource(schemaPlace, doc); err != nil {
			t.Fatalf("discord: %s: %v", name, err)
		}
		return s
	}
	t.Logf("discord: bodies are not checked against the official description: no specs/%s in a folder shared beside the checkout", name)
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

// bodiesOf returns where the bodies of calls are described, by the names of the calls.
func bodiesOf(doc any) map[string]string {
	pointers := map[string]string{}
	escape := strings.NewReplacer("~", "~0", "/", "~1")
	for path, methods := range object(object(doc)["paths"]) {
		for method, operation := range object(methods) {
			name, isCall := object(operation)["operationId"].(string)
			body := object(object(object(operation)["requestBody"])["content"])["application/json"]
			if isCall && object(body)["schema"] != nil {
				pointers[name] = "#/paths/" + escape.Replace(path) + "/" + method + "/requestBody/content/application~1json/schema"
			}
		}
	}
	return pointers
}

func object(value any) map[string]any {
	o, _ := value.(map[string]any) // of anything else nothing is found
	return o
}

// closeObjects forbids fields that the description does not name, which it leaves open: a misspelt field is passed over by
// the platform, and is what a test is to find. Such a field may be there if it says nothing, as the libraries send them.
func closeObjects(value any) {
	switch v := value.(type) {
	case map[string]any:
		if _, isObject := v["properties"].(map[string]any); isObject && v["additionalProperties"] == nil && v["type"] == "object" {
			v["additionalProperties"] = map[string]any{"enum": []any{nil, "", false, json.Number("0"), []any{}, map[string]any{}}}
		}
		for _, inside := range v {
			closeObjects(inside)
		}
	case []any:
		for _, inside := range v {
			closeObjects(inside)
		}
	}
}

// check returns what is wrong with the body of a call. The lock is held.
func (s *schema) check(call Call) []string {
	if s == nil {
		return nil
	}
	pointer, described := s.pointers[call.Name]
	switch {
	case !described && len(call.Body) > 0:
		return []string{"a body where none is described"}
	case !described || len(call.Body) == 0: // what a missing body lacks is told when the call is carried out
		return nil
	}
	if s.bodies[call.Name] == nil {
		compiled, err := s.compiler.Compile(schemaPlace + pointer)
		if err != nil {
			return []string{err.Error()}
		}
		s.bodies[call.Name] = compiled
	}
	body, err := jsonschema.UnmarshalJSON(bytes.NewReader(call.Body))
	if err != nil {
		return []string{err.Error()}
	}
	numberPermissions(body)
	var invalid *jsonschema.ValidationError
	if err := s.bodies[call.Name].Validate(body); errors.As(err, &invalid) {
		return []string{explain(invalid)}
	}
	return nil
}

// numberPermissions makes a number of each command's permissions: the API takes texts where the description has integers.
func numberPermissions(body any) {
	list, _ := body.([]any) // only lists of commands have them
	for _, command := range list {
		if text, isText := object(command)["default_member_permissions"].(string); isText {
			object(command)["default_member_permissions"] = json.Number(text)
		}
	}
}

// explain tells the fault that is deepest in the body: where a value may be one of many things, it is nearest to what was
// meant.
func explain(err *jsonschema.ValidationError) string {
	deepest := err
	var look func(*jsonschema.ValidationError)
	look = func(e *jsonschema.ValidationError) {
		if len(e.Causes) == 0 && better(e, deepest) {
			deepest = e
		}
		for _, cause := range e.Causes {
			look(cause)
		}
	}
	look(err)
	if strings.HasSuffix(deepest.SchemaURL, "/additionalProperties") {
		return "at '/" + strings.Join(deepest.InstanceLocation, "/") + "': no such field"
	}
	text := deepest.Error()
	return strings.TrimPrefix(text[strings.LastIndex(text, "\n")+1:], "- ")
}

// better tells whether a fault says more than another: it is deeper, or not merely that a value is of another type.
func better(a, b *jsonschema.ValidationError) bool {
	if len(a.InstanceLocation) != len(b.InstanceLocation) {
		return len(a.InstanceLocation) > len(b.InstanceLocation)
	}
	return dull(b) && !dull(a)
}

// dull tells whether a fault only says that a value is none of its possible kinds.
func dull(e *jsonschema.ValidationError) bool {
	if strings.HasSuffix(e.SchemaURL, "/additionalProperties") {
		return false
	}
	switch e.ErrorKind.(type) {
	case *kind.Enum, *kind.Const, *kind.Type, *kind.OneOf, *kind.AnyOf, *kind.Group, *kind.Schema, *kind.AllOf:
		return true
	}
	return false
}
