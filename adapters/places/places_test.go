package places_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/maxmind/mmdbwriter/mmdbtype"
	"github.com/oschwald/maxminddb-golang/v2"

	"latchstring/adapters/places"
	"latchstring/core"
)

// Places are what the watch asks.
var _ core.Gazetteer = (*places.Places)(nil)

func locate(p *places.Places, address string) (core.Place, core.Network) {
	return p.Locate(netip.MustParseAddr(address))
}

var (
	lyon   = core.Place{Country: "FR", Region: "Auvergne-Rhone-Alpes", City: "Lyon", Lat: 45.7485, Lon: 4.8467, Located: true}
	zurich = core.Place{Country: "CH", Region: "Zurich", City: "Zurich", Lat: 47.3769, Lon: 8.5417, Located: true}
)

func TestLocate(t *testing.T) {
	six := []record{{"2001:db8:4::/48", "FR", "Auvergne-Rhone-Alpes", "Lyon", 45.7485, 4.8467}}
	asn := map[string]mmdbtype.DataType{
		"192.0.2.0/25":    carrier(3215, "Orange S.A.\u202e"),
		"192.0.2.192/26":  carrier(24940, "Hetzner Online GmbH"),
		"2001:db8:4::/48": mmdbtype.Map{"asn": mmdbtype.String("AS64500"), "as_name": mmdbtype.String("Example VPN")},
	}
	dir := folder(t, map[string][]byte{
		"nested.mmdb": file(t, 6, "City", today, nested(append(six, world...))),
		"flat4.mmdb":  file(t, 4, "city ipv4", today, flat(world)),
		"flat6.mmdb":  file(t, 6, "city ipv6", today, flat(six)),
		"asn.mmdb":    file(t, 6, "ASN", today, asn),
	})
	orange := core.Network{ASN: 3215, Carrier: "Orange S.A."}
	hetzner := core.Network{ASN: 24940, Carrier: "Hetzner Online GmbH", Kind: core.Hosting}
	for name, files := range map[string][]string{"nested": {"nested.mmdb"}, "flat and split": {"flat6.mmdb", "flat4.mmdb"}} {
		t.Run(name, func(t *testing.T) {
			p := places.New(places.Config{City: files, ASN: "asn.mmdb"}, dir, now)
			if missing := p.Missing(); len(missing) > 0 {
				t.Fatal(missing)
			}
			for address, want := range map[string]struct {
				place   core.Place
				network core.Network
			}{
				"192.0.2.7":            {lyon, orange},
				"::ffff:192.0.2.7":     {lyon, orange},
				"2001:db8:4:5::6":      {lyon, core.Network{ASN: 64500, Carrier: "Example VPN", Kind: core.VPN}},
				"2001:db8:4:5::6%eth0": {lyon, core.Network{ASN: 64500, Carrier: "Example VPN", Kind: core.VPN}},
				"192.0.2.200":          {zurich, hetzner},
				"192.0.2.150":          {core.Place{Country: "FR", Region: "Ile-de-France", City: "Paris 17", Lat: 48.8835, Lon: 2.3219, Located: true}, core.Network{}},
				"203.0.113.200":        {core.Place{Country: "BR"}, core.Network{}},
				"129.132.19.216":       {core.Place{Country: "CH"}, core.Network{}}, // only the own table knows it
				"2a02:1200::1":         {core.Place{Country: "CH"}, core.Network{}},
				"203.0.113.255":        {},
			} {
				place, network := locate(p, address)
				place.Lat, place.Lon = rounded(place.Lat), rounded(place.Lon)
				if diff := cmp.Diff(want.place, place); diff != "" {
					t.Errorf("%s: %s", address, diff)
				}
				if diff := cmp.Diff(want.network, network); diff != "" {
					t.Errorf("%s: %s", address, diff)
				}
			}
		})
	}
}

// rounded takes away what a narrow float shows beyond its precision.
func rounded(f float64) float64 { return float64(int(f*1e4+0.5)) / 1e4 }

func TestLocateNowhere(t *testing.T) {
	everywhere := record{"0.0.0.0/0", "FR", "", "Lyon", 45, 4}
	six := record{"::/0", "FR", "", "Lyon", 45, 4}
	dir := folder(t, map[string][]byte{
		"4.mmdb":   file(t, 4, "City", today, nested([]record{everywhere})),
		"6.mmdb":   file(t, 6, "City", today, nested([]record{six})),
		"asn.mmdb": file(t, 6, "ASN", today, map[string]mmdbtype.DataType{"::/0": carrier(1, "Everybody")}),
	})
	p := places.New(places.Config{City: []string{"4.mmdb", "6.mmdb"}, ASN: "asn.mmdb"}, dir, now)
	for _, a := range []string{
		"0.0.0.0", "0.1.2.3", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "169.254.1.1", "172.16.0.1", "172.31.255.255",
		"192.168.1.1", "198.18.0.1", "198.19.255.255", "224.0.0.1", "240.0.0.1", "255.255.255.255",
		"::", "::1", "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1",
	} {
		if place, network := locate(p, a); place.Known() || network != (core.Network{}) {
			t.Errorf("%s is in %v, %v", a, place, network)
		}
	}
	if place, network := p.Locate(netip.Addr{}); place.Known() || network != (core.Network{}) {
		t.Errorf("no address is in %v, %v", place, network)
	}
	for _, a := range []string{"100.63.255.255", "100.128.0.1", "172.32.0.1", "198.20.0.1", "223.255.255.255", "2a00::1"} {
		if place, _ := locate(p, a); place.City != "Lyon" {
			t.Errorf("%s is in %v", a, place)
		}
	}
}

// Without any file the countries are known, from the program's own table.
func TestOwnCountries(t *testing.T) {
	p := places.New(places.Config{}, t.TempDir(), now)
	if missing := p.Missing(); len(missing) > 0 {
		t.Errorf("missing: %v", missing)
	}
	for address, country := range map[string]string{
		"129.132.19.216": "CH", "128.112.1.1": "US", "131.111.1.1": "GB", "133.11.0.1": "JP", "139.18.1.1": "DE",
		"2001:630:212::1": "GB", "2001:638:902::1": "DE", "192.0.2.1": "", "2001:db8::1": "",
	} {
		if place, _ := locate(p, address); place != (core.Place{Country: country}) {
			t.Errorf("%s is in %v, want %s", address, place, country)
		}
	}
	sources := p.Describe()
	if len(sources) != 1 || sources[0].Built.Year() < 2026 || !strings.Contains(p.Attribution(), "DB-IP") || !strings.Contains(p.Attribution(), "CC BY 4.0") {
		t.Errorf("sources %v, attribution %q", sources, p.Attribution())
	}
}

func TestMissing(t *testing.T) {
	whole := file(t, 4, "DBIP-City-Lite", today, nested(world))
	dir := folder(t, map[string][]byte{
		"garbage.mmdb": []byte(strings.Repeat("garbage", 100)), "empty.mmdb": {}, "cut.mmdb": whole[:len(whole)/2], "city.mmdb": whole,
	})
	if err := os.Mkdir(filepath.Join(dir, "folder.mmdb"), 0o700); err != nil {
		t.Fatal(err)
	}
	files := []string{"none.mmdb", "garbage.mmdb", "empty.mmdb", "cut.mmdb", "folder.mmdb", "city.mmdb"}
	p := places.New(places.Config{
		City: files, ASN: "noasn.mmdb", Update: places.Update{City: []string{"https://example.org/none"}},
	}, dir, now)
	missing := p.Missing()
	if len(missing) != 6 {
		t.Fatalf("missing: %v", missing)
	}
	for i, name := range []string{"none.mmdb", "garbage.mmdb", "empty.mmdb", "cut.mmdb", "folder.mmdb", "noasn.mmdb"} {
		text := missing[i].String()
		if !missing[i].Complete() || !strings.Contains(text, name) || strings.Contains(text, "places update") != (i == 0) || strings.Count(text, dir) > 1 {
			t.Errorf("%s: %s", name, text)
		}
	}
	if place, _ := locate(p, "192.0.2.7"); place != lyon {
		t.Errorf("%v, want Lyon", place)
	}
	want := []places.Source{{Name: "city.mmdb", Built: today, Attribution: "IP Geolocation by DB-IP (https://db-ip.com), CC BY 4.0"}}
	if diff := cmp.Diff(want, p.Describe()[:1]); diff != "" {
		t.Error(diff)
	}
}

// A file of which any bytes are damaged gives places or none, and never a panic.
func TestDamagedFiles(t *testing.T) {
	whole := file(t, 6, "City", today, nested(world))
	for at := range whole {
		damaged := append([]byte(nil), whole...)
		damaged[at] ^= byte(1 + at%255)
		try(t, damaged)
		if at%50 == 0 {
			askGazetteer(t, damaged)
		}
	}
	for size := range whole {
		if size%7 == 0 {
			try(t, whole[:size])
		}
	}
}

// A tree whose branches are shared has more networks than anybody lives to count.
func TestEndlessFile(t *testing.T) {
	data := file(t, 6, "City", today, nested([]record{{"2001:db8::/64", "FR", "Auvergne-Rhone-Alpes", "Lyon", 45.7485, 4.8467}}))
	r, err := maxminddb.OpenBytes(data)
	if err != nil {
		t.Fatal(err)
	}
	const node = 2 * 3 // bytes
	for i := range r.Metadata.NodeCount - 1 {
		copy(data[i*node:], []byte{0, 0, byte(i + 1), 0, 0, byte(i + 1)})
	}
	askGazetteer(t, data)
}

func FuzzFile(f *testing.F) {
	f.Add(file(f, 6, "City", today, nested(world[:3])))
	f.Add(file(f, 4, "city ipv4", today, flat(world[:3])))
	f.Fuzz(func(t *testing.T, data []byte) {
		try(t, data)
		askGazetteer(t, data)
	})
}

// try asks all of a file.
func try(t *testing.T, data []byte) {
	dir := folder(t, map[string][]byte{"a.mmdb": data})
	p := places.New(places.Config{City: []string{"a.mmdb"}, ASN: "a.mmdb"}, dir, now)
	for _, r := range world {
		place, network := p.Locate(netip.MustParsePrefix(r.network).Addr())
		for _, s := range []string{place.Region, place.City, network.Carrier} {
			if core.Clean(s) != s {
				t.Errorf("%q is not clean", s)
			}
		}
		if place.Located && (place.Lat < -90 || place.Lat > 90 || place.Lon < -180 || place.Lon > 180) {
			t.Errorf("%v is not on earth", place)
		}
	}
}

// askGazetteer makes the gazetteer of a file, which takes longer.
func askGazetteer(t *testing.T, data []byte) {
	p := places.New(places.Config{City: []string{"a.mmdb"}}, folder(t, map[string][]byte{"a.mmdb": data}), now)
	if place := p.Find("Lyon, France", nil); place.Country != "FR" {
		t.Errorf("Lyon, France is %v", place)
	}
}

func TestRefresh(t *testing.T) {
	dir := folder(t, map[string][]byte{"city.mmdb": file(t, 4, "City", today, nested(world))})
	p := places.New(places.Config{City: []string{"city.mmdb"}, ASN: "asn.mmdb"}, dir, now)
	if p.Refresh() {
		t.Error("nothing changed, and it says that something did")
	}
	p.Find("Lyon, France", nil) // from here on the gazetteer is in use
	moved := []record{{"192.0.2.0/25", "IT", "Piedmont", "Turin", 45.0703, 7.6869}}
	put(t, filepath.Join(dir, "city.mmdb"), file(t, 4, "City", today.Add(time.Hour), nested(moved)))
	put(t, filepath.Join(dir, "asn.mmdb"), file(t, 4, "ASN", today, map[string]mmdbtype.DataType{"192.0.2.0/24": carrier(9009, "M247")}))
	if place, _ := locate(p, "192.0.2.7"); place != lyon {
		t.Errorf("before the refresh: %v", place)
	}
	if !p.Refresh() {
		t.Error("two files changed, and it says that none did")
	}
	turin := core.Place{Country: "IT", Region: "Piedmont", City: "Turin", Lat: 45.0703, Lon: 7.6869, Located: true}
	place, network := locate(p, "192.0.2.7")
	if place != turin || network.Kind != core.VPN || len(p.Missing()) > 0 {
		t.Errorf("after the refresh: %v, %v, missing %v", place, network, p.Missing())
	}
	if found := p.Find("Turin, Italy", nil); found != turin {
		t.Errorf("after the refresh Turin is %v", found)
	}

	put(t, filepath.Join(dir, "city.mmdb"), []byte("damaged"))
	if err := os.Remove(filepath.Join(dir, "asn.mmdb")); err != nil {
		t.Fatal(err)
	}
	if p.Refresh() {
		t.Error("nothing better came, and it says that it did")
	}
	runtime.GC() // what nobody uses is unmapped
	place, network = locate(p, "192.0.2.7")
	if place != turin || network.ASN != 9009 {
		t.Errorf("after the damage: %v, %v", place, network)
	}
	if missing := p.Missing(); len(missing) != 2 || !strings.Contains(missing[0].String(), "former state") {
		t.Errorf("missing: %v", missing)
	}
}
