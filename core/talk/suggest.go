package talk

import (
	"slices"
	"strings"

	"latchstring/core"
)

// mostSuggestions bounds what is suggested; no platform shows more.
const mostSuggestions = 25

// Suggest completes what a person types after a command, from memory alone: no service is asked, nothing is written, so it
// is quick and may be called with every letter. It knows of nothing that the person may not see, and strangers are told
// nothing. What is suggested is words to be said, no more trusted than others.
func (t *Talk) Suggest(from core.Contact, command, typed string) []string {
	me, known := t.Desk.MemberAt(from)
	c, ok := find(command)
	if !known || !ok || !c.mayUse(me) || len(typed) > maxSaid {
		return nil
	}
	var found []string
	add := func(whole string) {
		if len(found) < mostSuggestions && !slices.Contains(found, whole) {
			found = append(found, whole)
		}
	}
	typed = strings.ToLower(typed)
	if c.act == core.SignOut {
		for _, name := range t.signable(me) {
			if strings.Contains(strings.ToLower(name), strings.TrimSpace(typed)) {
				add(name)
			}
		}
	}
	at := strings.LastIndex(typed, " ") + 1
	for _, word := range t.narrowing(me, c) {
		if strings.HasPrefix(word, typed[at:]) {
			add(typed[:at] + word)
		}
	}
	return found
}

// signable are the names of the devices that a member could sign out or ask for, as their services listed them last.
func (t *Talk) signable(me core.Member) []string {
	var names []string
	for _, l := range t.Desk.Known(me) {
		devices := slices.Clone(l.Devices)
		slices.SortStableFunc(devices, byUse)
		for _, d := range devices {
			if d.Name != "" && !d.Own && l.Connector.Can(core.CanSignOut) != core.No &&
				core.May(me.Role, core.SignOut, d.WhoseFor(me.ID)) != core.Denied {
				names = append(names, d.Name)
			}
		}
	}
	return names
}

// narrowing are the words that a command can be narrowed down with: services, people, and everything.
func (t *Talk) narrowing(me core.Member, c command) []string {
	var services, people, words []string
	for i := range t.Desk.Connectors {
		services = append(services, strings.ToLower(string(t.Desk.Connectors[i].Service)))
	}
	for _, m := range t.House.Members {
		if m.ID == me.ID || core.May(me.Role, core.ListDevices, core.Others) == core.Allowed {
			people = append(people, strings.ToLower(m.Name))
		}
	}
	switch c.act {
	case core.ListDevices, core.SignOut:
		words = append(slices.Concat(services, people), "all")
	case core.StartReset:
		words = slices.Concat(services, people)
	case core.ReadHistory, core.InvitePeople:
		words = people
	default:
	}
	return words
}
