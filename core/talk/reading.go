package talk

import (
	"strconv"
	"strings"

	"latchstring/core"
)

// reading is what the words after a command mean: "devices jellyfin leo page 2".
type reading struct {
	service   *core.Connector
	member    *core.Member
	everybody bool
	unknown   bool // only what nobody of the household is known by
	idle      bool // only what was not used for a long time
	page      int  // from 1
	rest      []string
}

// read understands words in any order; what it does not understand is in rest. A name may have several words.
func (u *turn) read(words []string) reading {
	r := reading{page: 1}
	for i := 0; i < len(words); i++ {
		if n := u.readName(&r, words[i:]); n > 0 {
			i += n - 1
			continue
		}
		switch strings.ToLower(words[i]) {
		case "me", "my", "mine":
			r.member = &u.me
		case "all", "everybody", "everyone", "everything":
			r.everybody = true
		case "unknown":
			r.unknown = true
		case "idle", "unused":
			r.idle = true
		case "page":
			if i+1 < len(words) {
				if n, err := strconv.Atoi(words[i+1]); err == nil && n > 0 && n < 1000 {
					r.page = n
					i++
				}
			}
		default:
			r.rest = append(r.rest, words[i])
		}
	}
	return r
}

// readName understands the name of a service or a member at the head of the words, the longest first, and returns how
// many words it took.
func (u *turn) readName(r *reading, words []string) int {
	for n := min(len(words), 6); n > 0; n-- {
		name := strings.Join(words[:n], " ")
		for i := range u.Desk.Connectors {
			c := &u.Desk.Connectors[i]
			if strings.EqualFold(name, string(c.Service)) || strings.EqualFold(name, c.Title) {
				r.service = c
				return n
			}
		}
		if m, ok := u.House.Named(name); ok {
			r.member = &m
			return n
		}
	}
	return 0
}

// nobody answers words that are no person, where only a person can be meant.
func (u *turn) nobody(command string, r reading) Reply {
	said := strings.Join(r.rest, " ")
	if said == "" && r.service != nil {
		said = r.service.Title
	}
	c := Card{Summary: u.say("I know nobody called \"{name}\".", foreign(said)), Private: true}
	for _, m := range u.House.Members {
		if m.ID == u.me.ID || u.seesAll() {
			c.Buttons = append(c.Buttons, again(u.say("{command} {name}", command, m.Name), command+" "+string(m.ID)))
		}
	}
	return Reply{Card: c}
}

// unread answers words that are neither a service nor a person, with the nearest name as a choice.
func (u *turn) unread(command string, r reading) Reply {
	var services []*core.Connector
	for i := range u.Desk.Connectors {
		services = append(services, &u.Desk.Connectors[i])
	}
	return u.unreadAt(services, command, r)
}

// unreadAt does so where only some services can be meant.
func (u *turn) unreadAt(services []*core.Connector, command string, r reading) Reply {
	said := strings.Join(r.rest, " ")
	var names []string
	for _, s := range services {
		names = append(names, s.Title, string(s.Service))
	}
	for _, m := range u.House.Members {
		names = append(names, m.Name)
	}
	c := Card{Summary: u.say("I know no service and no person called \"{name}\".", foreign(said)), Private: true}
	if near := core.Nearest(said, names); near != "" {
		c.Summary = u.say("I know no \"{name}\". Did you mean {near}?", foreign(said), near)
		c.Buttons = append(c.Buttons, again(Words(shorten(command+" "+near, MaxLabel)), command+" "+strings.ToLower(near)))
	}
	for _, s := range services {
		if len(c.Buttons) < 6 {
			if label := shorten(command+" "+s.Title, MaxLabel); len(c.Buttons) == 0 || c.Buttons[0].Label.String() != label {
				c.Buttons = append(c.Buttons, again(Words(label), command+" "+string(s.Service)))
			}
		}
	}
	return Reply{Card: c}
}
