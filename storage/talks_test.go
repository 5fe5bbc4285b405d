package storage_test

import (
	"bytes"
	"crypto/rand"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"latchstring/core/coretest"
	"latchstring/storage"
)

// TestTalks tells the conversations of core/talk over the real record, and looks that no secret got into it.
func TestTalks(t *testing.T) {
	coretest.Talks(t, "../core/talk/testdata", func(t *testing.T) coretest.AllBooks {
		path := filepath.Join(t.TempDir(), "latchstring.db")
		s, err := storage.Open(t.Context(), storage.Config{Path: path, Now: time.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			files, err := filepath.Glob(path + "*")
			if err != nil {
				t.Error(err)
			}
			for _, f := range files {
				if raw, err := os.ReadFile(f); err != nil || bytes.Contains(raw, []byte(coretest.Canary)) {
					t.Errorf("%s holds a secret, or is not readable: %v", filepath.Base(f), err)
				}
			}
		})
		return s
	})
}
