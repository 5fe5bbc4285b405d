package places

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"flag"
	"maps"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/oschwald/maxminddb-golang/v2"
)

var (
	countryFile = flag.String("country-mmdb", "", "an mmdb of countries for IPv4 and IPv6: DB-IP's IP to Country Lite, or a flat repack of it")
	renew       = flag.Bool("renew", false, "write "+tableFile+" anew from -country-mmdb")
)

const tableFile = "countries.bin.gz"

// TestTableIsTheFile holds the program's own table against the file that it was made of, at 200,000 random addresses. To
// renew the table:
//
//	go test ./adapters/places -run TestTableIsTheFile -args -country-mmdb "$PWD/dbip-country-lite.mmdb" -renew
func TestTableIsTheFile(t *testing.T) {
	if *countryFile == "" {
		t.Skip("no -country-mmdb is given")
	}
	db, err := maxminddb.Open(*countryFile)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	table := ownTable()
	if *renew {
		text := write(uint64(db.Metadata.BuildEpoch), runsOf(t, db))
		if table, err = readTable(string(text)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(tableFile, pack(t, text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("built %s", table.built)
	random := rand.New(rand.NewPCG(1, 2))
	asked, known, equal := 0, 0, 0
	for r := range db.Networks() {
		if random.IntN(7) != 0 || asked == 200_000 {
			continue
		}
		asked++
		got, want := table.country(within(random, r.Prefix())), countryIn(t, r)
		if want != "" {
			known++
		}
		if got == want {
			equal++
		}
	}
	t.Logf("%d of %d networks agree, %d of them known", equal, asked, known)
	// Networks smaller than a step share one with others, of which the largest counts.
	if equal*100 < asked*80 {
		t.Error("the table is not of this file")
	}
	same := 0
	const addresses = 200_000
	for range addresses {
		a := netip.AddrFrom4([4]byte{byte(1 + random.IntN(222)), byte(random.IntN(256)), byte(random.IntN(256)), byte(random.IntN(256))})
		if table.country(a) == countryIn(t, db.Lookup(a)) {
			same++
		}
	}
	t.Logf("%d of %d random IPv4 addresses agree", same, addresses)
	if same*1000 < addresses*990 {
		t.Error("the table differs from the file at more than 1 % of the addresses")
	}
}

// within picks an address of a network.
func within(random *rand.Rand, p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < 8*len(b); i++ {
		b[i/8] |= byte(random.IntN(2)) << (7 - i%8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// countryIn reads a record of either schema.
func countryIn(t *testing.T, r maxminddb.Result) string {
	var v struct {
		Flat   string `maxminddb:"country_code"`
		Nested struct {
			Code string `maxminddb:"iso_code"`
		} `maxminddb:"country"`
	}
	if err := r.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return cmp.Or(v.Flat, v.Nested.Code)
}

func pack(t *testing.T, text []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(text)
	}
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// span is a range of one country, in steps; it ends where the next one begins.
type span struct {
	from    uint64
	country string
}

// runsOf reads the spans of both families. Of networks smaller than a step the country with most of it counts.
func runsOf(t *testing.T, db *maxminddb.Reader) (families [2][]span) {
	var shares [2]map[string]uint64 // of the step that begins last
	var end [2]uint64
	for r := range db.Networks() {
		p := r.Prefix()
		family, step, bits := 0, uint64(0), 24
		if p.Addr().Is4() {
			b := p.Addr().As4()
			step = uint64(binary.BigEndian.Uint32(b[:]) >> 8)
		} else {
			b := p.Addr().As16()
			family, step, bits = 1, binary.BigEndian.Uint64(b[:8])>>(64-finest6), finest6
		}
		if p.Bits() <= bits || step >= end[family] {
			if step > end[family] {
				families[family] = append(families[family], span{end[family], ""})
			}
			shares[family] = map[string]uint64{}
			families[family] = append(families[family], span{step, ""})
			end[family] = step + 1<<max(0, bits-p.Bits())
		}
		country := countryIn(t, r)
		shares[family][country] += 1 << 60 >> min(60, max(0, p.Bits()-bits))
		most := slices.MaxFunc(slices.Sorted(maps.Keys(shares[family])), func(a, b string) int {
			return cmp.Compare(shares[family][a], shares[family][b])
		})
		families[family][len(families[family])-1].country = most
	}
	for f := range families {
		families[f] = append(families[f], span{end[f], ""})
		families[f] = slices.CompactFunc(families[f], func(a, b span) bool { return a.country == b.country })
	}
	return families
}

// write makes a table of the spans of IPv4 and of IPv6; the last span of each only says where the one before it ends.
func write(built uint64, families [2][]span) []byte {
	numbers := map[string]byte{"": 0}
	codes := "  "
	for _, spans := range families {
		for _, s := range spans {
			if _, known := numbers[s.country]; !known {
				numbers[s.country] = byte(len(numbers))
				codes += s.country
			}
		}
	}
	out := binary.AppendUvarint([]byte(magic), built)
	out = binary.AppendUvarint(out, uint64(len(numbers)))
	out = append(out, codes...)
	for _, spans := range families {
		out = writeRanges(out, spans, numbers)
	}
	return out
}

func writeRanges(out []byte, spans []span, numbers map[string]byte) []byte {
	counts := map[uint64]int{}
	for i := range len(spans) - 1 {
		counts[spans[i+1].from-spans[i].from]++
	}
	lengths := slices.SortedFunc(maps.Keys(counts), func(a, b uint64) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	lengths = append(lengths, make([]uint64, frequent)...)[:frequent]
	for _, l := range lengths {
		out = binary.AppendUvarint(out, l)
	}
	var index, runs []byte
	var met []byte
	for i := range len(spans) - 1 {
		if i%blockRuns == 0 {
			index = binary.BigEndian.AppendUint64(index, spans[i].from)
			index = binary.BigEndian.AppendUint32(index, uint32(len(runs)))
			met = make([]byte, recent)
		}
		country, length := numbers[spans[i].country], spans[i+1].from-spans[i].from
		rank, which := slices.Index(met, country), slices.Index(lengths, length)
		if which < 0 {
			which = frequent
		}
		if rank < 0 {
			runs = append(runs, recent<<5|byte(which), country)
			rank = recent - 1
		} else {
			runs = append(runs, byte(rank)<<5|byte(which))
		}
		met = slices.Insert(slices.Delete(met, rank, rank+1), 0, country)
		if which == frequent {
			runs = binary.AppendUvarint(runs, length)
		}
	}
	out = binary.AppendUvarint(out, uint64(len(index)/indexRow))
	out = binary.AppendUvarint(out, uint64(len(runs)))
	return append(append(out, index...), runs...)
}

func TestTable(t *testing.T) {
	var v4, v6 []span
	random := rand.New(rand.NewPCG(3, 4))
	want := map[netip.Addr]string{}
	names := strings.Fields("AA BB CC DD EE FF GG HH II JJ KK")
	at4, at6 := uint64(0x010000), uint64(0x2001_0000_000)
	for i := range 5000 {
		country := names[(i*i+random.IntN(2))%len(names)]
		if i%50 == 0 {
			country = ""
		}
		v4, v6 = append(v4, span{at4, country}), append(v6, span{at6, country})
		length := uint64(1 + random.IntN(1+i%70))
		for _, step := range []uint64{at4, at4 + length - 1} {
			want[netip.AddrFrom4([4]byte{byte(step >> 16), byte(step >> 8), byte(step), byte(i)})] = country
		}
		var b [16]byte
		binary.BigEndian.PutUint64(b[:], (at6+length-1)<<(64-finest6))
		want[netip.AddrFrom16(b)] = country
		at4, at6 = at4+length, at6+length
	}
	table, err := readTable(string(write(1, [2][]span{append(v4, span{at4, ""}), append(v6, span{at6, ""})})))
	if err != nil {
		t.Fatal(err)
	}
	for a, country := range want {
		if got := table.country(a); got != country {
			t.Fatalf("%s is in %q, want %q", a, got, country)
		}
	}
	for _, a := range []string{"0.0.0.1", "223.255.255.255", "::1", "ffff::1"} {
		if got := table.country(netip.MustParseAddr(a)); got != "" {
			t.Errorf("%s is in %q, want nowhere", a, got)
		}
	}
}

func TestTableCutOff(t *testing.T) {
	for _, runs := range []string{"", "\xe0", "\x1f", "\xff\x01", "\xff\x01\x80"} {
		cut := ranges{index: string(make([]byte, indexRow)), runs: runs}
		if got := cut.country(1); got != 0 {
			t.Errorf("%q: country %d", runs, got)
		}
	}
}

func FuzzTable(f *testing.F) {
	small := write(1, [2][]span{
		{{1, "AA"}, {3, "BB"}, {900, "AA"}, {1000, ""}},
		{{0x2001_0000_0000, "CC"}, {0x2001_0000_0100, ""}},
	})
	f.Add(string(small), []byte{0, 1, 2, 3})
	f.Add(string(small), netip.MustParseAddr("2001::1").AsSlice())
	f.Add("", []byte{})
	f.Fuzz(func(t *testing.T, text string, address []byte) {
		table, err := readTable(text)
		a, ok := netip.AddrFromSlice(address)
		if err != nil || !ok {
			return
		}
		if c := table.country(a); c != "" && len(c) != 2 {
			t.Errorf("a country %q", c)
		}
	})
}
