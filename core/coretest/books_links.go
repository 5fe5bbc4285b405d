package coretest

import (
	"context"
	"maps"
	"slices"

	"latchstring/core"
)

// PutInvite is a method of [control.LinkBook].
func (b *Books) PutInvite(ctx context.Context, inv core.Invite, e core.Entry) error {
	return b.change(ctx, func() error {
		if b.invites == nil {
			b.invites = map[core.InviteID]core.Invite{}
		}
		for id, old := range b.invites {
			if old.Member == inv.Member && old.Ended.IsZero() {
				old.Ended = inv.Made
				b.invites[id] = old
			}
		}
		b.invites[inv.ID] = inv
		b.record([]core.Entry{e})
		return nil
	})
}

// Invite is a method of [control.LinkBook].
func (b *Books) Invite(_ context.Context, id core.InviteID) (core.Invite, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	inv, ok := b.invites[id]
	if !ok {
		return core.Invite{}, core.ErrNone
	}
	return inv, nil
}

// OpenInvite is a method of [control.LinkBook].
func (b *Books) OpenInvite(ctx context.Context, id core.InviteID, guest core.Link, news []core.Delivery) error {
	return b.change(ctx, func() error {
		inv, ok := b.invites[id]
		if !ok || !inv.Ended.IsZero() || inv.Tries <= 0 || !guest.At.Before(inv.Lapses) {
			return core.ErrUsed
		}
		inv.Tries--
		inv.Guest, inv.Called = guest.Contact, guest.Called
		b.invites[id] = inv
		b.post(news)
		return nil
	})
}

// EndInvite is a method of [control.LinkBook].
func (b *Books) EndInvite(ctx context.Context, id core.InviteID, guest core.Contact, link *core.Link, e core.Entry, news []core.Delivery) error {
	return b.change(ctx, func() error {
		inv, ok := b.invites[id]
		if !ok || !inv.Ended.IsZero() || inv.Guest != guest {
			return core.ErrUsed
		}
		inv.Ended = e.At
		b.invites[id] = inv
		if link != nil {
			b.unlink(link.Contact)
			b.links = append(b.links, *link)
		}
		b.record([]core.Entry{e})
		b.post(news)
		return nil
	})
}

// Links is a method of [control.LinkBook].
func (b *Books) Links(context.Context) ([]core.Link, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.links), nil
}

// Unlink is a method of [control.LinkBook].
func (b *Books) Unlink(ctx context.Context, c core.Contact, e core.Entry) error {
	return b.change(ctx, func() error {
		if !b.unlink(c) {
			return core.ErrNone
		}
		b.record([]core.Entry{e})
		return nil
	})
}

func (b *Books) unlink(c core.Contact) bool {
	kept := len(b.links)
	b.links = slices.DeleteFunc(b.links, func(l core.Link) bool { return l.Contact == c })
	return len(b.links) < kept
}

// MoveRoom is a method of [talk.Inbox].
func (b *Books) MoveRoom(ctx context.Context, chat core.Chat, from, to string) error {
	return b.change(ctx, func() error {
		if b.moved == nil {
			b.moved = map[core.Chat]map[string]string{}
		}
		if b.moved[chat] == nil {
			b.moved[chat] = map[string]string{}
		}
		b.moved[chat][from] = to
		move := func(s *core.Source) {
			if s.Contact.Chat == chat && s.Room == from {
				s.Room, s.Message = to, ""
			}
		}
		for i := range b.deliveries {
			if d := &b.deliveries[i]; d.Sent.IsZero() && !d.Dropped {
				move(&d.Source)
			}
		}
		for id, a := range b.actions {
			if a.State != core.Ended {
				move(&a.Asked)
				move(&a.Decided)
				b.actions[id] = a
			}
		}
		return nil
	})
}

// MovedRooms is a method of [talk.Inbox].
func (b *Books) MovedRooms(_ context.Context, chat core.Chat) (map[string]string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return maps.Clone(b.moved[chat]), nil
}
