package letter

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"strings"
)

// The bounds of a mail's parts.
const (
	maxDepth = 4
	maxParts = 100
)

// reader goes through the parts of a mail.
type reader struct {
	letter      *Letter
	depth       int // of the letter itself
	parts       int
	html, plain text
}

// part reads a part and what is in it.
func (r *reader) part(h header, body []byte, depth int) {
	if r.parts++; r.parts > maxParts || depth > maxDepth {
		return
	}
	kind, params, err := mime.ParseMediaType(h.first("content-type"))
	if err != nil && kind == "" {
		kind = "text/plain"
	}
	switch {
	case strings.HasPrefix(kind, "multipart/") && params["boundary"] != "":
		r.multipart(body, params["boundary"], depth)
	case kind == "message/rfc822":
		if r.letter.Inner == nil && r.depth < maxDepth {
			r.letter.Inner = read(open(h, body), depth+1)
		}
	case strings.HasPrefix(h.first("content-disposition"), "attachment"):
	case kind == "text/html":
		r.html.readHTML(decode(params["charset"], open(h, body)))
	case kind == "text/plain":
		r.plain.readPlain(decode(params["charset"], open(h, body)))
	}
	if r.letter.Language == "" {
		r.letter.Language = h.first("content-language")
	}
}

// multipart reads the parts between boundaries; the last one may be cut off.
func (r *reader) multipart(body []byte, boundary string, depth int) {
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		p, err := parts.NextRawPart()
		if err != nil {
			return
		}
		var h header
		for name, values := range p.Header {
			for _, v := range values {
				h = append(h, field{strings.ToLower(name), v})
			}
		}
		inside, _ := io.ReadAll(p) // what came before it was cut off
		r.part(h, inside, depth+1)
		if r.parts > maxParts {
			return
		}
	}
}

// open undoes the transfer encoding. Of what breaks off or makes no sense, what was good so far is kept.
func open(h header, body []byte) []byte {
	switch strings.ToLower(strings.TrimSpace(h.first("content-transfer-encoding"))) {
	case "base64":
		body, _ = io.ReadAll(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(body)))
	case "quoted-printable":
		body, _ = io.ReadAll(quotedprintable.NewReader(bytes.NewReader(body)))
	}
	return body
}
