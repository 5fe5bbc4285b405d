package places

import (
	"flag"
	"os"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

var renewAccents = flag.Bool("renew-accents", false, "write accents.bin anew from golang.org/x/text")

// The table of letters without their accents is what Unicode says; all else that Unicode takes apart is not in it, and a name is
// folded as Unicode would have it.
func TestAccents(t *testing.T) {
	var table strings.Builder
	for _, span := range spans {
		for r := span.from; r <= span.to; r++ {
			base := norm.NFD.String(string(r))
			for _, first := range base {
				table.WriteByte(byte(first >> 8))
				table.WriteByte(byte(first))
				break
			}
		}
	}
	if *renewAccents {
		if err := os.WriteFile("accents.bin", []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if table.String() != accents {
		t.Error("accents.bin is not what Unicode says; go test ./adapters/places -run Accents -renew-accents")
	}
	for r := range rune(0x2000) {
		whole := ""
		for _, c := range norm.NFD.String(string(r)) {
			if !unicode.Is(unicode.Mn, c) {
				whole += string(c)
			}
		}
		latin := r >= 0xC0 && r < 0x250 || r >= 0x370 && r < 0x500 || r >= 0x1E00
		if got := string(plain(r)); latin && unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) && got != whole {
			t.Errorf("%q (%U) without accents is %q, want %q", string(r), r, got, whole)
		}
	}
}
