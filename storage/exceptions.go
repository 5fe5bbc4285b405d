package storage

import (
	"context"
	"fmt"

	"latchstring/core"
)

// exceptionRow is an exception in the table exceptions.
type exceptionRow struct {
	ID      core.ExceptionID       `db:"id"`
	By      core.MemberID          `db:"by"`
	Made    stamp                  `db:"made"`
	Account inJSON[core.Account]   `db:"account"`
	Device  inJSON[core.DeviceRef] `db:"device"`
	Name    string                 `db:"name"`
	Place   inJSON[core.Place]     `db:"place"`
	Most    int                    `db:"most"` // how many a member may have
}

const (
	selectExceptions = `SELECT id, by, made, account, device, name, place FROM exceptions ORDER BY number`

	insertException = `INSERT INTO exceptions (id, by, made, account, device, name, place)
		SELECT :id, :by, :made, :account, :device, :name, :place
		WHERE (SELECT count(*) FROM exceptions WHERE by = :by) < :most`

	deleteException = `DELETE FROM exceptions WHERE id = ?`
)

// Exceptions returns all exceptions, the oldest first.
func (s *Store) Exceptions(ctx context.Context) ([]core.Exception, error) {
	var rows []exceptionRow
	if err := s.read.SelectContext(ctx, &rows, selectExceptions); err != nil {
		return nil, fmt.Errorf("exceptions: %w", err)
	}
	all := make([]core.Exception, len(rows))
	for i, r := range rows {
		all[i] = core.Exception{ID: r.ID, By: r.By, Made: r.Made.time(), Account: r.Account.V, Device: r.Device.V, Name: r.Name, Place: r.Place.V}
	}
	return all, nil
}

// PutException adds an exception with its entry, or answers core.ErrFull where its member has too many.
func (s *Store) PutException(ctx context.Context, x core.Exception, e core.Entry) error {
	return s.writer.write(ctx, "put exception", func(t *tx) error {
		n, err := t.put(insertException, exceptionRow{
			ID: x.ID, By: x.By, Made: stamp(x.Made), Account: inJSON[core.Account]{x.Account}, Device: inJSON[core.DeviceRef]{x.Device},
			Name: x.Name, Place: inJSON[core.Place]{x.Place}, Most: core.MaxExceptions,
		})
		if err == nil && n == 0 {
			err = core.ErrFull
		}
		if err != nil {
			return err
		}
		return t.record([]core.Entry{e})
	})
}

// DropException removes an exception, or answers core.ErrNone.
func (s *Store) DropException(ctx context.Context, id core.ExceptionID, e core.Entry) error {
	return s.writer.write(ctx, "drop exception", func(t *tx) error {
		if err := one(t.exec(deleteException, id)); err != nil {
			return err
		}
		return t.record([]core.Entry{e})
	})
}
