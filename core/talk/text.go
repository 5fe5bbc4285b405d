package talk

import (
	"strings"
	"time"

	"latchstring/core"
)

// Style says how a span is meant. Adapters draw it natively; escaping is theirs alone.
type Style string

// The styles of spans.
const (
	Plain     Style = ""          // our own words
	Strong    Style = "strong"    // our own words that matter
	Untrusted Style = "untrusted" // words of strangers: drawn so that they can neither format, link nor mention
	Hidden    Style = "hidden"    // a secret: covered until the reader uncovers it, easy to copy
	When      Style = "when"      // a time; Text says it in the reader's zone, adapters may draw At natively
)

// Span is a run of text of one style.
type Span struct {
	Style  Style
	Text   string // empty for Hidden
	At     time.Time
	Secret core.Secret // of Hidden
}

// Text is what one line or paragraph says.
type Text []Span

// Words makes a text of our own words.
func Words(s string) Text { return Text{{Text: s}} }

// Empty tells whether the text says nothing.
func (t Text) Empty() bool { return len(t) == 0 }

// String gives the words alone; a secret reads "[secret]".
func (t Text) String() string {
	var b strings.Builder
	for _, s := range t {
		if s.Style == Hidden {
			b.WriteString(s.Secret.String())
			continue
		}
		b.WriteString(s.Text)
	}
	return b.String()
}
