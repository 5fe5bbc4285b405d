package telegram

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"latchstring/core"
	"latchstring/core/talk"
)

// The bounds of a message. Telegram counts text in UTF-16 units after its entities were read
// (https://core.telegram.org/bots/api#sendmessage), and drops what is more than a hundred entities, with those that it
// finds by itself; a name that lost its own could become a link.
const (
	mostUnits    = 4096
	mostEntities = 90
	mostParts    = 4 // of one card; what is more ends in "…"
)

// drawing is a card as Telegram takes it: the texts of one message or more in HTML, and the buttons of the last one.
type drawing struct {
	parts  []string
	keys   [][]key
	secret bool
	quiet  bool
	lapses time.Time
}

// draw draws a card. One that says nothing has no parts.
func draw(c *talk.Card) drawing {
	if c.Summary.Empty() {
		return drawing{}
	}
	s := sheet{}
	first := s.line()
	first.write("", iconOf(c.Tone))
	first.ink(c.Summary, "b")
	for _, p := range c.Body {
		s.line().ink(p, "")
	}
	for i, step := range c.Steps {
		l := s.line()
		l.apart = i == 0
		l.write("", strconv.Itoa(i+1)+". ")
		l.ink(step, "")
	}
	keys := s.groups(c.Groups)
	keys = append(keys, s.buttons(c.Buttons)...)
	return drawing{
		parts: s.parts(), keys: append(copyKeys(c), keys...), secret: c.Secret(), quiet: c.Quiet, lapses: c.Lapses,
	}
}

// iconOf is the sign of a tone, before words that say the same.
func iconOf(t talk.Tone) string {
	switch t {
	case talk.Good:
		return "✅ "
	case talk.Warn:
		return "⚠️ "
	case talk.Alarm:
		return "🚨 "
	case talk.Calm:
	}
	return ""
}

// sheet is what a card is drawn on, line by line.
type sheet struct{ lines []*line }

// line begins a line.
func (s *sheet) line() *line {
	l := &line{}
	s.lines = append(s.lines, l)
	return l
}

// groups draws rows under their headings and returns their buttons. A button says in its label which row it belongs to;
// where two rows share a label, rows have numbers and these labels too.
func (s *sheet) groups(groups []talk.Group) [][]key {
	var keys [][]key
	shared := sharedLabels(groups)
	number := 0
	for _, g := range groups {
		if g.Title.Empty() && g.Note.Empty() && len(g.Rows) == 0 {
			continue
		}
		from := len(s.lines)
		if !g.Title.Empty() {
			s.line().ink(g.Title, "b")
		}
		if !g.Note.Empty() {
			s.line().ink(g.Note, "i")
		}
		for _, r := range g.Rows {
			number++
			l, lead := s.line(), "• "
			if len(shared) > 0 {
				lead = strconv.Itoa(number) + ". "
			}
			l.write("", lead)
			l.ink(r.Title, "")
			for i, fact := range r.Facts {
				if i > 0 || !r.Title.Empty() {
					l.write("", " · ")
				}
				l.ink(fact, "")
			}
			for _, k := range s.buttons(r.Buttons) {
				if shared[k[0].Text] {
					k[0].Text += " (" + strconv.Itoa(number) + ")"
				}
				keys = append(keys, k)
			}
		}
		s.lines[from].apart = true
	}
	return keys
}

// sharedLabels returns the labels that buttons of more than one row have.
func sharedLabels(groups []talk.Group) map[string]bool {
	rows, shared := map[string]int{}, map[string]bool{}
	for _, g := range groups {
		for _, r := range g.Rows {
			for _, b := range r.Buttons {
				label := labelOf(b.Label)
				if rows[label]++; rows[label] > 1 {
					shared[label] = true
				}
			}
		}
	}
	return shared
}

// parts packs the lines into messages. A line is whole in one of them.
func (s *sheet) parts() []string {
	var parts []string
	var b strings.Builder
	units, entities := 0, 0
	for _, l := range s.lines {
		if l.units == 0 {
			continue
		}
		gap := "\n"
		if l.apart {
			gap = "\n\n"
		}
		if b.Len() > 0 && (units+len(gap)+l.units > mostUnits-len("\n…") || entities+l.entities > mostEntities) {
			if len(parts) == mostParts-1 {
				b.WriteString("\n…")
				break
			}
			parts = append(parts, b.String())
			b.Reset()
			units, entities = 0, 0
		}
		if b.Len() > 0 {
			b.WriteString(gap)
			units += len(gap)
		}
		b.WriteString(l.html.String())
		units, entities = units+l.units, entities+l.entities
	}
	if b.Len() > 0 {
		parts = append(parts, b.String())
	}
	return parts
}

// line is one line of a message, in HTML.
type line struct {
	html     strings.Builder
	units    int // in UTF-16, without the marks of HTML
	entities int
	apart    bool // an empty line stands before it
}

// ink writes a text; our own words in it that have no style of their own get a tag. No two tags ever share their text:
// Telegram lets code stand in nothing else, and would show a secret that stands in code. Neighbours that are drawn alike
// share one tag, but two strangers' words never do.
func (l *line) ink(t talk.Text, tag string) {
	run, words := "", ""
	for _, s := range t {
		next, text := tag, ""
		switch s.Style {
		case talk.Strong:
			next, text = "b", tidy(s.Text)
		case talk.Untrusted:
			next, text = "code", tame(s.Text)
		case talk.Hidden:
			next, text = "tg-spoiler", strings.ToValidUTF8(s.Secret.Reveal(), "")
		case talk.Plain, talk.When:
			text = tidy(s.Text)
		}
		if next != run || next == "code" || next == "tg-spoiler" {
			l.write(run, words)
			run, words = next, ""
		}
		words += text
	}
	l.write(run, words)
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// write adds words with a tag around them, or none. The tag stands around what is not space, since an entity of spaces is
// none. Words for which there is no room are cut, but a secret is whole or left out: a part of it is of no use.
func (l *line) write(tag, words string) {
	room := mostUnits - len("\n…") - l.units
	if tag != "" && l.entities >= mostEntities {
		room = 0
	}
	if units(words) > room {
		if tag == "tg-spoiler" {
			return
		}
		words = cut(words, room)
	}
	l.units += units(words)
	inner := strings.TrimSpace(words)
	if tag == "" || inner == "" {
		l.html.WriteString(escape.Replace(words))
		return
	}
	before, after, _ := strings.Cut(words, inner)
	l.html.WriteString(before + "<" + tag + ">" + escape.Replace(inner) + "</" + tag + ">" + after)
	l.entities++
}

// units is how long Telegram takes a text to be.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}

// cut shortens a text to so many units, the last of which is "…".
func cut(s string, room int) string {
	if room <= 0 {
		return ""
	}
	n := 0
	for i, r := range s {
		if n += max(1, utf16.RuneLen(r)); n >= room {
			return s[:i] + "…"
		}
	}
	return s
}

// tidy keeps our own words on one line.
func tidy(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), 0x2028 <= r && r <= 0x202E: // what Telegram itself drops, uncounted
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// mostMarks bounds how many marks stand on one character; more of them reach into other lines.
const mostMarks = 2

// tame makes a stranger's words fit for one line. In code they are not looked at for links, mentions and commands.
func tame(s string) string {
	marks := 0
	return strings.Map(func(r rune) rune {
		if !unicode.In(r, unicode.Mn, unicode.Me) {
			marks = 0
			return r
		}
		if marks++; marks > mostMarks {
			return -1
		}
		return r
	}, core.Clean(s))
}
