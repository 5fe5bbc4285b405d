package terminal

import (
	"bufio"
	"errors"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"
)

// screen is the two ends of a conversation. All methods but readLine may be called from several goroutines at once.
type screen interface {
	// readLine returns one line without its end; io.EOF says that there are no more.
	readLine() (string, error)
	show(text string) error
	width() int // in columns
	close()     // leaves the terminal as it was found; a second call does nothing
}

// Widths in columns. A narrower terminal breaks the lines by itself; on a wider one they would be hard to read.
const (
	defaultWidth = 100
	minWidth     = 48
	maxWidth     = 120
)

// Suits tells what a conversation between two files can be like. Without a terminal at both ends, or on one that calls
// itself dumb, lines are not edited; NO_COLOR (https://no-color.org) turns colours off.
func Suits(in, out *os.File, getenv func(string) string) (editing, colour bool) {
	if !term.IsTerminal(int(out.Fd())) || getenv("TERM") == "dumb" {
		return false, false
	}
	return term.IsTerminal(int(in.Fd())), getenv("NO_COLOR") == ""
}

// restoreOnPanic is deferred in goroutines, whose panics end the program without passing through Run.
func restoreOnPanic(s screen) {
	if p := recover(); p != nil {
		s.close()
		panic(p)
	}
}

// pipe reads lines and writes text.
type pipe struct {
	in   *bufio.Reader
	cols int

	mu  sync.Mutex
	out io.Writer
}

func openPipe(in io.Reader, out io.Writer, width int) *pipe {
	return &pipe{in: bufio.NewReaderSize(in, maxLine), out: out, cols: columns(width)}
}

// columns keeps a width within what can be drawn on.
func columns(width int) int {
	if width <= 0 {
		return defaultWidth
	}
	return min(max(width, minWidth), maxWidth)
}

// readLine drops what a line has beyond the buffer. The last line needs no end.
func (p *pipe) readLine() (string, error) {
	part, err := p.in.ReadSlice('\n')
	text := string(part)
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = p.in.ReadSlice('\n')
	}
	if errors.Is(err, io.EOF) && text != "" {
		err = nil
	}
	return strings.TrimRight(text, "\r\n"), err
}

func (p *pipe) show(text string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, err := io.WriteString(p.out, text)
	return err
}

func (p *pipe) width() int { return p.cols }

func (p *pipe) close() {}

// editor is a terminal whose reader edits lines.
type editor struct {
	*term.Terminal
	out     io.Writer
	cols    int
	fd      int       // of Out, if it tells its size; else -1
	restore func()    // sets the terminal's old mode
	once    sync.Once // restores
}

// openEditor takes the terminal over. Ends that are not files, as tests have them, are taken to be in raw mode already.
func openEditor(in io.Reader, out io.Writer, prompt string, width int) (*editor, error) {
	e := &editor{out: out, cols: columns(width), fd: -1, restore: func() {}}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		e.fd = int(f.Fd())
	}
	if f, ok := in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		fd := int(f.Fd())
		before, err := term.MakeRaw(fd)
		if err != nil {
			return nil, err
		}
		e.restore = func() { _ = term.Restore(fd, before) } // nothing is left to do about a terminal that is gone
	}
	e.Terminal = term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{in, out}, prompt)
	e.measure()
	return e, nil
}

// measure asks the terminal for its size, which its reader may have changed.
func (e *editor) measure() int {
	if e.fd < 0 {
		return e.cols
	}
	w, h, err := term.GetSize(e.fd)
	if err != nil || w <= 0 || h <= 0 {
		return e.cols
	}
	_ = e.SetSize(w, h) // it fails only where writing fails, and the next write says so
	return columns(w)
}

func (e *editor) width() int { return e.measure() }

func (e *editor) readLine() (string, error) { return e.ReadLine() }

// show writes above the line that is being typed.
func (e *editor) show(text string) error {
	_, err := e.Write([]byte(text))
	return err
}

// close also takes the prompt away that waits in vain.
func (e *editor) close() {
	e.once.Do(func() {
		_, _ = io.WriteString(e.out, "\r\x1b[K") // the terminal may be gone already
		e.restore()
	})
}
