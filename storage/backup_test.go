package storage_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"latchstring/core"
	"latchstring/storage"
)

func TestBackupOfRunning(t *testing.T) {
	c := config(t)
	s := open(t, c)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	var began sync.Once
	writing := make(chan struct{})
	for g := range 4 {
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				a := core.Action{ID: core.ActionID(fmt.Sprint(g, "-", i)), Act: core.SignOut, State: core.Ended}
				if err := s.Begin(t.Context(), a, noTaking, []core.Entry{{Actor: "marta", Action: a.ID}}, nil); err != nil {
					t.Error(err)
					return
				}
				began.Do(func() { close(writing) })
			}
		})
	}
	<-writing
	for i := range 5 {
		b := c
		b.Path = c.Path + fmt.Sprint(".copy", i)
		before := count(t, c.Path, "audit", "true")
		try(t, storage.Backup(t.Context(), c.Path, b.Path))
		r, err := storage.Verify(t.Context(), b.Path)
		if err != nil || r.Broken != "" || int(r.Rows) < before {
			t.Fatalf("audit of the copy: %+v, %v; there were %d entries", r, err, before)
		}
		integrity(t, b.Path)
		for _, name := range []string{b.Path, b.Path + ".key"} {
			if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v, %v", name, info, err)
			}
		}
		if n := count(t, b.Path, "actions", "true"); n != int(r.Rows) {
			t.Errorf("%d actions with %d entries: the copy is not of one moment", n, r.Rows)
		}
		used(t, b)
	}
	close(stop)
	wg.Wait()
}

func TestBackupRefuses(t *testing.T) {
	c := config(t)
	used(t, c)
	refused := func(from, to, text string) {
		t.Helper()
		err := storage.Backup(t.Context(), from, to)
		r, ok := errors.AsType[*storage.Refusal](err)
		if !ok || !strings.Contains(r.Text, text) {
			t.Errorf("%v, want %q in it", err, text)
		}
	}
	try(t, storage.Backup(t.Context(), c.Path, c.Path+".copy"))
	refused(c.Path, c.Path+".copy", ".copy is there already")
	refused(c.Path, c.Path, "house.db is there already")
	write(t, c.Path+".two.key", nil)
	refused(c.Path, c.Path+".two", ".two.key is there already")
	if _, err := os.Stat(c.Path + ".two"); err == nil {
		t.Error("a refused backup left a file")
	}
	refused(c.Path, c.Path+"/no/folder", "can not be used")
	flipPage(t, c.Path)
	refused(c.Path, c.Path+".three", "is damaged")
	for _, name := range []string{".three", ".three.key"} {
		if _, err := os.Stat(c.Path + name); err == nil {
			t.Errorf("a failed backup left %s", name)
		}
	}
	try(t, os.Remove(c.Path+".key"))
	refused(c.Path, c.Path+".four", ".key is missing")
}
