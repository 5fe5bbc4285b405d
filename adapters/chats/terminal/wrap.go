package terminal

import (
	"strings"
	"unicode"

	"latchstring/core/talk"
)

// look is how text is drawn where colours are wanted: parameters of the escape sequence "select graphic rendition"
// (ECMA-48, 8.3.117). Every look has something beside it that says the same without a colour.
type look string

const (
	plain  look = ""
	bold   look = "1"
	dim    look = "2"
	number look = "36"   // of buttons
	danger look = "31"   // buttons that can not be undone
	secret look = "7"    // between marks
	good   look = "1;32" // the icons
	warn   look = "1;33"
	alarm  look = "1;31"
)

// cell is one character as the reader sees it: a rune with the marks that stand on it.
type cell struct {
	text  string
	width int // in columns: 1 or 2
	look  look
	glue  bool // a space at which the line is not broken
}

// maxMarks bounds how many marks may stand on one character; more of them reach into other lines.
const maxMarks = 2

// write adds text to a row. Whatever does not draw a character is dropped, from whomever it came: control and format
// characters, line breaks (they become spaces), invalid bytes, and runs of spaces but for one. Marks stand on characters
// of the same text only.
func write(row []cell, text string, l look) []cell {
	marks := maxMarks
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			if n := len(row); n > 0 && row[n-1].text != " " {
				row = append(row, cell{text: " ", width: 1, look: l})
			}
			marks = maxMarks
		case r == unicode.ReplacementChar, !unicode.IsGraphic(r), unicode.Is(unicode.Variation_Selector, r):
		case columnsOf(r) == 0:
			if marks < maxMarks {
				row[len(row)-1].text += string(r)
				marks++
			}
		default:
			row = append(row, cell{text: string(r), width: columnsOf(r), look: l})
			marks = 0
		}
	}
	return row
}

// tame takes from a stranger's words the signs that the drawing itself uses, so that a name can not look like a button, a
// further fact or a secret.
var tame = strings.NewReplacer("[", "(", "]", ")", "·", ".", "▒", "", "→", ">")

// ink draws a text; what has no look of its own takes the given one.
func ink(t talk.Text, l look) []cell {
	var row []cell
	for _, s := range t {
		switch s.Style {
		case talk.Untrusted:
			row = write(row, tame.Replace(s.Text), l)
		case talk.Hidden:
			row = append(row, glued(write(nil, "▒ "+s.Secret.Reveal()+" ▒", secret))...)
		case talk.Strong:
			row = write(row, s.Text, bold)
		case talk.Plain, talk.When:
			row = write(row, s.Text, l)
		}
	}
	return row
}

// glued keeps a row of cells on one line.
func glued(row []cell) []cell {
	for i := range row {
		row[i].glue = true
	}
	return row
}

func widthOf(row []cell) int {
	w := 0
	for _, c := range row {
		w += c.width
	}
	return w
}

// wrap breaks a row at spaces into lines of at most width columns, those after the first hang columns shorter. A word that
// is longer stands on a line of its own and is not broken, so that it can be copied.
func wrap(row []cell, width, hang int) [][]cell {
	var lines [][]cell
	for start := 0; start < len(row); {
		end, used, space := start, 0, -1
		for end < len(row) {
			if row[end].text == " " && !row[end].glue {
				space = end
				if used >= width {
					break
				}
			}
			if used+row[end].width > width && space >= 0 {
				break
			}
			used += row[end].width
			end++
		}
		if end < len(row) {
			end = space
		}
		if lines = append(lines, row[start:end]); len(lines) == 1 {
			width -= hang
		}
		for start = end; start < len(row) && row[start].text == " " && !row[start].glue; {
			start++
		}
	}
	return lines
}

// wide are the characters that take two columns, near enough: East Asian wide and full-width ones and pictures
// (https://www.unicode.org/reports/tr11). Where a terminal thinks otherwise a column is crooked, no more.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x1100, 0x115F, 1},
		{0x231A, 0x231B, 1},
		{0x23E9, 0x23EC, 1},
		{0x23F0, 0x23F3, 3},
		{0x25FD, 0x25FE, 1},
		{0x2614, 0x2615, 1},
		{0x2648, 0x2653, 1},
		{0x267F, 0x2693, 20},
		{0x26A1, 0x26AA, 9},
		{0x26AB, 0x26BD, 18},
		{0x26BE, 0x26C4, 6},
		{0x26C5, 0x26CE, 9},
		{0x26D4, 0x26EA, 22},
		{0x26F2, 0x26F3, 1},
		{0x26F5, 0x26FA, 5},
		{0x26FD, 0x2705, 8},
		{0x270A, 0x270B, 1},
		{0x2728, 0x274C, 36},
		{0x274E, 0x2753, 5},
		{0x2754, 0x2755, 1},
		{0x2757, 0x2795, 62},
		{0x2796, 0x2797, 1},
		{0x27B0, 0x27BF, 15},
		{0x2B1B, 0x2B1C, 1},
		{0x2B50, 0x2B55, 5},
		{0x2E80, 0x303E, 1},
		{0x3041, 0x4DBF, 1},
		{0x4E00, 0xA4CF, 1},
		{0xA960, 0xA97C, 1},
		{0xAC00, 0xD7A3, 1},
		{0xF900, 0xFAFF, 1},
		{0xFE10, 0xFE19, 1},
		{0xFE30, 0xFE6F, 1},
		{0xFF01, 0xFF60, 1},
		{0xFFE0, 0xFFE6, 1},
	},
	R32: []unicode.Range32{
		{0x16FE0, 0x18CFF, 1},
		{0x1AFF0, 0x1B2FF, 1},
		{0x1F004, 0x1F0CF, 203},
		{0x1F18E, 0x1F191, 3},
		{0x1F192, 0x1F19A, 1},
		{0x1F200, 0x1F265, 1},
		{0x1F300, 0x1F64F, 1},
		{0x1F680, 0x1F6FF, 1},
		{0x1F7E0, 0x1F7EB, 1},
		{0x1F900, 0x1F9FF, 1},
		{0x1FA70, 0x1FAFF, 1},
		{0x20000, 0x3FFFD, 1},
	},
}

// columnsOf tells how many columns a character takes: none, one or two.
func columnsOf(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me), r >= 0x1160 && r <= 0x11FF: // marks, and vowels that join a syllable
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}
