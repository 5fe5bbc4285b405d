package notice

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"latchstring/adapters/services/mailbox/letter"
	"latchstring/adapters/strictyaml"
)

// The facts that a mail may tell beside a label.
const (
	factDevice  = "device"
	factPlace   = "place"
	factTime    = "time"
	factAddress = "address"
	factBrowser = "browser"
	factSystem  = "system"
	factProfile = "profile"
	factCode    = "code"
)

func facts() []string {
	return []string{factDevice, factPlace, factTime, factAddress, factBrowser, factSystem, factProfile, factCode}
}

// labels says which fact a label in front of a value means, in small letters.
type labels struct {
	fact    map[string]string
	devices []string // words that the name of a device has in every language
}

// loadLabels reads the labels that all recipes share.
func loadLabels() (labels, error) {
	var file struct {
		Labels  map[string][]string `yaml:"labels,required"`
		Devices []string            `yaml:"devices,required"`
	}
	text, err := shipped.ReadFile("labels.yaml")
	if err != nil {
		return labels{}, err
	}
	if err := strictyaml.Decode("labels.yaml", text, &file).Err(); err != nil {
		return labels{}, err
	}
	l := labels{devices: file.Devices}
	return l.with(file.Labels), nil
}

func (l labels) with(more map[string][]string) labels {
	all := labels{map[string]string{}, l.devices}
	maps.Copy(all.fact, l.fact)
	for fact, words := range more {
		for _, w := range words {
			all.fact[letter.Fold(w)] = fact
		}
	}
	return all
}

// of returns the fact that a text labels, or "".
func (l labels) of(text string) string {
	if len(text) > maxLabel {
		return ""
	}
	return l.fact[strings.TrimRight(letter.Fold(text), ": ")]
}

// The bounds of labels and values, in bytes.
const (
	maxLabel = 80
	maxValue = 300
)

// read finds the facts of a mail, each where it stands first: "label: value" on one line, or the value on the line below its
// label. A line that was taken for a value is no label, whatever it says: devices are named by strangers. Sentences tell only
// what no label tells.
func (l labels) read(lines []string, sentences []template) map[string]string {
	found := map[string]string{}
	for i := 0; i < len(lines); i++ {
		if before, after, ok := strings.Cut(lines[i], ":"); ok && strings.TrimSpace(after) != "" {
			if fact := l.of(before); fact != "" {
				put(found, fact, after)
				continue
			}
		}
		if fact := l.of(lines[i]); fact != "" && i+1 < len(lines) && l.of(lines[i+1]) == "" {
			i++
			put(found, fact, lines[i])
		}
	}
	for _, line := range lines {
		for _, s := range sentences {
			s.read(line, found)
		}
	}
	if found[factDevice] == "" {
		l.guess(lines, found)
	}
	return found
}

func put(found map[string]string, fact, value string) {
	if value = strings.TrimSpace(value); found[fact] == "" && value != "" && len(value) <= maxValue {
		found[fact] = value
	}
}

// guess finds a device in a language that nobody listed: a short line with a device's word in it, below a label without
// digits. Below it there may be a label and the place.
func (l labels) guess(lines []string, found map[string]string) {
	for i := 1; i < len(lines); i++ {
		if len(lines[i]) > maxLabel || !isLabel(lines[i-1]) || !l.namesDevice(lines[i]) {
			continue
		}
		put(found, factDevice, lines[i])
		if i+2 < len(lines) && isLabel(lines[i+1]) && len(lines[i+2]) <= maxLabel {
			put(found, factPlace, lines[i+2])
		}
		return
	}
}

// isLabel tells whether a line can be the label of a value: a few words without digits, and no sentence.
func isLabel(line string) bool {
	return len(strings.Fields(line)) <= 3 && len(line) <= maxLabel/2 && !strings.ContainsAny(line, "0123456789.!?,")
}

func (l labels) namesDevice(line string) bool {
	words := " " + strings.Join(strings.FieldsFunc(letter.Fold(line), func(r rune) bool {
		return strings.ContainsRune(" ,.;:()-/|·–", r)
	}), " ") + " "
	return slices.ContainsFunc(l.devices, func(d string) bool { return strings.Contains(words, " "+d+" ") })
}

// template is a sentence with facts in it: "Requested by {profile} from {device}"; * is anything.
type template struct {
	begin string // what stands before the first fact, folded
	line  *regexp.Regexp
	facts []string
}

var factPlaceName = regexp.MustCompile(`\\\{([a-z]+)\\\}`)

func (t *template) UnmarshalText(text []byte) error {
	quoted := regexp.QuoteMeta(letter.Tidy(string(text)))
	for _, name := range factPlaceName.FindAllStringSubmatch(quoted, -1) {
		if !slices.Contains(facts(), name[1]) {
			return fmt.Errorf("{%s} is no fact; %s", name[1], strictyaml.Suggest(name[1], facts()))
		}
		t.facts = append(t.facts, name[1])
	}
	t.begin, _, _ = strings.Cut(strings.TrimLeft(letter.Fold(string(text)), "* "), "{")
	if t.begin, _, _ = strings.Cut(t.begin, "*"); len(t.facts) == 0 {
		return errors.New("should have a fact in it, such as {device}")
	}
	quoted = factPlaceName.ReplaceAllString(quoted, `(.{1,120}?)`)
	t.line = regexp.MustCompile(`(?i)^(?:.{0,120}?\s)?` + strings.ReplaceAll(quoted, `\*`, `.*`) + `$`)
	return nil
}

// read takes the facts out of a line, if it is this sentence.
func (t template) read(line string, found map[string]string) {
	if len(line) > maxValue || !strings.Contains(letter.Fold(line), t.begin) {
		return
	}
	values := t.line.FindStringSubmatch(line)
	for i, fact := range t.facts {
		if values != nil {
			put(found, fact, values[i+1])
		}
	}
}

// addressIn returns the IP address that a value begins with.
func addressIn(value string) netip.Addr {
	for _, word := range strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(" ,;()[]*", r) }) {
		if a, err := netip.ParseAddr(word); err == nil {
			return a.Unmap().WithZone("")
		}
	}
	return netip.Addr{}
}
