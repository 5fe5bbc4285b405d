package letter

import (
	"slices"
	"strings"
)

// Results is what a mail provider found when it looked who a mail is from, as its Authentication-Results header tells (RFC 8601).
type Results struct {
	By      string // the authserv-id: who says so
	methods []method
}

// method is one result: "dkim=pass header.d=example.org".
type method struct {
	name, result string
	properties   map[string]string // "header.d": "example.org"
}

// The bounds of the header, so that nobody makes the reading of it dear.
const (
	maxResults    = 16 << 10 // bytes
	maxMethods    = 50
	maxProperties = 30
)

// parseResults reads the header's value. A header that is not wholly well made tells nothing at all: half of one may say
// the opposite of the whole.
func parseResults(value string) (Results, bool) {
	sections, ok := splitResults(value)
	if !ok || len(sections) == 0 || len(sections) > maxMethods {
		return Results{}, false
	}
	who := sections[0]
	if len(who) == 0 || len(who) > 2 || strings.Contains(who[0], "=") {
		return Results{}, false // some providers leave out who they are, so anybody may have written it
	}
	r := Results{By: strings.ToLower(who[0])}
	for _, words := range sections[1:] {
		m, ok := readMethod(words)
		if !ok {
			return Results{}, false
		}
		if m.name != "" {
			r.methods = append(r.methods, m)
		}
	}
	return r, true
}

func readMethod(words []string) (method, bool) {
	if len(words) == 0 || len(words) == 1 && strings.EqualFold(words[0], "none") {
		return method{}, true
	}
	if len(words) > maxProperties {
		return method{}, false
	}
	name, result, ok := strings.Cut(words[0], "=")
	if !ok {
		return method{}, false
	}
	name, _, _ = strings.Cut(strings.ToLower(name), "/") // dkim/1
	m := method{name, strings.ToLower(result), map[string]string{}}
	for _, w := range words[1:] {
		key, value, ok := strings.Cut(w, "=")
		key = strings.ToLower(key)
		if !ok {
			continue // some write a bare word, such as policy's
		}
		if _, twice := m.properties[key]; twice {
			value = "" // nobody knows which is meant
		}
		m.properties[key] = strings.ToLower(value)
	}
	return m, true
}

// splitResults splits the value at the semicolons and spaces that stand outside of comments and quotes. Comments are dropped,
// quotes are taken off, and spaces around "=" go.
func splitResults(value string) (sections [][]string, ok bool) {
	if len(value) > maxResults {
		return nil, false
	}
	s := splitter{}
	for i := 0; i < len(value); i++ {
		c := value[i]
		switch {
		case c == '\\' && (s.quoted || s.comment > 0):
			if i++; i == len(value) {
				return nil, false
			}
			s.put(value[i])
		case s.quoted && c == '"':
			s.quoted = false
		case s.quoted:
			s.put(c)
		case c == '(':
			s.comment++
		case c == ')':
			if s.comment--; s.comment < 0 {
				return nil, false
			}
			s.endWord()
		case s.comment > 0:
		case c == '"':
			s.quoted = true
		case c == ';':
			s.endSection()
		case c == ' ' || c == '\t':
			s.endWord()
		case c < ' ' || c > '~':
			return nil, false
		case c == '=' && s.word.Len() == 0 && len(s.words) > 0:
			s.reopen()
			s.put(c)
		default:
			s.put(c)
		}
	}
	if s.quoted || s.comment > 0 {
		return nil, false
	}
	s.endSection()
	if n := len(s.sections); n > 1 && len(s.sections[n-1]) == 0 {
		s.sections = s.sections[:n-1] // a semicolon at the end
	}
	return s.sections, true
}

// splitter is a header that is being split.
type splitter struct {
	sections [][]string
	words    []string
	word     strings.Builder
	comment  int // how deep
	quoted   bool
}

func (s *splitter) put(c byte) {
	if s.comment > 0 {
		return
	}
	if s.quoted && (c == ';' || c == '=' || c == ' ') {
		c = '_' // it means nothing within quotes
	}
	s.word.WriteByte(c)
}

func (s *splitter) endWord() {
	if s.word.Len() == 0 {
		return
	}
	word := s.word.String()
	s.word.Reset()
	if n := len(s.words); n > 0 && strings.HasSuffix(s.words[n-1], "=") && !strings.Contains(s.words[n-1][:len(s.words[n-1])-1], "=") {
		s.words[n-1] += word
		return
	}
	s.words = append(s.words, word)
}

// reopen takes the last word up again, for what follows its "=".
func (s *splitter) reopen() {
	n := len(s.words) - 1
	s.word.WriteString(s.words[n])
	s.words = s.words[:n]
}

func (s *splitter) endSection() {
	s.endWord()
	s.sections = append(s.sections, s.words)
	s.words = nil
}

// Vouched tells whether the provider with the authserv-id vouches for a mail's sender, whose address is of one of the
// domains or below one: by DMARC, or by a DKIM signature of such a domain where DMARC did not fail.
func (r Results) Vouched(authserv, sender string, domains []string) bool {
	if authserv == "" || r.By != strings.ToLower(authserv) || !Within(Domain(sender), domains) {
		return false
	}
	var dmarc []method
	signed := false
	for _, m := range r.methods {
		switch m.name {
		case "dmarc":
			dmarc = append(dmarc, m)
		case "dkim":
			signed = signed || m.result == "pass" && Within(m.signer(), domains)
		}
	}
	if len(dmarc) == 0 {
		return signed
	}
	passed := !slices.ContainsFunc(dmarc, func(m method) bool { return m.result != "pass" || !Within(m.from(sender), domains) })
	undecided := !slices.ContainsFunc(dmarc, func(m method) bool { return m.result != "none" && m.result != "bestguesspass" })
	return passed || undecided && signed
}

// signer returns the domain of a DKIM signature.
func (m method) signer() string {
	if d, ok := m.properties["header.d"]; ok {
		return d
	}
	return Domain(m.properties["header.i"])
}

// from returns the domain that DMARC was looked up for, which is the sender's where the provider does not say it.
func (m method) from(sender string) string {
	from, ok := m.properties["header.from"]
	switch {
	case !ok:
		return Domain(sender)
	case strings.Contains(from, "@"):
		return Domain(from)
	}
	return from
}
