package places

import (
	"cmp"
	"slices"
	"strings"
	"testing"
)

// The tables that are searched by halves are in order, and written as what they are compared with is.
func TestTablesAreInOrder(t *testing.T) {
	for i := range len(carriers) - 1 {
		if carriers[i].asn >= carriers[i+1].asn {
			t.Errorf("AS%d does not belong after AS%d", carriers[i+1].asn, carriers[i].asn)
		}
	}
	if !slices.IsSortedFunc(countryNames[:], func(a, b countryName) int { return cmp.Compare(a.name, b.name) }) {
		t.Error("the names of countries are not in order")
	}
	for _, c := range countryNames {
		if fold(c.name) != c.name || countryOf(c.name) != c.code || countryOf(strings.ToLower(c.code)) != c.code {
			t.Errorf("%s is folded %q, and a name of %q", c.name, fold(c.name), countryOf(c.name))
		}
	}
	for _, s := range states {
		if fold(s.letters) != s.letters || countryOf(strings.ToLower(s.country)) != s.country {
			t.Errorf("%+v", s)
		}
	}
}

// Every country that the table of addresses has can also be called by its name.
func TestCountriesHaveNames(t *testing.T) {
	own := ownTable()
	for i := 2; i < len(own.codes); i += 2 {
		code := own.codes[i : i+2]
		if !slices.ContainsFunc(countryNames[:], func(c countryName) bool { return c.code == code }) {
			t.Errorf("%s has no name", code)
		}
	}
	if n := len(own.codes) / 2; n < 240 {
		t.Errorf("%d countries", n)
	}
}

func TestFold(t *testing.T) {
	for name, want := range map[string]string{
		"Île-de-France": "ile de france", "  SÃO  Paulo ": "sao paulo", "Saint-Étienne": "st etienne", "St. Étienne": "st etienne",
		"Cote d'Ivoire": "cote divoire", "Łódź": "lodz", "Ærøskøbing": "aeroskobing", "Weißenfels": "weissenfels",
		"Đà Nẵng": "da nang", "İstanbul": "istanbul", "Αθήνα": "αθηνα", "A & B": "a and b", "A&B": "a and b", "東京": "東京", "\xff,.": "",
	} {
		if got := fold(name); got != want {
			t.Errorf("%q is folded %q, want %q", name, got, want)
		}
	}
}
