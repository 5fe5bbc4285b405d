package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"latchstring/adapters/chats/discord/discordapi"
	"latchstring/adapters/chats/telegram/botapi"
)

// A chat that no waiting heals is told of in the other one, once, and the house goes on there.
func TestChatThatEndsIsToldInTheOther(t *testing.T) {
	for _, ends := range []string{"Telegram", "Discord"} {
		t.Run(ends, func(t *testing.T) {
			tg := botapi.New(t)
			tg.Follow(time.Now)
			onTelegram := tg.Person(1001, "Marta")
			onTelegram.Unblocks()
			dc := discordapi.New(t)
			dc.Follow(time.Now)
			onDiscord := dc.Person(martaDiscord, "Marta")
			dc.Guild(riveraGuild, "The Rivera home", onDiscord)
			folder := t.TempDir()
			text := fmt.Sprintf("household: { name: The Rivera home, timezone: Europe/Madrid }\n"+
				"members:\n  - { name: Marta, role: owner, telegram: 1001, discord: %q }\n"+
				"chats:\n  telegram: { token: %q, api_url: %q }\n  discord: { token: %q, guild: %q, api_url: %q }\n",
				martaDiscord, botapi.Token, tg.URL(), discordapi.Token, riveraGuild, dc.URL())
			if err := os.WriteFile(filepath.Join(folder, "config.yaml"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			var reads func() string // in the chat that goes on
			if ends == "Discord" {
				dc.ResetsToken()
				reads = func() string { return onTelegram.Screen().FromBot().String() }
			} else {
				tg.FailWhen(func(botapi.Call) bool { return true }, -1, botapi.Refused(&botapi.Refusal{Code: 401, Description: "Unauthorized"}))
				reads = func() string { return strings.ReplaceAll(onDiscord.Screen(onDiscord.DM()).String(), `\`, "") }
			}
			for range 2 { // however often it starts
				var out output
				self, err := os.Executable()
				if err != nil {
					t.Fatal(err)
				}
				cmd := exec.CommandContext(t.Context(), self, "run")
				cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = folder, append(os.Environ(), asProgram+"=1"), &out, &out
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				told := func() bool {
					return strings.Contains(reads(), ends+" does not let me in any more") && strings.Contains(out.String(), "chat ended")
				}
				for deadline := time.Now().Add(10 * time.Second); !told(); time.Sleep(20 * time.Millisecond) {
					if time.Now().After(deadline) {
						t.Fatalf("waited in vain for word of it:\n%s\n%s", reads(), out.String())
					}
				}
				if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
					t.Fatal(err)
				}
				if err := cmd.Wait(); err != nil {
					t.Errorf("ended with %v:\n%s", err, out.String())
				}
				contains(t, "the log", out.String(), "chat="+strings.ToLower(ends))
			}
			if n := strings.Count(reads(), "does not let me in"); n != 1 {
				t.Errorf("it is told %d times:\n%s", n, reads())
			}
		})
	}
}
