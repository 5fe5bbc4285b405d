package talk

import (
	"context"
	"strings"

	"latchstring/core"
	"latchstring/core/control"
)

// status answers "status": each service, whether it answers, and what it can and can not do.
func (u *turn) status(ctx context.Context, _ []string) Reply {
	health, err := u.Desk.Status(ctx, u.me)
	if err != nil {
		return u.failed(err)
	}
	c := Card{Private: true}
	down := 0
	for _, h := range health {
		g := Group{Title: Words(h.Connector.Title), Note: u.healthNote(h)}
		if h.Err != nil && h.Connector.Devices != nil {
			down++
		}
		g.Rows = u.abilityRows(h.Connector)
		c.Groups = append(c.Groups, g)
	}
	switch {
	case len(health) == 0:
		c.Summary = u.say("No service is set up yet. The owner can add one to the config.")
	case down == 0:
		c.Tone, c.Summary = Good, u.say("All is well.")
	default:
		c.Tone, c.Summary = Warn, u.count(down, "{n} service does not answer as it should.", "{n} services do not answer as they should.")
		c.Buttons = append(c.Buttons, again(u.say("Try again"), "status"))
	}
	return Reply{Card: c}
}

func (u *turn) healthNote(h control.Health) Text {
	switch {
	case h.Connector.Devices == nil:
		return u.say("It has no list that I can read.")
	case h.Err == nil:
		return u.say("Answers; {devices}.", u.count(h.Devices, "{n} device", "{n} devices"))
	}
	note := u.say("{why} That began at {since}.", u.errorText(h.Err), u.moment(h.Since))
	if e := core.HintOf(h.Err); !e.Empty() {
		note = append(append(note, Span{Text: " "}), u.text(e)...)
	}
	return note
}

// abilityRows says what a service can do, what is done by hand, and what it can not do and why.
func (u *turn) abilityRows(c *core.Connector) []Row {
	var can, hand []string
	var rows []Row
	for _, a := range core.Abilities() {
		word := u.say(string(a)).String()
		switch c.Can(a) {
		case core.Yes:
			can = append(can, word)
		case core.ByHand:
			hand = append(hand, word)
		case core.No:
			if why, ok := c.Why[a]; ok {
				rows = append(rows, Row{Title: u.say("no {ability}", word), Facts: []Text{u.text(why)}})
			}
		}
	}
	var first []Row
	if len(can) > 0 {
		first = append(first, Row{Title: u.say("can"), Facts: []Text{Words(strings.Join(can, ", "))}})
	}
	if len(hand) > 0 {
		first = append(first, Row{Title: u.say("by hand"), Facts: []Text{Words(strings.Join(hand, ", "))}})
	}
	return append(first, rows...)
}
