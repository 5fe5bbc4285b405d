package control

import (
	"context"

	"latchstring/core"
)

// AllowTV says whether a member may sign a television in for somebody; where not, that is on record.
func (d *Desk) AllowTV(ctx context.Context, m core.Member, service core.ServiceID, whose core.MemberID) error {
	if !d.MayPairTV(m, whose) {
		return d.refuse(ctx, m, d.tvAct(m.ID, whose), service, []core.MemberID{whose})
	}
	return nil
}

// MayPairTV says the same and records nothing, for offering it.
func (d *Desk) MayPairTV(m core.Member, whose core.MemberID) bool {
	return core.May(m.Role, d.tvAct(m.ID, whose), whoseOf(m.ID, whose)) == core.Allowed
}

// tvAct is what signing a television in for somebody is: for a child more people may do it.
func (d *Desk) tvAct(asker, whose core.MemberID) core.Act {
	if m, ok := d.House.Member(whose); ok && m.Role == core.Child && whose != asker {
		return core.PairChildTV
	}
	return core.PairTV
}

// PairTV signs in the television that shows a code, for a member's account. The request is on record before the service is
// asked, and its answer afterwards; the code is on no record. Where a crash comes between the two, the record says what was
// asked, and nobody claims to know more. An error of which [InDoubt] is true leaves open what came of it.
func (d *Desk) PairTV(ctx context.Context, by core.Member, service core.ServiceID, whose core.MemberID, code string) error {
	c, err := d.connector(service)
	if err != nil {
		return err
	}
	if err := d.AllowTV(ctx, by, service, whose); err != nil {
		return err
	}
	account, ok := c.Account(whose)
	switch {
	case c.TV == nil:
		return core.ServiceError(core.Cannot, c.Title, nil)
	case !ok:
		return core.ServiceError(core.Missing, c.Title, nil)
	}
	e, err := d.request(ctx, core.Entry{Actor: by.ID, Act: d.tvAct(by.ID, whose), Service: service, Whose: []core.MemberID{whose}})
	if err != nil {
		return err
	}
	err = d.call(ctx, c, func(ctx context.Context) error { return c.TV.Pair(ctx, account, code) })
	o := core.Started
	switch {
	case InDoubt(err):
		o = core.Unknown
	case err != nil:
		o = core.Failed
	}
	d.conclude(ctx, e, o, core.KindOf(err))
	return err
}
