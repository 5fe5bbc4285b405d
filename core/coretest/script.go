package coretest

import (
	"fmt"
	"strings"

	"latchstring/core/talk"
)

// Script draws a card as talk files write it: the summary, what follows it, the rows, and buttons in brackets.
func Script(c talk.Card) []string {
	var lines []string
	add := func(indent int, s string) {
		if s != "" {
			lines = append(lines, strings.Repeat("  ", indent)+s)
		}
	}
	mark := map[talk.Tone]string{talk.Calm: "", talk.Good: "(good) ", talk.Warn: "(warning) ", talk.Alarm: "(alarm) "}[c.Tone]
	add(1, mark+words(c.Summary))
	for _, t := range c.Body {
		add(1, words(t))
	}
	for i, t := range c.Steps {
		add(1, fmt.Sprintf("%d. %s", i+1, words(t)))
	}
	for _, g := range c.Groups {
		add(1, words(g.Title))
		add(2, words(g.Note))
		for _, r := range g.Rows {
			var row []string
			if !r.Title.Empty() {
				row = []string{words(r.Title)}
			}
			for _, f := range r.Facts {
				row = append(row, words(f))
			}
			add(2, strings.TrimRight(strings.Join(row, " · ")+"  "+buttons(r.Buttons), " "))
		}
	}
	add(1, buttons(c.Buttons))
	if !c.Lapses.IsZero() {
		add(1, "(taken away later)")
	}
	return lines
}

func words(t talk.Text) string {
	var b strings.Builder
	for _, s := range t {
		if s.Style == talk.Hidden {
			b.WriteString("▒▒▒▒▒▒")
			continue
		}
		b.WriteString(s.Text)
	}
	return b.String()
}

func buttons(bs []talk.Button) string {
	labels := make([]string, len(bs))
	for i, b := range bs {
		labels[i] = "[" + words(b.Label) + "]"
		if b.Link != "" {
			labels[i] += "(" + b.Link + ")"
		}
	}
	return strings.Join(labels, "  ")
}
