package storage_test

import (
	"crypto/sha256"
	"database/sql"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"latchstring/core"
	"latchstring/storage"
)

var rewrite = flag.Bool("golden", false, "write the golden files in testdata anew")

// golden compares with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *rewrite {
		try(t, os.MkdirAll("testdata", 0o755))
		try(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	try(t, err)
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", path, d)
	}
}

func schemaOf(t *testing.T, path string) string {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?mode=ro")
	try(t, err)
	defer db.Close()
	rows, err := db.Query("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
	try(t, err)
	defer rows.Close()
	var b strings.Builder
	for rows.Next() {
		var text string
		try(t, rows.Scan(&text))
		b.WriteString(text + ";\n\n")
	}
	try(t, rows.Err())
	return b.String()
}

// The schema that the steps lead to, to be read in one piece.
func TestSchema(t *testing.T) {
	c := config(t)
	used(t, c)
	golden(t, "schema.golden.sql", schemaOf(t, c.Path))
}

// A step that was released is never edited: databases that ran it would differ from those that run it now.
func TestStepsAreAsReleased(t *testing.T) {
	names, err := fs.Glob(storage.Shipped, "steps/*.sql")
	try(t, err)
	var b strings.Builder
	for _, name := range names {
		text, err := fs.ReadFile(storage.Shipped, name)
		try(t, err)
		fmt.Fprintf(&b, "%x  %s\n", sha256.Sum256(text), name)
	}
	golden(t, "steps.golden", b.String())
}

// later is the shipped steps with one more.
func later(t *testing.T, sql string) fstest.MapFS {
	t.Helper()
	first, err := fs.ReadFile(storage.Shipped, "steps/0001_household.sql")
	try(t, err)
	return fstest.MapFS{
		"steps/0001_household.sql": {Data: first},
		"steps/0002_planted.sql":   {Data: []byte("-- 2: planted\n" + sql)},
	}
}

func TestLaterStep(t *testing.T) {
	c := config(t)
	used(t, c)
	before := schemaOf(t, c.Path)
	// The step rebuilds a parent table, which empties its children where foreign keys are on.
	c2 := c.WithSteps(later(t, `CREATE TABLE audit2 (seq INTEGER PRIMARY KEY, entry TEXT, mac BLOB) STRICT;
		INSERT INTO audit2 SELECT seq, entry, mac FROM audit; DROP TABLE audit; ALTER TABLE audit2 RENAME TO audit;`))
	s, err := storage.Open(t.Context(), c2)
	try(t, err)
	entries, err := s.History(t.Context(), core.HistoryQuery{Member: "leo", Limit: 10})
	try(t, err)
	if len(entries) != 3 {
		t.Errorf("%d entries after the step, want 3", len(entries))
	}
	try(t, s.Close())
	if r, err := storage.Verify(t.Context(), c.Path); err != nil || r.Broken != "" || r.Rows != 3 {
		t.Errorf("audit after the step: %+v, %v", r, err)
	}

	copied := c.Path + "-before-2"
	if d := cmp.Diff(before, schemaOf(t, copied)); d != "" {
		t.Errorf("the copy is not what was before:\n%s", d)
	}
	if info, err := os.Stat(copied); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy: %v, %v", info, err)
	}
	if r := refusal(t, c); !strings.Contains(r.Text, "written by a newer latchstring (its format is 2, this one knows 1)") {
		t.Error(r.Text)
	}
}

func TestFailingStep(t *testing.T) {
	for name, sql := range map[string]string{
		"a fault in the middle":        "DELETE FROM audit_touches; DELETE FROM audit; CREATE TABLE x (y INTEGER) STRICT; SELECT nonsense;",
		"rows that refer to nothing":   "DELETE FROM audit;",
		"an end of its own in between": "DELETE FROM audit_touches WHERE seq = 1; SELECT no FROM such;",
	} {
		t.Run(name, func(t *testing.T) {
			c := config(t)
			used(t, c)
			before, err := os.ReadFile(c.Path)
			try(t, err)
			r := refusal(t, c.WithSteps(later(t, sql)))
			if !strings.Contains(r.Text, "it is as it was") || !strings.Contains(r.Error(), "step 2") {
				t.Error(r)
			}
			after, err := os.ReadFile(c.Path)
			try(t, err)
			if string(before) != string(after) {
				t.Error("the file changed")
			}
			used(t, c)
		})
	}
}

func TestMisnamedStep(t *testing.T) {
	for name, text := range map[string]string{"steps/0002_gap.sql": "-- 2: gap", "steps/0001_head.sql": "-- 2: wrong number", "steps/0001_none.sql": "SELECT 1"} {
		if _, err := storage.ReadSteps(fstest.MapFS{name: {Data: []byte(text)}}); err == nil {
			t.Errorf("%s with %q is taken", name, text)
		}
	}
}
