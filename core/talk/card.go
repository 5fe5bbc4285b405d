package talk

import (
	"slices"
	"time"
)

// Card is one thing the house says, before any chat has drawn it: what is so, then what can be done. It holds no markup.
type Card struct {
	Tone    Tone
	Summary Text   // one line that says it all; also the push preview
	Body    []Text // paragraphs below it
	Steps   []Text // numbered, for what a person does by hand
	Groups  []Group
	Buttons []Button // what can be done about the whole card

	// Private cards are for their reader's eyes alone; adapters never draw them where others read.
	Private bool
	// Lapses is when the adapter deletes the message, because it shows a secret; zero: never.
	Lapses time.Time
	// Quiet cards need nobody at once: no sound, no push.
	Quiet bool
}

// Tone is how much a card matters. Adapters draw it as an icon and a colour beside the words, never instead of them.
type Tone string

// The tones.
const (
	Calm  Tone = ""
	Good  Tone = "good"  // it worked
	Warn  Tone = "warn"  // it did not, or not for sure
	Alarm Tone = "alarm" // somebody should look
)

// Group is rows under one heading: the devices of a service.
type Group struct {
	Title Text
	Note  Text // a line under the heading, such as that the service does not answer
	Rows  []Row
}

// Row is one thing of a list: a device with its facts and what can be done with it.
type Row struct {
	Title   Text
	Facts   []Text
	Buttons []Button
}

// Button is something to press. Exactly one of Handle, Say and Link is set.
type Button struct {
	Label  Text // at most 38 characters
	Style  ButtonStyle
	Handle string // an offer's handle
	Say    string // a command it says for the reader, who could as well type it; carries no rights of its own
	Link   string // an address it opens
}

// ButtonStyle is what pressing means.
type ButtonStyle string

// The styles of buttons.
const (
	Ordinary ButtonStyle = ""
	Advised  ButtonStyle = "advised" // what most people will want
	Danger   ButtonStyle = "danger"  // what can not be undone
)

// MaxLabel is how many characters a button's label has at the most, so that no platform cuts it.
const MaxLabel = 38

// All returns the card's buttons in reading order: each row's, then the card's own. Chats that number buttons count so.
func (c *Card) All() []Button {
	var all []Button
	for _, g := range c.Groups {
		for _, r := range g.Rows {
			all = append(all, r.Buttons...)
		}
	}
	return append(all, c.Buttons...)
}

// Secret tells whether the card shows something that must not be seen by anybody but its reader, whatever room they are in.
func (c *Card) Secret() bool {
	hides := func(t Text) bool { return slices.ContainsFunc(t, func(s Span) bool { return s.Style == Hidden }) }
	return !c.Lapses.IsZero() || hides(c.Summary) || slices.ContainsFunc(c.Body, hides) || slices.ContainsFunc(c.Steps, hides)
}

// withoutOffers returns the card without the buttons whose meaning would have to be written down.
func (c *Card) withoutOffers() Card {
	keep := func(buttons []Button) []Button {
		return slices.DeleteFunc(slices.Clone(buttons), func(b Button) bool { return b.Handle != "" || b.Say == "" && b.Link == "" })
	}
	bare := *c
	bare.Buttons = keep(c.Buttons)
	bare.Groups = make([]Group, len(c.Groups))
	for i, g := range c.Groups {
		bare.Groups[i] = g
		bare.Groups[i].Rows = slices.Clone(g.Rows)
		for j := range bare.Groups[i].Rows {
			bare.Groups[i].Rows[j].Buttons = keep(g.Rows[j].Buttons)
		}
	}
	return bare
}
