package chattest_test

import (
	"testing"
	"unicode/utf8"

	"latchstring/adapters/chats/chattest"
	"latchstring/core"
)

// What talk promises of its cards holds for the samples, or the chats would be tested with cards they never get.
func TestCardsKeepWhatTalkPromises(t *testing.T) {
	names := map[string]bool{}
	for _, s := range chattest.Cards() {
		if names[s.Name] {
			t.Errorf("%s: there are two of this name", s.Name)
		}
		names[s.Name] = true
		for _, b := range s.Card.All() {
			if n := utf8.RuneCountInString(b.Label.String()); n > 38 {
				t.Errorf("%s: label %q has %d characters", s.Name, b.Label, n)
			}
			set := 0
			for _, v := range []string{b.Handle, b.Say, b.Link} {
				if v != "" {
					set++
				}
			}
			if set != 1 {
				t.Errorf("%s: button %q does %d things", s.Name, b.Label, set)
			}
			if _, ok := core.OfferOf(b.Handle); b.Handle != "" && !ok {
				t.Errorf("%s: %q is no handle", s.Name, b.Handle)
			}
		}
	}
}
