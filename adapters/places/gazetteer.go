package places

import (
	"cmp"
	"hash/fnv"
	"maps"
	"math"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"

	"latchstring/core"
)

// A gazetteer knows the cities and regions of the city files by their names. It is made when it is first asked, which
// takes seconds, and then holds about 5 MB for all cities of the world; households whose services tell addresses never
// pay for it.
type gazetteer struct {
	files   []*database
	once    sync.Once
	made    atomic.Bool
	towns   []town // by key
	regions []region
	names   string // all names of towns, one after the other
}

// The most that is read and kept of files that hold more. DB-IP's hold 14.8 million networks with 703,000 records, which
// are of 156,000 towns in 3,900 regions.
const (
	mostRecords = 1 << 21 // of a file
	mostTowns   = 400_000
	mostRegions = 1 << 16
	mostNames   = 32 << 20 // bytes
)

// town is a city of one region.
type town struct {
	key      uint32 // of the folded name
	name     uint32 // where in the names
	size     uint8  // of the name
	region   uint16
	networks uint32 // how many there are in it, which grows with its people
	lat, lon float32
}

// region is a part of a country. The one without a name has the towns of which no region is known.
type region struct {
	country  string
	name     string
	folded   string
	networks uint32
}

// inUse tells whether it was ever asked.
func (g *gazetteer) inUse() bool { return g.made.Load() }

// ready makes it, unless it is made already. The files are opened once more for it: what was mapped is given back.
func (g *gazetteer) ready() {
	g.once.Do(func() {
		c := census{regions: map[regionName]uint16{}, towns: map[townName]*tally{}}
		for _, d := range g.files {
			if again, err := open(d.path); err == nil {
				c.count(again)
				_ = again.reader.Close() // it was only read
			}
		}
		g.regions = c.list
		g.keep(c.towns)
		g.made.Store(true)
		debug.FreeOSMemory() // counting takes ten times what is kept, once
	})
}

// census counts the networks of each town.
type census struct {
	regions map[regionName]uint16
	list    []region
	towns   map[townName]*tally
	names   int // bytes
}

type regionName struct{ country, name string }

type townName struct {
	region uint16
	name   string
}

// tally is what was counted of a town. It is where its record with the most networks says.
type tally struct {
	networks, most uint32
	lat, lon       float32
}

// count reads a whole file. A record is decoded once, however many networks share it. A sound tree has one network more
// than it has nodes; a malicious one may share its branches, and never end.
func (c *census) count(d *database) {
	networks := map[uintptr]uint32{}
	for r := range firstNetworks(d.reader, d.reader.Metadata.NodeCount+1) {
		if at := r.Offset(); r.Found() && (networks[at] > 0 || len(networks) < mostRecords) {
			networks[at]++
		}
	}
	for _, at := range slices.Sorted(maps.Keys(networks)) {
		if p, err := d.place(d.reader.LookupOffset(at)); err == nil && p.Country != "" {
			c.add(p, networks[at])
		}
	}
}

func (c *census) add(p core.Place, networks uint32) {
	r, known := c.regions[regionName{p.Country, p.Region}]
	if !known {
		if len(c.list) == mostRegions {
			return
		}
		r = uint16(len(c.list)) //nolint:gosec // bounded
		c.regions[regionName{p.Country, p.Region}] = r
		c.list = append(c.list, region{country: p.Country, name: p.Region, folded: fold(p.Region)})
	}
	c.list[r].networks += networks
	if p.City == "" || len(p.City) > math.MaxUint8 || !p.Located {
		return
	}
	t := c.towns[townName{r, p.City}]
	if t == nil {
		if len(c.towns) == mostTowns || c.names+len(p.City) > mostNames {
			return
		}
		c.names += len(p.City)
		t = &tally{}
		c.towns[townName{r, p.City}] = t
	}
	t.networks += networks
	if networks > t.most {
		t.most, t.lat, t.lon = networks, float32(p.Lat), float32(p.Lon)
	}
}

// keep packs the towns.
func (g *gazetteer) keep(towns map[townName]*tally) {
	order := slices.SortedFunc(maps.Keys(towns), func(a, b townName) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.region, b.region))
	})
	g.towns = make([]town, 0, len(order))
	var names []byte
	last, key := "", uint32(0)
	for _, n := range order {
		if n.name != last {
			names = append(names, n.name...)
			last, key = n.name, keyOf(fold(n.name))
		}
		t := towns[n]
		g.towns = append(g.towns, town{
			key: key, name: uint32(len(names) - len(n.name)), size: uint8(len(n.name)), region: n.region, //nolint:gosec // bounded
			networks: t.networks, lat: t.lat, lon: t.lon,
		})
	}
	g.names = string(names)
	slices.SortFunc(g.towns, func(a, b town) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.name, b.name), cmp.Compare(a.region, b.region))
	})
}

func keyOf(folded string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(folded)) // a hash takes all
	return h.Sum32()
}

// named returns the towns of a folded name.
func (g *gazetteer) named(folded string) []town {
	key := keyOf(folded)
	i, _ := slices.BinarySearchFunc(g.towns, key, func(t town, key uint32) int { return cmp.Compare(t.key, key) })
	var found []town
	for ; i < len(g.towns) && g.towns[i].key == key; i++ {
		if fold(g.nameOf(g.towns[i])) == folded {
			found = append(found, g.towns[i])
		}
	}
	return found
}

func (g *gazetteer) nameOf(t town) string { return g.names[t.name:][:t.size] }

func (g *gazetteer) place(t town) core.Place {
	r := g.regions[t.region]
	return core.Place{
		Country: r.country, Region: r.name, City: g.nameOf(t),
		Lat: round(t.lat), Lon: round(t.lon), Located: true,
	}
}

// round takes away what a narrow float shows beyond the ten metres that it is kept for.
func round(degrees float32) float64 { return math.Round(float64(degrees)*1e4) / 1e4 }

// regionsNamed returns the regions of a folded name.
func (g *gazetteer) regionsNamed(folded string) []region {
	var found []region
	for _, r := range g.regions {
		if r.folded == folded && folded != "" {
			found = append(found, r)
		}
	}
	return found
}
