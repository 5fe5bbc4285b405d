package main

import (
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"latchstring/adapters/chats/discord/discordapi"
)

// TestDiscord is a conversation with the real program over the platform's own rules.
func TestDiscord(t *testing.T) {
	srv := discordapi.New(t)
	srv.Follow(time.Now)
	marta := srv.Person("222222222222222201", "Marta")
	const guildID, roomID = "555555555555555555", "666666666666666666"
	guild := srv.Guild(guildID, "The Rivera home", marta)
	room := guild.Channel(roomID, "home")
	service := &slowService{there: map[string]bool{"tv": true}, ended: map[string]int{}}
	server := httptest.NewServer(service)
	defer server.Close()
	folder := t.TempDir()
	text := fmt.Sprintf("household: { name: The Rivera home, timezone: Europe/Madrid }\n"+
		"members:\n  - { name: Marta, role: owner, discord: %q }\n"+
		"chats:\n  discord: { token: %q, guild: %q, channel: %q, api_url: %q }\n"+
		"services:\n  - { id: slow, kind: recipe, recipe: slow.yaml, url: %q, timeout: 1s, accounts: { Marta: marta } }\n",
		"222222222222222201", discordapi.Token, guildID, roomID, srv.URL(), server.URL)
	for name, content := range map[string]string{"config.yaml": text, "slow.yaml": slowRecipe} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var out output
	cmd := exec.CommandContext(t.Context(), self, "run")
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = folder, append(os.Environ(), asProgram+"=1"), &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	srv.Await("the commands", func() bool { return len(guild.Commands()) > 0 })
	seat := marta.In(room)
	question := seat.Uses("/signout", discordapi.Options{"what": "device tv"}).AwaitMessage()
	seat.Presses(question.ID, "Yes, sign out").Await()
	srv.Await("the outcome", func() bool { return strings.Contains(seat.Screen().String(), "I looked again: it is gone.") })
	said, err := start(t, folder, "check").CombinedOutput()
	if contains(t, "check", string(said), "Discord", "ok"); err != nil {
		t.Errorf("check: %v", err)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("ended with %v:\n%s", err, out.String())
	}
	service.mu.Lock()
	defer service.mu.Unlock()
	if service.ended["tv"] != 1 {
		t.Errorf("signed out %d times", service.ended["tv"])
	}
	if strings.Contains(out.String()+string(said), discordapi.Canary) {
		t.Error("a token is in the log")
	}
}
