package places_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/maxmind/mmdbwriter/mmdbtype"
	"github.com/oschwald/maxminddb-golang/v2"

	"latchstring/adapters/places"
)

// cityFiles lets the benchmarks run on real data; without it they make a file of their own.
var cityFiles = flag.String("city-mmdb", "", "mmdb files of cities for the benchmarks, with a comma between two")

// benchFiles returns the files of cities and one of carriers.
func benchFiles(b *testing.B) (city []string, asn string) {
	b.Helper()
	dir := b.TempDir()
	records, carriers := map[string]mmdbtype.DataType{}, map[string]mmdbtype.DataType{}
	for i := range 1 << 14 {
		network := netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(1 + i>>8), byte(i), 0, 0}), 16).String()
		r := record{network, "FR", fmt.Sprintf("Region %d", i%50), fmt.Sprintf("City %d", i%4000), float64(i%80) + 1, float64(i % 170)}
		records[network], carriers[network] = r.nested(), carrier(uint32(100000+i%300), fmt.Sprintf("Provider %d S.A.", i%300))
	}
	for name, data := range map[string][]byte{"city.mmdb": file(b, 4, "City", today, records), "asn.mmdb": file(b, 4, "ASN", today, carriers)} {
		put(b, filepath.Join(dir, name), data)
	}
	asn = filepath.Join(dir, "asn.mmdb")
	if *cityFiles != "" {
		return strings.Split(*cityFiles, ","), asn
	}
	return []string{filepath.Join(dir, "city.mmdb")}, asn
}

// addresses are random ones of the networks that the made file has.
func addresses() []netip.Addr {
	random := rand.New(rand.NewPCG(1, 2))
	list := make([]netip.Addr, 1<<14)
	for i := range list {
		list[i] = netip.AddrFrom4([4]byte{byte(11 + random.IntN(53)), byte(random.IntN(256)), byte(random.IntN(256)), byte(random.IntN(256))})
	}
	return list
}

// BenchmarkLocate compares with the bare library, which looks up and decodes the same fields and cleans none. They take
// turns, so that whatever else the machine does is the same for both.
func BenchmarkLocate(b *testing.B) {
	city, asn := benchFiles(b)
	list := addresses()
	for _, files := range []struct {
		name   string
		config places.Config
	}{{"city", places.Config{City: city[:1]}}, {"city and carrier", places.Config{City: city[:1], ASN: asn}}} {
		b.Run(files.name, func(b *testing.B) {
			bare, p := newBare(b, files.config), places.New(files.config, "", now)
			var without, with time.Duration
			rounds := 0
			for ; b.Loop(); rounds++ {
				begin := time.Now()
				for _, a := range list {
					bare.locate(b, a)
				}
				middle := time.Now()
				for _, a := range list {
					p.Locate(a)
				}
				without, with = without+middle.Sub(begin), with+time.Since(middle)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(without.Nanoseconds())/float64(rounds*len(list)), "ns/bare")
			b.ReportMetric(float64(with.Nanoseconds())/float64(rounds*len(list)), "ns/ours")
			b.ReportMetric(float64(with)/float64(without), "ours/bare")
		})
	}
}

// bare is the library alone.
type bare struct {
	city, asn *maxminddb.Reader
	flat      bool
}

func newBare(b *testing.B, c places.Config) bare {
	b.Helper()
	open := func(path string) *maxminddb.Reader {
		r, err := maxminddb.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { r.Close() })
		return r
	}
	l := bare{city: open(c.City[0])}
	var code string
	l.flat = l.city.Lookup(netip.MustParseAddr("11.0.0.1")).DecodePath(&code, "country_code") == nil && code != ""
	if c.ASN != "" {
		l.asn = open(c.ASN)
	}
	return l
}

func (l bare) locate(b *testing.B, a netip.Addr) {
	decode := bareNested
	if l.flat {
		decode = bareFlat
	}
	if err := decode(l.city.Lookup(a)); err != nil {
		b.Fatal(err)
	}
	if l.asn == nil {
		return
	}
	var v struct {
		Number  uint32 `maxminddb:"autonomous_system_number"`
		Carrier string `maxminddb:"autonomous_system_organization"`
	}
	if err := l.asn.Lookup(a).Decode(&v); err != nil {
		b.Fatal(err)
	}
}

func bareFlat(r maxminddb.Result) error {
	var v struct {
		Country string  `maxminddb:"country_code"`
		Region  string  `maxminddb:"state1"`
		City    string  `maxminddb:"city"`
		Lat     float64 `maxminddb:"latitude"`
		Lon     float64 `maxminddb:"longitude"`
	}
	return r.Decode(&v)
}

func bareNested(r maxminddb.Result) error {
	type english struct {
		Name string `maxminddb:"en"`
	}
	var v struct {
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
	return r.Decode(&v)
}

// BenchmarkOwnCountries looks into the table that is part of the program.
func BenchmarkOwnCountries(b *testing.B) {
	p := places.New(places.Config{}, "", now)
	v4 := addresses()
	v6 := make([]netip.Addr, len(v4))
	for i, a := range v4 {
		b := netip.AddrFrom4(a.As4()).As16()
		copy(b[:], []byte{0x2a, a.As4()[0] % 16, a.As4()[1], a.As4()[2]})
		v6[i] = netip.AddrFrom16(b)
	}
	for name, list := range map[string][]netip.Addr{"v4": v4, "v6": v6} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				p.Locate(list[i%len(list)])
			}
		})
	}
}

// BenchmarkGazetteer makes the gazetteer anew each time, and tells what it keeps.
func BenchmarkGazetteer(b *testing.B) {
	city, _ := benchFiles(b)
	var kept uint64
	for b.Loop() {
		p := places.New(places.Config{City: city}, "", now)
		before := heap()
		p.Find("Lyon, France", nil)
		kept = heap() - before
		runtime.KeepAlive(p)
	}
	b.ReportMetric(float64(kept)/(1<<20), "MB-kept")
	if status, err := os.ReadFile("/proc/self/status"); err == nil {
		for line := range strings.Lines(string(status)) {
			if strings.HasPrefix(line, "VmHWM") || strings.HasPrefix(line, "VmRSS") || strings.HasPrefix(line, "Rss") {
				b.Log(strings.TrimSpace(line))
			}
		}
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func BenchmarkFind(b *testing.B) {
	city, _ := benchFiles(b)
	p := places.New(places.Config{City: city}, "", now)
	for name, text := range map[string]string{"country": "United Kingdom", "city": "Lyon, Auvergne-Rhone-Alpes, France", "common city": "Springfield, United States"} {
		p.Find(text, nil)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.Find(text, nil)
			}
		})
	}
}
