package notice

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"latchstring/adapters/services/mailbox/letter"
	"latchstring/core"
)

// Trust is whom a mailbox's owner believes.
type Trust struct {
	Authserv   string   // the authserv-id of the own mail provider
	Forwarders []string // the household's addresses that may send notices on, in small letters
}

// Concerns tells whether a mail with such a From header is worth reading: it names the service's domain, or somebody who may
// send its notices on.
func (r *Recipe) Concerns(from string, trust Trust) bool {
	from = strings.ToLower(from)
	in := func(name string) bool { return strings.Contains(from, name) }
	return slices.ContainsFunc(r.Domains, in) || slices.ContainsFunc(trust.Forwarders, in)
}

// Find makes a notice of a mail that arrived at a time. Service and account are for the caller to fill in.
func (r *Recipe) Find(l *letter.Letter, arrived time.Time, trust Trust) (core.Notice, bool) {
	var n core.Notice
	body := l
	switch {
	case r.writes(l.From):
		n.Verified = l.Results.Vouched(trust.Authserv, l.From, r.Domains)
	case l.From == "" && slices.ContainsFunc(l.Claims, r.writes):
	case slices.Contains(trust.Forwarders, l.From):
		n.Forwarded = true
		n.Verified = l.Results.Vouched(trust.Authserv, l.From, []string{letter.Domain(l.From)})
		switch inner := l.Inner; {
		case inner != nil && r.writes(inner.From):
			body = inner
		case !r.mentioned(l.Lines):
			return n, false
		}
	default:
		return n, false
	}
	facts := r.labels.read(body.Lines, r.Sentences)
	rule, code := r.tell(body, facts)
	if rule == nil {
		return n, false
	}
	n.Kind = core.NoticeKind(rule.Kind)
	n.At = sent(body.Date, arrived)
	n.Name, n.Place, n.Profile = core.Clean(deviceOf(facts)), core.Clean(facts[factPlace]), core.Clean(facts[factProfile])
	n.Address = addressIn(facts[factAddress])
	n.Language = r.languageOf(body)
	n.Key = keyFor(body, n)
	if n.Verified && !n.Forwarded {
		r.reveal(&n, body, rule, code)
	}
	return n, true
}

// writes tells whether an address is one that the service writes notices from.
func (r *Recipe) writes(address string) bool {
	domain := letter.Domain(address)
	return letter.Within(domain, r.Domains) && !letter.Within(domain, r.NotFrom)
}

// address finds mail addresses in a text.
var address = regexp.MustCompile(`[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]+`)

// mentioned tells whether a mail that was sent on says that it came from the service. It has a say on nothing else.
func (r *Recipe) mentioned(lines []string) bool {
	for _, line := range lines {
		if slices.ContainsFunc(address.FindAllString(strings.ToLower(line), 10), r.writes) {
			return true
		}
	}
	return false
}

// tell finds which rule a mail fits, and its code: one that has evidence and the subject for it, else one that has evidence, and
// last one by the subject alone.
func (r *Recipe) tell(l *letter.Letter, facts map[string]string) (fit *rule, code string) {
	paths := r.paths(l.Links)
	subject := letter.Fold(l.Subject)
	for _, need := range []struct{ evidence, subject bool }{{true, true}, {true, false}, {false, true}} {
		for i := range r.Kinds {
			rule := &r.Kinds[i]
			named := containsAny(subject, rule.Subjects)
			if need.subject && !named || need.evidence && !rule.evident() || containsAny(subject, rule.Not) {
				continue
			}
			if code, ok := rule.fits(l, paths, facts, !need.evidence, named); ok {
				return rule, code
			}
		}
	}
	return nil, ""
}

// evident tells whether a rule has more to go by than the subject.
func (r *rule) evident() bool { return len(r.Links) > 0 || len(r.Marks) > 0 || r.Code > 0 }

func (r *rule) fits(l *letter.Letter, paths []string, facts map[string]string, bySubject, named bool) (code string, ok bool) {
	linked := func(path string) bool { return slices.Contains(paths, path) }
	unlinked := func(path string) bool { return !linked(path) }
	if slices.ContainsFunc(r.Without, linked) || slices.ContainsFunc(r.Has, func(fact string) bool { return facts[fact] == "" }) {
		return "", false
	}
	marked := marked(l.Lines, r.Marks)
	if r.Code > 0 {
		sure := named || marked
		if code = codeIn(l.Lines, facts[factCode], r.Code, sure); code == "" && (!sure || !many(l.Lines, r.Code)) {
			return "", false
		}
	}
	if !bySubject && (slices.ContainsFunc(r.Links, unlinked) || len(r.Marks) > 0 && !marked) {
		return "", false
	}
	return code, true
}

// containsAny tells whether one of the words, which are folded, is in a folded text.
func containsAny(text string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

func marked(lines, marks []string) bool {
	return len(marks) > 0 && slices.ContainsFunc(lines, func(line string) bool { return containsAny(letter.Fold(line), marks) })
}

// locale is what some services put in front of a path.
var locale = regexp.MustCompile(`^/[a-z]{2}(-[A-Za-z]{2,4})?/`)

// paths returns the paths of the links to the service, in the order of the links.
func (r *Recipe) paths(links []string) []string {
	paths := make([]string, 0, len(links))
	for _, link := range links {
		paths = append(paths, r.pathOf(link))
	}
	return paths
}

// pathOf returns the path of a link to the service, without a language in front, or "".
func (r *Recipe) pathOf(link string) string {
	u, err := url.Parse(link)
	if err != nil || !letter.Within(u.Hostname(), r.Domains) {
		return ""
	}
	path := strings.TrimRight(u.Path, "/")
	if at := locale.FindString(path); at != "" {
		path = path[len(at)-1:]
	}
	return path
}

// reveal puts the code and the link into a notice that may have them. What resets a password stays in the mail.
func (r *Recipe) reveal(n *core.Notice, l *letter.Letter, rule *rule, code string) {
	if n.Kind == core.NoticeResetRequested {
		return
	}
	if code != "" {
		n.Code = core.NewSecret(code)
	}
	if rule.Show != "" {
		for _, link := range l.Links {
			if r.pathOf(link) == rule.Show && strings.HasPrefix(link, "https://") {
				n.Link = core.NewSecret(link)
				break
			}
		}
	}
	if !n.Code.Empty() || !n.Link.Empty() {
		n.Until = n.At.Add(rule.Lasts)
	}
}

// sent is when a mail was sent: as it says itself, but never after it arrived.
func sent(date, arrived time.Time) time.Time {
	if date.IsZero() || !arrived.IsZero() && date.After(arrived) {
		return arrived.UTC()
	}
	return date.UTC()
}

// deviceOf names the device: as it is named, or by its browser and its system.
func deviceOf(facts map[string]string) string {
	if facts[factDevice] != "" {
		return facts[factDevice]
	}
	parts := slices.DeleteFunc([]string{facts[factBrowser], facts[factSystem]}, func(s string) bool { return s == "" })
	return strings.Join(parts, ", ")
}

// languageTag is what a language may look like.
var languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,2}$`)

func (r *Recipe) languageOf(l *letter.Letter) string {
	tag := l.Language
	if r.Language.Regexp != nil {
		for _, line := range l.Lines {
			if parts := r.Language.FindStringSubmatch(line); parts != nil {
				tag = strings.Join(parts[1:], "-")
				break
			}
		}
	}
	if !languageTag.MatchString(tag) {
		return ""
	}
	return strings.ReplaceAll(tag, "_", "-")
}

// keyFor makes the key of a notice. The code is not in it: it is short enough to be found again from a key.
func keyFor(l *letter.Letter, n core.Notice) string {
	id := l.ID
	if id == "" {
		id = l.From + "\x00" + l.Subject + "\x00" + l.Date.UTC().Format(time.RFC3339)
	}
	vouched := "vouched"
	if !n.Verified {
		vouched = ""
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{id, string(n.Kind), n.Name, n.Place, n.Address.String(), n.Profile, vouched}, "\x00")))
	return hex.EncodeToString(sum[:12])
}
