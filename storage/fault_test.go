package storage_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/storage"
)

// outside opens a database past the store.
func outside(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?_txlock=immediate")
	try(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}

func count(t *testing.T, path, table, where string) (n int) {
	t.Helper()
	try(t, outside(t, path).QueryRow("SELECT count(*) FROM "+table+" WHERE "+where).Scan(&n))
	return n
}

// fill grows the audit until the disk is full, and returns how many entries were acknowledged.
func fill(t *testing.T, s *storage.Store) (acknowledged int) {
	t.Helper()
	for {
		err := s.Record(t.Context(), core.Entry{Actor: "marta", Targets: []string{fmt.Sprintf("%2000d", 0)}})
		if err != nil {
			unrecorded(t, err)
			return acknowledged
		}
		acknowledged++
	}
}

// unrecorded wants the failure that stops every action, with a sentence for the member and a cause for the log.
func unrecorded(t *testing.T, err error) {
	t.Helper()
	e, ok := errors.AsType[*core.Error](err)
	if !ok || e.Kind != core.Unrecorded || e.Text.Empty() || e.Hint.Empty() || e.Err == nil || !e.Unsent {
		t.Errorf("got %#v", err)
	}
}

func TestLockedFromOutside(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for five seconds")
	}
	c := config(t)
	s := open(t, c)
	tx, err := outside(t, c.Path).Begin()
	try(t, err)
	began := time.Now()
	unrecorded(t, s.Record(t.Context(), core.Entry{Actor: "marta"}))
	if d := time.Since(began); d < 4*time.Second || d > 8*time.Second {
		t.Errorf("it was waited for %v", d)
	}
	if _, err := s.History(t.Context(), core.HistoryQuery{Limit: 1}); err != nil {
		t.Error(err)
	}
	go func() {
		time.Sleep(100 * time.Millisecond)
		tx.Rollback()
	}()
	try(t, s.Record(t.Context(), core.Entry{Actor: "marta"})) // a short lock is not even noticed
}

func TestReadOnlyDatabase(t *testing.T) {
	c := config(t)
	s := open(t, c)
	try(t, execAll(outside(t, c.Path), "CREATE TRIGGER refuses BEFORE INSERT ON audit BEGIN SELECT raise(ABORT, 'no'); END"))
	unrecorded(t, s.Record(t.Context(), core.Entry{Actor: "marta"}))
	a := core.Action{ID: "a1", Act: core.SignOut, State: core.Executing}
	for range 1000 { // no entry, no action
		unrecorded(t, s.Begin(t.Context(), a, noTaking, []core.Entry{{Actor: "marta"}}, nil))
	}
	if _, err := s.Action(t.Context(), "a1"); !errors.Is(err, core.ErrNone) {
		t.Error("an action is on record without its entry:", err)
	}
	try(t, execAll(outside(t, c.Path), "DROP TRIGGER refuses"))
	try(t, s.Begin(t.Context(), a, noTaking, []core.Entry{{Actor: "marta"}}, nil))
}

func TestClosed(t *testing.T) {
	c := config(t)
	s, err := storage.Open(t.Context(), c)
	try(t, err)
	var wg sync.WaitGroup
	acknowledged := make([]int, 16)
	for i := range acknowledged {
		wg.Go(func() {
			for s.Record(context.Background(), core.Entry{Actor: "leo"}) == nil {
				acknowledged[i]++
			}
		})
	}
	time.Sleep(30 * time.Millisecond)
	try(t, s.Close())
	wg.Wait()
	unrecorded(t, s.Record(t.Context(), core.Entry{Actor: "marta"}))
	total := 0
	for _, n := range acknowledged {
		total += n
	}
	if r, err := storage.Verify(t.Context(), c.Path); err != nil || r.Rows != int64(total) {
		t.Errorf("audit: %+v, %v; acknowledged are %d", r, err, total)
	}
}

// A request that is cancelled is on record if, and only if, its caller was not told that it was cancelled.
func TestCancelledUnderLoad(t *testing.T) {
	c := config(t)
	s := open(t, c)
	var wg sync.WaitGroup
	var mu sync.Mutex
	acknowledged := 0
	for range 32 {
		wg.Go(func() {
			for i := range 50 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i*20)*time.Microsecond)
				err := s.Record(ctx, core.Entry{Actor: "leo"})
				cancel()
				switch {
				case err == nil:
					mu.Lock()
					acknowledged++
					mu.Unlock()
				case !errors.Is(err, context.DeadlineExceeded):
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := count(t, c.Path, "audit", "true"); n != acknowledged {
		t.Errorf("%d entries are on record, %d were acknowledged", n, acknowledged)
	}
}
