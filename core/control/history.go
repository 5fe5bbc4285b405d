package control

import (
	"context"
	"slices"

	"latchstring/core"
)

// History returns entries of the audit, newest first: of the asker, of another member, or of everybody ("").
func (d *Desk) History(ctx context.Context, asker core.Member, q core.HistoryQuery) ([]core.Entry, error) {
	if core.May(asker.Role, core.ReadHistory, whoseOf(asker.ID, q.Member)) != core.Allowed {
		if q.Member != "" {
			return nil, d.refuse(ctx, asker, core.ReadHistory, "", []core.MemberID{q.Member})
		}
		q.Member = asker.ID
	}
	entries, err := d.Book.History(ctx, q)
	return entries, unrecorded(err)
}

// Action returns an action for a member who is concerned by it: its actor, its decider, whose account or device it is
// about, or an owner.
func (d *Desk) Action(ctx context.Context, asker core.Member, id core.ActionID) (core.Action, error) {
	a, err := d.Book.Action(ctx, id)
	if err != nil {
		return core.Action{}, unrecorded(err)
	}
	concerned := asker.Role == core.Owner || asker.ID == a.Actor || asker.ID == a.Decider || asker.ID == a.Account.Member ||
		slices.ContainsFunc(a.Targets, func(t core.Target) bool { return slices.Contains(t.Members, asker.ID) })
	if !concerned { // it was a concern of theirs once, or they would not have been led here: that is no attempt
		return core.Action{}, core.RightError(a.Act)
	}
	return a, nil
}
