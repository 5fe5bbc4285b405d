package botapi

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	patience     = 15 * time.Second // how long a press waits for its answer
	longestToast = 200
)

// Press is a press of a button on its way to an answer.
type Press struct {
	ID string

	s       *Server
	by      *Person
	at      time.Time
	answers []Toast
	late    int
}

// Toast is the answer to a press: a line that fades, or an alert that stays until it is closed. It may be empty.
type Toast struct {
	Text  string
	Alert bool
	URL   string // that the app opens
}

// Answer returns the answer to the press, and whether there is one. The press waits 15 seconds for it.
func (p *Press) Answer() (Toast, bool) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if len(p.answers) == 0 {
		return Toast{}, false
	}
	return p.answers[0], true
}

// Await waits for the answer to the press.
func (p *Press) Await() Toast {
	p.s.t.Helper()
	p.s.Await("the answer to a press", func() bool { _, there := p.Answer(); return there })
	toast, _ := p.Answer()
	return toast
}

// Late returns how often an answer came too late.
func (p *Press) Late() int {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.late
}

// Unanswered returns the presses without an answer, the oldest first.
func (s *Server) Unanswered() []*Press {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.presses), func(p *Press) bool { return len(p.answers) > 0 })
}

// Presses presses a button by its label, which may be shortened from its end, on a message as it stands now.
func (x Seat) Presses(message int, label string) *Press {
	x.s.t.Helper()
	b := x.Button(message, label)
	if b.Data == "" {
		x.s.t.Fatalf("bot api: the button %q of message %d tells the bot nothing", b.Text, message)
	}
	return x.Forges(message, b.Data)
}

// Button returns a button of a message by its label, which may be shortened from its end.
func (x Seat) Button(message int, label string) Button {
	x.s.t.Helper()
	for _, shown := range x.Screen() {
		if shown.ID != message {
			continue
		}
		for _, b := range slices.Concat(shown.Rows...) {
			if strings.HasPrefix(b.Text, label) {
				return b
			}
		}
	}
	x.s.t.Fatalf("bot api: %s sees no button %q on message %d:\n%s", x.person.Name, label, message, x.Screen())
	return Button{}
}

// Forges presses a button that need not be there, or not any more: an app of one's own can send any data for any message
// of the chat, and presses that were under way when a message changed look the same.
func (x Seat) Forges(message int, data string) *Press {
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	n := uint64(len(x.s.presses)) + 1
	p := &Press{ID: fmt.Sprint(4_000_000_000_000_000_000 + n*0x9E3779B97F4A7), s: x.s, by: x.person, at: x.s.clock.now()}
	x.s.presses = append(x.s.presses, p)
	c := wireCallback{ID: p.ID, From: x.person.user(), Instance: fmt.Sprint(x.chat.ID * 7919), Data: data}
	if m := x.chat.find(message); m != nil {
		c.Message = m.wire(true)
	} else {
		c.Message = wireGone{Chat: x.chat.wire(), ID: message}
	}
	x.s.add("callback_query", c)
	return p
}

func (s *Server) answerCallbackQuery(p Params) (any, *Refusal) {
	at := slices.IndexFunc(s.presses, func(press *Press) bool { return press.ID == p["callback_query_id"] })
	const invalid = "query is too old and response timeout expired or query ID is invalid"
	if at < 0 {
		return nil, s.blame(invalid)
	}
	press := s.presses[at]
	switch {
	case len(press.answers) > 0:
		s.violate("answerCallbackQuery: %s's press is answered a second time", press.by.Name)
		return nil, bad(invalid)
	case s.clock.now().Sub(press.at) > patience:
		press.late++
		return nil, bad(invalid)
	case utf8.RuneCountInString(p["text"]) > longestToast:
		return nil, s.blame("MESSAGE_TOO_LONG")
	case p["url"] != "" && !strings.HasPrefix(p["url"], "https://t.me/"+BotName+"?start=") && !strings.HasPrefix(p["url"], "t.me/"+BotName+"?start="):
		return nil, s.blame("URL_INVALID")
	}
	press.answers = append(press.answers, Toast{p["text"], p.True("show_alert"), p["url"]})
	return true, nil
}
