package core

// Act is something a member may want to do. It is also the word the record keeps for it.
type Act string

// The acts of a household. A new act needs a row in the table of [May]; a test fails without one.
const (
	ListDevices    Act = "list devices"
	SignOut        Act = "sign out"
	StartReset     Act = "start reset"
	ReadHistory    Act = "read history"
	ReadStatus     Act = "read status"
	ChangeSettings Act = "change settings"
	InvitePeople   Act = "invite people"   // to link a chat to a member, and to unlink it
	AnswerAlerts   Act = "answer alerts"   // to see suspicious sign-ins and to say whose they were
	MakeExceptions Act = "except alerts"   // to have a device or a place not asked about again, and to take that back
	ExpectDevices  Act = "expect"          // to say that a device will sign in, and to take that back
	PairTV         Act = "pair tv"         // to sign a television in by the code that it shows
	PairChildTV    Act = "pair child's tv" // the same, where it is for a child
	SeeStreams     Act = "see streams"     // who plays something where; asking them to finish belongs to it
	StopStream     Act = "stop stream"
	ReadCodes      Act = "read codes" // to be shown an account's one-time codes, where the owner's config names the reader for it
	ReadLinks      Act = "read links" // to be shown the one-time links that let a device in or move the account to another home
)

// Acts lists every act, for the matrix of rights.
func Acts() []Act {
	return []Act{
		ListDevices, SignOut, StartReset, ReadHistory, ReadStatus, ChangeSettings, InvitePeople, AnswerAlerts,
		MakeExceptions, ExpectDevices, PairTV, PairChildTV, SeeStreams, StopStream, ReadCodes, ReadLinks,
	}
}

// Whose says whom an act touches, seen from the person who acts.
type Whose string

// An act touches one's own things or somebody else's. A device that nobody of the household is known on is Others'.
const (
	Own    Whose = "own"
	Others Whose = "others'"
)

// Verdict is what a right comes to.
type Verdict string

// A right is there, can be asked of the owner, or is missing.
const (
	Allowed Verdict = "allowed"
	MayAsk  Verdict = "may ask"
	Denied  Verdict = "denied"
)

// May is the one table of rights. Whatever is not in it is denied: an unknown role, act or whose may do nothing.
//
//	                 owner            adult            child
//	                 own    others'   own    others'   own    others'
//	list devices     yes    yes       yes    yes       yes    no
//	sign out         yes    yes       yes    asks      yes    asks
//	start reset      yes    yes       yes    asks      asks   asks
//	read history     yes    yes       yes    no        yes    no
//	read status      yes    yes       yes    yes       yes    no
//	change settings  yes    yes       yes    no        yes    no
//	invite people    yes    yes       no     no        no     no
//	answer alerts    yes    yes       yes    no        yes    no
//	except alerts    yes    yes       yes    no        yes    no
//	expect           yes    yes       yes    no        yes    no
//	pair tv          yes    yes       yes    no        yes    no
//	pair child's tv  yes    yes       yes    yes       yes    no
//	see streams      yes    yes       yes    yes       yes    yes
//	stop stream      yes    yes       yes    no        yes    no
//	read codes       yes    yes       yes    yes       yes    yes
//	read links       yes    yes       no     no        no     no
func May(role Role, act Act, whose Whose) Verdict {
	if whose != Own && whose != Others {
		return Denied
	}
	own := whose == Own
	switch role {
	case Owner:
		return mayOwner(act)
	case Adult:
		return mayAdult(act, own)
	case Child:
		return mayChild(act, own)
	}
	return Denied
}

func mayOwner(act Act) Verdict {
	switch act {
	case ListDevices, SignOut, StartReset, ReadHistory, ReadStatus, ChangeSettings, InvitePeople, AnswerAlerts, MakeExceptions, ExpectDevices,
		PairTV, PairChildTV, SeeStreams, StopStream, ReadCodes, ReadLinks:
		return Allowed
	}
	return Denied
}

func mayAdult(act Act, own bool) Verdict {
	switch act {
	case ListDevices, ReadStatus, PairChildTV, SeeStreams, ReadCodes:
		return Allowed
	case SignOut, StartReset:
		if own {
			return Allowed
		}
		return MayAsk
	case ReadHistory, ChangeSettings, AnswerAlerts, MakeExceptions, ExpectDevices, PairTV, StopStream:
		if own {
			return Allowed
		}
	case InvitePeople, ReadLinks:
	}
	return Denied
}

func mayChild(act Act, own bool) Verdict {
	switch act {
	case SignOut:
		if own {
			return Allowed
		}
		return MayAsk
	case StartReset:
		return MayAsk
	case SeeStreams, ReadCodes:
		return Allowed
	case ListDevices, ReadHistory, ReadStatus, ChangeSettings, AnswerAlerts, MakeExceptions, ExpectDevices,
		PairTV, PairChildTV, StopStream:
		if own {
			return Allowed
		}
	case InvitePeople, ReadLinks:
	}
	return Denied
}
