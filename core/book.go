package core

import "errors"

// What a book answers besides success. The rooms declare their own book ports; storage and the household in memory
// implement them, and both give these errors so that errors.Is finds them.
var (
	ErrNone     = errors.New("no such row")
	ErrUsed     = errors.New("offer was taken or has lapsed")
	ErrUnderway = errors.New("the device is being signed out already")
	ErrStale    = errors.New("action was changed meanwhile")
	ErrFull     = errors.New("there is no room for another one")
)

// HistoryQuery chooses entries of the audit, newest first.
type HistoryQuery struct {
	Member MemberID // entries this member made or is touched by; "": all
	Before int64    // only entries with a smaller Seq; 0: from the newest
	Limit  int
}
