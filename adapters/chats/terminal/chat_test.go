package terminal_test

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"latchstring/adapters/chats/terminal"
	"latchstring/core"
	"latchstring/core/talk"
)

// question is a card with buttons "Yes" and "No" whose handles begin with the name.
func question(name string) talk.Card {
	return talk.Card{Summary: talk.Words(name + "?"), Buttons: []talk.Button{
		{Label: talk.Words("Yes"), Handle: name + "-yes"}, {Label: talk.Words("No"), Handle: name + "-no"},
	}}
}

// understood runs lines through a pipe and returns what home was asked.
func understood(t *testing.T, in string, reply func(talk.Request) talk.Reply) []talk.Request {
	t.Helper()
	var asked []talk.Request
	transcript(t, terminal.Config{}, in, func(r talk.Request) talk.Reply {
		asked = append(asked, r)
		return reply(r)
	})
	return asked
}

func TestLinesAreUnderstood(t *testing.T) {
	list := talk.Card{Summary: talk.Words("2 devices."), Groups: []talk.Group{{Rows: []talk.Row{
		{Title: talk.Words("TV"), Buttons: []talk.Button{
			{Label: talk.Words("Manage"), Link: "https://example.org"},
			{Label: talk.Text{{Text: "Sign out "}, {Style: talk.Untrusted, Text: "all"}}, Handle: "h-all"},
		}},
	}}}, Buttons: []talk.Button{{Label: talk.Words("Everybody's devices"), Say: "devices all"}}}
	type meant struct{ Text, Handle string }
	for _, tt := range []struct {
		name, line string
		want       meant
	}{
		{"a command", "devices", meant{"devices", ""}},
		{"a number", "1", meant{"", "h-all"}},
		{"a number in brackets", "[1]", meant{"", "h-all"}},
		{"a button that says something", "2", meant{"devices all", ""}},
		{"a number that no button has", "3", meant{"3", ""}},
		{"no number", "0", meant{"0", ""}},
		{"a label", "everybody's devices", meant{"devices all", ""}},
		{"a label in brackets", "[Everybody's devices]", meant{"devices all", ""}},
		{"a stranger's label in brackets", "[Sign out all]", meant{"", "h-all"}},
		{"a stranger's label is no command", "sign out all", meant{"sign out all", ""}},
		{"spaces around", "  1  ", meant{"", "h-all"}},
		{"control characters", "de\x1b[31mvi\x00ces\u202e", meant{"de[31mvices", ""}},
		{"bytes that are no text", "dev\xffices", meant{"devices", ""}},
		{"a line without end", strings.Repeat("x", 10_000), meant{strings.Repeat("x", 4096), ""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			asked := understood(t, "first\n\n"+tt.line+"\r\nlast", func(talk.Request) talk.Reply { return talk.Reply{Card: list} })
			if len(asked) != 3 {
				t.Fatalf("home was asked %d times, want 3", len(asked))
			}
			got := asked[1]
			if diff := cmp.Diff(tt.want, meant{got.Text, got.Handle}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got.From != leo || !got.Private || !got.At.Equal(clock()) {
				t.Errorf("request %+v: not from leo, in private, now", got)
			}
			if asked[2].Text != "last" {
				t.Errorf("the last line was read as %q", asked[2].Text)
			}
		})
	}
}

func TestQuitEndsTheConversation(t *testing.T) {
	asked := understood(t, "one\nQuit\ntwo\n", func(talk.Request) talk.Reply { return talk.Reply{} })
	if len(asked) != 1 {
		t.Errorf("home was asked %d times, want once", len(asked))
	}
}

// A number keeps its meaning, whatever comes after it.
func TestNumbersGoOn(t *testing.T) {
	asked := understood(t, "a\nb\n1\n4\n", func(r talk.Request) talk.Reply { return talk.Reply{Card: question(r.Text + r.Handle)} })
	if got := asked[2].Handle + " " + asked[3].Handle; got != "a-yes b-no" {
		t.Errorf("1 and 4 pressed %s, want a-yes b-no", got)
	}
}

func TestOldNumbersAreForgotten(t *testing.T) {
	in := strings.Repeat("more\n", 600) + "200\n201\n1200\n"
	n := 0
	asked := understood(t, in, func(talk.Request) talk.Reply {
		n++
		return talk.Reply{Card: question(strconv.Itoa(n))}
	})
	// After 600 cards the numbers 201 to 1200 are known; the press of 200 is asked as it was typed and answered by a card
	// more, so 201 is forgotten as well.
	for i, want := range []string{"200", "201", "600-no"} {
		if got := asked[600+i].Text + asked[600+i].Handle; got != want {
			t.Errorf("line %d meant %q, want %q", 600+i, got, want)
		}
	}
}

// Of two answers with one label the newer is meant.
func TestALabelMeansTheNewestAnswer(t *testing.T) {
	asked := understood(t, "a\nb\nyes\n", func(r talk.Request) talk.Reply { return talk.Reply{Card: question(r.Text)} })
	if got := asked[2].Handle; got != "b-yes" {
		t.Errorf("yes pressed %q, want b-yes", got)
	}
}

// A redrawn message keeps its name; its old buttons answer to their numbers only.
func TestRedraw(t *testing.T) {
	asked := understood(t, "a\n1\n1\nyes\n", func(r talk.Request) talk.Reply {
		if r.Handle == "a-yes" {
			return talk.Reply{Card: talk.Card{Summary: talk.Words("Done.")}, Redraw: true}
		}
		return talk.Reply{Card: question(r.Text)}
	})
	if asked[1].Message == "" || asked[1].Message != asked[2].Message || asked[2].Handle != "a-yes" {
		t.Errorf("pressed twice: %+v, %+v", asked[1], asked[2])
	}
	if got := asked[3]; got.Text != "yes" || got.Message != "" {
		t.Errorf("the label of a button that is gone was pressed: %+v", got)
	}
}

// In a pipe the work of an answer and what is due come before the next line.
func TestAPipeSettlesLineByLine(t *testing.T) {
	var out strings.Builder
	var chat *terminal.Chat
	n := 0
	chat = terminal.New(terminal.Config{
		In: strings.NewReader("one\ntwo\n"), Out: &out, Contact: leo, Now: clock, Opening: "hello",
		Handle: func(_ context.Context, r talk.Request) talk.Reply {
			return talk.Reply{Card: talk.Card{Summary: talk.Words("Heard " + r.Text + ".")}, Then: func(context.Context) { n++ }}
		},
		Settle: func(ctx context.Context) {
			card := talk.Card{Tone: talk.Good, Summary: talk.Words("Done " + strconv.Itoa(n) + ".")}
			if _, err := chat.Send(ctx, leo, core.Source{}, card, "d"); err != nil {
				t.Errorf("Send: %v", err)
			}
		},
	})
	if err := chat.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := "  Heard hello.\n\n✓ Done 1.\n\nleo> one\n  Heard one.\n\n✓ Done 2.\n\nleo> two\n  Heard two.\n\n✓ Done 3.\n\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSendSaysWhyItCanNot(t *testing.T) {
	chat := terminal.New(terminal.Config{In: strings.NewReader(""), Out: io.Discard, Contact: leo, Now: clock})
	for _, to := range []core.Contact{leo, {Chat: core.Terminal, User: "marta"}} {
		_, err := chat.Send(t.Context(), to, core.Source{}, question("a"), "d")
		if e, ok := errors.AsType[*talk.SendError](err); !ok || e.Permanent {
			t.Errorf("to %v: %v, want an error that may pass", to, err)
		}
	}
}

// What can not be written ends the conversation.
func TestABrokenPipeIsAnError(t *testing.T) {
	in, out := io.Pipe()
	_ = in.Close()
	chat := terminal.New(terminal.Config{
		In: strings.NewReader("a\n"), Out: out, Contact: leo, Now: clock,
		Handle: func(context.Context, talk.Request) talk.Reply { return talk.Reply{} },
	})
	if err := chat.Run(t.Context()); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("Run: %v, want %v", err, io.ErrClosedPipe)
	}
}

// desk is a terminal that a test sits at.
type desk struct {
	*terminal.Chat
	keys  *io.PipeWriter
	ended chan error

	mu     sync.Mutex
	shown  strings.Builder
	change chan struct{}
}

func (d *desk) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	close(d.change)
	d.change = make(chan struct{})
	return d.shown.Write(p)
}

// sit opens a terminal on which lines are edited.
func sit(t *testing.T, handle func(context.Context, talk.Request) talk.Reply) *desk {
	t.Helper()
	in, keys := io.Pipe()
	d := &desk{keys: keys, ended: make(chan error, 1), change: make(chan struct{})}
	d.Chat = terminal.New(terminal.Config{In: in, Out: d, Contact: leo, Now: clock, Handle: handle, Editing: true})
	ctx, cancel := context.WithCancel(context.Background())
	go func() { d.ended <- d.Run(ctx) }()
	t.Cleanup(func() {
		_ = keys.Close()
		cancel()
	})
	d.awaits(t, "leo> ")
	return d
}

func (d *desk) types(t *testing.T, keys string) {
	t.Helper()
	if _, err := io.WriteString(d.keys, keys); err != nil {
		t.Fatal(err)
	}
}

// awaits waits until the terminal has shown something, and returns all it has shown.
func (d *desk) awaits(t *testing.T, text string) string {
	t.Helper()
	late := time.After(10 * time.Second)
	for {
		d.mu.Lock()
		shown, change := d.shown.String(), d.change
		d.mu.Unlock()
		if strings.Contains(shown, text) {
			return shown
		}
		select {
		case <-change:
		case <-late:
			t.Fatalf("%q was not shown, only %q", text, shown)
		}
	}
}

func (d *desk) ends(t *testing.T) {
	t.Helper()
	select {
	case err := <-d.ended:
		if err != nil {
			t.Errorf("Run: %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the conversation did not end")
	}
}

// A card that arrives while somebody types leaves their line whole, and does not change what their number means.
func TestACardArrivesWhileTyping(t *testing.T) {
	asked := make(chan talk.Request, 9)
	d := sit(t, func(_ context.Context, r talk.Request) talk.Reply {
		asked <- r
		return talk.Reply{Card: question(r.Text + r.Handle)}
	})
	d.types(t, "first\r")
	d.awaits(t, "[2] No")
	d.types(t, "[")
	d.awaits(t, "leo> [")
	alert := question("alert")
	alert.Tone = talk.Alarm
	if _, err := d.Send(t.Context(), leo, core.Source{}, alert, "d"); err != nil {
		t.Fatal(err)
	}
	shown := d.awaits(t, "[4] No\r\n\r\n")
	if !strings.Contains(shown, "\a") {
		t.Error("an alarm made no sound")
	}
	d.types(t, "1]\r")
	if r := <-asked; r.Text != "first" {
		t.Errorf("first line: %+v", r)
	}
	if r := <-asked; r.Handle != "first-yes" {
		t.Errorf("the number pressed %q, want first-yes", r.Handle)
	}
	// The label is on a card that came unasked as well, so the reader has to say which.
	d.types(t, "yes\r")
	d.awaits(t, "[3] Yes — alert?")
	d.types(t, "3\r")
	if r := <-asked; r.Handle != "alert-yes" {
		t.Errorf("the choice pressed %q, want alert-yes", r.Handle)
	}
	d.types(t, "\x03")
	d.ends(t)
}

// While work goes on the terminal stays usable; who leaves meanwhile lets it finish.
func TestLeavingLetsWorkFinish(t *testing.T) {
	for name, keys := range map[string]string{"ctrl-c": "\x03", "ctrl-d": "\x04", "quit": "quit\r"} {
		t.Run(name, func(t *testing.T) {
			release, done := make(chan struct{}), false
			d := sit(t, func(_ context.Context, r talk.Request) talk.Reply {
				if r.Text == "slow" {
					return talk.Reply{Then: func(ctx context.Context) {
						<-release
						done = ctx.Err() == nil
					}}
				}
				return talk.Reply{Card: talk.Card{Summary: talk.Words("Here.")}}
			})
			d.types(t, "slow\rhello\r")
			d.awaits(t, "Here.")
			d.types(t, keys)
			select {
			case err := <-d.ended:
				t.Fatalf("the conversation ended with work under way: %v", err)
			case <-time.After(20 * time.Millisecond):
			}
			close(release)
			d.ends(t)
			if !done {
				t.Error("the work was not done")
			}
			if _, err := d.Send(t.Context(), leo, core.Source{}, question("a"), "d"); err == nil {
				t.Error("Send wrote on a terminal that was left")
			}
		})
	}
}

// A line that was edited is no longer than one from a pipe.
func TestALongLineIsCut(t *testing.T) {
	asked := make(chan talk.Request, 1)
	d := sit(t, func(_ context.Context, r talk.Request) talk.Reply {
		asked <- r
		return talk.Reply{}
	})
	d.types(t, strings.Repeat("ü", 3000)+"\r")
	if r := <-asked; r.Text != strings.Repeat("ü", 2048) {
		t.Errorf("%d bytes were read", len(r.Text))
	}
}
