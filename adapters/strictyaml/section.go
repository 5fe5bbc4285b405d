package strictyaml

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"latchstring/core"
)

// setting is a field of a struct as the file knows it.
type setting struct {
	key      string
	value    reflect.Value // invalid: known, but not to be read
	required bool
}

// isSecret tells whether the setting may also be given as a file.
func (s setting) isSecret() bool {
	return s.value.IsValid() && s.value.Type() == reflect.TypeFor[core.Secret]()
}

// names lists what the setting is called in the file.
func (s setting) names() []string {
	if s.isSecret() {
		return []string{s.key, s.key + fileSuffix}
	}
	return []string{s.key}
}

// The key that decides which variant of a struct is meant, and the option of the field that takes it.
const (
	kindKey       = "kind"
	variantOption = "variant"
)

// settingsOf lists the settings of a struct, those of a variant apart. Fields without a tag are no settings.
func settingsOf(v reflect.Value) []setting {
	var settings []setting
	for i := range v.NumField() {
		key, options, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
		if key != "" {
			settings = append(settings, setting{key, v.Field(i), options == "required"})
		}
	}
	return settings
}

// section reads a struct, then has it check itself.
func (a At) section(v reflect.Value) {
	if a.node.Kind != yaml.MappingNode {
		a.fault("should be a section, lines with a name, a colon and a value, but is " + kindOf(a.node))
		return
	}
	settings := settingsOf(v)
	var chosen any
	if varied, ok := reflect.TypeAssert[Varied](v.Addr()); ok {
		var more []setting
		more, chosen = a.variant(varied.Variants())
		settings = append(settings, more...)
	}
	a.read(settings)
	for _, s := range settings {
		if s.required {
			a.require(s)
		}
	}
	if chosen != nil {
		variantField(v).Set(reflect.ValueOf(chosen))
		a.check(chosen)
	}
	a.check(v.Addr().Interface())
}

func (a At) check(v any) {
	if c, ok := v.(Checker); ok {
		c.Check(a)
	}
}

// variant chooses by kind. Where the kind is not known, the settings of all kinds are, so that they are not called
// unknown one by one.
func (a At) variant(variants map[string]any) (settings []setting, chosen any) {
	kinds := slices.Sorted(maps.Keys(variants))
	switch at := a.Under(kindKey); {
	case at.node == nil:
		at.fault("is missing; " + Suggest("", kinds))
	case at.node.Kind == yaml.ScalarNode && at.plain():
		if chosen, ok := variants[at.node.Value]; ok {
			return settingsOf(reflect.ValueOf(chosen).Elem()), chosen
		}
		at.fault("no such kind; " + Suggest(at.node.Value, kinds))
	}
	for _, kind := range kinds {
		for _, s := range settingsOf(reflect.ValueOf(variants[kind]).Elem()) {
			for _, name := range s.names() {
				settings = append(settings, setting{key: name})
			}
		}
	}
	return settings, nil
}

// variantField returns the field that takes the chosen variant.
func variantField(v reflect.Value) reflect.Value {
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("yaml") == ","+variantOption {
			return v.Field(i)
		}
	}
	panic(fmt.Sprintf("strictyaml: type %s has variants but no field for them", v.Type()))
}

// read reads the mapping's entries into the settings they name.
func (a At) read(settings []setting) {
	for _, e := range a.children() {
		if !a.readInto(settings, e) {
			a.unknown(e, settings)
		}
	}
}

// readInto reads an entry into the setting that has its name, and tells whether there is one.
func (a At) readInto(settings []setting, e child) bool {
	for _, s := range settings {
		switch {
		case e.key == s.key:
			if s.value.IsValid() {
				e.at.decode(s.value)
			}
			return true
		case e.key == s.key+fileSuffix && s.isSecret():
			if k, _ := lookUp(a.node, s.key); k != nil {
				e.at.fault(fmt.Sprintf("is the same as %s, in line %d; keep one of them", s.key, k.Line))
			} else if e.at.plain() {
				e.at.secretFile(s.value.Addr().Interface().(*core.Secret))
			}
			return true
		}
	}
	return false
}

// require tells a setting that must be there and is not, or is empty.
func (a At) require(s setting) {
	at := a.Under(s.key)
	switch {
	case at.node == nil && s.isSecret():
		at.fault(fmt.Sprintf("is missing; give %s, or %s with the path of a file that holds it", s.key, s.key+fileSuffix))
	case at.node == nil:
		at.fault("is missing")
	case at.node.Value == "" && len(at.node.Content) == 0:
		at.fault("is empty")
	}
}

// child is an entry of a mapping.
type child struct {
	key string
	at  At
}

// children returns the mapping's entries that have a name of their own; other entries are faults.
func (a At) children() []child {
	first := map[string]int{}
	var entries []child
	for i := 0; i+1 < len(a.node.Content); i += 2 {
		k, v := a.node.Content[i], a.node.Content[i+1]
		at := At{d: a.d, key: a.key, line: k.Line, node: v, id: place{in: k}}
		name := k.Value
		switch {
		case k.Kind != yaml.ScalarNode || k.Anchor != "" || k.Style&yaml.TaggedStyle != 0 || k.Tag == mergeTag || name == "":
			at.fault("a plain name is expected before the colon")
			continue
		case a.node.Style&yaml.FlowStyle != 0 && v.Tag == nullTag && v.Value == "":
			// {token:abc} and {token: abc,def} make names of what was meant as a value, so the name is not told.
			at.fault("a name without a value; within { } a colon needs a space after it, and a value with a comma needs quotes")
			continue
		}
		at.key, at.id = join(a.key, name), place{a.node, name}
		if line, twice := first[name]; twice {
			at.id = place{in: k}
			at.fault(fmt.Sprintf("stands here a second time; the first is in line %d", line))
			continue
		}
		first[name] = k.Line
		entries = append(entries, child{name, at})
	}
	return entries
}

// unknown tells that a name is none of the settings, and what may have been meant.
func (a At) unknown(e child, settings []setting) {
	if text := a.d.unknown[e.at.key]; text != "" {
		e.at.fault(text)
		return
	}
	if homes := a.d.homesOf(e.key); len(homes) > 0 {
		e.at.fault("no such setting here; it belongs " + strings.Join(homes, " or "))
		return
	}
	var names []string
	for _, s := range settings {
		names = append(names, s.names()...)
	}
	e.at.fault("no such setting; " + Suggest(e.key, names))
}

// Suggest names what was probably meant by a word, or else all there is: `did you mean "token"?`
func Suggest(word string, known []string) string {
	if near := core.Nearest(word, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "known here: " + strings.Join(slices.Compact(slices.Sorted(slices.Values(known))), ", ")
}

// homesOf says where in the file a key would be right.
func (d *decoder) homesOf(key string) []string {
	if d.homes == nil {
		d.homes = map[string][]string{}
		d.learn("at the top level", "", d.root, nil)
	}
	return d.homes[key]
}

// learn notes where the keys of a type belong, and of all types below it; above are the types it is below.
func (d *decoder) learn(where, path string, t reflect.Type, above []reflect.Type) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || slices.Contains(above, t) {
		return
	}
	above = append(above, t)
	v := reflect.New(t)
	d.learnSettings(where, path, v, above)
	if varied, ok := reflect.TypeAssert[Varied](v); ok {
		variants := varied.Variants()
		for _, kind := range slices.Sorted(maps.Keys(variants)) {
			d.learnSettings(where+" of kind "+kind, path, reflect.ValueOf(variants[kind]), above)
		}
	}
}

func (d *decoder) learnSettings(where, path string, v reflect.Value, above []reflect.Type) {
	for _, s := range settingsOf(v.Elem()) {
		for _, name := range s.names() {
			d.homes[name] = append(d.homes[name], where)
		}
		below := join(path, s.key)
		d.learn("under "+below, below, s.value.Type(), above)
	}
}
