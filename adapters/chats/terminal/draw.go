package terminal

import (
	"slices"
	"strconv"
	"strings"

	"latchstring/core/talk"
)

// sheet is what one card is drawn on.
type sheet struct {
	width  int
	colour bool
	next   int // the number of the next button
	b      strings.Builder
}

// The columns of the drawing.
const (
	margin    = 2  // left of everything; the summary has its icon there
	deep      = 4  // left of rows
	hang      = 2  // left of what a row continues with
	gap       = 3  // between a row and its buttons
	leastText = 30 // a row that would get less has its buttons below it
)

// card draws a card, with an empty line after it. A card without a word gives "".
func (s *sheet) card(c *talk.Card) string {
	icon, l := iconOf(c.Tone)
	s.flow(glued(write(nil, icon, l)), margin, ink(c.Summary, bold))
	for _, p := range c.Body {
		s.flow(nil, margin, ink(p, plain))
	}
	for i, step := range c.Steps {
		s.flow(write(nil, strconv.Itoa(i+1)+".", bold), margin, ink(step, plain))
	}
	s.groups(c.Groups)
	s.buttons(margin, c.Buttons, nil)
	if s.b.Len() == 0 {
		return ""
	}
	return s.b.String() + "\n"
}

// iconOf gives the sign of a tone. It stands beside words that say the same.
func iconOf(t talk.Tone) (string, look) {
	switch t {
	case talk.Good:
		return "✓", good
	case talk.Warn:
		return "!", warn
	case talk.Alarm:
		return "▲", alarm
	case talk.Calm:
	}
	return "", plain
}

// choices draws buttons again, each with its number and what its card is about, for a reader who has to choose.
func (s *sheet) choices(found []choice) string {
	for _, f := range found {
		row := append(write(nil, "["+strconv.Itoa(f.number)+"] ", number), write(nil, tame.Replace(f.label+" — "+f.about), plain)...)
		s.flow(nil, margin, row)
	}
	return s.b.String() + "\n"
}

// flow writes text in as many lines as it takes, indented alike. A lead stands left of the first line: an icon in the
// indentation itself, a step's number behind it.
func (s *sheet) flow(lead []cell, indent int, text []cell) {
	if len(text) == 0 {
		return
	}
	first := spaces(indent)
	switch w := widthOf(lead); {
	case w > 0 && w < indent:
		first = append(slices.Clone(lead), spaces(indent-w)...)
	case w > 0:
		first = append(append(first, lead...), spaces(1)...)
		indent += w + 1
	}
	for _, line := range wrap(text, s.width-indent, 0) {
		s.line(append(first, line...))
		first = spaces(indent)
	}
}

func spaces(n int) []cell { return slices.Repeat([]cell{{text: " ", width: 1, glue: true}}, max(n, 0)) }

// line writes one line, without blanks at its end.
func (s *sheet) line(row []cell) {
	for len(row) > 0 && row[len(row)-1].text == " " {
		row = row[:len(row)-1]
	}
	current := plain
	turn := func(l look) {
		if !s.colour || l == current {
			return
		}
		if current != plain {
			s.b.WriteString("\x1b[0m")
		}
		if l != plain {
			s.b.WriteString("\x1b[" + string(l) + "m")
		}
		current = l
	}
	for _, c := range row {
		turn(c.look)
		s.b.WriteString(c.text)
	}
	turn(plain)
	s.b.WriteByte('\n')
}

// groups draws rows under their headings. The buttons of all rows stand in one column, or below each row where the
// terminal is too narrow for that.
func (s *sheet) groups(groups []talk.Group) {
	type drawn struct{ text, side []cell }
	var rows []drawn
	textWidth, sideWidth := 0, 0
	for _, g := range groups {
		for _, r := range g.Rows {
			d := drawn{rowText(r), s.numbered(r.Buttons, r.Title)}
			rows = append(rows, d)
			textWidth, sideWidth = max(textWidth, widthOf(d.text)), max(sideWidth, widthOf(d.side))
		}
	}
	column := s.width - deep
	if sideWidth > 0 {
		column -= gap + sideWidth
	}
	column = min(column, textWidth)
	for _, g := range groups {
		s.flow(nil, margin, ink(g.Title, bold))
		s.flow(nil, deep, ink(g.Note, dim))
		for _, r := range g.Rows {
			d := rows[0]
			rows = rows[1:]
			if column < min(leastText, textWidth) {
				s.row(d.text, s.width-deep, nil)
				s.flow(nil, deep+hang, d.side)
			} else {
				s.row(d.text, column, d.side)
			}
			s.links(deep+hang, r.Buttons)
		}
	}
}

// row writes a row in a column of that width, with its buttons to the right of its first line.
func (s *sheet) row(text []cell, column int, side []cell) {
	lines := wrap(text, column, hang)
	if len(lines) == 0 {
		lines = [][]cell{nil}
	}
	row := append(spaces(deep), lines[0]...)
	if len(side) > 0 {
		row = append(append(row, spaces(column-widthOf(lines[0])+gap)...), side...)
	}
	s.line(row)
	for _, line := range lines[1:] {
		s.line(append(spaces(deep+hang), line...))
	}
}

// rowText is what a row says, its facts parted by dots.
func rowText(r talk.Row) []cell {
	row := ink(r.Title, bold)
	for i, fact := range r.Facts {
		if i == 0 && r.Title.Empty() { // a row that is a sentence
			row = ink(fact, plain)
			continue
		}
		row = append(row, cell{text: " ", width: 1, glue: true}) // the dot ends a line rather than beginning one
		row = append(write(row, "· ", dim), ink(fact, plain)...)
	}
	return row
}

// buttons draws the buttons of a whole card, as many on a line as fit, and the links below them.
func (s *sheet) buttons(indent int, buttons []talk.Button, title talk.Text) {
	s.flow(nil, indent, s.numbered(buttons, title))
	s.links(indent, buttons)
}

// numbered draws the pressable ones of buttons with their numbers; a line is broken between them only. Where a label
// repeats the title of its row, which stands on the same line, it is drawn without it.
func (s *sheet) numbered(buttons []talk.Button, title talk.Text) []cell {
	var row []cell
	for _, b := range buttons {
		if !pressable(b) {
			continue
		}
		if len(row) > 0 {
			row = append(append(row, spaces(1)...), cell{text: " ", width: 1})
		}
		row = append(row, glued(write(nil, "["+strconv.Itoa(s.next)+"] ", number))...)
		row = append(row, glued(ink(without(b.Label, title), lookOf(b.Style)))...)
		s.next++
	}
	return row
}

func lookOf(b talk.ButtonStyle) look {
	switch b {
	case talk.Danger:
		return danger
	case talk.Advised:
		return bold
	case talk.Ordinary:
	}
	return plain
}

// without returns a label without the span that repeats a title, whole or cut with "…".
func without(label, title talk.Text) talk.Text {
	whole := title.String()
	if whole == "" || len(label) < 2 {
		return label
	}
	return slices.DeleteFunc(slices.Clone(label), func(s talk.Span) bool {
		head, cut := strings.CutSuffix(s.Text, "…")
		return s.Text == whole || cut && head != "" && strings.HasPrefix(whole, head)
	})
}

// links writes the links among buttons out, each on a line of its own.
func (s *sheet) links(indent int, buttons []talk.Button) {
	for _, b := range buttons {
		if b.Link == "" {
			continue
		}
		row := write(ink(b.Label, lookOf(b.Style)), " → ", dim)
		s.flow(nil, indent, write(row, strings.ReplaceAll(b.Link, " ", "%20"), plain))
	}
}
