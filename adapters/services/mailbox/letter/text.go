package letter

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// The bounds of what a mail says.
const (
	maxLines = 2000
	maxLine  = 1000 // bytes
	maxLinks = 300
	maxLink  = 4096 // bytes
)

// text is what one way of writing a mail says.
type text struct {
	lines    []string
	links    []string
	language string
	line     strings.Builder
}

// plainLink finds links in plain text.
var plainLink = regexp.MustCompile(`https?://[^\s<>"\]\[]+`)

func (t *text) readPlain(s string) {
	for line := range strings.Lines(s) {
		for _, link := range plainLink.FindAllString(line, maxLinks) {
			t.addLink(strings.TrimRight(link, ".,;:!?)'"))
		}
		t.line.WriteString(line[:min(len(line), maxLine)])
		t.endLine()
	}
}

// breaks tells the elements that begin and end a line.
func breaks(element string) bool {
	switch element {
	case "address", "article", "blockquote", "br", "center", "dd", "div", "dl", "dt", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header",
		"hr", "li", "main", "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "ul":
		return true
	}
	return false
}

func (t *text) readHTML(s string) {
	z := html.NewTokenizer(strings.NewReader(s))
	z.SetMaxBuf(1 << 20)
	silent := "" // the element whose text nobody sees
	for {
		switch z.Next() {
		case html.ErrorToken:
			t.endLine()
			return
		case html.CommentToken, html.DoctypeToken:
		case html.TextToken:
			if silent == "" && t.line.Len() < maxLine {
				t.line.Write(z.Text())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name := t.startTag(z)
			if name == "style" || name == "script" || name == "title" {
				silent = name
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if string(name) == silent {
				silent = ""
			}
			if breaks(string(name)) {
				t.endLine()
			}
		}
	}
}

func (t *text) startTag(z *html.Tokenizer) string {
	raw, more := z.TagName()
	name := string(raw)
	if breaks(name) {
		t.endLine()
	}
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		switch {
		case name == "a" && string(key) == "href":
			t.addLink(string(value))
		case name == "html" && string(key) == "lang":
			t.language = string(value)
		}
	}
	return name
}

// addLink keeps a link, as it is behind the wrapping of a mail filter.
func (t *text) addLink(link string) {
	u, err := url.Parse(strings.TrimSpace(link))
	if err != nil || len(link) > maxLink || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || len(t.links) >= maxLinks {
		return
	}
	if wrapped := u.Query().Get("url"); wrapped != "" && strings.HasSuffix(strings.ToLower(u.Hostname()), ".safelinks.protection.outlook.com") {
		if u, err = url.Parse(wrapped); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return
		}
	}
	if s := u.String(); !slices.Contains(t.links, s) {
		t.links = append(t.links, s)
	}
}

func (t *text) endLine() {
	if t.line.Len() == 0 {
		return
	}
	if line := Tidy(t.line.String()); line != "" && len(t.lines) < maxLines {
		t.lines = append(t.lines, line)
	}
	t.line.Reset()
}

// Fold makes a text fit for comparing with the words of a recipe: as lines are, in small letters, with one sort of apostrophe.
func Fold(s string) string {
	return apostrophes.Replace(strings.ToLower(Tidy(s)))
}

var apostrophes = strings.NewReplacer("’", "'", "ʼ", "'", "‘", "'")

// Tidy makes a text as the lines of letters are.
func Tidy(s string) string {
	s = s[:min(len(s), maxLine)]
	if isTidy(s) {
		return s // most lines of the west are
	}
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		switch {
		case r > ' ' && r < unicode.MaxASCII:
		case unicode.IsSpace(r), unicode.In(r, unicode.Zs, unicode.Zl, unicode.Zp):
			space = b.Len() > 0
			continue
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Mn) && unseen(r), r == unicode.ReplacementChar:
			continue
		case r > unicode.MaxASCII:
			r = plainOf(r)
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// isTidy tells whether a text is of visible ASCII with single spaces.
func isTidy(s string) bool {
	before := byte(' ')
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == ' ' && before == ' ' {
			return false
		}
		before = s[i]
	}
	return s == "" || before != ' '
}

// unseen tells characters that take no room: the fillers of previews and what breaks words up for filters.
func unseen(r rune) bool {
	return !unicode.Is(unicode.Mn, r) || r == '\u034f' || r >= '\ufe00' && r <= '\ufe0f'
}

// plainOf returns the ASCII character that one of another script or width stands for, if it is a digit, a hyphen, a colon or a
// full-width letter.
func plainOf(r rune) rune {
	switch {
	case r >= '\uff01' && r <= '\uff5e':
		return r - '\uff01' + '!'
	case r >= '\u2010' && r <= '\u2012', r == '\u2212':
		return '-'
	case !unicode.Is(unicode.Nd, r):
		return r
	}
	zero := r
	for unicode.Is(unicode.Nd, zero-1) {
		zero-- // the digits of a script stand together, and where those of several do, each has ten
	}
	return '0' + (r-zero)%10
}
