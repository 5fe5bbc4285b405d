package terminal

import (
	"slices"
	"strconv"
	"strings"

	"latchstring/core/talk"
)

// occasion says why a card is shown.
type occasion string

const (
	asked   occasion = "asked"   // it answers the reader
	unasked occasion = "unasked" // it arrived by itself, perhaps while the reader was typing
)

// keptNumbers is how many buttons can still be pressed by their numbers.
const keptNumbers = 1000

// numbers knows which button stands behind which number. Numbers begin at 1 and go on from card to card; none is given
// twice, so a card that arrives while somebody types can not put another button behind the number they mean. The 1,000
// youngest are remembered.
type numbers struct {
	first int // the number of known[0]; 0 before the first button
	known []choice
}

// choice is a button behind its number.
type choice struct {
	number   int
	message  string
	about    string // the summary of its card
	label    string
	handle   string // one of handle and say is set
	say      string
	foreign  bool // the label holds a stranger's words
	by       occasion
	replaced bool // its message was redrawn without it
}

// put numbers the buttons of a card in the order of [talk.Card.All]; links need no number, they are written out. The
// message's buttons of before count as replaced. It returns the first number.
func (n *numbers) put(message string, card *talk.Card, by occasion) int {
	if n.first == 0 {
		n.first = 1
	}
	for i := range n.known {
		if n.known[i].message == message {
			n.known[i].replaced = true
		}
	}
	next := n.first + len(n.known)
	for _, b := range card.All() {
		if !pressable(b) {
			continue
		}
		n.known = append(n.known, choice{
			number: n.first + len(n.known), message: message, about: card.Summary.String(), label: b.Label.String(),
			handle: b.Handle, say: b.Say, foreign: holdsForeign(b.Label), by: by,
		})
	}
	if drop := len(n.known) - keptNumbers; drop > 0 {
		n.known = slices.Delete(n.known, 0, drop)
		n.first += drop
	}
	return next
}

// pressable tells whether a button does something here. A link is for the reader's browser.
func pressable(b talk.Button) bool { return b.Handle != "" || b.Say != "" }

func holdsForeign(t talk.Text) bool {
	return slices.ContainsFunc(t, func(s talk.Span) bool { return s.Style == talk.Untrusted })
}

// find returns the buttons that a line may mean: the one behind a number, with or without brackets, or those with a
// label. A label that holds a stranger's words must be typed in brackets, lest a device be named after a command.
//
// A button that was replaced is found by its number only; home knows what to say of it. Of the answers that have the
// label only the newest counts, but every card that came unasked does: what arrives while somebody types can make them
// choose, and never changes what they press.
func (n *numbers) find(text string) []choice {
	label, bracketed := strings.CutPrefix(text, "[")
	if bracketed {
		label, bracketed = strings.CutSuffix(label, "]")
	}
	if !bracketed {
		label = text
	}
	if i, err := strconv.Atoi(label); err == nil {
		if i < max(n.first, 1) || i >= n.first+len(n.known) {
			return nil
		}
		return n.known[i-n.first : i-n.first+1]
	}
	var found []choice
	answer := ""
	for _, b := range slices.Backward(n.known) {
		if b.replaced || b.foreign && !bracketed || !strings.EqualFold(b.label, label) {
			continue
		}
		if b.by == asked {
			if answer != "" && answer != b.message {
				continue
			}
			answer = b.message
		}
		if b.say == "" || !slices.ContainsFunc(found, func(f choice) bool { return f.say == b.say }) {
			found = append(found, b)
		}
	}
	slices.Reverse(found)
	return found
}
