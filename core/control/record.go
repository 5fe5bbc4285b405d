package control

import (
	"context"
	"errors"
	"log/slog"

	"latchstring/core"
)

// What takes one call and a moment is no action that goes on by itself: it has two entries on the record, one before the
// service is asked and one after it. Where a crash comes between them the first stands alone, and claims nothing.

// request records that something is asked for; nothing may be done where that fails.
func (d *Desk) request(ctx context.Context, e core.Entry) (core.Entry, error) {
	id, err := d.newID()
	if err != nil {
		return e, core.RecordError(err)
	}
	e.At, e.Step, e.Action = d.Now(), core.Requested, core.ActionID(id)
	return e, unrecorded(d.Book.Record(ctx, e))
}

// conclude records what came of something that was requested, also while the program is ending.
func (d *Desk) conclude(ctx context.Context, e core.Entry, o core.Outcome, reason core.Kind) {
	e.At, e.Step, e.Outcome, e.Reason = d.Now(), core.Concluded, o, reason
	if err := d.Book.Record(context.WithoutCancel(ctx), e); err != nil {
		d.Log.Error("outcome not recorded", slog.String("act", string(e.Act)), slog.Any("cause", err))
	}
}

// InDoubt tells whether an answer leaves open what came of a request that changes something: it was sent, and what the
// service did with it is not known.
func InDoubt(err error) bool {
	e, ok := errors.AsType[*core.Error](err)
	return ok && !e.Unsent && (e.Kind == core.Unreachable || e.Kind == core.Garbled)
}
