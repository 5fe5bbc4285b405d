package places_test

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"

	"latchstring/adapters/places"
)

// today is when the tests take place.
var today = time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC)

func now() time.Time { return today }

// record is a network of a file that a test makes.
type record struct {
	network               string
	country, region, city string
	lat, lon              float64
}

// nested makes a record as MaxMind has it.
func (r record) nested() mmdbtype.DataType {
	english := func(s string) mmdbtype.Map { return mmdbtype.Map{"names": mmdbtype.Map{"en": mmdbtype.String(s)}} }
	m := mmdbtype.Map{"country": mmdbtype.Map{"iso_code": mmdbtype.String(r.country)}}
	if r.region != "" {
		m["subdivisions"] = mmdbtype.Slice{english(r.region)}
	}
	if r.city != "" {
		m["city"] = english(r.city)
		m["location"] = mmdbtype.Map{"latitude": mmdbtype.Float64(r.lat), "longitude": mmdbtype.Float64(r.lon)}
	}
	return m
}

// flat makes a record of a repackaged file, in which coordinates are narrow.
func (r record) flat() mmdbtype.DataType {
	m := mmdbtype.Map{"country_code": mmdbtype.String(r.country), "state1": mmdbtype.String(r.region), "city": mmdbtype.String(r.city)}
	if r.city != "" {
		m["latitude"], m["longitude"] = mmdbtype.Float32(r.lat), mmdbtype.Float32(r.lon)
	}
	return m
}

// carrier makes a record of an ASN file.
func carrier(asn uint32, name string) mmdbtype.DataType {
	return mmdbtype.Map{"autonomous_system_number": mmdbtype.Uint32(asn), "autonomous_system_organization": mmdbtype.String(name)}
}

// file makes an mmdb file; what is 4 or 6.
func file(t testing.TB, family int, kind string, built time.Time, records map[string]mmdbtype.DataType) []byte {
	t.Helper()
	w, err := mmdbwriter.New(mmdbwriter.Options{
		DatabaseType: kind, BuildEpoch: built.Unix(), IPVersion: family, RecordSize: 24,
		IncludeReservedNetworks: true, DisableIPv4Aliasing: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	for network, r := range records {
		_, n, err := net.ParseCIDR(network)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Insert(n, r); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if _, err := w.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func nested(records []record) map[string]mmdbtype.DataType {
	m := map[string]mmdbtype.DataType{}
	for _, r := range records {
		m[r.network] = r.nested()
	}
	return m
}

func flat(records []record) map[string]mmdbtype.DataType {
	m := map[string]mmdbtype.DataType{}
	for _, r := range records {
		m[r.network] = r.flat()
	}
	return m
}

// folder makes a folder with files.
func folder(t testing.TB, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		put(t, filepath.Join(dir, name), data)
	}
	return dir
}

// put puts a file in the place of another, as an update does.
func put(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path+".fresh", data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".fresh", path); err != nil {
		t.Fatal(err)
	}
}

// world has towns whose names are met more than once.
var world = []record{
	{"192.0.2.0/25", "FR", "Auvergne-Rhone-Alpes", "Lyon", 45.7485, 4.8467},
	{"192.0.2.128/26", "FR", "Ile-de-France", "Paris 17 (Batignolles)", 48.8835, 2.3219},
	{"192.0.2.192/26", "CH", "Zurich", "Zurich (Kreis 1 (Altstadt) / Hochschulen)", 47.3769, 8.5417},
	{"198.51.100.0/28", "US", "Oregon", "Portland", 45.5152, -122.6784},
	{"198.51.100.32/28", "US", "Oregon", "Portland", 45.5152, -122.6784},
	{"198.51.100.64/28", "US", "Maine", "Portland", 43.6591, -70.2568},
	{"198.51.100.80/28", "US", "California", "Los Angeles", 34.0522, -118.2437},
	{"198.51.100.112/28", "US", "California", "Oakland", 37.8044, -122.2712},
	{"198.51.100.144/28", "US", "Maryland", "California", 38.3004, -76.5075},
	{"198.51.100.160/28", "US", "New York", "New York", 40.7128, -74.006},
	{"198.51.100.192/28", "US", "New York", "Buffalo", 42.8864, -78.8784},
	{"203.0.113.0/28", "GB", "England", "Guildford", 51.2362, -0.5704},
	{"203.0.113.32/28", "GB", "England", "London", 51.5072, -0.1276},
	{"203.0.113.48/28", "CA", "Ontario", "London", 42.9849, -81.2453},
	{"203.0.113.80/28", "DE", "Lower Saxony", "Burgdorf, Hanover", 52.4498, 10.0069},
	{"203.0.113.96/28", "DE", "Saxony", "Gorlitz", 51.1526, 14.9871},
	{"203.0.113.112/28", "IN", "Punjab", "Amritsar", 31.634, 74.8723},
	{"203.0.113.128/28", "PK", "Punjab", "Lahore", 31.5204, 74.3587},
	{"203.0.113.144/28", "GE", "Tbilisi", "Tbilisi", 41.7151, 44.8271},
	{"203.0.113.160/28", "US", "Georgia", "Atlanta", 33.749, -84.388},
	{"203.0.113.176/28", "IT", "Sardinia", "Cagliari", 39.2238, 9.1217},
	{"203.0.113.192/28", "BR", "", "", 0, 0},
}

// inWorld makes places with the world in one nested file, in which California has more people.
func inWorld(t testing.TB) *places.Places {
	t.Helper()
	records := slices.Clone(world)
	for i := range 200 {
		r := record{fmt.Sprintf("2001:db8:0:%x::/64", 2*i), "US", "California", "Los Angeles", 34.0522, -118.2437}
		records = append(records, r)
	}
	dir := folder(t, map[string][]byte{"city.mmdb": file(t, 6, "City", today, nested(records))})
	return places.New(places.Config{City: []string{"city.mmdb"}}, dir, now)
}
