package watch

import (
	"slices"
	"strings"
	"time"

	"latchstring/core"
)

// Take tells the memory that a sign-in happened and what was made of it. What the household is asked about is not learned
// before the answer.
func (m *Memory) Take(s *core.SignIn, a core.Assessment) {
	v := m.look(s)
	now := m.clock(v.now)
	m.seePrivate(s, &v, now)
	switch {
	case s.Failed:
		m.fail(&v)
	case a.Level.Pushes():
		m.questions.put(v.question(m), question{strings.Clone(s.Key[:min(len(s.Key), maxText)]), a.Level == core.Urgent}, now)
	case a.Level == core.Repeat:
	default:
		m.learn(s, &v, now)
	}
}

// Answer tells the memory what is finally held of a sign-in that was taken before. What is theirs is known from then on, on
// every account; what nobody denied is known but for its country, of which silence is no proof; what is not theirs is
// forgotten, and its device is not believed on that network for 90 days, unless the household cannot be told from it there.
func (m *Memory) Answer(s *core.SignIn, a core.Answer, at time.Time) {
	if a == core.BySilence {
		m.silences++
	} else {
		m.answers++
	}
	m.AnswerToo(s, a, at)
}

// AnswerToo is Answer for a sign-in that joined the question about another: the two are one answer.
func (m *Memory) AnswerToo(s *core.SignIn, a core.Answer, at time.Time) {
	v := m.look(s)
	now := m.clock(seconds(at))
	switch a {
	case core.Ours:
		m.disowned.drop(v.disowning(m))
		m.learn(s, &v, now)
	case core.BySilence:
		v.country, v.region = 0, 0
		m.learn(s, &v, now)
	case core.NotOurs:
		m.unlearn(&v)
		if !m.usual(&v) {
			m.disowned.put(v.disowning(m), struct{}{}, now)
		}
	}
	m.questions.drop(v.question(m))
}

// usual tells whether the household itself is on that network with what cannot be told from that device: a telephone that
// the service knows by its maker's name only, say. To disbelieve it would be to disbelieve them.
func (m *Memory) usual(v *sight) bool {
	known := v.text != 0 && m.texts.has(v.text) || v.address && m.subnets.has(v.subnet)
	return known && m.meetings.has(m.pair(v.best(), v.network()))
}

// clock makes the stamp of what happens now, and forgets what is too old. A lone sign-in with a wrong date makes nothing
// forgotten: the earlier of the last two counts.
func (m *Memory) clock(at uint32) stamp {
	if m.turn == 0 {
		m.began, m.before, m.swept = at, at, at
	}
	m.turn++
	if sure := min(at, m.before); since(m.swept, sure) > 24*time.Hour {
		m.swept = sure
		m.forget(sure - min(sure, uint32(memorySpan/time.Second)))
	}
	m.before = at
	return stamp{at, m.turn}
}

func (m *Memory) forget(before uint32) {
	m.accounts.forget(before)
	m.devices.forget(before)
	m.anywhere.forget(before)
	m.meetings.forget(before)
	m.subnets.forget(before)
	m.carriers.forget(before)
	m.countries.forget(before)
	m.regions.forget(before)
	m.texts.forget(before)
	m.privates.forget(before)
	m.questions.forget(before)
	m.disowned.forget(before)
	m.places = slices.DeleteFunc(m.places, func(p place) bool { return p.at < before })
}

// fail remembers a wrong password from where nobody of the household is.
func (m *Memory) fail(v *sight) {
	if m.whereabouts(v).known() {
		return
	}
	if len(m.failures) == maxFailures {
		m.failures = slices.Delete(m.failures, 0, 1)
	}
	m.failures = append(m.failures, failure{v.now, v.account})
}

// learn makes a sign-in's device, network and place the household's own.
func (m *Memory) learn(s *core.SignIn, v *sight, now stamp) {
	m.learned++
	m.hours[v.now/3600%24]++
	a, ok := m.accounts.get(v.account)
	if !ok {
		a.value.first = v.now
	}
	a.value.events++
	if m.learnDevice(s, v, m.learnPlace(s, v, now), now) {
		a.value.devices++
	}
	if m.learnText(v, now) {
		a.value.texts++
	}
	if v.address && !v.private {
		m.learnNetwork(s, v, now)
	}
	m.accounts.put(v.account, a.value, now)
}

// learnDevice learns the keys of a device and tells whether the surest of them is new on the account.
func (m *Memory) learnDevice(s *core.SignIn, v *sight, place uint16, now stamp) (added bool) {
	for _, key := range v.keys() {
		if key == 0 {
			continue
		}
		on := m.pair(v.account, key)
		d, known := m.devices.get(on)
		d.value.count++
		d.value.version = max(d.value.version, v.version)
		if place != 0 {
			d.value.place, d.value.met = place, v.now
		}
		if key == v.best() {
			added = !known
			d.value.label = DeviceName(s)
		}
		m.devices.put(on, d.value, now)
		count(&m.anywhere, key, now)
		if network := v.network(); network != 0 {
			count(&m.meetings, m.pair(key, network), now)
		}
	}
	return added
}

// learnText learns the names of a place and tells whether the service's own text is new.
func (m *Memory) learnText(v *sight, now stamp) (added bool) {
	if v.country != 0 {
		count(&m.countries, v.country, now)
	}
	if v.region != 0 {
		count(&m.regions, v.region, now)
	}
	return v.text != 0 && count(&m.texts, v.text, now) == 0
}

// learnNetwork learns a subnet, and where its carrier is met.
func (m *Memory) learnNetwork(s *core.SignIn, v *sight, now stamp) {
	fresh := count(&m.subnets, v.subnet, now) == 0
	c, ok := m.carriers.get(v.carrier)
	if !ok {
		c.value.label = core.Clean(s.Via.Carrier)
	}
	c.value.events++
	if fresh {
		c.value.subnets++
	}
	if v.located && !c.value.within(v.spot, samePlace) {
		c.value.places++
		if len(c.value.spots) == maxSpots {
			c.value.spots = slices.Delete(c.value.spots, 0, 1)
		}
		c.value.spots = append(c.value.spots, v.spot)
	}
	m.carriers.put(v.carrier, c.value, now)
}

// learnPlace learns where a sign-in was and returns the place's number; 0 where that is not known.
func (m *Memory) learnPlace(s *core.SignIn, v *sight, now stamp) uint16 {
	if !v.located {
		return 0
	}
	if i, _ := m.nearest(v.spot); i >= 0 && m.places[i].spot.within(v.spot, samePlace) {
		m.places[i].stamp = now
		m.places[i].count++
		return m.places[i].number
	}
	if len(m.places) == maxPlaces {
		oldest := 0
		for i := range m.places {
			if m.places[i].turn < m.places[oldest].turn {
				oldest = i
			}
		}
		m.places = slices.Delete(m.places, oldest, oldest+1)
	}
	m.places = append(m.places, place{now, uint16(now.turn%65535) + 1, 1, v.spot, cleanPlace(s.Where)})
	return m.places[len(m.places)-1].number
}

// unlearn takes back what one sign-in added, where it was learned before somebody said that it is not theirs.
func (m *Memory) unlearn(v *sight) {
	for _, key := range v.keys() {
		on := m.pair(v.account, key)
		if d, ok := m.devices.get(on); ok && d.value.count <= 1 {
			m.devices.drop(on)
			uncount(&m.anywhere, key)
		}
		uncount(&m.meetings, m.pair(key, v.network()))
	}
	uncount(&m.subnets, v.subnet)
	uncount(&m.texts, v.text)
}
