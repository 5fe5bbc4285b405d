package discordapi

import (
	"slices"
	"time"
)

// Guild is a server of the platform, with some people in it and perhaps the bot.
type Guild struct {
	ID     string
	Name   string
	Locale string

	s        *Server
	owner    *Person
	people   []*Person
	channels []*Channel
	may      Permission
	out      bool // the bot is not in it
	barred   bool // the bot may not make commands there
	joined   time.Time
	commands []Command
	set      int // how often the commands were overwritten
}

// Channel is a text channel of a guild, or the private channel of a person with the bot.
type Channel struct {
	ID   string
	Name string

	s        *Server
	guild    *Guild  // nil: it is private
	person   *Person // whose private channel it is
	denied   Permission
	messages []*message
}

// Guild makes a guild with the bot and some people in it, of whom the first one owns it. A connected bot is told.
func (s *Server) Guild(id, name string, people ...*Person) *Guild {
	s.t.Helper()
	if len(people) == 0 {
		s.t.Fatal("discord: a guild has an owner")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	g := &Guild{ID: id, Name: name, Locale: "en-US", s: s, owner: people[0], people: people, may: everything, joined: s.clock.now()}
	s.guilds[id] = g
	s.dispatch("GUILD_CREATE", g.wire(true))
	return g
}

// Channel adds a text channel.
func (g *Guild) Channel(id, name string) *Channel {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	c := &Channel{ID: id, Name: name, s: g.s, guild: g}
	g.s.channels[id] = c
	g.channels = append(g.channels, c)
	g.s.dispatch("CHANNEL_CREATE", c.wire())
	return c
}

// Admits lets people in.
func (g *Guild) Admits(people ...*Person) {
	g.s.locked(func() { g.people = append(g.people, people...) })
}

// Expels removes a person. Nobody tells a bot without the intent for it.
func (g *Guild) Expels(p *Person) {
	g.s.locked(func() {
		g.people = slices.DeleteFunc(slices.Clone(g.people), func(other *Person) bool { return other == p })
	})
}

// ExpelsBot removes the bot and tells it.
func (g *Guild) ExpelsBot() {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	g.out, g.commands = true, nil
	g.s.dispatch("GUILD_DELETE", map[string]any{"id": g.ID})
}

// AdmitsBot lets the bot in again and tells it.
func (g *Guild) AdmitsBot() {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	g.out, g.joined = false, g.s.clock.now()
	g.s.dispatch("GUILD_CREATE", g.wire(true))
}

// Fails makes the guild unavailable, as in an outage of the platform, and tells the bot. It is nothing that a bot is to do
// anything about.
func (g *Guild) Fails() {
	g.s.locked(func() { g.s.dispatch("GUILD_DELETE", map[string]any{"id": g.ID, "unavailable": true}) })
}

// WithoutCommands has the bot be invited without the scope for commands.
func (g *Guild) WithoutCommands() { g.s.locked(func() { g.barred = true }) }

// Delete removes a channel and what was said in it, and tells the bot.
func (c *Channel) Delete() {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	delete(c.s.channels, c.ID)
	if c.guild != nil {
		c.guild.channels = slices.DeleteFunc(c.guild.channels, func(other *Channel) bool { return other == c })
	}
	c.s.dispatch("CHANNEL_DELETE", c.wire())
}

// has tells whether somebody is in a channel. The lock is held.
func (c *Channel) has(p *Person) bool {
	if c.guild == nil {
		return c.person == p
	}
	return slices.Contains(c.guild.people, p)
}

// guild finds the guild that a call names, if the bot is in it. The lock is held.
func (s *Server) guild(call *Call) (*Guild, *Refusal) {
	g := s.guilds[call.holes["guild"]]
	switch {
	case g == nil:
		return nil, unknownGuild
	case g.out:
		return nil, missingAccess
	}
	return g, nil
}

// channel finds the channel that a call names, if the bot sees it. The lock is held.
func (s *Server) channel(call *Call) (*Channel, *Refusal) {
	c := s.channels[call.holes["channel"]]
	switch {
	case c == nil:
		return nil, unknownChannel
	case c.guild != nil && c.guild.out, !c.may().has(ViewChannel):
		return nil, missingAccess
	}
	return c, nil
}

func (s *Server) getMe(*Call) (any, *Refusal) { return botUser(), nil }

func (s *Server) getApplication(*Call) (any, *Refusal) {
	return map[string]any{
		"id": BotID, "name": BotName, "icon": nil, "description": "", "bot_public": false, "bot_require_code_grant": false,
		"verify_key": "00", "flags": 0, "bot": botUser(),
	}, nil
}

func (s *Server) listMyGuilds(*Call) (any, *Refusal) {
	list := []any{}
	for _, g := range s.sorted() {
		list = append(list, map[string]any{
			"id": g.ID, "name": g.Name, "icon": nil, "owner": false, "permissions": g.may.String(), "features": []string{},
		})
	}
	return list, nil
}

// sorted returns the guilds with the bot in the order of their ids. The lock is held.
func (s *Server) sorted() []*Guild {
	var all []*Guild
	for _, g := range s.guilds {
		if !g.out {
			all = append(all, g)
		}
	}
	slices.SortFunc(all, func(a, b *Guild) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return all
}

func (s *Server) getGuild(call *Call) (any, *Refusal) {
	g, refused := s.guild(call)
	if refused != nil {
		return nil, refused
	}
	return g.wire(false), nil
}

func (s *Server) listRoles(call *Call) (any, *Refusal) {
	g, refused := s.guild(call)
	if refused != nil {
		return nil, refused
	}
	return g.roles(), nil
}

func (s *Server) listChannels(call *Call) (any, *Refusal) {
	g, refused := s.guild(call)
	if refused != nil {
		return nil, refused
	}
	return g.wireChannels(), nil
}

func (s *Server) getMember(call *Call) (any, *Refusal) {
	g, refused := s.guild(call)
	if refused != nil {
		return nil, refused
	}
	if call.holes["user"] == BotID {
		return wireMember{User: botUser(), Roles: []string{g.botRole()}, JoinedAt: stamp(g.joined)}, nil
	}
	p := s.people[call.holes["user"]]
	switch {
	case p == nil:
		return nil, unknownUser
	case !slices.Contains(g.people, p):
		return nil, unknownMember
	}
	return p.member(g), nil
}

func (s *Server) getChannel(call *Call) (any, *Refusal) {
	c, refused := s.channel(call)
	if refused != nil {
		return nil, refused
	}
	return c.wire(), nil
}

func (s *Server) createDM(call *Call) (any, *Refusal) {
	var body struct {
		To string `json:"recipient_id"`
	}
	if refused := s.judge(call.read(&body)); refused != nil {
		return nil, refused
	}
	p := s.people[body.To]
	if p == nil {
		return nil, invalidRecipient
	}
	return s.private(p).wire(), nil
}

// private returns the private channel of a person, which begins with the first one to ask for it. The lock is held.
func (s *Server) private(p *Person) *Channel {
	if p.direct == nil {
		p.direct = &Channel{ID: s.newID(), s: s, person: p}
		s.channels[p.direct.ID] = p.direct
	}
	return p.direct
}
