package browser

import (
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"latchstring/adapters/strictyaml"
)

// Check finds what is wrong between the parts of a recipe. It is called by strictyaml.
func (r *Recipe) Check(at strictyaml.At) {
	if r.Version < 1 {
		at.Fault("version", "should be 1 or more")
	}
	for i, d := range r.Domains {
		if !domainName.MatchString(d) {
			at.Under("domains").Item(i).Fault("", "should be a domain in small letters, such as example.org")
		}
	}
	u, err := url.Parse(r.List)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" ||
		u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())):
		at.Fault("list", "should be an address such as https://www.example.org/devices, without anything after a ?")
	case at.Sound("domains") && !r.Allows(u.Scheme, u.Hostname()):
		at.Fault("list", "is not in one of the domains")
	}
	if !strings.HasPrefix(r.Terms, "https://") {
		at.Fault("terms", "should be where the terms of the service are, and begin with https://")
	}
	if r.Within < 0 || r.Within > 7*24*time.Hour {
		at.Fault("within", "should be between 0s and 168h")
	}
	if at.Sound("stops") && !slices.ContainsFunc(r.Stops, func(s stop) bool { return s.Because == SignIn }) {
		at.Fault("stops", "should say how a page looks that wants somebody to sign in")
	}
}

// domainName is a domain as the address line has it; the address of this machine is for trying things out.
var domainName = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)+$`)

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// Check finds what is wrong with a stop. It is called by strictyaml.
func (s *stop) Check(at strictyaml.At) {
	if len(s.Paths)+len(s.Seen) == 0 {
		at.Fault("", "should say paths or seen; it would fit no page")
	}
	for i, p := range s.Paths {
		if !strings.HasPrefix(p, "/") || len(p) < 2 || strings.ContainsAny(p, "?#") {
			at.Under("paths").Item(i).Fault("", "should be a path that begins with /")
		}
	}
}

// Check finds what is wrong with a mark. It is called by strictyaml.
func (m *Mark) Check(at strictyaml.At) {
	for key, texts := range map[string][]string{"texts": m.Texts, "says": m.Says} {
		for i, t := range texts {
			if folded := fold(t); folded == "" {
				at.Under(key).Item(i).Fault("", "is empty")
			} else {
				texts[i] = folded
			}
		}
	}
}

// Check finds what is wrong with a layout. It is called by strictyaml.
func (l *layout) Check(at strictyaml.At) {
	if len(l.SignOut.Texts) == 0 {
		at.Under("sign_out").Fault("texts", "is missing; a button is pressed only if it says what it does")
	}
	if (l.Unfold == nil) != (l.Unfolded == nil) {
		at.Fault("unfolded", "tells a row that was unfolded; they come together")
	}
	for i, t := range l.Times {
		if back, err := time.Parse(t, example.Format(t)); err != nil || back.Hour() != example.Hour() || back.YearDay() != example.YearDay() {
			at.Under("times").Item(i).Fault("", `should be how 2 January 2006, 15:04:05 would be written, such as "1/2/06, 3:04 PM"`)
		}
	}
	if len(l.LastUse) > 0 && len(l.Times) == 0 {
		at.Fault("times", "is missing; it says how last_use is written")
	}
}

// example is a time of which each part is another number than in the time that layouts are written as.
var example = time.Date(2031, 10, 28, 21, 47, 0, 0, time.UTC)

// Check finds what is wrong with a fact. It is called by strictyaml.
func (f *fact) Check(at strictyaml.At) {
	switch {
	case f.Selector == "" && f.Line == 0 && f.Pattern.Regexp == nil:
		at.Fault("", "should say selector, line or pattern")
	case f.Selector == "" && f.Attribute != "":
		at.Fault("attribute", "is of an element; give its selector")
	case f.Selector != "" && f.Line != 0:
		at.Fault("line", "is of the whole row's text; keep it or the selector")
	case f.Line < 0 || f.Line > MaxLines:
		at.Fault("line", "should be from 1 to 40")
	}
}
