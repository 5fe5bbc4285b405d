package control

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"latchstring/core"
)

// CodeWait is for how long somebody who asked for a code is shown those that come.
const CodeWait = 15 * time.Minute

// codesPage is how many entries of the record are read at a time to see who asked for a code lately.
const codesPage = 100

// MayHaveCodes returns the accounts whose one-time codes a member may be shown.
func (d *Desk) MayHaveCodes(m core.Member) []core.Account {
	var may []core.Account
	for i := range d.Connectors {
		c := &d.Connectors[i]
		for _, a := range c.Accounts {
			if mayHaveCodes(c, m, a.Member) {
				may = append(may, a)
			}
		}
	}
	return may
}

// mayHaveCodes is the one place that decides it: the right of the role, and the owner's word for this account.
func mayHaveCodes(c *core.Connector, m core.Member, whose core.MemberID) bool {
	return c.OneTime != nil && core.May(m.Role, core.ReadCodes, whoseOf(m.ID, whose)) == core.Allowed && slices.Contains(c.CodesFor[whose], m.ID)
}

// AskCode records that a member wants the one-time code of an account and returns the newest that is good now. Where none
// is, the error is core.ErrNone: those that come until CodeWait is over are news to the member, and that none came is as well.
func (d *Desk) AskCode(ctx context.Context, o Order, service core.ServiceID, whose core.MemberID) (core.Notice, error) {
	c, err := d.connector(service)
	if err != nil {
		return core.Notice{}, err
	}
	if !mayHaveCodes(c, o.By, whose) {
		return core.Notice{}, d.refuse(ctx, o.By, core.ReadCodes, service, []core.MemberID{whose})
	}
	e, err := d.request(ctx, core.Entry{Actor: o.By.ID, Act: core.ReadCodes, Service: service, Whose: []core.MemberID{whose}})
	if err != nil {
		return core.Notice{}, err
	}
	d.askedAt(service, whose, o)
	n, err := d.Code(ctx, o.By, service, whose, time.Time{})
	if err == nil {
		d.conclude(ctx, e, core.Started, "")
		return n, nil
	}
	if failed := d.tell(ctx, core.Delivery{
		To: o.By.ID, Source: core.Source{Contact: o.At.Contact}, News: core.NewsNoCode, Due: d.Now().Add(CodeWait),
		Subject: codeSubject(service, whose, string(e.Action)),
	}); failed != nil {
		return core.Notice{}, failed
	}
	return core.Notice{}, err
}

// Code returns the newest one-time code of an account that is good now, or that which came at a time, for a member who may be
// shown it; core.ErrNone says that there is none. Nothing of it is kept here.
func (d *Desk) Code(ctx context.Context, m core.Member, service core.ServiceID, whose core.MemberID, came time.Time) (core.Notice, error) {
	c, err := d.connector(service)
	if err != nil {
		return core.Notice{}, err
	}
	if !mayHaveCodes(c, m, whose) {
		return core.Notice{}, core.RightError(core.ReadCodes)
	}
	return d.oneTime(ctx, c, whose, came, isCode)
}

// ShowLink is Link for showing it, which is on the record before it is done.
func (d *Desk) ShowLink(ctx context.Context, m core.Member, service core.ServiceID, whose core.MemberID, kind core.NoticeKind, came time.Time) (core.Notice, error) {
	n, err := d.Link(ctx, m, service, whose, kind, came)
	if err != nil {
		return core.Notice{}, err
	}
	e, err := d.request(ctx, core.Entry{Actor: m.ID, Act: core.ReadLinks, Service: service, Whose: []core.MemberID{whose}})
	if err != nil {
		return core.Notice{}, err
	}
	d.conclude(ctx, e, core.Started, "")
	return n, nil
}

// Link returns the one-time link of a notice, for a member who may be shown it; core.ErrNone says that its time is over.
func (d *Desk) Link(ctx context.Context, m core.Member, service core.ServiceID, whose core.MemberID, kind core.NoticeKind, came time.Time) (core.Notice, error) {
	c, err := d.connector(service)
	if err != nil {
		return core.Notice{}, err
	}
	if core.May(m.Role, core.ReadLinks, whoseOf(m.ID, whose)) != core.Allowed {
		return core.Notice{}, d.refuse(ctx, m, core.ReadLinks, service, []core.MemberID{whose})
	}
	return d.oneTime(ctx, c, whose, came, func(n core.Notice) bool { return n.Kind == kind && !n.Link.Empty() })
}

// oneTime finds the newest notice of an account with a code or a link that fits, or that which came at a time.
func (d *Desk) oneTime(ctx context.Context, c *core.Connector, whose core.MemberID, came time.Time, fits func(core.Notice) bool) (core.Notice, error) {
	if c.OneTime == nil {
		return core.Notice{}, core.ErrNone
	}
	var all []core.Notice
	err := d.call(ctx, c, func(ctx context.Context) (err error) {
		all, err = c.OneTime.OneTime(ctx)
		return err
	})
	if err != nil {
		return core.Notice{}, err
	}
	now := d.Now()
	for _, n := range all {
		if n.Verified && !n.Forwarded && n.Account.Member == whose && n.Until.After(now) && fits(n) && (came.IsZero() || n.At.Unix() == came.Unix()) {
			return n, nil
		}
	}
	return core.Notice{}, core.ErrNone
}

// isCode tells whether a notice is what somebody signs in with: a code, or the link to one for who is away from home. One
// that proves who somebody is, so that they may change the account, is for the mailbox's own reader.
func isCode(n core.Notice) bool {
	return n.Kind == core.NoticeCode && !n.Code.Empty() || n.Kind == core.NoticeTemporaryAccess && !n.Link.Empty()
}

// CodeCame has a code that a service mailed told to those who asked for one of this account within CodeWait before now, by
// the record. Being told of the same code again does nothing.
func (d *Desk) CodeCame(ctx context.Context, n core.Notice) error {
	c, err := d.connector(n.Service)
	if err != nil || !n.Verified || n.Forwarded || !isCode(n) {
		return nil //nolint:nilerr // the config does not name the service any more
	}
	asked, err := d.whoAsked(ctx, n.Service, n.Account.Member)
	if err != nil {
		return err
	}
	var made []core.Delivery
	for _, e := range asked {
		m, known := d.House.Member(e.Actor)
		if !known || !mayHaveCodes(c, m, n.Account.Member) {
			continue
		}
		made = append(made, core.Delivery{
			To: m.ID, Source: d.askedFrom(n.Service, n.Account.Member, m.ID), News: core.NewsCode,
			Key:     "code:" + string(n.Service) + ":" + n.Key + ":" + string(m.ID),
			Subject: codeSubject(n.Service, n.Account.Member, strconv.FormatInt(n.At.Unix(), 10)),
		})
		d.conclude(ctx, e, core.Started, "") // before it is shown
	}
	return d.tell(ctx, made...)
}

// CodeMissed tells whether somebody who asked for a code at a time has got none since and has not asked again. Asking is
// what the record calls it.
func (d *Desk) CodeMissed(ctx context.Context, by core.MemberID, service core.ServiceID, whose core.MemberID, asking core.ActionID, at time.Time) (bool, error) {
	missed := true
	err := d.lately(ctx, at.Add(-time.Second), func(e core.Entry) {
		if isCodeEntry(e, service, whose) && e.Actor == by && (e.Step == core.Concluded || e.Step == core.Requested && e.Action != asking) {
			missed = false
		}
	})
	return missed, err
}

func isCodeEntry(e core.Entry, service core.ServiceID, whose core.MemberID) bool {
	return e.Act == core.ReadCodes && e.Service == service && slices.Contains(e.Whose, whose)
}

// whoAsked returns the entries of those who asked for a code of an account within CodeWait, each member's newest.
func (d *Desk) whoAsked(ctx context.Context, service core.ServiceID, whose core.MemberID) ([]core.Entry, error) {
	var asked []core.Entry
	err := d.lately(ctx, d.Now().Add(-CodeWait), func(e core.Entry) {
		if isCodeEntry(e, service, whose) && e.Step == core.Requested &&
			!slices.ContainsFunc(asked, func(b core.Entry) bool { return b.Actor == e.Actor }) {
			asked = append(asked, e)
		}
	})
	return asked, err
}

// lately reads what is on record since a time, newest first.
func (d *Desk) lately(ctx context.Context, since time.Time, each func(core.Entry)) error {
	q := core.HistoryQuery{Limit: codesPage}
	for {
		entries, err := d.Book.History(ctx, q)
		if err != nil {
			return core.RecordError(err)
		}
		for _, e := range entries {
			if !e.At.After(since) {
				return nil
			}
			each(e)
		}
		if len(entries) < codesPage {
			return nil
		}
		q.Before = entries[len(entries)-1].Seq
	}
}

// codeAsking is somebody who wants the codes of an account.
type codeAsking struct {
	service   core.ServiceID
	whose, by core.MemberID
}

// askedAt remembers where somebody asked for a code, so that it comes there; after a restart it comes to their first chat.
// Bounded by members, services and accounts.
func (d *Desk) askedAt(service core.ServiceID, whose core.MemberID, o Order) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.codeAsked == nil {
		d.codeAsked = map[codeAsking]core.Contact{}
	}
	d.codeAsked[codeAsking{service, whose, o.By.ID}] = o.At.Contact
}

func (d *Desk) askedFrom(service core.ServiceID, whose, by core.MemberID) core.Source {
	d.mu.Lock()
	defer d.mu.Unlock()
	return core.Source{Contact: d.codeAsked[codeAsking{service, whose, by}]}
}

func codeSubject(service core.ServiceID, whose core.MemberID, last string) string {
	return strings.Join([]string{string(service), string(whose), last}, "/")
}
