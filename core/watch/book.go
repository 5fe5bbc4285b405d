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

	// Seen returns the sign-ins that were recorded, those that happened after a time and of failed ones those after another,
	// in the order of their recording; of more than limit the last ones. Of failed ones there are 500 at the most, beside that
	// limit: strangers make them, and they push nothing else out.
	Seen(ctx context.Context, after, failedAfter time.Time, limit int) ([]core.Seen, error)

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

// PassBook is where the watcher keeps the passes. Each method is one transaction.
type PassBook interface {
	// Passes returns the passes that have not ended, and those that ended after a time, the oldest first.
	Passes(ctx context.Context, endedAfter time.Time) ([]core.Pass, error)

	// PutPass adds a pass with its entry. It answers core.ErrFull where its member has core.MaxPasses that have not ended.
	PutPass(ctx context.Context, p core.Pass, e core.Entry) error

	// SavePass replaces the recorded pass with p, opens cases of Version 0 and adds entries and deliveries, all or nothing.
	// p.Version must be the recorded one (core.ErrStale otherwise) and is one higher afterwards.
	SavePass(ctx context.Context, p core.Pass, cases []core.Case, entries []core.Entry, deliveries []core.Delivery) error
}

// ExceptionBook is where the watcher keeps the exceptions. Each method is one transaction.
type ExceptionBook interface {
	// Exceptions returns all exceptions, the oldest first.
	Exceptions(ctx context.Context) ([]core.Exception, error)

	// PutException adds an exception with its entry. It answers core.ErrFull where its member has core.MaxExceptions.
	PutException(ctx context.Context, x core.Exception, e core.Entry) error

	// DropException removes an exception, or answers core.ErrNone.
	DropException(ctx context.Context, id core.ExceptionID, e core.Entry) error
}

// ActionBook tells the watcher what was done, of which it may see the consequences.
type ActionBook interface {
	// Severed returns the sign-outs of a member's whole account and the password resets that were begun after a time and were
	// taken by their service or done by hand, the oldest first.
	Severed(ctx context.Context, after time.Time) ([]core.Action, error)
}

// AskedBook tells what reached people.
type AskedBook interface {
	// AskedAt returns when the question of a case first reached one of those who are asked, by itself or in a digest; zero:
	// it has not.
	AskedAt(ctx context.Context, c core.Case) (time.Time, error)
}
