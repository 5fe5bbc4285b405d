package core

import "errors"

// Kind says what sort of failure an [Error] is; callers act on kinds, never on words.
type Kind string

// The kinds of failure. The set is closed: a new one needs somebody who acts on it.
const (
	Unreachable Kind = "unreachable" // no answer: refused, timed out, cut off
	Busy        Kind = "busy"        // answered: later
	BadKey      Kind = "bad key"     // the service refuses the key of the config
	Garbled     Kind = "garbled"     // an answer that makes no sense; nothing may be concluded from it
	Missing     Kind = "missing"     // the service does not know the account or the device
	Cannot      Kind = "cannot"      // the service has no way to do this
	Forbidden   Kind = "forbidden"   // the member may not
	Unrecorded  Kind = "unrecorded"  // our own book cannot be written, so nothing may be done
	Taken       Kind = "taken"       // the button was used, or the thing is being done already
)

// Error is a failure told twice: Text and Hint are for the member, Err is for the log and reaches no chat.
type Error struct {
	Kind Kind
	Text Phrase // what is so; a full sentence with the member's nouns
	Hint Phrase // what can be done, as a full sentence; may be empty
	Err  error  // the cause; without addresses of secrets, keys or tokens
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
	default:
		e.Text = Say("{service} answers in a way I do not understand.", service)
		e.Hint = Say("It may have been updated, or a sign-in page stands before it; \"latchstring check\" tells the owner more.")
	}
	return e
}
