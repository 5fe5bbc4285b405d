package talk

import (
	"context"
	"slices"
	"strings"

	"latchstring/core"
)

// steps answers "steps netflix samsung-tv": how a service is signed out on the device itself, for when a sign-out elsewhere
// does not reach it. Where a word is missing the choice is offered.
func (u *turn) steps(_ context.Context, said []string) Reply {
	r := u.read(said)
	var able []*core.Connector
	for i := range u.Desk.Connectors {
		if c := &u.Desk.Connectors[i]; c.OnDevice != nil && (r.service == nil || r.service == c) {
			able = append(able, c)
		}
	}
	words := strings.Join(r.rest, " ")
	switch {
	case len(able) == 0 && r.service != nil && r.service.Can(core.CanSignOut) != core.Yes:
		return Reply{Card: Card{Private: true, Summary: u.say("I know no steps on the device itself for {service}.", r.service.Title)}}
	case len(able) == 0 && r.service != nil:
		return Reply{Card: Card{Private: true, Summary: u.say("{service} needs no steps on the device: I sign out there myself.", r.service.Title)}}
	case len(able) == 0:
		return Reply{Card: Card{Private: true, Summary: u.say("I know no steps on the device itself for any service here.")}}
	case len(able) > 1:
		c := Card{Private: true, Summary: u.say("Of which service?")}
		for _, s := range able {
			c.Buttons = append(c.Buttons, again(Words(s.Title), strings.TrimSpace("steps "+string(s.Service)+" "+words)))
		}
		return Reply{Card: c}
	}
	service := able[0]
	families := service.OnDevice.Families()
	if i := familyIn(families, words, service.OnDevice); i >= 0 {
		return Reply{Card: u.stepsCard(service, families[i])}
	}
	c := Card{Private: true, Summary: u.say("What sort of device is it?")}
	if words != "" {
		c.Summary = u.say("I know no steps for \"{device}\". What sort of device is it?", foreign(words))
	}
	for _, f := range families {
		c.Buttons = append(c.Buttons, again(Text{foreign(shorten(f.Title, MaxLabel))}, "steps "+string(service.Service)+" "+f.ID))
	}
	return Reply{Card: c}
}

// familyIn finds the family that somebody means by its name, or by that of a device; -1: none.
func familyIn(families []core.DeviceFamily, words string, guider core.DeviceGuider) int {
	if words == "" {
		return -1
	}
	named := slices.IndexFunc(families, func(f core.DeviceFamily) bool {
		return strings.EqualFold(f.ID, strings.ReplaceAll(words, " ", "-")) || strings.EqualFold(f.Title, words)
	})
	if named >= 0 {
		return named
	}
	id, ok := guider.FamilyOf(words)
	return slices.IndexFunc(families, func(f core.DeviceFamily) bool { return ok && f.ID == id })
}

func (u *turn) stepsCard(c *core.Connector, f core.DeviceFamily) Card {
	card := Card{Private: true, Summary: u.say("{family}: this signs it out of {service}, on the device itself.", foreign(f.Title), c.Title)}
	g, ok := c.OnDevice.Steps(f.ID)
	if !ok {
		return Card{Private: true, Summary: u.say("I know no steps for that.")}
	}
	u.guide(&card, g)
	card.Body = append(card.Body, u.say("If it comes back after that, change the password and let all devices sign in again."))
	return card
}

// stepsButtons lead to the steps on a device that keeps its sign-in, where some are known.
func (u *turn) stepsButtons(service core.ServiceID, device string) []Button {
	c, ok := u.Desk.Connector(service)
	if !ok || c.OnDevice == nil {
		return nil
	}
	words := "steps " + string(service)
	if family, known := c.OnDevice.FamilyOf(device); known {
		words += " " + family
	}
	return []Button{again(u.say("On the device itself"), words)}
}
