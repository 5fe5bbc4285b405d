package core

import (
	"context"
	"time"
)

// Connector joins one account service to the house. A nil port is something the service cannot do; help, buttons and
// errors are made from which ports are nil. Every port may be called from several goroutines at once.
type Connector struct {
	Service ServiceID
	Title   string // as the household calls it: "Jellyfin", "Family sign-on"

	Devices    DeviceLister
	SignOut    SignOuter
	SignOutAll AllSignOuter // nil: control signs out one device after the other
	Reset      ResetStarter
	SignIns    SignInSource
	Notices    NoticeSource  // what the service wrote by mail; nil: it is not read
	OneTime    OneTimeSource // its one-time codes and links; nil: they are not read
	ByHand     Guider        // what members do themselves where the service offers no port
	OnDevice   DeviceGuider  // what to do on a device itself; nil: nothing is known, or needed
	Prober     Prober

	// Heard tells of devices that sign-ins were written about and that need not be on the list of Devices: they can be meant,
	// and are signed out by hand. Nil: there are none.
	Heard DeviceLister
	// ReadAt is when the list that Devices gives was really read, where that is not asked for each time; zero: never. Nil: it is
	// read when it is asked for.
	ReadAt func() time.Time
	// Single says that SignOut is for one device that a person means; several at once are signed out by hand.
	Single bool

	// What plays: Streams lists it, Stop ends it, Screen writes on it. TV signs a television in by its code.
	Streams StreamLister
	Stop    StreamStopper
	Screen  ScreenWriter
	TV      TVPairer
	Limit   int // how many streams the service allows at once, by the config; 0: it is not known

	// Nudges, where the service has a way to say that something happened, runs until ctx ends and calls nudge each time;
	// nil: the service is only asked every so often. It reconnects by itself; nothing depends on a nudge coming.
	Nudges func(ctx context.Context, nudge func())

	Accounts []Account // whom the config names at this service

	// CodesFor names for the member whose account it is who is given its one-time codes, by the owner's word in the config.
	// Nobody who is not named is, the owner included.
	CodesFor map[MemberID][]MemberID

	// Settle is how long after a call was begun the service may still carry it out: the connector's own limit for a call and
	// what the service takes beyond it. After a crash nothing is concluded before it has passed. Zero: it is not known.
	Settle time.Duration

	// Takes is how long a sign-out may take by the service's own word; zero: it is done when the service answers.
	Takes time.Duration

	// Tells says which facts of a device the service knows.
	Tells Tells
	// Why says for an ability that is missing why it is.
	Why map[Ability]Phrase
}

// Tells says which facts a service knows of its devices.
type Tells struct {
	LastUse, Address, Place, Playing bool

	// Hearsay says that the list is what was heard of devices, by mail perhaps, and not what is signed in now: that a device
	// is on it is no proof that it is still there.
	Hearsay bool
}

// DeviceLister lists what is signed in now.
type DeviceLister interface {
	// Devices lists the devices of all accounts of the config. An answer that is empty or shorter for a reason other
	// than sign-outs must be an error: an unreadable list is never an empty one. Devices together with an error are what
	// could be read; the error says what could not.
	Devices(ctx context.Context) ([]Device, error)
}

// SignOuter ends a device's sessions.
type SignOuter interface {
	// SignOut asks the service to end every session of the device. A nil error says that the service took the request,
	// not that the device is gone: the caller looks again.
	SignOut(ctx context.Context, ref DeviceRef) (Receipt, error)
}

// AllSignOuter ends every session of an account in one call.
type AllSignOuter interface {
	SignOutAll(ctx context.Context, account Account) (Receipt, error)
}

// Receipt is what a service says to a sign-out it took.
type Receipt struct {
	Within time.Duration // how long it may take by the service's own word; 0: at once
	Gone   bool          // it says that there was nothing to sign out (any more)
}

// ResetStarter starts a password reset; the member finishes it at the service.
type ResetStarter interface {
	// Plan says, without asking the service, what starting a reset will do.
	Plan() ResetPlan
	StartReset(ctx context.Context, account Account) (Reset, error)
}

// ResetWay is how a member gets what the reset needs.
type ResetWay string

// The ways of a reset.
const (
	ResetMailed   ResetWay = "mailed"   // the service mails it to the member
	ResetCode     ResetWay = "code"     // a one-time code, for the member alone
	ResetLink     ResetWay = "link"     // a one-time link, for the member alone
	ResetPassword ResetWay = "password" // a one-time password, for the member alone
)

// Private tells whether the reset hands something to the member that nobody else may see.
func (w ResetWay) Private() bool { return w != ResetMailed }

// ResetPlan says what a reset will do before it is started.
type ResetPlan struct {
	Way      ResetWay
	SignsOut bool // starting it ends the account's sessions
}

// Reset is a started reset.
type Reset struct {
	Way    ResetWay
	Secret Secret    // code, link or password; empty when mailed
	Enter  string    // where the code is entered, if the service says; not secret
	Until  time.Time // zero: the service does not say
}

// SignInSource tells the sign-ins of a service.
type SignInSource interface {
	// SignIns returns what happened after the cursor, oldest first, and the cursor after it. The empty cursor means "from
	// now on": it returns no sign-ins, only the cursor of now.
	SignIns(ctx context.Context, after string) (signIns []SignIn, cursor string, err error)
}

// Guider tells how a person does by hand what the service lets no program do.
type Guider interface {
	// Guide returns the steps for an ability, and ok false where there are none. The device is nil when the ability is
	// not about one.
	Guide(a Ability, d *Device) (g Guide, ok bool)
}

// Guide is what a person does by hand. Steps are full sentences in order; Within is how long the service may take.
type Guide struct {
	Steps  []Phrase
	Link   string // where it is done
	Open   string // the link's name: "Manage devices"
	Within time.Duration
}

// DeviceGuider tells how a service is signed out on a device itself, by the sort of device.
type DeviceGuider interface {
	Families() []DeviceFamily
	// FamilyOf returns the family that a device of a name is of, and ok false where its name tells none.
	FamilyOf(device string) (family string, ok bool)
	// Steps returns what to do on a device of a family, and ok false for a family that is not known.
	Steps(family string) (g Guide, ok bool)
}

// DeviceFamily is devices of a sort. ID is what members write, Title what they call it.
type DeviceFamily struct{ ID, Title string }

// Prober looks whether a service is there and what it is.
type Prober interface {
	// Probe returns the service's version, if it tells one, and hints for the owner.
	Probe(ctx context.Context) (version string, hints []Phrase, err error)
}

// Ability is something a service can or cannot do for the household.
type Ability string

// The abilities, in the order in which they are told.
const (
	CanList       Ability = "list"
	CanTellUse    Ability = "last use"
	CanTellIP     Ability = "address"
	CanSignOut    Ability = "sign out"
	CanSignOutAll Ability = "sign out all"
	CanReset      Ability = "reset"
	CanSignIns    Ability = "sign-ins"
	CanStreams    Ability = "streams"
	CanTV         Ability = "tv"
)

// TwoStep is the second step that a service asks for at a sign-in. It is no ability of a connector: a [Guider] that has steps for it says
// that members can turn it on.
const TwoStep Ability = "two-step"

// Abilities lists every ability in the order in which they are told.
func Abilities() []Ability {
	return []Ability{CanList, CanTellUse, CanTellIP, CanSignOut, CanSignOutAll, CanReset, CanSignIns, CanStreams, CanTV}
}

// Support is how far an ability goes.
type Support string

// An ability is there, is done by hand, or is missing.
const (
	Yes    Support = "yes"
	ByHand Support = "by hand"
	No     Support = "no"
)

// Can says how far an ability of the service goes.
func (c *Connector) Can(a Ability) Support {
	var there bool
	switch a {
	case CanList:
		there = c.Devices != nil
	case CanTellUse:
		there = c.Devices != nil && c.Tells.LastUse
	case CanTellIP:
		there = c.Devices != nil && (c.Tells.Address || c.Tells.Place)
	case CanSignOut:
		there = c.SignOut != nil
	case CanSignOutAll:
		there = c.SignOutAll != nil || (c.SignOut != nil && c.Devices != nil && !c.Single)
	case CanReset:
		there = c.Reset != nil
	case CanSignIns:
		there = c.SignIns != nil
	case CanStreams:
		there = c.Streams != nil
	case CanTV:
		there = c.TV != nil
	case TwoStep: // members turn it on themselves
	}
	if there {
		return Yes
	}
	if c.ByHand != nil {
		if _, ok := c.ByHand.Guide(a, nil); ok {
			return ByHand
		}
	}
	return No
}

// Account returns the account of a member at the service.
func (c *Connector) Account(m MemberID) (Account, bool) {
	for _, a := range c.Accounts {
		if a.Member == m {
			return a, true
		}
	}
	return Account{}, false
}
