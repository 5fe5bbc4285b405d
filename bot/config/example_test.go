package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"latchstring/adapters/strictyaml"
	"latchstring/bot/config"
)

// example reads the example config.
func example(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile("../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// filled puts a secret in the place of each placeholder.
func filled(text string) string {
	text = strings.ReplaceAll(text, "<the token of your Discord bot>", "MTIzNDU2Nzg5MDEyMzQ1Njc4.s3cret.s3cret-s3cret-s3cret-s3cret")
	text = strings.ReplaceAll(text, "<the token of your bot>", "12345678:s3cret-s3cret-s3cret-s3cret-s3cret0")
	return regexp.MustCompile(`<.*>`).ReplaceAllString(text, "s3cret-s3cret")
}

// commentedOut is a line whose setting is not set: what comes after "# " is a setting, or a comment about one.
var commentedOut = regexp.MustCompile(`^(\s*)# (\s*(?:- )?[A-Za-z_]+:(?: .*)?|\s+# .*)$`)

// everything takes the settings that are commented out for set.
func everything(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = commentedOut.ReplaceAllString(line, "$1$2")
	}
	return strings.Join(lines, "\n")
}

// spot is a setting in the text of the example.
type spot struct {
	path string // services.keys.key
	line int
	from int // where the name begins on the line
	name string
}

// spots finds the settings of the example, which has each on a line of its own.
func spots(text string) []spot {
	setting := regexp.MustCompile(`^(\s*(?:- )?)([A-Za-z_]+):`)
	var found, above []spot
	for i, line := range strings.Split(text, "\n") {
		at := setting.FindStringSubmatchIndex(line)
		if at == nil {
			continue
		}
		s := spot{line: i + 1, from: at[4], name: line[at[4]:at[5]]}
		for len(above) > 0 && above[len(above)-1].from >= s.from {
			above = above[:len(above)-1]
		}
		s.path = s.name
		if len(above) > 0 {
			s.path = above[len(above)-1].path + "." + s.name
		}
		above = append(above, s)
		found = append(found, s)
	}
	return found
}

// shape is what a type of the config takes: the paths of its settings, * for the free names of a map.
func shape(t reflect.Type, path string, add func(path string, field reflect.StructField)) {
	switch {
	case t.Kind() == reflect.Pointer, t.Kind() == reflect.Slice:
		shape(t.Elem(), path, add)
	case t.Kind() == reflect.Map:
		shape(t.Elem(), path+".*", add)
	case t.Kind() == reflect.Struct:
		for f := range t.Fields() {
			if key, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); key != "" {
				add(strings.TrimPrefix(path+"."+key, "."), f)
				shape(f.Type, path+"."+key, add)
			}
		}
		if v, ok := reflect.TypeAssert[strictyaml.Varied](reflect.New(t)); ok {
			for _, variant := range v.Variants() {
				shape(reflect.TypeOf(variant), path, add)
			}
		}
	}
}

func TestExampleLoads(t *testing.T) {
	text := example(t)
	var placeholders []string
	for i, line := range strings.Split(text, "\n") {
		if key, _, found := strings.Cut(line, ": <"); found && !strings.HasPrefix(strings.TrimSpace(line), "#") {
			placeholders = append(placeholders, fmt.Sprintf("%d: services.%s: is still a placeholder; put the real one here", i+1, strings.TrimSpace(key)))
		}
	}
	if len(placeholders) == 0 {
		t.Error("the example has no placeholders")
	}
	_, faults := load(t, write(t, text))
	if diff := cmp.Diff(placeholders, faults); diff != "" {
		t.Errorf("as it is: %s", diff)
	}
	c, faults := load(t, write(t, filled(text)))
	if len(faults) > 0 {
		t.Errorf("filled in: %s", strings.Join(faults, "\n"))
	}
	for _, s := range c.Services {
		connector(t, s)
	}
	if _, faults = load(t, write(t, filled(everything(text)))); len(faults) > 0 {
		t.Errorf("with everything set: %s", strings.Join(faults, "\n"))
	}
}

// Every setting there is stands in the example, and every setting of the example exists: the second because it loads.
func TestExampleIsComplete(t *testing.T) {
	shown := spots(everything(example(t)))
	shape(reflect.TypeFor[config.Config](), "", func(path string, _ reflect.StructField) {
		pattern := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(path), `\*`, `[^.]+`) + "(_file)?$")
		if !slices.ContainsFunc(shown, func(s spot) bool { return pattern.MatchString(s.path) }) {
			t.Errorf("%s is not in the example", path)
		}
	})
}

// A default that the example shows is the real one: without its line the config is the same.
func TestExampleShowsDefaults(t *testing.T) {
	text := filled(everything(example(t)))
	path := write(t, text)
	want, faults := load(t, path)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	shown := spots(text)
	for _, key := range defaults(t) {
		i := slices.IndexFunc(shown, func(s spot) bool { return s.path == key })
		if i < 0 {
			t.Errorf("%s has a default that the example does not show", key)
			continue
		}
		lines := strings.Split(text, "\n")
		lines[shown[i].line-1] = ""
		if section := strings.TrimSuffix(key, "."+shown[i].name); !slices.ContainsFunc(shown, func(s spot) bool {
			return s.path != key && strings.HasPrefix(s.path, section+".")
		}) {
			lines[shown[i].line-1] = section + ": {}"
			lines[shown[slices.IndexFunc(shown, func(s spot) bool { return s.path == section })].line-1] = ""
		}
		if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, _ := load(t, path); !reflect.DeepEqual(want, got) {
			t.Errorf("%s: its default is not the one that is shown", key)
		}
	}
}

// defaults lists what a config holds besides what it says, and the switches.
func defaults(t *testing.T) []string {
	t.Helper()
	const least = `household:
  name: Home
  timezone: UTC
members:
  - name: Marta
    role: owner
services:
  - id: bell
    kind: recipe
    recipe: kratos
    url: http://nas.lan
storage: {}
watch: {}
`
	c, faults := load(t, write(t, least))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	said := spots(least)
	var keys []string
	var walk func(path string, v reflect.Value)
	walk = func(path string, v reflect.Value) {
		switch {
		case v.Kind() == reflect.Slice && v.Len() > 0:
			walk(path, v.Index(0))
		case (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && v.IsNil(): // a section that is not there
		case v.Kind() == reflect.Pointer, v.Kind() == reflect.Interface:
			walk(path, v.Elem())
		case v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[config.Timezone]():
			for i := range v.NumField() {
				f := v.Type().Field(i)
				if key, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); key != "" {
					walk(strings.TrimPrefix(path+"."+key, "."), v.Field(i))
				} else if f.IsExported() { // of a kind's own settings
					walk(path, v.Field(i))
				}
			}
		case slices.ContainsFunc(said, func(s spot) bool { return s.path == path }):
		case !v.IsZero() || v.Kind() == reflect.Bool:
			keys = append(keys, path)
		}
	}
	walk("", reflect.ValueOf(c))
	return keys
}

// Each name in the example, misspelt in the ways people do, is told with its line and with what was meant.
func TestExampleMisspelt(t *testing.T) {
	text := filled(everything(example(t)))
	lines := strings.Split(text, "\n")
	tried := 0
	for _, s := range spots(text) {
		if strings.HasSuffix(s.path, ".with."+s.name) {
			continue // a recipe's own names are the recipe's to check
		}
		for _, slip := range []string{
			s.name[1:2] + s.name[:1] + s.name[2:],
			s.name[:1] + s.name[2:],
			s.name[:1] + s.name[:1] + s.name[1:],
		} {
			tried++
			line := lines[s.line-1]
			wrong := slices.Clone(lines)
			wrong[s.line-1] = line[:s.from] + slip + line[s.from+len(s.name):]
			_, faults := load(t, write(t, strings.Join(wrong, "\n")))
			path := strings.TrimSuffix(s.path, s.name) + slip
			if !slices.ContainsFunc(faults, func(f string) bool {
				return strings.HasPrefix(f, fmt.Sprintf("%d: %s: no such ", s.line, path)) &&
					strings.HasSuffix(f, fmt.Sprintf("; did you mean %q?", s.name))
			}) {
				t.Errorf("%s in line %d gives %q", path, s.line, faults)
			}
		}
	}
	if tried < 100 {
		t.Errorf("only %d slips tried", tried)
	}
}

// FuzzLoad looks for panics, and for configs that load but break what everything else relies on.
func FuzzLoad(f *testing.F) {
	f.Add(example(f))
	f.Add(filled(everything(example(f))))
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	path := filepath.Join(f.TempDir(), "config.yaml")
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := config.Load(path)
		if err != nil {
			return
		}
		house := c.House()
		if house.Zone == nil || len(house.Owners()) == 0 || c.Watch.Every < time.Second {
			t.Errorf("loads: %+v", c)
		}
		for _, s := range c.Services {
			if s.ID == "" || s.Settings == nil {
				t.Errorf("loads: %+v", s)
			}
		}
	})
}
