package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"latchstring/core"
)

// deliveryRow is a delivery in the table deliveries.
type deliveryRow struct {
	ID       core.DeliveryID     `db:"id"`
	Key      string              `db:"key"`
	Member   core.MemberID       `db:"member"`
	Source   inJSON[core.Source] `db:"source"`
	News     core.News           `db:"news"`
	Subject  string              `db:"subject"`
	Made     stamp               `db:"made"`
	Due      stamp               `db:"due"`
	Attempts int                 `db:"attempts"`
	Sent     stamp               `db:"sent"`
	Message  string              `db:"message"`
	Dropped  stamp               `db:"dropped"`
	Copies   inJSON[[]string]    `db:"copies"`
}

func (r *deliveryRow) delivery() core.Delivery {
	return core.Delivery{
		ID: r.ID, Key: r.Key, To: r.Member, Source: r.Source.V, News: r.News, Subject: r.Subject,
		Made: r.Made.time(), Due: r.Due.time(), Attempts: r.Attempts, Sent: r.Sent.time(), Message: r.Message,
		Dropped: !r.Dropped.time().IsZero(), Copies: r.Copies.V,
	}
}

const insertDelivery = `INSERT INTO deliveries (id, key, member, source, news, subject, made, due, attempts, sent, message, dropped)
	VALUES (:id, :key, :member, :source, :news, :subject, :made, :due, :attempts, '', '', '')
	ON CONFLICT (key) DO NOTHING`

// post adds deliveries, leaving out those whose key is known.
func (t *tx) post(deliveries []core.Delivery) error {
	for _, d := range deliveries {
		_, err := t.put(insertDelivery, deliveryRow{
			ID: d.ID, Key: d.Key, Member: d.To, Source: inJSON[core.Source]{d.Source}, News: d.News, Subject: d.Subject,
			Made: stamp(d.Made), Due: stamp(d.Due), Attempts: d.Attempts,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Post adds deliveries, leaving out those whose key is known.
func (s *Store) Post(ctx context.Context, deliveries []core.Delivery) error {
	if len(deliveries) == 0 {
		return nil
	}
	return s.writer.write(ctx, "post", func(t *tx) error { return t.post(deliveries) })
}

// The copies of a redraw are the messages by which the same contact was told of its subject.
const selectDue = `SELECT id, key, member, source, news, subject, made, due, attempts, sent, message, dropped,
		CASE WHEN news <> 'redraw' THEN '[]' ELSE (
			SELECT json_group_array(c.message) FROM deliveries c
			WHERE c.news IN ('case', 'board') AND c.news = iif(json_extract(d.source, '$.public'), 'board', 'case') AND c.subject = d.subject AND c.member = d.member AND c.message <> ''
				AND json_extract(c.source, '$.contact') = json_extract(d.source, '$.contact')
		) END AS copies
	FROM deliveries d WHERE sent = '' AND dropped = '' AND due <= ? ORDER BY due, rowid LIMIT ?`

// Due returns deliveries that are neither sent nor dropped and due by now, the longest due first.
func (s *Store) Due(ctx context.Context, now time.Time, limit int) ([]core.Delivery, error) {
	var rows []deliveryRow
	if err := s.read.SelectContext(ctx, &rows, selectDue, stamp(now), max(limit, 0)); err != nil {
		return nil, fmt.Errorf("due deliveries: %w", err)
	}
	due := make([]core.Delivery, len(rows))
	for i := range rows {
		due[i] = rows[i].delivery()
	}
	return due, nil
}

const selectNextDue = `SELECT due FROM deliveries WHERE sent = '' AND dropped = '' ORDER BY due LIMIT 1`

// NextDue returns when the next delivery that is neither sent nor dropped is due; zero: none is waiting.
func (s *Store) NextDue(ctx context.Context) (time.Time, error) {
	var due stamp
	err := s.read.GetContext(ctx, &due, selectNextDue)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, fmt.Errorf("next delivery: %w", err)
	}
	return due.time(), nil
}

const updateHastened = `UPDATE deliveries SET due = :now WHERE sent = '' AND dropped = '' AND attempts > 0 AND due > :now`

// Hasten makes all deliveries that are neither sent nor dropped, and were postponed, due now.
func (s *Store) Hasten(ctx context.Context, now time.Time) error {
	return s.writer.write(ctx, "hasten", func(t *tx) error {
		_, err := t.put(updateHastened, map[string]any{"now": stamp(now)})
		return err
	})
}

const updateSent = `UPDATE deliveries SET sent = ?, message = ? WHERE id = ?`

// MarkSent records that a delivery arrived, or answers core.ErrNone where there is none.
func (s *Store) MarkSent(ctx context.Context, id core.DeliveryID, at time.Time, message string) error {
	return s.writer.write(ctx, "mark sent", func(t *tx) error { return one(t.exec(updateSent, stamp(at), message, id)) })
}

const updatePostponed = `UPDATE deliveries SET due = ?, attempts = attempts + 1 WHERE id = ?`

// Postpone makes a delivery due later and counts an attempt, or answers core.ErrNone where there is none.
func (s *Store) Postpone(ctx context.Context, id core.DeliveryID, until time.Time) error {
	return s.writer.write(ctx, "postpone", func(t *tx) error { return one(t.exec(updatePostponed, stamp(until), id)) })
}

const updateDropped = `UPDATE deliveries SET dropped = ? WHERE id = ?`

// Drop gives a delivery up, or answers core.ErrNone where there is none.
func (s *Store) Drop(ctx context.Context, id core.DeliveryID) error {
	return s.writer.write(ctx, "drop", func(t *tx) error { return one(t.exec(updateDropped, stamp(s.now()), id)) })
}
