package coretest

import (
	"net/netip"
	"strings"

	"latchstring/core"
)

// addresses are the places that people of the talks sign in from.
var addresses = map[string]netip.Addr{
	"home":     netip.MustParseAddr("203.0.113.20"),
	"Lyon":     netip.MustParseAddr("192.0.2.44"),
	"Naples":   netip.MustParseAddr("2001:db8:17::77"),
	"Oslo":     netip.MustParseAddr("2001:db8:18::88"),
	"Madrid":   netip.MustParseAddr("198.51.100.7"),
	"Toledo":   netip.MustParseAddr("2001:db8:20::200"),
	"a hotel":  netip.MustParseAddr("2001:db8:21::20"), // in Toledo
	"a server": netip.MustParseAddr("2001:db8:19::200"),
	"nowhere":  {},
}

// Atlas is the gazetteer of the talks: it knows the places of their addresses, and what services say of them.
type Atlas struct{}

// Locate tells where one of the addresses of the talks is.
func (Atlas) Locate(a netip.Addr) (core.Place, core.Network) {
	spain := core.Network{ASN: 64500, Carrier: "Movistar"}
	switch a.Unmap() {
	case addresses["Lyon"]:
		return lyon, core.Network{ASN: 64501, Carrier: "Orange"}
	case addresses["Naples"]:
		return naples, core.Network{ASN: 64503, Carrier: "Telecom Italia"}
	case addresses["Oslo"]:
		return oslo, core.Network{ASN: 64504, Carrier: "Telenor"}
	case addresses["a server"]:
		return frankfurt, core.Network{ASN: 64502, Carrier: "Example Hosting", Kind: core.Hosting}
	case addresses["Toledo"]:
		return toledo, spain
	case addresses["a hotel"]:
		return toledo, core.Network{ASN: 64505, Carrier: "Vodafone"}
	case addresses["nowhere"], netip.Addr{}:
		return core.Place{}, core.Network{}
	}
	return madrid, spain
}

// Find knows a city by its name at the beginning of a text.
func (Atlas) Find(text string, _ []core.Place) core.Place {
	for _, p := range []core.Place{lyon, naples, oslo, madrid, toledo, frankfurt} {
		if strings.HasPrefix(text, p.City) {
			return p
		}
	}
	return core.Place{}
}

var (
	lyon      = core.Place{Country: "FR", Region: "Auvergne-Rhône-Alpes", City: "Lyon", Lat: 45.76, Lon: 4.84, Located: true, Name: "Lyon, France"}
	naples    = core.Place{Country: "IT", Region: "Campania", City: "Naples", Lat: 40.85, Lon: 14.27, Located: true, Name: "Naples, Italy"}
	oslo      = core.Place{Country: "NO", Region: "Oslo", City: "Oslo", Lat: 59.91, Lon: 10.75, Located: true, Name: "Oslo, Norway"}
	madrid    = core.Place{Country: "ES", Region: "Madrid", City: "Madrid", Lat: 40.42, Lon: -3.7, Located: true, Name: "Madrid, Spain"}
	toledo    = core.Place{Country: "ES", Region: "Castilla-La Mancha", City: "Toledo", Lat: 39.86, Lon: -4.02, Located: true, Name: "Toledo, Spain"}
	frankfurt = core.Place{Country: "DE", Region: "Hesse", City: "Frankfurt", Lat: 50.11, Lon: 8.68, Located: true, Name: "Frankfurt, Germany"}
)

// Name is a method of [core.Gazetteer].
func (Atlas) Name(p core.Place) string { return p.Name }
