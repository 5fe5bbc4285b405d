package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"latchstring/bot/config"
	"latchstring/core"
	"latchstring/core/talk"
	"latchstring/core/watch"
	"latchstring/storage"
)

// memoryChat is a chat in memory that tells when a message is handed to it.
type memoryChat struct {
	handed chan time.Time
}

func (*memoryChat) Name() core.Chat { return core.Telegram }

func (*memoryChat) Door() string { return "" }

func (*memoryChat) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

func (m *memoryChat) Send(_ context.Context, _ core.Contact, source core.Source, _ talk.Card, id core.DeliveryID) (string, error) {
	m.handed <- time.Now()
	if source.Message != "" {
		return source.Message, nil
	}
	return string(id), nil
}

// feed is a service whose sign-ins come when the benchmark says so.
type feed struct {
	next chan core.SignIn
	seen chan time.Time // when the sign-in was handed out
}

func (f *feed) SignIns(_ context.Context, after string) ([]core.SignIn, string, error) {
	select {
	case s := <-f.next:
		f.seen <- time.Now()
		return []core.SignIn{s}, s.Key, nil
	default:
		return nil, max(after, "0"), nil
	}
}

// farSignIn is a stranger's, each from a data centre of its own: silence never ends its case.
func farSignIn(i int, at time.Time) core.SignIn {
	return core.SignIn{
		Key: fmt.Sprintf("sign-in %09d", i), Service: "cloud", Account: core.Account{Service: "cloud", Member: "marta", Login: "marta"}, At: at,
		Device: core.DeviceRef{Service: "cloud", ID: core.DeviceID(fmt.Sprint("device ", i))}, Name: "Chrome on Windows",
		Where: core.Place{Country: "NO", City: fmt.Sprint("City ", i), Name: fmt.Sprintf("City %d, Norway", i), Lat: 60, Lon: 10, Located: true},
		Via:   core.Network{ASN: uint32(i), Carrier: fmt.Sprint("Rack ", i), Kind: core.Hosting},
	}
}

// alerted is a house that runs, with a clock that the benchmark moves: so nobody is asked too much.
type alerted struct {
	*house
	chat  *memoryChat
	feed  *feed
	nudge chan func()
	skip  atomic.Int64 // how far the clock is ahead
}

func (a *alerted) now() time.Time { return time.Now().Add(time.Duration(a.skip.Load())) }

func newAlerted(store *storage.Store) *alerted {
	a := &alerted{chat: &memoryChat{make(chan time.Time, 16)}, feed: &feed{make(chan core.SignIn, 1), make(chan time.Time, 1)}, nudge: make(chan func(), 1)}
	household := core.Household{Zone: time.UTC, Members: []core.Member{
		{ID: "marta", Name: "Marta", Role: core.Owner, Contacts: []core.Contact{{Chat: core.Telegram, User: "1001"}}},
	}}
	cloud := core.Connector{Service: "cloud", Title: "Cloud", SignIns: a.feed, Nudges: func(ctx context.Context, nudge func()) {
		a.nudge <- nudge
		<-ctx.Done()
	}}
	a.house = build(plan{
		household: &household, connectors: []core.Connector{cloud}, store: store, watch: config.Watch{Every: time.Hour, Sensitivity: watch.Normal},
		log: slog.New(slog.DiscardHandler),
	})
	a.desk.Now, a.watcher.Now, a.talk.Now = a.now, a.now, a.now
	a.hire(a.chat)
	return a
}

// alert lets one stranger sign in, and returns how long it took from when that was seen to when the message was handed to the chat.
func (a *alerted) alert(b *testing.B, nudge func(), i int) time.Duration {
	b.Helper()
	a.feed.next <- farSignIn(i, a.now())
	nudge()
	return -(<-a.feed.seen).Sub(<-a.chat.handed)
}

// answer ends the case, so that what is open does not grow, and lets an hour pass.
func (a *alerted) answer(b *testing.B) {
	b.Helper()
	marta, _ := a.household.Member("marta")
	cases, err := a.watcher.Cases(b.Context(), marta, core.CaseQuery{Open: true})
	if err != nil || len(cases) != 1 {
		b.Fatalf("%d open cases, %v", len(cases), err)
	}
	for waiting := true; waiting; { // until the message is on record
		next, err := a.store.NextDue(b.Context())
		if waiting = !next.IsZero(); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := a.watcher.Answer(b.Context(), marta, core.Source{}, cases[0].ID, core.NotOurs, ""); err != nil {
		b.Fatal(err)
	}
	<-a.chat.handed // it is redrawn
	a.skip.Add(int64(61 * time.Minute))
}

// quantiles reports how long half and 99 of 100 took at the most, in milliseconds.
func quantiles(b *testing.B, took []time.Duration) {
	b.Helper()
	slices.Sort(took)
	for _, q := range []int{50, 99} {
		b.ReportMetric(took[(len(took)-1)*q/100].Seconds()*1000, fmt.Sprintf("p%d-ms", q))
	}
}

// BenchmarkAlert is a stranger's sign-in from the moment the watch is handed it to the message that is handed to the chat:
// assessed, recorded with its case, worded, its buttons recorded. The bar is 20 ms for 99 of 100. The floor runs the
// same statements, one after the other, on bare database/sql and go-sqlite3.
func BenchmarkAlert(b *testing.B) {
	open := func(b *testing.B) (*storage.Store, string) {
		path := filepath.Join(b.TempDir(), "b.db")
		store, err := storage.Open(b.Context(), storage.Config{Path: path, Now: time.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			b.Fatal(err)
		}
		return store, path
	}
	b.Run("house", func(b *testing.B) {
		store, _ := open(b)
		a := newAlerted(store)
		ctx, stop := context.WithCancel(b.Context())
		ended := make(chan error, 1)
		go func() { ended <- a.open(ctx) }()
		nudge := <-a.nudge
		var took []time.Duration
		for b.Loop() {
			took = append(took, a.alert(b, nudge, len(took)+1))
			b.StopTimer()
			a.answer(b)
			b.StartTimer()
		}
		quantiles(b, took)
		stop()
		if err := <-ended; err != nil {
			b.Error(err)
		}
		if err := store.Close(); err != nil {
			b.Error(err)
		}
	})
	b.Run("floor", func(b *testing.B) {
		store, path := open(b)
		if err := store.Close(); err != nil { // its tables are there now
			b.Fatal(err)
		}
		db, err := sql.Open("sqlite3", "file:"+path+"?_journal_mode=WAL&_synchronous=FULL&_foreign_keys=on&_txlock=immediate")
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		db.SetMaxOpenConns(1)
		var took []time.Duration
		for b.Loop() {
			began := time.Now()
			if err := bareAlert(b.Context(), db, len(took)); err != nil {
				b.Fatal(err)
			}
			took = append(took, time.Since(began))
			b.StopTimer()
			if _, err := db.ExecContext(b.Context(), "UPDATE deliveries SET sent = made WHERE sent = ''"); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
		}
		quantiles(b, took)
	})
}

// bareAlert is what no program could do without: it knows the sign-in as new, records it with its case and its news, finds
// that news due, reads the case, and records the buttons.
func bareAlert(ctx context.Context, db *sql.DB, i int) error {
	id, when := fmt.Sprintf("%032d", i), time.Now().UTC().Format("2006-01-02T15:04:05.000000Z")
	var ignored string
	read := func(query string, args ...any) error {
		if err := db.QueryRowContext(ctx, query, args...).Scan(&ignored); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		return nil
	}
	write := func(statements ...[]any) error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		for _, s := range statements {
			if _, err := tx.ExecContext(ctx, s[0].(string), s[1:]...); err != nil {
				return err
			}
		}
		return tx.Commit()
	}
	if err := read("SELECT place FROM cursors WHERE service = 'cloud'"); err != nil {
		return err
	}
	if err := read("SELECT key FROM sign_ins WHERE service = 'cloud' AND key IN (?)", id); err != nil {
		return err
	}
	if err := write(
		[]any{"INSERT INTO sign_ins VALUES (NULL, 'cloud', ?, 'marta', 'marta', 0, ?, '', 'Chrome', '', '', '', '', '', '{}', '{}', '{}', ?)", id, id, when},
		[]any{"INSERT INTO cases VALUES (?, 1, 'cloud', ?, '{}', '{}', '{}', '[]', 0, ?, ?, '[]', '', '[]', '', '', '', '', '', '', '{}', 0, '', '')", id, id, when, when},
		[]any{"INSERT INTO deliveries VALUES (?, ?, 'marta', '{}', 'case', ?, ?, ?, 0, '', '', '')", id, id, id, when, when},
		[]any{"INSERT INTO cursors VALUES ('cloud', ?) ON CONFLICT (service) DO UPDATE SET place = excluded.place", id},
	); err != nil {
		return err
	}
	for _, query := range []string{
		"SELECT id FROM deliveries WHERE sent = '' AND dropped = '' AND due <= '9' ORDER BY due, rowid LIMIT 1", "SELECT value FROM settings WHERE member = 'marta'",
		"SELECT sign_in FROM cases WHERE id = '" + id + "'",
	} {
		if err := read(query); err != nil {
			return err
		}
	}
	var buttons [][]any
	for n := range 3 {
		buttons = append(buttons, []any{"INSERT INTO offers VALUES (NULL, ?, 'ours', X'7B7D', '[]', ?, '', 0, ?, ?, '', '', '')", fmt.Sprint(id, n), id, when, when})
	}
	return write(buttons...)
}

// BenchmarkRecall is what a start spends before the first sign-in can be assessed: a usual year of them is read from the
// disk and taken in. The bar is 30 ms for 1,100. The floor reads the same rows and does nothing with them.
func BenchmarkRecall(b *testing.B) {
	for _, n := range []int{1100, 50_000} {
		path := filepath.Join(b.TempDir(), "b.db")
		store, err := storage.Open(b.Context(), storage.Config{Path: path, Now: time.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			b.Fatal(err)
		}
		look := core.Look{Service: "cloud", Cursor: "1"}
		for i := range n {
			s := farSignIn(i, time.Now().Add(-time.Duration(n-i)*365*24*time.Hour/time.Duration(n)))
			s.Device.ID, s.Where.City = core.DeviceID(fmt.Sprint("device ", i%60)), fmt.Sprint("City ", i%30)
			look.Seen = append(look.Seen, core.Seen{SignIn: s, Assessment: core.Assessment{Level: core.Quiet, Reason: core.Reason{Kind: core.Familiar}}})
		}
		if err := store.RecordLook(b.Context(), look); err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint("house/", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := newAlerted(store).watcher.Learned(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
		db, err := sql.Open("sqlite3", "file:"+path+"?mode=ro")
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint("floor/", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := bareRecall(b.Context(), db); err != nil {
					b.Fatal(err)
				}
			}
		})
		_ = db.Close()
		if err := store.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// bareRecall reads all sign-ins with the answers to their cases.
func bareRecall(ctx context.Context, db *sql.DB) error {
	rows, err := db.QueryContext(ctx, `SELECT s.*, coalesce(c.answer, ''), coalesce(c.answered, '')
		FROM sign_ins s LEFT JOIN cases c ON c.service = s.service AND c.key = s.key ORDER BY s.number DESC`)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values := make([]sql.RawBytes, len(columns))
	into := make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
	}
	return rows.Err()
}
