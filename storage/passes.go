package storage

import (
	"context"
	"fmt"
	"time"

	"latchstring/core"
)

// passRow is a pass in the table passes.
type passRow struct {
	ID      core.PassID         `db:"id"`
	Version int                 `db:"version"`
	By      core.MemberID       `db:"by"`
	Asked   inJSON[core.Source] `db:"asked"`
	Words   string              `db:"words"`
	Made    stamp               `db:"made"`
	Until   stamp               `db:"until"`
	SignIn  inJSON[core.SignIn] `db:"sign_in"`
	Revoked stamp               `db:"revoked"`
	Ended   stamp               `db:"ended"`
	Action  core.ActionID       `db:"action"`
	Most    int                 `db:"most"` // how many a member may have that have not ended
}

func rowOfPass(p core.Pass) passRow {
	return passRow{
		ID: p.ID, Version: p.Version, By: p.By, Asked: inJSON[core.Source]{p.Asked}, Words: p.Words, Made: stamp(p.Made), Until: stamp(p.Until),
		SignIn: inJSON[core.SignIn]{p.SignIn}, Revoked: stamp(p.Revoked), Ended: stamp(p.Ended), Action: p.Action, Most: core.MaxPasses,
	}
}

func (r *passRow) pass() core.Pass {
	return core.Pass{
		ID: r.ID, Version: r.Version, By: r.By, Asked: r.Asked.V, Words: r.Words, Made: r.Made.time(), Until: r.Until.time(),
		SignIn: r.SignIn.V, Revoked: r.Revoked.time(), Ended: r.Ended.time(), Action: r.Action,
	}
}

//nolint:gosec // a pass is no password
const selectPasses = `SELECT id, version, by, asked, words, made, until, sign_in, revoked, ended, action FROM passes
	WHERE ended = '' OR ended > ? ORDER BY made, id`

// Passes returns the passes that have not ended, and those that ended after a time, the oldest first.
func (s *Store) Passes(ctx context.Context, endedAfter time.Time) ([]core.Pass, error) {
	var rows []passRow
	if err := s.read.SelectContext(ctx, &rows, selectPasses, stamp(endedAfter)); err != nil {
		return nil, fmt.Errorf("passes: %w", err)
	}
	passes := make([]core.Pass, len(rows))
	for i := range rows {
		passes[i] = rows[i].pass()
	}
	return passes, nil
}

//nolint:gosec // a pass is no password
const (
	insertPass = `INSERT INTO passes (id, version, by, asked, words, made, until, sign_in, revoked, ended, action)
		SELECT :id, 1, :by, :asked, :words, :made, :until, :sign_in, :revoked, :ended, :action
		WHERE (SELECT count(*) FROM passes WHERE by = :by AND ended = '') < :most`

	updatePass = `UPDATE passes SET version = version + 1, asked = :asked, until = :until, sign_in = :sign_in, revoked = :revoked,
			ended = :ended, action = :action
		WHERE id = :id AND version = :version`

	// A pass is ended once: by an action, or by SavePass in the version in which it had not ended.
	endPassOnce = `UPDATE passes SET version = version + 1, ended = :at, action = :action WHERE id = :id AND ended = ''`
)

// PutPass adds a pass with its entry, or answers core.ErrFull where its member has too many.
func (s *Store) PutPass(ctx context.Context, p core.Pass, e core.Entry) error {
	return s.writer.write(ctx, "put pass", func(t *tx) error {
		n, err := t.put(insertPass, rowOfPass(p))
		if err == nil && n == 0 {
			err = core.ErrFull
		}
		if err != nil {
			return err
		}
		return t.record([]core.Entry{e})
	})
}

// SavePass replaces the recorded pass.
func (s *Store) SavePass(ctx context.Context, p core.Pass, cases []core.Case, entries []core.Entry, deliveries []core.Delivery) error {
	return s.writer.write(ctx, "save pass", func(t *tx) error {
		if err := t.keepPass(p); err != nil {
			return err
		}
		for _, c := range cases {
			if err := t.keepCase(c); err != nil {
				return err
			}
		}
		if err := t.record(entries); err != nil {
			return err
		}
		return t.post(deliveries)
	})
}

// keepPass writes a pass in the place of its recorded version.
func (t *tx) keepPass(p core.Pass) error {
	n, err := t.put(updatePass, rowOfPass(p))
	if err == nil && n == 0 {
		return core.ErrStale
	}
	return err
}

// endPass records that an action ends a pass, or answers core.ErrUsed where it has ended.
func (t *tx) endPass(take core.Taking, action core.ActionID) error {
	n, err := t.put(endPassOnce, map[string]any{"id": take.Pass, "at": stamp(take.At), "action": action})
	if err == nil && n == 0 {
		return core.ErrUsed
	}
	return err
}
