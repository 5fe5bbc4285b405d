package discord_test

import (
	"fmt"
	"strings"
	"testing"

	"latchstring/adapters/chats/discord/discordapi"
	"latchstring/core"
)

// What is too long for one message goes on in others, whole and in its order, and the buttons are on the last of them.
func TestLongCardsGoOn(t *testing.T) {
	t.Parallel()
	card := sample(t, "long")
	whole := func(t *testing.T, screen []discordapi.Shown) {
		t.Helper()
		var all strings.Builder
		for i, m := range screen {
			all.WriteString(read(m) + "\n")
			last := i == len(screen)-1
			if buttons := len(m.Buttons); last != (buttons > 0) || i > 0 && !m.Silent && !m.Private {
				t.Errorf("message %d of %d has %d buttons, silent: %v", i+1, len(screen), buttons, m.Silent)
			}
		}
		at := 0
		for n := range 60 {
			next := strings.Index(all.String()[at:], fmt.Sprintf("%d. Marta signed out", n+1))
			if next < 0 {
				t.Fatalf("line %d is missing or out of its order in\n%s", n+1, all.String())
			}
			at += next
		}
	}
	t.Run("sent", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		r.srv.FailWhen(func(c discordapi.Call) bool { return strings.Contains(string(c.Body), "**…**") }, 1, discordapi.CutAfter())
		if _, err := r.send(card, "0123456789abcdef01234567"); err == nil {
			t.Fatal("the cut was not noticed")
		}
		last, err := r.send(card, "0123456789abcdef01234567")
		if err != nil {
			t.Fatal(err)
		}
		screen := r.leo.Screen(r.leo.DM())
		if whole(t, screen); len(screen) != 2 || screen.Last().ID != last {
			t.Errorf("%d messages, the last is %s, not %s", len(screen), screen.Last().ID, last)
		}
	})
	t.Run("redrawn", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		id, err := r.send(sample(t, "alarm"), "d1")
		if err != nil {
			t.Fatal(err)
		}
		source := core.Source{Contact: contact(r.leo), Room: r.leo.DM().ID, Message: id}
		for range 2 { // the second is a repeat
			if _, err := r.chat.Send(t.Context(), contact(r.leo), source, card, "d2"); err != nil {
				t.Fatal(err)
			}
		}
		if screen := r.leo.Screen(r.leo.DM()); len(screen) != 2 || screen[0].ID != id {
			t.Errorf("Leo sees\n%s", screen)
		} else {
			whole(t, screen)
		}
	})
	t.Run("answered", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		for i := range 40 {
			name := fmt.Sprintf("Cousin%d", i)
			r.house.Household.Members = append(r.house.Household.Members, core.Member{ID: core.MemberID(strings.ToLower(name)), Name: name, Role: core.Adult})
		}
		r.start()
		marta := r.marta.In(r.room)
		marta.Uses("/invite", nil).AwaitMessage()
		r.settle()
		seen := 0
		for _, m := range marta.Screen() {
			for _, b := range m.Buttons {
				if strings.HasPrefix(b.Label, "Invite ") && b.Beside != "" {
					seen++
				}
			}
		}
		if n := len(marta.Screen()); seen != len(r.house.Household.Members) || n < 3 || len(r.leo.Screen(r.room)) > 0 {
			t.Errorf("%d of %d people can be invited, in %d messages", seen, len(r.house.Household.Members), n)
		}
	})
}
