package discordapi

import (
	"strconv"
	"time"
)

type wireUser struct {
	ID            string  `json:"id"`
	Username      string  `json:"username"`
	Discriminator string  `json:"discriminator"`
	GlobalName    *string `json:"global_name"`
	Avatar        *string `json:"avatar"`
	Bot           bool    `json:"bot,omitempty"`
	PublicFlags   int     `json:"public_flags"`
}

type wireMember struct {
	User        *wireUser `json:"user"`
	Nick        *string   `json:"nick"`
	Roles       []string  `json:"roles"`
	JoinedAt    string    `json:"joined_at"`
	Deaf        bool      `json:"deaf"`
	Mute        bool      `json:"mute"`
	Flags       int       `json:"flags"`
	Permissions string    `json:"permissions,omitempty"`
}

type wireOverwrite struct {
	ID    string `json:"id"`
	Type  int    `json:"type"` // 0: of a role
	Allow string `json:"allow"`
	Deny  string `json:"deny"`
}

type wireChannel struct {
	ID         string          `json:"id"`
	Type       int             `json:"type"` // 0: text, 1: private
	GuildID    string          `json:"guild_id,omitempty"`
	Name       string          `json:"name,omitempty"`
	Position   *int            `json:"position,omitempty"`
	Overwrites []wireOverwrite `json:"permission_overwrites,omitempty"`
	Recipients []*wireUser     `json:"recipients,omitempty"`
}

type wireRole struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Permissions string `json:"permissions"`
	Position    int    `json:"position"`
	Color       int    `json:"color"`
	Hoist       bool   `json:"hoist"`
	Managed     bool   `json:"managed"`
	Mentionable bool   `json:"mentionable"`
	Flags       int    `json:"flags"`
}

type wireGuild struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	OwnerID  string     `json:"owner_id"`
	Locale   string     `json:"preferred_locale"`
	Features []string   `json:"features"`
	Roles    []wireRole `json:"roles"`
	Emojis   []any      `json:"emojis"`
	*wireGuildCreated
}

// wireGuildCreated is what a guild has only in GUILD_CREATE.
type wireGuildCreated struct {
	JoinedAt    string        `json:"joined_at"`
	Large       bool          `json:"large"`
	Unavailable bool          `json:"unavailable"`
	MemberCount int           `json:"member_count"`
	Members     []wireMember  `json:"members"`
	Channels    []wireChannel `json:"channels"`
	Threads     []any         `json:"threads"`
	Presences   []any         `json:"presences"`
	VoiceStates []any         `json:"voice_states"`
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000-07:00") }

func botUser() *wireUser {
	return &wireUser{ID: BotID, Username: BotName, Discriminator: "0001", Bot: true}
}

func (p *Person) user() *wireUser {
	return &wireUser{ID: p.ID, Username: p.Username, Discriminator: "0", GlobalName: &p.Name}
}

func (p *Person) member(g *Guild) wireMember {
	may := everything
	if g.owner == p {
		may |= Administrator
	}
	return wireMember{User: p.user(), Roles: []string{}, JoinedAt: stamp(g.joined), Permissions: may.String()}
}

func (c *Channel) wire() wireChannel {
	w := wireChannel{ID: c.ID, Name: c.Name}
	if c.guild == nil {
		w.Type, w.Recipients = 1, []*wireUser{c.person.user()}
		return w
	}
	position := 0
	w.GuildID, w.Position = c.guild.ID, &position
	if c.denied != 0 {
		w.Overwrites = []wireOverwrite{{ID: c.guild.botRole(), Allow: "0", Deny: c.denied.String()}}
	}
	return w
}

// botRole is the id of the role that the platform made for the bot when it joined.
func (g *Guild) botRole() string {
	id, _ := strconv.ParseUint(g.ID, 10, 64) // of an id that is no number the role is 1
	return strconv.FormatUint(id+1, 10)
}

func (g *Guild) roles() []wireRole {
	return []wireRole{
		{ID: g.ID, Name: "@everyone", Permissions: g.may.String()},
		{ID: g.botRole(), Name: BotName, Permissions: "0", Position: 1, Managed: true},
	}
}

func (g *Guild) wireChannels() []wireChannel {
	channels := []wireChannel{}
	for _, c := range g.channels {
		if c.may().has(ViewChannel) {
			channels = append(channels, c.wire())
		}
	}
	return channels
}

// wire is the guild as a call tells it, or as GUILD_CREATE does.
func (g *Guild) wire(created bool) wireGuild {
	w := wireGuild{
		ID: g.ID, Name: g.Name, OwnerID: g.owner.ID, Locale: g.Locale,
		Features: []string{}, Roles: g.roles(), Emojis: []any{},
	}
	if created {
		bot := wireMember{User: botUser(), Roles: []string{g.botRole()}, JoinedAt: stamp(g.joined)}
		w.wireGuildCreated = &wireGuildCreated{
			JoinedAt: stamp(g.joined), MemberCount: len(g.people) + 1, Members: []wireMember{bot}, Channels: g.wireChannels(),
			Threads: []any{}, Presences: []any{}, VoiceStates: []any{},
		}
	}
	return w
}
