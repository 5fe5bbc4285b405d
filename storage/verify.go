package storage

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// AuditReport is what an audit was found to be.
type AuditReport struct {
	Rows   int64  // how many entries are as they were written, from the first on
	Broken string // what is wrong, and with which entry, in a few words; "": every entry is in its place and none is missing
	Head   string // the mac of the last of them, in hex: noted elsewhere, it proves later that no history was written anew
}

// Verify reads the audit of a database from its first entry to its last and checks every one against the key. It changes
// nothing and may run beside the process that uses the database; where none does, SQLite leaves an empty -wal and its -shm
// beside the file until the next start. What it can not find is told at audit_head in steps/0001_household.sql. The error is a [Refusal] where the database or its key can not be read.
func Verify(ctx context.Context, path string) (report AuditReport, err error) {
	path, key, err := whole(path)
	if err != nil {
		return AuditReport{}, err
	}
	db := connect(path, inspecting(), 1)
	defer func() { err = errors.Join(err, db.Close()) }()
	report, err = verify(ctx, db.DB, newChain(key))
	if err != nil {
		return report, unreadable(path, err)
	}
	return report, nil
}

// Examine says what [Open] would refuse of a database that is there, and else verifies its audit. It changes nothing.
func Examine(ctx context.Context, path string) (AuditReport, error) {
	steps, err := readSteps(shipped)
	if err != nil {
		return AuditReport{}, fmt.Errorf("storage: %w", err)
	}
	path, key, err := whole(path)
	if err != nil {
		return AuditReport{}, err
	}
	if _, err := inspect(ctx, path, keep{key: key}, len(steps)); err != nil {
		return AuditReport{}, err
	}
	return Verify(ctx, path)
}

// whole returns the absolute path of a database that is there, and its key.
func whole(path string) (string, []byte, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", nil, err
	}
	key, err := readKey(keyPath(path))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil, unkeyed(keyPath(path))
	}
	if err != nil {
		return "", nil, err
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil, vanished(path)
	case err != nil:
		return "", nil, unusable(path, err)
	case info.Size() == 0:
		return "", nil, emptied(path)
	}
	return path, key, nil
}

const selectChain = `SELECT seq, entry, mac FROM audit ORDER BY seq`

// verify reads entries and head in one transaction, so that it sees one state of a database that is being written.
func verify(ctx context.Context, db *sql.DB, c *chain) (report AuditReport, err error) {
	t, err := db.BeginTx(ctx, nil)
	if err != nil {
		return report, err
	}
	defer t.Rollback()
	if err := t.QueryRowContext(ctx, "SELECT count(*) FROM audit_head").Scan(new(int)); err != nil {
		return report, err
	}
	rows, err := t.QueryContext(ctx, selectChain)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	last, next := make([]byte, sha256.Size), make([]byte, 0, sha256.Size)
	for rows.Next() {
		var seq int64
		var entry, mac sql.RawBytes
		if err := rows.Scan(&seq, &entry, &mac); err != nil {
			return report, err
		}
		if seq != report.Rows+1 {
			return report.broken(last, "is missing"), nil
		}
		if next = c.link(next[:0], last, seq, entry); !hmac.Equal(next, mac) {
			return report.broken(last, "is not what was written"), nil
		}
		report.Rows++
		last, next = next, last
	}
	if err := rows.Err(); err != nil {
		return report, err
	}
	return verifyHead(ctx, t, c, report, last)
}

// verifyHead checks the end of an audit whose entries fit.
func verifyHead(ctx context.Context, t *sql.Tx, c *chain, report AuditReport, last []byte) (AuditReport, error) {
	report.Head = hex.EncodeToString(last)
	var head headRow
	err := t.QueryRowContext(ctx, selectHead).Scan(&head.Entries, &head.MAC, &head.Seal)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		report.Broken = "its head is missing"
	case err != nil:
		return report, err
	case !hmac.Equal(head.Seal, c.seal(head.Entries, head.MAC)):
		report.Broken = "its head is not what was written"
	case head.Entries > report.Rows:
		report.Broken = fmt.Sprintf("entries %d to %d are missing", report.Rows+1, head.Entries)
	case head.Entries != report.Rows || !hmac.Equal(head.MAC, last):
		report.Broken = fmt.Sprintf("its head is not that of entry %d", report.Rows)
	}
	return report, nil
}

// broken ends a report at the first entry that does not fit.
func (r AuditReport) broken(last []byte, what string) AuditReport {
	r.Broken, r.Head = fmt.Sprintf("entry %d %s", r.Rows+1, what), hex.EncodeToString(last)
	return r
}
