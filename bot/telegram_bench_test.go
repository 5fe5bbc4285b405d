package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"latchstring/adapters/chats/telegram"
	"latchstring/bot/config"
	"latchstring/core"
	"latchstring/storage"
)

// platform is as little of Telegram as a press needs: updates are handed out one by one, and what ends a press is told.
type platform struct {
	updates chan string   // of one update each
	done    chan struct{} // an edit arrived
}

func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	result := "true"
	switch method := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]; method {
	case "getMe":
		result = `{"id":1,"is_bot":true,"first_name":"bot","username":"bot"}`
	case "getMyCommands":
		result = "[]"
	case "getUpdates":
		result = "[]"
		select {
		case u := <-p.updates:
			result = "[" + u + "]"
		case <-r.Context().Done():
		case <-time.After(5 * time.Second):
		}
	case "editMessageText", "sendMessage":
		result = `{"message_id":1,"date":1,"chat":{"id":1001,"type":"private"}}`
		defer func() { p.done <- struct{}{} }()
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"ok":true,"result":%s}`, result)
}

// press is an update in which Marta presses a button.
func press(i int, handle string) string {
	return fmt.Sprintf(`{"update_id":%d,"callback_query":{"id":"%d","from":{"id":1001,"is_bot":false,"first_name":"Marta"},`+
		`"message":{"message_id":%d,"date":%d,"chat":{"id":1001,"type":"private"}},"chat_instance":"1","data":%q}}`, i, i, i, time.Now().Unix(), handle)
}

// offers makes so many buttons that end a question, each with a handle.
func offers(b *testing.B, n int) (handles []string, made []core.Offer) {
	b.Helper()
	for range n {
		handle, err := core.NewHandle(rand.Reader)
		if err != nil {
			b.Fatal(err)
		}
		id, _ := core.OfferOf(handle)
		now := time.Now()
		handles = append(handles, handle)
		made = append(made, core.Offer{ID: id, Kind: "never mind", Args: []byte("null"), Audience: []core.MemberID{"marta"}, Once: true, Made: now, Lapses: now.Add(time.Hour)})
	}
	return handles, made
}

// BenchmarkPress is one press from the moment Telegram hands it out to the answer on its message: written into the inbox
// with the offset, its offer taken, answered, recorded as answered; three commits and two calls. The floor is a bare loop with the
// same statements and calls.
func BenchmarkPress(b *testing.B) {
	const most = 1500 // within the bound of unused offers
	b.Run("chat", func(b *testing.B) {
		p := &platform{updates: make(chan string), done: make(chan struct{}, 1)}
		srv := httptest.NewServer(p)
		defer srv.Close()
		log := slog.New(slog.DiscardHandler)
		store, err := storage.Open(b.Context(), storage.Config{Path: filepath.Join(b.TempDir(), "b.db"), Now: time.Now, Random: rand.Reader, Log: log})
		if err != nil {
			b.Fatal(err)
		}
		household := core.Household{Zone: time.UTC, Members: []core.Member{{ID: "marta", Name: "Marta", Role: core.Owner, Contacts: []core.Contact{{Chat: core.Telegram, User: "1001"}}}}}
		h := build(plan{household: &household, store: store, watch: config.Watch{Every: time.Hour}, log: log})
		h.hire(telegram.New(telegram.Config{Token: core.NewSecret("1:" + strings.Repeat("a", 35)), APIURL: srv.URL}, telegram.Options{Talk: h.talk, Inbox: store, Now: time.Now, Log: log}))
		ctx, stop := context.WithCancel(b.Context())
		ended := make(chan error, 1)
		go func() { ended <- h.open(ctx) }()
		presses(b, p, most, func(made []core.Offer) error { return store.PutOffers(ctx, made) })
		stop()
		if err := <-ended; err != nil {
			b.Error(err)
		}
		srv.CloseClientConnections()
		if err := store.Close(); err != nil {
			b.Fatal(err)
		}
	})
	b.Run("floor", func(b *testing.B) {
		p := &platform{updates: make(chan string), done: make(chan struct{}, 1)}
		srv := httptest.NewServer(p)
		defer srv.Close()
		db, err := sql.Open("sqlite3", "file:"+filepath.Join(b.TempDir(), "f.db")+"?_journal_mode=WAL&_synchronous=FULL&_txlock=immediate")
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		db.SetMaxOpenConns(1)
		for _, s := range []string{
			"CREATE TABLE inbox (seq INTEGER PRIMARY KEY, key TEXT UNIQUE, raw BLOB, answered TEXT)", "CREATE TABLE chats (chat TEXT PRIMARY KEY, place TEXT)",
			"CREATE TABLE offers (id TEXT PRIMARY KEY, args BLOB, lapses TEXT, used TEXT)", "INSERT INTO chats VALUES ('telegram', '')",
		} {
			if _, err := db.Exec(s); err != nil {
				b.Fatal(err)
			}
		}
		ctx, stop := context.WithCancel(b.Context())
		ended := make(chan error, 1)
		go func() { ended <- bareLoop(ctx, db, srv.URL) }()
		presses(b, p, most, func(made []core.Offer) error {
			tx, err := db.Begin()
			if err != nil {
				return err
			}
			for _, o := range made {
				if _, err := tx.Exec("INSERT INTO offers VALUES (?, ?, ?, '')", string(o.ID), o.Args, o.Lapses.Format(time.RFC3339)); err != nil {
					return err
				}
			}
			return tx.Commit()
		})
		stop()
		if err := <-ended; err != nil && ctx.Err() == nil {
			b.Error(err)
		}
		srv.CloseClientConnections()
	})
}

// presses presses one button after the other, each when the one before was answered.
func presses(b *testing.B, p *platform, most int, put func([]core.Offer) error) {
	b.Helper()
	b.ReportAllocs()
	var handles []string
	i := 0
	for b.Loop() {
		if len(handles) == 0 {
			b.StopTimer()
			fresh, made := offers(b, most)
			if err := put(made); err != nil {
				b.Fatal(err)
			}
			handles = fresh
			b.StartTimer()
		}
		i++
		p.updates <- press(i, handles[0])
		handles = handles[1:]
		<-p.done
	}
}

// bareLoop is what a program could not do without.
func bareLoop(ctx context.Context, db *sql.DB, url string) error {
	call := func(method, body string) ([]byte, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/bot1:x/"+method, strings.NewReader(body))
		if err != nil {
			return nil, err
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return nil, err
		}
		defer resp.Body.Close()
		return io.ReadAll(resp.Body)
	}
	in := func(statements func(*sql.Tx) error) error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		if err := statements(tx); err != nil {
			return err
		}
		return tx.Commit()
	}
	for ctx.Err() == nil {
		raw, err := call("getUpdates", "timeout=50")
		if err != nil {
			return err
		}
		var answer struct {
			Result []struct {
				ID       int `json:"update_id"`
				Callback struct {
					ID, Data string
				} `json:"callback_query"`
			}
		}
		if err := json.Unmarshal(raw, &answer); err != nil {
			return err
		}
		for _, u := range answer.Result {
			id, _ := core.OfferOf(u.Callback.Data)
			err := in(func(tx *sql.Tx) error {
				if _, err := tx.Exec("INSERT INTO inbox (key, raw, answered) VALUES (?, ?, '')", u.ID, raw); err != nil {
					return err
				}
				_, err := tx.Exec("UPDATE chats SET place = ? WHERE chat = 'telegram'", u.ID)
				return err
			})
			if err != nil {
				return err
			}
			if _, err := call("answerCallbackQuery", "callback_query_id="+u.Callback.ID); err != nil {
				return err
			}
			now := time.Now().Format(time.RFC3339)
			err = in(func(tx *sql.Tx) error {
				_, err := tx.Exec("UPDATE offers SET used = ? WHERE id = ? AND used = '' AND lapses > ?", now, string(id), now)
				return err
			})
			if err != nil {
				return err
			}
			if _, err := call("editMessageText", "chat_id=1001&message_id=1&text=done"); err != nil {
				return err
			}
			err = in(func(tx *sql.Tx) error {
				_, err := tx.Exec("UPDATE inbox SET answered = ?, raw = '' WHERE key = ?", now, u.ID)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
