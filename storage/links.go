package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"latchstring/core"
)

// inviteRow is an invitation in the table invites.
type inviteRow struct {
	ID     core.InviteID        `db:"id"`
	Member core.MemberID        `db:"member"`
	By     core.MemberID        `db:"by"`
	Made   stamp                `db:"made"`
	Lapses stamp                `db:"lapses"`
	Tries  int                  `db:"tries"`
	Guest  inJSON[core.Contact] `db:"guest"`
	Called string               `db:"called"`
	Ended  stamp                `db:"ended"`
}

const (
	endOpenInvites = `UPDATE invites SET ended = ? WHERE member = ? AND ended = ''`

	insertInvite = `INSERT INTO invites (id, member, by, made, lapses, tries, guest, called, ended)
		VALUES (:id, :member, :by, :made, :lapses, :tries, :guest, :called, :ended)`
)

// PutInvite records an invitation and ends the open ones of the same member.
func (s *Store) PutInvite(ctx context.Context, inv core.Invite, e core.Entry) error {
	return s.writer.write(ctx, "put invite", func(t *tx) error {
		if _, err := t.exec(endOpenInvites, stamp(inv.Made), inv.Member); err != nil {
			return err
		}
		_, err := t.put(insertInvite, inviteRow{
			ID: inv.ID, Member: inv.Member, By: inv.By, Made: stamp(inv.Made), Lapses: stamp(inv.Lapses), Tries: inv.Tries,
			Guest: inJSON[core.Contact]{inv.Guest}, Called: inv.Called, Ended: stamp(inv.Ended),
		})
		if err != nil {
			return err
		}
		return t.record([]core.Entry{e})
	})
}

const selectInvite = `SELECT id, member, by, made, lapses, tries, guest, called, ended FROM invites WHERE id = ?`

// Invite returns an invitation, or core.ErrNone.
func (s *Store) Invite(ctx context.Context, id core.InviteID) (core.Invite, error) {
	var r inviteRow
	err := s.read.GetContext(ctx, &r, selectInvite, id)
	if errors.Is(err, sql.ErrNoRows) {
		return core.Invite{}, core.ErrNone
	}
	if err != nil {
		return core.Invite{}, fmt.Errorf("invite: %w", err)
	}
	return core.Invite{
		ID: r.ID, Member: r.Member, By: r.By, Made: r.Made.time(), Lapses: r.Lapses.time(), Tries: r.Tries,
		Guest: r.Guest.V, Called: r.Called, Ended: r.Ended.time(),
	}, nil
}

const updateOpened = `UPDATE invites SET tries = tries - 1, guest = :guest, called = :called
	WHERE id = :id AND ended = '' AND tries > 0 AND lapses > :at`

// OpenInvite records who opened an invitation, which costs one try.
func (s *Store) OpenInvite(ctx context.Context, id core.InviteID, guest core.Link, news []core.Delivery) error {
	return s.writer.write(ctx, "open invite", func(t *tx) error {
		n, err := t.put(updateOpened, map[string]any{
			"id": id, "guest": inJSON[core.Contact]{guest.Contact}, "called": guest.Called, "at": stamp(guest.At),
		})
		if err != nil {
			return err
		}
		if n == 0 {
			return core.ErrUsed
		}
		return t.post(news)
	})
}

const (
	updateEnded = `UPDATE invites SET ended = :at WHERE id = :id AND ended = '' AND guest = :guest`

	deleteLink = `DELETE FROM links WHERE chat = ? AND user = ?`

	insertLink = `INSERT INTO links (chat, user, member, called, at) VALUES (?, ?, ?, ?, ?)`
)

// EndInvite ends an invitation that guest waits for, and keeps the link where it is not nil.
func (s *Store) EndInvite(ctx context.Context, id core.InviteID, guest core.Contact, link *core.Link, e core.Entry, news []core.Delivery) error {
	return s.writer.write(ctx, "end invite", func(t *tx) error {
		n, err := t.put(updateEnded, map[string]any{"id": id, "guest": inJSON[core.Contact]{guest}, "at": stamp(e.At)})
		if err != nil {
			return err
		}
		if n == 0 {
			return core.ErrUsed
		}
		if link != nil {
			if _, err := t.exec(deleteLink, link.Contact.Chat, link.Contact.User); err != nil {
				return err
			}
			if _, err := t.exec(insertLink, link.Contact.Chat, link.Contact.User, link.Member, link.Called, stamp(link.At)); err != nil {
				return err
			}
		}
		if err := t.record([]core.Entry{e}); err != nil {
			return err
		}
		return t.post(news)
	})
}

// linkRow is a link in the table links.
type linkRow struct {
	Chat   core.Chat     `db:"chat"`
	User   string        `db:"user"`
	Member core.MemberID `db:"member"`
	Called string        `db:"called"`
	At     stamp         `db:"at"`
}

const selectLinks = `SELECT chat, user, member, called, at FROM links ORDER BY number`

// Links returns all links, oldest first.
func (s *Store) Links(ctx context.Context) ([]core.Link, error) {
	var rows []linkRow
	if err := s.read.SelectContext(ctx, &rows, selectLinks); err != nil {
		return nil, fmt.Errorf("links: %w", err)
	}
	links := make([]core.Link, len(rows))
	for i, r := range rows {
		links[i] = core.Link{Contact: core.Contact{Chat: r.Chat, User: r.User}, Member: r.Member, Called: r.Called, At: r.At.time()}
	}
	return links, nil
}

// Unlink forgets a link, or answers core.ErrNone.
func (s *Store) Unlink(ctx context.Context, c core.Contact, e core.Entry) error {
	return s.writer.write(ctx, "unlink", func(t *tx) error {
		if err := one(t.exec(deleteLink, c.Chat, c.User)); err != nil {
			return err
		}
		return t.record([]core.Entry{e})
	})
}
