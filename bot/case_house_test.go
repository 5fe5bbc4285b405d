package main

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"latchstring/adapters/chats/discord/discordapi"
	"latchstring/adapters/chats/telegram/botapi"
)

// visitedService is an account service that strangers sign in to. It counts what it signs out, and takes its time for that.
type visitedService struct {
	mu    sync.Mutex
	there map[string]session
	ended map[string]int
	asked map[string]int // requests for a sign-out, whether or not there was anything left to do
}

type session struct {
	ID   string    `json:"id"`
	Name string    `json:"name"`
	User string    `json:"user"`
	IP   string    `json:"ip"`
	At   time.Time `json:"at"`
}

func (s *visitedService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodDelete {
		s.end(w, filepath.Base(r.URL.Path))
		return
	}
	s.mu.Lock()
	rows := []session{}
	for _, one := range s.there {
		rows = append(rows, one)
	}
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(rows)
}

// end signs a device out at some moment of the request.
func (s *visitedService) end(w http.ResponseWriter, id string) {
	wait(80)
	s.mu.Lock()
	_, there := s.there[id]
	s.asked[id]++
	if there {
		s.ended[id]++
		delete(s.there, id)
	}
	s.mu.Unlock()
	wait(80)
	if !there {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// adds signs somebody in.
func (s *visitedService) adds(id, user, ip string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.there[id] = session{ID: id, Name: "Device " + id, User: user, IP: ip, At: time.Now()}
}

const visitedRecipe = `title: Cloud
auth: { way: none }
list: { call: GET /sessions, id: id, name: name, login: user, address: ip, since: at }
sign_out: { call: "DELETE /sessions/{id}", answers: [{ status: [404], means: gone }] }
`

// slowChat is how long a chat takes to answer after it has done what it was asked.
const slowChat = 40 * time.Millisecond

const (
	leoDiscord = "222222222222222202"
	riveraLine = "80.58.61.250" // in Spain
)

// farAddress returns an address of one more country each time.
func farAddress(i int) string {
	return []string{
		"84.208.20.110", "133.11.0.1", "200.160.2.3", "1.128.0.1", "196.25.1.1", "14.139.0.1", "24.48.0.1", "81.224.0.1",
		"83.0.0.1", "189.203.0.1", "190.210.8.1", "41.33.0.1",
	}[i]
}

// caseHome is a household whose owner Marta is in Telegram and whose Leo is in Discord, with a service that is watched.
type caseHome struct {
	telegram *botapi.Server
	discord  *discordapi.Server
	marta    *botapi.Person
	leo      *discordapi.Person
	guild    *discordapi.Guild
	room     *discordapi.Channel
	service  *visitedService
	folder   string
	out      output
	kills    int
	states   map[string]int // of cases, in which it was killed
}

// newCaseHome makes one of a sensitivity. From 2 on, a stranger from abroad is urgent, and both are asked at once; from 3 on
// Leo is asked, and Marta a second later.
func newCaseHome(t *testing.T, sensitivity int) *caseHome {
	t.Helper()
	h := &caseHome{
		telegram: botapi.New(t), discord: discordapi.New(t), folder: t.TempDir(),
		service: &visitedService{there: map[string]session{}, ended: map[string]int{}, asked: map[string]int{}},
	}
	h.telegram.Follow(time.Now)
	h.discord.Follow(time.Now)
	h.telegram.Fail("sendMessage", -1, botapi.Slow(slowChat)) // so that many a kill comes between a message and its answer
	h.telegram.Fail("editMessageText", -1, botapi.Slow(slowChat))
	h.discord.Fail("create_message", -1, discordapi.Slow(slowChat))
	h.discord.Fail("update_message", -1, discordapi.Slow(slowChat))
	h.marta = h.telegram.Person(1001, "Marta")
	h.marta.Unblocks()
	h.leo = h.discord.Person(leoDiscord, "Leo")
	h.guild = h.discord.Guild(riveraGuild, "The Rivera home", h.leo)
	h.room = h.guild.Channel(riveraChannel, "home")
	server := httptest.NewServer(h.service)
	t.Cleanup(server.Close)
	text := fmt.Sprintf("household: { name: The Rivera home, timezone: Europe/Madrid }\n"+
		"members:\n  - { name: Marta, role: owner, telegram: 1001 }\n  - { name: Leo, role: adult, discord: %q }\n"+
		"chats:\n  telegram: { token: %q, api_url: %q }\n  discord: { token: %q, guild: %q, channel: %q, api_url: %q }\n"+
		"services:\n  - { id: cloud, kind: recipe, recipe: cloud.yaml, url: %q, timeout: 1s, accounts: { Marta: marta, Leo: leo } }\n"+
		"watch: { every: 1s, learn_for: 0s, escalate_after: 1s, sensitivity: %d }\n",
		leoDiscord, botapi.Token, h.telegram.URL(), discordapi.Token, riveraGuild, riveraChannel, h.discord.URL(), server.URL, sensitivity)
	for name, content := range map[string]string{"config.yaml": text, "cloud.yaml": visitedRecipe} {
		if err := os.WriteFile(filepath.Join(h.folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h.service.adds("laptop", "marta", riveraLine)
	h.service.adds("phone", "leo", riveraLine)
	return h
}

// start starts the program.
func (h *caseHome) start(t *testing.T) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "run")
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = h.folder, append(os.Environ(), asProgram+"=1"), &h.out, &h.out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// begin starts the program and waits until it hears both chats.
func (h *caseHome) begin(t *testing.T) *exec.Cmd {
	t.Helper()
	before := len(h.discord.Identifies())
	cmd := h.start(t)
	h.discord.Await("the program to be connected", func() bool {
		return len(h.discord.Identifies()) > before && h.discord.Connected() && len(h.guild.Commands()) > 0
	})
	h.telegram.Await("the program to listen", h.telegram.Polling)
	return cmd
}

// kill kills the program some time within so many milliseconds, and notes how far the case of a device had come by then.
func (h *caseHome) kill(t *testing.T, cmd *exec.Cmd, id string, within int) {
	t.Helper()
	wait(within)
	_ = cmd.Process.Signal(syscall.SIGKILL)
	_ = cmd.Wait()
	if id != "" {
		h.kills++
		h.states[h.state(t, id)]++
	}
}

// caseStates are how far a case can have come.
func caseStates() []string {
	return []string{"not seen yet", "opened", "told to one", "asked about", "answered, its sign-out under way", "answered, its end not told to all", "over"}
}

const selectState = `SELECT CASE
	WHEN count(*) = 0 THEN 0
	WHEN c.answer = '' AND questions = 0 THEN 1
	WHEN c.answer = '' AND (c.escalate <> '' OR questions < 2) THEN 2
	WHEN c.answer = '' THEN 3
	WHEN a.state = 'executing' THEN 4
	WHEN waiting > 0 OR a.outcome <> c.told THEN 5
	ELSE 6 END
FROM (SELECT *,
		(SELECT count(*) FROM deliveries d WHERE d.subject = cases.id AND d.news = 'case' AND d.sent <> '') AS questions,
		(SELECT count(*) FROM deliveries d WHERE d.subject IN (cases.id, cases.action) AND d.sent = '' AND d.dropped = '') AS waiting
	FROM cases WHERE sign_in LIKE ?) c LEFT JOIN actions a ON a.id = c.action`

// state reads how far the case of a device has come. It reads a copy: the next start finds the record as the kill left it.
func (h *caseHome) state(t *testing.T, id string) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"latchstring.db", "latchstring.db-wal"} {
		content, err := os.ReadFile(filepath.Join(h.folder, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, name), content, 0o600)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	db, err := sql.Open("sqlite3", filepath.Join(folder, "latchstring.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var at int
	if err := db.QueryRowContext(t.Context(), selectState, "%\"Device "+id+"\"%").Scan(&at); err != nil {
		t.Fatal(err)
	}
	return caseStates()[at]
}

// copyOf is one message that tells of a case, on whichever chat.
type copyOf struct {
	telegram int    // its number there; 0: it is in Discord
	discord  string // its number there
	text     string
	labels   []string
}

// isList tells whether a message lists several cases.
func isList(text string) bool {
	return strings.Contains(text, "for an answer.") || strings.Contains(text, "Nobody had to be asked")
}

// tellsOf tells whether a message is about a device, and not a list or one that names it as the last before.
func tellsOf(text, id string) bool {
	text = strings.ReplaceAll(text, "`", "") // which Discord sets names in
	return strings.Contains(text, "Device "+id+" signed in to") && !isList(text)
}

// copies returns the messages about a device: Marta's in Telegram, or Leo's in Discord.
func (h *caseHome) copies(who, id string) (found []copyOf) {
	if who == "marta" {
		for _, m := range h.marta.Screen().FromBot() {
			if tellsOf(m.Text, id) {
				found = append(found, copyOf{telegram: m.ID, text: m.Text, labels: m.Labels()})
			}
		}
		return found
	}
	for _, m := range h.leo.Screen(h.leo.DM()) {
		if text := strings.Join(m.Texts(), "\n"); tellsOf(text, id) {
			found = append(found, copyOf{discord: m.ID, text: text, labels: m.Labels()})
		}
	}
	return found
}

// asks tells whether a message still asks, or waits for what comes of the answer.
func (c copyOf) asks() bool {
	return strings.Contains(c.text, "Was this") || strings.Contains(c.text, "…") || !strings.Contains(c.text, "said at")
}

// await waits until somebody was asked about a device.
func (h *caseHome) await(t *testing.T, who, id string) copyOf {
	t.Helper()
	seen := func() bool { return len(h.copies(who, id)) > 0 }
	if who == "marta" {
		h.telegram.Await("Marta to be asked about "+id, seen)
	} else {
		h.discord.Await("Leo to be asked about "+id, seen)
	}
	return h.copies(who, id)[0]
}

// presses presses a button that begins with a label, if it is still there.
func (h *caseHome) presses(who string, c copyOf, label string) {
	if !slices.ContainsFunc(c.labels, func(l string) bool { return strings.HasPrefix(l, label) }) {
		return
	}
	if who == "marta" {
		h.marta.Presses(c.telegram, label)
		return
	}
	h.leo.In(h.leo.DM()).Presses(c.discord, label)
}
