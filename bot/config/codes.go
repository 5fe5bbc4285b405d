package config

import (
	"slices"

	"latchstring/adapters/services/mailbox"
	"latchstring/adapters/strictyaml"
	"latchstring/core"
)

// codes returns who is shown the one-time codes of whose account, by the members' names, as a service's settings say.
func (s Service) codes() map[string][]string {
	switch m := s.Settings.(type) {
	case *mailbox.Config:
		return m.Codes
	case *mailbox.Own:
		return m.Codes
	}
	return nil
}

// codesFor is codes as the house knows its members.
func (s Service) codesFor() map[core.MemberID][]core.MemberID {
	var made map[core.MemberID][]core.MemberID
	for whose, readers := range s.codes() {
		if made == nil {
			made = map[core.MemberID][]core.MemberID{}
		}
		for _, name := range readers {
			made[memberID(whose)] = append(made[memberID(whose)], memberID(name))
		}
	}
	return made
}

// checkCodes sees to it that codes are of accounts that there are, and for members that there are.
func (c *Config) checkCodes(at strictyaml.At, s Service) {
	codes := s.codes()
	checkNames(c.Members, at, codes)
	var names []string
	for _, m := range c.Members {
		names = append(names, m.Name)
	}
	has := func(id core.MemberID, of []string) bool {
		return slices.ContainsFunc(of, func(name string) bool { return memberID(name) == id })
	}
	var accounts []string
	for name := range s.Accounts {
		accounts = append(accounts, name)
	}
	for _, whose := range inOrder(at, codes) {
		if has(memberID(whose), names) && !has(memberID(whose), accounts) {
			at.Fault(whose, "has no account here; name whose account it is, and then who is shown its codes")
		}
		for j, name := range codes[whose] {
			if len(names) > 0 && !has(memberID(name), names) {
				at.Under(whose).Item(j).Fault("", "no such member; "+strictyaml.Suggest(name, names))
			}
		}
	}
}
