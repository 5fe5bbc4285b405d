package botapi

import (
	"net/http"
	"slices"
	"strconv"
)

// Kind is a kind of chat.
type Kind string

// The kinds of chats.
const (
	Private    Kind = "private"
	Group      Kind = "group"
	Supergroup Kind = "supergroup"
	Channel    Kind = "channel"
)

// Chat is a place where the bot may be.
type Chat struct {
	ID    int64
	Kind  Kind
	Title string

	s        *Server
	person   *Person          // whose private chat it is, else nil
	members  map[int64]string // what each person is in it: creator, administrator, member, left
	bot      string           // what the bot is in it; in a private chat member or kicked, once it was started
	muted    bool             // the bot may not write
	moved    *Chat            // the supergroup it became
	topics   map[int]bool     // the topics of a forum, and whether they are open; nil: it is none
	messages []*message
	lastID   int
}

// NewGroup makes a basic group of people and the bot. The first of them is its creator.
func (s *Server) NewGroup(title string, people ...*Person) *Chat {
	return s.newChat(Group, title, people)
}

// NewSupergroup makes a supergroup of people and the bot. The first of them is its creator.
func (s *Server) NewSupergroup(title string, people ...*Person) *Chat {
	return s.newChat(Supergroup, title, people)
}

// NewChannel makes a channel that the bot administers. The first of the people is its creator.
func (s *Server) NewChannel(title string, people ...*Person) *Chat {
	c := s.newChat(Channel, title, people)
	s.locked(func() { c.bot = "administrator" })
	return c
}

func (s *Server) newChat(kind Kind, title string, people []*Person) *Chat {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastChat++
	c := &Chat{ID: -4_000_000 - s.lastChat, Kind: kind, Title: title, s: s, members: map[int64]string{}, bot: "member"}
	if kind != Group {
		c.ID, c.lastID = -1_002_000_000_000-s.lastChat, 1 // its creation was its first message
	}
	for i, p := range people {
		c.members[p.ID] = "member"
		if i == 0 {
			c.members[p.ID] = "creator"
		}
	}
	s.chats[c.ID] = c
	return c
}

// Topic makes the chat a forum, unless it is one, and adds a topic. It returns the topic's id, which messages in it carry.
// What is outside of topics is in General, which has no id on the wire.
func (c *Chat) Topic() int {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if c.topics == nil {
		c.topics = map[int]bool{}
	}
	id := c.newID()
	c.topics[id] = true
	return id
}

// DeleteTopic removes a topic with its messages.
func (c *Chat) DeleteTopic(id int) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	delete(c.topics, id)
	c.messages = slices.DeleteFunc(c.messages, func(m *message) bool { return m.thread == id })
}

// CloseTopic keeps people and the bot from writing in a topic.
func (c *Chat) CloseTopic(id int) { c.s.locked(func() { c.topics[id] = false }) }

// Admins makes a person an administrator.
func (c *Chat) Admins(p *Person) { c.s.locked(func() { c.members[p.ID] = "administrator" }) }

// AdminsBot makes the bot an administrator, who hears everything and may delete messages of others.
func (c *Chat) AdminsBot() { c.s.locked(func() { c.become("administrator") }) }

// Expels removes the bot, and tells it.
func (c *Chat) Expels() { c.s.locked(func() { c.become("kicked") }) }

// Mutes keeps the bot from writing.
func (c *Chat) Mutes() { c.s.locked(func() { c.muted = true }) }

// become changes what the bot is in a chat and tells it. The lock is held.
func (c *Chat) become(status string) {
	by := botUser()
	if c.person != nil {
		by = c.person.user()
	}
	for id, is := range c.members {
		if is == "creator" {
			by = c.s.people[id].user()
		}
	}
	old := c.bot
	if old == "" {
		old = "left"
	}
	c.bot = status
	c.s.add("my_chat_member", wireMembership{
		Chat: c.wire(), From: by, Date: c.s.clock.now().Unix(),
		Old: wireMember{old, botUser()}, New: wireMember{status, botUser()},
	})
}

// Migrates makes a supergroup of the group and tells the bot in both. Calls that name the group are refused from then on.
func (c *Chat) Migrates() *Chat {
	c.s.t.Helper()
	if c.Kind != Group {
		c.s.t.Fatalf("bot api: a %s does not migrate", c.Kind)
	}
	n := c.s.newChat(Supergroup, c.Title, nil)
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.moved, n.members = n, c.members
	c.post(&message{from: botUser(), migratedTo: n.ID})
	n.post(&message{from: botUser(), migratedFrom: c.ID})
	c.s.add("message", c.messages[len(c.messages)-1].wire(true))
	c.s.add("message", n.messages[len(n.messages)-1].wire(true))
	return n
}

// Posts writes something in a channel, which nobody in particular does. It returns the message's id.
func (c *Chat) Posts(text string) int {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	m := c.post(&message{senderChat: c, text: text, entities: detect(text, nil)})
	c.s.add("channel_post", m.wire(true))
	return m.id
}

func (c *Chat) wire() wireChat {
	w := wireChat{ID: c.ID, Type: string(c.Kind), Title: c.Title, IsForum: c.topics != nil}
	if c.person != nil {
		w.Title, w.FirstName, w.Username = "", c.person.Name, c.person.Username
	}
	return w
}

// newID numbers a message. Supergroups and channels count for themselves, all other chats share one count.
func (c *Chat) newID() int {
	if c.Kind == Private || c.Kind == Group {
		c.s.lastID++
		return c.s.lastID
	}
	c.lastID++
	return c.lastID
}

// post adds a message. The lock is held.
func (c *Chat) post(m *message) *message {
	m.chat, m.id, m.at = c, c.newID(), c.s.clock.now()
	c.messages = append(c.messages, m)
	c.s.stir()
	return m
}

// find returns a message, or nil. The lock is held.
func (c *Chat) find(id int) *message {
	for _, m := range c.messages {
		if m.id == id {
			return m
		}
	}
	return nil
}

// chat finds the chat that a call names and tells whether the bot may write there. The lock is held.
func (s *Server) chat(p Params) (*Chat, *Refusal) {
	if p["chat_id"] == "" {
		return nil, s.blame("chat_id is empty")
	}
	id, err := strconv.ParseInt(p["chat_id"], 10, 64)
	c := s.chats[id]
	if err != nil || c == nil {
		return nil, bad("chat not found")
	}
	return c, c.shut()
}

// shut says why the bot can not reach a chat, or nil. The lock is held.
func (c *Chat) shut() *Refusal {
	forbidden := func(why string) *Refusal { return refuse(http.StatusForbidden, "Forbidden: "+why) }
	switch {
	case c.moved != nil:
		refusal := bad("group chat was upgraded to a supergroup chat")
		refusal.MigrateTo = c.moved.ID
		return refusal
	case c.person != nil && c.person.gone:
		return forbidden("user is deactivated")
	case c.person != nil && c.bot == "":
		return forbidden("bot can't initiate conversation with a user")
	case c.person != nil && c.bot == "kicked":
		return forbidden("bot was blocked by the user")
	case c.bot == "kicked" && c.Kind == Channel:
		return forbidden("bot was kicked from the channel chat")
	case c.bot == "kicked":
		return forbidden("bot was kicked from the " + string(c.Kind) + " chat")
	}
	return nil
}

// thread checks the topic that a call names. The lock is held.
func (c *Chat) thread(p Params) (int, *Refusal) {
	if p["message_thread_id"] == "" {
		return 0, nil
	}
	id := int(p.Int("message_thread_id"))
	open, known := c.topics[id]
	switch {
	case !known:
		return 0, bad("message thread not found")
	case !open:
		return 0, bad("TOPIC_CLOSED")
	}
	return id, nil
}

// hears tells whether the bot gets a message, under the rules of privacy mode: in groups commands that are not another
// bot's, and replies to its own messages; as an administrator everything.
func (c *Chat) hears(m *message) bool {
	switch {
	case c.bot == "kicked" || c.bot == "":
		return false
	case c.Kind == Private || c.bot == "administrator":
		return true
	case m.replyTo != nil && m.replyTo.byBot():
		return true
	}
	return len(m.entities) > 0 && m.entities[0].Offset == 0 && meant(m.entities[0].Of(m.text))
}

func (s *Server) getChat(p Params) (any, *Refusal) {
	c, refusal := s.chat(p)
	if refusal != nil {
		return nil, refusal
	}
	return struct {
		wireChat
		Accent    int            `json:"accent_color_id"`
		Reactions int            `json:"max_reaction_count"`
		Gifts     map[string]any `json:"accepted_gift_types"`
	}{c.wire(), 0, 11, map[string]any{
		"unlimited_gifts": false, "limited_gifts": false, "unique_gifts": false, "premium_subscription": false, "gifts_from_channels": false,
	}}, nil
}

func (s *Server) getChatMember(p Params) (any, *Refusal) {
	c, refusal := s.chat(p)
	if refusal != nil {
		return nil, refusal
	}
	id := p.Int("user_id")
	if id == BotID {
		return wireMember{c.bot, botUser()}, nil
	}
	person := s.people[id]
	switch {
	case person == nil:
		return nil, bad("user not found")
	case c.person == person:
		return wireMember{"member", person.user()}, nil
	}
	status := c.members[id]
	if status == "" {
		status = "left"
	}
	return wireMember{status, person.user()}, nil
}
