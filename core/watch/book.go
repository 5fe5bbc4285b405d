package watch

import (
	"context"
	"time"

	"latchstring/core"
)

// Book is where the watcher keeps what it saw and what came of it. Each method is one transaction.
type Book interface {
	// Cursor returns how far a service's sign-ins were read; "" at first.
	Cursor(ctx context.Context, service core.ServiceID) (string, error)

	// Fresh returns those of a service's sign-in keys that are not on record, in their order.
	Fresh(ctx context.Context, service core.ServiceID, keys []string) ([]string, error)

	// Seen returns the sign-ins that were recorded, those that happened after a time, in the order of their recording; of
	// more than limit the last ones.
	Seen(ctx context.Context, after time.Time, limit int) ([]core.Seen, error)

	// RecordLook adds what a look at a service brought, all or nothing. A sign-in whose service and key are known is left
	// out, as is a delivery whose key is. A case of Version 0 is new; another one must be of its recorded version
	// (core.ErrStale otherwise) and is one higher afterwards.
	RecordLook(ctx context.Context, l core.Look) error

	// Cases returns the cases that a query chooses.
	Cases(ctx context.Context, q core.CaseQuery) ([]core.Case, error)

	// SaveCase replaces the recorded case with c and adds entries and deliveries, all or nothing. c.Version must be the
	// recorded one (core.ErrStale otherwise) and is one higher afterwards.
	SaveCase(ctx context.Context, c core.Case, entries []core.Entry, deliveries []core.Delivery) error

	// Post adds deliveries; one whose key is known is left out.
	Post(ctx context.Context, deliveries []core.Delivery) error
}
