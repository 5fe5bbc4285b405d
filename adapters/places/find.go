package places

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"latchstring/core"
)

// longestText is how many bytes of a text are looked at; no name of a place is longer.
const longestText = 200

// Find implements [core.Gazetteer]. It understands "City, Region, Country" and shorter texts down to "City" or "Country",
// countries and the states of America, Canada and Australia also by their letters. Where only the country or the region
// is understood, the place is that. The first text that names more than a country takes seconds, see [gazetteer].
func (p *Places) Find(text string, known []core.Place) core.Place {
	parts := partsOf(text)
	if len(parts) == 0 {
		return core.Place{}
	}
	if country := countryOf(parts[0]); country != "" && len(parts) == 1 {
		return core.Place{Country: country}
	}
	g := p.files.Load().towns
	g.ready()
	return g.find(readingsOf(parts), known)
}

// partsOf returns the folded parts of a text between its commas.
func partsOf(text string) []string {
	if len(text) > longestText {
		return nil
	}
	var parts []string
	for part := range strings.SplitSeq(text, ",") {
		part, _, _ = strings.Cut(part, "(")
		if part = fold(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// A reading is one way to understand a text: a town, or a region, of this name in this region of this country. What is ""
// may be any; all names are folded.
type reading struct {
	country, region, name string
}

// readingsOf returns the ways to understand a text, better ones before those that are only tried if no town was found.
// "Los Angeles, CA" may be in California and in Canada, and "Burgdorf, Hanover, Germany" have a comma in its name.
func readingsOf(parts []string) [][]reading {
	n := len(parts)
	last, name := parts[n-1], strings.Join(parts[:n-1], " ")
	if n == 1 {
		return [][]reading{{{name: last}}}
	}
	var best []reading
	var others [][]reading
	if country := countryOf(last); country != "" && n == 2 {
		best = append(best, reading{country: country, name: name})
	} else if country != "" {
		best = append(best, reading{country, regionOf(country, parts[n-2]), strings.Join(parts[:n-2], " ")})
		others = [][]reading{{{country: country, name: name}}, {{country: country, name: parts[0]}}}
	}
	for _, s := range statesOf(last) {
		best = append(best, reading{s.country, fold(s.name), name})
	}
	best = append(best, reading{region: last, name: name})
	return append([][]reading{best}, others...)
}

// regionOf replaces the letters of a state by its name.
func regionOf(country, folded string) string {
	for _, s := range statesOf(folded) {
		if s.country == country {
			return fold(s.name)
		}
	}
	return folded
}

func (g *gazetteer) find(readings [][]reading, known []core.Place) core.Place {
	for _, equals := range readings {
		towns, regions := g.all(equals)
		region := largest(regions, known)
		if t, ok := nearest(g, towns, known); ok && !outweighed(t, region) {
			return g.place(t)
		}
		if region.country != "" {
			return core.Place{Country: region.country, Region: region.name}
		}
	}
	return g.around(readings[0], known)
}

// all returns the towns and the regions that are meant by one of the readings.
func (g *gazetteer) all(readings []reading) (towns []town, regions []region) {
	for _, r := range readings {
		for _, t := range g.named(r.name) {
			in := g.regions[t.region]
			if (r.country == "" || r.country == in.country) && (r.region == "" || r.region == in.folded) && !slices.Contains(towns, t) {
				towns = append(towns, t)
			}
		}
		for _, in := range g.regionsNamed(r.name) {
			if r.region == "" && (r.country == "" || r.country == in.country) {
				regions = append(regions, in)
			}
		}
	}
	return towns, regions
}

// nearest chooses the town that is nearest to one of the known places, else the one with most networks; ok is false where
// there is none.
func nearest(g *gazetteer, towns []town, known []core.Place) (best town, ok bool) {
	least := math.Inf(1)
	for i, t := range towns {
		p, km := g.place(t), math.Inf(1)
		for _, k := range known {
			if k.Located {
				km = min(km, p.Kilometres(k))
			}
		}
		if i == 0 || km < least || km == least && t.networks > best.networks {
			best, least = t, km
		}
	}
	return best, len(towns) > 0
}

// largest chooses the region with most networks of those in a country of the known places, else of all, if they are all in
// one country: a Punjab may be Indian or Pakistani.
func largest(regions []region, known []core.Place) region {
	here := slices.DeleteFunc(slices.Clone(regions), func(r region) bool { return !hasCountry(known, r.country) })
	if len(here) == 0 {
		here = regions
		if slices.ContainsFunc(here, func(r region) bool { return r.country != here[0].country }) {
			return region{}
		}
	}
	if len(here) == 0 {
		return region{}
	}
	return slices.MaxFunc(here, func(a, b region) int { return cmp.Compare(a.networks, b.networks) })
}

func hasCountry(places []core.Place, country string) bool {
	return slices.ContainsFunc(places, func(p core.Place) bool { return p.Country == country })
}

// outweighed tells whether a region of the same name is rather meant than the town, because the town would be but a small
// part of it: California, and not the one in Maryland. Of New York in New York the town is meant.
func outweighed(t town, r region) bool {
	const part = 50 // Sao Paulo is a sixth of its state, Quebec a thirtieth, and Brandenburg a thousandth
	return r.networks/part > t.networks
}

// around returns what is understood where there is no such town: the region, or the country. Of several countries that is
// one where something is known.
func (g *gazetteer) around(readings []reading, known []core.Place) core.Place {
	sure := slices.DeleteFunc(slices.Clone(readings), func(r reading) bool { return r.country == "" })
	if len(sure) == 0 {
		r := largest(g.regionsNamed(readings[0].region), known)
		return core.Place{Country: r.country, Region: r.name}
	}
	i := max(0, slices.IndexFunc(sure, func(r reading) bool { return hasCountry(known, r.country) }))
	p := core.Place{Country: sure[i].country}
	for _, r := range g.regionsNamed(sure[i].region) {
		if r.country == p.Country {
			p.Region = r.name
		}
	}
	return p
}
