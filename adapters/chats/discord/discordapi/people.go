package discordapi

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Person is somebody with the chat app.
type Person struct {
	ID       string
	Name     string
	Username string
	Locale   string // of the app

	s      *Server
	direct *Channel
	closed bool
}

// Person makes somebody who is in no guild yet.
func (s *Server) Person(id, name string) *Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &Person{ID: id, Name: name, Username: strings.ToLower(name) + "_home", Locale: "en-US", s: s}
	s.people[id] = p
	return p
}

// DM is the person's private channel with the bot.
func (p *Person) DM() *Channel {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.s.private(p)
}

// ClosesDMs keeps the bot from writing to the person in private. The person can still use its commands there.
func (p *Person) ClosesDMs() { p.s.locked(func() { p.closed = true }) }

// OpensDMs lets the bot write again.
func (p *Person) OpensDMs() { p.s.locked(func() { p.closed = false }) }

// shares tells whether the bot and a person are in a guild together. The lock is held.
func (s *Server) shares(p *Person) bool {
	for _, g := range s.guilds {
		if !g.out && slices.Contains(g.people, p) {
			return true
		}
	}
	return false
}

// In is the person in a channel.
func (p *Person) In(c *Channel) Seat { return Seat{s: p.s, person: p, channel: c} }

// Screen returns what the person sees in a channel.
func (p *Person) Screen(c *Channel) Screen { return p.In(c).Screen() }

// Seat is a person in a channel: where they read, use commands and press.
type Seat struct {
	s        *Server
	person   *Person
	channel  *Channel
	faceless bool
	garble   func(payload map[string]any)
}

// Faceless is the seat of somebody of whom the bot is told nothing: neither a member nor a user.
func (x Seat) Faceless() Seat {
	x.faceless = true
	return x
}

// Garbled is the seat of somebody whose interactions are changed before the bot is told, as a platform that moves on
// changes them. The function runs while the server is locked, so it must not use the server.
func (x Seat) Garbled(change func(payload map[string]any)) Seat {
	x.garble = change
	return x
}

// Presses presses a button by its label, which may be shortened from its end, on a message as it stands now.
func (x Seat) Presses(message, label string) *Interaction {
	x.s.t.Helper()
	b := x.Button(message, label)
	if b.CustomID == "" || b.Disabled {
		x.s.t.Fatalf("discord: the button %q of message %s can not be pressed", b.Label, message)
	}
	return x.Forges(message, b.CustomID)
}

// Button returns a button of a message by its label, which may be shortened from its end.
func (x Seat) Button(message, label string) Button {
	x.s.t.Helper()
	shown := x.sees(message)
	for _, b := range shown.Buttons {
		if strings.HasPrefix(b.Label, label) {
			return b
		}
	}
	x.s.t.Fatalf("discord: %s sees no button %q on message %s:\n%s", x.person.Name, label, message, x.Screen())
	return Button{}
}

// sees returns a message on the person's screen.
func (x Seat) sees(message string) Shown {
	x.s.t.Helper()
	screen := x.Screen()
	at := slices.IndexFunc(screen, func(m Shown) bool { return m.ID == message })
	if at < 0 {
		x.s.t.Fatalf("discord: %s sees no message %s:\n%s", x.person.Name, message, screen)
	}
	return screen[at]
}

// Forges presses a button that need not be there, or not any more: an app of one's own can send any name for any message,
// and presses that were under way when a message changed look the same.
func (x Seat) Forges(message, customID string) *Interaction {
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	data := map[string]any{"component_type": kindButton, "custom_id": customID, "id": 1}
	return x.s.start(x, byComponent, data, x.about(message))
}

// about is the message that a component is said to be on. The lock is held.
func (x Seat) about(id string) *message {
	if m := x.channel.find(id); m != nil {
		return m
	}
	return &message{id: id, channel: x.channel, at: x.s.clock.now()}
}

// Chooses takes options of a select by their labels, which may be shortened from their ends.
func (x Seat) Chooses(message string, labels ...string) *Interaction {
	x.s.t.Helper()
	for _, menu := range x.sees(message).Selects {
		values, complete := menu.values(labels)
		if !complete {
			continue
		}
		if menu.Disabled || len(values) < menu.Least || len(values) > menu.Most {
			x.s.t.Fatalf("discord: %d options can not be chosen there", len(values))
		}
		return x.ForgesChoice(message, menu.CustomID, values...)
	}
	x.s.t.Fatalf("discord: %s sees no select with %q on message %s:\n%s", x.person.Name, labels, message, x.Screen())
	return nil
}

// ForgesChoice chooses values that need not be offered, of a select that need not be there.
func (x Seat) ForgesChoice(message, customID string, values ...string) *Interaction {
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	data := map[string]any{"component_type": kindSelect, "custom_id": customID, "id": 1, "values": values}
	return x.s.start(x, byComponent, data, x.about(message))
}

// Submits fills in the form that an interaction opened, by the names or the labels of its inputs, and sends it. What is not
// given stays as the form has it.
func (x Seat) Submits(opened *Interaction, values map[string]string) *Interaction {
	x.s.t.Helper()
	form := opened.AwaitForm()
	var complaint string
	for name := range values {
		if !slices.ContainsFunc(form.Inputs, func(in Input) bool { return in.CustomID == name || in.Label == name }) {
			complaint = "there is no input " + name
		}
	}
	components, unfit := form.filled(values)
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	switch {
	case complaint == "" && unfit != "":
		complaint = unfit
	case complaint == "" && opened.submitted:
		complaint = "the form is closed"
	case complaint == "" && opened.seat.person != x.person:
		complaint = "the form is somebody else's"
	}
	if complaint != "" {
		x.s.t.Fatalf("discord: %s can not send the form: %s", x.person.Name, complaint)
	}
	opened.submitted = true
	return x.s.start(x, byForm, map[string]any{"custom_id": form.CustomID, "components": components}, opened.source)
}

// ForgesForm sends a form that need not have been opened.
func (x Seat) ForgesForm(customID string, values map[string]string) *Interaction {
	var form Form
	for _, name := range slices.Sorted(maps.Keys(values)) {
		form.Inputs = append(form.Inputs, Input{CustomID: name, MaxLength: 1 << 20})
	}
	components, _ := form.filled(values) // nothing is unfit for a forger
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	return x.s.start(x, byForm, map[string]any{"custom_id": customID, "components": components}, nil)
}

// values returns the values of options, and whether all are there.
func (m Select) values(labels []string) ([]string, bool) {
	values := []string{}
	for _, label := range labels {
		at := slices.IndexFunc(m.Options, func(o SelectOption) bool { return strings.HasPrefix(o.Label, label) })
		if at < 0 {
			return nil, false
		}
		values = append(values, m.Options[at].Value)
	}
	return values, true
}

// complain ends the test for something that nobody could do with the app.
func (x Seat) complain(format string, args ...any) {
	x.s.t.Helper()
	x.s.t.Fatalf("discord: %s %s", x.person.Name, fmt.Sprintf(format, args...))
}
