package core

import "context"

// Stream is something that plays now on a device.
type Stream struct {
	Service ServiceID
	ID      string // the service's own name for what is told to stop; it may change between two looks
	Device  DeviceRef
	Name    string // of the device; a stranger's words, cleaned
	Account Account
	Title   string  // what plays; cleaned
	Session Session // where it is and since when, as far as the service tells
	Paused  bool
	Screen  bool // a message can be shown on it
}

// StreamLister tells what plays now.
type StreamLister interface {
	// Streams lists what plays at the service, of all accounts, also of those of nobody in the household.
	Streams(ctx context.Context) ([]Stream, error)
}

// StreamStopper stops what plays.
type StreamStopper interface {
	// StopStream shows the words on the device, if it can, and stops the stream. A nil error says that the service took
	// it, not that it has stopped.
	StopStream(ctx context.Context, s Stream, words string) error
}

// ScreenWriter shows a message where something plays.
type ScreenWriter interface {
	ShowMessage(ctx context.Context, s Stream, title, words string) error
}

// TVPairer signs a television in by the code on its screen, for an account, without a password.
type TVPairer interface {
	// Pair authorises the code for the account. An error of kind Missing says that no television shows this code (any more).
	Pair(ctx context.Context, account Account, code string) error
}
