package recipe

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// path says where in an answer a value stands: names with dots between them, and numbers for the items of lists, from 0:
// devices.0.ip_address. A * at the end means every value there.
type path struct {
	text  string
	steps []string
	all   bool   // it ends with *
	query string // as gjson writes it, without the *
}

func (p *path) UnmarshalText(text []byte) error {
	p.text = string(text)
	p.steps = strings.Split(p.text, ".")
	p.all = len(p.steps) > 1 && p.steps[len(p.steps)-1] == "*"
	var escaped []string
	for i, step := range p.steps {
		if step == "" || strings.Contains(step, "*") && (!p.all || i < len(p.steps)-1) {
			return errors.New("should be names with dots between them, such as user.devices.0.name; only the last may be *")
		}
		escaped = append(escaped, gjson.Escape(step))
	}
	if p.all {
		escaped = escaped[:len(escaped)-1]
	}
	p.query = strings.Join(escaped, ".")
	return nil
}

func (p path) is() bool { return p.text != "" }

// meets tells whether reading one path would read what is at or below the other.
func (p path) meets(other path) bool {
	for i := range min(len(p.steps), len(other.steps)) {
		if a, b := p.steps[i], other.steps[i]; a != b && a != "*" && b != "*" {
			return false
		}
	}
	return true
}

// in returns what stands there. Null and nothing are the same.
func (p path) in(row gjson.Result) gjson.Result {
	if !p.is() {
		return gjson.Result{}
	}
	return row.Get(p.query)
}

// wrong says that a value is of another type than it should be, without the value.
func (p path) wrong(r gjson.Result, should string) error {
	return fmt.Errorf("%s: %s where %s should be", p.text, kindOf(r), should)
}

func kindOf(r gjson.Result) string {
	switch {
	case r.IsArray():
		return "a list"
	case r.IsObject():
		return "an object"
	case r.Type == gjson.String:
		return "a text"
	case r.Type == gjson.Number:
		return "a number"
	case r.IsBool():
		return "true or false"
	}
	return "nothing"
}

// textIn reads a text; a missing one is empty. Texts are copies, so that no answer stays in memory for the sake of a name.
func (p path) textIn(row gjson.Result) (string, error) {
	r := p.in(row)
	switch {
	case r.Type == gjson.Null:
		return "", nil
	case p.all && (r.IsObject() || r.IsArray()):
		return p.textsIn(r)
	case p.all || r.Type != gjson.String:
		return "", p.wrong(r, "a text")
	}
	return strings.Clone(r.Str), nil
}

// textsIn joins the texts in a list or an object; more than three are not worth telling.
func (p path) textsIn(r gjson.Result) (string, error) {
	var texts []string
	var err error
	r.ForEach(func(_, v gjson.Result) bool {
		if v.Type != gjson.String {
			err = p.wrong(v, "a text")
			return false
		}
		texts = append(texts, v.Str)
		return true
	})
	slices.Sort(texts)
	if len(texts) > 3 {
		texts = append(texts[:3], "…")
	}
	return strings.Join(texts, ", "), err
}

// maxID bounds a service's name for a device or a user, in bytes.
const maxID = 1024

// idIn reads what names a thing: a text or a whole number; a missing one is empty.
func (p path) idIn(row gjson.Result) (string, error) {
	r := p.in(row)
	switch {
	case r.Type == gjson.Null:
		return "", nil
	case r.Type == gjson.Number && !strings.ContainsAny(r.Raw, ".eE"):
		return strings.Clone(r.Raw), nil
	case r.Type != gjson.String:
		return "", p.wrong(r, "a text or a whole number")
	case len(r.Str) > maxID:
		return "", fmt.Errorf("%s: longer than %d bytes", p.text, maxID)
	}
	return strings.Clone(r.Str), nil
}

// flagIn reads true or false; a missing one is false.
func (p path) flagIn(row gjson.Result) (bool, error) {
	r := p.in(row)
	if r.Type != gjson.Null && !r.IsBool() {
		return false, p.wrong(r, "true or false")
	}
	return r.Bool(), nil
}

// addressIn reads an address, with or without a port. A text that is none is left out: who signs in can make some
// services say anything here.
func (p path) addressIn(row gjson.Result) (netip.Addr, error) {
	s, err := p.textIn(row)
	s = strings.TrimSpace(s)
	if a, bad := netip.ParseAddr(s); bad == nil {
		return a.Unmap().WithZone(""), err
	}
	ap, _ := netip.ParseAddrPort(s) // the zero address where it is none
	return ap.Addr().Unmap().WithZone(""), err
}

// clock is how a service writes times.
type clock string

const (
	iso         clock = "iso"     // 2026-11-23T06:45:26Z, with or without fractions; without a zone it is UTC
	unixSeconds clock = "unix_s"  // seconds since 1970
	unixMillis  clock = "unix_ms" // milliseconds since 1970
)

func (c *clock) UnmarshalText(text []byte) error {
	switch *c = clock(text); *c {
	case iso, unixSeconds, unixMillis:
		return nil
	}
	return errors.New("should be iso, unix_s or unix_ms")
}

// maxUnix is the last second of the year 9999.
const maxUnix = 253402300799

// timeIn reads a time. A missing one, an empty one, 0 and the years 1 and 1970 at their first second mean "never": the zero
// time.
func (c clock) timeIn(p path, row gjson.Result) (time.Time, error) {
	r := p.in(row)
	if r.Type == gjson.Null {
		return time.Time{}, nil
	}
	var t time.Time
	switch c {
	case unixSeconds, unixMillis:
		perSecond := int64(1)
		if c == unixMillis {
			perSecond = 1000
		}
		if r.Type != gjson.Number || r.Num < 0 || r.Num > float64(maxUnix*perSecond) {
			return time.Time{}, p.wrong(r, "a time ("+string(c)+")")
		}
		t = time.UnixMilli(r.Int() * 1000 / perSecond).UTC()
	default:
		if r.Type != gjson.String {
			return time.Time{}, p.wrong(r, "a time (iso)")
		}
		var err error
		if t, err = parseISO(r.Str); err != nil {
			return time.Time{}, p.wrong(r, "a time (iso)")
		}
	}
	if t.Unix() == 0 || t.Year() <= 1 {
		return time.Time{}, nil
	}
	return t, nil
}

func parseISO(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t, err = time.Parse("2006-01-02T15:04:05", s)
	}
	return t.UTC(), err
}
