package watch

import "time"

// Tuning is how much a household wants to hear of.
type Tuning struct {
	Threshold float64       // the score from which on somebody is asked at once, in nats
	LearnFor  time.Duration // how long nothing is said at first; 0: not at all
}

// The thresholds that have a name in the config.
const (
	Calm     = 3.5
	Normal   = 3.0
	Watchful = 2.25
)

// LearnFor is how long a household is learned by default.
const LearnFor = 14 * 24 * time.Hour

const (
	learnSignIns = 10  // how many sign-ins are learned at the least before something is said
	urgentAbove  = 2.0 // by how much a score is above the threshold when it can not wait
	noted        = 0.5 // the share of the threshold from which on there is a line in the digest
)

// Urgent is the score from which on a sign-in can not wait.
func (t Tuning) Urgent() float64 { return t.Threshold + urgentAbove }
