package terminal_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"latchstring/adapters/chats/chattest"
	"latchstring/adapters/chats/terminal"
	"latchstring/core"
	"latchstring/core/talk"
)

var update = flag.Bool("update", false, "write what is drawn into the golden files")

var leo = core.Contact{Chat: core.Terminal, User: "leo"}

func clock() time.Time { return time.Date(2026, time.November, 24, 19, 14, 0, 0, time.UTC) }

// transcript is what a pipe shows for the lines of in, each answered by reply.
func transcript(t testing.TB, cfg terminal.Config, in string, reply func(talk.Request) talk.Reply) string {
	t.Helper()
	var out strings.Builder
	cfg.In, cfg.Out, cfg.Contact, cfg.Now = strings.NewReader(in), &out, leo, clock
	cfg.Handle = func(_ context.Context, r talk.Request) talk.Reply { return reply(r) }
	if err := terminal.New(cfg).Run(t.Context()); err != nil {
		t.Fatalf("Run: %v", err)
	}
	return out.String()
}

func drawn(t testing.TB, cfg terminal.Config, card talk.Card) string {
	t.Helper()
	return strings.TrimPrefix(transcript(t, cfg, "x\n", func(talk.Request) talk.Reply { return talk.Reply{Card: card} }), "leo> x\n")
}

func TestCardsAreDrawn(t *testing.T) {
	for _, s := range chattest.Cards() {
		t.Run(s.Name, func(t *testing.T) {
			compare(t, s.Name, drawn(t, terminal.Config{}, s.Card))
			if s.Name == "devices" || s.Name == "guide" {
				compare(t, s.Name+"-narrow", drawn(t, terminal.Config{Width: 48}, s.Card))
				compare(t, s.Name+"-colour", drawn(t, terminal.Config{Colour: true}, s.Card))
			}
		})
	}
}

func compare(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
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

var ours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// FuzzStrangersDrawNothingButText: whatever a stranger's name holds, only letters reach the terminal, only our buttons
// have numbers, and no line is longer than the terminal is wide, unless a single word is.
func FuzzStrangersDrawNothingButText(f *testing.F) {
	for _, s := range chattest.Cards() {
		if len(s.Card.Groups) == 1 && strings.HasPrefix(s.Name, "hostile") {
			f.Add(s.Card.Groups[0].Rows[0].Title.String(), 60)
		}
	}
	f.Fuzz(func(t *testing.T, name string, width int) {
		if len(name) > 1<<12 {
			return
		}
		width = min(max(width, 48), 120)
		span := talk.Span{Style: talk.Untrusted, Text: name}
		card := talk.Card{
			Tone: talk.Warn, Summary: talk.Text{{Text: "Sign out "}, span, {Text: "?"}}, Body: []talk.Text{{span}}, Steps: []talk.Text{{span}},
			Groups: []talk.Group{{Title: talk.Text{span}, Note: talk.Text{span}, Rows: []talk.Row{{
				Title: talk.Text{span}, Facts: []talk.Text{{span}, talk.Words("home")},
				Buttons: []talk.Button{{Label: talk.Words("Sign out"), Say: "signout"}},
			}}}},
		}
		for _, colour := range []bool{false, true} {
			text := drawn(t, terminal.Config{Width: width, Colour: colour}, card)
			if colour {
				text = ours.ReplaceAllString(text, "")
			}
			if n := strings.Count(text, "["); n != 1 {
				t.Fatalf("%d brackets, only one is ours:\n%s", n, text)
			}
			for row := range strings.Lines(text) {
				checkRow(t, strings.TrimSuffix(row, "\n"), width)
			}
		}
	})
}

func checkRow(t *testing.T, row string, width int) {
	t.Helper()
	if !utf8.ValidString(row) {
		t.Fatalf("row is no text: %q", row)
	}
	letters := 0
	for _, r := range row {
		if !unicode.IsGraphic(r) {
			t.Fatalf("%U reached the terminal: %q", r, row)
		}
		if !unicode.In(r, unicode.Mn, unicode.Me) {
			letters++
		}
	}
	// A row's buttons may follow a word that is too long; besides them it may hold nothing that could be broken off.
	words := len(strings.Fields(strings.TrimSuffix(row, "[1] Sign out")))
	if letters > width && words > 2 {
		t.Fatalf("row of %d characters on a terminal of %d: %q", letters, width, row)
	}
}
