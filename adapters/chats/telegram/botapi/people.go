package botapi

import (
	"strings"
)

// Person is somebody with the chat app. What a person does without saying where happens in their private chat with the bot.
type Person struct {
	Seat
	ID       int64
	Name     string
	Username string
	Language string // of the app, as in en; empty: it does not say

	gone bool
}

// Person makes somebody who has not met the bot yet: before they start or say something, the bot can not write to them.
func (s *Server) Person(id int64, name string) *Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &Person{ID: id, Name: name, Username: strings.ToLower(name) + "_home", Language: "en"}
	c := &Chat{ID: id, Kind: Private, s: s, person: p}
	p.Seat = Seat{s: s, person: p, chat: c}
	s.people[id], s.chats[id] = p, c
	return p
}

func (p *Person) user() *User {
	return &User{ID: p.ID, FirstName: p.Name, Username: p.Username, LanguageCode: p.Language}
}

// Starts presses the button that opens the chat, or follows a link with a payload. It returns the message's id.
func (p *Person) Starts(payload ...string) int {
	return p.Says(strings.TrimSpace("/start " + strings.Join(payload, " ")))
}

// Blocks keeps the bot from writing to the person, and tells it.
func (p *Person) Blocks() { p.s.locked(func() { p.chat.become("kicked") }) }

// Unblocks lets the bot write again, and tells it.
func (p *Person) Unblocks() { p.s.locked(func() { p.chat.become("member") }) }

// Leaves deletes the person's account with the platform. Nobody tells the bot.
func (p *Person) Leaves() { p.s.locked(func() { p.gone = true }) }

// In is the person in another chat.
func (p *Person) In(c *Chat) Seat { return Seat{s: p.s, person: p, chat: c} }

// Seat is a person in a chat: where they read, say and press.
type Seat struct {
	s         *Server
	person    *Person
	chat      *Chat
	topic     int
	anonymous bool
}

// Topic is the seat in one topic of a forum.
func (x Seat) Topic(id int) Seat {
	x.topic = id
	return x
}

// Anonymously is the seat of an administrator who hides behind the group.
func (x Seat) Anonymously() Seat {
	x.anonymous = true
	return x
}

// AsChannel is the seat of somebody who speaks in a group as a channel.
func (x Seat) AsChannel(c *Chat) Seat {
	x.person = &Person{ID: linkedChannel, Name: "Channel", Username: "Channel_Bot", Seat: Seat{chat: c}}
	return x
}

// Says sends a message and returns its id.
func (x Seat) Says(text string) int {
	x.s.t.Helper()
	return x.says(text, 0)
}

// Replies sends a message as the reply to another one and returns its id.
func (x Seat) Replies(to int, text string) int {
	x.s.t.Helper()
	return x.says(text, to)
}

func (x Seat) says(text string, to int) int {
	x.s.t.Helper()
	var complaint string
	var id int
	x.s.locked(func() {
		if complaint = x.barred(); complaint != "" {
			return
		}
		if x.chat.person != nil && x.chat.bot == "" {
			x.chat.bot = "member"
		}
		m := &message{from: x.person.user(), text: text, entities: detect(text, nil), thread: x.topic}
		switch {
		case x.anonymous:
			m.from, m.senderChat = &User{ID: anonymousAdmin, IsBot: true, FirstName: "Group", Username: "GroupAnonymousBot"}, x.chat
		case x.person.ID == linkedChannel:
			m.from.IsBot, m.senderChat = true, x.person.chat
		}
		if to != 0 {
			if m.replyTo = x.chat.find(to); m.replyTo == nil {
				complaint = "there is no such message to reply to"
				return
			}
		}
		if x.chat.post(m); x.chat.hears(m) {
			x.s.add("message", m.wire(true))
		}
		id = m.id
	})
	if complaint != "" {
		x.s.t.Fatalf("bot api: %s can not say %q: %s", x.person.Name, text, complaint)
	}
	return id
}

// barred says what keeps the person from writing. The lock is held.
func (x Seat) barred() string {
	switch {
	case x.person.gone:
		return "the account is gone"
	case x.chat.person != nil && x.chat.bot == "kicked":
		return "the bot is blocked; unblock it first"
	case x.chat.moved != nil:
		return "the group is a supergroup now"
	case x.topic != 0 && !x.chat.topics[x.topic]:
		return "the topic is closed or unknown"
	case x.chat.person == nil && x.person.ID != linkedChannel && x.chat.members[x.person.ID] == "":
		return "no member of this chat"
	}
	return ""
}

// Edits changes a message of the person.
func (x Seat) Edits(id int, text string) {
	x.s.t.Helper()
	found := false
	x.s.locked(func() {
		m := x.chat.find(id)
		if found = m != nil && m.from.ID == x.person.ID; !found {
			return
		}
		m.text, m.entities, m.edited = text, detect(text, nil), x.s.clock.now()
		if x.chat.hears(m) {
			x.s.add("edited_message", m.wire(true))
		}
	})
	if !found {
		x.s.t.Fatalf("bot api: %s has no message %d to edit", x.person.Name, id)
	}
}

// Deletes removes a message for everybody. Nobody tells the bot.
func (x Seat) Deletes(id int) { x.s.locked(func() { x.chat.remove(id) }) }

// meant tells whether a command is not for another bot.
func meant(command string) bool {
	_, bot, named := strings.Cut(command, "@")
	return strings.HasPrefix(command, "/") && (!named || strings.EqualFold(bot, BotName))
}
