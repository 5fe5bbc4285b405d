package botapi

import (
	"encoding/json"
	"regexp"
	"slices"
	"unicode/utf8"
)

// Command is a line of the bot's menu.
type Command struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

// Scope is whom a menu is for. Chat and User are 0 where its kind needs none.
type Scope struct {
	Kind string `json:"type"`
	Chat int64  `json:"chat_id"`
	User int64  `json:"user_id"`
}

// menu is the key of a list of commands.
type menu struct {
	scope    Scope
	language string
}

var (
	commandName  = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)
	languageCode = regexp.MustCompile(`^([a-z]{2})?$`)
)

// readMenu reads which list of commands a call is about. The lock is held.
func (s *Server) readMenu(p Params) (menu, *Refusal) {
	m := menu{Scope{Kind: "default"}, p["language_code"]}
	if !languageCode.MatchString(m.language) {
		return m, s.blame("invalid language code specified")
	}
	text := p["scope"]
	if text == "" {
		return m, nil
	}
	if err := json.Unmarshal([]byte(text), &m.scope); err != nil {
		return m, s.blame("can't parse BotCommandScope: %v", err)
	}
	one := []string{"chat", "chat_administrators", "chat_member"}
	all := []string{"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
	switch {
	case slices.Contains(all, m.scope.Kind):
		m.scope.Chat, m.scope.User = 0, 0
	case !slices.Contains(one, m.scope.Kind):
		return m, s.blame("can't parse BotCommandScope: Unsupported type specified")
	case s.chats[m.scope.Chat] == nil:
		return m, bad("chat not found")
	case m.scope.Kind == "chat_member" && s.people[m.scope.User] == nil:
		return m, bad("user not found")
	}
	return m, nil
}

func (s *Server) setMyCommands(p Params) (any, *Refusal) {
	m, refusal := s.readMenu(p)
	if refusal != nil {
		return nil, refusal
	}
	var commands []Command
	if err := json.Unmarshal([]byte(p["commands"]), &commands); err != nil {
		return nil, s.blame("can't parse commands: %v", err)
	}
	if len(commands) > 100 {
		return nil, s.blame("BOT_COMMANDS_TOO_MUCH")
	}
	for i, c := range commands {
		n := utf8.RuneCountInString(c.Description)
		switch {
		case !commandName.MatchString(c.Command):
			return nil, s.blame("BOT_COMMAND_INVALID")
		case n < 1 || n > 256:
			return nil, s.blame("BOT_COMMAND_DESCRIPTION_INVALID")
		case slices.ContainsFunc(commands[:i], func(o Command) bool { return o.Command == c.Command }):
			s.violate("setMyCommands: %s is there twice", c.Command)
		}
	}
	if len(commands) == 0 {
		delete(s.menus, m)
	} else {
		s.menus[m] = commands
	}
	return true, nil
}

func (s *Server) getMyCommands(p Params) (any, *Refusal) {
	m, refusal := s.readMenu(p)
	if refusal != nil {
		return nil, refusal
	}
	return append([]Command{}, s.menus[m]...), nil
}

func (s *Server) deleteMyCommands(p Params) (any, *Refusal) {
	m, refusal := s.readMenu(p)
	if refusal != nil {
		return nil, refusal
	}
	delete(s.menus, m)
	return true, nil
}

// Menu returns the commands that the person's app offers in the chat: those of the narrowest scope that has some, in the
// app's language before those for every language.
func (x Seat) Menu() []Command {
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	chat, user := x.chat.ID, x.person.ID
	scopes := []Scope{{Kind: "chat", Chat: chat}, {Kind: "all_private_chats"}, {Kind: "default"}}
	if x.chat.Kind != Private {
		scopes = []Scope{{Kind: "chat_member", Chat: chat, User: user}}
		admin := slices.Contains([]string{"creator", "administrator"}, x.chat.members[user])
		if admin {
			scopes = append(scopes, Scope{Kind: "chat_administrators", Chat: chat})
		}
		scopes = append(scopes, Scope{Kind: "chat", Chat: chat})
		if admin {
			scopes = append(scopes, Scope{Kind: "all_chat_administrators"})
		}
		scopes = append(scopes, Scope{Kind: "all_group_chats"}, Scope{Kind: "default"})
	}
	for _, scope := range scopes {
		for _, language := range []string{x.person.Language, ""} {
			if commands := x.s.menus[menu{scope, language}]; commands != nil {
				return slices.Clone(commands)
			}
		}
	}
	return nil
}
