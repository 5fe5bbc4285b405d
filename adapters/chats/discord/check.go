package discord

import (
	"context"
	"net/http"
	"strconv"

	"latchstring/core"
)

// What the bot has to be allowed (https://discord.com/developers/docs/topics/permissions).
var needed = []struct {
	bit  uint64
	name string
}{
	{1 << 10, "View Channels"}, {1 << 11, "Send Messages"}, {1 << 14, "Embed Links"}, {1 << 16, "Read Message History"},
}

const administrator = 1 << 3

// Check reaches Discord once, for "latchstring check": facts are the bot's name and its guild; hints say what to grant. It
// sends nobody a message.
func (c *Chat) Check(ctx context.Context) (facts string, hints []core.Phrase, err error) {
	var me struct {
		Username string `json:"username"`
	}
	if err := c.client.do(ctx, call{"bot", http.MethodGet, "/users/@me", false}, nil, &me); err != nil {
		return "", nil, checkError(err)
	}
	if err := c.whoAmI(ctx); err != nil {
		return "", nil, checkError(err)
	}
	facts = me.Username
	var guilds []struct {
		ID          string `json:"id"`
		Name        string `json:"name"`
		Permissions string `json:"permissions"`
	}
	if err := c.client.do(ctx, call{"guilds", http.MethodGet, "/users/@me/guilds", false}, nil, &guilds); err != nil {
		return facts, nil, checkError(err)
	}
	found := false
	for _, g := range guilds {
		if g.ID != c.cfg.Guild {
			continue
		}
		found = true
		facts += " in " + tame(g.Name)
		may, err := strconv.ParseUint(g.Permissions, 10, 64)
		if err != nil || may&administrator != 0 {
			continue
		}
		for _, n := range needed {
			if may&n.bit == 0 {
				hints = append(hints, core.Say("The bot may not \"{permission}\" in the household's server: grant it to the bot's role.", n.name))
			}
		}
	}
	if !found {
		return facts, append(hints, core.Say("The bot is not in the server {guild}: invite it with {link}.", c.cfg.Guild, c.invitation())), nil
	}
	more, err := c.checkPlaces(ctx)
	return facts, append(hints, more...), err
}

// checkPlaces looks at the commands of the guild and at the household's channel.
func (c *Chat) checkPlaces(ctx context.Context) (hints []core.Phrase, err error) {
	k := call{"commands", http.MethodGet, "/applications/" + *c.app.Load() + "/guilds/" + c.cfg.Guild + "/commands", false}
	if err := c.client.do(ctx, k, nil, nil); isForGood(err) {
		hints = append(hints, core.Say("The bot may make no commands in the server: invite it again with {link}.", c.invitation()))
	} else if err != nil {
		return hints, checkError(err)
	}
	if c.cfg.Channel == "" {
		return hints, nil
	}
	var channel struct {
		Guild string `json:"guild_id"`
	}
	err = c.client.do(ctx, call{"channel", http.MethodGet, "/channels/" + c.cfg.Channel, false}, nil, &channel)
	switch {
	case isForGood(err):
		hints = append(hints, core.Say("The bot does not see the channel {channel}: let its role in.", c.cfg.Channel))
	case err != nil:
		return hints, checkError(err)
	case channel.Guild != c.cfg.Guild:
		hints = append(hints, core.Say("The channel {channel} is not in the server {guild}.", c.cfg.Channel, c.cfg.Guild))
	}
	return hints, nil
}

// invitation is the link that brings the bot into a server with what it needs there.
func (c *Chat) invitation() string {
	var all uint64
	for _, n := range needed {
		all |= n.bit
	}
	return DefaultAPIURL + "/oauth2/authorize?client_id=" + *c.app.Load() + "&scope=bot+applications.commands&permissions=" + strconv.FormatUint(all, 10)
}

func checkError(err error) error {
	if refusesToken(err) {
		return tokenError(err)
	}
	return core.ServiceError(core.Unreachable, "Discord", err)
}
