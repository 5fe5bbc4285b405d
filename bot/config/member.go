package config

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"latchstring/adapters/strictyaml"
	"latchstring/core"
)

// Member is a person of the household.
type Member struct {
	Name     string    `yaml:"name,required"`
	Role     core.Role `yaml:"role,required"`
	Telegram string    `yaml:"telegram"` // the number of their account, not its name
	Discord  string    `yaml:"discord"`  // the id of their account, not its name
}

// memberID names a member by what they are called.
func memberID(name string) core.MemberID {
	return core.MemberID(strings.ToLower(strings.TrimSpace(name)))
}

// member returns the person as core knows them.
func (m Member) member() core.Member {
	who := core.Member{ID: memberID(m.Name), Name: m.Name, Role: m.Role}
	for _, c := range []core.Contact{{Chat: core.Telegram, User: m.Telegram}, {Chat: core.Discord, User: m.Discord}} {
		if c.User != "" {
			who.Contacts = append(who.Contacts, c)
		}
	}
	return who
}

// Check finds what is wrong with a member.
func (m *Member) Check(at strictyaml.At) {
	checkLine(at, "name", m.Name)
	checkName(at, "name", m.Name)
	switch m.Role {
	case core.Owner, core.Adult, core.Child:
	default:
		at.Fault("role", "no such role; "+strictyaml.Suggest(string(m.Role), []string{string(core.Owner), string(core.Adult), string(core.Child)}))
	}
	if m.Telegram != "" && !isNumber(m.Telegram, 1, 19) {
		at.Fault("telegram", "should be the number of the person's account, such as 111111111; it is not their name or their phone's number")
	}
	if m.Discord != "" && !isNumber(m.Discord, 17, 20) {
		at.Fault("discord", `should be the id of the person's account, such as "222222222222222222"; it is not their name`)
	}
}

// isNumber tells whether a text is a platform's number for something, of so many digits, as the platform writes it.
func isNumber(text string, least, most int) bool {
	if len(text) < least || len(text) > most || text[0] == '0' {
		return false
	}
	_, err := strconv.ParseUint(text, 10, 64)
	return err == nil
}

// taken are words that commands understand as something else: "devices all" can not mean the devices of somebody called All.
// They are those of core/talk/reading.go and of the commands there.
var taken = []string{"all", "everybody", "everyone", "everything", "me", "my", "mine", "unknown", "idle", "unused", "page", "before"}

// checkName finds names that nobody could be called by in a command.
func checkName(at strictyaml.At, key, name string) {
	first, _ := utf8.DecodeRuneInString(name)
	switch {
	case name == "":
	case slices.Contains(taken, strings.ToLower(name)):
		at.Fault(key, "is a word that commands use; choose another name")
	case !unicode.IsLetter(first) && !unicode.IsDigit(first):
		at.Fault(key, "should begin with a letter")
	}
}
