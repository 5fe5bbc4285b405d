package strictyaml_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"latchstring/adapters/strictyaml"
	"latchstring/core"
)

// shop is what the tests read.
type shop struct {
	Name   string                `yaml:"name,required"`
	Open   bool                  `yaml:"open"`
	Seats  int                   `yaml:"seats"`
	Crates uint8                 `yaml:"crates"`
	Price  float64               `yaml:"price"`
	Every  time.Duration         `yaml:"every"`
	Nets   []netip.Prefix        `yaml:"nets"`
	Router netip.Addr            `yaml:"router"`
	Colour colour                `yaml:"colour"`
	Till   *till                 `yaml:"till"`
	Rooms  []room                `yaml:"rooms"`
	Shelf  map[string]room       `yaml:"shelf"`
	Prices map[core.Chat]float64 `yaml:"prices"`
	Paint  map[colour]int        `yaml:"paint"`
	Key    core.Secret           `yaml:"key"`
	Inside string                // no setting
}

type till struct {
	Code  core.Secret `yaml:"code,required"`
	Cash  int         `yaml:"cash"`
	Spare *till       `yaml:"spare"`
}

type colour string

func (c *colour) UnmarshalText(b []byte) error {
	if s := string(b); s != "red" {
		return errors.New("should be red")
	}
	*c = colour(b)
	return nil
}

// room is big or small.
type room struct {
	ID   string `yaml:"id,required"`
	Kind string `yaml:"kind,required"`
	Size any    `yaml:",variant"`
}

func (room) Variants() map[string]any {
	return map[string]any{"big": &big{Doors: 4}, "small": &small{}}
}

type big struct {
	Doors int `yaml:"doors"`
}

type small struct {
	Window bool        `yaml:"window"`
	Lock   core.Secret `yaml:"lock"`
}

func (b *big) Check(at strictyaml.At) {
	if b.Doors > 9 {
		at.Fault("doors", "should be at most 9")
	}
}

func (s *shop) Check(at strictyaml.At) {
	seen := map[string]bool{}
	for i, r := range s.Rooms {
		if seen[r.ID] {
			at.Under("rooms").Item(i).Fault("id", "is used twice")
		}
		seen[r.ID] = true
	}
	if len(s.Rooms) == 0 && at.Sound("rooms") {
		at.Fault("rooms", "should have one at least")
	}
	if s.Prices["J. R."] < 0 {
		at.Fault("prices.J. R.", "should not be less than 0")
	}
	if s.Seats < 0 {
		at.Fault("seats", "should not be less than 0")
	}
}

const open = "name: A\nrooms: [{id: a, kind: big}]\n" // lines 1 and 2 of most files

func env(name string) (string, bool) {
	vars := map[string]string{"SHOP_KEY": "from the environment", "EMPTY": ""}
	v, ok := vars[name]
	return v, ok
}

func TestDecode(t *testing.T) {
	const text = `name: 007
open: true
seats: -3
crates: 255
price: 1.5
every: 1m30s
nets: [203.0.113.0/24, "2001:db8::/32"]
router: 203.0.113.1
colour: red
till: {code: "a b", cash: 5}
rooms:
  - { id: attic, kind: small, window: true, lock: 'quo"te' }
  - { id: hall, kind: big }
  - id: cellar
    kind: big
    doors: 2
shelf:
  Sofi: { id: top, kind: big }
prices: { telegram: 2 }
paint: { red: 3 }
key: pre-${SHOP_KEY}-post
`
	got := shop{Name: "default", Inside: "kept"}
	faults := strictyaml.Decode("shop.yaml", []byte(text), &got, strictyaml.Env(env))
	want := strictyaml.Faults{{File: "shop.yaml", Line: 3, Key: "seats", Text: "should not be less than 0"}}
	if diff := cmp.Diff(want, faults); diff != "" {
		t.Error(diff)
	}
	wantShop := shop{
		Name: "007", Open: true, Seats: -3, Crates: 255, Price: 1.5, Every: 90 * time.Second,
		Nets:   []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("2001:db8::/32")},
		Router: netip.MustParseAddr("203.0.113.1"), Colour: "red",
		Till: &till{Code: core.NewSecret("a b"), Cash: 5},
		Rooms: []room{
			{"attic", "small", &small{true, core.NewSecret(`quo"te`)}},
			{"hall", "big", &big{4}},
			{"cellar", "big", &big{2}},
		},
		Shelf:  map[string]room{"Sofi": {"top", "big", &big{4}}},
		Prices: map[core.Chat]float64{"telegram": 2},
		Paint:  map[colour]int{"red": 3},
		Key:    core.NewSecret("pre-from the environment-post"), Inside: "kept",
	}
	if diff := cmp.Diff(wantShop, got, compare...); diff != "" {
		t.Error(diff)
	}
}

var compare = []cmp.Option{
	cmp.Comparer(func(a, b core.Secret) bool { return a.Reveal() == b.Reveal() }),
	cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
	cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }),
}

func TestFaults(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"fine", open, nil},
		{"byte order mark", "\ufeff" + open + "seats: x\n", []string{"3: seats: should be a whole number"}},
		{"crlf", "name: A\r\nrooms: [{id: a, kind: big}]\r\nseats: x\r\n", []string{"3: seats: should be a whole number"}},

		// The file as a whole.
		{"empty", "", []string{"is empty"}},
		{"only comments", "# name: A\n", []string{"is empty"}},
		{"empty document", "---\n", []string{"is empty"}},
		{"a text", "hello\n", []string{"1: should be a section, lines with a name, a colon and a value, but is a single value"}},
		{"a list", "- a\n", []string{"1: should be a section, lines with a name, a colon and a value, but is a list"}},
		{"two documents", open + "---\nname: B\n", []string{"3: a second document begins here; remove the line --- between the two"}},
		{"too large", "name: " + strings.Repeat("x", 1<<20), []string{"is larger than 1 MB; this can not be the right file"}},
		{"not text", open + "seats: \xff\n", []string{"3: holds bytes or invisible characters that are not text in UTF-8"}},
		{"zero byte", open + "\n\nkey: a\x00b\n", []string{"5: holds bytes or invisible characters that are not text in UTF-8"}},
		{"line separator", open + "key: a\u2028b\n", []string{"3: holds bytes or invisible characters that are not text in UTF-8"}},
		{"carriage return", "name: A\rseats: 3\n", []string{"1: holds bytes or invisible characters that are not text in UTF-8"}},

		// Names.
		{"missing", "rooms: [{id: a, kind: big}]\n", []string{"1: name: is missing"}},
		{"empty name", "name: ''\nrooms: [{id: a, kind: big}]\n", []string{"1: name: is empty"}},
		{"misspelt", open + "seast: 3\n", []string{`3: seast: no such setting; did you mean "seats"?`}},
		{"misspelt below", open + "till:\n  code: abc\n  csah: 1\n", []string{`5: till.csah: no such setting; did you mean "cash"?`}},
		{"misspelt secret file", open + "till:\n  code_fiel: abc\n", []string{
			`3: till.code: is missing; give code, or code_file with the path of a file that holds it`,
			`4: till.code_fiel: no such setting; did you mean "code_file"?`,
		}},
		{"upper case", open + "Seats: 3\n", []string{`3: Seats: no such setting; did you mean "seats"?`}},
		{"unknown", open + "till:\n  code: abc\n  umbrella: 1\n", []string{`5: till.umbrella: no such setting; known here: cash, code, code_file, spare`}},
		{"misplaced", open + "cash: 5\n", []string{"3: cash: no such setting here; it belongs under till"}},
		{"misplaced secret file", open + "code_file: x\n", []string{"3: code_file: no such setting here; it belongs under till"}},
		{"misplaced up", open + "till:\n  code: abc\n  seats: 1\n", []string{"5: till.seats: no such setting here; it belongs at the top level"}},
		{
			"of another kind", open + "shelf:\n  x:\n    id: a\n    kind: big\n    window: true\n",
			[]string{"7: shelf.x.window: no such setting here; it belongs under rooms of kind small or under shelf of kind small"},
		},
		{"twice", open + "seats: 3\nopen: true\nseats: 4\n", []string{"5: seats: stands here a second time; the first is in line 3"}},
		{"merge", open + "<<: {seats: 3}\n", []string{"3: a plain name is expected before the colon"}},
		{"name is a list", open + "? [a, b]\n: 3\n", []string{"3: a plain name is expected before the colon"}},

		// Kinds.
		{"no kind", "name: A\nrooms:\n  - { id: a, doors: 3, lock: abc, lokc: 3 }\n", []string{
			"3: rooms.kind: is missing; known here: big, small", `3: rooms.lokc: no such setting; did you mean "lock"?`,
		}},
		{"unknown kind", "name: A\nrooms:\n  - id: a\n    kind: bigg\n    doors: 100\n    lock_file: x\n", []string{`4: rooms.kind: no such kind; did you mean "big"?`}},
		{"strange kind", "name: A\nrooms:\n  - { id: a, kind: huge }\n", []string{`3: rooms.kind: no such kind; known here: big, small`}},
		{"empty kind", "name: A\nrooms:\n  - id: a\n    kind:\n", []string{"4: rooms.kind: has no value; give it one, or remove the line"}},
		{"kind is a list", "name: A\nrooms:\n  - id: a\n    kind: [big]\n", []string{"4: rooms.kind: should be a single value, but is a list"}},

		// Values.
		{"no value", open + "seats:\n", []string{"3: seats: has no value; give it one, or remove the line"}},
		{"null", open + "seats: ~\n", []string{"3: seats: has no value; give it one, or remove the line"}},
		{"no item", "name: A\nrooms:\n  -\n", []string{"3: rooms: has no value; give it one, or remove the line"}},
		{"text for number", open + "seats: many\n", []string{"3: seats: should be a whole number"}},
		{"quoted number", open + "seats: \"3\"\n", []string{"3: seats: should be a whole number, without quotes"}},
		{"fraction", open + "seats: 3.5\n", []string{"3: seats: should be a whole number"}},
		{"too large a number", open + "crates: 256\n", []string{"3: crates: should be a whole number, 0 or more, and not as large as this"}},
		{"negative", open + "crates: -1\n", []string{"3: crates: should be a whole number, 0 or more"}},
		{"not a number", open + "price: .nan\n", []string{"3: price: should be a number"}},
		{"yes", open + "open: yes\n", []string{"3: open: should be true or false"}},
		{"bare duration", open + "every: 60\n", []string{"3: every: should be a time with its unit, such as 60s, 5m or 2h"}},
		{"bare zero", open + "every: 0\n", []string{"3: every: should be a time with its unit, such as 60s, 5m or 2h"}},
		{"days", open + "every: 2d\n", []string{"3: every: should be a time with its unit, such as 60s, 5m or 2h"}},
		{"network", open + "nets:\n  - 203.0.113.0/24\n  - 203.0.113.0\n", []string{"5: nets: should be a network such as 203.0.113.0/24"}},
		{"address", open + "router: 203.0.113\n", []string{"3: router: should be an address such as 203.0.113.7"}},
		{"empty address", open + "router: ''\n", []string{"3: router: should be an address such as 203.0.113.7"}},
		{"own type", open + "colour: blue\n", []string{"3: colour: should be red"}},
		{"own key", open + "paint:\n  red: 1\n  blue: 2\n", []string{"5: paint.blue: should be red"}},
		{"list for value", open + "router: [1]\n", []string{"3: router: should be a single value, but is a list"}},
		{"value for list", open + "nets: 203.0.113.0/24\n", []string{`3: nets: should be a list, lines that begin with "-" or [one, two], but is a single value`}},
		{"value for section", open + "till: 5\n", []string{"3: till: should be a section, lines with a name, a colon and a value, but is a single value"}},
		{"list for map", open + "shelf: [a]\n", []string{"3: shelf: should be a section, lines with a name, a colon and a value, but is a list"}},
		{"alias", "name: &a A\nrooms: [{id: b, kind: big}]\ncolour: *a\n", []string{
			"1: name: a value that begins with & needs quotes (anchors are not taken here)",
			"3: colour: a value that begins with * needs quotes (aliases are not taken here)",
		}},
		{"tag", open + "seats: !!int 3\n", []string{"3: seats: a value that begins with ! needs quotes (tags are not taken here)"}},

		// Checks.
		{"check", open + "seats: -1\n", []string{"3: seats: should not be less than 0"}},
		{"check of an absent setting", "open: true\nname: A\n", []string{"1: rooms: should have one at least"}},
		{"check of an unsound setting", "name: A\nrooms: 5\n", []string{`2: rooms: should be a list, lines that begin with "-" or [one, two], but is a single value`}},
		{"check of an item", "name: A\nrooms:\n  - { id: a, kind: big }\n  - { id: b, kind: big }\n  - { kind: big, id: a }\n", []string{"5: rooms.id: is used twice"}},
		{"check of a way", open + "prices:\n  telegram: 1\n  J. R.: -1\n", []string{"5: prices.J. R.: should not be less than 0"}},
		{"check of a variant", "name: A\nrooms:\n  - id: a\n    kind: big\n    doors: 10\n", []string{"5: rooms.doors: should be at most 9"}},
		{"all at once, in order", "seats: x\nfoo: 1\ntill: {}\nprice: y\nrooms: [{kind: big}]\n", []string{
			"1: seats: should be a whole number",
			"1: name: is missing",
			"2: foo: no such setting; known here: colour, crates, every, key, key_file, name, nets, open, paint, price, prices, rooms, router, seats, shelf, till",
			"3: till.code: is missing; give code, or code_file with the path of a file that holds it",
			"4: price: should be a number",
			"5: rooms.id: is missing",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { expect(t, test.text, test.want) })
	}
}

// expect decodes a shop and compares its faults, which it wants without the file's name.
func expect(t *testing.T, text string, want []string) {
	t.Helper()
	var got []string
	for _, f := range strictyaml.Decode("shop.yaml", []byte(text), &shop{}, strictyaml.Env(env)) {
		line, _ := strings.CutPrefix(f.String(), "shop.yaml:")
		got = append(got, strings.TrimPrefix(line, " "))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestHundredFaults(t *testing.T) {
	faults := strictyaml.Decode("f.yaml", []byte(open+"shelf:\n"+strings.Repeat("  ? [x]\n  : 1\n", 5000)), &shop{})
	if len(faults) != 100 {
		t.Errorf("%d faults", len(faults))
	}
}

func TestUnknown(t *testing.T) {
	const text = open + "garden:\n  size: 3\ntill:\n  code: abc\n  garden: 3\n"
	faults := strictyaml.Decode("f.yaml", []byte(text), &shop{}, strictyaml.Unknown("garden", "comes with the next version"))
	want := "f.yaml:3: garden: comes with the next version\nf.yaml:7: till.garden: no such setting; known here: cash, code, code_file, spare"
	if faults.Error() != want {
		t.Errorf("got %s, want %s", faults, want)
	}
}

// FuzzDecode looks for panics, for faults outside the file, and for secrets in them.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		open, "", "a: *b", "a: &a [*a]", "<<: {a: 1}", "? {a: b}\n: c", "name: |\n  x\n", "{token:abc}", "---\n...\n---\n", "\t",
		"rooms:\n- {id: a, kind: small, lock: hunter2}\n", "key: hunter2\nkey_file: hunter2\n", "key: ${HOME}\n", "%YAML 1.2\n---\n",
		"a: \"\\x\"", "#\n-\n{", "0: [:!00 \xef", "till:\n  code: 'x'\n  cash: 1e3\n", "nets: [::/0]\nevery: 1h\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		const secret = "kAnArY83"
		text = strings.ReplaceAll(text, "hunter2", secret)
		var got shop
		faults := strictyaml.Decode("f.yaml", []byte(text), &got, strictyaml.Env(env))
		for _, fault := range faults {
			if fault.Line < 0 || fault.Line > 1+strings.Count(text, "\n") {
				t.Errorf("line %d of %d: %s", fault.Line, 1+strings.Count(text, "\n"), fault)
			}
			if fault.Text == "" {
				t.Errorf("a fault without a text: %s", fault)
			}
		}
		if len(faults) == 0 && (got.Name == "" || len(got.Rooms) == 0) {
			t.Errorf("no fault, but not decoded: %+v", got)
		}
		if seconds := strictyaml.Decode("f.yaml", []byte(text), &shop{}, strictyaml.Env(env)); cmp.Diff(faults, seconds) != "" {
			t.Error("the second reading finds other faults")
		}
	})
}
