package talk

import (
	"latchstring/core"
	"latchstring/core/control"
)

// signInCard tells a member of a sign-in of a device that was never seen: the member whose account it is, or an owner.
func (u *turn) signInCard(s core.SignIn) Card {
	c := Card{Tone: Alarm, Private: true}
	service := u.title(s.Service)
	dev := u.device(s.Name)
	place := u.where(core.Session{Address: s.Address, Place: s.Place})
	if place.Empty() {
		place = u.say("a place it does not tell")
	}
	yes := u.say("It was me")
	switch s.Account.Member {
	case u.me.ID:
		c.Summary = u.say("Was this you?")
		c.Body = append(c.Body, u.say("{device} signed in to your {service} from {place}, {when}.", dev, service, place, u.ago(s.At)))
	case "":
		c.Summary = u.say("Somebody signed in to {service}.", service)
		c.Body = append(c.Body, u.say("{device} signed in as {login}, an account of nobody here, from {place}, {when}.",
			dev, foreign(s.Account.Login), place, u.ago(s.At)))
		yes = u.say("I know who it was")
	default:
		c.Summary = u.say("Was this {member}?", u.name(s.Account.Member))
		c.Body = append(c.Body, u.say("{device} signed in to {member}'s {service} from {place}, {when}.",
			dev, u.name(s.Account.Member), service, place, u.ago(s.At)))
		yes = u.say("It was {member}", u.name(s.Account.Member))
	}
	c.Body = append(c.Body, u.say("This device was never seen there before."))
	group := u.newID()
	c.Buttons = []Button{u.button(yes, Ordinary, offering{kind: kindItWasMe, group: group, once: true, life: lifeOfHand})}
	if conn, ok := u.Desk.Connector(s.Service); ok && conn.Can(core.CanSignOut) != core.No {
		want := control.Want{Service: s.Service, Refs: []core.DeviceRef{s.Device}, Name: s.Name}
		c.Buttons = append(c.Buttons, u.button(u.label("Sign out {device}", s.Name), Danger,
			offering{kind: kindSignOut, args: signOutArgs{Want: want}, life: lifeOfRow}))
	}
	return c
}
