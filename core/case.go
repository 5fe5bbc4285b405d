package core

import (
	"slices"
	"time"
)

// CaseID names a case: 128 random bits in hex.
type CaseID string

// Case is a suspicious sign-in on its way to an answer. It is opened with the sign-in, tells of further ones of the same
// kind, and ends with the one answer that counts: the first.
type Case struct {
	ID         CaseID
	Version    int    // counts its saves; a save of an older version is refused
	SignIn     SignIn // which opened it
	Assessment Assessment
	Also       []SignIn  // of other devices or accounts, from the same place: the first ten
	Repeats    int       // further sign-ins that it tells of, those in Also among them
	Last       time.Time // when the newest of them was
	Opened     time.Time
	Before     SignIn // of the account, the last one before that nobody doubts; its Key is "" where there is none

	Asked    []MemberID // who was asked so far; the first is the one it concerns most
	Escalate time.Time  // when the owners are asked as well; zero: they were
	Later    []MemberID // who wants to be asked again
	Remind   time.Time  // when they are; zero: nobody wants it
	Silence  time.Time  // when silence is taken for a yes; zero: never

	Answer   Answer // "": nobody has answered yet
	By       MemberID
	Whose    MemberID // whose sign-in it was, as By says; "" where they did not say
	Answered time.Time
	Said     Source   // where By said it
	Reset    bool     // By wants the password reset as well
	Action   ActionID // the sign-out that came of it
	Told     Outcome  // of Action: what everybody asked was told of last
	Stands   Outcome  // of Action: what is so now; the book fills it in
}

// Open tells whether the case still waits for an answer.
func (c *Case) Open() bool { return c.Answer == "" }

// Concerns tells whether a member was asked, or owns the account of one of the sign-ins.
func (c *Case) Concerns(m MemberID) bool {
	return m != "" && (slices.Contains(c.Asked, m) || slices.ContainsFunc(c.All(), func(s SignIn) bool { return s.Account.Member == m }))
}

// Takes tells whether an answer can still be given. Nobody answers twice; but what nobody answered, and silence took for theirs, may
// be found to be none of theirs later.
func (c *Case) Takes(a Answer) bool { return c.Open() || c.Answer == BySilence && a == NotOurs }

// All returns the sign-in that opened the case and those of other devices and accounts.
func (c *Case) All() []SignIn { return append([]SignIn{c.SignIn}, c.Also...) }

// Of returns the sign-in that concerns a member most: one to their own account, or else the first.
func (c *Case) Of(m MemberID) SignIn {
	for _, s := range c.All() {
		if s.Account.Member == m {
			return s
		}
	}
	return c.SignIn
}

// MaxAlso is how many sign-ins of other devices and accounts a case keeps.
const MaxAlso = 10

// Due returns when something happens in an open case by itself; zero: nothing does.
func (c *Case) Due() time.Time {
	var due time.Time
	if !c.Open() {
		return due
	}
	for _, t := range []time.Time{c.Escalate, c.Remind, c.Silence} {
		if !t.IsZero() && (due.IsZero() || t.Before(due)) {
			due = t
		}
	}
	return due
}

// CaseQuery chooses cases, the newest first. What is not set chooses nothing away.
type CaseQuery struct {
	ID      CaseID
	Service ServiceID // with Key: the sign-in that opened it
	Key     string
	Open    bool      // only those that wait for an answer
	Untold  bool      // only those whose action has another outcome than everybody asked was told
	Since   time.Time // only those opened then or later
	Limit   int       // 0: 1,000
}

// Seen is a sign-in on record with what was made of it, and the answer to its case where it opened one.
type Seen struct {
	SignIn     SignIn
	Assessment Assessment
	Answer     Answer
	Answered   time.Time
}

// Look is what one look at a service's sign-ins brought: the sign-ins in the order in which they were assessed, the cases
// that they opened or changed, the passes that they took, the news of it, and the cursor after it.
type Look struct {
	Service    ServiceID
	Cursor     string
	Seen       []Seen
	Cases      []Case
	Passes     []Pass
	Entries    []Entry
	Deliveries []Delivery
}
