package strictyaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// maxFile bounds a file, in bytes: no household's config comes near it.
const maxFile = 1 << 20

// parse reads the one document of a file. It returns nil where there is none to decode; the faults then say why.
func (d *decoder) parse(data []byte) *yaml.Node {
	if len(data) > maxFile {
		d.fault(place{}, 0, "", "is larger than 1 MB; this can not be the right file")
		return nil
	}
	if line := badText(data); line > 0 {
		d.fault(place{}, line, "", "holds bytes or invisible characters that are not text in UTF-8")
		return nil
	}
	docs, err := documents(data)
	switch {
	case err != nil:
		line := brokenLine(data)
		d.fault(place{}, line, "", inWords(err, lineOf(data, line)))
	case len(docs) == 0 || docs[0].Content[0].Kind == yaml.ScalarNode && docs[0].Content[0].Tag == nullTag:
		d.fault(place{}, 0, "", "is empty")
	case len(docs) > 1:
		d.fault(place{}, docs[1].Line, "", "a second document begins here; remove the line --- between the two")
	default:
		return docs[0].Content[0]
	}
	return nil
}

// documents parses the documents of a file, two at most.
func documents(data []byte) (docs []yaml.Node, err error) {
	defer func() {
		// The parser ends with a panic on a few broken texts, where it finds its own state impossible.
		if p := recover(); p != nil {
			err = fmt.Errorf("parser: %v", p)
		}
	}()
	parser := yaml.NewDecoder(bytes.NewReader(data))
	for len(docs) < 2 {
		var doc yaml.Node
		err := parser.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return docs, nil
		}
		if err != nil {
			return nil, err
		}
		if len(doc.Content) > 0 {
			docs = append(docs, doc)
		}
	}
	return docs, nil
}

// badText returns the first line that holds something else than UTF-8 text, or 0. Line breaks that YAML knows and editors do
// not count (a single carriage return, NEL, the Unicode separators) are no text: they would shift all numbers of lines.
func badText(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case r == '\n', r == '\t', r == '\r' && bytes.HasPrefix(data[i:], []byte("\r\n")):
		case r == utf8.RuneError && size == 1, unicode.IsControl(r), unicode.In(r, unicode.Zl, unicode.Zp):
			return 1 + bytes.Count(data[:i], []byte("\n"))
		}
		i += size
	}
	return 0
}

// brokenLine returns the line that breaks a file. The parser tells for most errors where the block around them begins, and
// for half of them one line less, so the line is looked for: it is the one after the longest beginning of the
// file that is valid. A quote or bracket that is never closed is found where it was opened.
func brokenLine(data []byte) int {
	lines := bytes.SplitAfter(data, []byte("\n"))
	valid := func(n int) bool {
		_, err := documents(bytes.Join(lines[:n], nil))
		return err == nil
	}
	good, bad := 0, len(lines)
	for range 4 { // a beginning that ends within a value of several lines is not valid, but a longer one is
		for bad-good > 1 {
			if middle := (good + bad) / 2; valid(middle) {
				good = middle
			} else {
				bad = middle
			}
		}
		longer := 0
		for n := min(bad+8, len(lines)-1); n > bad && longer == 0; n-- {
			if valid(n) {
				longer = n
			}
		}
		if longer == 0 {
			break
		}
		good, bad = longer, len(lines)
	}
	return bad
}

func lineOf(data []byte, line int) string {
	lines := bytes.Split(data, []byte("\n"))
	return string(lines[line-1])
}

// inWords says what the parser's error means to the person who wrote the line. Of the parser's own words nothing is
// shown: they are about tokens and tags, and one of them quotes the value.
func inWords(err error, line string) string {
	if indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]; strings.Contains(indent, "\t") {
		return "a tab stands before the text; indent with spaces"
	}
	says := err.Error()
	for _, known := range []struct{ part, words string }{
		{"mapping values are not allowed", "a value that holds a colon needs quotes; if there is none, the indentation does not fit the lines above"},
		{"could not find expected ':'", "a setting is a name, a colon and a space before its value"},
		{"cannot start any token", "a value that begins with @, % or ` needs quotes"},
		{"unknown anchor", "a value that begins with * needs quotes"},
		{"alphabetic or numeric", "a value that begins with * or & needs quotes"},
		{"tag", "a value that begins with ! needs quotes"},
		{"unexpected end of stream", "a quote is opened here and never closed"},
		{"unknown escape", `a backslash within "double quotes" must be doubled; 'single quotes' take it as it is`},
		{"',' or ']'", "a list in [ ] is not closed, or a comma is missing in it"},
		{"',' or '}'", "a section in { } is not closed, or a comma is missing in it"},
		{"node content", "a value is missing, or begins with one of ] } , and needs quotes"},
		{"block sequence entries", "a list begins on a line of its own, below its name"},
		{"did not find expected key", "the indentation does not fit the lines above, or something follows a closing quote"},
		{"'-' indicator", `a line of the list does not begin with "-", or the indentation does not fit the lines above`},
		{"comment or line break", "a value that begins with | or > needs quotes"},
		{"max depth", "too many brackets within each other"},
	} {
		if strings.Contains(says, known.part) {
			return known.words
		}
	}
	return "this is not valid YAML; look at the quotes and the indentation here and in the line above"
}
