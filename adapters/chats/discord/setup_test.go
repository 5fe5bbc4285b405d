package discord_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"latchstring/adapters/chats/discord"
	"latchstring/adapters/chats/discord/discordapi"
	"latchstring/core"
)

func TestProblemsOfTheConfig(t *testing.T) {
	t.Parallel()
	good := discord.Config{Token: core.NewSecret(discordapi.Token), Guild: homeGuild, Channel: homeChannel}
	tests := []struct {
		name   string
		change func(*discord.Config)
		want   []string
	}{
		{"good", func(*discord.Config) {}, nil},
		{"no channel", func(c *discord.Config) { c.Channel = "" }, nil},
		{"a proxy", func(c *discord.Config) { c.APIURL = "http://discord-proxy:8080/" }, nil},
		{"a key in place of the token", func(c *discord.Config) { c.Token = core.NewSecret("secret") }, []string{"token"}},
		{"a name in place of a number", func(c *discord.Config) { c.Guild, c.Channel = "Rivera", "#home" }, []string{"channel", "guild"}},
		{"an address with a password", func(c *discord.Config) { c.APIURL = "http://a:b@proxy" }, []string{"api_url"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := good
			tt.change(&c)
			if got := slices.Sorted(maps.Keys(c.Problems())); !slices.Equal(got, tt.want) {
				t.Errorf("problems are %q, want %q", got, tt.want)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		happens func(*rig)
		hints   []string // words of each
	}{
		{"all is well", func(*rig) {}, nil},
		{"not in the guild", func(r *rig) { r.guild.ExpelsBot() }, []string{"invite it"}},
		{"without commands", func(r *rig) { r.guild.WithoutCommands() }, []string{"may make no commands"}},
		{"mute", func(r *rig) { r.guild.Denies(discordapi.SendMessages) }, []string{"Send Messages"}},
		{"no channel", func(r *rig) { r.room.Delete() }, []string{"does not see the channel"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			tt.happens(r)
			facts, hints, err := r.chat.Check(t.Context())
			if err != nil || !strings.HasPrefix(facts, discordapi.BotName) {
				t.Errorf("facts are %q, %v", facts, err)
			}
			told := slices.EqualFunc(hints, tt.hints, func(h core.Phrase, words string) bool { return strings.Contains(h.String(), words) })
			if !told {
				t.Errorf("hints are %q, want words of %q", hints, tt.hints)
			}
			if n := len(r.srv.Calls("create_*")); n != 0 {
				t.Errorf("%d things were made", n)
			}
		})
	}
}

func TestCheckTellsARefusedToken(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.srv.ResetsToken()
	_, _, err := r.chat.Check(t.Context())
	if core.KindOf(err) != core.BadKey || strings.Contains(err.Error(), discordapi.Canary) {
		t.Errorf("failed with %v", err)
	}
}
