package discord

import (
	"slices"
	"strings"

	"latchstring/core/talk"
)

// mostPlain is how many alternatives are buttons; more of them are a list to choose from. It takes 25, which is as many as
// are drawn.
const mostPlain = 5

// choicePrefix begins the name of a select. Its options carry what buttons would.
const choicePrefix = "c:"

// choice is one of what a select offers.
type choice struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// ways draws what can be done about a whole card: buttons in rows, and, where there are many plain alternatives, a list to
// choose one of them from.
func (s *sheet) ways(buttons []talk.Button) []component {
	all := s.buttons(buttons)
	plain := func(b component) bool { return b.Style == styleOf(talk.Ordinary) }
	alternatives := slices.DeleteFunc(slices.Clone(all), func(b component) bool { return !plain(b) })
	if len(alternatives) <= mostPlain {
		return rows(all)
	}
	menu := component{Type: selectKind, CustomID: choicePrefix + "1"}
	for _, b := range alternatives {
		menu.Options = append(menu.Options, choice{b.Label, b.CustomID})
	}
	return append([]component{{Type: rowKind, Components: []component{menu}}}, rows(slices.DeleteFunc(all, plain))...)
}

// chosen is what a press carries: the button's own data, or that of the option that was chosen.
func (i *interaction) chosen() string {
	if strings.HasPrefix(i.Data.CustomID, choicePrefix) && len(i.Data.Values) == 1 {
		return i.Data.Values[0]
	}
	return i.Data.CustomID
}
