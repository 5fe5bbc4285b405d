package discord_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"latchstring/adapters/chats/chattest"
	"latchstring/adapters/chats/discord/discordapi"
	"latchstring/core"
	"latchstring/core/talk"
)

// The golden files hold the calls that show each of the cards every chat must draw, as the platform gets them.
func TestCardsAreDrawn(t *testing.T) {
	t.Parallel()
	for _, s := range chattest.Cards() {
		t.Run(s.Name, func(t *testing.T) {
			r := newRig(t)
			if _, err := r.send(s.Card, "d1"); err != nil {
				t.Fatal(err)
			}
			compare(t, s.Name, written(t, r.srv.Calls("create_message")))
		})
	}
}

// written writes calls down as JSON for people.
func written(t *testing.T, calls []discordapi.Call) string {
	t.Helper()
	var b bytes.Buffer
	for _, c := range calls {
		fmt.Fprintln(&b, c.Name)
		if err := json.Indent(&b, c.Body, "", " "); err != nil {
			t.Fatal(err)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func compare(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if flag.Lookup("update").Value.String() == "true" { // coretest has it, for its talks
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// FuzzStrangersDrawNothingButCode: whatever a stranger wrote, in every place of a card at once, the platform takes the
// message, and finds in it no link, mention or secret of theirs.
func FuzzStrangersDrawNothingButCode(f *testing.F) {
	for _, s := range chattest.Cards() {
		for _, g := range s.Card.Groups {
			for _, row := range g.Rows {
				f.Add(row.Title.String())
			}
		}
	}
	for _, name := range []string{
		"https://evil.example", "||x||", "`", "``", "\\`", "`||", "<t:1:R>", "[x](https://evil.example)", `\_*`,
		strings.Repeat("🏠", 3000), strings.Repeat("a.b ", 2000),
	} {
		f.Add(name)
	}
	r := newRig(f)
	f.Fuzz(func(t *testing.T, name string) {
		for _, card := range []talk.Card{hostile(name, true), hostile(name, false)} {
			if _, err := r.chat.Send(t.Context(), contact(r.leo), core.Source{}, card, ""); err != nil {
				t.Fatalf("%q: %v", name, err)
			}
			if bad := r.srv.Forgive(); len(bad) > 0 {
				t.Fatalf("%q: %s", name, bad)
			}
			m := r.leo.Screen(r.leo.DM()).Last()
			if len(m.Anchors()) > 0 {
				t.Fatalf("%q: %v can be followed", name, m.Anchors())
			}
			want := []string(nil)
			if card.Secret() {
				want = []string{"`493817`"}
			}
			if got := m.Spoilers(); !slices.Equal(got, want) {
				t.Fatalf("%q: hidden is %q", name, got)
			}
			for _, label := range m.Labels() {
				if strings.ContainsFunc(label, unicode.IsControl) || len([]rune(label)) > talk.MaxLabel {
					t.Fatalf("%q: label %q", name, label)
				}
			}
		}
	})
}

// hostile says a name wherever a card has room for one.
func hostile(name string, full bool) talk.Card {
	foreign := talk.Span{Style: talk.Untrusted, Text: name}
	between := talk.Text{{Text: "a "}, foreign, {Text: " b"}, {Style: talk.Strong, Text: "c"}, foreign}
	button := talk.Button{Label: talk.Text{foreign}, Handle: "a1.000000000000000000000A"}
	c := talk.Card{
		Summary: between, Body: []talk.Text{between, {foreign}}, Steps: []talk.Text{between},
		Buttons: []talk.Button{button, {Label: between, Say: name}, {Label: between, Link: "https://example.org/"}},
	}
	if !full {
		return c
	}
	c.Summary = append(talk.Text{{Style: talk.Hidden, Secret: core.NewSecret("493817")}}, between...)
	c.Groups = []talk.Group{{Title: between, Note: between, Rows: []talk.Row{
		{Title: talk.Text{foreign}, Facts: []talk.Text{{foreign}, between}, Buttons: []talk.Button{button}},
		{Facts: []talk.Text{{foreign}}, Buttons: []talk.Button{{Label: talk.Text{foreign}, Handle: "a1.000000000000000000001A"}}},
	}}}
	return c
}

// However much a card holds, the platform takes it, and it says that there is more.
func TestTooMuchIsCut(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	g := talk.Group{Title: talk.Words("Jellyfin")}
	for i := range 60 {
		g.Rows = append(g.Rows, talk.Row{
			Title: talk.Words(fmt.Sprintf("Device %d", i)), Facts: []talk.Text{talk.Words(strings.Repeat("and so on ", 10))},
			Buttons: []talk.Button{{Label: talk.Words("Sign out"), Handle: fmt.Sprintf("a1.%022d", i)}},
		})
	}
	var own []talk.Button
	for i := range 40 {
		own = append(own, talk.Button{Label: talk.Words("More"), Say: fmt.Sprintf("devices page %d", i)})
	}
	for name, card := range map[string]talk.Card{
		"rows":    {Summary: talk.Words("All of it:"), Groups: []talk.Group{g, g}, Buttons: own[:3]},
		"buttons": {Summary: talk.Words("All of it:"), Groups: []talk.Group{g}, Buttons: own},
		"words":   {Summary: talk.Words(strings.Repeat("very *", 2000)), Body: []talk.Text{talk.Words(strings.Repeat("\\", 5000))}},
	} {
		if _, err := r.send(card, core.DeliveryID(name)); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if text := strings.Join(r.leo.Screen(r.leo.DM()).Last().Texts(), "\n"); !strings.Contains(text, "…") {
			t.Errorf("%s: nothing says that there is more:\n%s", name, text)
		}
	}
}
