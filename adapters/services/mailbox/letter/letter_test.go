package letter

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// crlf writes lines as they are in a mail.
func crlf(lines ...string) []byte { return []byte(strings.Join(lines, "\r\n")) }

func TestRead(t *testing.T) {
	l := Read(crlf(
		"Message-ID: <1@x>", "To: Home <House@Example.org>, other@example.org",
		"Subject: =?UTF-8?Q?Zug=C3=A4nge?= =?iso-8859-15?Q?_f=FCr_=A4?=", "From: x@example.org", "Date: Tue, 12 May 2026 18:04:05 +0200",
		"Content-Type: multipart/alternative; boundary=b", "",
		"--b", "Content-Type: text/plain; charset=iso-8859-1", "Content-Transfer-Encoding: quoted-printable", "", "Ger=E4t: =A0 TV", "see https://x.example/a?b=1.", "",
		"--b", "Content-Type: text/html; charset=UTF-8", "Content-Transfer-Encoding: base64", "",
		"PGh0bWwgbGFuZz1kZT48c3R5bGU+eDwvc3R5bGU+PHA+R2Vyw6R0PGJyPlQ8Yj5WPC9iPjwvcD48YSBocmVmPSJodHRwczovL3kuZXhhbXBsZS8/YT0xJmFtcDtiPTIiPmdvPC9hPg==", "--b--",
	))
	want := &Letter{
		ID: "1@x", From: "x@example.org", Claims: []string{"x@example.org"}, To: []string{"house@example.org", "other@example.org"},
		Subject: "Zugänge für €", Date: l.Date, Language: "de",
		Lines: []string{"Gerät", "TV", "go", "Gerät: TV", "see https://x.example/a?b=1."},
		Links: []string{"https://y.example/?a=1&b=2", "https://x.example/a?b=1"},
	}
	if diff := cmp.Diff(want, l, cmp.AllowUnexported(Results{}, method{})); diff != "" {
		t.Error(diff)
	}
	if !l.Date.Equal(time.Date(2026, 5, 12, 16, 4, 5, 0, time.UTC)) {
		t.Error(l.Date)
	}
}

// Whatever is broken, what can be read is.
func TestBroken(t *testing.T) {
	for name, c := range map[string]struct {
		mail []byte
		want []string
	}{
		"no headers":              {crlf("", "hello"), []string{"hello"}},
		"no end of headers":       {crlf("Subject: x"), nil},
		"no boundary":             {crlf("Content-Type: multipart/mixed", "", "hello"), nil},
		"a line that is no field": {crlf("From x", "Subject x", " y", "Content-Type: text/plain", "", "hello"), []string{"hello"}},
		"a bad type":              {crlf("Content-Type: ???", "", "hello"), []string{"hello"}},
		"an unknown charset":      {crlf("Content-Type: text/plain; charset=x-none", "", "h\xe9llo"), []string{"hllo"}},
		"base64 that breaks off":  {crlf("Content-Transfer-Encoding: base64", "", "aGVsbG8K", "aGVs!"), []string{"hello", "hel"}},
		"base64 after the end":    {crlf("Content-Transfer-Encoding: base64", "", "aGVsbG8K===="), []string{"hello"}},
		"quoted-printable":        {crlf("Content-Transfer-Encoding: quoted-printable", "", "hello", "a=ZZ"), []string{"hello", "a=ZZ"}},
		"a tag that breaks off":   {crlf("Content-Type: text/html", "", "<p>hello</p><a href=\"x"), []string{"hello"}},
		"a file":                  {crlf("Content-Type: text/plain", "Content-Disposition: attachment; filename=x", "", "hello"), nil},
	} {
		if diff := cmp.Diff(c.want, Read(c.mail).Lines); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestTidy(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                      "plain",
		"  a \t\u00a0\u200a b\u3000": "a b",
		"a\u200bb\u200d\ufeff\u00adc\u034f\ufe0f": "abc",
		"４０７１": "4071", "٤٠٧١": "4071", "۴۰۷۱": "4071", "४०७१": "4071", "𝟜𝟘𝟟𝟙": "4071",
		"ＩＰ：１": "IP:1", "12‑34": "12-34", "é": "é", "e\u0301": "e\u0301", "สถานที่": "สถานที่", "\x00\x1b[31mred": "[31mred", "\u202eevil\u202c": "evil",
	} {
		if got := Tidy(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// A mail that was made to be dear to read is not.
func TestBounds(t *testing.T) {
	deep := "hello"
	for i := range 50 {
		deep = fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n%s\r\n--b%d--\r\n", i, i, deep, i)
	}
	many := "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n\r\nx\r\n", 10000)
	inner := strings.Repeat("Content-Type: message/rfc822\r\n\r\n", 1000)
	var links strings.Builder
	links.WriteString("Content-Type: text/html\r\n\r\n")
	for i := range 20000 {
		fmt.Fprintf(&links, "<a href=https://x.example/%d>x</a><br>", i)
	}
	for name, text := range map[string]string{
		"deep": deep, "many": many, "inner": inner, "links": links.String(),
		"folded": "To: x\r\n" + strings.Repeat(" y\r\n", 200000) + "\r\n",
		"header": strings.Repeat("X-A: b\r\n", 200000) + "\r\nhello", "to": "To: " + strings.Repeat("a@example.org, ", 50000) + "b@example.org\r\n\r\n",
		"open tags": "Content-Type: text/html\r\n\r\n" + strings.Repeat("<a<", 300000), "entities": "Content-Type: text/html\r\n\r\n" + strings.Repeat("&", 900000),
	} {
		began := time.Now()
		l := Read([]byte(text))
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s took %s", name, took)
		}
		if len(l.Lines) > 2*maxLines || len(l.Links) > 2*maxLinks || len(l.To) > maxTo {
			t.Errorf("%s: %d lines, %d links, %d recipients", name, len(l.Lines), len(l.Links), len(l.To))
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: x@y\r\n\r\n<p>x\r\n--b--"))
	f.Add([]byte("Content-Type: text/html; charset=koi8-r\nContent-Transfer-Encoding: quoted-printable\n\n<a href=https://x.safelinks.protection.outlook.com/?url=https%3A%2F%2Fy>=C1</a>"))
	f.Fuzz(func(t *testing.T, text []byte) {
		l := Read(text)
		for _, line := range l.Lines {
			if line == "" || line != Tidy(line) || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") {
				t.Errorf("line %q", line)
			}
		}
		if slices.ContainsFunc(l.Links, func(s string) bool { return !strings.HasPrefix(s, "http") }) {
			t.Errorf("links %q", l.Links)
		}
	})
}
