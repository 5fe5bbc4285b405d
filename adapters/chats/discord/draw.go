package discord

import (
	"net/url"
	"strconv"
	"strings"

	"latchstring/core/talk"
)

// The kinds of components that are drawn (https://discord.com/developers/docs/components/reference).
const (
	rowKind       = 1
	buttonKind    = 2
	selectKind    = 3
	sectionKind   = 9
	textKind      = 10
	containerKind = 17
)

// The flags of messages (https://discord.com/developers/docs/resources/message#message-object-message-flags).
const (
	noPreviews  = 1 << 2
	ephemeral   = 1 << 6
	silent      = 1 << 12
	arrangement = 1 << 15
)

// The bounds of a message, in UTF-16 units but for the numbers of things.
const (
	mostText       = 3900 // of 4000 over all texts of an arrangement
	mostContent    = 1900 // of 2000
	mostComponents = 40
	mostInRow      = 5
	mostRows       = 5
	mostCustomID   = 100
	mostURL        = 512
)

// component is a part of a message as Discord takes it.
type component struct {
	Type       int         `json:"type"`
	Content    string      `json:"content,omitempty"`
	Style      int         `json:"style,omitempty"`
	Label      string      `json:"label,omitempty"`
	CustomID   string      `json:"custom_id,omitempty"`
	URL        string      `json:"url,omitempty"`
	Options    []choice    `json:"options,omitempty"`
	Accent     int         `json:"accent_color,omitempty"`
	Components []component `json:"components,omitempty"`
	Accessory  *component  `json:"accessory,omitempty"`
}

// embed is a framed part of a message that is no arrangement.
type embed struct {
	Description string `json:"description"`
	Color       int    `json:"color,omitempty"`
}

// mentions says whom a message may call: nobody, ever.
type mentions struct {
	Parse []string `json:"parse"`
}

// body is a message as Discord takes it. In a change, what is null is taken away.
type body struct {
	Content    *string     `json:"content"`
	Embeds     []embed     `json:"embeds"`
	Components []component `json:"components"`
	Flags      int         `json:"flags"`
	Mentions   mentions    `json:"allowed_mentions"`
	Nonce      string      `json:"nonce,omitempty"`
	Enforce    bool        `json:"enforce_nonce,omitempty"`
}

// sayPrefix begins what a button carries that says a command. Anybody can send such data without a button, which is as if
// they had typed the command.
const sayPrefix = "s:"

// carried is what a press means by what it carries.
func carried(data string) (handle, say string) {
	if said, ok := strings.CutPrefix(data, sayPrefix); ok && strings.TrimSpace(said) != "" {
		return "", said
	}
	return data, ""
}

// iconOf is the sign of a tone, before words that say the same, and its colour.
func iconOf(t talk.Tone) (icon string, colour int) {
	switch t {
	case talk.Good:
		return "✅ ", 0x2E8B57
	case talk.Warn:
		return "⚠️ ", 0xE0A800
	case talk.Alarm:
		return "🚨 ", 0xC0392B
	case talk.Calm:
	}
	return "", 0
}

// sheet is what a card is drawn on.
type sheet struct {
	ink
	parts []component
	used  int // components, with what the card's own buttons need
	seen  map[string]bool
}

// arrange draws a card as an arrangement of components: each row with its button beside it. Whole tells whether the message
// has room for all of it.
func arrange(c *talk.Card) (drawn body, whole bool) {
	s := sheet{ink: ink{room: mostText}, seen: map[string]bool{}, used: 1}
	own := s.ways(c.Buttons)
	for _, row := range own {
		s.used += 1 + len(row.Components)
	}
	s.lead(c)
	for i := range c.Groups {
		s.group(&c.Groups[i])
	}
	s.flush()
	if s.full {
		s.mark()
	}
	s.parts = append(s.parts, own...)
	_, colour := iconOf(c.Tone)
	flags := arrangement | noPreviews
	if c.Quiet {
		flags |= silent
	}
	return body{
		Embeds: []embed{}, Flags: flags, Mentions: mentions{Parse: []string{}},
		Components: []component{{Type: containerKind, Accent: colour, Components: s.parts}},
	}, !s.full
}

// lead writes what is so: the summary, what is below it, and the steps.
func (s *sheet) lead(c *talk.Card) {
	icon, _ := iconOf(c.Tone)
	s.put(icon, "", "")
	s.text(c.Summary, true)
	s.rest(c)
}

// rest is the card without its summary, its groups and its buttons.
func (s *sheet) rest(c *talk.Card) {
	for _, p := range c.Body {
		s.line()
		s.text(p, false)
	}
	for i, step := range c.Steps {
		s.line()
		s.put(strconv.Itoa(i+1)+". ", "", "")
		s.text(step, false)
	}
	for _, b := range c.Buttons {
		s.written(b)
	}
}

// written writes a link out that no button takes.
func (s *sheet) written(b talk.Button) {
	if b.Link == "" || linkable(b.Link) {
		return
	}
	s.line()
	s.text(b.Label, false)
	s.put(": `", strings.ReplaceAll(tidy(b.Link), "`", "%60"), "`")
}

func (s *sheet) group(g *talk.Group) {
	if g.Title.Empty() && g.Note.Empty() && len(g.Rows) == 0 {
		return
	}
	s.flush()
	if !g.Title.Empty() {
		s.put("### ", "", "")
		s.text(g.Title, false)
	}
	if !g.Note.Empty() {
		s.line()
		s.text(g.Note, false)
	}
	for _, r := range g.Rows {
		s.row(r)
	}
}

// The components that a row takes: a section with its text and its button, or a row of buttons more.
const (
	ofSection = 3
	ofText    = 1
)

// row writes a row. One with a button stands beside it, as long as a message has room for it; what has no room for its
// button can be said instead.
func (s *sheet) row(r talk.Row) {
	buttons := s.buttons(r.Buttons)
	more := 0
	if len(buttons) > 1 {
		buttons = buttons[:min(len(buttons), 1+mostInRow)]
		more = len(buttons)
	}
	beside := len(buttons) > 0 && s.used+ofSection+more+2*ofText <= mostComponents && s.room > units("…")
	if beside {
		s.flush()
	} else {
		s.full = s.full || len(buttons) > 0
		s.line()
		s.put("• ", "", "")
	}
	s.text(r.Title, true)
	for i, fact := range r.Facts {
		if i > 0 || !r.Title.Empty() {
			s.put(" · ", "", "")
		}
		s.text(fact, false)
	}
	for _, b := range r.Buttons {
		s.written(b)
	}
	if !beside {
		return
	}
	text := s.take()
	if strings.TrimSpace(text) == "" {
		text = "…"
		s.room--
	}
	s.used += ofSection + more
	s.parts = append(s.parts, component{
		Type: sectionKind, Accessory: &buttons[0], Components: []component{{Type: textKind, Content: text}},
	})
	s.parts = append(s.parts, rows(buttons[1:])...)
}

// flush makes a part of what was written.
func (s *sheet) flush() {
	text := s.take()
	if strings.TrimSpace(text) == "" {
		return
	}
	if s.used >= mostComponents {
		s.full = true
		return
	}
	s.used++
	s.parts = append(s.parts, component{Type: textKind, Content: text})
}

// mark says at the end of the texts that something is left out.
func (s *sheet) mark() {
	for i := len(s.parts) - 1; i >= 0; i-- {
		if s.parts[i].Type == textKind {
			s.parts[i].Content += "\n…"
			return
		}
	}
}

// buttons draws buttons. A command that is too long to be carried has none, and what is carried twice has one.
func (s *sheet) buttons(buttons []talk.Button) []component {
	var all []component
	for _, b := range buttons {
		k := component{Type: buttonKind, Label: labelOf(b.Label), Style: styleOf(b.Style)}
		switch {
		case b.Handle != "":
			k.CustomID = b.Handle
		case strings.TrimSpace(tidy(b.Say)) != "":
			k.CustomID = sayPrefix + strings.TrimSpace(tidy(b.Say))
		case linkable(b.Link):
			k.URL, k.Style = b.Link, 5
		default:
			continue
		}
		if k.CustomID != "" && (units(k.CustomID) > mostCustomID || s.seen[k.CustomID]) {
			continue
		}
		if len(all) == mostRows*mostInRow {
			s.full = true
			break
		}
		s.seen[k.CustomID] = true
		all = append(all, k)
	}
	return all
}

// rows puts buttons side by side, five at the most.
func rows(buttons []component) []component {
	var all []component
	for len(buttons) > 0 {
		n := min(len(buttons), mostInRow)
		all = append(all, component{Type: rowKind, Components: buttons[:n]})
		buttons = buttons[n:]
	}
	return all
}

// pushed draws a card as a message whose summary a locked screen shows, which an arrangement has none of. It is for cards
// without rows and without secrets.
func pushed(c *talk.Card) (drawn body, whole bool) {
	head := sheet{ink: ink{room: mostContent}, seen: map[string]bool{}}
	icon, colour := iconOf(c.Tone)
	head.put(icon, "", "")
	head.text(c.Summary, true)
	content := head.take()
	b := body{Content: &content, Embeds: []embed{}, Components: head.ways(c.Buttons), Mentions: mentions{Parse: []string{}}}
	if b.Components == nil {
		b.Components = []component{}
	}
	below := sheet{ink: ink{room: mostText}}
	below.rest(c)
	text := below.take()
	if below.full {
		text += "\n…"
	}
	if strings.TrimSpace(text) != "" {
		b.Embeds = []embed{{Description: text, Color: colour}}
	}
	if c.Quiet {
		b.Flags = silent
	}
	return b, !head.full && !below.full
}

// draw draws a card for a message of its own.
func draw(c *talk.Card) (drawn body, whole bool) {
	if len(c.Groups) > 0 || c.Secret() {
		return arrange(c)
	}
	return pushed(c)
}

// labelOf is a label without anything that draws no character; one that has none left is still to be pressed.
func labelOf(t talk.Text) string {
	label := tame(t.String())
	switch {
	case label == "":
		return "…"
	case units(label) > talk.MaxLabel:
		return cut(label, talk.MaxLabel)
	}
	return label
}

func styleOf(s talk.ButtonStyle) int {
	switch s {
	case talk.Danger:
		return 4
	case talk.Advised:
		return 1
	case talk.Ordinary:
	}
	return 2
}

// linkable tells whether a button can lead there: to the web, without a password in the address.
func linkable(link string) bool {
	u, err := url.Parse(link)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.User == nil && u.Host != "" &&
		units(link) <= mostURL && !strings.ContainsAny(link, " \n\t")
}
