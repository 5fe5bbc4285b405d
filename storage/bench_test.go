package storage_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/storage"
)

// BenchmarkDurableClaim takes an offer and begins its action with an audit entry, on disk, with 1, 8 and 64 members who
// press at once. The floor runs the same statements, prepared once, in one transaction each, on bare database/sql and
// go-sqlite3. The ratio of the two counts, taken in one run.
func BenchmarkDurableClaim(b *testing.B) {
	for _, clients := range []int{1, 8, 64} {
		b.Run(fmt.Sprint("store/", clients), func(b *testing.B) {
			c := config(b)
			claims := makeClaims(b, c, b.N)
			s := open(b, c)
			inParallel(b, clients, func(i int) error {
				return s.Begin(b.Context(), claims[i].action, claims[i].take, claims[i].entries, nil)
			})
		})
		b.Run(fmt.Sprint("floor/", clients), func(b *testing.B) {
			c := config(b)
			claims := makeClaims(b, c, b.N)
			f := newFloor(b, c.Path)
			inParallel(b, clients, func(i int) error { return f.claim(claims[i]) })
		})
	}
}

type claim struct {
	action  core.Action
	take    core.Taking
	entries []core.Entry
}

// makeClaims makes a database with an offer for each of n claims.
func makeClaims(b *testing.B, c storage.Config, n int) []claim {
	b.Helper()
	s, err := storage.Open(b.Context(), c)
	try(b, err)
	defer s.Close()
	now := time.Now()
	claims, offers := make([]claim, n), make([]core.Offer, 0, 1000)
	for i := range claims {
		offer := core.OfferID(fmt.Sprintf("%064d", i))
		member := core.MemberID(fmt.Sprint("member", i/1000))
		id := core.ActionID(fmt.Sprintf("%032d", i))
		ref := core.DeviceRef{Service: "jellyfin", ID: core.DeviceID(id)}
		claims[i] = claim{
			core.Action{
				ID: id, Act: core.SignOut, Actor: member, Service: "jellyfin", State: core.Executing, Outcome: core.Open,
				Targets: []core.Target{{Ref: ref, Name: "Living-room TV", Members: []core.MemberID{member}}}, Started: now, Settled: now,
			},
			core.Taking{Offer: offer, By: member, At: now},
			[]core.Entry{{At: now, Actor: member, Act: core.SignOut, Step: core.Requested, Service: "jellyfin", Targets: []string{"Living-room TV"}, Action: id}},
		}
		offers = append(offers, core.Offer{ID: offer, Kind: "confirm", Args: []byte("{}"), Audience: []core.MemberID{member}, Group: string(offer[:32]) + string(id), Made: now, Lapses: now.Add(time.Hour)})
		if len(offers) == cap(offers) || i == n-1 {
			try(b, s.PutOffers(b.Context(), offers))
			offers = offers[:0]
		}
	}
	return claims
}

// inParallel does b.N things with so many clients, each waiting for its answer before the next.
func inParallel(b *testing.B, clients int, do func(i int) error) {
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ReportAllocs()
	b.ResetTimer()
	for range clients {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < b.N; i = int(next.Add(1)) - 1 {
				if err := do(i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "claims/s")
}

// floor is a claim as plain, careful code would write it down.
type floor struct {
	db                                               *sql.DB
	take, action, held, head, entry, touch, moveHead *sql.Stmt
	key                                              []byte
}

func newFloor(b *testing.B, path string) *floor {
	b.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?_journal_mode=WAL&_synchronous=FULL&_foreign_keys=on&_txlock=immediate")
	try(b, err)
	db.SetMaxOpenConns(1)
	b.Cleanup(func() { db.Close() })
	prepare := func(query string) *sql.Stmt {
		s, err := db.Prepare(query)
		try(b, err)
		return s
	}
	return &floor{
		db: db, key: make([]byte, 32),
		take: prepare(`UPDATE offers SET used = ?2, used_by = ?3, action = ?4
			WHERE used = '' AND (id = ?1 OR question = (SELECT question FROM offers WHERE id = ?1 AND question <> ''))
			AND EXISTS (SELECT 1 FROM offers WHERE id = ?1 AND used = '' AND lapses > ?2)`),
		action: prepare(`INSERT INTO actions (id, version, act, state, outcome, reason, actor, decider, asked, decided, case_id, pass_id, service, account,
			targets, whole, attempts, looks, started, settled, look_at, ended)
			VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, '', '', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`),
		held:     prepare(`INSERT INTO underway (service, device, member, login, action_id) VALUES (?, ?, '', '', ?)`),
		head:     prepare(`SELECT entries, mac, seal FROM audit_head`),
		entry:    prepare(`INSERT INTO audit (seq, entry, mac) VALUES (?, ?, ?)`),
		touch:    prepare(`INSERT INTO audit_touches (member, seq) VALUES (?, ?)`),
		moveHead: prepare(`UPDATE audit_head SET entries = ?, mac = ?, seal = ?`),
	}
}

func (f *floor) claim(c claim) error {
	const layout = "2006-01-02T15:04:05.000000Z"
	tx, err := f.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.Stmt(f.take).Exec(c.take.Offer, c.take.At.UTC().Format(layout), c.take.By, c.action.ID); err != nil {
		return err
	}
	a := c.action
	var texts [4][]byte
	for i, v := range []any{a.Asked, a.Decided, a.Account, a.Targets} {
		if texts[i], err = json.Marshal(v); err != nil {
			return err
		}
	}
	if _, err := tx.Stmt(f.action).Exec(a.ID, a.Act, a.State, a.Outcome, a.Reason, a.Actor, a.Decider, string(texts[0]), string(texts[1]),
		a.Service, string(texts[2]), string(texts[3]), a.Whole, a.Attempts, a.Looks, a.Started.UTC().Format(layout),
		a.Settled.UTC().Format(layout), "", ""); err != nil {
		return err
	}
	if _, err := tx.Stmt(f.held).Exec(a.Targets[0].Ref.Service, a.Targets[0].Ref.ID, a.ID); err != nil {
		return err
	}
	if err := f.record(tx, c.entries[0]); err != nil {
		return err
	}
	return tx.Commit()
}

func (f *floor) record(tx *sql.Tx, e core.Entry) error {
	var seq int64
	var mac, seal []byte
	if err := tx.Stmt(f.head).QueryRow().Scan(&seq, &mac, &seal); err != nil {
		return err
	}
	seq++
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	link := func(before, entry []byte) []byte {
		h := hmac.New(sha256.New, f.key)
		h.Write(before)
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(seq)))
		h.Write(entry)
		return h.Sum(nil)
	}
	mac = link(mac, text)
	if _, err := tx.Stmt(f.entry).Exec(seq, string(text), mac); err != nil {
		return err
	}
	if _, err := tx.Stmt(f.touch).Exec(e.Actor, seq); err != nil {
		return err
	}
	_, err = tx.Stmt(f.moveHead).Exec(seq, mac, link(mac, []byte("head")))
	return err
}

// BenchmarkAuditVerify checks a chain of 100,000 entries.
func BenchmarkAuditVerify(b *testing.B) {
	const entries = 100_000
	c := config(b)
	s := open(b, c)
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			for range entries / 100 {
				e := core.Entry{
					At: time.Now(), Actor: "marta", Act: core.SignOut, Step: core.Concluded, Service: "jellyfin", Outcome: core.Gone,
					Whose: []core.MemberID{"leo"}, Targets: []string{"Living-room TV"}, Action: "0123456789abcdef0123456789abcdef",
				}
				if err := s.Record(b.Context(), e); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		if r, err := storage.Verify(b.Context(), c.Path); err != nil || r.Rows != entries || r.Broken != "" {
			b.Fatal(r, err)
		}
	}
	b.ReportMetric(float64(b.N)*entries/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkOpenExisting opens a database of 15,000 actions with their offers and nothing in its log; its size is in the output.
func BenchmarkOpenExisting(b *testing.B) {
	c := config(b)
	claims := makeClaims(b, c, 15_000)
	s, err := storage.Open(b.Context(), c)
	try(b, err)
	var wg sync.WaitGroup
	for part := range slices.Chunk(claims, 300) {
		wg.Go(func() {
			for _, c := range part {
				if err := s.Begin(b.Context(), c.action, c.take, c.entries, nil); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	try(b, s.Close())
	b.ResetTimer()
	for range b.N {
		s, err := storage.Open(b.Context(), c)
		try(b, err)
		b.StopTimer()
		try(b, s.Close())
		b.StartTimer()
	}
	b.ReportMetric(float64(size(b, c.Path))/1e6, "MB")
}
