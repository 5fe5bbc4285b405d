package botapi

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
)

// Screen is what a person sees of a chat, the oldest message first.
type Screen []Shown

// Shown is a message on a screen as it stands now.
type Shown struct {
	ID        int
	From      string // a person's name; of the bot's own messages: bot
	Text      string
	Entities  []Entity // also those that the platform finds by itself: links, mentions, commands
	Rows      [][]Button
	Topic     int
	ReplyTo   int
	Edited    bool
	Silent    bool // it came without a sound
	Protected bool // it can not be forwarded or saved
	Preview   bool // its links may show a preview
	CopyOf    int  // the earlier message that was sent with the same text and the same labels; 0: none
}

// Screen returns what the person sees in the chat, or in the topic. Somebody who is no member sees nothing.
func (x Seat) Screen() Screen {
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	if member := x.chat.members[x.person.ID]; x.chat.person != x.person && (member == "" || member == "left") {
		return nil
	}
	var screen Screen
	sent := map[string]int{}
	for _, m := range x.chat.messages {
		shown := m.shown()
		if m.first != "" {
			shown.CopyOf = sent[m.first]
			if shown.CopyOf == 0 {
				sent[m.first] = m.id
			}
		}
		if x.topic == 0 || x.topic == m.thread {
			screen = append(screen, shown)
		}
	}
	return screen
}

func (m *message) shown() Shown {
	shown := Shown{
		ID: m.id, Text: m.text, Entities: slices.Clone(m.entities), Topic: m.thread, Edited: !m.edited.IsZero(),
		Silent: m.silent, Protected: m.protected, Preview: m.preview,
	}
	for _, row := range m.keyboard.rows() {
		shown.Rows = append(shown.Rows, slices.Clone(row))
	}
	if m.replyTo != nil {
		shown.ReplyTo = m.replyTo.id
	}
	switch {
	case m.byBot() || m.from == nil:
		shown.From = "bot"
	case m.senderChat != nil:
		shown.From = m.senderChat.Title
	default:
		shown.From = m.from.FirstName
	}
	return shown
}

// FromBot returns the bot's messages.
func (s Screen) FromBot() Screen {
	return slices.DeleteFunc(slices.Clone(s), func(m Shown) bool { return m.From != "bot" })
}

// Last returns the latest message, or a zero one.
func (s Screen) Last() Shown {
	if len(s) == 0 {
		return Shown{}
	}
	return s[len(s)-1]
}

// Copies returns the messages that repeat an earlier one.
func (s Screen) Copies() Screen {
	return slices.DeleteFunc(slices.Clone(s), func(m Shown) bool { return m.CopyOf == 0 })
}

// Parts returns what entities of a kind cover, in the order of the text.
func (m Shown) Parts(kind string) []string {
	var parts []string
	for _, e := range m.Entities {
		if e.Type == kind {
			parts = append(parts, e.Of(m.Text))
		}
	}
	return parts
}

// Spoilers returns what is hidden until the reader taps it.
func (m Shown) Spoilers() []string { return m.Parts("spoiler") }

// Labels returns the labels of the buttons, row by row.
func (m Shown) Labels() []string {
	var labels []string
	for _, b := range slices.Concat(m.Rows...) {
		labels = append(labels, b.Text)
	}
	return labels
}

// String draws the screen: who said what, spoilers as blocks and a row of buttons a line.
func (s Screen) String() string {
	var b strings.Builder
	for _, m := range s {
		fmt.Fprintf(&b, "%s: %s\n", m.From, strings.ReplaceAll(m.covered(), "\n", "\n  "))
		for _, row := range m.Rows {
			b.WriteString(" ")
			for _, button := range row {
				b.WriteString(" [" + button.Text + "]")
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// covered is the text with its spoilers closed.
func (m Shown) covered() string {
	units := utf16.Encode([]rune(m.Text))
	for _, e := range m.Entities {
		if e.Type == "spoiler" {
			for i := e.Offset; i < e.Offset+e.Length; i++ {
				units[i] = '░'
			}
		}
	}
	return string(utf16.Decode(units))
}
