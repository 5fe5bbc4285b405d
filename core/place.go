package core

import (
	"math"
	"net/netip"
)

// Place is roughly where somebody is, as a database of addresses or a service has it. Such databases are tens of
// kilometres off on good days and a country off on bad ones.
type Place struct {
	Country string  `json:"country,omitempty"` // ISO 3166-1 alpha-2 in capitals; "" is not known
	Region  string  `json:"region,omitempty"`
	City    string  `json:"city,omitempty"`
	Lat     float64 `json:"lat,omitempty"` // degrees
	Lon     float64 `json:"lon,omitempty"`
	Located bool    `json:"located,omitempty"` // Lat and Lon are known
	Name    string  `json:"name,omitempty"`    // as people say it, "Lyon, France"; "" where only codes are known
}

// Known tells whether anything is known of the place.
func (p Place) Known() bool { return p.Country != "" || p.City != "" || p.Region != "" || p.Located }

// earthRadius in km, as a sphere: the error is far below that of the places.
const earthRadius = 6371

// Kilometres returns how far two located places are apart.
func (p Place) Kilometres(q Place) float64 {
	const rad = math.Pi / 180
	north, east := (q.Lat-p.Lat)*rad/2, (q.Lon-p.Lon)*rad/2
	a := math.Sin(north)*math.Sin(north) + math.Cos(p.Lat*rad)*math.Cos(q.Lat*rad)*math.Sin(east)*math.Sin(east)
	return 2 * earthRadius * math.Asin(math.Sqrt(min(a, 1)))
}

// Network is whose network an address is in.
type Network struct {
	ASN     uint32      `json:"asn,omitempty"` // 0 is not known
	Carrier string      `json:"carrier,omitempty"`
	Kind    NetworkKind `json:"kind,omitempty"`
}

// NetworkKind says what a network is used for, where that tells something.
type NetworkKind string

// The kinds of networks; most are of none.
const (
	Hosting NetworkKind = "hosting" // a data centre: programs live there, people do not
	VPN     NetworkKind = "vpn"     // anybody can be behind it, from anywhere
	Relay   NetworkKind = "relay"   // a privacy relay: a person near its exit
)

// Gazetteer knows places. What it does not know is the zero Place or Network; it never fails.
type Gazetteer interface {
	// Locate tells where an address is, and whose network it is in.
	Locate(a netip.Addr) (Place, Network)

	// Find tells which place a service means by a text such as "Lyon, France". Of several of that name it chooses the
	// nearest to one of the known places, else the one with most people.
	Find(text string, known []Place) Place

	// Name is what people call a place: "Lyon, France"; "" where nothing better than codes is known.
	Name(p Place) string
}
