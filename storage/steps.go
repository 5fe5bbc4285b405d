package storage

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/jmoiron/sqlx"
)

// shipped is the only truth about the schema: a new database runs all steps, an older one those it lacks. A step that was
// released is never edited.
//
//go:embed steps/*.sql
var shipped embed.FS

// step leads from one format of the database to the next.
type step struct {
	number int // also the format it leads to, kept in PRAGMA user_version
	sql    string
}

// readSteps reads "steps/0001_name.sql" and so on. The first line of each is "-- 1: what it brings".
func readSteps(files fs.FS) ([]step, error) {
	names, err := fs.Glob(files, "steps/*.sql")
	if err != nil {
		return nil, err
	}
	steps := make([]step, len(names))
	for i, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		n := i + 1
		if !strings.HasPrefix(name, fmt.Sprintf("steps/%04d_", n)) || !strings.HasPrefix(string(text), fmt.Sprintf("-- %d: ", n)) {
			return nil, fmt.Errorf("step %s: its name or its first line does not say %d", name, n)
		}
		steps[i] = step{n, string(text)}
	}
	return steps, nil
}

// migrate brings a database from the format it has to that of the last step. A database that was in use is copied before;
// each step is one transaction, so one that fails leaves the file as it was.
func migrate(ctx context.Context, path string, has int, steps []step) (err error) {
	if has == len(steps) {
		return nil
	}
	db := connect(path, migrating(), 1)
	defer func() { err = errors.Join(err, db.Close()) }()
	if has > 0 {
		if err := copyBefore(ctx, db, path, has+1); err != nil {
			return fmt.Errorf("copy before step %d: %w", has+1, err)
		}
	}
	for _, s := range steps[has:] {
		if err := s.run(ctx, db); err != nil {
			return fmt.Errorf("step %d: %w", s.number, err)
		}
	}
	return nil
}

func (s step) run(ctx context.Context, db *sqlx.DB) error {
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, s.sql); err != nil {
		return err
	}
	orphans, err := tx.QueryContext(ctx, "PRAGMA foreign_key_check")
	if err != nil {
		return err
	}
	defer orphans.Close()
	if orphans.Next() {
		return errors.New("it leaves rows that refer to nothing")
	}
	if err := orphans.Err(); err != nil {
		return err
	}
	marks := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, s.number)
	if _, err := tx.ExecContext(ctx, marks); err != nil {
		return err
	}
	return tx.Commit()
}

// copyBefore keeps the database as it is before a step in "<path>-before-<step>". An older try's copy is replaced.
func copyBefore(ctx context.Context, db *sqlx.DB, path string, number int) error {
	name := fmt.Sprintf("%s-before-%d", path, number)
	if err := writeFile(name+".new", nil); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", name+".new"); err != nil {
		return errors.Join(err, os.Remove(name+".new"))
	}
	if err := syncFile(name + ".new"); err != nil {
		return err
	}
	return errors.Join(os.Rename(name+".new", name), syncFolder(name))
}
