package places

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/oschwald/maxminddb-golang/v2"

	"latchstring/core"
)

// A database is an mmdb file. It is mapped, not read, and goes when nobody uses it any more; whoever changes it has to put
// another file in its place, as Update does, for the one that is mapped must stay as it is.
type database struct {
	path   string
	stamp  stamp
	reader *maxminddb.Reader
	flat   bool // its records are those of the repackaged files, not MaxMind's

	lock     sync.Mutex
	networks map[uintptr]core.Network // by where their record is
}

// stamp tells a file from one that took its place.
type stamp struct {
	size    int64
	changed time.Time
}

func stampOf(path string) (stamp, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return stamp{}, err
	case !info.Mode().IsRegular():
		return stamp{}, errors.New("it is no file")
	}
	return stamp{info.Size(), info.ModTime()}, nil
}

func open(path string) (*database, error) {
	s, err := stampOf(path)
	if err != nil {
		return nil, err
	}
	reader, err := maxminddb.Open(path)
	if err != nil {
		return nil, fmt.Errorf("it is no mmdb file, or a damaged one: %w", err)
	}
	return &database{path: path, stamp: s, reader: reader, flat: isFlat(reader), networks: map[uintptr]core.Network{}}, nil
}

// isFlat looks at the first records for one that has a country.
func isFlat(r *maxminddb.Reader) bool {
	const enough = 1000
	for record := range firstNetworks(r, enough) {
		var code string
		if record.Found() && record.DecodePath(&code, "country_code") == nil && code != "" {
			return true
		}
	}
	return false
}

// firstNetworks goes through the networks of a file, also those of which it knows nothing, until there were so many or
// something is damaged.
func firstNetworks(r *maxminddb.Reader, most uint) iter.Seq[maxminddb.Result] {
	return func(yield func(maxminddb.Result) bool) {
		n := uint(0)
		for record := range r.Networks(maxminddb.IncludeNetworksWithoutData()) {
			if n++; n > most || record.Err() != nil || !yield(record) {
				return
			}
		}
	}
}

func (d *database) built() time.Time { return d.reader.Metadata.BuildTime().UTC() }

// attribution is what the licence of the data asks to be shown, by the type or the name of the file.
func (d *database) attribution() string {
	who := strings.ToLower(d.reader.Metadata.DatabaseType + " " + filepath.Base(d.path))
	switch {
	case strings.Contains(who, "dbip"), strings.Contains(who, "db-ip"):
		return dbip
	case strings.Contains(who, "geolite"):
		return "This product includes GeoLite data created by MaxMind, available from https://www.maxmind.com"
	case strings.Contains(who, "ipinfo"):
		return "IP address data is powered by IPinfo (https://ipinfo.io), CC BY-SA 4.0"
	}
	return ""
}

// reasonOf tells the operator why a file could not be opened, without its path.
func reasonOf(err error) string {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err.Error()
	}
	return err.Error()
}

// nested is a record as MaxMind and DB-IP have it.
type nested struct {
	Country struct {
		Code string `maxminddb:"iso_code"`
	} `maxminddb:"country"`
	Regions []struct {
		Names english `maxminddb:"names"`
	} `maxminddb:"subdivisions"`
	City struct {
		Names english `maxminddb:"names"`
	} `maxminddb:"city"`
	Location struct {
		Lat float64 `maxminddb:"latitude"`
		Lon float64 `maxminddb:"longitude"`
	} `maxminddb:"location"`
}

type english struct {
	Name string `maxminddb:"en"`
}

// flat is a record of a repackaged file.
type flat struct {
	Country string  `maxminddb:"country_code"`
	Region  string  `maxminddb:"state1"`
	City    string  `maxminddb:"city"`
	Lat     float64 `maxminddb:"latitude"`
	Lon     float64 `maxminddb:"longitude"`
}

// place decodes a record of a city file.
func (d *database) place(r maxminddb.Result) (core.Place, error) {
	if d.flat {
		var v flat
		if err := r.Decode(&v); err != nil {
			return core.Place{}, err
		}
		return newPlace(v.Country, v.Region, v.City, v.Lat, v.Lon), nil
	}
	var v nested
	if err := r.Decode(&v); err != nil {
		return core.Place{}, err
	}
	region := ""
	if len(v.Regions) > 0 {
		region = v.Regions[0].Names.Name
	}
	return newPlace(v.Country.Code, region, v.City.Names.Name, v.Location.Lat, v.Location.Lon), nil
}

// newPlace makes a place of a record. No coordinates are written as zeros, which is in the sea; so such are none.
func newPlace(country, region, city string, lat, lon float64) core.Place {
	p := core.Place{Region: plainName(region), City: plainName(city)}
	if len(country) == 2 && isCapital(country[0]) && isCapital(country[1]) {
		p.Country = country
	}
	if lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180 && (lat != 0 || lon != 0) {
		p.Lat, p.Lon, p.Located = lat, lon, true
	}
	return p
}

func isCapital(b byte) bool { return b >= 'A' && b <= 'Z' }

// plainName cleans a name. From the first parenthesis on, DB-IP's names go into districts: "Zurich (Kreis 1)".
func plainName(s string) string {
	s, _, _ = strings.Cut(s, "(")
	return core.Clean(s)
}

// mostRemembered is how many networks a database remembers; a household meets some dozens.
const mostRemembered = 1024

// network returns what a record of an ASN file says. To tell the kind by the name takes longer than all else, so what was
// told is remembered.
func (d *database) network(r maxminddb.Result) core.Network {
	d.lock.Lock()
	defer d.lock.Unlock()
	n, known := d.networks[r.Offset()]
	if !known {
		if n = decodeNetwork(r); len(d.networks) >= mostRemembered {
			clear(d.networks)
		}
		d.networks[r.Offset()] = n
	}
	return n
}

// decodeNetwork decodes a record as MaxMind and DB-IP have it, or IPinfo, who write the number "AS559".
func decodeNetwork(r maxminddb.Result) core.Network {
	var v struct {
		Number  uint32 `maxminddb:"autonomous_system_number"`
		Carrier string `maxminddb:"autonomous_system_organization"`
		Written string `maxminddb:"asn"`
		Name    string `maxminddb:"as_name"`
	}
	if err := r.Decode(&v); err != nil {
		return core.Network{}
	}
	if v.Number == 0 {
		n, _ := strconv.ParseUint(strings.TrimPrefix(v.Written, "AS"), 10, 32)
		v.Number, v.Carrier = uint32(n), v.Name
	}
	return core.Network{ASN: v.Number, Carrier: core.Clean(v.Carrier), Kind: Kind(v.Number, v.Carrier)}
}
