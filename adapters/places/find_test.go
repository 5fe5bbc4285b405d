package places_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"latchstring/adapters/places"
	"latchstring/core"
)

// town is the place that the world's file has for a town of a region.
func town(t *testing.T, region, city string) core.Place {
	t.Helper()
	i := slices.IndexFunc(world, func(r record) bool { return r.region == region && r.city == city })
	if i < 0 {
		t.Fatalf("no %s in %s", city, region)
	}
	r := world[i]
	name, _, _ := strings.Cut(r.city, " (")
	return core.Place{Country: r.country, Region: r.region, City: name, Lat: r.lat, Lon: r.lon, Located: true}
}

func TestFind(t *testing.T) {
	p := inWorld(t)
	portland, maine := town(t, "Oregon", "Portland"), town(t, "Maine", "Portland")
	for text, want := range map[string]core.Place{
		"Lyon, Auvergne-Rhone-Alpes, France":  lyon,
		"Lyon, Auvergne-Rhône-Alpes, FR":      lyon,
		"Lyon, Another Name, France":          lyon,
		"Lyon, France":                        lyon,
		"lyon,fr":                             lyon,
		"LYON":                                lyon,
		"  Lyon (Confluence) , France ":       lyon,
		"Zürich, Switzerland":                 town(t, "Zurich", "Zurich (Kreis 1 (Altstadt) / Hochschulen)"),
		"Görlitz, Deutschland":                town(t, "Saxony", "Gorlitz"),
		"Burgdorf, Hanover, Germany":          town(t, "Lower Saxony", "Burgdorf, Hanover"),
		"Paris 17, Ile-de-France, France":     {Country: "FR", Region: "Ile-de-France", City: "Paris 17", Lat: 48.8835, Lon: 2.3219, Located: true},
		"Portland":                            portland, // it has more networks
		"Portland, Oregon, United States":     portland,
		"Portland, OR, USA":                   portland,
		"Portland, Maine":                     maine,
		"Portland, ME":                        maine,
		"Portland, ME, USA":                   maine,
		"Portland, the United States":         portland,
		"Los Angeles, CA":                     town(t, "California", "Los Angeles"),
		"London, CA":                          town(t, "Ontario", "London"),
		"London, GB":                          town(t, "England", "London"),
		"London, U.K.":                        town(t, "England", "London"),
		"Atlanta, GA":                         town(t, "Georgia", "Atlanta"),
		"Atlanta, Georgia":                    town(t, "Georgia", "Atlanta"),
		"Tbilisi, Georgia":                    town(t, "Tbilisi", "Tbilisi"),
		"Cagliari, Sardinia, Italy":           town(t, "Sardinia", "Cagliari"),
		"New York, United States":             town(t, "New York", "New York"),
		"California, United States":           {Country: "US", Region: "California"},
		"California, Maryland, United States": town(t, "Maryland", "California"),
		"England, United Kingdom":             {Country: "GB", Region: "England"},
		"Scotland, United Kingdom":            {Country: "GB"},
		"Sardinia":                            {Country: "IT", Region: "Sardinia"},
		"Amritsar, Punjab":                    town(t, "Punjab", "Amritsar"),
		"Punjab":                              {}, // nobody can tell which
		"Unheard-of, Sardinia, Italy":         {Country: "IT", Region: "Sardinia"},
		"Unheard-of, Italy":                   {Country: "IT"},
		"Unheard-of, TX, USA":                 {Country: "US"},
		"Georgia":                             {Country: "GE"},
		"Côte d’Ivoire":                       {Country: "CI"},
		"Trinidad & Tobago":                   {Country: "TT"},
		"The Netherlands":                     {Country: "NL"},
		"Holland":                             {Country: "NL"},
		"St. Lucia":                           {Country: "LC"},
		"Türkiye":                             {Country: "TR"},
		"South Korea":                         {Country: "KR"},
		"us":                                  {Country: "US"},
		"France,":                             {Country: "FR"},
		"":                                    {},
		" , ,":                                {},
		"Unknown":                             {},
		"Unheard-of":                          {},
		"Lyon, Unheard-of":                    {},
		"XX":                                  {},
		"192.0.2.7":                           {},
		strings.Repeat("Lyon", 100):           {},
	} {
		if diff := cmp.Diff(want, p.Find(text, nil)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestFindNearKnownPlaces(t *testing.T) {
	p := inWorld(t)
	boston := core.Place{Country: "US", Lat: 42.36, Lon: -71.06, Located: true}
	seattle := core.Place{Country: "US", Lat: 47.61, Lon: -122.33, Located: true}
	germany := core.Place{Country: "DE"}
	for _, test := range []struct {
		text  string
		known []core.Place
		want  core.Place
	}{
		{"Portland", []core.Place{boston}, town(t, "Maine", "Portland")},
		{"Portland, United States", []core.Place{lyon, boston}, town(t, "Maine", "Portland")},
		{"Portland", []core.Place{seattle, germany}, town(t, "Oregon", "Portland")},
		{"Portland", []core.Place{germany}, town(t, "Oregon", "Portland")}, // it is not known where that is
		{"Portland, Oregon", []core.Place{boston}, town(t, "Oregon", "Portland")},
		{"London", []core.Place{boston}, town(t, "Ontario", "London")},
		{"Punjab", []core.Place{{Country: "PK"}}, core.Place{Country: "PK", Region: "Punjab"}},
		{"Unheard-of, DE", []core.Place{germany}, core.Place{Country: "DE"}},
		{"Unheard-of, DE", []core.Place{boston}, core.Place{Country: "US"}}, // Delaware
	} {
		if diff := cmp.Diff(test.want, p.Find(test.text, test.known)); diff != "" {
			t.Errorf("%q near %v: %s", test.text, test.known, diff)
		}
	}
}

// A town is where most of its networks are, in whichever file, and one is not taken for another whose key is the same.
func TestFindCounts(t *testing.T) {
	six := []record{
		{"2001:db8::/64", "AT", "Tyrol", "Liquid", 48, 12},
		{"2001:db8:0:2::/64", "AT", "Tyrol", "Liquid", 47, 11},
		{"2001:db8:0:4::/64", "AT", "Tyrol", "Liquid", 47, 11},
		{"2001:db8:0:6::/64", "AT", "Tyrol", "Liquid", 49, 13},
	}
	dir := folder(t, map[string][]byte{
		"6.mmdb": file(t, 6, "City", today, nested(six)),
		"4.mmdb": file(t, 4, "City", today, nested([]record{{"192.0.2.0/24", "AT", "Tyrol", "Liquid", 50, 14}})),
	})
	p := places.New(places.Config{City: []string{"6.mmdb", "4.mmdb"}}, dir, now)
	if got, want := p.Find("Liquid", nil), (core.Place{Country: "AT", Region: "Tyrol", City: "Liquid", Lat: 47, Lon: 11, Located: true}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
	if got := p.Find("Costarring", nil); got.Known() {
		t.Errorf("its 32 bits of FNV-1a are those of Liquid: %v", got)
	}
}

func TestFindWithoutCities(t *testing.T) {
	p := places.New(places.Config{City: []string{"none.mmdb"}}, t.TempDir(), now)
	for text, want := range map[string]core.Place{
		"France": {Country: "FR"}, "Lyon, France": {Country: "FR"}, "Lyon, FR": {Country: "FR"}, "Lyon": {},
		"Lyon, Auvergne-Rhone-Alpes, France": {Country: "FR"}, "Portland, Oregon": {},
	} {
		if got := p.Find(text, nil); got != want {
			t.Errorf("%q is %v, want %v", text, got, want)
		}
	}
}

func FuzzFind(f *testing.F) {
	p := inWorld(f)
	for _, s := range []string{"Lyon, France", "Portland, ME, USA", "\x00,\xff\u202e(", "Zürich", ",,,,", "a, b, c, d"} {
		f.Add(s)
	}
	known := []core.Place{lyon, {Country: "US"}}
	f.Fuzz(func(t *testing.T, text string) {
		place := p.Find(text, known)
		if len(place.Country) != 2 && place.Known() || place.City != "" && !place.Located {
			t.Errorf("%q is %v", text, place)
		}
		if again := p.Find(strings.ToUpper(strings.ToLower(text)), known); strings.IndexFunc(text, func(r rune) bool { return r > 127 }) < 0 && again != place {
			t.Errorf("%q is %v, in capitals %v", text, place, again)
		}
	})
}
