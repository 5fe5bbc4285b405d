package coretest

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"sync"

	"latchstring/core"
	"latchstring/core/talk"
)

// Mail is a chat that keeps what it is given, for tests to read. Its zero value is ready.
type Mail struct {
	mu    sync.Mutex
	err   error
	when  func(source core.Source, card talk.Card) error
	cards map[string][]talk.Card // by the contact's user
}

// Fails makes every send fail from now on; nil mends it.
func (m *Mail) Fails(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.err = err
}

// FailsWhen makes the sends fail that a function has an error for, from now on.
func (m *Mail) FailsWhen(when func(source core.Source, card talk.Card) error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.when = when
}

// To returns what somebody was sent, each as a talk file would show it.
func (m *Mail) To(user string) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []string
	for _, c := range m.cards[user] {
		all = append(all, strings.Join(Script(c), "\n"))
	}
	return all
}

// Button returns the handle of the newest button of a label that somebody was sent; "" where there is none.
func (m *Mail) Button(user, label string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	handle := ""
	for _, c := range m.cards[user] {
		for _, b := range c.All() {
			if b.Label.String() == label {
				handle = b.Handle
			}
		}
	}
	return handle
}

// Name is a method of [talk.Chat].
func (m *Mail) Name() core.Chat { return core.Terminal }

// Door is a method of [talk.Chat].
func (m *Mail) Door() string { return "" }

// Send is a method of [talk.Chat].
func (m *Mail) Send(_ context.Context, to core.Contact, source core.Source, card talk.Card, _ core.DeliveryID) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err != nil {
		return "", m.err
	}
	if m.when != nil {
		if err := m.when(source, card); err != nil {
			return "", err
		}
	}
	if m.cards == nil {
		m.cards = map[string][]talk.Card{}
	}
	m.cards[to.User] = append(m.cards[to.User], card)
	if source.Message != "" {
		return source.Message, nil
	}
	return fmt.Sprint(len(m.cards[to.User])), nil
}

// Address returns the address of a place of the [Atlas].
func Address(place string) netip.Addr { return addresses[place] }
