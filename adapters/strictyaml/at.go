package strictyaml

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"latchstring/core"
)

// At is where a value stands in a file.
type At struct {
	d    *decoder
	key  string     // the way to it from the top
	line int        // of its key, or of the list item
	node *yaml.Node // nil: it is not there
	id   place
}

// place tells one place of a file from all others: a key of a mapping, or an item of a list.
type place struct {
	in  *yaml.Node
	key string
}

// Fault records what is wrong with a setting of the struct at this place, or with the place itself where key is "". A
// setting that is not there gets the line of its struct, a secret that is given as x_file the line of that.
func (a At) Fault(key, text string) {
	if key != "" {
		a = a.Under(key)
	}
	a.fault(text)
}

// Under returns the place of a key: of a struct's setting, or of a map's entry. The key may be a way: keys.Marta.
func (a At) Under(key string) At {
	if first, rest, way := strings.Cut(key, "."); way {
		_, whole := lookUp(a.node, key)
		if _, section := lookUp(a.node, first); whole == nil && section != nil {
			return a.Under(first).Under(rest)
		}
	}
	at := At{d: a.d, key: join(a.key, key), line: a.line, id: place{a.node, key}}
	if k, v := lookUp(a.node, key); v != nil {
		at.line, at.node = k.Line, v
	} else if k, v := lookUp(a.node, key+fileSuffix); v != nil {
		at.line, at.node, at.key = k.Line, v, at.key+fileSuffix
		at.id.key += fileSuffix
	}
	return at
}

// Item returns the place of a list's item, counted from 0.
func (a At) Item(i int) At {
	at := At{d: a.d, key: a.key, line: a.line, id: a.id}
	if a.node != nil && a.node.Kind == yaml.SequenceNode && i < len(a.node.Content) {
		at.node = a.node.Content[i]
		at.line, at.id = at.node.Line, place{in: at.node}
	}
	return at
}

// Line returns the line the place begins at.
func (a At) Line() int { return a.line }

// Sound tells whether no fault was found so far at a key or below it: a check across several settings says nothing
// useful about what could not be read.
func (a At) Sound(key string) bool {
	path := join(a.key, key)
	for _, f := range a.d.faults {
		if f.Key == path || strings.HasPrefix(f.Key, path+".") {
			return false
		}
	}
	return true
}

// fault records a fault of the place itself.
func (a At) fault(text string) { a.d.fault(a.id, a.line, a.key, text) }

func join(path, key string) string {
	key = core.Clean(key)
	if path == "" {
		return key
	}
	return path + "." + key
}

// lookUp finds an entry of a mapping.
func lookUp(mapping *yaml.Node, key string) (k, v *yaml.Node) {
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if k := mapping.Content[i]; k.Kind == yaml.ScalarNode && k.Value == key {
			return k, mapping.Content[i+1]
		}
	}
	return nil, nil
}
