package discord

import (
	"context"
	"log/slog"
	"strings"

	"latchstring/core/talk"
)

// The kinds of components of a form.
const (
	inputKind = 4
	labelKind = 18
	oneLine   = 1 // a style of inputs
)

// The bounds of a form, in UTF-16 units.
const (
	mostTitle = 45
	mostInput = 200
)

// formPrefix begins the name of a form that asks for what follows a command. Anybody can send such a form without having
// been asked, which is as if they had typed the command.
const formPrefix = "f:"

// form is a form as Discord takes it.
type form struct {
	CustomID   string  `json:"custom_id"`
	Title      string  `json:"title"`
	Components []label `json:"components"`
}

type label struct {
	Type      int    `json:"type"`
	Label     string `json:"label"`
	Component input  `json:"component"`
}

type input struct {
	Type      int    `json:"type"`
	CustomID  string `json:"custom_id"`
	Style     int    `json:"style"`
	MaxLength int    `json:"max_length"`
	Required  bool   `json:"required"`
}

// field is a part of a form that was filled in: an input, or what it stands in.
type field struct {
	Value      string  `json:"value,omitempty"`
	Component  *field  `json:"component,omitempty"`  // of a label
	Components []field `json:"components,omitempty"` // of a row
}

// asks tells whether a command came without the words that it makes no sense without. Its kind decides that alone, before
// anything else is known: a form can only be the first answer.
func (c *Chat) asks(i *interaction) bool {
	w := c.talk.LinkWord()
	return w.Asks && i.Data.Name == w.Name && i.text() == ""
}

// ask opens the form that asks for them. The command is done with then; what is sent with the form is a command of its own.
func (c *Chat) ask(ctx context.Context, i *interaction) {
	if err := c.callback(ctx, i, map[string]any{"type": openForm, "data": formOf(c.talk.LinkWord())}); err != nil {
		c.log.Warn("form not shown", slog.Any("cause", err))
	}
}

func formOf(w talk.Word) form {
	short := func(words string) string {
		if words = tidy(words); units(words) > mostTitle {
			words = cut(words, mostTitle)
		}
		return words
	}
	in := input{Type: inputKind, CustomID: w.Takes.Name, Style: oneLine, MaxLength: mostInput, Required: true}
	return form{
		CustomID: formPrefix + w.Name, Title: short(w.About),
		Components: []label{{Type: labelKind, Label: short(w.Takes.About), Component: in}},
	}
}

// formOf is the command whose form was sent; "": it is no form of this bot's.
func (i *interaction) formOf() string {
	word, ours := strings.CutPrefix(i.Data.CustomID, formPrefix)
	if !ours {
		return ""
	}
	return word
}

// filled is what was filled into a form of one input.
func (i *interaction) filled() string {
	for _, f := range i.Data.Components {
		if f.Component != nil && f.Component.Value != "" {
			return f.Component.Value
		}
		for _, inside := range f.Components {
			if inside.Value != "" {
				return inside.Value
			}
		}
	}
	return ""
}
