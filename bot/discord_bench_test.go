package main

import (
	"bytes"
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
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"latchstring/adapters/chats/discord"
	"latchstring/bot/config"
	"latchstring/core"
	"latchstring/storage"
)

// interactions is as little of Discord as a press needs: a gateway that hands presses out, and the two calls that end one.
type interactions struct {
	up   chan *websocket.Conn // of a session that began
	done chan struct{}        // a message was changed

	mu   sync.Mutex
	sent map[string]time.Time
	took []time.Duration // from a press to its first answer
}

func newInteractions() *interactions {
	return &interactions{up: make(chan *websocket.Conn, 1), done: make(chan struct{}, 1<<16), sent: map[string]time.Time{}}
}

func (p *interactions) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	result, steps := "[]", strings.Split(r.URL.Path, "/")
	switch {
	case strings.HasSuffix(r.URL.Path, "/ws/"):
		p.serve(w, r)
		return
	case strings.HasSuffix(r.URL.Path, "/gateway"):
		result = fmt.Sprintf(`{"url":"ws://%s/ws"}`, r.Host)
	case strings.HasSuffix(r.URL.Path, "/@me"):
		result = `{"id":"100000000000000001"}`
	case strings.HasSuffix(r.URL.Path, "/callback"):
		id := steps[len(steps)-3]
		p.mu.Lock()
		p.took = append(p.took, time.Since(p.sent[id]))
		delete(p.sent, id)
		p.mu.Unlock()
		w.WriteHeader(http.StatusNoContent)
		return
	case strings.HasSuffix(r.URL.Path, "/@original"):
		result = `{"id":"1"}`
		defer func() { p.done <- struct{}{} }()
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, result)
}

func (p *interactions) serve(w http.ResponseWriter, r *http.Request) {
	var upgrader websocket.Upgrader
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	if conn.WriteMessage(websocket.TextMessage, []byte(`{"op":10,"d":{"heartbeat_interval":41250}}`)) != nil {
		return
	}
	for {
		var said struct{ Op int }
		if conn.ReadJSON(&said) != nil {
			return
		}
		if said.Op == 2 {
			_ = conn.WriteMessage(websocket.TextMessage, []byte(`{"op":0,"t":"READY","s":1,"d":{"v":9,"session_id":"s","user":{"id":"1"},"guilds":[]}}`))
			p.up <- conn
		}
	}
}

// press hands out a press of Marta's.
func (p *interactions) press(conn *websocket.Conn, i int, handle string) error {
	id := fmt.Sprintf("2%017d", i)
	raw := fmt.Sprintf(`{"op":0,"t":"INTERACTION_CREATE","s":%d,"d":{"id":%q,"application_id":"100000000000000001","type":3,"token":"t%d",`+
		`"guild_id":%q,"channel_id":%q,"member":{"user":{"id":%q,"username":"marta"}},"message":{"id":"3%017d","flags":64},"data":{"component_type":2,"custom_id":%q}}}`,
		i+1, id, i, riveraGuild, riveraChannel, martaDiscord, i, handle)
	p.mu.Lock()
	p.sent[id] = time.Now()
	p.mu.Unlock()
	return conn.WriteMessage(websocket.TextMessage, []byte(raw))
}

// discordHouse opens a house whose owner talks in Discord.
func discordHouse(b *testing.B, p *interactions, now func() time.Time) (store *storage.Store) {
	b.Helper()
	srv := httptest.NewServer(p)
	log := slog.New(slog.DiscardHandler)
	store, err := storage.Open(b.Context(), storage.Config{Path: filepath.Join(b.TempDir(), "b.db"), Now: time.Now, Random: rand.Reader, Log: log})
	if err != nil {
		b.Fatal(err)
	}
	household := core.Household{Zone: time.UTC, Members: []core.Member{
		{ID: "marta", Name: "Marta", Role: core.Owner, Contacts: []core.Contact{{Chat: core.Discord, User: martaDiscord}}},
	}}
	h := build(plan{household: &household, store: store, watch: config.Watch{Every: time.Hour}, log: log})
	h.hire(discord.New(discord.Config{Token: core.NewSecret("x"), Guild: riveraGuild, APIURL: srv.URL}, discord.Options{Talk: h.talk, Inbox: store, Now: now, Log: log}))
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.open(ctx) }()
	b.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			b.Error(err)
		}
		srv.CloseClientConnections()
		if err := store.Close(); err != nil {
			b.Error(err)
		}
	})
	return store
}

// BenchmarkInteraction is a press from the moment Discord hands it out to its first answer, a hundred times a second: it is
// in the inbox by then. Each press is answered on its message besides. The floor is a bare loop with one INSERT and the same
// calls.
func BenchmarkInteraction(b *testing.B) {
	b.Run("chat", func(b *testing.B) {
		p := newInteractions()
		store := discordHouse(b, p, time.Now)
		p.paced(b, func(made []core.Offer) error { return store.PutOffers(b.Context(), made) })
	})
	b.Run("floor", func(b *testing.B) {
		p := newInteractions()
		srv := httptest.NewServer(p)
		defer srv.Close()
		db, err := sql.Open("sqlite3", "file:"+filepath.Join(b.TempDir(), "f.db")+"?_journal_mode=WAL&_synchronous=FULL&_txlock=immediate")
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		db.SetMaxOpenConns(1)
		if _, err := db.Exec("CREATE TABLE inbox (seq INTEGER PRIMARY KEY, key TEXT UNIQUE, raw BLOB, answered TEXT)"); err != nil {
			b.Fatal(err)
		}
		conn, resp, err := websocket.DefaultDialer.Dial("ws"+srv.URL[len("http"):]+"/ws/", nil)
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Close()
		defer resp.Body.Close()
		go bareGateway(conn, db, srv.URL) // ends with the connection
		p.paced(b, func([]core.Offer) error { return nil })
	})
}

// paced hands out a hundred presses a second and reports how long their first answers took.
func (p *interactions) paced(b *testing.B, put func([]core.Offer) error) {
	b.Helper()
	const most = 1500 // within the bound of unused offers
	conn := <-p.up
	time.Sleep(100 * time.Millisecond) // the commands are offered meanwhile
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
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
		<-tick.C
		i++
		if err := p.press(conn, i, handles[0]); err != nil {
			b.Fatal(err)
		}
		handles = handles[1:]
	}
	for range i {
		<-p.done
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.took) != i {
		b.Errorf("%d of %d presses were answered", len(p.took), i)
	}
	slices.Sort(p.took)
	b.ReportMetric(float64(p.took[i/2].Microseconds()), "µs-median")
	b.ReportMetric(float64(p.took[i*99/100].Microseconds()), "µs-p99")
}

// bareGateway is what a program could not do without.
func bareGateway(conn *websocket.Conn, db *sql.DB, url string) {
	call := func(method, path, body string) {
		req, err := http.NewRequest(method, url+path, strings.NewReader(body))
		if err != nil {
			return
		}
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
	_ = conn.WriteMessage(websocket.TextMessage, []byte(`{"op":2,"d":{}}`))
	for {
		_, raw, err := conn.ReadMessage()
		if err != nil {
			return
		}
		var event struct {
			T string
			D struct{ ID, Token string }
		}
		if json.NewDecoder(bytes.NewReader(raw)).Decode(&event) != nil || event.T != "INTERACTION_CREATE" {
			continue
		}
		go func() { // as the library hands events out
			if _, err := db.Exec("INSERT INTO inbox (key, raw, answered) VALUES (?, ?, '')", event.D.ID, raw); err != nil {
				return
			}
			call(http.MethodPost, "/api/v10/interactions/"+event.D.ID+"/"+event.D.Token+"/callback", `{"type":6}`)
			call(http.MethodPatch, "/api/v10/webhooks/1/"+event.D.Token+"/messages/@original", `{"content":"done"}`)
		}()
	}
}

// BenchmarkHeapOfInteractions reports what is kept in memory before and after 10,000 presses, of which each comes a second
// after the other by the chat's clock.
func BenchmarkHeapOfInteractions(b *testing.B) {
	p := newInteractions()
	var seconds atomic.Int64
	began := time.Now()
	store := discordHouse(b, p, func() time.Time { return began.Add(time.Duration(seconds.Load()) * time.Second) })
	conn := <-p.up
	i := 0
	presses := func(n int) {
		var handles []string
		for range n {
			if len(handles) == 0 {
				fresh, made := offers(b, 1000)
				if err := store.PutOffers(b.Context(), made); err != nil {
					b.Fatal(err)
				}
				handles = fresh
			}
			i++
			seconds.Add(1)
			if err := p.press(conn, i, handles[0]); err != nil {
				b.Fatal(err)
			}
			handles = handles[1:]
			<-p.done
		}
	}
	heap := func() float64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / 1024
	}
	presses(2000)
	for b.Loop() {
		p.mu.Lock()
		p.took = nil
		p.mu.Unlock()
		before := heap()
		presses(10_000)
		p.mu.Lock()
		p.took = nil
		p.mu.Unlock()
		b.ReportMetric(before, "KiB-before")
		b.ReportMetric(heap(), "KiB-after")
	}
}
