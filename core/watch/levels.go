package watch

import (
	"time"

	"latchstring/core"
)

// familiarity is how well a device is known on the account that it signs in to.
type familiarity int

// The familiarities of devices, best first.
const (
	knownID       familiarity = iota // the service's own id of it was seen on the account
	knownName                        // the service tells no id; its name or its kind of browser was seen on the account
	likeKnown                        // a new id under a known name, or a known browser of a version that it can not have yet
	knownHere                        // seen in the household, on other accounts
	newDevice                        // seen nowhere
	familiarities = iota
)

// vicinity is how well the network or place is known from which somebody signs in.
type vicinity int

// The vicinities. Those up to knownHosting are told by an address, the next ones by a text.
const (
	knownSubnet  vicinity = iota // or the home's own line
	usualArea                    // a known carrier, near where it was seen
	newCarrier                   // a carrier nobody here uses, but near a known place
	farFromUsual                 // a known carrier, far from where it was seen
	allNew                       // a carrier nobody here uses, far from all places
	newCountry                   // told by an address or by a text
	newHosting                   // a data centre or VPN that nobody here uses
	knownHosting                 // a new address of one that somebody uses
	knownText
	nearText // near a known place, or in a known region
	newText
	untold     // neither an address nor a text, or an address that says nothing
	vicinities = iota
)

// away tells whether it is nowhere near where the household is known to be.
func (v vicinity) away() bool {
	return v == farFromUsual || v == allNew || v == newCountry || v == newHosting || v == newText
}

// Databases of addresses place one and the same line up to some ten km apart.
const (
	samePlace = 15.0 // km within which two places are kept as one
	sameArea  = 60.0 // km within which two places are near each other
)

// evidence is what a device and a vicinity say together, in nats against the sign-in. They are one table because it is
// the joint event that tells: a known device in a new place and a new device in a known place are both everyday, a new
// device in a new place is not. The values were fitted on the sign-ins of 340 simulated households and are rounded to halves.
var evidence = [familiarities][vicinities]float64{
	//     subnet, area, carrier, far, all new, country, new hosting, known hosting; text: known, near, new; untold
	knownID:   {-7.5, -1.5, 0.5, 0.5, 1.5, 3.5, 5.5, 0.5, -3, -0.5, 2, -3},
	knownName: {-4.5, 1, 1.5, 2, 2, 4.5, 6.5, 1, -1.5, 0, 2, -1.5},
	likeKnown: {0, 3.5, 4, 4, 4.5, 6.5, 9.5, 3.5, 4, 4, 4.5, 2},
	knownHere: {-3, 2.5, 2, 3, 3.5, 6.5, 6.5, 3, 1, 1.5, 3, 1},
	newDevice: {0, 3, 3.5, 4.5, 4, 7, 10, 4.5, 3.5, 3.5, 5, 3},
}

// shares splits a cell of the table into what the device adds and what the vicinity adds to the best that a service's
// sign-ins can have: a known device, by its id where the service tells ids, in a known place. Each is the mean of what it
// adds when it comes first and when it comes second, so that the three are the whole.
func shares(d, best familiarity, v vicinity) (device, place, rest float64) {
	known := knownSubnet
	switch {
	case v == untold:
		known = untold
	case v >= knownText:
		known = knownText
	}
	both, alone, there, rest := evidence[d][v], evidence[d][known], evidence[best][v], evidence[best][known]
	return (both - there + alone - rest) / 2, (both - alone + there - rest) / 2, rest
}

// familiarity tells how well the device is known on its account.
func (m *Memory) familiarity(v *sight) familiarity {
	_, named := m.devices.get(m.pair(v.account, v.name))
	browser, related := m.devices.get(m.pair(v.account, v.family))
	named, related = named && v.name != 0, related && v.family != 0
	fits := related && inStep(browser, v)
	switch {
	case v.id != 0:
		if m.devices.has(m.pair(v.account, v.id)) {
			return knownID
		}
		if named || fits {
			return likeKnown
		}
	case v.name == 0 && v.family == 0:
		return knownName // the service tells no devices: nothing speaks against this one
	case (named || v.name == 0) && (fits || v.family == 0):
		return knownName
	case named || related:
		return likeKnown
	}
	for _, key := range v.keys() {
		if key != 0 && m.anywhere.has(key) {
			return knownHere
		}
	}
	return newDevice
}

// inStep tells whether a browser can have come to its version since it was last seen: browsers come out with one a month.
// An older one says little, because what is kept is the highest of all devices with that browser.
func inStep(before kept[device], v *sight) bool {
	months := int(before.since(v.now) / (28 * 24 * time.Hour))
	return int(v.version) <= int(before.value.version)+3+months
}

// whereabouts is where somebody signs in from, as far as the household knows its way about there.
type whereabouts struct {
	vicinity vicinity
	close    int     // the nearest known place, as its index; -1 if there is none or the sign-in has no place
	km       float64 // to that place
}

// known tells whether it is a place of the household's.
func (w whereabouts) known() bool { return w.vicinity == knownSubnet || w.vicinity == knownText }

// reason is what the whereabouts are called where they are held against a sign-in.
func (w whereabouts) reason() core.ReasonKind {
	far := w.close >= 0 && w.km > sameArea
	switch v := w.vicinity; {
	case v == newHosting:
		return core.AnonymousNetwork
	case v == newCountry:
		return core.NewCountry
	case far && (v == farFromUsual || v == allNew || v == newText):
		return core.FarAway
	case v == nearText || v == newText:
		return core.NewPlace
	}
	return core.NewNetwork
}

// whereabouts tells how well the network or the place is known.
func (m *Memory) whereabouts(v *sight) whereabouts {
	w := whereabouts{close: -1}
	if v.located {
		var apart float32
		if w.close, apart = m.nearest(v.spot); w.close >= 0 {
			w.km = kilometres(apart)
		}
	}
	near := w.close >= 0 && w.km <= sameArea
	if v.address {
		w.vicinity = m.networkVicinity(v, near)
	} else {
		w.vicinity = m.textVicinity(v, near)
	}
	return w
}

func (m *Memory) networkVicinity(v *sight, near bool) vicinity {
	known, ok := m.carriers.get(v.carrier)
	switch {
	case v.home:
		return knownSubnet
	case v.private:
		if m.isLAN(v.subnet) {
			return knownSubnet
		}
		return untold
	case m.subnets.has(v.subnet):
		return knownSubnet
	case v.hosting && ok:
		return knownHosting
	case v.hosting:
		return newHosting
	case v.country != 0 && !m.countries.has(v.country):
		return newCountry
	case ok && (!v.located || known.value.within(v.spot, sameArea)):
		return usualArea
	case ok:
		return farFromUsual
	case near:
		return newCarrier
	}
	return allNew
}

func (m *Memory) textVicinity(v *sight, near bool) vicinity {
	switch {
	case v.text == 0:
		return untold
	case m.texts.has(v.text):
		return knownText
	case v.country != 0 && !m.countries.has(v.country):
		return newCountry
	case near, v.region != 0 && m.regions.has(v.region):
		return nearText
	}
	return newText
}
