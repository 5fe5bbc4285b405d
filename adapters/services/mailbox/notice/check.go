package notice

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"latchstring/adapters/strictyaml"
	"latchstring/core"
)

// domainName is a domain as mails have it: in small letters of ASCII.
var domainName = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)+$`)

// Check finds what is wrong between the parts of a recipe. It is called by strictyaml.
func (r *Recipe) Check(at strictyaml.At) {
	for key, names := range map[string][]string{"domains": r.Domains, "not_from": r.NotFrom} {
		for i, d := range names {
			if !domainName.MatchString(d) {
				at.Under(key).Item(i).Fault("", "should be a domain in small letters, such as example.org")
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Labels)) {
		if !slices.Contains(facts(), name) {
			at.Under("labels").Fault(name, "no such fact; "+strictyaml.Suggest(name, facts()))
		}
	}
	var known []string
	for _, a := range core.Abilities() {
		known = append(known, keyOf(a))
	}
	known = append(known, keyOf(core.TwoStep))
	for key, names := range map[string][]string{"by_hand": slices.Sorted(maps.Keys(r.ByHand)), "why": slices.Sorted(maps.Keys(r.Why))} {
		for _, name := range names {
			if !slices.Contains(known, name) {
				at.Under(key).Fault(name, "no such ability; "+strictyaml.Suggest(name, known))
			}
		}
	}
}

// Check finds what is wrong with a rule. It is called by strictyaml.
func (r *rule) Check(at strictyaml.At) {
	if !r.evident() && len(r.Subjects) == 0 {
		at.Fault("", "should say links, marks, code or subjects; it would fit every mail")
	}
	if r.Code != 0 && (r.Code < 4 || r.Code > 9) {
		at.Fault("code", "should be from 4 to 9 digits")
	}
	for key, paths := range map[string][]string{"links": r.Links, "without": r.Without} {
		for i, p := range paths {
			if !strings.HasPrefix(p, "/") || len(p) < 2 {
				at.Under(key).Item(i).Fault("", "should be a path that begins with /")
			}
		}
	}
	if r.Show != "" && !slices.Contains(r.Links, r.Show) {
		at.Fault("show", "should be one of the links")
	}
	for i, h := range r.Has {
		if !slices.Contains(facts(), h) {
			at.Under("has").Item(i).Fault("", "no such fact; "+strictyaml.Suggest(h, facts()))
		}
	}
	if (r.Code != 0 || r.Show != "") && (r.Lasts < time.Minute || r.Lasts > 24*time.Hour) {
		at.Fault("lasts", "should be from 1m to 24h where there is a code or a link to show")
	}
}

// Check finds what is wrong with a guide. It is called by strictyaml.
func (g *guide) Check(at strictyaml.At) {
	if len(g.Steps) > 10 {
		at.Fault("steps", "should be 10 at the most")
	}
	if g.Link != "" && !strings.HasPrefix(g.Link, "https://") {
		at.Fault("link", "should begin with https://")
	}
	if (g.Link == "") != (g.Open == "") {
		at.Fault("open", "is the name of the link; they come together")
	}
	if g.Within < 0 || g.Within > 7*24*time.Hour {
		at.Fault("within", "should be between 0s and 168h")
	}
}
