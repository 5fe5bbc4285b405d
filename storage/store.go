// Package storage keeps the household's record in one SQLite file, through sqlx and mattn/go-sqlite3.
//
// It implements every Book port of control, talk and watch. A port's method is its transaction: when it returns nil, what
// it says is on disk and survives a power cut; when it returns an error, nothing of it is. All writing goes through one
// goroutine and one connection, which commits what waits together (see writer.go); readers have their own connections,
// which can not write.
//
// Beside the file lie its key file (see key.go), a lock file, SQLite's own -wal and -shm while it is open, and copies
// from before changes of format. Secrets are never stored. Every table has a bound or a sweep, stated over it in
// steps/*.sql.
package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/mattn/go-sqlite3"
)

// Config says where the record is and what the store needs of the world.
type Config struct {
	Path   string           // of the database file; its folder must be there
	Now    func() time.Time // stamps what the ports give no time for
	Random io.Reader        // makes the key of a new database
	Log    *slog.Logger

	steps fs.FS // nil: the shipped ones
}

// Store is an open database. Its methods may be called from several goroutines at once.
type Store struct {
	now    func() time.Time
	log    *slog.Logger
	lock   lock
	read   *sqlx.DB
	writer *writer
}

// readers is how many connections read at once. A household asks little at a time, and each has a page cache.
const readers = 4

// Open opens the database, makes it where there never was one, and brings an older one to the format of today. The error
// is a [Refusal] wherever an operator can do something about it: the file is damaged, emptied, missing, newer,
// somebody else's, in use by another process, or its key is not here.
func Open(ctx context.Context, c Config) (*Store, error) {
	version, number, _ := sqlite3.Version()
	if err := refuseEngine(version, number); err != nil {
		return nil, err
	}
	path, err := filepath.Abs(c.Path)
	if err != nil {
		return nil, fmt.Errorf("storage: %w", err)
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return nil, unusable(filepath.Dir(path), err)
	}
	l, err := takeLock(path, c.Now())
	if err != nil {
		return nil, err
	}
	s, err := open(ctx, path, c)
	if err != nil {
		return nil, errors.Join(err, l.release())
	}
	s.lock = l
	return s, nil
}

// open opens the database while this process has the lock.
func open(ctx context.Context, path string, c Config) (*Store, error) {
	k, err := findKey(path, c.Random)
	if err != nil {
		return nil, err
	}
	if c.steps == nil {
		c.steps = shipped
	}
	steps, err := readSteps(c.steps)
	if err != nil {
		return nil, fmt.Errorf("storage: %w", err)
	}
	has, err := inspect(ctx, path, k, len(steps))
	if err != nil {
		return nil, err
	}
	if has > 0 && has < len(steps) {
		c.Log.Info("changing the format of the database", slog.Int("from", has), slog.Int("to", len(steps)))
	}
	if err := migrate(ctx, path, has, steps); err != nil {
		return nil, unmigrated(path, has, err)
	}
	s := &Store{now: c.Now, log: c.Log, read: connect(path, reading(), readers)}
	s.writer = startWriter(connect(path, writing(), 1), k.key)
	if err := s.ready(ctx, path, &k); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// ready begins or checks the end of the audit: a chain that is gone on with under another key can never be verified.
func (s *Store) ready(ctx context.Context, path string, k *keep) error {
	if k.provisional {
		if err := s.writer.write(ctx, "begin audit", (*tx).beginAudit); err != nil {
			return unusable(path, err)
		}
		return k.settle()
	}
	why, err := checkHead(ctx, s.read, newChain(k.key))
	if err != nil {
		return unreadable(path, err)
	}
	if why != "" {
		return brokenAudit(path, why)
	}
	return nil
}

// Close waits for what is being written, refuses what comes after, and gives the database free.
func (s *Store) Close() error { return errors.Join(s.close(), s.lock.release()) }

func (s *Store) close() error {
	// The writer's connection is the last to go: it moves the write-ahead log into the file.
	return errors.Join(s.read.Close(), s.writer.close())
}

// inspect looks at the file before anything may change in it, and returns its format; 0 is a new file.
func inspect(ctx context.Context, path string, k keep, knows int) (format int, err error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !k.provisional:
		return 0, vanished(path)
	case errors.Is(err, fs.ErrNotExist):
		if err := writeFile(path, nil); err != nil {
			return 0, unusable(path, err)
		}
		return 0, nil
	case err != nil:
		return 0, unusable(path, err)
	case info.Size() == 0 && !k.provisional:
		return 0, emptied(path)
	case info.Size() == 0:
		return 0, nil
	case !info.Mode().IsRegular():
		return 0, foreign(path)
	}
	db := connect(path, inspecting(), 1)
	defer func() { err = errors.Join(err, db.Close()) }()
	format, used, err := inspectMarks(ctx, db, path)
	switch {
	case err != nil:
		return 0, err
	case !used && !k.provisional:
		return 0, emptied(path)
	case format > knows:
		return 0, newer(path, format, knows)
	}
	var faults string
	if err := db.GetContext(ctx, &faults, "PRAGMA quick_check(1)"); err != nil {
		return 0, unreadable(path, err)
	}
	if faults != "ok" {
		return 0, damaged(path, errors.New(faults))
	}
	return format, nil
}

// inspectMarks reads what the file says it is. One that is not used holds nothing at all, as after a first start that was
// cut off before its first step.
func inspectMarks(ctx context.Context, db *sqlx.DB, path string) (format int, used bool, err error) {
	const query = `SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema) AS tables
		FROM pragma_application_id, pragma_user_version`
	var marks struct {
		Application int64 `db:"application_id"`
		Format      int   `db:"user_version"`
		Tables      int   `db:"tables"`
	}
	if err := db.GetContext(ctx, &marks, query); err != nil {
		return 0, false, unreadable(path, err)
	}
	used = marks.Application != 0 || marks.Format != 0 || marks.Tables != 0
	if used && marks.Application != applicationID {
		return 0, true, foreign(path)
	}
	return marks.Format, used, nil
}
