package telegram_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"latchstring/adapters/chats/chattest"
	"latchstring/adapters/chats/telegram/botapi"
	"latchstring/core"
	"latchstring/core/talk"
)

// The golden files hold the calls that show each of the cards every chat must draw, as the platform gets them.
func TestCardsAreDrawn(t *testing.T) {
	for _, s := range chattest.Cards() {
		t.Run(s.Name, func(t *testing.T) {
			r := newRig(t)
			r.send(s.Card)
			compare(t, s.Name, written(r.srv.Calls("sendMessage")))
			if s.Name == "secret" {
				m := r.leo.Screen().Last()
				if !m.Protected || m.Preview || !cmp.Equal(m.Spoilers(), []string{chattest.Code}) {
					t.Errorf("the secret is shown as %+v", m)
				}
			}
		})
	}
}

// send shows Leo a card in private.
func (r *rig) send(card talk.Card) {
	r.t.Helper()
	if _, err := r.chat.Send(r.t.Context(), contact(r.leo), core.Source{}, card, "d1"); err != nil {
		r.t.Fatalf("not sent: %v", err)
	}
}

// written writes calls down, a parameter a line.
func written(calls []botapi.Call) string {
	var b strings.Builder
	for _, c := range calls {
		fmt.Fprintln(&b, c.Method)
		for _, name := range slices.Sorted(maps.Keys(c.Params)) {
			value := c.Params[name]
			if name == "reply_markup" {
				value = strings.NewReplacer(`[[{`, "\n[{", `}],[{`, "}],\n[{", `}]]`, "}]\n").Replace(value)
			}
			fmt.Fprintf(&b, "  %s: %s\n", name, strings.TrimRight(strings.ReplaceAll(value, "\n", "\n    "), " \n"))
		}
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
// message, and finds in it no link, mention or command of theirs.
func FuzzStrangersDrawNothingButCode(f *testing.F) {
	for _, s := range chattest.Cards() {
		for _, g := range s.Card.Groups {
			for _, row := range g.Rows {
				f.Add(row.Title.String())
			}
		}
	}
	for _, name := range []string{
		"evil.example", "@rivera_home", "/devices", "#x $USD +34 600 000 000", "</code><a href='//evil.example'>x</a>", "&lt;b&gt; &#60;", `\_*`,
		strings.Repeat("🏠", 3000), strings.Repeat("a.b ", 2000),
	} {
		f.Add(name)
	}
	r := newRig(f)
	f.Fuzz(func(t *testing.T, name string) {
		if _, err := r.chat.Send(t.Context(), contact(r.leo), core.Source{}, hostile(name), "d1"); err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		if bad := r.srv.Forgive(); len(bad) > 0 {
			t.Fatalf("%q: %s", name, bad)
		}
		m := r.leo.Screen().Last()
		r.leo.Deletes(m.ID)
		if n := botapi.Units(m.Text); n > 4096 {
			t.Fatalf("%q: %d units", name, n)
		}
		for _, e := range m.Entities {
			if !slices.Contains([]string{"code", "bold", "italic", "spoiler"}, e.Type) {
				t.Fatalf("%q: %s %q in %q", name, e.Type, e.Of(m.Text), m.Text)
			}
		}
		if got := m.Spoilers(); !slices.Equal(got, []string{"493817"}) {
			t.Fatalf("%q: the secret is %q", name, got)
		}
		for _, label := range m.Labels() {
			if strings.ContainsFunc(label, unicode.IsControl) {
				t.Fatalf("%q: label %q", name, label)
			}
		}
		if lines := strings.Count(m.Text, "\n"); lines > 12 {
			t.Fatalf("%q: %d lines in %q", name, lines, m.Text)
		}
	})
}

// hostile says a name wherever a card has room for one.
func hostile(name string) talk.Card {
	foreign := talk.Span{Style: talk.Untrusted, Text: name}
	between := talk.Text{{Text: "a "}, foreign, {Text: " b"}, {Style: talk.Strong, Text: "c"}, foreign}
	button := talk.Button{Label: talk.Text{foreign}, Handle: "a1.000000000000000000000A"}
	return talk.Card{
		Summary: append(between, talk.Span{Style: talk.Hidden, Secret: core.NewSecret("493817")}),
		Body:    []talk.Text{between, {foreign}},
		Steps:   []talk.Text{between},
		Groups: []talk.Group{{Title: between, Note: between, Rows: []talk.Row{
			{Title: talk.Text{foreign}, Facts: []talk.Text{{foreign}, between}, Buttons: []talk.Button{button}},
			{Facts: []talk.Text{{foreign}}, Buttons: []talk.Button{button}},
		}}},
		Buttons: []talk.Button{button, {Label: between, Say: name}, {Label: between, Link: "https://example.org/"}},
	}
}

// Every text is there once, none is cut in the middle of a line, and the buttons stand under the last message.
func TestLongCardsBecomeSeveralMessages(t *testing.T) {
	r := newRig(t)
	card := talk.Card{Summary: talk.Words("All of it:"), Buttons: []talk.Button{{Label: talk.Words("More"), Say: "history"}}}
	for i := range 120 {
		card.Body = append(card.Body, talk.Text{
			{Style: talk.Untrusted, Text: fmt.Sprintf("device %d 🏠", i)}, {Text: strings.Repeat(" and so on", 8)},
		})
	}
	r.send(card)
	messages := r.leo.Screen().FromBot()
	if len(messages) < 3 {
		t.Fatalf("%d messages", len(messages))
	}
	var all strings.Builder
	for i, m := range messages {
		all.WriteString(m.Text + "\n")
		if n := botapi.Units(m.Text); n > 4096 {
			t.Errorf("message %d has %d units", i, n)
		}
		if buttons := len(m.Rows); (buttons > 0) != (i == len(messages)-1) {
			t.Errorf("message %d has %d buttons", i, buttons)
		}
	}
	for i := range 120 {
		if n := strings.Count(all.String(), fmt.Sprintf("device %d 🏠 and", i)); n != 1 {
			t.Errorf("device %d is told %d times", i, n)
		}
	}
}

func TestWhatIsTooLongEvenForSeveralMessages(t *testing.T) {
	r := newRig(t)
	card := talk.Card{Summary: talk.Words(strings.Repeat("very ", 2000) + "long")}
	for range 500 {
		card.Body = append(card.Body, talk.Words(strings.Repeat("and so on ", 10)))
	}
	names := talk.Text{}
	for range 200 {
		names = append(names, talk.Span{Style: talk.Untrusted, Text: "evil.example"}, talk.Span{Text: ", "})
	}
	card.Body = append([]talk.Text{names}, card.Body...)
	r.send(card)
	messages := r.leo.Screen().FromBot()
	if n := len(messages); n != 4 {
		t.Errorf("%d messages, want 4", n)
	}
	for i, m := range messages {
		if len(m.Entities) > 100 || len(m.Parts("url")) > 0 {
			t.Errorf("message %d has %d entities, links %q", i, len(m.Entities), m.Parts("url"))
		}
	}
	if !strings.HasSuffix(messages[len(messages)-1].Text, "\n…") {
		t.Error("the last message does not say that there is more")
	}
}

// Telegram drops what is more than a hundred entities of a message, and a name that lost its own is a link.
func TestManyNamesBecomeSeveralMessages(t *testing.T) {
	r := newRig(t)
	card := talk.Card{Summary: talk.Words("All of them:")}
	for range 150 {
		card.Body = append(card.Body, talk.Text{{Style: talk.Untrusted, Text: "evil.example"}})
	}
	r.send(card)
	names := 0
	for i, m := range r.leo.Screen().FromBot() {
		if len(m.Entities) > 100 || len(m.Parts("url")) > 0 {
			t.Errorf("message %d has %d entities, links %q", i, len(m.Entities), m.Parts("url"))
		}
		names += len(m.Parts("code"))
	}
	if names != 150 {
		t.Errorf("%d names, want 150", names)
	}
}

// Two rows with one label are told apart by the number of the row.
func TestSharedLabelsAreNumbered(t *testing.T) {
	r := newRig(t)
	row := func(handle string) talk.Row {
		return talk.Row{
			Title:   talk.Text{{Style: talk.Untrusted, Text: "TV"}},
			Buttons: []talk.Button{{Label: talk.Words("Sign out TV"), Handle: handle}},
		}
	}
	r.send(talk.Card{Summary: talk.Words("2 devices."), Groups: []talk.Group{{Rows: []talk.Row{row("a1.1"), row("a1.2")}}}})
	m := r.leo.Screen().Last()
	if diff := cmp.Diff([]string{"Sign out TV (1)", "Sign out TV (2)"}, m.Labels()); diff != "" || !strings.Contains(m.Text, "\n2. TV") {
		t.Errorf("%q %s", m.Text, diff)
	}
}

// What a button can not carry is left out, and a link that the platform refuses is written out.
func TestButtonsThatCanNotBe(t *testing.T) {
	r := newRig(t)
	label := func(s string) talk.Text { return talk.Words(s) }
	r.send(talk.Card{Summary: talk.Words("Choose."), Buttons: []talk.Button{
		{Label: label("62 bytes"), Say: strings.Repeat("x", 62)},
		{Label: label("63 bytes"), Say: strings.Repeat("x", 63)},
		{Label: label("Open"), Link: "http://nas:8096/web"},
		{Label: label("Mail"), Link: "mailto:leo@example.org"},
		{Label: label("Web"), Link: "https://example.org/x?y=1&z"},
	}})
	m := r.leo.Screen().Last()
	if diff := cmp.Diff([]string{"62 bytes", "Web"}, m.Labels()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff("Choose.\nOpen: http://nas:8096/web\nMail: mailto:leo@example.org", m.Text); diff != "" || len(m.Parts("url")) > 0 {
		t.Errorf("%s, links %q", diff, m.Parts("url"))
	}
}

// A secret message is taken away at its time, and what is left when the program stops with it.
func TestSecretsAreTakenAway(t *testing.T) {
	r := newRig(t)
	stop := r.start()
	secret := func(d time.Duration) talk.Card {
		return talk.Card{Summary: talk.Text{{Text: "Code: "}, {Style: talk.Hidden, Secret: core.NewSecret("493817")}}, Lapses: r.now().Add(d)}
	}
	r.send(secret(200 * time.Millisecond))
	r.send(secret(time.Hour))
	r.srv.AwaitCalls("deleteMessage", 1)
	if n := len(r.leo.Screen().FromBot()); n != 1 {
		t.Errorf("%d messages are left, want 1", n)
	}
	began := time.Now()
	if err := stop(); err != nil {
		t.Error(err)
	}
	if n := len(r.leo.Screen().FromBot()); n != 0 {
		t.Errorf("%d messages are left after the stop", n)
	}
	if d := time.Since(began); d > time.Second {
		t.Errorf("stopped after %v", d)
	}
}
