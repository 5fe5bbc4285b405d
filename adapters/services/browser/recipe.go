package browser

import (
	"embed"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"latchstring/adapters/strictyaml"
)

// Recipe says where a service's page of devices has what. What each key means stands in recipes/netflix.yaml.
type Recipe struct {
	Title    string        `yaml:"title,required"`
	Version  int           `yaml:"version,required"`
	Verified verified      `yaml:"verified,required"`
	Terms    string        `yaml:"terms,required"`
	List     string        `yaml:"list,required"`
	Domains  []string      `yaml:"domains,required"`
	Within   time.Duration `yaml:"within"`
	Stops    []stop        `yaml:"stops,required"`
	Layouts  []layout      `yaml:"layouts,required"`
}

// verified is the day on which a recipe was last seen to work; zero: never.
type verified struct{ time.Time }

func (v *verified) UnmarshalText(text []byte) (err error) {
	if string(text) == "never" {
		return nil
	}
	if v.Time, err = time.Parse(time.DateOnly, string(text)); err != nil {
		return errors.New("should be a day such as 2026-01-31, or never")
	}
	return nil
}

// stop is where only a person can go on.
type stop struct {
	Because Why      `yaml:"because,required"`
	Paths   []string `yaml:"paths"`
	Seen    []Mark   `yaml:"seen"`
}

// Mark is something that is seen on a page: an element, with its whole text or a part of it where those are given.
type Mark struct {
	Selector string   `yaml:"selector,required" json:"selector"`
	Texts    []string `yaml:"texts" json:"texts"` // its whole text is one of these
	Says     []string `yaml:"says" json:"says"`   // it has one of these in it
}

// layout is a way in which the page may be made.
type layout struct {
	Layout   string   `yaml:"layout,required"`
	Rows     string   `yaml:"rows,required"`
	KeyOf    string   `yaml:"key_of"`
	Key      string   `yaml:"key,required"`
	ID       pattern  `yaml:"id,required"`
	Name     []fact   `yaml:"name,required"`
	Profile  []fact   `yaml:"profile"`
	Place    []fact   `yaml:"place"`
	LastUse  []fact   `yaml:"last_use"`
	Times    []string `yaml:"times"`
	Own      *Mark    `yaml:"own"`
	More     *Mark    `yaml:"more"`
	Unfold   *Mark    `yaml:"unfold"`
	Unfolded *Mark    `yaml:"unfolded"`
	SignOut  Mark     `yaml:"sign_out,required"`
	Done     *Mark    `yaml:"done"`
}

// fact is where in a row a fact stands: in an element or the row's lines, in an attribute or the text, all or a part of it.
type fact struct {
	Selector  string  `yaml:"selector"`
	Attribute string  `yaml:"attribute"`
	Line      int     `yaml:"line"` // from 1; 0: any
	Pattern   pattern `yaml:"pattern"`
}

// pattern is a regular expression whose one part in ( ) is what is meant; the zero one means all of a text.
type pattern struct{ *regexp.Regexp }

func (p *pattern) UnmarshalText(text []byte) (err error) {
	if p.Regexp, err = regexp.Compile(string(text)); err != nil || p.NumSubexp() != 1 {
		return errors.New("should be a regular expression with the one part that is meant in ( )")
	}
	return nil
}

// in returns what is meant of a text, and "" where the text does not fit.
func (p pattern) in(text string) string {
	if p.Regexp == nil {
		return text
	}
	if m := p.FindStringSubmatch(text); m != nil {
		return strings.TrimSpace(m[1])
	}
	return ""
}

//go:embed recipes/*.yaml
var shipped embed.FS

func shelf() strictyaml.Shelf { return strictyaml.Shelf{Files: shipped} }

// Shipped returns the names of the recipes that are part of the program.
func Shipped() []string { return shelf().Names() }

// Load reads a recipe: one of the shipped by its name, or a file that ends in .yaml, whose path begins at dir.
func Load(name, dir string) (*Recipe, error) {
	r := &Recipe{}
	return r, shelf().Decode(name, dir, r)
}

// Allows tells whether a page is one of the recipe's: reached as the list is, in one of its domains.
func (r *Recipe) Allows(scheme, host string) bool {
	return strings.HasPrefix(r.List, scheme+"://") && slices.ContainsFunc(r.Domains, func(d string) bool {
		return host == d || strings.HasSuffix(host, "."+d)
	})
}
