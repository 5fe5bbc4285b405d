package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"latchstring/core"
)

// messageRow is a message in the table inbox.
type messageRow struct {
	Seq     int64     `db:"seq"`
	Chat    core.Chat `db:"chat"`
	Key     string    `db:"key"`
	Raw     []byte    `db:"raw"`
	Arrived stamp     `db:"arrived"`
}

const (
	insertMessage = `INSERT INTO inbox (chat, key, raw, arrived, answered) VALUES (:chat, :key, :raw, :arrived, '')
		ON CONFLICT (chat, key) DO NOTHING`

	setOffset = `INSERT INTO chats (chat, place) VALUES (?, ?)
		ON CONFLICT (chat) DO UPDATE SET place = excluded.place WHERE place <> excluded.place`
)

// Receive adds messages and sets the chat's offset. A message of more than 64 kB is an error: the adapter has to cut it.
func (s *Store) Receive(ctx context.Context, chat core.Chat, messages []core.Message, offset string) error {
	return s.writer.write(ctx, "receive messages", func(t *tx) error {
		for _, m := range messages {
			r := messageRow{Chat: chat, Key: m.Key, Raw: m.Raw, Arrived: stamp(m.Arrived)}
			if r.Raw == nil {
				r.Raw = []byte{}
			}
			if _, err := t.put(insertMessage, r); err != nil {
				return err
			}
		}
		_, err := t.exec(setOffset, chat, offset)
		return err
	})
}

const selectUnanswered = `SELECT seq, chat, key, raw, arrived FROM inbox WHERE chat = ? AND answered = '' ORDER BY seq`

// Unanswered returns a chat's messages that wait for an answer, in the order of their arrival.
func (s *Store) Unanswered(ctx context.Context, chat core.Chat) ([]core.Message, error) {
	var rows []messageRow
	if err := s.read.SelectContext(ctx, &rows, selectUnanswered, chat); err != nil {
		return nil, fmt.Errorf("unanswered messages: %w", err)
	}
	messages := make([]core.Message, len(rows))
	for i, r := range rows {
		messages[i] = core.Message{Seq: r.Seq, Chat: r.Chat, Key: r.Key, Raw: r.Raw, Arrived: r.Arrived.time()}
	}
	return messages, nil
}

const updateAnswered = `UPDATE inbox SET answered = ?, raw = x'' WHERE chat = ? AND key = ?`

// Answered closes a message and drops its text, or answers core.ErrNone where there is no such message.
func (s *Store) Answered(ctx context.Context, chat core.Chat, key string) error {
	return s.writer.write(ctx, "close message", func(t *tx) error { return one(t.exec(updateAnswered, stamp(s.now()), chat, key)) })
}

const selectOffset = `SELECT place FROM chats WHERE chat = ?`

// Offset returns what the last Receive set; "" at first.
func (s *Store) Offset(ctx context.Context, chat core.Chat) (string, error) {
	return s.place(ctx, selectOffset, chat)
}

// place reads how far something was read; "" where it never was.
func (s *Store) place(ctx context.Context, query string, of any) (string, error) {
	var place string
	err := s.read.GetContext(ctx, &place, query, of)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("place read to: %w", err)
	}
	return place, nil
}
