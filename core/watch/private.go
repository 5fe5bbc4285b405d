package watch

import (
	"net/netip"
	"slices"

	"latchstring/core"
)

// private is a network of addresses that say nothing of where somebody is. The service may sit in the home and see the
// home's devices there, each by its own address; or it may sit behind a proxy and see everybody by the proxy's.
type private struct {
	events    uint32
	addresses [3]netip.Addr // the first ones
	devices   [3]uint64
	accounts  [2]uint64
}

// gatewayEvents is how many sign-ins must have come from one private address before it is taken for a proxy's.
const gatewayEvents = 6

// seePrivate remembers who signs in from a private network.
func (m *Memory) seePrivate(s *core.SignIn, v *sight, now stamp) {
	if !v.private {
		return
	}
	p, _ := m.privates.get(v.subnet)
	p.value.events++
	note(p.value.addresses[:], s.Address.Unmap().WithZone(""))
	note(p.value.devices[:], v.best())
	note(p.value.accounts[:], v.account)
	m.privates.put(v.subnet, p.value, now)
}

// note writes down what is not among the first ones yet, while there is room.
func note[T comparable](first []T, v T) {
	var none T
	if i := slices.Index(first, none); i >= 0 && !slices.Contains(first, v) {
		first[i] = v
	}
}

// full tells whether there is no more room.
func full[T comparable](first []T) bool {
	var none T
	return !slices.Contains(first, none)
}

// isLAN tells whether a private network has several addresses, so that it is the devices' own that are seen.
func (m *Memory) isLAN(subnet uint64) bool {
	p, _ := m.privates.get(subnet)
	return full(p.value.addresses[:])
}

// Hint tells that different devices on several accounts all come from one private address: a proxy hides theirs, nothing
// is held against a place until it passes them on, and the owner should know.
func (m *Memory) Hint() (gateway netip.Addr, ok bool) {
	var last uint32
	for _, k := range m.privates.kept {
		p := k.value
		alone := p.addresses[1] == netip.Addr{}
		if alone && p.events >= gatewayEvents && full(p.devices[:]) && full(p.accounts[:]) && k.turn > last {
			gateway, ok, last = p.addresses[0], true, k.turn
		}
	}
	return gateway, ok
}
