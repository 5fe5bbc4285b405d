package talk

import (
	"context"
	"strings"
	"time"

	"latchstring/core"
	"latchstring/core/control"
	"latchstring/core/watch"
)

// status answers "status": each service, whether it answers, and what it can and can not do.
func (u *turn) status(ctx context.Context, _ []string) Reply {
	health, err := u.Desk.Status(ctx, u.me)
	if err != nil {
		return u.failed(err)
	}
	c := Card{Private: true}
	down := 0
	watched := map[core.ServiceID]watch.Source{}
	for _, s := range u.Watch.Sources() {
		watched[s.Service] = s
	}
	for _, h := range health {
		g := Group{Title: Words(h.Connector.Title), Note: u.healthNote(h)}
		if h.Err != nil && h.Connector.Devices != nil {
			down++
		}
		g.Rows = append(u.abilityRows(h.Connector), u.watchRow(watched[h.Connector.Service])...)
		c.Groups = append(c.Groups, g)
	}
	if u.seesAll() {
		c.Groups = append(c.Groups, u.houseGroup())
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

// watchRow says how a service's sign-ins are watched, and when they were read last.
func (u *turn) watchRow(s watch.Source) []Row {
	how := u.say("by its log")
	if !s.Log {
		how = u.say("by what is new on its list of devices")
	}
	row := Row{Title: u.say("watched"), Facts: []Text{how}}
	switch {
	case s.Service == "":
		return nil
	case s.Err != nil:
		row.Facts = append(row.Facts, u.say("not readable since {time}", u.moment(s.Failed)))
	case !s.Read.IsZero():
		row.Facts = append(row.Facts, u.say("read {when}", u.ago(s.Read)))
	}
	return []Row{row}
}

// houseGroup says how the house itself is doing: its chats and its place data.
func (u *turn) houseGroup() Group {
	g := Group{Title: u.say("This house")}
	var chats []Text
	for _, chat := range u.Chats {
		chats = append(chats, u.chatState(chat.Name()))
	}
	if len(chats) > 0 {
		g.Rows = append(g.Rows, Row{Title: u.say("talks in"), Facts: chats})
	}
	if u.PlaceData != nil {
		var facts []Text
		for _, p := range u.PlaceData() {
			facts = append(facts, u.text(p))
		}
		g.Rows = append(g.Rows, Row{Title: u.say("knows places by"), Facts: facts})
	}
	return g
}

// chatState says how a chat is doing.
func (u *turn) chatState(chat core.Chat) Text {
	var since time.Time
	var ended bool
	if u.Down != nil {
		since, ended = u.Down(chat)
	}
	switch {
	case ended:
		return u.say("{chat}, which does not let me in any more", chatName(chat))
	case !since.IsZero():
		return u.say("{chat}, which I can not reach since {time}", chatName(chat), u.moment(since))
	}
	return u.say("{chat}", chatName(chat))
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
