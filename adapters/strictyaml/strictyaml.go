// Package strictyaml reads YAML into structs and tells every fault with its line.
//
// It is for files that a person writes and this program only reads: the config and the recipes. It takes one document
// of at most 1 MB and the plain part of YAML: no anchors, aliases, merge keys or tags, no setting twice, no setting
// without a value, no key that the struct does not have. All faults are collected, each with the line and the key it
// is about, in the words of the person who wrote the file: no Go types, and never a value that could be a secret.
//
// Structs say what they take:
//
//	type Discord struct {
//		Token core.Secret `yaml:"token,required"` // token or token_file, exactly one
//		Guild string      `yaml:"guild"`
//	}
//
// Fields are strings, bools, whole numbers, floats, [time.Duration] ("60s"; a bare number is a fault), [netip.Addr],
// [netip.Prefix], [core.Secret], whatever implements [encoding.TextUnmarshaler] (its errors are shown as they are), and
// structs, pointers, lists and maps of those, whose keys are strings or read themselves as a text. A field that is absent
// keeps what it holds, so defaults are set before; required ones must be there and not empty. A string takes numbers as
// they are written: 007 is "007".
//
// A core.Secret x may be written as x or as x_file, the path of a file seen from the folder of the config, whose last
// line breaks are cut. In x, but in no other value, ${NAME} stands for an environment variable. A secret file that others may
// read, an unset variable, and what looks like a placeholder are faults.
package strictyaml

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"
)

// Fault is one thing that is wrong with a file.
type Fault struct {
	File string
	Line int    // 0: it is about the file as a whole
	Key  string // where it stands: chats.discord.token; items of lists have no number, their line tells them apart
	Text string
}

// String gives the fault as one line: `config.yaml:14: chats.discord.tokn: no such setting; did you mean "token"?`
func (f Fault) String() string {
	where := f.File
	if f.Line > 0 {
		where = fmt.Sprintf("%s:%d", f.File, f.Line)
	}
	if f.Key == "" {
		return where + ": " + f.Text
	}
	return where + ": " + f.Key + ": " + f.Text
}

// Faults is all that is wrong with a file, in the order of its lines.
type Faults []Fault

// Error gives one line for each fault.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.String()
	}
	return strings.Join(lines, "\n")
}

// Err returns the faults as an error, and nil where there are none.
func (f Faults) Err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

// Checker is a struct that looks at itself once it and all below it are decoded. Check is called whether or not there
// were faults, so it meets zero values; a place that has a fault already gets no second one.
type Checker interface{ Check(at At) }

// Varied is a struct whose setting "kind" decides which further settings it has. Variants returns for each kind a pointer
// to a struct of those, with their defaults set; the chosen one is decoded from the same mapping and put into the field
// of type any that is tagged `yaml:",variant"`.
type Varied interface{ Variants() map[string]any }

// Option changes how a file is read.
type Option func(*decoder)

// Env sets where environment variables are looked up; without it, in the environment of the process.
func Env(lookup func(name string) (string, bool)) Option {
	return func(d *decoder) { d.env = lookup }
}

// Mode tells the file's mode. With it, a secret written into a file that others than its owner can read is a fault.
func Mode(mode fs.FileMode) Option {
	return func(d *decoder) { d.open = mode.Perm()&0o077 != 0 }
}

// Unknown sets what is told of a key that is no setting, in place of a guess at what was meant: for settings that were once,
// or will be. The key is the way from the top: "watch.pause".
func Unknown(key, text string) Option {
	return func(d *decoder) { d.unknown[key] = text }
}

// Decode reads the text of a file into v, a pointer to a struct. The file's name is told in faults, and its folder is
// where the paths of secret files begin. At most 100 faults are returned. It panics where v's type has a field of a
// type it can not read.
func Decode(file string, data []byte, v any, opts ...Option) Faults {
	target := reflect.ValueOf(v).Elem()
	d := &decoder{
		file: file, env: os.LookupEnv, root: target.Type(),
		faulty: map[place]bool{}, unknown: map[string]string{},
	}
	for _, opt := range opts {
		opt(d)
	}
	if root := d.parse(data); root != nil {
		at := At{d: d, line: root.Line, node: root}
		at.decode(target)
	}
	slices.SortStableFunc(d.faults, func(a, b Fault) int { return cmp.Compare(a.Line, b.Line) })
	return d.faults
}

// maxFaults bounds what is told about one file; who sees a hundred faults has picked the wrong file.
const maxFaults = 100

// decoder is one file being read.
type decoder struct {
	file    string
	env     func(string) (string, bool)
	open    bool         // others can read the file
	root    reflect.Type // of the whole file
	faults  Faults
	faulty  map[place]bool
	unknown map[string]string   // what to tell of keys that are no settings
	homes   map[string][]string // where each key belongs; made for the first unknown key
}

// fault records a fault, once for each place.
func (d *decoder) fault(p place, line int, key, text string) {
	if d.faulty[p] || len(d.faults) >= maxFaults {
		return
	}
	d.faulty[p] = true
	d.faults = append(d.faults, Fault{d.file, line, key, text})
}
