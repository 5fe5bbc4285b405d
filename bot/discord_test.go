package main

import (
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"latchstring/adapters/chats/discord/discordapi"
)

var discordKills = flag.Int("discord-kills", 60, "how often the program is killed while it talks in Discord")

// killsOfOne is how often one program is killed. It brakes when it begins 50 sessions a day.
const killsOfOne = 20

const (
	riveraGuild   = "555555555555555555"
	riveraChannel = "666666666666666666"
	martaDiscord  = "222222222222222201"
)

// discordHome is a household with one slow service, whose owner talks in Discord.
type discordHome struct {
	srv     *discordapi.Server
	guild   *discordapi.Guild
	room    *discordapi.Channel
	marta   *discordapi.Person
	service *slowService
	folder  string
	out     output
}

func newDiscordHome(t *testing.T) *discordHome {
	t.Helper()
	h := &discordHome{srv: discordapi.New(t), service: &slowService{there: map[string]bool{}, ended: map[string]int{}}, folder: t.TempDir()}
	h.srv.Follow(time.Now)
	h.marta = h.srv.Person(martaDiscord, "Marta")
	h.guild = h.srv.Guild(riveraGuild, "The Rivera home", h.marta)
	h.room = h.guild.Channel(riveraChannel, "home")
	server := httptest.NewServer(h.service)
	t.Cleanup(server.Close)
	text := fmt.Sprintf("household: { name: The Rivera home, timezone: Europe/Madrid }\n"+
		"members:\n  - { name: Marta, role: owner, discord: %q }\n"+
		"chats:\n  discord: { token: %q, guild: %q, channel: %q, api_url: %q }\n"+
		"services:\n  - { id: slow, kind: recipe, recipe: slow.yaml, url: %q, timeout: 3s, accounts: { Marta: marta } }\n",
		martaDiscord, discordapi.Token, riveraGuild, riveraChannel, h.srv.URL(), server.URL)
	for name, content := range map[string]string{"config.yaml": text, "slow.yaml": slowRecipe} {
		if err := os.WriteFile(filepath.Join(h.folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// begin starts the program and waits until commands can be used.
func (h *discordHome) begin(t *testing.T) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	before := len(h.srv.Identifies())
	cmd := exec.CommandContext(t.Context(), self, "run")
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = h.folder, append(os.Environ(), asProgram+"=1"), &h.out, &h.out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	h.srv.Await("the program to be connected", func() bool {
		return len(h.srv.Identifies()) > before && h.srv.Connected() && len(h.guild.Commands()) > 0
	})
	return cmd
}

// adds signs a device in.
func (h *discordHome) adds(id string) {
	h.service.mu.Lock()
	defer h.service.mu.Unlock()
	h.service.there[id] = true
}

// reads is all that Marta reads.
func (h *discordHome) reads() discordapi.Screen {
	return append(h.marta.Screen(h.room), h.marta.Screen(h.marta.DM())...)
}

// about is what Marta reads about a device.
func (h *discordHome) about(id string) discordapi.Screen {
	return slices.DeleteFunc(h.reads(), func(m discordapi.Shown) bool {
		return !strings.Contains(strings.Join(m.Texts(), "\n"), "Device "+id+"`")
	})
}

// TestDiscord is a conversation with the real program over the platform's own rules.
func TestDiscord(t *testing.T) {
	h := newDiscordHome(t)
	h.adds("tv")
	cmd := h.begin(t)
	seat := h.marta.In(h.room)
	question := seat.Uses("/signout", discordapi.Options{"what": "device tv"}).AwaitMessage()
	seat.Presses(question.ID, "Yes, sign out").Await()
	h.srv.Await("the outcome", func() bool { return strings.Contains(seat.Screen().String(), "I looked again: it is gone.") })
	said, err := start(t, h.folder, "check").CombinedOutput()
	if contains(t, "check", string(said), "Discord", "ok"); err != nil {
		t.Errorf("check: %v", err)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("ended with %v:\n%s", err, h.out.String())
	}
	h.service.mu.Lock()
	defer h.service.mu.Unlock()
	if h.service.ended["tv"] != 1 {
		t.Errorf("signed out %d times", h.service.ended["tv"])
	}
	if strings.Contains(h.out.String()+string(said), discordapi.Canary) {
		t.Error("a token is in the log")
	}
}

// TestDiscordKilled kills the program over and over while somebody presses buttons. In the end every press that was
// acknowledged has its outcome, those of which the program died before it could say so can be repeated, nothing was signed
// out twice, and no message came twice, though the answers to some are lost.
func TestDiscordKilled(t *testing.T) {
	cycles := *discordKills
	if testing.Short() {
		cycles = 8
	}
	for from := 0; from < cycles; from += killsOfOne {
		t.Run(fmt.Sprint("from ", from+1), func(t *testing.T) {
			t.Parallel()
			newDiscordHome(t).killed(t, min(cycles-from, killsOfOne))
		})
	}
}

// pressed is a press that was under way when the program was killed.
type pressed struct {
	id       string // the device
	question string // the message
	presses  []*discordapi.Interaction
}

// answered tells whether a press was acknowledged.
func (p pressed) answered() bool {
	return slices.ContainsFunc(p.presses, func(i *discordapi.Interaction) bool { return i.Answer() != discordapi.Unanswered })
}

// killed kills the program so many times.
func (h *discordHome) killed(t *testing.T, cycles int) {
	seat := h.marta.In(h.room)
	var asked []pressed
	for i := range cycles {
		p := pressed{id: fmt.Sprintf("d%d", i)}
		h.adds(p.id)
		if i%3 == 0 {
			h.srv.Fail("create_message", 1, discordapi.CutAfter()) // nobody knows that it was taken
		}
		cmd := h.begin(t)
		question := seat.Uses("/signout", discordapi.Options{"what": "device " + p.id}).AwaitMessage()
		for range 1 + i%2 {
			p.presses = append(p.presses, seat.Presses(question.ID, "Yes, sign out"))
		}
		p.question = question.ID
		asked = append(asked, p)
		wait(120)
		_ = cmd.Process.Signal(syscall.SIGKILL)
		_ = cmd.Wait()
	}
	cmd := h.begin(t)
	unheard := 0
	for i, p := range asked {
		if !p.answered() { // whose app says so; they press again
			asked[i].presses = append(p.presses, seat.Presses(p.question, "Yes, sign out"))
			unheard++
		}
	}
	told := func(p pressed) bool {
		said := h.about(p.id).String()
		return slices.ContainsFunc([]string{"I looked again", "is still signed in", "I do not know"}, func(outcome string) bool {
			return strings.Contains(said, outcome)
		})
	}
	open := func() (ids []string) {
		for _, p := range asked {
			if !p.answered() || !told(p) {
				ids = append(ids, p.id)
			}
		}
		return ids
	}
	for deadline := time.Now().Add(90 * time.Second); len(open()) > 0 && time.Now().Before(deadline); {
		time.Sleep(100 * time.Millisecond)
	}
	for _, id := range open() {
		t.Errorf("a press about %s has no outcome; signed out %d times; Marta reads\n%s", id, h.service.times(id), h.about(id))
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	_ = cmd.Wait()
	h.service.mu.Lock()
	defer h.service.mu.Unlock()
	for id, n := range h.service.ended {
		if n > 1 {
			t.Errorf("%s was signed out %d times", id, n)
		}
	}
	copies := slices.DeleteFunc(h.reads().Copies(), func(m discordapi.Shown) bool { // each press of two has its answer
		return strings.Contains(strings.Join(m.Texts(), "\n"), "You answered this already")
	})
	if len(copies) > 0 {
		t.Errorf("%d repeated messages:\n%s", len(copies), copies)
	}
	if strings.Contains(h.out.String(), discordapi.Canary) {
		t.Error("a token is in the log")
	}
	t.Logf("%d kills, %d sign-outs, %d presses that the program never heard of", cycles, len(h.service.ended), unheard)
}
