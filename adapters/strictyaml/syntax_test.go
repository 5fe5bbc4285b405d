package strictyaml_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"latchstring/adapters/strictyaml"
)

func TestSyntax(t *testing.T) {
	const (
		colon  = "a value that holds a colon needs quotes; if there is none, the indentation does not fit the lines above"
		indent = "the indentation does not fit the lines above, or something follows a closing quote"
		start  = "a value that begins with @, % or ` needs quotes"
	)
	filler := strings.Repeat("# a comment\nx: [1,\n  2]\n", 30) // 90 lines
	for _, before := range []struct {
		name, text string
		lines      int
	}{{"at the top", "", 0}, {"below", open, 2}, {"far below", filler, 90}} {
		for _, test := range []struct {
			text string
			line int
			want string
		}{
			{"key: @x\na: 1\n", 1, start},
			{"key: `x\na: 1\n", 1, start},
			{"key: %x\na: 1\n", 1, start},
			{"key: a: b\nb: 1\n", 1, colon},
			{"key: *hunter2\nb: 1\n", 1, "a value that begins with * needs quotes"},
			{"key: & hunter2\nb: 1\n", 1, "a value that begins with * or & needs quotes"},
			{"key: !x!y z\nb: 1\n", 1, "a value that begins with ! needs quotes"},
			{"key: \"x\na: 1\nb: 2\n", 1, "a quote is opened here and never closed"},
			{"a: 1\nkey: \"\\q\"\n", 2, `a backslash within "double quotes" must be doubled; 'single quotes' take it as it is`},
			{"a: 1\nkey:hunter2\nb: 1\n", 2, "a setting is a name, a colon and a space before its value"},
			{"a: 1\nkey: 'it's'\nb: 1\n", 2, indent},
			{"a: 1\nb:\n  c: 1\n d: 2\ne: 1\n", 4, indent},
			{"a: 1\nb:\n  - c\n  d: 2\ne: 1\n", 4, `a line of the list does not begin with "-", or the indentation does not fit the lines above`},
			{"a: 1\nb: [c, d\ne: 1\n", 2, "a list in [ ] is not closed, or a comma is missing in it"},
			{"a: 1\nb: {c: 1 d: 2}\ne: 1\n", 2, "a section in { } is not closed, or a comma is missing in it"},
			{"a: 1\nb: ]x\ne: 1\n", 2, "a value is missing, or begins with one of ] } , and needs quotes"},
			{"a: 1\nb: - x\ne: 1\n", 2, "a list begins on a line of its own, below its name"},
			{"a: 1\nb: |x\ne: 1\n", 2, "a value that begins with | or > needs quotes"},
			{"a: 1\nb:\n\tc: 1\ne: 1\n", 3, "a tab stands before the text; indent with spaces"},
			{"a: 1\nb:\n  c: 1\n\td: 1\n", 4, "a tab stands before the text; indent with spaces"},
			{"a: " + strings.Repeat("[", 20000), 1, "too many brackets within each other"},
		} {
			t.Run(before.name+"/"+test.text[:min(len(test.text), 24)], func(t *testing.T) {
				faults := strictyaml.Decode("f.yaml", []byte(before.text+test.text), &shop{})
				want := strictyaml.Faults{{File: "f.yaml", Line: before.lines + test.line, Text: test.want}}
				if diff := cmp.Diff(want, faults); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}
