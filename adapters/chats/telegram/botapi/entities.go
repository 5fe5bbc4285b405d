package botapi

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Entity is a part of a text that stands out. Offset and Length count UTF-16 units.
type Entity struct {
	Type           string `json:"type"`
	Offset         int    `json:"offset"`
	Length         int    `json:"length"`
	URL            string `json:"url,omitempty"`
	User           *User  `json:"user,omitempty"`
	Language       string `json:"language,omitempty"`
	CustomEmojiID  string `json:"custom_emoji_id,omitempty"`
	UnixTime       int64  `json:"unix_time,omitempty"`
	DateTimeFormat string `json:"date_time_format,omitempty"`
}

// Units is how long the platform takes a text to be: in UTF-16.
func Units(text string) int {
	n := 0
	for _, r := range text {
		n += width(r)
	}
	return n
}

func width(r rune) int { return max(1, utf16.RuneLen(r)) }

// Of returns the part of a text that an entity covers.
func (e Entity) Of(text string) string {
	units := utf16.Encode([]rune(text))
	from := min(max(0, e.Offset), len(units))
	return string(utf16.Decode(units[from:min(max(from, e.Offset+e.Length), len(units))]))
}

// compareEntities puts entities in the platform's order: what begins first, then what is longer, then a fixed rank.
func compareEntities(a, b Entity) int {
	return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(b.Length, a.Length), cmp.Compare(rank(a), rank(b)))
}

func rank(e Entity) int {
	return slices.Index([]string{
		"blockquote", "expandable_blockquote", "pre", "code", "text_link", "text_mention", "date_time", "bold", "italic",
		"underline", "strikethrough", "spoiler", "custom_emoji",
	}, e.Type)
}

// fixed is what stays of formatting when the platform's rules of nesting have been applied: pre and code share their text
// with nothing but a blockquote, blockquotes do not nest, links neither.
func (f formatted) fixed() formatted {
	var kept []Entity
	for _, e := range f.entities {
		at := slices.IndexFunc(f.entities, func(other Entity) bool { return e != other && e.overlaps(other) && e.yields(other) })
		if at >= 0 {
			f.doubts = append(f.doubts, fmt.Sprintf("%s %q is dropped, since it shares its text with %s", e.Type, e.Of(f.text), f.entities[at].Type))
			continue
		}
		kept = append(kept, e)
	}
	f.entities = kept
	return f
}

func (e Entity) overlaps(o Entity) bool {
	return e.Offset < o.Offset+o.Length && o.Offset < e.Offset+e.Length
}

// yields tells which of two entities that share text goes.
func (e Entity) yields(to Entity) bool {
	fixed := func(kind string) bool { return kind == "pre" || kind == "code" }
	quote := func(kind string) bool { return strings.HasSuffix(kind, "blockquote") }
	link := func(kind string) bool {
		return strings.HasPrefix(kind, "text_") || kind == "custom_emoji" || kind == "date_time"
	}
	switch {
	case quote(e.Type) != quote(to.Type):
		return false
	case fixed(to.Type):
		return !fixed(e.Type) || compareEntities(to, e) < 0
	case fixed(e.Type):
		return false
	case quote(e.Type), link(e.Type) && link(to.Type):
		return compareEntities(to, e) < 0
	}
	return false
}

// settled is the text as the platform keeps it: without carriage returns and characters that turn its direction, with
// spaces for control characters, and with no space around it, except where an entity begins.
func (f formatted) settled() formatted {
	moved := []int{} // where a unit of the text went
	var b strings.Builder
	units := 0
	for _, r := range f.text {
		for range width(r) {
			moved = append(moved, units)
		}
		switch {
		case r == '\r' || 0x2028 <= r && r <= 0x202E:
			continue
		case r < ' ' && r != '\n':
			r = ' '
		}
		b.WriteRune(r)
		units += width(r)
	}
	moved = append(moved, units)
	text := strings.TrimRight(b.String(), " \n")
	lead := len(text) - len(strings.TrimLeft(text, " \n"))
	if len(f.entities) > 0 {
		lead = min(lead, moved[f.entities[0].Offset])
	}
	text = text[lead:]
	var kept []Entity
	for _, e := range f.entities {
		from, to := moved[e.Offset]-lead, min(moved[e.Offset+e.Length]-lead, Units(text))
		if e.Offset, e.Length = from, to-from; e.Length > 0 {
			kept = append(kept, e)
		}
	}
	f.text, f.entities = text, kept
	return f
}

// readText makes of the parameters of a call the text they stand for. Whatever is wrong with it is a violation, since the
// client alone decides what it sends. The lock is held.
func (s *Server) readText(p Params) (formatted, *Refusal) {
	raw := p["text"]
	switch {
	case raw == "":
		return formatted{}, s.blame("message text is empty")
	case !utf8.ValidString(raw):
		return formatted{}, s.blame("strings must be encoded in UTF-8")
	}
	f := formatted{text: raw}
	var err error
	_, entities := p["entities"]
	switch mode := p["parse_mode"]; {
	case mode != "" && entities:
		return f, s.blame("both parse_mode and entities are given")
	case entities:
		f, err = parseEntities(raw, p["entities"])
	case strings.EqualFold(mode, "HTML"):
		f, err = parseHTML(raw)
	case mode != "":
		return f, s.blame("unsupported parse_mode")
	}
	if err != nil {
		return f, s.blame("can't parse entities: %v", err)
	}
	f = f.fixed().settled()
	for _, doubt := range f.doubts {
		s.violate("text %.60q: %s", raw, doubt)
	}
	for i, e := range f.entities {
		if e.Type != "text_mention" {
			continue
		}
		if person := s.people[e.User.ID]; person != nil {
			f.entities[i].User = person.user()
		} else {
			s.violate("text %.60q: nobody has the mentioned id %d", raw, e.User.ID)
		}
	}
	switch n := Units(f.text); {
	case n == 0:
		return f, s.blame("text must be non-empty")
	case n > 4096:
		return f, s.blame("message is too long")
	}
	f.entities = append(f.entities, detect(f.text, f.entities)...)
	slices.SortStableFunc(f.entities, compareEntities)
	return f, nil
}

// parseEntities checks entities that came with a text.
func parseEntities(text, list string) (formatted, error) {
	f := formatted{text: text}
	if err := json.Unmarshal([]byte(list), &f.entities); err != nil {
		return f, complaint("Can't parse entities JSON object")
	}
	units := utf16.Encode([]rune(text))
	for i, e := range f.entities {
		switch end := e.Offset + e.Length; {
		case e.Offset < 0 || e.Length <= 0 || end > len(units):
			return f, complaint(fmt.Sprintf("Entity %d is not within the text", i))
		case splits(units, e.Offset) || splits(units, end):
			return f, complaint(fmt.Sprintf("Entity %d begins or ends in the middle of a UTF-16 symbol", i))
		case rank(e) < 0 && !slices.Contains(detected(), e.Type):
			return f, complaint("Unsupported entity type " + e.Type)
		case e.Type == "text_mention" && e.User == nil:
			return f, complaint("Entity text_mention lacks its user")
		case e.Type == "text_link":
			url, err := checkLink(e.URL)
			if err != nil {
				return f, err
			}
			f.entities[i].URL = url
		}
	}
	slices.SortStableFunc(f.entities, compareEntities)
	return f, nil
}

func splits(units []uint16, at int) bool {
	return 0 < at && at < len(units) && utf16.IsSurrogate(rune(units[at])) && units[at] >= 0xDC00
}

// detected are the kinds of entities that the platform finds by itself.
func detected() []string {
	return []string{"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"}
}

// The platform makes links of these wherever they stand, unless in pre, code or another link. The patterns find rather more
// than the platform does, so that a text which passes here pings and links nobody there.
var (
	links = regexp.MustCompile(`(?i)\b(?:[a-z][a-z0-9+.-]*://[^\s<>"]+|(?:[\p{L}0-9](?:[\p{L}0-9-]*[\p{L}0-9])?\.)+[\p{L}]{2,}(?::\d+)?(?:[/?#][^\s<>"]*)?)`)
	finds = []struct {
		kind    string
		pattern *regexp.Regexp
	}{
		{"email", regexp.MustCompile(`(?i)[a-z0-9._%+-]+@(?:[a-z0-9-]+\.)+[a-z]{2,}`)},
		{"url", links},
		{"mention", regexp.MustCompile(`\B@[A-Za-z0-9_]{2,32}`)},
		{"bot_command", regexp.MustCompile(`(?:^|[\s(,;:!?'"])(/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?)`)},
		{"hashtag", regexp.MustCompile(`\B#[\p{L}0-9_]*[\p{L}_][\p{L}0-9_]*`)},
	}
)

// detect finds in a text what becomes an entity without being marked as one.
func detect(text string, marked []Entity) []Entity {
	taken := slices.Clone(marked)
	taken = slices.DeleteFunc(taken, func(e Entity) bool {
		return !slices.Contains([]string{"pre", "code", "text_link", "text_mention"}, e.Type)
	})
	var found []Entity
	for _, f := range finds {
		for _, at := range f.pattern.FindAllStringSubmatchIndex(text, -1) {
			from, to := at[len(at)-2], at[len(at)-1] // the group, if there is one, else the whole
			e := Entity{Type: f.kind, Offset: Units(text[:from]), Length: Units(text[from:to])}
			if !slices.ContainsFunc(taken, e.overlaps) {
				found, taken = append(found, e), append(taken, e)
			}
		}
	}
	slices.SortStableFunc(found, compareEntities)
	return found
}
