// Package config reads config.yaml and checks it: every fault with its line and its key, in the operator's words.
//
// config.example.yaml at the top of the repository is the manual of every setting; tests tie it to the structs here. A
// service's own settings are those of its connector's package.
package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"latchstring/adapters/services/mailbox"
	"latchstring/adapters/services/recipe"
	"latchstring/adapters/strictyaml"
	"latchstring/core"
	"latchstring/core/watch"
)

// Config is all that config.yaml says, checked. Its paths are usable from anywhere.
type Config struct {
	Household Household     `yaml:"household,required"`
	Members   []Member      `yaml:"members,required"`
	Chats     Chats         `yaml:"chats"`
	Services  []Service     `yaml:"services"`
	Mailboxes []mailbox.Box `yaml:"mailboxes"`
	Storage   Storage       `yaml:"storage"`
	Watch     Watch         `yaml:"watch"`

	boxes []*mailbox.Mailbox
}

// Household is the home itself.
type Household struct {
	Name     string   `yaml:"name,required"`
	Timezone Timezone `yaml:"timezone,required"`
	Language string   `yaml:"language"`
	Rules    []string `yaml:"rules"`  // of the household about its accounts, for "help"
	Guests   []string `yaml:"guests"` // what it tells who has guests; none: what this program knows
}

// The bounds of what a household says in its own words. All of it has to fit on the card of "help", which no chat should have to cut.
const (
	mostWords   = 10    // sentences of a kind
	longestWord = 200   // characters of one
	allWords    = 2_000 // characters of both kinds
)

// checkWords finds what is wrong with what the household says in its own words.
func (h *Household) checkWords(at strictyaml.At) {
	if all := strings.Join(slices.Concat(h.Rules, h.Guests), ""); utf8.RuneCountInString(all) > allWords {
		at.Fault("rules", fmt.Sprintf("should be shorter: with guests they may have %d characters", allWords))
	}
	for key, words := range map[string][]string{"rules": h.Rules, "guests": h.Guests} {
		if len(words) > mostWords {
			at.Fault(key, fmt.Sprintf("should be %d sentences at the most; nobody reads more", mostWords))
		}
		for i, w := range words {
			if n := utf8.RuneCountInString(w); strings.TrimSpace(w) == "" || n > longestWord || strings.ContainsFunc(w, unicode.IsControl) {
				at.Under(key).Item(i).Fault("", fmt.Sprintf("should be a sentence of one line, of at most %d characters", longestWord))
			}
		}
	}
}

// Storage is where the record is kept.
type Storage struct {
	Path string `yaml:"path"` // of the database file
}

// Timezone is a place's time, by its name in the IANA database.
type Timezone struct{ *time.Location }

// UnmarshalText finds the zone of a name such as Europe/Madrid.
func (z *Timezone) UnmarshalText(name []byte) error {
	zone, err := location(string(name))
	if err != nil || len(name) == 0 || zone == time.Local {
		return fmt.Errorf("no such time zone; their names look like Europe/Madrid or America/New_York")
	}
	z.Location = zone
	return nil
}

// defaults is a config in which nothing is set.
func defaults() Config {
	return Config{
		Household: Household{Language: "en"},
		Storage:   Storage{Path: "latchstring.db"},
		Watch: Watch{
			Every: time.Minute, LearnFor: watch.LearnFor, Sensitivity: watch.Normal, EscalateAfter: 10 * time.Minute,
			ReviewEvery: 4 * 7 * 24 * time.Hour,
		},
	}
}

// House returns the household as core knows it.
func (c *Config) House() core.Household {
	h := core.Household{
		Name: c.Household.Name, Zone: c.Household.Timezone.Location, Language: c.Household.Language,
		Home: c.Watch.Home, Rules: c.Household.Rules, Guests: c.Household.Guests,
	}
	for _, m := range c.Members {
		h.Members = append(h.Members, m.member())
	}
	return h
}

// Check finds what is wrong between the sections.
func (c *Config) Check(at strictyaml.At) {
	c.checkMembers(at.Under("members"))
	if at.Sound("members.role") && !slices.ContainsFunc(c.Members, func(m Member) bool { return m.Role == core.Owner }) {
		at.Fault("members", "nobody is the owner; give one of them role: owner")
	}
	ids := map[core.ServiceID]int{}
	for i, s := range c.Services {
		service := at.Under("services").Item(i)
		if line, twice := ids[s.ID]; twice && s.ID != "" {
			service.Fault("id", fmt.Sprintf("is also the id of the service in line %d; give each its own", line))
		} else {
			ids[s.ID] = service.Under("id").Line()
		}
		c.checkAccounts(service.Under("accounts"), s.Accounts)
		checkBrowser(service, s)
		c.checkCodes(service.Under("codes"), s)
		if r, ok := s.Settings.(*recipe.Config); ok {
			checkNames(c.Members, service.Under("keys"), r.Keys)
		}
	}
	c.checkMailboxes(at)
}

// checkMembers sees to it that every name and every contact means one person.
func (c *Config) checkMembers(at strictyaml.At) {
	lines := map[core.MemberID]int{}
	contacts := map[core.Contact]string{}
	for i, m := range c.Members {
		who := m.member()
		if line, twice := lines[who.ID]; twice && m.Name != "" {
			at.Item(i).Fault("name", fmt.Sprintf("is also the name of the member in line %d; small and capital letters make no difference", line))
		} else {
			lines[who.ID] = at.Item(i).Under("name").Line()
		}
		for _, contact := range who.Contacts {
			if other, taken := contacts[contact]; taken {
				at.Item(i).Fault(string(contact.Chat), fmt.Sprintf("is also that of %s; a person is one member only", other))
			}
			contacts[contact] = m.Name
		}
	}
}

// checkAccounts sees to it that each account is one member's.
func (c *Config) checkAccounts(at strictyaml.At, accounts map[string]string) {
	checkNames(c.Members, at, accounts)
	whose := map[string]string{}
	for _, name := range inOrder(at, accounts) {
		login := strings.ToLower(strings.TrimSpace(accounts[name]))
		switch other, taken := whose[login]; {
		case login == "":
			at.Fault(name, "is empty; write the name the service knows this member by")
		case taken:
			at.Fault(name, fmt.Sprintf("is the same account as %s's; give each account to one member", other))
		default:
			whose[login] = name
		}
	}
}

// checkNames sees to it that the keys of a map are names of members, each once.
func checkNames[T any](members []Member, at strictyaml.At, entries map[string]T) {
	var names []string
	known := map[core.MemberID]bool{}
	for _, m := range members {
		names = append(names, m.Name)
		known[memberID(m.Name)] = true
	}
	if len(names) == 0 {
		return // none could be read
	}
	seen := map[core.MemberID]string{}
	for _, name := range inOrder(at, entries) {
		id := memberID(name)
		if !known[id] {
			at.Fault(name, "no such member; "+strictyaml.Suggest(name, names))
		} else if seen[id] != "" {
			at.Fault(name, fmt.Sprintf("is the same member as %s above", seen[id]))
		}
		seen[id] = name
	}
}

// inOrder returns the keys of a map as they stand in the file.
func inOrder[T any](at strictyaml.At, entries map[string]T) []string {
	var keys []string
	for key := range entries {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int {
		return cmp.Or(cmp.Compare(at.Under(a).Line(), at.Under(b).Line()), cmp.Compare(a, b))
	})
	return keys
}

// Check finds what is wrong with the home itself.
func (h *Household) Check(at strictyaml.At) {
	h.checkWords(at)
	checkLine(at, "name", h.Name)
	if h.Language != "en" {
		at.Fault("language", "this version speaks English only; write en, or remove the line")
	}
}

// Check finds what is wrong with the place of the record.
func (s *Storage) Check(at strictyaml.At) {
	if strings.TrimSpace(s.Path) == "" || strings.HasSuffix(s.Path, "/") {
		at.Fault("path", "should be the path of a file, such as latchstring.db")
	}
}

// checkLine refuses texts that do not fit on one line of a message as they are.
func checkLine(at strictyaml.At, key, text string) {
	if core.Clean(text) != text {
		at.Fault(key, "should be one line of at most 64 characters, without spaces around it")
	}
}
