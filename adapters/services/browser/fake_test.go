package browser

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"latchstring/core"
)

// trial is a recipe whose selectors are the words that fakes know.
const trial = `
title: Films
version: 1
verified: 2026-01-31
terms: https://films.example.org/terms
list: https://films.example.org/devices
domains: [films.example.org]
within: 8h
stops:
  - { because: sign-in, paths: [/login] }
  - { because: code, paths: [/mfa] }
  - { because: puzzle, seen: [{ selector: puzzle }] }
layouts:
  - layout: new
    rows: row
    key: key
    id: '^(.+)-[0-9]+$'
    name: [{ selector: h2 }, { line: 1 }]
    profile: [{ pattern: '^(.+) \(last watched\)$' }]
    place: [{ pattern: '^(.+, .+)$' }]
    last_use: [{ pattern: '^Last watched: (.+)$' }]
    times: ["1/2/06, 3:04 PM"]
    own: { selector: own }
    more: { selector: more }
    unfold: { selector: unfold }
    unfolded: { selector: unfolded }
    sign_out: { selector: button, texts: [Sign Out] }
    done: { selector: toast }
`

// site is a service with such a page.
type site struct {
	path    string
	rows    []Row           // Seen is own and unfolded
	seen    map[string]bool // marks of the page
	hidden  int             // rows that are behind "more"
	pressed []string
	opened  int
	runs    int
	open    int // browsers
	err     error
	onPress func(s *site, i int) // what comes of the button in a row
	onOpen  func(s *site)
}

func tv(key, name string, more ...string) Row {
	return Row{Key: key, Lines: append([]string{name}, more...), Parts: []string{""}, Seen: []bool{false, false}}
}

func (s *site) opener(context.Context, Opening) (Page, error) {
	if s.runs++; s.err != nil {
		return nil, s.err
	}
	s.open++
	return s, nil
}

func (s *site) Close() { s.open-- }

func (s *site) Open(context.Context, string) error {
	if s.opened++; s.onOpen != nil {
		s.onOpen(s)
	}
	return nil
}

func (s *site) visible() []Row { return s.rows[:len(s.rows)-s.hidden] }

func (s *site) Look(ctx context.Context, q Question) (Sight, error) {
	sight := Sight{Host: "films.example.org", Path: s.path}
	for _, m := range q.Marks {
		sight.Seen = append(sight.Seen, s.seen[m.Selector] || m.Selector == "row" && len(s.visible()) > 0 || m.Selector == "more" && s.hidden > 0)
	}
	if q.Rows != nil {
		for _, r := range s.visible() {
			r.Seen = slices.Clone(r.Seen)
			sight.Rows = append(sight.Rows, r)
		}
	}
	return sight, ctx.Err()
}

func (s *site) Press(_ context.Context, a Aim) (int, error) {
	if a.Rows == nil {
		s.hidden = max(0, s.hidden-1)
		return 1, nil
	}
	n, at := 0, 0
	for i, r := range s.visible() {
		if r.Key == a.Key && (slices.Contains(r.Lines, a.Name) || slices.Contains(r.Parts, a.Name)) {
			n, at = n+1, i
		}
	}
	switch {
	case n != 1:
	case a.Mark.Selector == "unfold":
		for i := range s.rows { // one at a time
			s.rows[i].Seen[markUnfolded] = i == at
		}
	case !s.rows[at].Seen[markUnfolded]:
		n = 0
	default:
		s.pressed = append(s.pressed, s.rows[at].Lines[0])
		if s.onPress != nil {
			s.onPress(s, at)
		}
	}
	return n, nil
}

// obeys is a service that does what it is told.
func obeys(s *site, i int) {
	s.rows = slices.Delete(s.rows, i, i+1)
	s.seen["toast"] = true
}

// home is a browser on a site, with a clock.
type home struct {
	*Browser
	site    *site
	now     time.Time
	profile string
}

func newSite() *site {
	s := &site{path: "/devices", seen: map[string]bool{}, onPress: obeys}
	s.rows = []Row{
		tv("CHROME-0", "Chrome - Web browser"),
		tv("SAMSUNG-1", "Samsung - Smart TV", "Marta (last watched)", "Madrid, Spain", "Last watched: 11/20/25, 9:43\u202fPM"),
		tv("IPHONE-2", "Apple iPhone", "Leo (last watched)", "Lyon, France"),
	}
	s.rows[0].Seen[markOwn] = true
	return s
}

func newHome(t *testing.T, s *site) *home {
	t.Helper()
	h := &home{site: s, now: time.Date(2026, 5, 12, 16, 0, 0, 0, time.UTC), profile: t.TempDir()}
	if err := os.Chmod(h.profile, 0o700); err != nil {
		t.Fatal(err)
	}
	recipe := filepath.Join(t.TempDir(), "films.yaml")
	if err := os.WriteFile(recipe, []byte(trial), 0o600); err != nil {
		t.Fatal(err)
	}
	h.restart(t, recipe)
	return h
}

// restart is the browser after the program was started anew.
func (h *home) restart(t *testing.T, recipe string) {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{Recipe: recipe, Profile: h.profile, Runs: 4}
	account := core.Account{Service: "films", Member: "marta", Login: "marta@example.org"}
	h.Browser, err = New(cfg, account, "", Options{Now: func() time.Time { return h.now }, Zone: zone, Open: h.site.opener})
	if err != nil {
		t.Fatal(err)
	}
	h.pace = pace{50 * time.Millisecond, 20 * time.Millisecond, time.Millisecond}
}

// refOf is the device of a name as the list has it.
func (h *home) refOf(t *testing.T, name string) core.DeviceRef {
	t.Helper()
	devices, err := h.Devices(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(devices, func(d core.Device) bool { return d.Name == name })
	if i < 0 {
		t.Fatalf("no %s in %+v", name, devices)
	}
	return devices[i].Ref()
}
