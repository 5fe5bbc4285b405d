package talk

import (
	"context"
	"time"

	"latchstring/core"
)

// Request is what a person said or pressed, as an adapter understood it.
type Request struct {
	From    core.Contact
	Called  string    // what From calls themselves there; a stranger's words, used to tell an owner who came
	Room    string    // the platform's name of the chat room
	Message string    // the message a pressed button stands on
	Private bool      // nobody but From reads the answer
	Text    string    // what was typed, or what a Say button says
	Handle  string    // of a pressed button; Text is empty then
	At      time.Time // when it was said, as well as the adapter knows; what is old is not acted on
}

// Reply is the answer to a request.
type Reply struct {
	Card Card
	// Redraw says that the card takes the place of the message the button stands on.
	Redraw bool
	// Then, if set, is the work the card announces. The adapter calls it once, after it has shown the card; its outcome
	// arrives as a delivery. Whatever happens to it, the work is on record already.
	Then func(context.Context)
}

// Chat is a chat platform as the courier uses it.
type Chat interface {
	// Name is the platform.
	Name() core.Chat
	// Door is what the code of an invitation is put behind to make a link that opens a private conversation here; "" where
	// there is no such link.
	Door() string
	// Send shows a card to a contact. With a source it answers there, redrawing the source's message if it can. The
	// delivery's id makes a repeated send recognisable. It returns the platform's name of the message, if it has one. An
	// error is a *SendError or temporary.
	Send(ctx context.Context, to core.Contact, source core.Source, card Card, id core.DeliveryID) (message string, err error)
}

// SendError says what a failed send means for the delivery.
type SendError struct {
	Permanent bool          // the contact can not be reached this way any more
	After     time.Duration // the platform's own word on when to try again; 0: none
	Err       error
}

func (e *SendError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *SendError) Unwrap() error { return e.Err }
