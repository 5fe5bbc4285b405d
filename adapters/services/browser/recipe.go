package browser

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"latchstring/adapters/strictyaml"
)

// Recipe tells how the page of a service lists devices and signs one out. What each key means stands in recipes/netflix.yaml.
type Recipe struct {
	Title    string        `yaml:"title,required"`
	Version  int           `yaml:"version,required"`
	Written  string        `yaml:"written,required"`
	Verified string        `yaml:"verified"`
	Terms    string        `yaml:"terms,required"`
	Domains  []string      `yaml:"domains,required"`
	Page     string        `yaml:"page,required"`
	Within   time.Duration `yaml:"within"`
	Stops    []stop        `yaml:"stops,required"`
	Layouts  []layout      `yaml:"layouts,required"`
}

// stop is what ends a run: a path, or something that can be seen.
type stop struct {
	Path    string `yaml:"path"`
	There   string `yaml:"there"`
	Because reason `yaml:"because,required"`
}

// reason is why a run was stopped.
type reason string

// The reasons that recipes name; the others are the program's own.
const (
	signIn     reason = "sign-in"
	secondStep reason = "second step"
	puzzle     reason = "puzzle"
	elsewhere  reason = "elsewhere" // the page led out of the service
	unexpected reason = "unexpected"
)

func (r *reason) UnmarshalText(text []byte) error {
	known := []string{string(signIn), string(secondStep), string(puzzle)}
	if !slices.Contains(known, string(text)) {
		return errors.New("no such reason; " + strictyaml.Suggest(string(text), known))
	}
	*r = reason(text)
	return nil
}

// layout is one way in which the page is built.
type layout struct {
	Is      string `yaml:"is,required"` // what is there where the page is built like this
	More    string `yaml:"more"`        // is pressed as long as it is there, 20 times at the most
	Rows    rows   `yaml:"rows,required"`
	SignOut []step `yaml:"sign_out,required"`
}

// rows tell how the list is read.
type rows struct {
	At        string             `yaml:"at,required"`
	Attribute string             `yaml:"attribute,required"`
	Key       pattern            `yaml:"key,required"`
	Own       string             `yaml:"own"`
	Facts     map[string]string  `yaml:"facts"`
	Lines     map[string]pattern `yaml:"lines"`
}

// step is one thing done to sign a device out.
type step struct {
	Press  string `yaml:"press"`
	Text   string `yaml:"text"`
	In     string `yaml:"in"` // row or page; page where it is not set
	Maybe  bool   `yaml:"maybe"`
	Expect string `yaml:"expect"`
}

// pattern is a regular expression with one part in ( ).
type pattern struct{ *regexp.Regexp }

func (p *pattern) UnmarshalText(text []byte) (err error) {
	if p.Regexp, err = regexp.Compile(string(text)); err != nil || p.NumSubexp() != 1 {
		return errors.New("should be a regular expression with one part in ( )")
	}
	return nil
}

// The facts of a device that rows can tell.
var facts = []string{"name", "profile", "place", "used"}

// Check finds what is wrong with a recipe. It is called by strictyaml.
func (r *Recipe) Check(at strictyaml.At) {
	for _, day := range []struct{ key, text string }{{"written", r.Written}, {"verified", r.Verified}} {
		if _, err := time.Parse(time.DateOnly, day.text); err != nil && (day.text != "" || day.key == "written") {
			at.Fault(day.key, "should be a day, such as 2026-05-12")
		}
	}
	if u, err := url.Parse(r.Page); err != nil || !r.within(u) {
		at.Fault("page", "should be an https address on one of the domains")
	}
	for i, l := range r.Layouts {
		l.check(at.Under("layouts").Item(i))
	}
	for i, s := range r.Stops {
		if (s.Path == "") == (s.There == "") {
			at.Under("stops").Item(i).Fault("", "should have a path or something that is there, and not both")
		}
	}
}

func (l *layout) check(at strictyaml.At) {
	names, named := at.Under("rows"), false
	for _, of := range []struct {
		key  string
		each func(yield func(string) bool)
	}{{"facts", keys(l.Rows.Facts)}, {"lines", keys(l.Rows.Lines)}} {
		for fact := range of.each {
			if named = named || fact == "name"; !slices.Contains(facts, fact) {
				names.Under(of.key).Fault(fact, "no such fact; "+strictyaml.Suggest(fact, facts))
			}
		}
	}
	if !named {
		names.Fault("", "should tell the name of a device, among facts or lines")
	}
	for i, s := range l.SignOut {
		item := at.Under("sign_out").Item(i)
		if (s.Press == "") == (s.Expect == "") {
			item.Fault("", "should press or expect something, and not both")
		}
		if s.In != "" && s.In != "row" && s.In != "page" {
			item.Fault("in", "should be row or page")
		}
	}
}

func keys[V any](m map[string]V) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// within tells whether an address is the service's own. Without TLS only this machine is.
func (r *Recipe) within(u *url.URL) bool {
	host := u.Hostname()
	if ip := net.ParseIP(host); u.Scheme != "https" && (u.Scheme != "http" || ip == nil || !ip.IsLoopback()) {
		return false
	}
	return slices.ContainsFunc(r.Domains, func(d string) bool { return host == d || strings.HasSuffix(host, "."+d) })
}

//go:embed recipes/*.yaml
var shipped embed.FS

// Shipped are the recipes that are part of the program.
func Shipped() []string { return []string{"netflix"} }

// maxRecipe bounds a recipe's file, in bytes.
const maxRecipe = 1 << 20

// Load reads a recipe: one of the shipped by its name, or a file that ends in .yaml, whose path begins at dir.
func Load(name, dir string) (*Recipe, error) {
	if slices.Contains(Shipped(), name) {
		text, err := shipped.ReadFile("recipes/" + name + ".yaml")
		if err != nil {
			return nil, err
		}
		return parse(name+".yaml", text)
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(dir, name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("browser_recipe: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxRecipe))
	if err != nil {
		return nil, fmt.Errorf("browser_recipe: %w", err)
	}
	return parse(name, text)
}

func parse(file string, text []byte) (*Recipe, error) {
	r := &Recipe{}
	if err := strictyaml.Decode(file, bytes.TrimPrefix(text, []byte("\ufeff")), r).Err(); err != nil {
		return nil, err
	}
	return r, nil
}
