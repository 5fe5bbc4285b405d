package core

import (
	"context"
	"net/netip"
	"time"
)

// NoticeKind says what a service wrote about.
type NoticeKind string

// The kinds of notices. What a service writes besides is none.
const (
	NoticeSignIn          NoticeKind = "sign-in"           // somebody signed in
	NoticeCode            NoticeKind = "code"              // a one-time code to sign in with
	NoticeSignInRequest   NoticeKind = "sign-in request"   // a device asks to be let in by a link
	NoticeTemporaryAccess NoticeKind = "temporary access"  // a link to a code for somebody who is away
	NoticeHouseholdUpdate NoticeKind = "household update"  // a link that makes another home the account's
	NoticePasswordChanged NoticeKind = "password changed"  // it is done
	NoticeResetRequested  NoticeKind = "reset requested"   // a password reset was begun
	NoticeEmailChanged    NoticeKind = "email changed"     // the account's address is another one now
	NoticeVerification    NoticeKind = "verification code" // a code that says "it is me"
)

// Notice is a mail from a service about an account.
//
// Name, Place and Profile are written by whoever signs in: they are cleaned when they come in.
type Notice struct {
	Key     string // made of the mail's own id and of what it says: the same mail has the same key in every mailbox
	Service ServiceID
	Kind    NoticeKind
	At      time.Time // when the mail was sent
	Account Account   // Member is "" where the mail is for nobody of the config
	Name    string    // of the device
	Place   string    // as the service words it
	Address netip.Addr
	Profile string // whose request it is within the account

	// Verified says that the household's own mail provider vouches for the sender. Nothing may be done or shown because of
	// a notice that is not.
	Verified bool
	// Forwarded says that somebody of the household sent the mail on: they, not the service, are vouched for.
	Forwarded bool

	Language string // BCP 47, as far as the mail tells: "es-ES"

	// Code and Link are in memory only, of verified mails that nobody forwarded, and no longer than Until. A link is shown to
	// a person and never opened.
	Code, Link Secret
	Until      time.Time // zero: there is neither
}

// OneTimeSource tells the one-time codes and links that a service wrote and that are good now.
type OneTimeSource interface {
	// OneTime returns the notices that have a code or a link, newest first. Each is verified, nobody forwarded it, and its
	// Until is not over. A service whose mails can not be read is an error.
	OneTime(ctx context.Context) ([]Notice, error)
}

// NoticeSource tells what a service wrote.
type NoticeSource interface {
	// Notices returns what came after the cursor, in the order in which it came, and the cursor after it. The empty cursor
	// means "from now on": it returns no notices, only the cursor of now. A cursor is good after a restart, and after the
	// mailbox was made anew; then a notice may be told again, and is known by its key.
	Notices(ctx context.Context, after string) (notices []Notice, cursor string, err error)
}
