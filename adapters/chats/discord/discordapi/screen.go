package discordapi

import (
	"fmt"
	"slices"
	"strings"
)

// Screen is what a person sees of a channel, the oldest message first.
type Screen []Shown

// Shown is a message of the bot on a screen as it stands now.
type Shown struct {
	ID       string
	Text     string // of an arrangement of components: all its texts, one under the other
	Embeds   []Embed
	Buttons  []Button
	Selects  []Select
	Arranged bool // it is of Components V2
	Private  bool // only this person sees it
	Thinking bool // it is still to come
	Edited   bool
	Silent   bool   // it came without a sound
	Preview  bool   // its links may show a preview
	Pushed   string // what a notification on a locked screen says; empty for an arrangement: it says nothing
	ReplyTo  string
	CopyOf   string // the earlier message that was sent with the same words; empty: none
}

// Button is a button on a screen.
type Button struct {
	Label    string
	CustomID string // empty: it is a link
	URL      string
	Style    int
	Disabled bool
	Beside   string // the text of the section it belongs to
	Row      int    // in which row of the message it is, from 1; 0: in a section
}

// Select is a list to choose from on a screen.
type Select struct {
	CustomID    string
	Placeholder string
	Options     []SelectOption
	Least, Most int
	Disabled    bool
}

// Screen returns what the person sees in the channel. Somebody who is not in it sees nothing.
func (x Seat) Screen() Screen {
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	if !x.channel.has(x.person) {
		return nil
	}
	var screen Screen
	sent := map[string]string{}
	for _, m := range x.channel.messages {
		if m.viewer != nil && m.viewer != x.person {
			continue
		}
		shown := m.shown()
		if m.first != "" {
			if shown.CopyOf = sent[m.first]; shown.CopyOf == "" {
				sent[m.first] = m.id
			}
		}
		screen = append(screen, shown)
	}
	return screen
}

func (m *message) shown() Shown {
	shown := Shown{
		ID: m.id, Text: strings.Join(m.texts(), "\n"), Embeds: slices.Clone(m.embeds), Arranged: m.flags&flagComponents != 0,
		Private: m.viewer != nil, Thinking: m.thinking(), Edited: !m.edited.IsZero(), Silent: m.flags&flagSilent != 0,
		Preview: m.flags&flagSuppressEmbeds == 0, Pushed: m.content,
	}
	if m.replyTo != nil {
		shown.ReplyTo = m.replyTo.id
	}
	row := 0
	for _, c := range flatten(m.components) {
		switch c.Kind {
		case kindRow:
			row++
			for _, b := range c.Components {
				if b.Kind == kindButton {
					shown.Buttons = append(shown.Buttons, b.button("", row))
				}
			}
		case kindSection:
			var beside []string
			for _, text := range c.Components {
				beside = append(beside, text.Content)
			}
			shown.Buttons = append(shown.Buttons, c.Accessory.button(strings.Join(beside, "\n"), 0))
		case kindSelect:
			least, most := c.values()
			shown.Selects = append(shown.Selects, Select{c.CustomID, c.Placeholder, slices.Clone(c.Options), least, most, c.Disabled})
		}
	}
	return shown
}

func (c *component) button(beside string, row int) Button {
	label := c.Label
	if c.Emoji != nil && label == "" {
		label = c.Emoji.Name
	}
	return Button{label, c.CustomID, c.URL, c.Style, c.Disabled, beside, row}
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
	return slices.DeleteFunc(slices.Clone(s), func(m Shown) bool { return m.CopyOf == "" })
}

// Labels returns the labels of the buttons in their order.
func (m Shown) Labels() []string {
	var labels []string
	for _, b := range m.Buttons {
		labels = append(labels, b.Label)
	}
	return labels
}

// Texts returns all that can be read of a message with its markup, besides buttons: its text and the parts of its embeds.
func (m Shown) Texts() []string {
	texts := []string{m.Text}
	for _, e := range m.Embeds {
		texts = append(texts, e.Title, e.Description)
		for _, f := range e.Fields {
			texts = append(texts, f.Name, f.Value)
		}
		if e.Footer != nil {
			texts = append(texts, e.Footer.Text)
		}
	}
	return slices.DeleteFunc(texts, func(text string) bool { return text == "" })
}

// Spoilers returns what is hidden until the reader taps it.
func (m Shown) Spoilers() []string {
	var hidden []string
	for _, text := range m.Texts() {
		hidden = append(hidden, Spoilers(text)...)
	}
	return hidden
}

// Anchors returns what can be followed in the texts, besides the buttons.
func (m Shown) Anchors() []Anchor {
	var found []Anchor
	for _, text := range m.Texts() {
		found = append(found, Anchors(text)...)
	}
	return found
}

// String draws the screen: texts with their spoilers covered, and the buttons in a line.
func (s Screen) String() string {
	var b strings.Builder
	for _, m := range s {
		text := strings.Join(m.Texts(), "\n")
		for _, hidden := range m.Spoilers() {
			text = strings.ReplaceAll(text, "||"+hidden+"||", strings.Repeat("░", units(hidden)))
		}
		who := "bot"
		if m.Private {
			who = "bot (private)"
		}
		if m.Thinking {
			text = "…"
		}
		fmt.Fprintf(&b, "%s: %s\n", who, strings.ReplaceAll(text, "\n", "\n  "))
		if len(m.Buttons) > 0 {
			fmt.Fprintf(&b, "  [%s]\n", strings.Join(m.Labels(), "] ["))
		}
		for _, menu := range m.Selects {
			for _, o := range menu.Options {
				fmt.Fprintf(&b, "  ( ) %s\n", o.Label)
			}
		}
	}
	return b.String()
}
