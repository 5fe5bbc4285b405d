package places_test

import (
	"testing"

	"latchstring/adapters/places"
	"latchstring/core"
)

func TestName(t *testing.T) {
	p := places.New(places.Config{}, "", now)
	for place, want := range map[core.Place]string{
		{}:                                 "",
		{Country: "FR"}:                    "France",
		{Country: "ZZ"}:                    "",
		{Country: "CZ", City: "Brno"}:      "Brno, Czechia",
		{Country: "IM", Region: "Douglas"}: "Douglas, Isle of Man",
		{City: "Atlantis"}:                 "Atlantis",
		{Country: "TT", City: "Port"}:      "Port, Trinidad and Tobago",
	} {
		if got := p.Name(place); got != want {
			t.Errorf("%+v is called %q, want %q", place, got, want)
		}
	}
}
