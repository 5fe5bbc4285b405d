package storage

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/jmoiron/sqlx"

	"latchstring/core"
)

// auditRow is an entry as it is chained.
type auditRow struct {
	Seq   int64  `db:"seq"`
	Entry []byte `db:"entry"`
	MAC   []byte `db:"mac"`
}

// headRow is where the audit ends.
type headRow struct {
	Entries int64  `db:"entries"`
	MAC     []byte `db:"mac"`
	Seal    []byte `db:"seal"`
}

const (
	selectHead = `SELECT entries, mac, seal FROM audit_head`

	insertHead = `INSERT INTO audit_head (only, entries, mac, seal) VALUES (1, :entries, :mac, :seal) ON CONFLICT DO NOTHING`

	updateHead = `UPDATE audit_head SET entries = :entries, mac = :mac, seal = :seal`

	insertAudit = `INSERT INTO audit (seq, entry, mac) VALUES (:seq, CAST(:entry AS TEXT), :mac)`

	insertTouch = `INSERT INTO audit_touches (member, seq) VALUES (?, ?)`
)

// beginAudit writes the head of an audit without entries, where there is none yet.
func (t *tx) beginAudit() error {
	h := headRow{MAC: make([]byte, sha256.Size)}
	h.Seal = t.chain.seal(0, h.MAC)
	_, err := t.put(insertHead, h)
	return err
}

// record adds entries to the audit.
func (t *tx) record(entries []core.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	var head headRow
	if err := t.Get(&head, selectHead); err != nil {
		return err
	}
	for _, e := range entries {
		e.At = e.At.UTC()
		text, err := json.Marshal(e)
		if err != nil {
			return err
		}
		head.Entries++
		head.MAC = t.chain.link(nil, head.MAC, head.Entries, text)
		if _, err := t.put(insertAudit, auditRow{head.Entries, text, head.MAC}); err != nil {
			return err
		}
		touched := append([]core.MemberID{e.Actor}, e.Whose...)
		slices.Sort(touched)
		for _, m := range slices.Compact(touched) {
			if _, err := t.exec(insertTouch, m, head.Entries); err != nil {
				return err
			}
		}
	}
	head.Seal = t.chain.seal(head.Entries, head.MAC)
	_, err := t.put(updateHead, head)
	return err
}

// Record adds one entry on its own.
func (s *Store) Record(ctx context.Context, e core.Entry) error {
	return s.writer.write(ctx, "record entry", func(t *tx) error { return t.record([]core.Entry{e}) })
}

const (
	selectEntries = `SELECT seq, entry, mac FROM audit WHERE seq < ? ORDER BY seq DESC LIMIT ?`

	selectTouches = `SELECT a.seq, a.entry, a.mac FROM audit_touches t JOIN audit a ON a.seq = t.seq
		WHERE t.member = ? AND t.seq < ? ORDER BY t.seq DESC LIMIT ?`
)

// mostEntries bounds what one look at the history returns.
const mostEntries = 1000

// History returns entries, newest first, 1,000 at the most.
func (s *Store) History(ctx context.Context, q core.HistoryQuery) ([]core.Entry, error) {
	before, limit := q.Before, min(max(q.Limit, 0), mostEntries)
	if before <= 0 {
		before = math.MaxInt64
	}
	var rows []auditRow
	var err error
	if q.Member == "" {
		err = s.read.SelectContext(ctx, &rows, selectEntries, before, limit)
	} else {
		err = s.read.SelectContext(ctx, &rows, selectTouches, q.Member, before, limit)
	}
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	entries := make([]core.Entry, len(rows))
	for i, r := range rows {
		if err := json.Unmarshal(r.Entry, &entries[i]); err != nil {
			return nil, fmt.Errorf("history: entry %d: %w", r.Seq, err)
		}
		entries[i].Seq = r.Seq
	}
	return entries, nil
}

const selectLast = `SELECT seq, entry, mac FROM audit ORDER BY seq DESC LIMIT 1`

// checkHead tells whether the end of the audit fits the key; why says in a few words what does not.
func checkHead(ctx context.Context, db sqlx.QueryerContext, c *chain) (why string, err error) {
	var heads []headRow
	if err := sqlx.SelectContext(ctx, db, &heads, selectHead); err != nil {
		return "", err
	}
	if len(heads) == 0 {
		return "its head is missing", nil
	}
	head := heads[0]
	if !hmac.Equal(head.Seal, c.seal(head.Entries, head.MAC)) {
		return "its head is not sealed with this key", nil
	}
	var last []auditRow
	if err := sqlx.SelectContext(ctx, db, &last, selectLast); err != nil {
		return "", err
	}
	switch {
	case head.Entries == 0 && len(last) == 0:
		return "", nil
	case len(last) == 0 || last[0].Seq != head.Entries || !hmac.Equal(last[0].MAC, head.MAC):
		return "its last entry is not the one its head names", nil
	}
	return "", nil
}
