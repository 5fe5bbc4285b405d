package storage_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"latchstring/core"
	"latchstring/storage"
)

// chained makes a closed database with n audit entries.
func chained(t testing.TB, c storage.Config, n int) {
	t.Helper()
	s, err := storage.Open(t.Context(), c)
	try(t, err)
	for i := range n {
		e := core.Entry{Actor: "marta", Act: core.SignOut, Step: core.Requested, Targets: []string{fmt.Sprint("device ", i)}}
		try(t, s.Record(t.Context(), e))
	}
	try(t, s.Close())
}

// Whoever changes anything of the audit without the key is found out: each of many random changes, one by one.
func TestTampering(t *testing.T) {
	const entries = 20
	c := config(t)
	chained(t, c, entries)
	intact, err := storage.Verify(t.Context(), c.Path)
	if err != nil || intact.Broken != "" || intact.Rows != entries || len(intact.Head) != 64 {
		t.Fatalf("intact audit: %+v, %v", intact, err)
	}
	db, err := sql.Open("sqlite3", "file:"+c.Path+"?_foreign_keys=off")
	try(t, err)
	defer db.Close()
	try(t, execAll(db, "CREATE TABLE kept AS SELECT * FROM audit", "CREATE TABLE kept_head AS SELECT * FROM audit_head"))
	rounds := 1000
	if testing.Short() {
		rounds = 100
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range rounds {
		seq := 1 + random.IntN(entries)
		change, first := tampering(random, seq, entries)
		try(t, execAll(db, change...))
		r, err := storage.Verify(t.Context(), c.Path)
		try(t, err)
		if r.Broken == "" {
			t.Fatalf("not found: %s", change)
		}
		if first > 0 && r.Rows != int64(first-1) {
			t.Fatalf("%s was found after %d entries, not after %d: %s", change, r.Rows, first-1, r.Broken)
		}
		try(t, execAll(db, "DELETE FROM audit", "INSERT INTO audit SELECT * FROM kept", "DELETE FROM audit_head", "INSERT INTO audit_head SELECT * FROM kept_head"))
	}
	if r, err := storage.Verify(t.Context(), c.Path); err != nil || r != intact {
		t.Errorf("audit as it was: %+v, %v", r, err)
	}
}

// tampering is one change at an entry, and the first entry that is wrong after it; 0: the head is.
func tampering(random *rand.Rand, seq, entries int) (statements []string, first int) {
	other := 1 + random.IntN(entries-1)
	if other >= seq {
		other++
	}
	switch random.IntN(9) {
	case 0: // one character of the entry
		return []string{fmt.Sprintf("UPDATE audit SET entry = replace(entry, 'device %d\"', 'device 99\"') WHERE seq = %d", seq-1, seq)}, seq
	case 1: // one bit of the mac
		return []string{fmt.Sprintf("UPDATE audit SET mac = unhex(substr(hex(mac), 1, 62) || CASE substr(hex(mac), 63) WHEN '00' THEN '01' ELSE '00' END) WHERE seq = %d", seq)}, seq
	case 2: // deleted
		return []string{fmt.Sprintf("DELETE FROM audit WHERE seq = %d", seq)}, seq
	case 3: // deleted, and the gap closed
		if seq == entries {
			seq--
		}
		return []string{fmt.Sprintf("DELETE FROM audit WHERE seq = %d", seq), fmt.Sprintf("UPDATE audit SET seq = seq - 1 WHERE seq > %d", seq)}, seq
	case 4: // cut off
		return []string{fmt.Sprintf("DELETE FROM audit WHERE seq >= %d", seq)}, seq
	case 5: // cut off, with the head made to fit as far as one can without the key
		return []string{
			fmt.Sprintf("DELETE FROM audit WHERE seq >= %d", seq),
			"UPDATE audit_head SET entries = (SELECT count(*) FROM audit), mac = ifnull((SELECT mac FROM audit ORDER BY seq DESC LIMIT 1), zeroblob(32))",
		}, seq
	case 6: // two entries change places, with or without their macs
		columns := [][]string{{"entry"}, {"mac"}, {"entry", "mac"}}[random.IntN(3)]
		var set []string
		for _, c := range columns {
			set = append(set, fmt.Sprintf("%[1]s = (SELECT %[1]s FROM kept WHERE kept.seq = CASE audit.seq WHEN %[2]d THEN %[3]d ELSE %[2]d END)", c, seq, other))
		}
		return []string{fmt.Sprintf("UPDATE audit SET %s WHERE seq IN (%d, %d)", strings.Join(set, ", "), seq, other)}, min(seq, other)
	case 7: // one more
		return []string{fmt.Sprintf("INSERT INTO audit SELECT %d, entry, mac FROM audit WHERE seq = %d", entries+1, seq)}, entries + 1
	}
	return []string{[]string{"DELETE FROM audit_head", "UPDATE audit_head SET entries = 3", "UPDATE audit_head SET mac = zeroblob(32)", "UPDATE audit_head SET seal = zeroblob(32)"}[random.IntN(4)]}, 0
}

func execAll(db *sql.DB, statements ...string) error {
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

func TestVerifyBesideWriting(t *testing.T) {
	c := config(t)
	s := open(t, c)
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				if err := s.Record(t.Context(), core.Entry{Actor: "leo"}); err != nil {
					t.Error(err)
					return
				}
			}
		}
	}()
	for range 50 {
		if r, err := storage.Verify(t.Context(), c.Path); err != nil || r.Broken != "" {
			t.Errorf("%+v, %v", r, err)
		}
	}
	close(stop)
	<-done
}

func TestVerifyChangesNothing(t *testing.T) {
	c := config(t)
	chained(t, c, 3)
	before := files(t, c)
	if r, err := storage.Verify(t.Context(), c.Path); err != nil || r.Rows != 3 {
		t.Fatalf("%+v, %v", r, err)
	}
	after := files(t, c)
	for name := range before {
		same(t, after[name], before[name])
	}
}
