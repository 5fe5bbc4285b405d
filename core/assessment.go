package core

// Assessment is what the watch makes of a sign-in.
type Assessment struct {
	Level  Level   `json:"level"`
	Score  float64 `json:"score"`  // evidence against it in nats; 3 is an alert by default
	Reason Reason  `json:"reason"` // the largest part of the score
	Of     string  `json:"of,omitempty"`
	// Of is, with the level Repeat, the service, "/" and the key of the sign-in whose alert tells of this one as well.
}

// Level is what follows from an assessment.
type Level string

// The levels.
const (
	Learning Level = "learning" // the household is still being learned: nothing is said
	Quiet    Level = "quiet"    // it is theirs
	Noted    Level = "noted"    // a line in the digest
	Repeat   Level = "repeat"   // an alert of the last days tells of it already
	Expected Level = "expected" // it would be asked about, but a member said that it would come
	Alert    Level = "alert"
	Urgent   Level = "urgent"
)

// Pushes tells whether somebody is asked about it at once.
func (l Level) Pushes() bool { return l == Alert || l == Urgent }

// Reason is why a sign-in was assessed as it was. Which of the facts are set depends on the kind.
type Reason struct {
	Kind    ReasonKind `json:"kind,omitempty"`
	Place   Place      `json:"place,omitzero"`    // where it is, or for Faster where the device was before
	Carrier string     `json:"carrier,omitempty"` // cleaned
	Km      int        `json:"km,omitempty"`      // to the nearest known place
	Minutes int        `json:"minutes,omitempty"` // since the device was elsewhere
	Tries   int        `json:"tries,omitempty"`   // wrong passwords before it
}

// ReasonKind is the sort of a reason.
type ReasonKind string

// The reasons, in the order in which one is preferred where two weigh the same.
const (
	Disowned         ReasonKind = "disowned"          // the household said no to this device on this network
	AnonymousNetwork ReasonKind = "anonymous network" // a data centre or VPN that nobody here uses
	NewCountry       ReasonKind = "new country"
	NewDevice        ReasonKind = "new device" // never seen on the account
	FarAway          ReasonKind = "far away"   // from every known place
	NewPlace         ReasonKind = "new place"
	NewNetwork       ReasonKind = "new network"
	AfterFailures    ReasonKind = "after failures"
	Faster           ReasonKind = "faster than travel" // the same device was elsewhere just before
	OddHour          ReasonKind = "odd hour"
	Familiar         ReasonKind = "familiar" // nothing speaks against it
)

// Answer is what is finally held of a sign-in that was asked about.
type Answer string

// The answers.
const (
	Ours      Answer = "ours"       // somebody of the household said that it was them, or whose it was
	NotOurs   Answer = "not ours"   // somebody said that it was nobody of the household
	BySilence Answer = "by silence" // nobody said anything for so long that it is taken for theirs
)
