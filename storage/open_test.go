package storage_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"latchstring/core"
	"latchstring/storage"
)

// refusal opens a store that must be refused and returns why.
func refusal(t *testing.T, c storage.Config) *storage.Refusal {
	t.Helper()
	s, err := storage.Open(t.Context(), c)
	if err == nil {
		s.Close()
		t.Fatal("the database was opened")
	}
	r, ok := errors.AsType[*storage.Refusal](err)
	if !ok {
		t.Fatalf("no refusal: %v", err)
	}
	return r
}

// used makes a database with something in it and closes it.
func used(t testing.TB, c storage.Config) {
	t.Helper()
	s, err := storage.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := s.Record(t.Context(), core.Entry{Actor: "marta", Act: core.SignOut, Step: core.Requested, Whose: []core.MemberID{"leo"}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// raw runs statements in a closed database, past the store.
func raw(t testing.TB, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(t *testing.T, path string)
		text  string
	}{
		{"newer", func(t *testing.T, path string) { raw(t, path, "PRAGMA user_version = 99") }, "was written by a newer latchstring (its format is 99"},
		{"foreign", func(t *testing.T, path string) { raw(t, path, "PRAGMA application_id = 7") }, "is not a database of latchstring"},
		{"garbage", func(t *testing.T, path string) { write(t, path, []byte(strings.Repeat("garbage ", 1000))) }, "is damaged"},
		{"flipped page", flipPage, "is damaged"},
		{"cut off", func(t *testing.T, path string) { try(t, os.Truncate(path, 8192)) }, "is damaged"},
		{"emptied", func(t *testing.T, path string) { try(t, os.Truncate(path, 0)) }, "is empty, but there was one"},
		{"all tables gone", func(t *testing.T, path string) {
			try(t, os.Remove(path))
			raw(t, path, "VACUUM")
		}, "is empty, but there was one"},
		{"missing", func(t *testing.T, path string) { try(t, os.Remove(path)) }, "is missing, but there was one"},
		{"a folder", func(t *testing.T, path string) {
			try(t, os.Remove(path))
			try(t, os.Mkdir(path, 0o700))
		}, "is not a database of latchstring"},
		{"key missing", func(t *testing.T, path string) { try(t, os.Remove(path+".key")) }, ".key is missing"},
		{"key open to all", func(t *testing.T, path string) { try(t, os.Chmod(path+".key", 0o640)) }, "can be read by others (its mode is 0640)"},
		{"key cut", func(t *testing.T, path string) { try(t, os.Truncate(path+".key", 20)) }, "does not hold a key"},
		{"other key", func(t *testing.T, path string) { write(t, path+".key", []byte(strings.Repeat("0f", 32))) }, "its head is not sealed with this key"},
		{"audit cut", func(t *testing.T, path string) {
			raw(t, path, "DELETE FROM audit_touches WHERE seq = 3", "DELETE FROM audit WHERE seq = 3")
		}, "its last entry is not the one its head names"},
		{"head gone", func(t *testing.T, path string) { raw(t, path, "DELETE FROM audit_head") }, "its head is missing"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := config(t)
			used(t, c)
			test.spoil(t, c.Path)
			before, _ := os.ReadFile(c.Path)
			r := refusal(t, c)
			if !strings.Contains(r.Text, test.text) || r.Hint == "" {
				t.Errorf("refused with %q, %q", r.Text, r.Hint)
			}
			if after, _ := os.ReadFile(c.Path); string(before) != string(after) {
				t.Error("the refused file was changed")
			}
		})
	}
}

func try(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	try(t, os.WriteFile(path, content, 0o600))
}

// flipPage turns every bit of the second page.
func flipPage(t *testing.T, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	try(t, err)
	for i := 4096; i < 8192; i++ {
		b[i] ^= 0xff
	}
	write(t, path, b)
}

func TestOpenRefusesFolder(t *testing.T) {
	c := config(t)
	c.Path = filepath.Join(t.TempDir(), "missing", "house.db")
	if r := refusal(t, c); !strings.Contains(r.Text, "missing can not be used") {
		t.Error(r.Text)
	}
	if os.Getuid() == 0 {
		t.Skip("root may read every folder")
	}
	c = config(t)
	try(t, os.Chmod(filepath.Dir(c.Path), 0))
	t.Cleanup(func() { try(t, os.Chmod(filepath.Dir(c.Path), 0o700)) })
	if r := refusal(t, c); !strings.Contains(r.Text, "can not be used") {
		t.Error(r.Text)
	}
}

func TestOldEngineIsRefused(t *testing.T) {
	if err := storage.RefuseEngine("3.51.2", 3_051_002); err == nil {
		t.Error("3.51.2 is taken")
	}
	if err := storage.RefuseEngine("3.51.3", 3_051_003); err != nil {
		t.Error(err)
	}
}

// A first start that is cut off anywhere is gone on with by the next.
func TestFirstStartCutOff(t *testing.T) {
	for name, cut := range map[string]func(path string) error{
		"before the key was whole": func(path string) error {
			return errors.Join(os.Remove(path), os.Remove(path+".key"), os.WriteFile(path+".key.new", []byte("abc"), 0o600))
		},
		"before the file": func(path string) error { return errors.Join(os.Remove(path), os.Rename(path+".key", path+".key.new")) },
		"before the schema": func(path string) error {
			return errors.Join(os.Truncate(path, 0), os.Rename(path+".key", path+".key.new"))
		},
		"before the end":     func(path string) error { return os.Rename(path+".key", path+".key.new") },
		"without any of it":  func(path string) error { return errors.Join(os.Remove(path), os.Remove(path+".key")) },
		"with an empty file": func(path string) error { return errors.Join(os.Truncate(path, 0), os.Remove(path+".key")) },
	} {
		t.Run(name, func(t *testing.T) {
			c := config(t)
			s, err := storage.Open(t.Context(), c)
			try(t, err)
			try(t, s.Close())
			try(t, cut(c.Path))
			used(t, c)
			if r, err := storage.Verify(t.Context(), c.Path); err != nil || r.Broken != "" || r.Rows != 3 {
				t.Errorf("audit: %+v, %v", r, err)
			}
			if _, err := os.Stat(c.Path + ".key.new"); err == nil {
				t.Error("the first start is still not at its end")
			}
		})
	}
}

func TestFilesAreOnesOwn(t *testing.T) {
	c := config(t)
	s := open(t, c)
	try(t, s.SetSetting(t.Context(), "leo", core.ClockSetting, "12"))
	files, err := os.ReadDir(filepath.Dir(c.Path))
	try(t, err)
	var names []string
	for _, f := range files {
		info, err := f.Info()
		try(t, err)
		names = append(names, f.Name())
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %04o", f.Name(), info.Mode().Perm())
		}
	}
	if got, want := fmt.Sprint(names), "[house.db house.db-shm house.db-wal house.db.key house.db.lock]"; got != want {
		t.Errorf("files are %s, want %s", got, want)
	}
}

func TestOneOfManyOpens(t *testing.T) {
	c := config(t)
	const many = 100
	stores, errs := make([]*storage.Store, many), make([]error, many)
	var wg sync.WaitGroup
	for i := range many {
		wg.Go(func() { stores[i], errs[i] = storage.Open(t.Context(), c) })
	}
	wg.Wait()
	won := 0
	for i, err := range errs {
		if err == nil {
			won++
			defer stores[i].Close()
			continue
		}
		r, ok := errors.AsType[*storage.Refusal](err)
		if !ok || !strings.Contains(r.Text, fmt.Sprintf("Another latchstring (process %d since ", os.Getpid())) {
			t.Fatalf("refused with %v", err)
		}
	}
	if won != 1 {
		t.Errorf("%d of %d opened the database", won, many)
	}
}

func TestOddPath(t *testing.T) {
	c := config(t)
	c.Path = filepath.Join(t.TempDir(), "my house? 100%#1&mode=ro.db")
	used(t, c)
	if _, err := os.Stat(c.Path); err != nil {
		t.Error(err)
	}
}
