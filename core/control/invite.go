package control

import (
	"context"
	"errors"
	"log/slog"
	"slices"

	"latchstring/core"
)

// LinkBook keeps invitations and the contacts that came of them. Each method is one transaction.
type LinkBook interface {
	// PutInvite records an invitation and ends the open ones of the same member.
	PutInvite(ctx context.Context, inv core.Invite, e core.Entry) error

	// Invite returns an invitation, or core.ErrNone.
	Invite(ctx context.Context, id core.InviteID) (core.Invite, error)

	// OpenInvite records who opened an invitation, which costs one try. core.ErrUsed: it has ended or lapsed, or no try is
	// left.
	OpenInvite(ctx context.Context, id core.InviteID, guest core.Link, news []core.Delivery) error

	// EndInvite ends an invitation that guest waits for, and keeps the link where it is not nil; of two with one contact
	// the newer holds. core.ErrUsed: it has ended, or somebody else waits.
	EndInvite(ctx context.Context, id core.InviteID, guest core.Contact, link *core.Link, e core.Entry, news []core.Delivery) error

	// Links returns all links, oldest first.
	Links(ctx context.Context) ([]core.Link, error)

	// Unlink forgets a link, or answers core.ErrNone.
	Unlink(ctx context.Context, c core.Contact, e core.Entry) error
}

// LoadLinks reads the links. It is called once before the desk is used, and by the desk itself after each change.
func (d *Desk) LoadLinks(ctx context.Context) error {
	links, err := d.Links.Links(ctx)
	if err != nil {
		return err
	}
	for _, l := range links { // of somebody whom the config does not name any more; a new member of that name is not them
		if _, still := d.House.Member(l.Member); !still {
			e := d.inviteEntry(core.Invite{Member: l.Member, Called: l.Called}, l.Member, core.Concluded)
			e.Outcome = core.Gone
			if err := d.Links.Unlink(ctx, l.Contact, e); err != nil {
				return err
			}
		}
	}
	links = slices.DeleteFunc(links, func(l core.Link) bool { _, still := d.House.Member(l.Member); return !still })
	d.mu.Lock()
	defer d.mu.Unlock()
	d.linked = links
	return nil
}

// MemberAt finds the member behind a contact of the config or of a link. A contact that no member has is a stranger.
func (d *Desk) MemberAt(c core.Contact) (core.Member, bool) {
	if m, ok := d.House.At(c); ok {
		return m, true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, l := range d.linked {
		if l.Contact == c && c.User != "" {
			return d.House.Member(l.Member) // a member that the config no longer names is nobody
		}
	}
	return core.Member{}, false
}

// Contact returns where a member is known on a chat; the config comes before links, and newer links before older ones.
func (d *Desk) Contact(m core.Member, chat core.Chat) (core.Contact, bool) {
	if c, ok := m.Contact(chat); ok {
		return c, true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, l := range slices.Backward(d.linked) {
		if l.Member == m.ID && l.Contact.Chat == chat {
			return l.Contact, true
		}
	}
	return core.Contact{}, false
}

// Linked returns the links of a member, for telling of them.
func (d *Desk) Linked(m core.MemberID) []core.Link {
	d.mu.Lock()
	defer d.mu.Unlock()
	var links []core.Link
	for _, l := range d.linked {
		if l.Member == m {
			links = append(links, l)
		}
	}
	return links
}

// InviteMember makes an invitation for a member. The code is for their eyes; whoever has it can ask to be linked.
func (d *Desk) InviteMember(ctx context.Context, by core.Member, m core.MemberID) (core.Secret, core.Invite, error) {
	if core.May(by.Role, core.InvitePeople, whoseOf(by.ID, m)) != core.Allowed {
		return core.Secret{}, core.Invite{}, d.refuse(ctx, by, core.InvitePeople, "", []core.MemberID{m})
	}
	code, err := core.NewInviteCode(d.Random)
	if err != nil {
		return core.Secret{}, core.Invite{}, core.RecordError(err)
	}
	now := d.Now()
	id, _ := core.InviteOf(code.Reveal())
	inv := core.Invite{ID: id, Member: m, By: by.ID, Made: now, Lapses: now.Add(core.InviteLife), Tries: core.InviteTries}
	if err := d.Links.PutInvite(ctx, inv, d.inviteEntry(inv, by.ID, core.Requested)); err != nil {
		return core.Secret{}, core.Invite{}, unrecorded(err)
	}
	return code, inv, nil
}

func (d *Desk) inviteEntry(inv core.Invite, by core.MemberID, s core.Step) core.Entry {
	e := core.Entry{At: d.Now(), Actor: by, Act: core.InvitePeople, Step: s, Whose: []core.MemberID{inv.Member}}
	if inv.Called != "" {
		e.Targets = []string{inv.Called}
	}
	return e
}

// InviteFor finds the invitation with a code that a guest may still open.
func (d *Desk) InviteFor(ctx context.Context, code string) (core.Invite, bool) {
	id, ok := core.InviteOf(code)
	if !ok {
		return core.Invite{}, false
	}
	inv, err := d.Links.Invite(ctx, id)
	if err != nil {
		if !errors.Is(err, core.ErrNone) {
			d.Log.Error("invitation not readable", slog.Any("cause", err))
		}
		return core.Invite{}, false
	}
	_, still := d.House.Member(inv.Member)
	return inv, still && inv.Ended.IsZero() && inv.Tries > 0 && d.Now().Before(inv.Lapses)
}

// OpenInvite is a guest's word that they are who was invited. The owners are asked; nothing is linked yet.
func (d *Desk) OpenInvite(ctx context.Context, id core.InviteID, guest core.Contact, called string) error {
	var news []core.Delivery
	for _, m := range d.House.Owners() {
		dl, err := d.inviteNews(id, m.ID)
		if err != nil {
			return core.RecordError(err)
		}
		news = append(news, dl)
	}
	err := d.Links.OpenInvite(ctx, id, core.Link{Contact: guest, Called: core.Clean(called), At: d.Now()}, news)
	if err == nil {
		d.news()
	}
	return unrecorded(err)
}

func (d *Desk) inviteNews(id core.InviteID, to core.MemberID) (core.Delivery, error) {
	own, err := core.NewDeliveryID(d.Random)
	if err != nil {
		return core.Delivery{}, err
	}
	now := d.Now()
	return core.Delivery{ID: own, Key: "invite:" + string(own), To: to, News: core.NewsInvite, Subject: string(id), Made: now, Due: now}, nil
}

// Invite returns an invitation to an owner.
func (d *Desk) Invite(ctx context.Context, id core.InviteID) (core.Invite, error) {
	inv, err := d.Links.Invite(ctx, id)
	return inv, unrecorded(err)
}

// DecideInvite is the owner's word on who came: with a yes the guest is the member from now on, and is told so.
func (d *Desk) DecideInvite(ctx context.Context, by core.Member, id core.InviteID, guest core.Contact, yes bool) (core.Invite, error) {
	inv, err := d.Links.Invite(ctx, id)
	if err != nil {
		return inv, unrecorded(err)
	}
	if core.May(by.Role, core.InvitePeople, whoseOf(by.ID, inv.Member)) != core.Allowed {
		return inv, d.refuse(ctx, by, core.InvitePeople, "", []core.MemberID{inv.Member})
	}
	if _, still := d.House.Member(inv.Member); !still {
		return inv, core.ErrUsed
	}
	if !yes { // whoever waits by now: the owner wants none of it
		err := d.Links.EndInvite(ctx, id, inv.Guest, nil, d.inviteEntry(inv, by.ID, core.Declined), nil)
		return inv, unrecorded(err)
	}
	if _, taken := d.MemberAt(guest); taken {
		return inv, core.ErrUsed
	}
	welcome, err := d.inviteNews(id, inv.Member)
	if err != nil {
		return inv, core.RecordError(err)
	}
	link := core.Link{Contact: guest, Member: inv.Member, Called: inv.Called, At: d.Now()}
	welcome.Source.Contact = guest
	err = d.Links.EndInvite(ctx, id, guest, &link, d.inviteEntry(inv, by.ID, core.Approved), []core.Delivery{welcome})
	if err != nil {
		return inv, unrecorded(err)
	}
	if err := d.LoadLinks(ctx); err != nil {
		d.Log.Error("links not readable", slog.Any("cause", err))
	}
	d.news()
	return inv, nil
}

// Unlink takes a linked contact from a member.
func (d *Desk) Unlink(ctx context.Context, by core.Member, l core.Link) error {
	if core.May(by.Role, core.InvitePeople, whoseOf(by.ID, l.Member)) != core.Allowed {
		return d.refuse(ctx, by, core.InvitePeople, "", []core.MemberID{l.Member})
	}
	e := d.inviteEntry(core.Invite{Member: l.Member, Called: l.Called}, by.ID, core.Concluded)
	e.Outcome = core.Gone
	if err := d.Links.Unlink(ctx, l.Contact, e); err != nil {
		return unrecorded(err)
	}
	d.mu.Lock()
	d.linked = slices.DeleteFunc(slices.Clone(d.linked), func(k core.Link) bool { return k.Contact == l.Contact })
	d.mu.Unlock()
	return d.LoadLinks(ctx)
}
