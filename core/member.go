package core

import (
	"net/netip"
	"slices"
	"strings"
	"time"
)

// MemberID names a member for good: the name of the config in lower case. It is what the record remembers, so a member
// who is renamed in the config starts a new history.
type MemberID string

// Role is what a member is in the household. What each role may do stands in [May] and nowhere else.
type Role string

// The roles of a household.
const (
	Owner Role = "owner" // pays for the accounts and runs this program
	Adult Role = "adult"
	Child Role = "child"
)

// Chat is a chat platform that members talk to the house through.
type Chat string

// The chats there are names for.
const (
	Terminal Chat = "terminal"
	Telegram Chat = "telegram"
	Discord  Chat = "discord"
)

// Contact is where a chat platform knows a person: its own id for them, never a name they chose.
type Contact struct {
	Chat Chat   `json:"chat"`
	User string `json:"user"`
}

// Member is a person of the household.
type Member struct {
	ID       MemberID
	Name     string
	Role     Role
	Contacts []Contact
}

// Contact returns where the member is known on a chat; ok is false where they are not.
func (m Member) Contact(chat Chat) (c Contact, ok bool) {
	for _, c := range m.Contacts {
		if c.Chat == chat {
			return c, true
		}
	}
	return Contact{}, false
}

// Household is the people this program serves and the place they live in. It does not change while the program runs.
type Household struct {
	Name     string
	Zone     *time.Location
	Language string
	Members  []Member
	Home     []netip.Prefix // networks that are called "home" wherever an address is told

	// Rules are the household's own about its accounts, and Guests what it tells who has guests: sentences of the owner's.
	Rules, Guests []string
}

// Member finds a member by id.
func (h *Household) Member(id MemberID) (Member, bool) {
	for _, m := range h.Members {
		if m.ID == id {
			return m, true
		}
	}
	return Member{}, false
}

// Named finds a member by the name they are called, in any case.
func (h *Household) Named(name string) (Member, bool) {
	return h.Member(MemberID(strings.ToLower(strings.TrimSpace(name))))
}

// At finds the member behind a contact. A contact that no member has is a stranger.
func (h *Household) At(c Contact) (Member, bool) {
	if c.User == "" {
		return Member{}, false
	}
	for _, m := range h.Members {
		if slices.Contains(m.Contacts, c) {
			return m, true
		}
	}
	return Member{}, false
}

// Owners returns the members who own the household, in the order of the config.
func (h *Household) Owners() []Member {
	var owners []Member
	for _, m := range h.Members {
		if m.Role == Owner {
			owners = append(owners, m)
		}
	}
	return owners
}

// AtHome tells whether an address belongs to one of the household's own networks.
func (h *Household) AtHome(a netip.Addr) bool {
	for _, p := range h.Home {
		if p.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}
