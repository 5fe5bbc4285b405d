package core

import (
	"fmt"
	"strings"
)

// Phrase is a sentence before it is put into a language: English words with named places, and what stands in them. A
// translation catalogue is a map from the English words to another language's with the same names in any order, so the
// code that says something never changes for a new language.
type Phrase struct {
	words string
	args  []any
}

// Say makes a phrase. A place is a name in braces; args fill the names in the order in which they first appear.
//
//	Say("{device} is signed out of {service}.", device, service)
func Say(words string, args ...any) Phrase { return Phrase{words, args} }

// Empty tells whether there is nothing to say.
func (p Phrase) Empty() bool { return p.words == "" }

// Words returns the English words with their places: the key of a translation.
func (p Phrase) Words() string { return p.words }

// Walk takes the phrase apart in order: plain is called for each run of words, place for what stands in each place. With
// in set, a translation of the words, that is walked instead; a place it names that the English does not is left as
// it stands, so that a slip of a translator is seen and nothing is lost.
func (p Phrase) Walk(in string, plain func(string), place func(any)) {
	if in == "" {
		in = p.words
	}
	names := placeNames(p.words)
	for in != "" {
		before, name, rest, ok := cutPlace(in)
		if before != "" {
			plain(before)
		}
		if !ok {
			return
		}
		if i, known := names[name]; known && i < len(p.args) {
			place(p.args[i])
		} else {
			plain("{" + name + "}")
		}
		in = rest
	}
}

// Complete tells whether the phrase has exactly as many args as its words have names. Tests ask it of all that is said.
func (p Phrase) Complete() bool { return len(placeNames(p.words)) == len(p.args) }

// String gives the English sentence, for logs and tests.
func (p Phrase) String() string {
	var b strings.Builder
	p.Walk("", func(s string) { b.WriteString(s) }, func(v any) { fmt.Fprint(&b, v) })
	return b.String()
}

func placeNames(words string) map[string]int {
	names := map[string]int{}
	for {
		_, name, rest, ok := cutPlace(words)
		if !ok {
			return names
		}
		if _, known := names[name]; !known {
			names[name] = len(names)
		}
		words = rest
	}
}

func cutPlace(words string) (before, name, rest string, ok bool) {
	before, after, found := strings.Cut(words, "{")
	if !found {
		return words, "", "", false
	}
	name, rest, found = strings.Cut(after, "}")
	if !found {
		return words, "", "", false
	}
	return before, name, rest, true
}
