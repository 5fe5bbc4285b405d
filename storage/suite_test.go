package storage_test

import (
	"crypto/rand"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/core/coretest"
	"latchstring/storage"
)

// config is that of a store in a test's own folder.
func config(t testing.TB) storage.Config {
	return storage.Config{
		Path: filepath.Join(t.TempDir(), "house.db"), Now: time.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler),
	}
}

// open opens a store until the end of the test.
func open(t testing.TB, c storage.Config) *storage.Store {
	t.Helper()
	s, err := storage.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestBooksOnDisk(t *testing.T) {
	coretest.BookSuite(t, func(t *testing.T) coretest.AllBooks { return open(t, config(t)) })
}

var noTaking core.Taking
