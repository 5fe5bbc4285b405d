package core

import "time"

// ActionID names an action: 128 random bits in hex.
type ActionID string

// ActionState is how far an action has come.
type ActionState string

// The states of an action. Executing is the only one that a crash can leave in doubt: it is neither redone nor
// trusted, but looked into once the service must have settled.
const (
	Pending   ActionState = "pending"   // asked of an owner; nothing is done before their yes
	Executing ActionState = "executing" // recorded; the service is being asked
	Waiting   ActionState = "waiting"   // the service took it and needs time: it is looked at again
	InHand    ActionState = "in hand"   // a person does it; they will say how it went
	Ended     ActionState = "ended"     // nothing more happens by itself
)

// Outcome is what came of an action, as far as anybody can know.
type Outcome string

// The outcomes.
const (
	Open       Outcome = "open"        // nothing is known yet
	Gone       Outcome = "gone"        // looked again: it is not on the list any more
	WasGone    Outcome = "was gone"    // it had already been gone
	Later      Outcome = "later"       // the service says it takes until Action.LookAt
	StillThere Outcome = "still there" // the service took it, and yet it is on the list
	CameBack   Outcome = "came back"   // it had been gone and is on the list again, without a new sign-in
	Again      Outcome = "again"       // the session is gone, but the device has signed in anew since
	Unknown    Outcome = "unknown"     // asked, but nobody can say what came of it
	Failed     Outcome = "failed"      // the service did not take it; Action.Reason says why
	HandedOver Outcome = "handed over" // a person has the steps in hand
	DoneByHand Outcome = "done by hand"
	NotByHand  Outcome = "not by hand" // the person says that it did not work
	Started    Outcome = "started"     // the service took it and goes on with it: the reset, the code of a television
	TurnedDown Outcome = "turned down" // an owner said no
	Lapsed     Outcome = "lapsed"      // nobody decided in time
	Dropped    Outcome = "dropped"     // never sent to the service
)

// Action is one thing done for a member at one service: a sign-out of one or more devices, or a password reset. It
// is written down before the service is asked, and again when it is known what came of it. It has at most 100 targets.
type Action struct {
	ID      ActionID
	Act     Act // SignOut or StartReset
	Actor   MemberID
	Decider MemberID // the owner who said yes or no, where the actor could not act alone
	Asked   Source   // where it was asked, so that the outcome is told there
	Decided Source   // where the decider said it
	Case    CaseID   // the case it answers; "": none
	Pass    PassID   // the pass it ended; "": none
	Service ServiceID
	Account Account  // whose reset, or whose devices when all are meant
	Targets []Target // what a sign-out ends; empty for a reset
	Whole   bool     // all sessions of Account are meant, in one call where the service has one

	Version  int // counts its saves; a save of an older version is refused
	State    ActionState
	Outcome  Outcome // of a reset; of a sign-out the weakest of its targets'
	Reason   Kind    // why it failed
	Attempts int     // how often the service was asked
	Started  time.Time
	Settled  time.Time // from then on the service can no longer be carrying it out
	LookAt   time.Time // when to look again; zero: not by itself
	Looks    int       // how often it was looked at since the answer
	Ended    time.Time
}

// Hand is who has an action in hand that is done by hand: whoever may do it, which is the decider where there is one.
func (a *Action) Hand() MemberID {
	if a.Decider != "" {
		return a.Decider
	}
	return a.Actor
}

// Target is a device that an action signs out.
type Target struct {
	Ref     DeviceRef  `json:"ref"`
	Since   time.Time  `json:"since,omitzero"`    // since when it had been signed in, if the service told
	Name    string     `json:"name"`              // cleaned, still a stranger's words
	App     string     `json:"app,omitempty"`     // likewise
	Members []MemberID `json:"members"`           // who was signed in on it when it was asked
	Login   string     `json:"login,omitempty"`   // the account, where no member is known
	Playing bool       `json:"playing,omitempty"` // it was playing when it was asked
	Asked   bool       `json:"asked,omitempty"`   // the service was sent the request (at least, it may have been)
	Taken   bool       `json:"taken,omitempty"`   // the service said yes to the request
	Outcome Outcome    `json:"outcome"`
}

// Source is where a member asked for something: the chat they are in, and the message, if there is one to redraw.
type Source struct {
	Contact Contact `json:"contact"`
	Room    string  `json:"room,omitempty"`    // the platform's own name of the chat room
	Message string  `json:"message,omitempty"` // the platform's own name of the message
	Public  bool    `json:"public,omitempty"`  // others read there
}

// weakness orders outcomes: of several devices the least certain one speaks for all.
func weakness(o Outcome) int {
	switch o {
	case Unknown:
		return 8
	case CameBack:
		return 7
	case StillThere:
		return 6
	case Failed, NotByHand:
		return 5
	case Dropped, TurnedDown, Lapsed:
		return 4
	case Later, HandedOver, Open:
		return 3
	case Again:
		return 2
	case Gone, Started, DoneByHand:
		return 1
	case WasGone:
		return 0
	}
	return 9
}

// Weakest returns the least certain outcome of the action's targets, or the action's own where it has none.
func (a *Action) Weakest() Outcome {
	if len(a.Targets) == 0 {
		return a.Outcome
	}
	worst := a.Targets[0].Outcome
	for _, t := range a.Targets[1:] {
		if weakness(t.Outcome) > weakness(worst) {
			worst = t.Outcome
		}
	}
	return worst
}
