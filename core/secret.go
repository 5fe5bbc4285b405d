package core

import (
	"fmt"
	"log/slog"
)

const hidden = "[secret]"

// Secret holds a text that must not be printed: a token, a key, a one-time code. Every way of printing it that Go knows
// gives "[secret]"; only [Secret.Reveal] gives the text, and each call of it is a line a reviewer can find.
//
// The text is behind a pointer on purpose: fmt does not call the methods of values in unexported fields, it prints what
// they are made of, and of a pointer it prints the address.
type Secret struct{ text *string }

// NewSecret keeps a text secret.
func NewSecret(text string) Secret { return Secret{&text} }

// Reveal returns the text, for the header, the form field or the private message it was made for.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Empty tells whether there is nothing to hide.
func (s Secret) Empty() bool { return s.text == nil || *s.text == "" }

// Format prints "[secret]" for every verb.
func (s Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, hidden) }

// String returns "[secret]".
func (s Secret) String() string { return hidden }

// MarshalText gives "[secret]" to JSON, YAML and whatever else encodes texts.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue gives "[secret]" to slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }
