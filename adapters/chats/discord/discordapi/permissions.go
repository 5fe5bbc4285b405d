package discordapi

import "strconv"

// Permission is what the bot may do in a guild or a channel, as the platform's bits.
type Permission uint64

// The permissions that the server knows.
const (
	Administrator      Permission = 1 << 3
	ViewChannel        Permission = 1 << 10
	SendMessages       Permission = 1 << 11
	ManageMessages     Permission = 1 << 13
	EmbedLinks         Permission = 1 << 14
	ReadMessageHistory Permission = 1 << 16
	MentionEveryone    Permission = 1 << 17
)

// everything that a fresh guild lets the bot do, as the platform gives it to @everyone by default; the bot's own role adds
// nothing to it.
const everything = ViewChannel | SendMessages | EmbedLinks | ReadMessageHistory | MentionEveryone

// String is how the API writes permissions.
func (p Permission) String() string { return strconv.FormatUint(uint64(p), 10) }

func (p Permission) has(all Permission) bool { return p&all == all }

// Denies takes a permission from everybody in the guild, the bot among them.
func (g *Guild) Denies(p Permission) { g.s.locked(func() { g.may &^= p; g.s.stir() }) }

// Denies takes a permission from the bot in the channel.
func (c *Channel) Denies(p Permission) { c.s.locked(func() { c.denied |= p; c.s.stir() }) }

// Allows gives a permission back that Denies took.
func (c *Channel) Allows(p Permission) { c.s.locked(func() { c.denied &^= p; c.s.stir() }) }

// may tells what the bot may do in a channel. The lock is held.
func (c *Channel) may() Permission {
	if c.guild == nil {
		return everything &^ MentionEveryone
	}
	return c.guild.may &^ c.denied
}
