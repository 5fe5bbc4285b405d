package letter

import (
	"bytes"
	"io"
	"mime"
	"net/mail"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// maxHeader bounds the headers of a mail or of a part of it, in bytes.
const maxHeader = 256 << 10

// field is a header field, unfolded.
type field struct{ name, value string }

// header is the fields in their order.
type header []field

// splitHeader takes a mail apart into its fields and the rest. A line that is no field is passed over: what some filters add
// must not hide what a service wrote.
func splitHeader(mail []byte) (header, []byte) {
	var fields header
	var folded []string // the lines of the last field
	end := func() {
		if len(folded) > 0 {
			fields[len(fields)-1].value = strings.TrimSpace(strings.Join(folded, " "))
		}
	}
	for n := 0; len(mail) > 0 && n < maxHeader; {
		line, rest, _ := bytes.Cut(mail, []byte("\n"))
		n += len(line) + 1
		mail = rest
		line = bytes.TrimSuffix(line, []byte("\r"))
		if len(line) == 0 {
			break
		}
		if line[0] == ' ' || line[0] == '\t' {
			if len(folded) > 0 {
				folded = append(folded, strings.TrimSpace(string(line)))
			}
			continue
		}
		end()
		name, value, ok := strings.Cut(string(line), ":")
		if !ok {
			name = "" // and what is folded under it goes with it
		}
		fields = append(fields, field{name: strings.ToLower(strings.TrimRight(name, " \t"))})
		folded = append(folded[:0], strings.TrimSpace(value))
	}
	end()
	return fields, mail
}

// all returns the values of the fields of a name, topmost first.
func (h header) all(name string) []string {
	var values []string
	for _, f := range h {
		if f.name == name {
			values = append(values, f.value)
		}
	}
	return values
}

// first returns the topmost value of a name.
func (h header) first(name string) string {
	for _, f := range h {
		if f.name == name {
			return f.value
		}
	}
	return ""
}

// words decodes RFC 2047, whatever the charset calls itself.
func words() *mime.WordDecoder {
	return &mime.WordDecoder{CharsetReader: func(charset string, r io.Reader) (io.Reader, error) {
		text, err := io.ReadAll(r)
		return strings.NewReader(decode(charset, text)), err
	}}
}

// text returns a header's value as it is read by people.
func (h header) text(name string) string {
	decoded, err := words().DecodeHeader(h.first(name))
	if err != nil {
		decoded = h.first(name)
	}
	return Tidy(decoded)
}

// addresses returns the addresses of all fields of a name, in small letters.
func (h header) addresses(name string) []string {
	var found []string
	for _, value := range h.all(name) {
		list, err := (&mail.AddressParser{WordDecoder: words()}).ParseList(value)
		if err != nil {
			continue
		}
		for _, a := range list {
			found = append(found, strings.ToLower(a.Address))
		}
	}
	return found
}

// sender returns the address of the only sender. A mail with several, or with one that can be read in two ways, has none:
// what was vouched for may be another than what is shown.
func (h header) sender() string {
	if len(h.all("from")) != 1 || strings.HasSuffix(h.first("from"), ";") { // the second is a group
		return ""
	}
	a, err := (&mail.AddressParser{WordDecoder: words()}).Parse(h.first("from"))
	if err != nil || strings.Count(a.Address, "@") != 1 {
		return ""
	}
	return strings.ToLower(a.Address)
}

// decode returns a text of a charset as UTF-8. What says nothing, or something wrong, about its charset is UTF-8 if it can
// be, and else what most mail programs of the west write.
func decode(charset string, text []byte) string {
	charset = strings.ToLower(strings.Trim(charset, " \"'"))
	if one := singleByte(charset); one != nil && (charset != "iso-8859-1" || !utf8.Valid(text)) {
		if s, err := one.NewDecoder().Bytes(text); err == nil {
			return string(s)
		}
	}
	if (charset == "" || charset == "us-ascii" || charset == "utf-8") && !utf8.Valid(text) && !cutShort(text) {
		if s, err := charmap.Windows1252.NewDecoder().Bytes(text); err == nil {
			return string(s)
		}
	}
	return strings.ToValidUTF8(string(text), "\ufffd")
}

// cutShort tells whether a text is UTF-8 but for a character that is cut off at its end.
func cutShort(text []byte) bool {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if utf8.Valid(text[:len(text)-n]) {
			return true
		}
	}
	return false
}

// singleByte returns the charset of one byte that a name means, or nil.
func singleByte(name string) *charmap.Charmap {
	switch name {
	case "iso-8859-1", "latin1", "cp1252":
		return charmap.Windows1252 // as every browser reads it
	case "koi8-r":
		return charmap.KOI8R
	case "koi8-u":
		return charmap.KOI8U
	}
	title := strings.NewReplacer("iso-8859", "ISO 8859", "windows-", "Windows ", "cp125", "Windows 125").Replace(name)
	for _, c := range charmap.All {
		if one, ok := c.(*charmap.Charmap); ok && one.String() == title {
			return one
		}
	}
	return nil
}
