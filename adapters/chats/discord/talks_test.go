package discord_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"latchstring/adapters/chats/discord/discordapi"
	"latchstring/core"
	"latchstring/core/coretest"
)

// TestTalks tells the conversations of the core again, from the other side of the screen: what the files say is answered
// has to be read there, and buttons are pressed where they stand. What a file tells of a chat that this one is not is left
// out with the rest of its file: how late a press is nobody says here, and people are not in the terminal.
func TestTalks(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "core", "talk", "testdata", "*.talk"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no talks: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".talk"), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			replay(t, string(raw))
		})
	}
}

// scene is a talk that is being told.
type scene struct {
	*rig
	people  map[string]*discordapi.Person
	before  map[string]map[string]string // what each person's screen showed before the last line
	edits   int                          // how often messages had been edited by then
	seen    map[string]button            // the newest button of each label that each person saw
	pressed map[string]button            // what each person pressed last under each label
	secret  string                       // the last one that anybody was shown
	secrets map[string]bool              // the messages that showed one
}

// button is a button and the message it stands on, or what a select offers.
type button struct {
	data    string
	message string
	menu    string // the select; "": it is a button
}

// left tells whether a line can not be told here.
func left(line string) bool {
	return strings.Contains(line, " late: ") || strings.Contains(line, "the terminal")
}

func replay(t *testing.T, talk string) {
	services := coretest.RiveraServices()
	if strings.Contains(talk, "\n! nobody has services\n") {
		services = nil
	}
	s := &scene{rig: newRigOf(t, services), before: map[string]map[string]string{}, seen: map[string]button{}, pressed: map[string]button{}, secrets: map[string]bool{}}
	s.people = map[string]*discordapi.Person{"marta": s.marta, "leo": s.leo, "sofi": s.sofi, "grandma": s.mallory}
	s.connect()
	lines := strings.Split(talk, "\n")
	for i := 0; i < len(lines); {
		line := lines[i]
		end := i + 1
		for end < len(lines) && strings.HasPrefix(lines[end], "  ") {
			end++
		}
		if left(strings.Join(lines[i:end], "\n")) {
			t.Logf("told up to %q, which does not happen here", line)
			return
		}
		s.line(line, lines[i+1:end])
		if t.Failed() {
			return
		}
		i = end
	}
}

// line does what a line says, and looks for what the house answered.
func (s *scene) line(line string, answer []string) {
	s.t.Helper()
	switch {
	case line == "", strings.HasPrefix(line, "#"), line == "! nobody has services":
	case strings.HasSuffix(line, ": "): // nobody can send nothing
	case line == "! the watch begins":
		s.house.Watch(s.t.Context())
	case strings.HasPrefix(line, "> "):
		who, _, _ := strings.Cut(line[2:], ", ")
		s.reads(who, line, answer)
	case strings.HasPrefix(line, "! "):
		s.snapshot()
		s.order(line[2:])
	case strings.HasPrefix(line, "("):
		s.snapshot()
		var n int
		var unit string
		if _, err := fmt.Sscanf(line, "(%d %s pass)", &n, &unit); err != nil {
			s.t.Fatal(err)
		}
		d := map[string]time.Duration{"second": time.Second, "minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}[strings.TrimSuffix(unit, "s")]
		s.house.Pass(s.t.Context(), time.Duration(n)*d)
		s.settle()
	default:
		s.snapshot()
		who, said, _ := strings.Cut(line, ": ")
		s.says(who, said)
		s.heard()
		s.house.Settle(s.t.Context())
		s.settle()
		s.reads(who, line, answer)
	}
}

// order makes something happen at a service.
func (s *scene) order(order string) {
	s.t.Helper()
	id, what, _ := strings.Cut(order, " ")
	var n int
	if _, err := fmt.Sscanf(what, "has %d devices", &n); err == nil {
		for i := range n {
			s.service(id).Add(leos(fmt.Sprintf("d%d", i), fmt.Sprintf("Device %02d", i+1), time.Duration(i)*time.Hour))
		}
		return
	}
	if quoted, ok := strings.CutPrefix(what, "has a device called "); ok {
		name, err := strconv.Unquote(quoted)
		if err != nil {
			s.t.Fatal(err)
		}
		d := leos(name, name, time.Hour)
		d.App, d.Sessions[0].Place = name, name
		s.service(id).Add(d.Cleaned())
		return
	}
	if err := s.service(id).Order(what); err != nil {
		s.t.Fatal(err)
	}
}

// leos is a device of Leo's, last used so long ago.
func leos(id, name string, ago time.Duration) core.Device {
	return core.Device{ID: core.DeviceID(id), Name: name, Sessions: []core.Session{
		coretest.Session("leo", "leo", "203.0.113.20", "", coretest.Start.Add(-30*24*time.Hour), coretest.Start.Add(-ago)),
	}}
}

// says has a person say something, or press the newest button of a label.
func (s *scene) says(who, said string) {
	s.t.Helper()
	person := s.people[who]
	label, rest, isPress := strings.Cut(strings.TrimPrefix(said, "["), "]")
	if !isPress || !strings.HasPrefix(said, "[") {
		s.types(person, strings.NewReplacer("▒▒▒▒▒▒", s.secret).Replace(said))
		return
	}
	owner := who
	if of, ok := strings.CutPrefix(rest, " of "); ok {
		owner = of
	}
	b, ok := s.seen[owner+" "+strings.ToLower(label)]
	if rest == " again" {
		b, ok = s.pressed[who+" "+label]
	}
	if !ok {
		s.t.Fatalf("%s saw no button %q:\n%s", owner, label, s.people[owner].Screen(s.people[owner].DM()))
	}
	s.pressed[who+" "+label] = b
	here := person.In(person.DM()) // it may be gone from the screen
	if b.menu != "" {
		here.ForgesChoice(b.message, b.menu, b.data).Await()
		return
	}
	here.Forges(b.message, b.data).Await()
}

// types uses the command of some words. What is none can be said by a button alone, and is forged.
func (s *scene) types(person *discordapi.Person, said string) {
	s.t.Helper()
	here := person.In(person.DM())
	name, what, _ := strings.Cut(strings.TrimPrefix(said, "/"), " ")
	for _, c := range s.srv.GlobalCommands() {
		switch {
		case c.Name != name || len(c.Options) == 0 && what != "":
		case what == "":
			here.Uses(name, nil).Await()
			return
		default:
			here.Uses(name, discordapi.Options{c.Options[0].Name: what}).Await()
			return
		}
	}
	here.Forges("999999999999999999", "s:"+said).Await()
}

// snapshot remembers what everybody's screen shows.
func (s *scene) snapshot() {
	s.edits = len(s.srv.Calls("update_*"))
	for who, p := range s.people {
		s.before[who] = map[string]string{}
		for _, m := range p.Screen(p.DM()) {
			s.before[who][m.ID] = face(m)
			if hidden := m.Spoilers(); len(hidden) > 0 && !s.secrets[m.ID] {
				s.secret, s.secrets[m.ID] = strings.Trim(hidden[len(hidden)-1], "`"), true
			}
			for _, b := range m.Buttons {
				s.seen[who+" "+strings.ToLower(b.Label)] = button{b.CustomID, m.ID, ""}
			}
			for _, menu := range m.Selects {
				for _, o := range menu.Options {
					s.seen[who+" "+strings.ToLower(o.Label)] = button{o.Value, m.ID, menu.CustomID}
				}
			}
		}
	}
}

// face is a message as a person reads it.
func face(m discordapi.Shown) string {
	labels := m.Labels()
	for _, menu := range m.Selects {
		for _, o := range menu.Options {
			labels = append(labels, o.Label)
		}
	}
	return read(m) + "\n" + strings.Join(labels, "\n")
}

// reads looks for an answer on a person's screen, in what was written there since the last line, even if it was the same
// as before. Of what was redrawn meanwhile only the newest can be seen.
func (s *scene) reads(who, line string, answer []string) {
	s.t.Helper()
	edited := len(s.srv.Calls("update_*")) > s.edits // perhaps to the same words as before
	var fresh []string
	for _, m := range s.people[who].Screen(s.people[who].DM()) {
		if s.before[who][m.ID] != face(m) || edited && m.Edited {
			fresh = append(fresh, face(m))
		}
	}
	seen := strings.Join(fresh, "\n")
	for _, want := range answer {
		text, labels := parse(strings.ReplaceAll(want, "Telegram", "Discord"))
		switch {
		case strings.TrimSpace(want) == "(silence)":
			if seen != "" {
				s.t.Errorf("%s: wanted silence, got\n%s", line, seen)
			}
			continue
		case strings.Contains(want, "To open in "): // there is no such link here
			continue
		case strings.TrimSpace(want) == "(taken away later)", strings.HasSuffix(text, "…"):
			continue // what is under way is redrawn with its outcome
		case strings.Contains(text, "▒"):
			text, _, _ = strings.Cut(text, "▒")
		}
		for _, part := range append(labels, text) {
			if !reads(seen, part) {
				s.t.Errorf("%s: %s does not read %q in\n%s", line, who, part, seen)
			}
		}
	}
}

// reads tells whether a text has some words in it. Times are drawn by the reader's app, so they match any words.
func reads(seen, words string) bool {
	if strings.Contains(strings.ToLower(seen), strings.ToLower(words)) { // of two buttons that say the same there is one
		return true
	}
	for line := range strings.SplitSeq(seen, "\n") {
		if !clock.MatchString(line) {
			continue
		}
		parts := clock.Split(line, -1)
		for i, part := range parts {
			parts[i] = regexp.QuoteMeta(part)
		}
		whole := strings.Join(parts, ".+")
		_, bare, _ := strings.Cut(whole, " ") // without the sign of a tone
		if regexp.MustCompile("^(?:" + whole + "|" + bare + ")$").MatchString(words) {
			return true
		}
	}
	return false
}

var clock = regexp.MustCompile(`<t:\d+:R>`)

// parse takes a line of an answer apart: what is said, and the labels of the buttons.
func parse(line string) (text string, labels []string) {
	text = strings.TrimSpace(line)
	for _, mark := range []string{"(good) ", "(warning) ", "(alarm) "} {
		text = strings.TrimPrefix(text, mark)
	}
	at := 0
	if !strings.HasPrefix(text, "[") {
		if at = strings.Index(text, "  ["); at < 0 {
			return text, nil
		}
	}
	for b := range strings.SplitSeq(strings.TrimSpace(text[at:]), "  ") {
		label, _, _ := strings.Cut(strings.TrimPrefix(b, "["), "](")
		labels = append(labels, strings.TrimSuffix(label, "]"))
	}
	return text[:at], labels
}
