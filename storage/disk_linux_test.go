package storage_test

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"latchstring/core"
	"latchstring/storage"
)

// smallDisk is a folder that holds a megabyte.
func smallDisk(t *testing.T) string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root can mount a small disk")
	}
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=1m"); err != nil {
		t.Skip("no small disk here:", err)
	}
	t.Cleanup(func() { try(t, syscall.Unmount(disk, 0)) })
	return disk
}

func TestDiskFull(t *testing.T) {
	disk := smallDisk(t)
	ballast := filepath.Join(disk, "ballast")
	try(t, os.WriteFile(ballast, make([]byte, 256<<10), 0o600))
	c := config(t)
	c.Path = filepath.Join(disk, "house.db")
	s := open(t, c)

	n := fill(t, s)
	unrecorded(t, s.SetSetting(t.Context(), "leo", core.ClockSetting, fmt.Sprintf("%20000d", 0)))
	entries, err := s.History(t.Context(), core.HistoryQuery{Limit: 1})
	if err != nil || len(entries) != 1 || entries[0].Seq != int64(n) {
		t.Errorf("reading from a full disk: %d entries acknowledged, last is %v, %v", n, entries, err)
	}
	try(t, os.Remove(ballast))
	try(t, s.Record(t.Context(), core.Entry{Actor: "marta"}))
	if r, err := storage.Verify(t.Context(), c.Path); err != nil || r.Broken != "" || r.Rows != int64(n+1) {
		t.Errorf("audit after a full disk: %+v, %v", r, err)
	}
}

// Many errands at once on a full disk: each is answered, what was acknowledged is there, and nothing else is.
func TestDiskFullForMany(t *testing.T) {
	for name, limit := range map[string]func(t *testing.T) (string, func(*storage.Store) error){
		"at the commit": func(t *testing.T) (string, func(*storage.Store) error) {
			return smallDisk(t), func(*storage.Store) error { return nil }
		},
		"in a statement": func(t *testing.T) (string, func(*storage.Store) error) {
			return t.TempDir(), func(s *storage.Store) error { return s.LimitPages(300) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			folder, set := limit(t)
			c := config(t)
			c.Path = filepath.Join(folder, "house.db")
			s := open(t, c)
			try(t, set(s))
			acknowledged := make([]int, 16)
			var wg sync.WaitGroup
			for i := range acknowledged {
				wg.Go(func() { acknowledged[i] = fill(t, s) })
			}
			wg.Wait()
			total := int64(0)
			for _, n := range acknowledged {
				total += int64(n)
			}
			if r, err := storage.Verify(t.Context(), c.Path); err != nil || r.Broken != "" || r.Rows != total {
				t.Errorf("audit: %+v, %v; acknowledged are %d", r, err, total)
			}
		})
	}
}
