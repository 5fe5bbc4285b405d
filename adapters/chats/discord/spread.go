package discord

import (
	"slices"

	"latchstring/core/talk"
)

// mostMessages bounds how many messages one card takes; what has no room in them is cut.
const mostMessages = 10

// spread draws a card as messages that each have room for their part of it. One that fits is one message; of more, the
// first has the summary and the last what can be done, and those between make no sound.
func spread(c *talk.Card, draw func(*talk.Card) (drawn body, whole bool)) []body {
	drawn, whole := draw(c)
	if whole {
		return []body{drawn}
	}
	part := bare(c, c.Summary)
	part.Quiet = c.Quiet
	empty := true
	var bodies []body
	for _, add := range pieces(c) {
		tried := part
		tried.Groups = slices.Clone(part.Groups)
		add(&tried)
		fitting, whole := draw(&tried)
		if !whole && !empty && len(bodies) < mostMessages-1 {
			bodies = append(bodies, drawn)
			tried = bare(c, talk.Words("…"))
			add(&tried)
			fitting, _ = draw(&tried)
		}
		part, drawn, empty = tried, fitting, false
	}
	return append(bodies, drawn)
}

// bare is a card like another without what it says but for its summary.
func bare(c *talk.Card, summary talk.Text) talk.Card {
	return talk.Card{Tone: c.Tone, Summary: summary, Private: c.Private, Lapses: c.Lapses, Quiet: true}
}

// pieces are the parts of a card that stay in one message each, in their order. Each puts itself into a card.
func pieces(c *talk.Card) []func(*talk.Card) {
	var all []func(*talk.Card)
	for _, p := range c.Body {
		all = append(all, func(to *talk.Card) { to.Body = append(slices.Clip(to.Body), p) })
	}
	if len(c.Steps) > 0 { // they are numbered
		all = append(all, func(to *talk.Card) { to.Steps = c.Steps })
	}
	for _, g := range c.Groups {
		all = append(all, func(to *talk.Card) { to.Groups = append(to.Groups, talk.Group{Title: g.Title, Note: g.Note}) })
		for _, r := range g.Rows {
			all = append(all, func(to *talk.Card) {
				if len(to.Groups) == 0 {
					to.Groups = []talk.Group{{Title: g.Title}}
				}
				last := &to.Groups[len(to.Groups)-1]
				last.Rows = append(slices.Clip(last.Rows), r)
			})
		}
	}
	return append(all, func(to *talk.Card) { to.Buttons = c.Buttons })
}
