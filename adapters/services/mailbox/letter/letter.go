package letter

import (
	"net/mail"
	"slices"
	"strings"
	"time"
)

// Letter is a mail as it was read.
type Letter struct {
	ID       string   // its Message-ID; "" where it has none
	From     string   // the address of its only sender, in small letters; "" where that is not one
	Claims   []string // every address that it claims as its sender
	To       []string
	Subject  string
	Date     time.Time // by its sender; zero where it makes no sense
	Language string    // as its parts say, "" if they do not
	Lines    []string  // what it says; of a mail that says it twice, as HTML and as plain text, the HTML is first
	Links    []string  // http and https, in their order, each once
	Results  Results

	// Inner is a mail that is attached to this one; nobody vouches for it.
	Inner *Letter
}

// Read reads a mail. It never fails: of what is no mail there is nothing to tell.
func Read(text []byte) *Letter { return read(text, 0) }

func read(text []byte, depth int) *Letter {
	h, body := splitHeader(text)
	l := &Letter{
		ID: strings.Trim(h.first("message-id"), "<> "), From: h.sender(), Claims: h.addresses("from"), Subject: h.text("subject"), Language: h.first("content-language"),
	}
	for _, name := range []string{"to", "cc"} { // what the sender signed; where a mail was delivered to, whoever sends it on can write
		for _, a := range h.addresses(name) {
			if !slices.Contains(l.To, a) && len(l.To) < maxTo {
				l.To = append(l.To, a)
			}
		}
	}
	if at, err := mail.ParseDate(h.first("date")); err == nil {
		l.Date = at
	}
	l.Results, _ = parseResults(h.first("authentication-results"))
	r := reader{letter: l, depth: depth}
	r.part(h, body, depth)
	l.Lines = append(r.html.lines, r.plain.lines...)
	l.Links = append(r.html.links, r.plain.links...)
	if l.Language == "" {
		l.Language = r.html.language
	}
	return l
}

// maxTo bounds the recipients of a mail.
const maxTo = 50

// Domain returns the part of an address behind its @, in small letters.
func Domain(address string) string {
	_, domain, _ := strings.Cut(address, "@")
	return strings.ToLower(domain)
}

// Within tells whether a domain is one of those named or below one of them. Only ASCII is compared: a name that merely looks
// like another is another.
func Within(domain string, named []string) bool {
	domain = strings.ToLower(domain)
	return domain != "" && slices.ContainsFunc(named, func(n string) bool {
		return domain == n || strings.HasSuffix(domain, "."+n)
	})
}
