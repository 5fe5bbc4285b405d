package browser

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"latchstring/core"
)

// row is a row of the page, read by its layout.
type row struct {
	key      string // as it stood when it was read; it may be another one the next time
	device   core.DeviceID
	raw      string // the name as it stands there
	name     string
	profile  string
	place    string
	lastUse  time.Time
	own      bool
	unfolded bool
}

// The marks that a layout looks for in rows, by their places.
const (
	markOwn = iota
	markUnfolded
)

// nothing is a mark that no page has.
var nothing = Mark{Selector: ":not(*)"}

func markOr(m *Mark) Mark {
	if m == nil {
		return nothing
	}
	return *m
}

// rows is what is asked of the rows of a layout.
func (l *layout) rows() *Rows {
	r := &Rows{Rows: l.Rows, KeyOf: l.KeyOf, Key: l.Key, Marks: []Mark{markOwn: markOr(l.Own), markUnfolded: markOr(l.Unfolded)}}
	for _, facts := range l.facts() {
		for _, f := range facts {
			if f.Selector != "" {
				r.Parts = append(r.Parts, Place{f.Selector, f.Attribute})
			}
		}
	}
	return r
}

func (l *layout) facts() [][]fact { return [][]fact{l.Name, l.Profile, l.Place, l.LastUse} }

// read makes a row of what is seen; ok is false where it is not as the layout says.
func (l *layout) read(seen Row, zone *time.Location) (r row, ok bool) {
	if len(seen.Seen) <= markUnfolded {
		return row{}, false
	}
	found := make([]string, 0, len(l.facts()))
	parts := seen.Parts
	for _, facts := range l.facts() {
		text := ""
		for _, f := range facts {
			var candidates []string
			switch {
			case f.Selector != "" && len(parts) == 0:
				return row{}, false
			case f.Selector != "":
				candidates, parts = parts[:1], parts[1:]
			case f.Line == 0:
				candidates = seen.Lines
			case f.Line <= len(seen.Lines):
				candidates = seen.Lines[f.Line-1 : f.Line]
			}
			for _, c := range candidates {
				if text == "" {
					text = f.Pattern.in(c)
				}
			}
		}
		found = append(found, text)
	}
	id := l.ID.in(seen.Key)
	r = row{
		key: seen.Key, raw: found[0], name: core.Clean(found[0]), profile: core.Clean(found[1]), place: core.Clean(found[2]),
		lastUse: l.time(found[3], zone), own: seen.Seen[markOwn], unfolded: seen.Seen[markUnfolded],
	}
	r.device = deviceID(id, r.name)
	return r, id != "" && r.name != ""
}

// time reads a time as the layout says that times are written; the zero time is one that can not be read.
func (l *layout) time(text string, zone *time.Location) time.Time {
	text = strings.Join(strings.Fields(text), " ") // there are spaces of many kinds in times
	for _, t := range l.Times {
		if at, err := time.ParseInLocation(t, text, zone); err == nil {
			return at
		}
	}
	return time.Time{}
}

// deviceID makes an id of what the page tells a device by, which may be secret and of any length, and of its name: whoever
// saw the one and the other meant this device.
func deviceID(id, name string) core.DeviceID {
	return core.DeviceID(idPrefix + short(id) + "-" + short(fold(name)))
}

// idPrefix tells devices of the page from those that mails tell of.
const idPrefix = "page:"

func short(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// sameHardware tells whether two ids are of one device under different names.
func sameHardware(a, b core.DeviceID) bool {
	of, _, _ := strings.Cut(string(a), "-")
	return strings.HasPrefix(string(b), of+"-")
}

// fold makes texts comparable.
func fold(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }

// device makes a device of rows that can not be told from each other.
func (b *Browser) device(rows []row) core.Device {
	d := core.Device{Service: b.account.Service, ID: rows[0].device, Name: rows[0].name}
	for _, r := range rows {
		d.Own = d.Own || r.own
		d.Sessions = append(d.Sessions, core.Session{
			Member: b.account.Member, Login: b.account.Login, Profile: r.profile, Place: r.place, LastUsed: r.lastUse,
		})
	}
	d.ByHand = len(rows) > 1
	return d.Cleaned()
}

// devices makes devices of rows, in the order of the page.
func (b *Browser) devices(rows []row) []core.Device {
	devices := []core.Device{}
	for i, r := range rows {
		if slices.ContainsFunc(rows[:i], func(o row) bool { return o.device == r.device }) {
			continue
		}
		devices = append(devices, b.device(slices.DeleteFunc(slices.Clone(rows), func(o row) bool { return o.device != r.device })))
	}
	return devices
}
