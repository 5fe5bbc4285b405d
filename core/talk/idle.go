package talk

import (
	"context"
	"encoding/json"

	"latchstring/core"
	"latchstring/core/control"
)

// The bounds of what is signed out in one go; what is more is asked for again.
const (
	maxIdle   = 50     // devices
	idleBytes = 12_000 // of the devices' references: a button's meaning holds 16 KiB
)

// signOutIdle asks which of the devices that nobody has used for long are signed out: at each service all that the reader may
// sign out alone, in one go; what a person has to do, one after the other, has a row of its own.
func (u *turn) signOutIdle(ctx context.Context, r reading) Reply {
	q := control.DeviceQuery{}
	switch {
	case r.member != nil:
		q.Member = r.member.ID
	case core.May(u.me.Role, core.SignOut, core.Others) != core.Allowed:
		q.Member = u.me.ID
	}
	if r.service != nil {
		q.Service = r.service.Service
	}
	listings, err := u.Desk.Devices(ctx, u.me, q)
	if err != nil {
		return u.failed(err)
	}
	c := Card{Private: true, Summary: u.say("Which of the devices that were not used for 60 days shall I sign out?")}
	var wants []control.Want
	room, idle := rowsPerPage, 0
	for _, l := range filter(listings, u.idleMine) {
		var together, single []core.Device
		for _, d := range l.Devices {
			if inOneGo(l.Connector, d) {
				together = append(together, d)
			} else {
				single = append(single, d)
			}
		}
		idle += len(l.Devices)
		if len(together) > 0 {
			wants = append(wants, u.wantIdle(l.Connector, together))
			c.Groups = append(c.Groups, Group{Title: Words(l.Connector.Title), Note: u.names(together)})
		}
		if len(single) > 0 && room > 0 {
			g := u.idleRows(l.Connector, single[:min(len(single), room)])
			room -= len(g.Rows)
			c.Groups = append(c.Groups, g)
		}
	}
	meant := rowsPerPage - room
	for _, w := range wants {
		meant += len(w.Refs)
	}
	switch {
	case idle == 0 && q.Member == u.me.ID:
		c.Summary = u.say("There is no device of yours here that was not used for 60 days.")
	case idle == 0:
		c.Summary = u.say("There is no device here that was not used for 60 days.")
	case len(wants) == 1 && meant == idle && room == rowsPerPage:
		return u.askSignOut(ctx, "", wants[0])
	case meant < idle:
		c.Body = append(c.Body, u.say("There are {n} in all; ask again for the rest.", idle))
	}
	for _, w := range wants {
		c.Buttons = append(c.Buttons, u.button(u.say("{service} ({n})", shorten(u.title(w.Service), MaxLabel-6), len(w.Refs)), Ordinary,
			offering{kind: kindSignOut, args: signOutArgs{Want: w}, life: lifeOfRow}))
	}
	return Reply{Card: c}
}

// idleMine tells whether a device was not used for long and can be signed out at the reader's word.
func (u *turn) idleMine(d core.Device) bool {
	c, ok := u.Desk.Connector(d.Service)
	return ok && c.Can(core.CanSignOut) != core.No && u.idle(d) && core.May(u.me.Role, core.SignOut, d.WhoseFor(u.me.ID)) == core.Allowed
}

// inOneGo tells whether the program can sign a device out together with others.
func inOneGo(c *core.Connector, d core.Device) bool {
	return c.Can(core.CanSignOut) == core.Yes && !c.Single && !d.ByHand
}

// wantIdle is the sign-out of devices for want of use; what is used from now on is left.
func (u *turn) wantIdle(c *core.Connector, devices []core.Device) control.Want {
	want := control.Want{Service: c.Service, Unused: u.now.Add(-idleAfter)}
	size := 0
	for _, d := range devices[:min(len(devices), maxIdle)] {
		raw, err := json.Marshal(d.Ref())
		if size += len(raw); err != nil || size > idleBytes && len(want.Refs) > 0 {
			break
		}
		want.Refs = append(want.Refs, d.Ref())
	}
	return want
}

// idleRows are the devices that go one after the other.
func (u *turn) idleRows(c *core.Connector, devices []core.Device) Group {
	g := Group{Title: Words(c.Title), Note: u.say("One after the other:")}
	hand := c.Can(core.CanSignOut) == core.ByHand
	for _, d := range devices {
		hand = hand || d.ByHand
		g.Rows = append(g.Rows, u.deviceRow(c, d))
	}
	if hand {
		g.Note = u.say("By hand, one after the other:")
	}
	return g
}

// idleNoMore tells that nothing is left of what was to go for want of use.
func (u *turn) idleNoMore(p control.Plan) Reply {
	c := Card{Private: true, Summary: u.say("None of that is signed in any more."), Buttons: []Button{u.listOfNow(p.Connector.Service)}}
	if p.Used {
		c.Summary = u.say("That was used since you saw it, so it stays.")
	}
	return Reply{Card: c}
}
