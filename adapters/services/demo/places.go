package demo

import (
	"net/netip"
	"strings"

	"latchstring/core"
)

// Places is the gazetteer of the demo: no real database places the addresses that are kept for examples.
type Places struct{}

// places of the demo, by the networks they are in.
var places = []struct {
	in      netip.Prefix
	place   core.Place
	network core.Network
}{
	{netip.MustParsePrefix("2001:db8:77::/48"), core.Place{
		Country: "FR", Region: "Auvergne-Rhône-Alpes", City: "Lyon", Lat: 45.76, Lon: 4.84, Located: true, Name: "Lyon, France",
	}, core.Network{ASN: 64496, Carrier: "Lyon Télécom"}},
	{netip.MustParsePrefix("192.0.2.0/24"), core.Place{
		Country: "ES", Region: "Valencia", City: "Valencia", Lat: 39.47, Lon: -0.38, Located: true, Name: "Valencia, Spain",
	}, core.Network{ASN: 64497, Carrier: "Fibra Valencia"}},
	{netip.MustParsePrefix("0.0.0.0/0"), core.Place{
		Country: "ES", Region: "Madrid", City: "Madrid", Lat: 40.42, Lon: -3.7, Located: true, Name: "Madrid, Spain",
	}, core.Network{ASN: 64498, Carrier: "Telefonía Madrid"}},
}

// Locate tells where an address of the demo is.
func (Places) Locate(a netip.Addr) (core.Place, core.Network) {
	for _, p := range places {
		if p.in.Contains(a) {
			return p.place, p.network
		}
	}
	return core.Place{}, core.Network{}
}

// Find knows the cities of the demo by their names.
func (Places) Find(text string, _ []core.Place) core.Place {
	for _, p := range places {
		if strings.HasPrefix(text, p.place.City) {
			return p.place
		}
	}
	return core.Place{}
}

// Name is a method of [core.Gazetteer].
func (Places) Name(p core.Place) string { return p.Name }
