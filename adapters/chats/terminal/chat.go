// Package terminal is the terminal chat.
//
// One person sits at it, so all it shows is private. Its rules are:
//   - In a pipe a conversation is a transcript: each line is shown as it was understood, and what came of it is settled
//     before the next line is read, so that the same lines give the same text.
//   - In a terminal a line can be edited and called back, cards that arrive meanwhile leave it whole, and Ctrl-C or
//     Ctrl-D ends the conversation. The terminal is left as it was found.
//   - A number never means another button than the one it was shown with: numbers go on from card to card.
//   - Nothing that a stranger wrote can move the cursor, change a colour or look like a button.
package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"latchstring/core"
	"latchstring/core/talk"
)

// Config says who sits at the terminal and who answers them.
type Config struct {
	In      io.Reader
	Out     io.Writer
	Contact core.Contact // who sits here

	// Handle answers what was said or pressed.
	Handle func(context.Context, talk.Request) talk.Reply
	// Settle delivers what is due. It is called once a reply's work is done; nil where somebody else delivers in time. With
	// Editing it may be called from several goroutines at once.
	Settle func(context.Context)
	Now    func() time.Time

	Opening string // what is said for the reader when Run begins; "" says nothing
	Editing bool   // In and Out are one terminal that obeys escape sequences; see [Suits]
	Colour  bool
	Width   int // in columns, where Out does not tell its own; 0 means 100
}

// Chat is the conversation with whoever sits at the terminal. Send may be called from several goroutines at once.
type Chat struct {
	cfg Config
	run string // begins the names of this conversation's messages, so that none of an earlier one is taken for it

	mu       sync.Mutex
	screen   screen // nil while Run does not run
	numbers  numbers
	messages int
}

const (
	maxLine     = 4096            // bytes read of a line; the rest of a longer one is dropped
	leaveWithin = 5 * time.Second // how long work may go on after the reader has left
)

// errClosed says that nobody is there to read.
var errClosed = errors.New("terminal is not open")

// New makes the chat; [Chat.Run] opens it.
func New(cfg Config) *Chat {
	return &Chat{cfg: cfg, run: strconv.FormatInt(cfg.Now().UnixNano(), 36)}
}

// Name is the platform.
func (c *Chat) Name() core.Chat { return core.Terminal }

// Door is nothing: nobody comes to a terminal by a link.
func (c *Chat) Door() string { return "" }

// Send shows a card while Run runs. What is on the terminal already can not be changed: a redrawn message is shown anew,
// and its old buttons are only found by their numbers any more. A terminal remembers no earlier run, so a delivery that
// is sent twice is shown twice.
func (c *Chat) Send(_ context.Context, to core.Contact, source core.Source, card talk.Card, _ core.DeliveryID) (string, error) {
	if to != c.cfg.Contact {
		return "", &talk.SendError{Err: errors.New("nobody of that name sits at the terminal")} // perhaps next time
	}
	message, err := c.show(source.Message, card, unasked)
	if err != nil {
		return "", &talk.SendError{Err: err}
	}
	return message, nil
}

// Write shows a line that is no card, such as one of a log: above the prompt while Run runs, nowhere before and after.
func (c *Chat) Write(line []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.screen == nil {
		return 0, errClosed
	}
	return len(line), c.screen.show(tidy(string(line)) + "\n")
}

// Run talks with the reader until the end of input, "quit", or the end of ctx; all three are its good end. What is being
// done when the reader leaves gets a few seconds to finish.
//
// A read from a terminal or a pipe can not be called back: where ctx ends the conversation, one goroutine stays behind
// in that read until the input moves or the program ends. It touches nothing any more.
func (c *Chat) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s, err := c.open()
	if err != nil {
		return fmt.Errorf("terminal: %w", err)
	}
	defer c.close(s)

	lines := make(chan line)
	go func() {
		defer restoreOnPanic(s)
		defer close(lines)
		read(ctx, s, lines)
		if c.cfg.Editing {
			time.AfterFunc(leaveWithin, cancel)
		}
	}()
	var works sync.WaitGroup
	err = c.converse(ctx, s, lines, &works)
	if err != nil {
		cancel()
	}
	works.Wait()
	return err
}

func (c *Chat) open() (screen, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.screen != nil {
		return nil, errors.New("it is open already")
	}
	if !c.cfg.Editing {
		c.screen = openPipe(c.cfg.In, c.cfg.Out, c.cfg.Width)
		return c.screen, nil
	}
	e, err := openEditor(c.cfg.In, c.cfg.Out, c.prompt(), c.cfg.Width)
	if err != nil {
		return nil, err
	}
	c.screen = e
	return e, nil
}

func (c *Chat) close(s screen) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.screen = nil
	s.close()
}

// prompt is who speaks.
func (c *Chat) prompt() string { return core.Clean(c.cfg.Contact.User) + "> " }

// line is one line that was read, or why there are no more.
type line struct {
	text string
	err  error
}

// read passes on what the reader types until they leave. Lines without a word are passed over.
func read(ctx context.Context, s screen, lines chan<- line) {
	for {
		text, err := s.readLine()
		text = tidy(text)
		if text == "" && err == nil {
			continue
		}
		if errors.Is(err, io.EOF) || strings.EqualFold(text, "quit") {
			return
		}
		select {
		case lines <- line{text, err}:
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

// tidy makes a line of what came in: at most 4 kB, valid, without control and format characters.
func tidy(text string) string {
	if len(text) > maxLine {
		text = text[:maxLine]
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsGraphic(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "")))
}

// converse answers line after line.
func (c *Chat) converse(ctx context.Context, s screen, lines <-chan line, works *sync.WaitGroup) error {
	if c.cfg.Opening != "" {
		if err := c.hear(ctx, s, c.cfg.Opening, works); err != nil {
			return err
		}
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case l, more := <-lines:
			if !more {
				return nil
			}
			if l.err != nil {
				return fmt.Errorf("terminal: read: %w", l.err)
			}
			if !c.cfg.Editing {
				if err := s.show(c.prompt() + l.text + "\n"); err != nil {
					return fmt.Errorf("terminal: write: %w", err)
				}
			}
			if err := c.hear(ctx, s, l.text, works); err != nil {
				return err
			}
		}
	}
}

// hear answers a line and does what the answer announces: at once in a pipe, beside the next line in a terminal.
func (c *Chat) hear(ctx context.Context, s screen, text string, works *sync.WaitGroup) error {
	r, unclear := c.understand(text)
	if len(unclear) > 0 {
		return s.show(c.sheet(s).choices(unclear))
	}
	reply := c.cfg.Handle(ctx, r)
	message := ""
	if reply.Redraw {
		message = r.Message
	}
	if _, err := c.show(message, reply.Card, asked); err != nil {
		return fmt.Errorf("terminal: write: %w", err)
	}
	if !c.cfg.Editing {
		c.finish(ctx, reply.Then)
		return nil
	}
	works.Go(func() {
		defer restoreOnPanic(s)
		c.finish(ctx, reply.Then)
	})
	return nil
}

func (c *Chat) finish(ctx context.Context, then func(context.Context)) {
	if then != nil {
		then(ctx)
	}
	if c.cfg.Settle != nil {
		c.cfg.Settle(ctx)
	}
}

// understand makes a request of a line: a number or a label presses a button, all else is said. Where a label may mean
// several buttons those are returned instead.
func (c *Chat) understand(text string) (r talk.Request, unclear []choice) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r = talk.Request{From: c.cfg.Contact, Private: true, Text: text, At: c.cfg.Now()}
	found := c.numbers.find(text)
	switch len(found) {
	case 0:
	case 1:
		b := found[0]
		r.Message, r.Handle, r.Text = b.message, b.handle, b.say
	default:
		return r, found
	}
	return r, nil
}

// show draws a card as a message of its own, or in the place of one of this conversation, and returns the message's name.
// A card that says nothing is not drawn.
func (c *Chat) show(message string, card talk.Card, by occasion) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.screen == nil {
		return "", errClosed
	}
	if !strings.HasPrefix(message, c.run+".") {
		c.messages++
		message = c.run + "." + strconv.Itoa(c.messages)
	}
	sheet := c.sheet(c.screen)
	sheet.next = c.numbers.put(message, &card, by)
	text := sheet.card(&card)
	if text == "" {
		return message, nil
	}
	if by == unasked && c.cfg.Editing && card.Tone == talk.Alarm && !card.Quiet {
		text = "\a" + text
	}
	return message, c.screen.show(text)
}

func (c *Chat) sheet(s screen) *sheet { return &sheet{width: s.width(), colour: c.cfg.Colour} }
