package storage

import (
	"errors"
	"fmt"

	"github.com/mattn/go-sqlite3"
)

// Refusal says why a database is not opened, checked or copied. Text and Hint are full sentences for the operator, with
// paths in them; Err, where there is one, is the cause.
type Refusal struct {
	Text string
	Hint string
	Err  error
}

// Error is for the log.
func (r *Refusal) Error() string {
	if r.Err == nil {
		return "storage: " + r.Text
	}
	return fmt.Sprintf("storage: %s (%v)", r.Text, r.Err)
}

// Unwrap returns the cause.
func (r *Refusal) Unwrap() error { return r.Err }

const hintRestore = "Put a backup of the database and its key file back, having removed the old files beside it that end in -wal and " +
	"-shm: what is in them belongs to the old database. Or move all of them away to begin anew."

func damaged(path string, cause error) *Refusal {
	return &Refusal{Text: fmt.Sprintf("The database %s is damaged.", path), Hint: hintRestore, Err: cause}
}

func emptied(path string) *Refusal {
	return &Refusal{
		Text: fmt.Sprintf("The database %s is empty, but there was one: its key file is here.", path),
		Hint: hintRestore,
	}
}

func vanished(path string) *Refusal {
	return &Refusal{
		Text: fmt.Sprintf("The database %s is missing, but there was one: its key file is here.", path),
		Hint: hintRestore,
	}
}

func foreign(path string) *Refusal {
	return &Refusal{
		Text: fmt.Sprintf("%s is not a database of latchstring.", path),
		Hint: "Name another file as storage.path in the config.",
	}
}

func unmigrated(path string, has int, cause error) *Refusal {
	r := &Refusal{
		Text: fmt.Sprintf("The database %s could not be brought to the format of this version; it is as it was.", path),
		Hint: "A full disk is the usual cause. The version that wrote it still works with it.",
		Err:  cause,
	}
	if has == 0 {
		r.Text, r.Hint = fmt.Sprintf("The database %s could not be made.", path), "A full disk is the usual cause."
	}
	return r
}

func newer(path string, has, knows int) *Refusal {
	return &Refusal{
		Text: fmt.Sprintf("The database %s was written by a newer latchstring (its format is %d, this one knows %d).", path, has, knows),
		Hint: "Start the newer version again, or put the copy back that it made before it changed the database.",
	}
}

func unusable(path string, cause error) *Refusal {
	return &Refusal{
		Text: fmt.Sprintf("%s can not be used.", path),
		Hint: "It has to be readable and writable for the user that latchstring runs as, and its folder too.",
		Err:  cause,
	}
}

// unreadable tells a damaged file from one that only can not be read now.
func unreadable(path string, cause error) *Refusal {
	if isDamage(cause) {
		return damaged(path, cause)
	}
	return unusable(path, cause)
}

// isDamage tells the failures that say that the file itself is broken.
func isDamage(err error) bool {
	e, ok := errors.AsType[sqlite3.Error](err)
	return ok && (e.Code == sqlite3.ErrCorrupt || e.Code == sqlite3.ErrNotADB)
}

func unkeyed(path string) *Refusal {
	return &Refusal{
		Text: fmt.Sprintf("The key file %s is missing.", path),
		Hint: "It belongs to the database: put it back from the backup that the database is from.",
	}
}

func brokenAudit(path, why string) *Refusal {
	return &Refusal{
		Text: fmt.Sprintf("The audit in %s does not fit its key file: %s.", path, why),
		Hint: "Database and key file have to be from the same backup. If they are, somebody has changed the audit; \"latchstring check\" says where.",
	}
}
