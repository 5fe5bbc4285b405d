package talk

import (
	"latchstring/core"
	"latchstring/core/watch"
)

// caseReason says why somebody is asked, and where the account was before.
func (u *turn) caseReason(c core.Case) Text {
	why := u.why(c.SignIn, c.Assessment.Reason)
	if c.Before.Key == "" {
		return why
	}
	return append(append(why, Span{Text: " "}), u.say("The last sign-in before it: {device}, {place}, {when}.", u.device(watch.DeviceName(&c.Before)), u.from(c.Before), u.ago(c.Before.At))...)
}

// why is the largest part of an assessment as a sentence.
func (u *turn) why(s core.SignIn, r core.Reason) Text {
	place := func(p core.Place) any {
		switch {
		case p.Name != "":
			return foreign(p.Name)
		case p.City != "":
			return foreign(p.City)
		case p.Country != "":
			return foreign(p.Country)
		}
		return u.say("somewhere else")
	}
	switch r.Kind {
	case core.Disowned:
		return u.say("You said before that this was not you.")
	case core.AnonymousNetwork:
		if r.Carrier != "" {
			return u.say("It comes through a data centre or VPN that nobody here uses ({carrier}).", foreign(r.Carrier))
		}
		return u.say("It comes through a data centre or VPN that nobody here uses.")
	case core.NewCountry:
		return u.say("It is the first one from {place}.", place(r.Place))
	case core.NewDevice:
		return u.say("This device was never seen on {service} before.", u.title(s.Service))
	case core.FarAway:
		return u.say("That is {n} km away from any place I know of yours.", r.Km)
	case core.NewPlace:
		return u.say("Nobody here was ever there.")
	case core.NewNetwork:
		return u.say("Nobody here has used that network before.")
	case core.AfterFailures:
		return u.count(r.Tries, "A wrong password was tried just before.", "{n} wrong passwords were tried just before.")
	case core.Faster:
		return u.count(r.Minutes, "The same device was in {place} a minute before.", "The same device was in {place} {n} minutes before.", place(r.Place))
	case core.OddHour:
		return u.say("Nobody here signs in at that hour.")
	case core.Familiar:
	}
	return u.say("It is unlike the sign-ins I know.")
}
