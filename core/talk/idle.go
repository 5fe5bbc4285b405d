package talk

import (
	"context"

	"latchstring/core"
	"latchstring/core/control"
)

// signOutIdle asks which of the devices that nobody has used for long are signed out: at each service all that the reader may
// sign out alone, in one go; what a person has to do by hand has a row of its own.
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
	var buttons []Button
	for _, l := range filter(listings, func(d core.Device) bool { return !d.Own && u.idle(d) }) {
		conn := l.Connector
		if len(l.Devices) == 0 || conn.Can(core.CanSignOut) == core.No {
			continue
		}
		g := Group{Title: Words(conn.Title)}
		if conn.Can(core.CanSignOut) == core.ByHand {
			for _, d := range l.Devices[:min(len(l.Devices), rowsPerPage)] {
				g.Rows = append(g.Rows, u.deviceRow(conn, d))
			}
			g.Note = u.say("By hand, one after the other:")
			c.Groups = append(c.Groups, g)
			continue
		}
		want := control.Want{Service: conn.Service, Unused: u.now.Add(-idleAfter)}
		for _, d := range l.Devices[:min(len(l.Devices), maxIdle)] {
			want.Refs = append(want.Refs, d.Ref())
		}
		g.Note = u.names(l.Devices)
		c.Groups = append(c.Groups, g)
		buttons = append(buttons, u.button(u.say("{service} ({n})", shorten(conn.Title, MaxLabel-6), len(want.Refs)), Ordinary,
			offering{kind: kindSignOut, args: signOutArgs{Want: want}, life: lifeOfRow}))
	}
	if c.Buttons = buttons; len(c.Groups) == 0 {
		c.Summary = u.say("There is no device here that was not used for 60 days.")
	}
	return Reply{Card: c}
}

// maxIdle is how many devices are signed out in one go; what is more is asked for again.
const maxIdle = 50

// usedSince tells that devices which were to go because nobody used them have been used, so that they stay.
func (u *turn) usedSince(p control.Plan) Reply {
	return Reply{Card: Card{
		Private: true, Summary: u.say("That was used since you saw it, so it stays."),
		Buttons: []Button{again(u.say("Show the list of now"), "devices "+string(p.Connector.Service))},
	}}
}
