package core

import "time"

// Entry is one line of the audit: who asked for what, and what came of it. Entries are only ever added, and each is
// chained to the one before.
type Entry struct {
	Seq     int64      `json:"-"` // 1 for the first; given by storage
	At      time.Time  `json:"at"`
	Actor   MemberID   `json:"actor"`
	Act     Act        `json:"act"`
	Step    Step       `json:"step"`
	Service ServiceID  `json:"service,omitempty"`
	Whose   []MemberID `json:"whose,omitempty"`   // whom it touches
	Targets []string   `json:"targets,omitempty"` // names of devices, cleaned
	Outcome Outcome    `json:"outcome,omitempty"`
	Reason  Kind       `json:"reason,omitempty"`
	Action  ActionID   `json:"action,omitempty"` // what its steps have in common; an action of this id need not be kept
}

// Step is where in its life an entry stands.
type Step string

// The steps. Nothing is done that was not Requested on the record first.
const (
	Requested Step = "requested"
	Refused   Step = "refused"   // the member had no right to it
	Asked     Step = "asked"     // the member asked an owner for it
	Approved  Step = "approved"  // the owner, who is the actor of this entry, said yes
	Declined  Step = "declined"  // the owner, who is the actor of this entry, said no
	Concluded Step = "concluded" // what came of it, as far as is known
)
