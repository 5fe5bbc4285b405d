package watch

import (
	"math"
	"time"

	"latchstring/core"
)

// The weights of what counts beside the table, in nats. A surprise weighs more the seldomer something new has come so far:
// the next lease of a line that has had two in a year says much, that of a mobile carrier nothing.
const (
	prior           = -1.5
	ofNewSubnet     = 0.57 // for each nat of surprise, as are the next four
	ofFarArea       = 0.43
	ofNewCarrier    = 0.18
	ofNewText       = 0.15
	ofNewDevice     = 0.44
	ofOddHour       = 0.4
	ofDistance      = 0.5 // for each time that a new country is e times as far as usualDistance
	newForDevice    = 0.6
	newInArea       = 0.5 // a place near a known one, but not that one
	afterFailures   = 0.5
	byProgram       = 0.2
	byMail          = 1.6 // not fitted: the service took a device of a known name for new
	fasterThanPlane = 0.5
	disowned        = 12.0 // more than any other reason
	screenAway      = -1.3 // people carry televisions about and use those of hotels and friends; thieves seldom come on one
	youngAccount    = -1.2
	onTrip          = -0.75
)

// The limits of those terms.
const (
	maxSurprise    = 6.0
	failureSpan    = 6 * time.Hour
	youngFor       = 12 * 24 * time.Hour
	youngEvents    = 8
	planeSpeed     = 900.0  // km/h
	planeTolerance = 100.0  // km that two databases may be apart
	usualDistance  = 1500.0 // km to a country where people go
	tripArea       = 200.0  // km
	tripSpan       = 14 * 24 * time.Hour
	tripEvents     = 12 // a place with more sign-ins is no trip
	questionSpan   = 14 * 24 * time.Hour
	disownedSpan   = 90 * 24 * time.Hour
)

// score is what speaks against a sign-in, in all and by reason.
type score struct {
	total  float64
	parts  [len(reasons)]float64
	reason core.Reason
}

// reasons in the order in which one is preferred where two weigh the same.
var reasons = [...]core.ReasonKind{
	core.Disowned, core.AnonymousNetwork, core.NewCountry, core.NewDevice, core.FarAway, core.NewPlace, core.NewNetwork, core.AfterFailures,
	core.Faster, core.OddHour,
}

// add adds to the score and to what one reason has of it.
func (c *score) add(kind core.ReasonKind, nats float64) {
	c.total += nats
	for i := range reasons {
		if reasons[i] == kind {
			c.parts[i] += nats
		}
	}
}

// largest returns the reason that has the most of the score.
func (c *score) largest() core.ReasonKind {
	kind, most := core.Familiar, 0.0
	for i, nats := range c.parts {
		if nats > most {
			kind, most = reasons[i], nats
		}
	}
	return kind
}

// surprise is how unexpected one more new kind is, in nats, after so many kinds among so many events.
func surprise(kinds, events uint32) float64 {
	return min(max(-math.Log((float64(kinds)+0.5)/(float64(events)+1)), 0), maxSurprise)
}

// weigh scores a sign-in.
func (m *Memory) weigh(s *core.SignIn, v *sight) score {
	d, w := m.familiarity(v), m.whereabouts(v)
	best := knownID
	if v.id == 0 {
		best = knownName
	}
	device, place, rest := shares(d, best, w.vicinity)
	c := score{total: rest + prior}
	c.add(core.NewDevice, device)
	c.add(w.reason(), place)
	m.weighPlace(&c, v, w)
	m.weighDevice(&c, v, d, w)
	if v.hearsay && w.vicinity.away() {
		switch d {
		case knownName:
			c.add(core.NewDevice, byMail)
		case knownHere: // it weighs more already
			c.add(core.NewDevice, byMail/2)
		default: // no name speaks for it
		}
	}
	m.weighMoment(&c, v)
	before, minutes, faster := m.faster(v, w)
	if faster {
		c.add(core.Faster, fasterThanPlane)
	}

	c.reason.Kind, c.reason.Place, c.reason.Carrier = c.largest(), cleanPlace(s.Where), core.Clean(s.Via.Carrier)
	if w.close >= 0 && !w.known() {
		c.reason.Km = int(w.km)
	}
	if c.reason.Kind == core.Faster {
		c.reason.Place, c.reason.Minutes = before, minutes
	}
	return c
}

// weighPlace adds how unexpected the network or the place is.
func (m *Memory) weighPlace(c *score, v *sight, w whereabouts) {
	if w.known() || w.vicinity == untold {
		return
	}
	kind := w.reason()
	known, ok := m.carriers.get(v.carrier)
	switch {
	case !v.address:
		a, _ := m.accounts.get(v.account)
		c.add(kind, ofNewText*surprise(a.value.texts, a.value.events))
	case !ok:
		c.add(kind, ofNewCarrier*surprise(m.carriers.size(), m.learned))
	default:
		c.add(kind, ofNewSubnet*surprise(known.value.subnets, known.value.events))
		if w.vicinity == farFromUsual {
			c.add(kind, ofFarArea*surprise(known.value.places, known.value.events))
		}
	}
	switch where := w.vicinity; {
	case where == newCountry && w.km > sameArea:
		c.add(kind, ofDistance*math.Log(w.km/usualDistance))
	case where == usualArea && w.km > samePlace, where == newCarrier && w.km > samePlace, where == nearText && w.km > samePlace:
		c.add(kind, newInArea)
	}
	if v.screen {
		c.total += screenAway
	}
	if m.travelling(v, w) {
		c.total += onTrip
	}
}

// travelling tells whether somebody of the household seems to be on the way near there: it was within some hours' drive
// of there lately, but seldom is.
func (m *Memory) travelling(v *sight, w whereabouts) bool {
	if w.close < 0 || w.km >= tripArea || w.vicinity == newCountry {
		return false
	}
	p := &m.places[w.close]
	return p.count < tripEvents && p.since(v.now) < tripSpan
}

// weighDevice adds how unexpected the device is, on this account and on this network.
func (m *Memory) weighDevice(c *score, v *sight, d familiarity, w whereabouts) {
	a, _ := m.accounts.get(v.account)
	if d >= likeKnown {
		c.add(core.NewDevice, ofNewDevice*surprise(a.value.devices, a.value.events))
		if v.automated {
			c.add(core.NewDevice, byProgram)
		}
	}
	if d != newDevice && w.vicinity != untold && !m.met(v) {
		c.add(core.NewNetwork, newForDevice)
	}
	if k, ok := m.disowned.get(v.disowning(m)); ok && k.since(v.now) < disownedSpan {
		c.add(core.Disowned, disowned)
	}
	if a.value.events < youngEvents || since(a.value.first, v.now) < youngFor {
		c.total += youngAccount
	}
}

// weighMoment adds what was just before, and the hour.
func (m *Memory) weighMoment(c *score, v *sight) {
	for _, f := range m.failures {
		if f.account == v.account && since(f.at, v.now) < failureSpan {
			c.reason.Tries++
		}
	}
	if c.reason.Tries > 0 {
		c.add(core.AfterFailures, afterFailures)
	}
	const usual = 2.08 // the surprise of three hours out of 24 that are like all others
	h := v.now / 3600 % 24
	around := m.hours[(h+23)%24] + m.hours[h] + m.hours[(h+1)%24]
	c.add(core.OddHour, ofOddHour*max(surprise(around, m.learned)-usual, 0))
}

// met tells whether the device was on this network before. One that the service does not tell was on all of them.
func (m *Memory) met(v *sight) bool {
	network := v.network()
	for _, key := range v.keys() {
		if key != 0 && m.meetings.has(m.pair(key, network)) {
			return true
		}
	}
	return v.best() == 0
}

// faster tells whether the same device was elsewhere just before, so that no plane is fast enough, and where.
func (m *Memory) faster(v *sight, w whereabouts) (before core.Place, minutes int, ok bool) {
	if !v.located || w.known() || v.best() == 0 {
		return core.Place{}, 0, false
	}
	d, _ := m.devices.get(m.pair(v.account, v.best()))
	for i := range m.places {
		p := &m.places[i]
		if d.value.place == 0 || p.number != d.value.place {
			continue
		}
		gone := since(d.value.met, v.now)
		far := kilometres(p.spot.apart(v.spot)) - planeTolerance
		return p.name, int(gone / time.Minute), far > planeSpeed*gone.Hours()
	}
	return core.Place{}, 0, false
}
