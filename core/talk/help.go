package talk

import (
	"context"
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
	c.Groups = []Group{g}
	g.Rows[0].Facts = append(g.Rows[0].Facts, u.say("name a service or a person to narrow it down: \"devices {service}\"", u.anyService()))
	c.Buttons = u.wordButtons()
	return Reply{Card: c}
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
