package places

import (
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"latchstring/core"
)

// Places is the household's gazetteer. Its methods may be called from several goroutines at once.
type Places struct {
	config  Config // with paths that are usable from anywhere
	now     func() time.Time
	largest int64 // bytes that a fetched file may have

	own     func() table // the countries that are part of the program, unpacked when they are first asked
	loading sync.Mutex
	files   atomic.Pointer[files]
}

// files are the databases that are in use together.
type files struct {
	city    []*database
	asn     *database // nil: none
	missing []core.Phrase
	towns   *gazetteer
}

// New opens the files of the config, whose relative paths begin at the folder. What cannot be opened is no error;
// [Places.Missing] tells of it.
func New(c Config, folder string, now func() time.Time) *Places {
	at := func(path string) string {
		if path == "" || filepath.IsAbs(path) {
			return path
		}
		return filepath.Join(folder, path)
	}
	c.City = slices.Clone(c.City)
	for i := range c.City {
		c.City[i] = at(c.City[i])
	}
	c.ASN = at(c.ASN)
	p := &Places{config: c, now: now, largest: largestFile, own: sync.OnceValue(ownTable)}
	p.files.Store(&files{towns: &gazetteer{}})
	p.Refresh()
	return p
}

// Locate implements [core.Gazetteer]. An address that is not of the public internet is nowhere.
func (p *Places) Locate(a netip.Addr) (core.Place, core.Network) {
	a = a.Unmap().WithZone("")
	if !public(a) {
		return core.Place{}, core.Network{}
	}
	f := p.files.Load()
	place := f.place(a)
	if !place.Known() {
		own := p.own()
		place.Country = own.country(a)
	}
	return place, f.network(a)
}

// place asks the city files in their order. What a damaged file, or one of the other family, says of it is no answer.
func (f *files) place(a netip.Addr) core.Place {
	for _, d := range f.city {
		if r := d.reader.Lookup(a); r.Found() {
			if p, err := d.place(r); err == nil && p.Known() {
				return p
			}
		}
	}
	return core.Place{}
}

func (f *files) network(a netip.Addr) core.Network {
	if f.asn == nil {
		return core.Network{}
	}
	if r := f.asn.reader.Lookup(a); r.Found() {
		return f.asn.network(r)
	}
	return core.Network{}
}

// public tells whether an address can be somebody's on the internet, by IANA's registries of special addresses (RFC 6890).
// The networks for documentation count as such: true files do not know them, and files for tests do.
func public(a netip.Addr) bool {
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	if !a.Is4() {
		return true
	}
	switch b := a.As4(); b[0] {
	case 0: // this network
		return false
	case 100: // a part of it is behind carrier-grade NAT
		return b[1]&0xc0 != 64
	case 198: // a part of it is for benchmarks
		return b[1]&0xfe != 18
	default: // the last ones are the future's
		return b[0] < 240
	}
}

// Refresh takes files that were put in the place of those in use, and tells whether there were any. What can not be opened
// leaves in use what was before. It costs a look at each file where nothing changed; where a file of cities did and the
// gazetteer is in use, it takes seconds, in which the former files answer.
func (p *Places) Refresh() (changed bool) {
	p.loading.Lock()
	defer p.loading.Unlock()
	was := p.files.Load()
	is := &files{towns: was.towns}
	for i, path := range p.config.City {
		without := "places are known by their country only"
		if d := is.open(path, was.database(path), without, i < len(p.config.Update.City) && p.config.Update.City[i] != ""); d != nil {
			is.city = append(is.city, d)
		}
	}
	if path := p.config.ASN; path != "" {
		without := "nobody's network is known, and data centres and VPNs are not seen"
		is.asn = is.open(path, was.database(path), without, p.config.Update.ASN != "")
	}
	newTowns := !slices.Equal(was.city, is.city)
	if newTowns {
		is.towns = &gazetteer{files: is.city}
		if was.towns.inUse() {
			is.towns.ready()
		}
	}
	p.files.Store(is)
	return newTowns || was.asn != is.asn
}

// database returns the one that is in use for a path, or nil.
func (f *files) database(path string) *database {
	for _, d := range append(slices.Clone(f.city), f.asn) {
		if d != nil && d.path == path {
			return d
		}
	}
	return nil
}

// open opens a file unless it is in use already. If it cannot be opened, that is said, with what it is to be without it.
func (f *files) open(path string, inUse *database, without string, fetched bool) *database {
	s, err := stampOf(path)
	if err == nil && inUse != nil && inUse.stamp == s {
		return inUse
	}
	if err == nil {
		var d *database
		if d, err = open(path); err == nil {
			return d
		}
	}
	say := core.Say("{file} can not be read, so {effect}: {cause}.", path, without, reasonOf(err))
	switch {
	case inUse != nil:
		say = core.Say("{file} can not be read any more, so its former state stays in use: {cause}.", path, reasonOf(err))
	case fetched:
		say = core.Say("{file} can not be read, so {effect}: {cause}. \"latchstring places update\" fetches it.", path, without, reasonOf(err))
	}
	f.missing = append(f.missing, say)
	return inUse
}

// Missing says what is not there and what follows from it, a sentence for each file; nothing where all is there.
func (p *Places) Missing() []core.Phrase { return slices.Clone(p.files.Load().missing) }

// Source is where places come from.
type Source struct {
	Name        string // of the file
	Built       time.Time
	Attribution string // what its licence asks to be shown; "" where that is not known
}

// Describe tells what is in use, the program's own table last.
func (p *Places) Describe() []Source {
	f := p.files.Load()
	var sources []Source
	for _, d := range append(slices.Clone(f.city), f.asn) {
		if d != nil {
			sources = append(sources, Source{filepath.Base(d.path), d.built(), d.attribution()})
		}
	}
	return append(sources, Source{"countries", p.own().built, dbip})
}

// Attribution is what the licences of the data in use ask to be shown.
func (p *Places) Attribution() string {
	var texts []string
	for _, s := range p.Describe() {
		if s.Attribution != "" && !slices.Contains(texts, s.Attribution) {
			texts = append(texts, s.Attribution)
		}
	}
	return strings.Join(texts, "; ")
}
