package discordapi

import "testing"

// OnBehalf is a seat whose mistakes end another test.
func OnBehalf(t testing.TB, x Seat) Seat {
	x.s = &Server{t: t, guilds: x.s.guilds, channels: x.s.channels, people: x.s.people, global: x.s.global, changed: make(chan struct{}), gateway: newGateway()}
	return x
}
