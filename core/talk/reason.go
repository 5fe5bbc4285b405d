package talk

import (
	"strings"

	"latchstring/core"
	"latchstring/core/watch"
)

// MaxReasoned is how many characters a sentence of [Reasoned] has at the most.
const MaxReasoned = 160

// How many characters each part of such a sentence may take; the longest reason leaves so many.
const (
	maxDevice  = 30
	maxAccount = 20
	maxWhere   = 26
	maxBefore  = 20
)

// Reasoned says in one sentence who signed in to an account from where, and what speaks most against it. Names that would
// make it longer than [MaxReasoned] are cut.
func Reasoned(s core.SignIn, a core.Assessment, account string) core.Phrase {
	device := any(core.Say("A device"))
	if name := watch.DeviceName(&s); name != "" {
		device = cut(name, maxDevice)
	}
	account = cut(core.Clean(account), maxAccount)
	if from := placeName(s); from != "" {
		return core.Say("{device} signed in to {account} from {place}: {reason}.", device, account, cut(from, maxWhere), ReasonWhy(a.Reason))
	}
	return core.Say("{device} signed in to {account}: {reason}.", device, account, ReasonWhy(a.Reason))
}

// ReasonWhy says what speaks most against a sign-in, as the end of a sentence.
func ReasonWhy(r core.Reason) core.Phrase {
	switch r.Kind {
	case core.Disowned:
		return core.Say("you said no to this device there before")
	case core.AnonymousNetwork:
		return core.Say("a data centre or VPN that nobody here uses")
	case core.NewCountry:
		return core.Say("the first time from that country")
	case core.NewDevice:
		return core.Say("the account has never seen this device")
	case core.FarAway:
		return core.Say("{km} km from any place you are known at", r.Km)
	case core.NewPlace:
		return core.Say("nobody here has signed in from there before")
	case core.NewNetwork:
		return core.Say("a network that is new here, or to this device")
	case core.AfterFailures:
		if r.Tries == 1 {
			return core.Say("after a wrong password")
		}
		return core.Say("after {n} wrong passwords", r.Tries)
	case core.Faster:
		return fasterWhy(r)
	case core.OddHour:
		return core.Say("nobody here signs in at such an hour")
	case core.Familiar:
	}
	return core.Say("nothing speaks against it")
}

func fasterWhy(r core.Reason) core.Phrase {
	place := cut(cityOf(r.Place), maxBefore)
	switch {
	case place == "":
		return core.Say("no plane is as fast as this device")
	case r.Minutes < 1:
		return core.Say("it was near {place} just before", place)
	case r.Minutes == 1:
		return core.Say("it was near {place} a minute before", place)
	case r.Minutes < 120:
		return core.Say("it was near {place} {n} minutes before", place, r.Minutes)
	}
	return core.Say("it was near {place} {n} hours before", place, r.Minutes/60)
}

// placeName is where a sign-in came from in the fewest words: a city, what the service says, or the address.
func placeName(s core.SignIn) string {
	switch {
	case s.Where.City != "":
		return cityOf(s.Where)
	case s.Place != "":
		return core.Clean(s.Place)
	case s.Where.Known():
		return cityOf(s.Where)
	case s.Address.IsValid():
		return s.Address.WithZone("").String()
	}
	return ""
}

// cityOf names a place by its city, or else its region, and its country.
func cityOf(p core.Place) string {
	name := p.City
	if name == "" {
		name = p.Region
	}
	if name != "" && p.Country != "" {
		// The country stays whole where the city is cut.
		return core.Clean(cut(core.Clean(name), maxWhere-4) + ", " + p.Country)
	}
	return core.Clean(name + p.Country)
}

// cut shortens a text to so many characters.
func cut(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return strings.TrimRight(string(r[:most-1]), " ,") + "…"
}
