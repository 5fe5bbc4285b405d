package storage

import (
	"context"
	"fmt"

	"latchstring/core"
)

const (
	setMoved = `INSERT INTO rooms (chat, was, is_) VALUES (:chat, :was, :is)
		ON CONFLICT (chat, was) DO UPDATE SET is_ = excluded.is_`

	moveDeliveries = `UPDATE deliveries SET source = json_remove(json_set(source, '$.room', :is), '$.message')
		WHERE sent = '' AND dropped = '' AND json_extract(source, '$.contact.chat') = :chat AND json_extract(source, '$.room') = :was`

	moveAsked = `UPDATE actions SET asked = json_remove(json_set(asked, '$.room', :is), '$.message')
		WHERE state <> 'ended' AND json_extract(asked, '$.contact.chat') = :chat AND json_extract(asked, '$.room') = :was`

	moveDecided = `UPDATE actions SET decided = json_remove(json_set(decided, '$.room', :is), '$.message')
		WHERE state <> 'ended' AND json_extract(decided, '$.contact.chat') = :chat AND json_extract(decided, '$.room') = :was`
)

// MoveRoom records that a chat's room has another name from now on, and moves what is on its way there.
func (s *Store) MoveRoom(ctx context.Context, chat core.Chat, from, to string) error {
	return s.writer.write(ctx, "move room", func(t *tx) error {
		for _, query := range []string{setMoved, moveDeliveries, moveAsked, moveDecided} {
			if _, err := t.put(query, map[string]any{"chat": chat, "was": from, "is": to}); err != nil {
				return err
			}
		}
		return nil
	})
}

// roomRow is a room that moved, in the table rooms.
type roomRow struct {
	Was string `db:"was"`
	Is  string `db:"is_"`
}

const selectMoved = `SELECT was, is_ FROM rooms WHERE chat = ?`

// MovedRooms returns the names of now of a chat's rooms that have moved, by their old ones.
func (s *Store) MovedRooms(ctx context.Context, chat core.Chat) (map[string]string, error) {
	var rows []roomRow
	if err := s.read.SelectContext(ctx, &rows, selectMoved, chat); err != nil {
		return nil, fmt.Errorf("moved rooms: %w", err)
	}
	rooms := make(map[string]string, len(rows))
	for _, r := range rows {
		rooms[r.Was] = r.Is
	}
	return rooms, nil
}
