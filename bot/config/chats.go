package config

import (
	"maps"
	"slices"

	"latchstring/adapters/chats/telegram"
	"latchstring/adapters/strictyaml"
)

// Chats is where the household talks with the house; a chat that is not set does not run.
type Chats struct {
	Telegram *telegram.Config `yaml:"telegram"`
}

// Check finds what is wrong with a chat.
func (c *Chats) Check(at strictyaml.At) {
	if c.Telegram == nil {
		return
	}
	problems := c.Telegram.Problems()
	for _, key := range slices.Sorted(maps.Keys(problems)) {
		at.Under("telegram").Fault(key, problems[key])
	}
}
