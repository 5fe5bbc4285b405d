package talk

import (
	"context"

	"latchstring/core"
)

// help says what can be said here.
func (u *turn) help(_ context.Context, _ []string) Reply {
	c := Card{Summary: u.say("I look after the shared accounts of {house}. This is what you can say:", u.House.Name), Private: true}
	g := Group{}
	for _, cmd := range commands() {
		if cmd.mayUse(u.me) {
			g.Rows = append(g.Rows, Row{Title: Text{strong(cmd.name)}, Facts: []Text{u.say(cmd.about)}})
		}
	}
	c.Groups = append([]Group{g}, u.manners()...)
	g.Rows[0].Facts = append(g.Rows[0].Facts, u.say("name a service or a person to narrow it down: \"devices {service}\"", u.anyService()))
	c.Buttons = u.wordButtons()
	return Reply{Card: c}
}

// manners are the household's own rules, and what helps who has guests.
func (u *turn) manners() []Group {
	own := func(title Text, words []string) Group {
		g := Group{Title: title}
		for _, w := range words {
			g.Rows = append(g.Rows, Row{Facts: []Text{Words(w)}})
		}
		return g
	}
	var groups []Group
	if len(u.House.Rules) > 0 {
		groups = append(groups, own(u.say("Rules of this house"), u.House.Rules))
	}
	guests := own(u.say("When guests come"), u.House.Guests)
	if len(u.House.Guests) == 0 && u.me.Role != core.Child {
		guests.Rows = []Row{
			{Facts: []Text{u.say("Say \"expect\" before somebody signs a device in: nobody is alarmed, and it is signed out when the time is over.")}},
			{Facts: []Text{u.say("Give nobody a password: sign their television in with its code, by \"tv\", where a service can do that.")}},
			{Facts: []Text{u.say("When they have left, \"review\" shows what is still signed in.")}},
		}
	}
	if len(guests.Rows) > 0 {
		groups = append(groups, guests)
	}
	return groups
}

// InPrivate is what is said where others read, in place of facts; link opens the private conversation, if there is one.
func (t *Talk) InPrivate(link string) Card {
	v := voice{catalogue: t.Catalogue, zone: t.House.Zone, now: t.Now()}
	c := Card{Summary: v.say("Let's talk in private."), Quiet: true}
	if link != "" {
		c.Buttons = []Button{{Label: v.say("Talk in private"), Link: link}}
	}
	return c
}

// anyService is a service for an example.
func (u *turn) anyService() string {
	if len(u.Desk.Connectors) > 0 {
		return string(u.Desk.Connectors[0].Service)
	}
	return "jellyfin"
}
