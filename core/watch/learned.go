package watch

import (
	"cmp"
	"slices"
	"strings"

	"latchstring/core"
)

// Learned is what a household is shown of itself after it was learned, each the most used first, and no more than twelve.
type Learned struct {
	Devices  []string // as their services name them; written by whoever signed in
	Networks []string // by their carriers
	Places   []core.Place
}

// maxShown is how many of a kind are shown.
const maxShown = 12

// Learned returns what the household is known by.
func (m *Memory) Learned() Learned {
	devices, networks := map[string]uint32{}, map[string]uint32{}
	for _, k := range m.devices.kept {
		devices[k.value.label] += k.value.count
	}
	for _, k := range m.carriers.kept {
		networks[k.value.label] += k.value.events
	}
	places := slices.Clone(m.places)
	slices.SortFunc(places, func(p, q place) int { return cmp.Or(cmp.Compare(q.count, p.count), cmp.Compare(p.turn, q.turn)) })
	l := Learned{Devices: most(devices), Networks: most(networks)}
	for _, p := range places[:min(len(places), maxShown)] {
		l.Places = append(l.Places, p.name)
	}
	return l
}

// most returns the names that count the most, without the empty one.
func most(counts map[string]uint32) []string {
	var names []string
	for name := range counts {
		if name != "" {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	return names[:min(len(names), maxShown)]
}

// DeviceName is what people know a signed-in device by: its name, or what its browser or app says; "" where nothing tells.
func DeviceName(s *core.SignIn) string {
	if s.Name != "" {
		return core.Clean(s.Name)
	}
	switch f := readAgent(s.Agent); {
	case f.browser != "" && f.system != "":
		return core.Clean(f.browser + " on " + f.system)
	case f.browser != "":
		return core.Clean(strings.TrimRight(f.browser, "/ "))
	}
	return core.Clean(s.App)
}
