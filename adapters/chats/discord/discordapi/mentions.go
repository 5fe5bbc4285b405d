package discordapi

import (
	"regexp"
	"slices"
	"strings"
)

// mentions says whom a message may call. Without it a message calls everybody it names.
type mentions struct {
	Parse   *[]string `json:"parse"`
	Users   []string  `json:"users"`
	Roles   []string  `json:"roles"`
	Replied bool      `json:"replied_user"`
}

func (a *mentions) check(path string, f *form) {
	if a.Parse == nil {
		return
	}
	for _, kind := range *a.Parse {
		if !slices.Contains([]string{"users", "roles", "everyone"}, kind) {
			f.add(path+".parse", "BASE_TYPE_CHOICES", "Value must be one of ('users', 'roles', 'everyone').")
		}
	}
	for kind, ids := range map[string][]string{"users": a.Users, "roles": a.Roles} {
		if len(ids) > 0 && slices.Contains(*a.Parse, kind) {
			f.add(path, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", "parse:[%q] and %s: [ids...] are mutually exclusive.", kind, kind)
		}
	}
}

// allows tells whether a mention of a kind is let through. A list to parse that is null is none, as when all is absent:
// the documentation does not say otherwise.
func (a *mentions) allows(kind, id string) bool {
	switch {
	case a == nil:
		return true
	case a.Parse != nil && slices.Contains(*a.Parse, kind):
		return true
	case a.Parse == nil && a.Users == nil && a.Roles == nil:
		return true
	}
	return kind == "users" && slices.Contains(a.Users, id) || kind == "roles" && slices.Contains(a.Roles, id)
}

var mention = regexp.MustCompile(`<@!?(\d+)>|<@&(\d+)>|@(?:everyone|here)\b`)

// pings returns whom a message calls: what its texts name and the draft's rules let through. Embeds call nobody. Code
// shields nobody here, although most clients show no mention in it: what is let through in code is as wrong.
func (d draft) pings(m *message) []string {
	var found []string
	for _, text := range m.texts() {
		for _, hit := range mention.FindAllStringSubmatch(text, -1) {
			kind := "everyone"
			switch {
			case hit[1] != "":
				kind = "users"
			case hit[2] != "":
				kind = "roles"
			}
			if d.Mentions.allows(kind, hit[1]+hit[2]) {
				found = append(found, hit[0])
			}
		}
	}
	return found
}

// watchPings blames a message that calls somebody. The lock is held.
func (s *Server) watchPings(d draft, m *message) {
	if m.pings = d.pings(m); len(m.pings) > 0 {
		s.violate("%s: the message pings %s", s.calls[s.doing].Name, strings.Join(m.pings, ", "))
	}
}

// texts are the texts of a message that are no part of an embed.
func (m *message) texts() []string {
	texts := []string{m.content}
	for _, c := range flatten(m.components) {
		texts = append(texts, c.Content)
	}
	return slices.DeleteFunc(texts, func(text string) bool { return text == "" })
}
