package control

import (
	"context"
	"log/slog"
	"time"

	"latchstring/core"
)

// refusal is what a member was refused, for not filling the record with the same line.
type refusal struct {
	member core.MemberID
	act    core.Act
}

// refusalPause is how long a refusal on record speaks for the next ones of the same member and act: somebody who presses a
// hundred times is one line.
const refusalPause = time.Minute

// refuse records that a member had no right to something and returns the error that tells them so.
func (d *Desk) refuse(ctx context.Context, m core.Member, act core.Act, service core.ServiceID, whose []core.MemberID) error {
	now := d.Now()
	key := refusal{m.ID, act}
	d.mu.Lock()
	if d.refused == nil {
		d.refused = map[refusal]time.Time{}
	}
	last, before := d.refused[key]
	fresh := !before || now.Sub(last) >= refusalPause || now.Before(last)
	if fresh {
		d.refused[key] = now
	}
	d.mu.Unlock()
	if fresh {
		e := core.Entry{At: now, Actor: m.ID, Act: act, Step: core.Refused, Service: service, Whose: whose, Reason: core.Forbidden}
		if err := d.Book.Record(ctx, e); err != nil {
			d.Log.Error("refusal not recorded", slog.Any("cause", err))
		}
	}
	return core.RightError(act)
}

// Allow says whether a member may do something at all, with their own or with everybody's things; where not, that is on
// record.
func (d *Desk) Allow(ctx context.Context, m core.Member, act core.Act, whose core.Whose) error {
	if core.May(m.Role, act, whose) != core.Denied {
		return nil
	}
	return d.refuse(ctx, m, act, "", nil)
}

// strictest returns what a member may do with all of several devices.
func strictest(m core.Member, act core.Act, devices []core.Device) core.Verdict {
	verdict := core.Allowed
	for _, dev := range devices {
		switch core.May(m.Role, act, dev.WhoseFor(m.ID)) {
		case core.Allowed:
		case core.MayAsk:
			if verdict == core.Allowed {
				verdict = core.MayAsk
			}
		default:
			return core.Denied
		}
	}
	return verdict
}

// whoseOf says whom a thing of one member touches, seen from another.
func whoseOf(asker, owner core.MemberID) core.Whose {
	if asker == owner {
		return core.Own
	}
	return core.Others
}
