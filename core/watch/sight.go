package watch

import (
	"hash/maphash"
	"math"
	"net/netip"
	"slices"

	"latchstring/core"
)

// sight is a sign-in as the memory looks at it: of every text there is only a hash, so that whatever strangers write
// costs no more than anything else. A zero hash stands for what the service does not tell.
type sight struct {
	now     uint32 // Unix seconds
	account uint64

	id, name, family uint64 // the ways in which the device may be known
	version          uint16 // of its browser
	automated        bool
	hearsay          bool // a mail told of it
	screen           bool // a television, or what is plugged into one

	address bool // where it is is judged by an address, not by a text
	private bool // the address says nothing of where somebody is
	home    bool
	hosting bool // a data centre or a VPN
	subnet  uint64
	carrier uint64

	text, region, country, city uint64
	spot                        spot
	located                     bool
}

// maxText bounds how much of a text is looked at, in bytes.
const maxText = 256

// The prefixes by which networks are known: what one home is given, or at the most some neighbours together with it.
const (
	subnetBits4 = 24
	subnetBits6 = 56
)

// sharedSpace is what carriers and overlay networks hand out behind one public address (RFC 6598).
var sharedSpace = netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64, 0, 0}), 10)

// isPrivate tells whether an address says nothing of where somebody is.
func isPrivate(a netip.Addr) bool {
	return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsUnspecified() || sharedSpace.Contains(a)
}

// look turns a sign-in into a sight.
func (m *Memory) look(s *core.SignIn) sight {
	v := sight{
		now:     seconds(s.At),
		account: m.hash("account", string(s.Service), s.Account.Login, string(s.Account.Member)),
		screen:  isScreen(s.Type),
		hosting: s.Via.Kind == core.Hosting || s.Via.Kind == core.VPN,
		hearsay: slices.Contains(m.hearsay, s.Service),
	}
	m.lookAtDevice(s, &v)
	if a := s.Address.Unmap().WithZone(""); a.IsValid() {
		m.lookAtAddress(a, s.Via, &v)
		if v.private {
			return v
		}
	} else if s.Place != "" {
		v.text = m.hash("text", s.Place)
	} else if s.Where.Known() {
		v.text = m.hash("where", s.Where.Country, s.Where.Region, s.Where.City)
	}
	if w := s.Where; w.Country != "" {
		v.country, v.city = m.hash("country", w.Country), m.hash("city", w.Country, w.Region, w.City)
		if w.Region != "" {
			v.region = m.hash("region", w.Country, w.Region)
		}
	}
	v.spot, v.located = spotOf(s.Where)
	return v
}

func (m *Memory) lookAtDevice(s *core.SignIn, v *sight) {
	if s.Device.ID != "" && !v.hearsay {
		v.id = m.hash("id", string(s.Device.ID))
	}
	if s.Name != "" {
		v.name = m.hash("name", s.Name, s.Type)
	}
	if f := readAgent(s.Agent); f.browser != "" {
		v.family, v.version, v.automated = m.hash("family", f.system, f.browser), f.version, f.automated
	} else if s.App != "" {
		v.family = m.hash("app", s.App)
	}
}

func (m *Memory) lookAtAddress(a netip.Addr, via core.Network, v *sight) {
	v.address, v.private = true, isPrivate(a)
	for _, p := range m.home {
		v.home = v.home || p.Contains(a)
	}
	bits := subnetBits6
	if a.Is4() {
		bits = subnetBits4
	}
	subnet, _ := a.Prefix(bits) // the bits fit the address
	b := subnet.Addr().As16()
	v.subnet = maphash.Bytes(m.seed, b[:]) | 1
	switch {
	case via.Carrier != "": // one carrier may have several numbers
		v.carrier = m.hash("carrier", via.Carrier)
	default:
		v.carrier = m.pair(uint64(via.ASN), 0)
	}
}

// keys are the ways in which the device may be known, the surest first.
func (v *sight) keys() [3]uint64 { return [3]uint64{v.id, v.name, v.family} }

// best is the surest of the device's keys; 0 if the service tells none.
func (v *sight) best() uint64 {
	for _, key := range v.keys() {
		if key != 0 {
			return key
		}
	}
	return 0
}

// network is what devices are met on: a carrier, a private network, or the text of a place.
func (v *sight) network() uint64 {
	switch {
	case v.private:
		return v.subnet
	case v.address:
		return v.carrier
	}
	return v.text
}

// question is what one question to the household is about. Somebody on their way signs in to several accounts, and from
// several devices: they are asked once for a carrier in a city, and for a data centre or VPN wherever its exits are.
func (v *sight) question(m *Memory) uint64 {
	switch {
	case v.network() == 0:
		return m.pair(v.account, v.best())
	case v.hosting, !v.address:
		return m.pair(v.network(), 0)
	}
	return m.pair(v.network(), v.city)
}

// disowning is what the household says no to: a device on a network.
func (v *sight) disowning(m *Memory) uint64 {
	network := v.text
	if v.address {
		network = v.subnet
	}
	return m.pair(v.best(), network)
}

// isScreen tells by a service's word for a device whether it is a television, or what is plugged into one.
func isScreen(sort string) bool {
	for _, word := range [...]string{"tv", "stick", "console", "cast"} {
		if containsFold(sort, word) {
			return true
		}
	}
	return false
}

// containsFold tells whether a text contains a word of small ASCII letters, in whatever case.
func containsFold(s, word string) bool {
	s = s[:min(len(s), maxText)]
	for i := 0; i+len(word) <= len(s); i++ {
		j := 0
		for j < len(word) && s[i+j]|0x20 == word[j] {
			j++
		}
		if j == len(word) {
			return true
		}
	}
	return false
}

// hash turns texts into a number that is the same for the same texts in this memory, and in no other.
func (m *Memory) hash(texts ...string) uint64 {
	var h maphash.Hash
	h.SetSeed(m.seed)
	for _, t := range texts {
		_, _ = h.WriteString(t[:min(len(t), maxText)]) // it never fails
		_ = h.WriteByte(0)
	}
	return h.Sum64() | 1 // never the zero that stands for nothing
}

// pair turns two numbers into one.
func (m *Memory) pair(a, b uint64) uint64 {
	return maphash.Comparable(m.seed, [2]uint64{a, b})
}

// spot is a place on a globe of radius 1: how far two are apart takes a few products to tell.
type spot struct{ x, y, z float32 }

func spotOf(p core.Place) (s spot, located bool) {
	if !p.Located || !(math.Abs(p.Lat) <= 90 && math.Abs(p.Lon) <= 180) {
		return spot{}, false
	}
	lat, lon := p.Lat*math.Pi/180, p.Lon*math.Pi/180
	return spot{float32(math.Cos(lat) * math.Cos(lon)), float32(math.Cos(lat) * math.Sin(lon)), float32(math.Sin(lat))}, true
}

// cleanPlace is a place fit to be shown and kept: its names are a service's, and so may be where it says it is.
func cleanPlace(p core.Place) core.Place {
	p.Country, p.Region, p.City = core.Clean(p.Country), core.Clean(p.Region), core.Clean(p.City)
	if _, p.Located = spotOf(p); !p.Located {
		p.Lat, p.Lon = 0, 0
	}
	return p
}

// apart returns the square of the straight line between two spots.
func (s spot) apart(t spot) float32 {
	x, y, z := s.x-t.x, s.y-t.y, s.z-t.z
	return x*x + y*y + z*z
}

// earthRadius in km.
const earthRadius = 6371

// kilometres turns what apart returns into a distance on the ground.
func kilometres(apart float32) float64 {
	return 2 * earthRadius * math.Asin(min(math.Sqrt(float64(apart))/2, 1))
}

// within tells whether two spots are no more than so many km apart. It takes the straight line for the ground, which is
// right to a metre for the distances that it is asked for.
func (s spot) within(t spot, km float64) bool {
	line := km / earthRadius
	return float64(s.apart(t)) <= line*line
}
