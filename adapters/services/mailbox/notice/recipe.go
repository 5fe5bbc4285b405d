package notice

import (
	"embed"
	"errors"
	"regexp"
	"strings"
	"time"

	"latchstring/adapters/services/mailbox/letter"
	"latchstring/adapters/strictyaml"
	"latchstring/core"
)

// Recipe describes the notices of a service. What each key means stands in recipes/netflix.yaml.
type Recipe struct {
	Title     string              `yaml:"title,required"`
	Domains   []string            `yaml:"domains,required"`
	NotFrom   []string            `yaml:"not_from"`
	Language  pattern             `yaml:"language"`
	Kinds     []rule              `yaml:"kinds,required"`
	Labels    map[string][]string `yaml:"labels"`
	Sentences []template          `yaml:"sentences"`
	ByHand    map[string]guide    `yaml:"by_hand"`
	Why       map[string]sentence `yaml:"why"`
	Hints     []sentence          `yaml:"hints"`

	labels labels // with those of all recipes
}

// rule tells one kind of notice. Links, marks and a code are evidence, and all that are named must be there; a rule without
// them is for the subject to choose.
type rule struct {
	Kind     kind          `yaml:"kind,required"`
	Links    []string      `yaml:"links"`    // paths that there must be links to, all of them
	Without  []string      `yaml:"without"`  // paths that there must be no link to
	Marks    []string      `yaml:"marks"`    // texts of which one must be there
	Code     int           `yaml:"code"`     // how many digits the code has
	Has      []string      `yaml:"has"`      // facts that must be there
	Subjects []string      `yaml:"subjects"` // what one may be told by, where there is no other evidence
	Not      []string      `yaml:"not"`      // texts in the subject that rule it out
	Show     string        `yaml:"show"`     // path of the link that may be shown
	Lasts    time.Duration `yaml:"lasts"`    // how long the code or link is good
}

type guide struct {
	Steps  []sentence    `yaml:"steps,required"`
	Link   string        `yaml:"link"`
	Open   string        `yaml:"open"`
	Within time.Duration `yaml:"within"`
}

// kind is a core.NoticeKind as recipes write it: with "-" for what is no letter.
type kind core.NoticeKind

// kinds lists what a notice can be.
var kinds = []core.NoticeKind{
	core.NoticeSignIn, core.NoticeCode, core.NoticeSignInRequest, core.NoticeTemporaryAccess, core.NoticeHouseholdUpdate,
	core.NoticePasswordChanged, core.NoticeResetRequested, core.NoticeEmailChanged, core.NoticeVerification,
}

func (k *kind) UnmarshalText(text []byte) error {
	var names []string
	for _, known := range kinds {
		name := strings.ReplaceAll(string(known), " ", "-")
		if name == string(text) {
			*k = kind(known)
			return nil
		}
		names = append(names, name)
	}
	return errors.New("no such kind; " + strictyaml.Suggest(string(text), names))
}

// pattern is a regular expression.
type pattern struct{ *regexp.Regexp }

func (p *pattern) UnmarshalText(text []byte) (err error) {
	if p.Regexp, err = regexp.Compile(string(text)); err != nil || p.NumSubexp() == 0 {
		return errors.New("should be a regular expression with the parts of the language in ( )")
	}
	return nil
}

// sentence is what a member or the owner reads; {service} in it is the service's name, {device} the device's.
type sentence struct{ text string }

func (s *sentence) UnmarshalText(text []byte) error {
	s.text = string(text)
	if len(text) == 0 || len(text) > 300 || !strings.ContainsRune(".!?", rune(text[len(text)-1])) || strings.ContainsAny(s.text, "\n\r") {
		return errors.New("should be a sentence with its full stop, at most 300 characters long")
	}
	if strings.ContainsAny(strings.NewReplacer("{service}", "", "{device}", "").Replace(s.text), "{}") {
		return errors.New("has a name in braces that is neither {service} nor {device}")
	}
	return nil
}

// say makes a phrase for a service and a device.
func (s sentence) say(service, device string) core.Phrase {
	var args []any
	at, of := strings.Index(s.text, "{service}"), strings.Index(s.text, "{device}")
	switch {
	case at >= 0 && of >= 0 && at < of:
		args = []any{service, device}
	case at >= 0 && of >= 0:
		args = []any{device, service}
	case at >= 0:
		args = []any{service}
	case of >= 0:
		args = []any{device}
	}
	return core.Say(s.text, args...)
}

//go:embed recipes/*.yaml labels.yaml families.yaml
var shipped embed.FS

func shelf() strictyaml.Shelf { return strictyaml.Shelf{Files: shipped} }

// Shipped returns the names of the recipes that are part of the program.
func Shipped() []string { return shelf().Names() }

// Load reads a recipe: one of the shipped by its name, or a file that ends in .yaml, whose path begins at dir.
func Load(name, dir string) (*Recipe, error) {
	r := &Recipe{}
	if err := shelf().Decode(name, dir, r); err != nil {
		return nil, err
	}
	return r.ready()
}

// ready completes a recipe with what all have in common.
func (r *Recipe) ready() (*Recipe, error) {
	common, err := loadLabels()
	if err != nil {
		return nil, err
	}
	r.labels = common.with(r.Labels)
	for _, rule := range r.Kinds {
		for _, words := range [][]string{rule.Marks, rule.Subjects, rule.Not} {
			for i, w := range words {
				words[i] = letter.Fold(w)
			}
		}
	}
	return r, nil
}

// Guide returns the recipe's steps for what is done by hand at the service.
func (r *Recipe) Guide(title string, a core.Ability, d *core.Device) (core.Guide, bool) {
	g, ok := r.ByHand[keyOf(a)]
	if !ok {
		return core.Guide{}, false
	}
	device := "the device"
	if d != nil && d.Name != "" {
		device = d.Name
	}
	made := core.Guide{Link: g.Link, Open: g.Open, Within: g.Within}
	for _, step := range g.Steps {
		made.Steps = append(made.Steps, step.say(title, device))
	}
	return made, true
}

// Reasons says for the abilities that the recipe has a word on why they are missing.
func (r *Recipe) Reasons(title string) map[core.Ability]core.Phrase {
	why := map[core.Ability]core.Phrase{}
	for _, a := range core.Abilities() {
		if s, ok := r.Why[keyOf(a)]; ok {
			why[a] = s.say(title, "")
		}
	}
	return why
}

// Advice returns what the owner should know of the service.
func (r *Recipe) Advice(title string) []core.Phrase {
	var hints []core.Phrase
	for _, h := range r.Hints {
		hints = append(hints, h.say(title, ""))
	}
	return hints
}

// keyOf is an ability as by_hand and why name it: core's word, with _ for what is no letter.
func keyOf(a core.Ability) string { return strings.NewReplacer(" ", "_", "-", "_").Replace(string(a)) }
