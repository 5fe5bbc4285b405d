package notice

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"testing"

	"latchstring/adapters/services/mailbox/letter"
)

// BenchmarkFind reads a mail and makes a notice of it, as for each mail of a service.
func BenchmarkFind(b *testing.B) {
	r, text := recipesOf(b)["netflix"], mailOf(b, "netflix-new-device-es")
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := r.Find(letter.Read(text), arrived, trust); !ok {
			b.Fatal("no notice")
		}
	}
}

// BenchmarkFloor only takes the same mail apart, with nothing but the standard library.
func BenchmarkFloor(b *testing.B) {
	text := mailOf(b, "netflix-new-device-es")
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		m, err := mail.ReadMessage(bytes.NewReader(text))
		if err != nil {
			b.Fatal(err)
		}
		_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
		if err != nil {
			b.Fatal(err)
		}
		parts := multipart.NewReader(m.Body, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if err != nil {
				break
			}
			var body io.Reader = quotedprintable.NewReader(p)
			if p.Header.Get("Content-Transfer-Encoding") == "base64" {
				body = base64.NewDecoder(base64.StdEncoding, p)
			}
			if _, err := io.ReadAll(body); err != nil {
				b.Fatal(err)
			}
		}
	}
}
