package control

import (
	"context"

	"latchstring/core"
)

// Book is where the desk writes down what it does. Each method is one transaction that is on disk when it returns.
type Book interface {
	// Begin records an action that is about to be carried out, or asked for, or handed over, and takes the offer it came
	// from. All or nothing. A new action has Version 0 and is recorded as version 1; a higher version replaces the
	// recorded action and is one higher afterwards.
	//
	// It answers core.ErrUsed if the offer was taken or has lapsed, core.ErrUnderway if another Executing action has one
	// of the same targets (or, for a reset, the same account), and core.ErrStale if a.Version is not the recorded one.
	Begin(ctx context.Context, a core.Action, take core.Taking, entries []core.Entry, deliveries []core.Delivery) error

	// Save replaces the recorded action with a and adds entries and deliveries, all or nothing. a.Version must be the
	// recorded one (core.ErrStale otherwise) and is one higher afterwards. A delivery whose key is known is left out.
	Save(ctx context.Context, a core.Action, entries []core.Entry, deliveries []core.Delivery) error

	// Post adds deliveries that come of no action; one whose key is known is left out.
	Post(ctx context.Context, deliveries []core.Delivery) error

	// Record adds one entry on its own.
	Record(ctx context.Context, e core.Entry) error

	// Action returns an action, or core.ErrNone.
	Action(ctx context.Context, id core.ActionID) (core.Action, error)

	// Unended returns the actions that have not ended, those that are Executing first and then the oldest first, 1,000 at
	// the most.
	Unended(ctx context.Context) ([]core.Action, error)

	// ByHand returns the sign-outs at a service of which somebody says that they did them by hand, the newest first, also
	// those of which something came back; 1,000 at the most.
	ByHand(ctx context.Context, service core.ServiceID) ([]core.Action, error)

	// History returns entries, newest first.
	History(ctx context.Context, q core.HistoryQuery) ([]core.Entry, error)
}
