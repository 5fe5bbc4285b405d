package core

import (
	"errors"
	"fmt"
)

// Kind says what sort of failure an [Error] is; callers act on kinds, never on words.
type Kind string

// The kinds of failure. The set is closed: a new one needs somebody who acts on it.
const (
	Unreachable Kind = "unreachable"    // no answer: refused, timed out, cut off
	Busy        Kind = "busy"           // answered: later
	BadKey      Kind = "bad key"        // the service refuses the key of the config
	Garbled     Kind = "garbled"        // an answer that makes no sense; nothing may be concluded from it
	Missing     Kind = "missing"        // the service does not know the account or the device
	Cannot      Kind = "cannot"         // the service has no way to do this
	Forbidden   Kind = "forbidden"      // the member may not
	Unrecorded  Kind = "unrecorded"     // our own book cannot be written, so nothing may be done
	Taken       Kind = "taken"          // the thing is being done already
	Changed     Kind = "changed"        // it is not any more what the member was shown
	NeedsPerson Kind = "needs a person" // only a person can go on: a sign-in, a puzzle, a page that is not the known one
	NoService   Kind = "no service"     // the config names no such service (any more)
)

// Error is a failure told twice: Text and Hint are for the member, Err is for the log and reaches no chat.
type Error struct {
	Kind Kind
	Text Phrase // what is so; a full sentence with the member's nouns
	Hint Phrase // what can be done, as a full sentence; may be empty
	Err  error  // the cause; without secrets, keys, tokens, or addresses that hold them

	// Unsent says that the request certainly never reached the service. Without it, an Unreachable or Garbled answer to a
	// request that changes something leaves open whether it was carried out.
	Unsent bool
}

// Error is for the log. It never holds more of a member's words than the English sentence.
func (e *Error) Error() string {
	if e.Err == nil {
		return string(e.Kind) + ": " + e.Text.String()
	}
	return string(e.Kind) + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf tells the kind of the first [Error] in a chain, or "" where there is none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return ""
}

// TextOf returns the sentence of the first [Error] in a chain, or an empty phrase where there is none.
func TextOf(err error) Phrase {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Text
	}
	return Phrase{}
}

// HintOf returns what can be done about the first [Error] in a chain, or an empty phrase.
func HintOf(err error) Phrase {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Hint
	}
	return Phrase{}
}

// ServiceError words the usual failures of a service. Where several connectors fail alike they shall sound alike.
func ServiceError(kind Kind, service string, cause error) *Error {
	e := &Error{Kind: kind, Err: cause}
	switch kind {
	case Unreachable:
		e.Text = Say("{service} is not answering.", service)
		e.Hint = Say("Try again in a minute; if it stays so, look whether {service} is running.", service)
	case Busy:
		e.Text = Say("{service} is busy and asks for patience.", service)
		e.Hint = Say("Try again in a minute.")
	case BadKey:
		e.Text = Say("{service} refuses my key.", service)
		e.Hint = Say("The owner can renew it in the config; \"latchstring check\" says which key is meant.")
	case Missing:
		e.Text = Say("{service} does not know this any more.", service)
		e.Hint = Say("Ask for the list of now.")
	case Cannot:
		e.Text = Say("{service} has no way to do this.", service)
	case NeedsPerson:
		e.Text = Say("{service} shows me something where only a person can go on.", service)
		e.Hint = Say("Ask for it once more, and I give you the steps to do it by hand.")
	case NoService:
		e.Text = Say("{service} is not one of this household's services any more.", service)
		e.Hint = Say("Ask for the list of now.")
	default:
		e.Text = Say("{service} answers in a way I do not understand.", service)
		e.Hint = Say("It may have been updated, or a sign-in page stands before it; \"latchstring check\" tells the owner more.")
	}
	return e
}

// OldListError says that a service's list was read before something happened, and so tells nothing of what came of it.
func OldListError(service string) *Error {
	return &Error{
		Kind: Busy, Unsent: true,
		Text: Say("I have not looked at {service} since then.", service),
		Hint: Say("It lets me look only a few times a day; I will look again and tell you."),
	}
}

// RightError tells a member that they may not do something.
func RightError(act Act) *Error {
	e := &Error{Kind: Forbidden, Hint: Say("Ask the owner of the house.")}
	switch act {
	case ListDevices:
		e.Text = Say("You can see your own devices only.")
	case SignOut:
		e.Text = Say("You can sign out your own devices only.")
	case StartReset:
		e.Text = Say("You can not start this password reset.")
	case ReadHistory:
		e.Text = Say("You can read your own history only.")
	case ReadStatus:
		e.Text = Say("How the services are doing is not for you to see.")
	case ChangeSettings:
		e.Text = Say("You can change your own settings only.")
	case InvitePeople:
		e.Text = Say("Only the owner can invite somebody.")
	case AnswerAlerts:
		e.Text = Say("You can answer for your own sign-ins only.")
	case MakeExceptions:
		e.Text = Say("You can make exceptions for your own sign-ins only.")
	case ExpectDevices:
		e.Text = Say("You can tell me of devices at your own accounts only.")
	case PairTV, PairChildTV:
		e.Text = Say("You can not sign a television in for somebody else.")
	case SeeStreams:
		e.Text = Say("What plays is not for you to see.")
	case StopStream:
		e.Text = Say("You can stop only what you play yourself.")
	case ReadCodes:
		e.Text = Say("These codes are not for you to see.")
		e.Hint = Say("The owner names in the config who is shown them.")
	case ReadLinks:
		e.Text = Say("These links are for the owner alone.")
	}
	return e
}

// RecordError tells that our own book cannot be written. Nothing is done that is not on record, so nothing was done.
func RecordError(cause error) *Error {
	return &Error{
		Kind:   Unrecorded,
		Text:   Say("I can not write my record right now, so I did nothing."),
		Hint:   Say("The owner finds the cause in the log; a full disk is the usual one."),
		Err:    cause,
		Unsent: true,
	}
}

// OwnSessionError refuses to sign out this program's own session: the house would lock itself out.
func OwnSessionError() *Error {
	return &Error{
		Kind: Forbidden, Unsent: true,
		Text: Say("That is my own session. Without it I could not see or sign out anything there."),
		Hint: Say("To end it, remove my key in the service itself."),
	}
}

// ChangedError stops an act that would do something else than the member was shown.
func ChangedError() *Error {
	return &Error{Kind: Changed, Unsent: true, Text: Say("This has changed since you were shown it."), Hint: Say("Look at it once more.")}
}

// UnderwayError says that somebody is doing this already.
func UnderwayError(cause error) *Error {
	return &Error{Kind: Taken, Unsent: true, Text: Say("This is being done already."), Hint: Say("Wait for its outcome."), Err: cause}
}

// UnsentError is a ServiceError of a request that certainly never reached the service; what says which.
func UnsentError(kind Kind, service, what string, cause error) *Error {
	e := ServiceError(kind, service, fmt.Errorf("%s: %w", what, cause))
	e.Unsent = true
	return e
}

// Beforehand marks the failure of a question that only prepares a change: the change itself was not asked for.
func Beforehand(err error) error {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return err
	}
	marked := *e
	marked.Unsent = true
	return &marked
}

// NoAccountError says that a service does not know an account of the config; what says what was asked.
func NoAccountError(service, what string, a Account) *Error {
	return &Error{
		Kind: Missing, Unsent: true,
		Text: Say("{service} knows no account {login}.", service, a.Login),
		Hint: Say("The owner can correct it in the config, under accounts."),
		Err:  fmt.Errorf("%s: the account of %s is not known", what, a.Member),
	}
}
