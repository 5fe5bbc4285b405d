package control

import (
	"context"

	"latchstring/core"
)

// PassWant is the sign-out of the device that took a pass, in whatever session.
func PassWant(p core.Pass) Want {
	s := p.SignIn
	return Want{Service: s.Service, Refs: []core.DeviceRef{{Service: s.Service, ID: s.Device.ID}}, Name: s.Name}
}

// EndPass signs out the device of a pass that is over, by the order of the member who gave it, and looks what came of it. The
// pass ends with the record of the action: core.ErrUsed says that it had ended before, and every other error that it has not.
// Where the member is nobody of the household any more, their word is an owner's to keep.
func (d *Desk) EndPass(ctx context.Context, p core.Pass) error {
	by, known := d.House.Member(p.By)
	if owners := d.House.Owners(); !known && len(owners) > 0 {
		by = owners[0]
	}
	o := Order{By: by, At: core.Source{Contact: p.Asked.Contact}, Pass: p.ID, unattended: true}
	a, err := d.BeginSignOut(ctx, o, PassWant(p), nil)
	if err != nil {
		return err
	}
	d.Carry(ctx, a)
	return nil
}
