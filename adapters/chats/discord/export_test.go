package discord

import "time"

// Hurry makes the gateway impatient, so that tests need not wait as long as the world does.
func (c *Chat) Hurry(open, silence, pause time.Duration) {
	c.gateway.times = times{open: open, silence: silence, parting: 50 * time.Millisecond, shortest: pause, longest: pause}
}

// Spend counts sessions that began.
func (c *Chat) Spend(n int) {
	c.budget.wait()
	c.budget.count(n)
}
