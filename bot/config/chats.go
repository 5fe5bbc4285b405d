package config

import (
	"maps"
	"slices"

	"latchstring/adapters/chats/discord"
	"latchstring/adapters/chats/telegram"
	"latchstring/adapters/strictyaml"
)

// Chats is where the household talks with the house; a chat that is not set does not run.
type Chats struct {
	Telegram *telegram.Config `yaml:"telegram"`
	Discord  *discord.Config  `yaml:"discord"`
}

// Any tells whether a chat is set at all.
func (c *Chats) Any() bool { return c.Telegram != nil || c.Discord != nil }

// Check finds what is wrong with the chats.
func (c *Chats) Check(at strictyaml.At) {
	if c.Telegram != nil {
		tell(at.Under("telegram"), c.Telegram.Problems())
	}
	if c.Discord != nil {
		tell(at.Under("discord"), c.Discord.Problems())
	}
}

// tell reports a chat's own problems, by the keys they are about.
func tell(at strictyaml.At, problems map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(problems)) {
		at.Fault(key, problems[key])
	}
}
