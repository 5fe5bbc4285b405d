package storage

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Backup writes a consistent copy of a database, running or not, to a file that is not there yet, and its key file
// beside that. Both are for this user alone. A copy made by other means while the database is in use lacks what is
// still in its write-ahead log. The error is a [Refusal] where the operator can do something about it.
func Backup(ctx context.Context, path, to string) (err error) {
	path, key, err := whole(path)
	if err != nil {
		return err
	}
	if to, err = filepath.Abs(to); err != nil {
		return err
	}
	if err := reserve(to, keyPath(to)); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(to), os.Remove(keyPath(to)))
		}
	}()
	if err := writeFile(keyPath(to), []byte(hex.EncodeToString(key)+"\n")); err != nil {
		return unusable(keyPath(to), err)
	}
	db := connect(path, copying(), 1)
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", to); err != nil {
		if isDamage(err) {
			return damaged(path, err)
		}
		return unusable(to, err)
	}
	if err := syncFile(to); err != nil {
		return unusable(to, err)
	}
	return nil
}

// reserve makes empty files that must not be there yet, so that nobody else makes them meanwhile.
func reserve(names ...string) error {
	for i, name := range names {
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err == nil {
			err = f.Close()
		}
		if err == nil {
			continue
		}
		for _, made := range names[:i] {
			err = errors.Join(err, os.Remove(made))
		}
		if errors.Is(err, fs.ErrExist) {
			return &Refusal{Text: fmt.Sprintf("%s is there already.", name), Hint: "Name a file that is not.", Err: err}
		}
		return unusable(name, err)
	}
	return nil
}
