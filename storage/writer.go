package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"

	"latchstring/core"
)

// writer owns the goroutine and the connection that write. It commits in groups: whatever waits when a transaction is
// begun goes into it, each errand behind a savepoint of its own, and nobody is answered before the one commit is on
// disk. A disk that needs 5 ms for a commit then still carries thousands of errands a second.
type writer struct {
	db      *sqlx.DB
	chain   *chain
	errands chan errand
	closing chan struct{}
	closed  chan struct{} // closed when the goroutine has ended
}

// errand is one transaction of a port's method.
type errand struct {
	what      string
	do        func(*tx) error
	cancelled func() error // the caller's own context, asked before the errand is begun and not after
	answer    chan error   // takes one answer without waiting
}

// tx is an errand's view of the transaction.
type tx struct {
	*sqlx.Tx
	chain *chain
}

// groupSize bounds a group, so that the first in it does not wait long for the last.
const groupSize = 128

var errClosed = errors.New("the database is closed")

func startWriter(db *sqlx.DB, key []byte) *writer {
	w := &writer{
		db: db, chain: newChain(key),
		errands: make(chan errand), closing: make(chan struct{}), closed: make(chan struct{}),
	}
	go w.run()
	return w
}

// close waits for the group that is being written.
func (w *writer) close() error {
	close(w.closing)
	<-w.closed
	return w.db.Close()
}

// write runs an errand in a transaction and returns when that is on disk. An errand that was not begun when ctx ended is
// not begun any more; one that was is waited for. What the book says on purpose comes back as it is, every other
// failure as a [core.Error] of kind Unrecorded.
func (w *writer) write(ctx context.Context, what string, do func(*tx) error) error {
	e := errand{what, do, ctx.Err, make(chan error, 1)}
	select {
	case w.errands <- e:
		return <-e.answer
	case <-ctx.Done():
		return ctx.Err()
	case <-w.closing:
		return unrecorded(what, errClosed)
	}
}

func (w *writer) run() {
	defer close(w.closed)
	for {
		select {
		case <-w.closing:
			return
		case first := <-w.errands:
			group := w.gather(first)
			answers, err := w.commit(group)
			for i, e := range group {
				if err != nil {
					answers[i] = unrecorded(e.what, err)
				}
				e.answer <- answers[i]
			}
		}
	}
}

// gather takes what waits besides the first errand.
func (w *writer) gather(first errand) []errand {
	group := []errand{first}
	for len(group) < groupSize {
		select {
		case e := <-w.errands:
			group = append(group, e)
		default:
			return group
		}
	}
	return group
}

// commit runs a group in one transaction. The error is everybody's; without one, each errand has its own answer.
func (w *writer) commit(group []errand) (answers []error, err error) {
	answers = make([]error, len(group))
	t, err := w.db.Beginx()
	if err != nil {
		return answers, err
	}
	defer t.Rollback()
	for i, e := range group {
		if answers[i] = e.cancelled(); answers[i] != nil {
			continue
		}
		if answers[i], err = e.run(&tx{t, w.chain}); err != nil {
			return answers, err
		}
	}
	return answers, t.Commit()
}

// run does an errand behind a savepoint. A fault is one of the whole transaction: after some failures, a full disk among
// them, SQLite has rolled all of it back.
func (e errand) run(t *tx) (answer, fault error) {
	if _, err := t.exec("SAVEPOINT errand"); err != nil {
		return nil, err
	}
	failure := e.do(t)
	if failure != nil {
		if _, err := t.exec("ROLLBACK TO errand"); err != nil {
			return nil, failure
		}
	}
	if _, err := t.exec("RELEASE errand"); err != nil {
		return nil, err
	}
	return unrecorded(e.what, failure), nil
}

// unrecorded words a failure to write for the member who asked. What the book says on purpose stays as it is.
func unrecorded(what string, err error) error {
	if slices.Contains([]error{nil, core.ErrNone, core.ErrUsed, core.ErrUnderway, core.ErrStale, core.ErrFull}, err) {
		return err
	}
	return core.RecordError(fmt.Errorf("%s: %w", what, err))
}

// exec runs a statement and tells how many rows it changed. An errand that was begun is not cancelled any more, least of all
// in the middle of somebody else's transaction.
func (t *tx) exec(query string, args ...any) (int64, error) {
	r, err := t.ExecContext(context.Background(), query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// put runs a statement with a row's named columns and tells how many rows it changed.
func (t *tx) put(query string, row any) (int64, error) {
	r, err := t.NamedExec(query, row)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// one returns ErrNone where a statement that is about one row found none.
func one(n int64, err error) error {
	if err == nil && n == 0 {
		return core.ErrNone
	}
	return err
}
