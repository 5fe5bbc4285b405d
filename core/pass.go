package core

import "time"

// PassID names a pass: 128 random bits in hex.
type PassID string

// Pass is a member's word that one device will sign in to their own accounts, or, as an owner's, to anybody's. The sign-in
// raises no alarm, and when the pass ends the device is signed out by the member's order. A pass ends once.
type Pass struct {
	ID      PassID
	Version int // counts its saves; a save of an older version is refused
	By      MemberID
	Asked   Source
	Words   string // what By calls the device; cleaned
	Made    time.Time
	Until   time.Time
	SignIn  SignIn    // which took it, the newest of that device; its Key is "" until then
	Revoked time.Time // By, or an owner, ended it before its time; zero: they did not
	Ended   time.Time // nothing more comes of it; a device that took it was signed out, or can not be
	Action  ActionID  // the sign-out that ended it; "": none
}

// The bounds of passes.
const (
	MaxPasses    = 20               // of one member that have not ended
	LongestPass  = 60               // days
	passClockLag = 10 * time.Minute // so much may a service's clock lag behind ours
)

// Taken tells whether a device has signed in by the pass.
func (p *Pass) Taken() bool { return p.SignIn.Key != "" }

// Covers tells whether the pass stands for what happened at a time.
func (p *Pass) Covers(at time.Time) bool {
	return p.Ended.IsZero() && p.Revoked.IsZero() && at.Before(p.Until) && !at.Before(p.Made.Add(-passClockLag))
}

// Due returns when the pass is over and its device is to be signed out.
func (p *Pass) Due() time.Time {
	if !p.Revoked.IsZero() && p.Revoked.Before(p.Until) {
		return p.Revoked
	}
	return p.Until
}
