package coretest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/core/talk"
)

// Talks are conversations in files. A line
//
//	leo: devices                 is what a member says
//	leo: [Sign out TV]           is a press of the newest button with that label that the member was shown
//	grandma: ▒▒▒▒▒▒               says the last secret that was shown to somebody
//	leo, 5 minutes late: devices is something said that arrives only now
//	leo: [Keep it] again         is a press of a button of that label which was pressed before
//	! jellyfin stops             is something that happens at a service, see [Service.Order]
//	! jellyfin has 60 devices    adds them
//	! the watch begins           what is signed in is the household's own; what signs in from now on is assessed
//	(10 minutes pass)            moves the clock
//	> marta                      begins news that reached a member without their asking
//	> marta, redrawn             begins news that took the place of an earlier message
//	# …                          is a comment, and the title of what follows
//
// and the indented lines below are what the house answered. With -update the files are written anew with what was
// answered; read the difference.
var update = flag.Bool("update", false, "write what is answered into the talk files")

// Talks runs every talk file of a folder, each over a house that open makes.
func Talks(t *testing.T, folder string, open func(t *testing.T) AllBooks) {
	files, err := filepath.Glob(filepath.Join(folder, "*.talk"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no talks in %s: %v", folder, err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".talk"), func(t *testing.T) { runTalk(t, f, open(t)) })
	}
}

// teller is one talk being told: the house, what each member was shown, and the transcript so far.
type teller struct {
	t       *testing.T
	house   *House
	shown   map[string][]talk.Button // of each member, oldest first
	stands  map[string]string        // by a button's handle: the message it stands on
	pressed map[string]map[string]talk.Button
	written []string

	mu     sync.Mutex // of all that Send touches: contacts are written to beside each other
	news   map[string][]string
	secret string // the last one that a card showed
	sent   int
}

func runTalk(t *testing.T, file string, books AllBooks) {
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	tell := &teller{t: t, shown: map[string][]talk.Button{}, stands: map[string]string{}, pressed: map[string]map[string]talk.Button{}, news: map[string][]string{}}
	services := RiveraServices()
	if strings.Contains(string(raw), "\n! nobody has services\n") {
		services = nil
	}
	tell.house = NewHouse(t, books, services, tell, outside{})
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "  ") || strings.HasPrefix(line, "> ") {
			continue // what was answered when the file was written
		}
		tell.written = append(tell.written, line)
		if err := tell.line(line); err != nil {
			t.Fatalf("%s: %q: %v", filepath.Base(file), line, err)
		}
		for _, who := range slices.Sorted(maps.Keys(tell.news)) {
			tell.written = append(tell.written, tell.news[who]...)
		}
		clear(tell.news)
	}
	got := strings.Join(tell.written, "\n") + "\n"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want := string(raw); got != want {
		t.Errorf("%s went differently:\n%s", filepath.Base(file), difference(want, got))
	}
	if strings.Contains(tell.house.Log.String(), Canary) {
		t.Errorf("the log holds the secret:\n%s", tell.house.Log)
	}
}

// line does what one line of a talk says.
func (r *teller) line(line string) error {
	ctx := context.Background()
	switch {
	case line == "", strings.HasPrefix(line, "#"), line == "! nobody has services":
		return nil
	case strings.HasPrefix(line, "! "):
		return r.order(line[2:])
	case strings.HasPrefix(line, "(") && strings.HasSuffix(line, " pass)"):
		d, err := duration(strings.TrimSuffix(line[1:], " pass)"))
		if err == nil {
			r.house.Pass(ctx, d)
		}
		return err
	}
	who, said, ok := strings.Cut(line, ": ")
	if !ok {
		return fmt.Errorf("neither said nor done")
	}
	at := r.house.Now()
	if name, age, isLate := strings.Cut(who, ", "); isLate {
		d, err := duration(strings.TrimSuffix(age, " late"))
		if err != nil {
			return err
		}
		who, at = name, at.Add(-d)
	}
	req := talk.Request{From: core.Contact{Chat: core.Terminal, User: who}, Called: who + "!", Private: true, At: at}
	if err := r.understand(&req, who, said); err != nil {
		return err
	}
	reply := r.house.Talk.Handle(ctx, req)
	r.written = append(r.written, r.show(who, reply.Card)...)
	if reply.Then != nil {
		reply.Then(ctx)
	}
	r.house.Settle(ctx)
	return nil
}

// understand makes a request of what was said: words, or the press of a button that was shown.
func (r *teller) understand(req *talk.Request, who, said string) error {
	if !strings.HasPrefix(said, "[") {
		req.Text = strings.Replace(said, "▒▒▒▒▒▒", r.secret, 1)
		return nil
	}
	label, rest, _ := strings.Cut(said[1:], "]")
	if rest == " again" {
		b, ok := r.pressed[who][label]
		if !ok {
			return fmt.Errorf("%s has not pressed [%s] before", who, label)
		}
		req.Handle, req.Text = b.Handle, b.Say
		return nil
	}
	from := who
	if owner, ok := strings.CutPrefix(rest, " of "); ok {
		from = owner // a press of a button that somebody else was shown
	}
	all := r.shown[from]
	for _, b := range slices.Backward(all) {
		if words(b.Label) == label {
			if r.pressed[who] == nil {
				r.pressed[who] = map[string]talk.Button{}
			}
			r.pressed[who][label] = b
			req.Handle, req.Text, req.Message = b.Handle, b.Say, r.stands[b.Handle]
			return nil
		}
	}
	return fmt.Errorf("%s was shown no button [%s]", from, label)
}

// show lets a member see a card, and returns it as talk files write it.
func (r *teller) show(who string, c talk.Card) []string {
	r.shown[who] = append(r.shown[who], c.All()...)
	for _, b := range c.All() {
		if n := len([]rune(words(b.Label))); n > talk.MaxLabel {
			r.t.Errorf("label %q has %d characters", words(b.Label), n)
		}
	}
	for _, t := range c.Body {
		for _, s := range t {
			if s.Style == talk.Hidden {
				r.secret = s.Secret.Reveal()
			}
		}
	}
	if len(c.Summary) == 0 {
		return []string{"  (silence)"}
	}
	return Script(c)
}

// Name makes the teller a chat, which news is brought to.
func (r *teller) Name() core.Chat { return core.Terminal }

// Door leads nowhere: nobody is invited to a terminal.
func (r *teller) Door() string { return "" }

// outside is a chat that people can be invited to; nothing is ever sent there.
type outside struct{}

func (outside) Name() core.Chat { return core.Telegram }
func (outside) Door() string    { return "https://chat.example/open?" }

func (outside) Send(context.Context, core.Contact, core.Source, talk.Card, core.DeliveryID) (string, error) {
	return "", errors.New("nobody is there")
}

// Send shows news.
func (r *teller) Send(_ context.Context, to core.Contact, source core.Source, c talk.Card, _ core.DeliveryID) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	begins := "> " + to.User
	if source.Message != "" {
		begins += ", redrawn"
	}
	r.news[to.User] = append(append(r.news[to.User], begins), r.show(to.User, c)...)
	message := source.Message
	if message == "" {
		r.sent++
		message = fmt.Sprint(r.sent)
	}
	for _, b := range c.All() {
		r.stands[b.Handle] = message
	}
	return message, nil
}

// order makes something happen at a service, or begins the watch.
func (r *teller) order(order string) error {
	if order == "the watch begins" {
		r.house.Watch(context.Background())
		return nil
	}
	id, what, _ := strings.Cut(order, " ")
	s, ok := r.house.Service(id)
	if !ok {
		return fmt.Errorf("no service %q", id)
	}
	var n int
	if _, err := fmt.Sscanf(what, "has %d devices", &n); err == nil {
		for i := range n {
			s.Add(core.Device{ID: core.DeviceID(fmt.Sprintf("d%d", i)), Name: fmt.Sprintf("Device %02d", i+1), Sessions: []core.Session{
				Session("leo", "leo", "203.0.113.20", "", Start.Add(-30*24*time.Hour), Start.Add(-time.Duration(i)*time.Hour)),
			}})
		}
		return nil
	}
	if name, ok := strings.CutPrefix(what, "has a device called "); ok {
		name, err := strconv.Unquote(name)
		d := core.Device{ID: core.DeviceID(name), Name: name, App: name, Sessions: []core.Session{
			Session("leo", "leo", "203.0.113.20", name, Start.Add(-30*24*time.Hour), Start.Add(-time.Hour)),
		}}
		s.Add(d.Cleaned())
		return err
	}
	return s.Order(what)
}

// duration reads "10 minutes".
func duration(s string) (time.Duration, error) {
	var n int
	var unit string
	if _, err := fmt.Sscanf(s, "%d %s", &n, &unit); err != nil {
		return 0, fmt.Errorf("no time: %q", s)
	}
	switch strings.TrimSuffix(unit, "s") {
	case "second":
		return time.Duration(n) * time.Second, nil
	case "minute":
		return time.Duration(n) * time.Minute, nil
	case "hour":
		return time.Duration(n) * time.Hour, nil
	case "day":
		return time.Duration(n) * 24 * time.Hour, nil
	}
	return 0, fmt.Errorf("no unit of time: %q", unit)
}

// difference shows the lines in which two texts differ, with their neighbourhood.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := 0; i < max(len(w), len(g)); i++ {
		if i >= len(w) || i >= len(g) || w[i] != g[i] {
			at := func(lines []string) string {
				return strings.Join(lines[min(max(0, i-3), len(lines)):min(len(lines), i+6)], "\n")
			}
			return fmt.Sprintf("at line %d, wanted\n%s\ngot\n%s", i+1, at(w), at(g))
		}
	}
	return ""
}

func lower(s string) string { return strings.ToLower(s) }
