package botapi

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// formatted is a text and what of it stands out. What the platform passes over in silence, although the author will hardly
// have meant it, is a doubt.
type formatted struct {
	text     string
	entities []Entity
	doubts   []string
}

// tagEntity returns the kind of entity that a tag makes.
func tagEntity(tag string) (kind string, known bool) {
	kind, known = map[string]string{
		"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
		"s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "span": "spoiler", "tg-spoiler": "spoiler",
		"a": "text_link", "tg-emoji": "custom_emoji", "tg-time": "date_time", "code": "code", "pre": "pre",
		"blockquote": "blockquote",
	}[tag]
	return kind, known
}

// tagArgument is the attribute that a tag is given its meaning by, and what its value begins with.
func tagArgument(tag string) (attribute, prefix string) {
	switch tag {
	case "a":
		return "href", ""
	case "code":
		return "class", "language-"
	case "span":
		return "class", "tg-"
	case "tg-emoji":
		return "emoji-id", ""
	case "tg-time":
		return "unix", ""
	}
	return "", ""
}

// htmlParser reads a text of the parse mode HTML: HTML's looks, but rules of its own, and the first fault ends it. Its
// complaints are the platform's, byte for byte.
type htmlParser struct {
	in       string
	at       int
	out      strings.Builder
	units    int // of out, in UTF-16
	open     []openTag
	entities []Entity
	doubts   []string
}

type openTag struct {
	name, argument string
	units, bytes   int // where in out it begins
}

func parseHTML(in string) (formatted, error) {
	if !utf8.ValidString(in) { // pieces of characters on both sides of a tag would become one without it
		return formatted{}, errors.New("strings must be encoded in UTF-8")
	}
	p := htmlParser{in: in}
	for p.at < len(in) {
		var err error
		switch {
		case in[p.at] == '&' && p.reference():
		case in[p.at] != '<':
			p.literal()
		case strings.HasPrefix(in[p.at:], "</"):
			err = p.endTag()
		default:
			err = p.startTag()
		}
		if err != nil {
			return formatted{}, err
		}
	}
	if n := len(p.open); n > 0 {
		return formatted{}, complaint(fmt.Sprintf("Can't find end tag corresponding to start tag %q", p.open[n-1].name))
	}
	if !utf8.ValidString(p.out.String()) {
		return formatted{}, complaint("Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units")
	}
	slices.SortStableFunc(p.entities, compareEntities)
	return formatted{p.out.String(), p.entities, p.doubts}, nil
}

// complaint is a refusal's reason in the platform's words.
type complaint string

func (c complaint) Error() string { return string(c) }

func (p *htmlParser) fail(at int, format string, args ...any) error {
	return complaint(fmt.Sprintf(format+" at byte offset %d", append(args, at)...))
}

func (p *htmlParser) doubt(format string, args ...any) {
	p.doubts = append(p.doubts, fmt.Sprintf(format, args...))
}

// peek is the byte at the cursor; at the end it is 0.
func (p *htmlParser) peek() byte {
	if p.at < len(p.in) {
		return p.in[p.at]
	}
	return 0
}

// isSpace counts the end of the text as space, as the platform does.
func isSpace(c byte) bool { return c == 0 || strings.IndexByte(" \t\r\n\v", c) >= 0 }

func isAlpha(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func (p *htmlParser) skip(while func(byte) bool) string {
	from := p.at
	for p.at < len(p.in) && while(p.in[p.at]) {
		p.at++
	}
	return p.in[from:p.at]
}

func (p *htmlParser) literal() {
	r, size := utf8.DecodeRuneInString(p.in[p.at:])
	if r == '&' || r == '>' {
		p.doubt("%c at byte offset %d is not written as a reference", r, p.at)
	}
	p.out.WriteString(p.in[p.at : p.at+size])
	p.units += width(r)
	p.at += size
}

// reference takes a character reference, if one stands at the cursor.
func (p *htmlParser) reference() bool {
	r, size := decodeReference(p.in[p.at:])
	if size == 0 {
		return false
	}
	if p.in[p.at+size-1] != ';' {
		p.doubt("the reference at byte offset %d has no semicolon", p.at)
	}
	writeRune(&p.out, r)
	p.units += width(r)
	p.at += size
	return true
}

// writeRune writes half of a surrogate pair too, as bytes that are no UTF-8.
func writeRune(b *strings.Builder, r rune) {
	if 0xD800 <= r && r <= 0xDFFF {
		b.WriteString("\xed\xbf\xbf")
		return
	}
	b.WriteRune(r)
}

var reference = regexp.MustCompile(`^&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+));?`)

// decodeReference returns the character that a text begins with a reference to, and how long that reference is; 0: none.
func decodeReference(text string) (rune, int) {
	m := reference.FindStringSubmatch(text)
	if m == nil {
		return 0, 0
	}
	size := len(m[0])
	if name := m[3]; name != "" {
		r, known := map[string]rune{"lt": '<', "gt": '>', "amp": '&', "quot": '"', "apos": '\''}[name]
		if !known {
			return 0, 0
		}
		return r, size
	}
	digits, base := m[2], 10
	if m[1] != "" {
		digits, base = m[1], 16
	}
	n, err := strconv.ParseInt(digits, base, 32)
	if err != nil || n == 0 || n >= 0x10ffff || len(strings.TrimSuffix(m[0], ";")) >= 10 {
		return 0, 0
	}
	return rune(n), size
}

func (p *htmlParser) startTag() error {
	from := p.at
	p.at++
	name := strings.ToLower(p.skip(func(c byte) bool { return !isSpace(c) && c != '>' }))
	if p.peek() == 0 {
		return p.fail(from, "Unclosed start tag")
	}
	if _, known := tagEntity(name); !known {
		return p.fail(from, "Unsupported start tag %q", name)
	}
	tag := openTag{name: name, units: p.units, bytes: p.out.Len()}
	for p.peek() != '>' {
		p.skip(isSpace)
		if p.peek() == '>' {
			break
		}
		if err := p.attribute(from, &tag); err != nil {
			return err
		}
	}
	p.at++
	if name == "span" && tag.argument != "spoiler" {
		return p.fail(from, `Tag "span" must have class "tg-spoiler"`)
	}
	p.open = append(p.open, tag)
	return nil
}

// attribute reads one attribute of the tag that begins at an offset.
func (p *htmlParser) attribute(from int, tag *openTag) error {
	name := p.skip(func(c byte) bool { return !isSpace(c) && c != '=' && c != '>' })
	if name == "" {
		return p.fail(from, "Empty attribute name in the tag %q", tag.name)
	}
	p.skip(isSpace)
	if p.peek() != '=' {
		if tag.name == "blockquote" && name == "expandable" && p.peek() != 0 {
			tag.argument = name
			return nil
		}
		return p.fail(from, "Expected equal sign in declaration of an attribute of the tag %q", tag.name)
	}
	p.at++
	p.skip(isSpace)
	if p.peek() == 0 {
		return p.fail(from, "Unclosed start tag %q", tag.name)
	}
	value, err := p.value()
	if err != nil {
		return err
	}
	if p.peek() == 0 {
		return p.fail(from, "Unclosed start tag")
	}
	wanted, prefix := tagArgument(tag.name)
	argument, fits := strings.CutPrefix(value, prefix)
	switch {
	case name == wanted && fits:
		tag.argument = argument
	case tag.name == "tg-time" && name == "format":
	default:
		p.doubt("the attribute %s=%q of the tag %q means nothing", name, value, tag.name)
	}
	return nil
}

func (p *htmlParser) value() (string, error) {
	quote := p.peek()
	if quote != '"' && quote != '\'' {
		from := p.at
		token := p.skip(func(c byte) bool { return isAlpha(c) || isDigit(c) || c == '.' || c == '-' })
		if c := p.peek(); !isSpace(c) && c != '>' {
			return "", p.fail(from, "Unexpected end of name token")
		}
		return strings.ToLower(token), nil
	}
	var b strings.Builder
	for p.at++; p.peek() != quote; {
		if p.peek() == 0 {
			return "", nil // the caller complains of the end
		}
		if p.peek() == '&' {
			if r, size := decodeReference(p.in[p.at:]); size > 0 {
				writeRune(&b, r)
				p.at += size
				continue
			}
		}
		b.WriteByte(p.in[p.at])
		p.at++
	}
	p.at++
	return b.String(), nil
}

func (p *htmlParser) endTag() error {
	from := p.at
	if len(p.open) == 0 {
		return p.fail(from, "Unexpected end tag")
	}
	p.at += len("</")
	name := strings.ToLower(p.skip(func(c byte) bool { return !isSpace(c) && c != '>' }))
	p.skip(isSpace)
	if p.peek() != '>' {
		return p.fail(from, "Unclosed end tag")
	}
	tag := p.open[len(p.open)-1]
	if name != "" && name != tag.name {
		return complaint(fmt.Sprintf(`Unmatched end tag at byte offset %d, expected "</%s>", found "</%s>"`, from, tag.name, name))
	}
	p.at++
	p.open = p.open[:len(p.open)-1]
	if p.units == tag.units {
		p.doubt("the tag %q that ends at byte offset %d is empty", tag.name, from)
		return nil
	}
	return p.entity(tag)
}

// entity puts down what a tag made of its text.
func (p *htmlParser) entity(tag openTag) error {
	kind, _ := tagEntity(tag.name)
	e := Entity{Type: kind, Offset: tag.units, Length: p.units - tag.units}
	switch tag.name {
	case "a":
		link := tag.argument
		if link == "" {
			link = p.out.String()[tag.bytes:]
		}
		return p.link(e, link)
	case "tg-emoji":
		if n, err := strconv.ParseInt(tag.argument, 10, 64); err != nil || n == 0 {
			return complaint("Invalid custom emoji identifier specified")
		}
		e.CustomEmojiID = tag.argument
	case "tg-time":
		n, err := strconv.ParseInt(tag.argument, 10, 64)
		if err != nil {
			return complaint("Invalid Unix time specified")
		}
		e.UnixTime = n
	case "blockquote":
		if tag.argument != "" {
			e.Type = "expandable_blockquote"
		}
	case "pre", "code":
		e.Language = tag.argument
		other := map[string]string{"pre": "code", "code": "pre"}[tag.name]
		if n := len(p.entities); n > 0 {
			if last := &p.entities[n-1]; last.Type == other && last.Offset == e.Offset && last.Length == e.Length && last.Language+e.Language != "" {
				last.Type, last.Language = "pre", last.Language+e.Language
				return nil
			}
		}
	}
	p.entities = append(p.entities, e)
	return nil
}

func (p *htmlParser) link(e Entity, link string) error {
	if id, mention := strings.CutPrefix(link, "tg://user?id="); mention {
		if n, err := strconv.ParseInt(id, 10, 64); err == nil && n > 0 {
			e.Type, e.User = "text_mention", &User{ID: n}
			p.entities = append(p.entities, e)
			return nil
		}
	}
	checked, err := checkLink(link)
	if err != nil {
		p.doubt("the link to %q is dropped: %v", link, err)
		return nil
	}
	e.URL = checked
	p.entities = append(p.entities, e)
	return nil
}

// checkLink returns a link as the platform keeps it. It takes web addresses, also without their scheme, and those of
// Telegram itself.
func checkLink(link string) (string, error) {
	if !strings.Contains(link, "://") {
		link = "http://" + link
	}
	u, err := url.Parse(link)
	switch {
	case err != nil || strings.ContainsAny(link, " \n\t"):
		return "", complaint("Wrong HTTP URL")
	case u.Scheme == "tg" || u.Scheme == "ton":
		return link, nil
	case u.Scheme != "http" && u.Scheme != "https":
		return "", complaint("Unsupported URL protocol")
	case u.User != nil:
		return "", complaint("Wrong HTTP URL")
	case !strings.Contains(u.Hostname(), ".") && !strings.Contains(u.Hostname(), ":"):
		return "", complaint("Wrong HTTP URL")
	}
	if u.Path == "" && u.RawQuery == "" && u.Fragment == "" {
		link += "/"
	}
	return link, nil
}
