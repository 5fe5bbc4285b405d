package control

import (
	"context"
	"log/slog"
	"time"

	"latchstring/core"
)

// showSecretFor is how long a reset's secret may be shown when the service sets no earlier end.
const showSecretFor = 10 * time.Minute

// ResetPlan is what starting a reset would do.
type ResetPlan struct {
	Connector *core.Connector
	Account   core.Account
	Verdict   core.Verdict
	Way       core.Support // Yes, or ByHand
	Plan      core.ResetPlan
}

// PlanReset says what starting the reset of a member's account would do.
func (d *Desk) PlanReset(ctx context.Context, asker core.Member, service core.ServiceID, whose core.MemberID) (ResetPlan, error) {
	c, err := d.connector(service)
	if err != nil {
		return ResetPlan{}, err
	}
	p := ResetPlan{Connector: c, Way: c.Can(core.CanReset), Verdict: core.May(asker.Role, core.StartReset, whoseOf(asker.ID, whose))}
	if p.Verdict == core.Denied {
		return ResetPlan{}, d.refuse(ctx, asker, core.StartReset, service, []core.MemberID{whose})
	}
	account, ok := c.Account(whose)
	if !ok {
		return ResetPlan{}, core.ServiceError(core.Missing, c.Title, nil)
	}
	p.Account = account
	if p.Way == core.No {
		return ResetPlan{}, core.ServiceError(core.Cannot, c.Title, nil)
	}
	if p.Way == core.Yes {
		p.Plan = c.Reset.Plan()
	}
	return p, nil
}

// BeginReset records a reset that was confirmed; the action wants [Desk.Carry], or is in hand.
func (d *Desk) BeginReset(ctx context.Context, o Order, service core.ServiceID, whose core.MemberID) (core.Action, error) {
	p, err := d.PlanReset(ctx, o.By, service, whose)
	if err != nil {
		return core.Action{}, err
	}
	if p.Verdict != core.Allowed {
		return core.Action{}, d.refuse(ctx, o.By, core.StartReset, service, []core.MemberID{whose})
	}
	a, err := d.newReset(o, p)
	if err != nil {
		return core.Action{}, err
	}
	d.readyReset(&a, p)
	if same, ok := d.sameOpen(ctx, a); ok {
		return same, nil
	}
	return d.begin(ctx, a, o, core.Requested)
}

func (d *Desk) newReset(o Order, p ResetPlan) (core.Action, error) {
	id, err := d.newID()
	if err != nil {
		return core.Action{}, core.RecordError(err)
	}
	return core.Action{
		ID: core.ActionID(id), Act: core.StartReset, Actor: o.By.ID, Asked: o.At, Service: p.Connector.Service,
		Account: p.Account, Outcome: core.Open, Started: d.Now(),
	}, nil
}

func (d *Desk) readyReset(a *core.Action, p ResetPlan) {
	if p.Way == core.ByHand {
		a.State, a.Outcome, a.LookAt = core.InHand, core.HandedOver, d.Now().Add(followUpAfter)
		return
	}
	a.State, a.Settled, a.Attempts = core.Executing, d.settled(p.Connector, d.Now(), 1), 1
}

// carryReset starts the reset. What it hands to the member is kept in memory until it is shown and lapses; it is on no
// record. A reset whose answer is lost is not started again by itself: it may have sent a mail or ended sessions.
func (d *Desk) carryReset(ctx context.Context, a core.Action, c *core.Connector) {
	if c.Reset == nil {
		d.fail(ctx, a, core.ServiceError(core.Cannot, c.Title, nil))
		return
	}
	var r core.Reset
	err := d.call(ctx, c, func(ctx context.Context) (err error) {
		r, err = c.Reset.StartReset(ctx, a.Account)
		return err
	})
	now := d.Now()
	if err != nil {
		if answered(err) != core.Unknown {
			d.fail(ctx, a, err)
			return
		}
		d.Log.Warn("reset in doubt", slog.String("service", string(c.Service)), slog.Any("cause", err))
		a.State, a.Outcome, a.Ended = core.Ended, core.Unknown, now
		d.save(ctx, a, "")
		return
	}
	d.keepSecret(a.ID, r, now)
	a.State, a.Outcome, a.Ended = core.Ended, core.Started, now
	d.save(ctx, a, "")
}

// keepSecret remembers a started reset for showing, and forgets those that have lapsed.
func (d *Desk) keepSecret(id core.ActionID, r core.Reset, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.secrets == nil {
		d.secrets = map[core.ActionID]startedReset{}
	}
	for old, s := range d.secrets {
		if !s.hide.After(now) {
			delete(d.secrets, old)
		}
	}
	hide := now.Add(showSecretFor)
	if !r.Until.IsZero() && r.Until.Before(hide) {
		hide = r.Until
	}
	d.secrets[id] = startedReset{r, hide}
}

// startedReset is a reset whose secret may be shown until hide.
type startedReset struct {
	reset core.Reset
	hide  time.Time
}

// Started returns what a started reset gave, for showing it to the member whose account it is, and to nobody else, and
// until when it may be shown. It is not there any more after that, nor after a restart.
func (d *Desk) Started(reader core.MemberID, a core.Action) (r core.Reset, hide time.Time, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, ok := d.secrets[a.ID]
	if !ok || !s.hide.After(d.Now()) {
		return core.Reset{}, time.Time{}, false
	}
	if reader != a.Account.Member {
		s.reset.Secret = core.Secret{}
	}
	return s.reset, s.hide, true
}
