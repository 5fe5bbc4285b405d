package discordapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"latchstring/adapters/chats/discord/discordapi"
)

const (
	ourGuild = "555555555555555555"
	ourRoom  = "666666666666666666"
)

// home is a server with a guild, a channel and two people in it.
type home struct {
	srv        *discordapi.Server
	guild      *discordapi.Guild
	room       *discordapi.Channel
	marta, leo *discordapi.Person
	bot        client
	devices    string // the id of a message with a button
}

func newHome(t testing.TB) *home {
	t.Helper()
	srv := discordapi.New(t)
	h := &home{srv: srv, marta: srv.Person("222222222222222222", "Marta"), leo: srv.Person("333333333333333333", "Leo")}
	h.guild = srv.Guild(ourGuild, "The Rivera home", h.marta, h.leo)
	h.room = h.guild.Channel(ourRoom, "home")
	h.bot = client{t, srv.URL() + "/api/v10", "Bot " + discordapi.Token}
	return h
}

// client calls a server as a bot does.
type client struct {
	t     testing.TB
	base  string
	token string
}

type answer struct {
	Status int
	Text   string
	Code   int             `json:"code"`
	Errors json.RawMessage `json:"errors"`
	Again  float64         `json:"retry_after"`
	ID     string          `json:"id"`
	Said   string          `json:"content"`
	Flags  int             `json:"flags"`
	Nonce  any             `json:"nonce"`
	header http.Header
}

type object = map[string]any

// try makes a call and returns the error of one without an answer.
func (c client) try(ctx context.Context, method, path string, body any) (answer, error) {
	var sent io.Reader
	if body != nil {
		raw, isRaw := body.(string)
		if !isRaw {
			text, err := json.Marshal(body)
			if err != nil {
				c.t.Fatal(err)
			}
			raw = string(text)
		}
		sent = strings.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, sent)
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "DiscordBot (https://example.org, 1)")
	if c.token != "" {
		req.Header.Set("Authorization", c.token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}, err
	}
	a := answer{Status: resp.StatusCode, Text: string(text), header: resp.Header}
	if bytes.HasPrefix(text, []byte("{")) {
		_ = json.Unmarshal(text, &a) // what is no object of these fields is looked at as text
	}
	return a, nil
}

// ask makes a call and wants an answer.
func (c client) ask(method, path string, body any) answer {
	c.t.Helper()
	a, err := c.try(c.t.Context(), method, path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	return a
}

// must makes a call and wants it carried out.
func (c client) must(method, path string, body any) answer {
	c.t.Helper()
	a := c.ask(method, path, body)
	if a.Status/100 != 2 {
		c.t.Fatalf("%s %s: %d %s", method, path, a.Status, a.Text)
	}
	return a
}

func (h *home) send(body object) answer {
	return h.bot.ask("POST", "/channels/"+ourRoom+"/messages", body)
}

func (h *home) reply(i *discordapi.Interaction, kind int, data any) answer {
	body := object{"type": kind}
	if data != nil {
		body["data"] = data
	}
	return h.bot.ask("POST", "/interactions/"+i.ID+"/"+i.Token+"/callback", body)
}

func hook(i *discordapi.Interaction, rest string) string {
	return "/webhooks/" + discordapi.BotID + "/" + i.Token + rest
}

// commands defines the guild's commands.
func (h *home) commands(commands ...object) answer {
	return h.bot.ask("PUT", "/applications/"+discordapi.BotID+"/guilds/"+ourGuild+"/commands", commands)
}

// uses has Leo use a command that is defined for it.
func (h *home) uses() *discordapi.Interaction {
	if len(h.guild.Commands()) == 0 {
		h.commands(object{"name": "devices", "description": "Who is signed in"})
	}
	return h.leo.In(h.room).Uses("/devices", nil)
}

// pressed has Leo press a button.
func (h *home) pressed() *discordapi.Interaction {
	if h.devices == "" {
		h.devices = h.send(object{"content": "TV", "components": []any{row(button("Sign out TV", "a1.x"))}}).ID
	}
	return h.leo.In(h.room).Presses(h.devices, "Sign out")
}

func row(components ...any) object { return object{"type": 1, "components": components} }

func button(label, id string) object {
	return object{"type": 2, "style": 2, "label": label, "custom_id": id}
}

func words(n int) string { return strings.Repeat("x", n) }

// blames wants violations that contain some words each, in their order, and forgives them. What only the official
// description says is left out: it may not be there.
func blames(t testing.TB, srv *discordapi.Server, want ...string) {
	t.Helper()
	got := slices.DeleteFunc(srv.Forgive(), func(v string) bool { return strings.Contains(v, "the description: ") })
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			t.Errorf("violation missing: %s", want[i])
		case i >= len(want):
			t.Errorf("unwanted violation: %s", got[i])
		case !strings.Contains(got[i], want[i]):
			t.Errorf("violation %q, want %q", got[i], want[i])
		}
	}
}

// socket is a connection to the gateway.
type socket struct {
	t testing.TB
	*websocket.Conn
}

type packet struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  *int64          `json:"s"`
	Name string          `json:"t"`
}

func dial(t testing.TB, srv *discordapi.Server) socket {
	t.Helper()
	url := "ws" + strings.TrimPrefix(srv.URL(), "http") + "/?v=10&encoding=json"
	conn, resp, err := websocket.DefaultDialer.DialContext(t.Context(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	t.Cleanup(func() { _ = conn.Close() })
	return socket{t, conn}
}

func (s socket) say(op int, data any) {
	s.t.Helper()
	if err := s.WriteJSON(object{"op": op, "d": data}); err != nil {
		s.t.Fatal(err)
	}
}

// hears wants the next message to be an operation, or an event of a name.
func (s socket) hears(op int, name string) packet {
	s.t.Helper()
	_ = s.SetReadDeadline(time.Now().Add(5 * time.Second)) // a connection that is over tells so when it is read
	var p packet
	if err := s.ReadJSON(&p); err != nil {
		s.t.Fatalf("waiting for %d %s: %v", op, name, err)
	}
	if p.Op != op || p.Name != name {
		s.t.Fatalf("heard %d %s %.200s, want %d %s", p.Op, p.Name, p.Data, op, name)
	}
	return p
}

// ends wants the connection to be closed with a code; 0: cut.
func (s socket) ends(code int) {
	s.t.Helper()
	_ = s.SetReadDeadline(time.Now().Add(5 * time.Second))
	for {
		_, _, err := s.ReadMessage()
		if err == nil {
			continue
		}
		if websocket.IsCloseError(err, code) || code == 0 && !strings.Contains(err.Error(), "timeout") {
			return
		}
		s.t.Fatalf("the connection ended with %v, want %d", err, code)
	}
}

func identity() object {
	return object{"token": discordapi.Token, "intents": 1, "properties": object{"os": "linux", "browser": "test", "device": "test"}}
}

// ready is a connection that is identified, and its session.
func ready(t testing.TB, srv *discordapi.Server) (socket, string) {
	t.Helper()
	s := dial(t, srv)
	s.hears(10, "")
	s.say(2, identity())
	p := s.hears(0, "READY")
	var body struct {
		Session string `json:"session_id"`
		Guilds  []any  `json:"guilds"`
	}
	if err := json.Unmarshal(p.Data, &body); err != nil {
		t.Fatal(err)
	}
	for range body.Guilds {
		s.hears(0, "GUILD_CREATE")
	}
	return s, body.Session
}

// recorder is a test that fails without failing the one that runs it.
type recorder struct {
	testing.TB
	mu       sync.Mutex
	errors   []string
	cleanups []func()
}

func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

func (r *recorder) end() {
	for i := range r.cleanups {
		r.cleanups[len(r.cleanups)-1-i]()
	}
}

// soon is a context for a call that the server is to leave without an answer.
func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

// Fatalf ends the goroutine, as it ends a test.
func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

// ends tells whether a step would end a test.
func ends(t testing.TB, step func(*recorder)) bool {
	r := &recorder{TB: t}
	var done sync.WaitGroup
	done.Go(func() { step(r) })
	done.Wait()
	return len(r.errors) > 0
}

func contains(text string, all ...string) bool {
	return !slices.ContainsFunc(all, func(part string) bool { return !strings.Contains(text, part) })
}
