package strictyaml

import (
	"encoding"
	"net/netip"
	"reflect"
	"time"

	"go.yaml.in/yaml/v3"

	"latchstring/core"
)

// The short forms of the tags that the parser gives to what it reads.
const (
	nullTag  = "!!null"
	mergeTag = "!!merge"
)

// decode reads the value at a place.
func (a At) decode(v reflect.Value) {
	if !a.plain() {
		return
	}
	switch p := v.Addr().Interface().(type) {
	case *core.Secret:
		a.secret(p)
		return
	case *time.Duration:
		a.duration(p)
		return
	case *netip.Prefix:
		a.text(p, "a network such as 203.0.113.0/24")
		return
	case *netip.Addr:
		a.text(p, "an address such as 203.0.113.7")
		return
	case encoding.TextUnmarshaler:
		if a.node.Kind == yaml.ScalarNode || v.Kind() != reflect.Struct || len(settingsOf(v)) == 0 {
			a.text(p, "")
			return
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		to := reflect.New(v.Type().Elem())
		a.decode(to.Elem())
		v.Set(to)
	case reflect.Struct:
		a.section(v)
	case reflect.Slice:
		a.list(v)
	case reflect.Map:
		a.entries(v)
	default:
		a.scalar(v)
	}
}

// plain tells whether the value is written in the part of YAML that is taken here; if not, it is a fault.
func (a At) plain() bool {
	switch n := a.node; {
	case n.Kind == yaml.AliasNode:
		a.fault(`a value that begins with * needs quotes (aliases are not taken here)`)
	case n.Anchor != "":
		a.fault(`a value that begins with & needs quotes (anchors are not taken here)`)
	case n.Style&yaml.TaggedStyle != 0:
		a.fault(`a value that begins with ! needs quotes (tags are not taken here)`)
	case n.Kind == yaml.ScalarNode && n.Tag == nullTag:
		a.fault("has no value; give it one, or remove the line")
	default:
		return true
	}
	return false
}

// list reads a list; it takes the place of what v held.
func (a At) list(v reflect.Value) {
	if a.node.Kind != yaml.SequenceNode {
		a.fault(`should be a list, lines that begin with "-" or [one, two], but is ` + kindOf(a.node))
		return
	}
	items := reflect.MakeSlice(v.Type(), len(a.node.Content), len(a.node.Content))
	for i := range a.node.Content {
		a.Item(i).decode(items.Index(i))
	}
	v.Set(items)
}

// entries reads a map; it takes the place of what v held.
func (a At) entries(v reflect.Value) {
	if a.node.Kind != yaml.MappingNode {
		a.fault("should be a section, lines with a name, a colon and a value, but is " + kindOf(a.node))
		return
	}
	entries := reflect.MakeMap(v.Type())
	for _, e := range a.children() {
		key := reflect.New(v.Type().Key()).Elem()
		if named, ok := reflect.TypeAssert[encoding.TextUnmarshaler](key.Addr()); !ok {
			key.SetString(e.key)
		} else if err := named.UnmarshalText([]byte(e.key)); err != nil {
			e.at.fault(err.Error())
			continue
		}
		value := reflect.New(v.Type().Elem()).Elem()
		e.at.decode(value)
		entries.SetMapIndex(key, value)
	}
	v.Set(entries)
}

func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.SequenceNode:
		return "a list"
	case yaml.MappingNode:
		return "a section"
	default:
		return "a single value"
	}
}
