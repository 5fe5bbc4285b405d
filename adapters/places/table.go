package places

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"sort"
	"time"
)

// A table tells the country of an address from a few bytes. It is a text that is read where it lies, so the one that is
// part of the program costs no memory before it is asked. In it stand, one after the other:
//
//	"LSC2", then uvarints: when the data was built (Unix seconds), how many countries there are
//	the countries' codes, two letters each; the first is "  " and means that nothing is known
//	the ranges of IPv4 in steps of a /24, the ranges of IPv6 in steps of a /44, which is coarser than some small networks
//
// and as the ranges of a family:
//
//	uvarints: the 31 most frequent lengths of a range, the number of blocks, the number of bytes of their runs
//	for each block eight bytes: the step it begins at, and four: where in the runs
//	the runs
//
// A block is 128 runs, and a run the length of a range and its country: in the low five bits of a byte which of the
// frequent lengths, or 31 for one that follows as a uvarint; in the high three bits which country, counted back through
// those that were just met in this block, or 7 for one whose number follows in a byte. Most runs take one byte, because
// ranges of one country lie like islands in those of another.
type table struct {
	built  time.Time
	codes  string
	v4, v6 ranges
}

type ranges struct {
	lengths [frequent]uint64
	index   string
	runs    string
}

const (
	magic     = "LSC2"
	finest6   = 44  // bits of an IPv6 network: providers and their countries differ above, customers below
	frequent  = 31  // lengths that have a number of their own, and the number of all others
	recent    = 7   // countries that have a number of their own, and the number of all others
	blockRuns = 128 // a look-up walks through one block at the most
	indexRow  = 12
	maxIndex  = 1 << 20 // blocks
)

var errTable = errors.New("not a table of countries")

// readTable finds its way in a table; it copies nothing but the frequent lengths.
func readTable(s string) (table, error) {
	r := reader{rest: s}
	if r.take(len(magic)) != magic {
		return table{}, errTable
	}
	t := table{built: time.Unix(int64(r.number()&(1<<40-1)), 0).UTC()}
	t.codes = r.take(int(min(r.number(), 256)) * 2)
	t.v4, t.v6 = r.ranges(), r.ranges()
	if r.bad || len(t.codes) < 2 {
		return table{}, errTable
	}
	return t, nil
}

// country returns the country of an address, or "" where it is not known.
func (t *table) country(a netip.Addr) string {
	var c int
	if a.Is4() {
		b := a.As4()
		c = t.v4.country(uint64(binary.BigEndian.Uint32(b[:]) >> 8))
	} else {
		b := a.As16()
		c = t.v6.country(binary.BigEndian.Uint64(b[:8]) >> (64 - finest6))
	}
	if c <= 0 || 2*c+2 > len(t.codes) {
		return ""
	}
	return t.codes[2*c : 2*c+2]
}

// country returns the number of the country that a step is in, or 0.
func (r *ranges) country(step uint64) int {
	blocks := len(r.index) / indexRow
	block := sort.Search(blocks, func(i int) bool { return r.start(i) > step }) - 1
	if block < 0 {
		return 0
	}
	runs := reader{rest: r.block(block)}
	var met [recent]byte
	for at := r.start(block); runs.rest != "" && !runs.bad; {
		country, length := r.run(&runs, &met)
		if step-at < length {
			return int(country)
		}
		at += length
	}
	return 0
}

// run reads a run. met are the countries of the runs before it, the last one first.
func (r *ranges) run(runs *reader, met *[recent]byte) (country byte, length uint64) {
	b := runs.take(1)
	if b == "" {
		return 0, 0
	}
	rank, which := b[0]>>5, b[0]&frequent
	if rank < recent {
		country = met[rank]
	} else {
		c := runs.take(1)
		if c == "" {
			return 0, 0
		}
		country, rank = c[0], recent-1
	}
	copy(met[1:rank+1], met[:rank])
	met[0] = country
	if which < frequent {
		return country, r.lengths[which]
	}
	length = runs.number()
	return country, length
}

func (r *ranges) start(block int) uint64 {
	row := r.index[block*indexRow:][:indexRow]
	return binary.BigEndian.Uint64([]byte(row[:8]))
}

// block returns the runs of a block; of a damaged index, none.
func (r *ranges) block(i int) string {
	from, to := r.offset(i), len(r.runs)
	if (i+2)*indexRow <= len(r.index) {
		to = r.offset(i + 1)
	}
	if from > to || to > len(r.runs) {
		return ""
	}
	return r.runs[from:to]
}

func (r *ranges) offset(block int) int {
	return int(binary.BigEndian.Uint32([]byte(r.index[block*indexRow+8:][:4])))
}

// reader takes a text apart from its front. At its end everything is zero and bad is set.
type reader struct {
	rest string
	bad  bool
}

func (r *reader) take(n int) string {
	if n < 0 || n > len(r.rest) {
		r.rest, r.bad = "", true
		return ""
	}
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

// number takes a uvarint.
func (r *reader) number() uint64 {
	var n uint64
	for shift := 0; shift < 64; shift += 7 {
		b := r.take(1)
		if b == "" {
			return 0
		}
		n |= uint64(b[0]&0x7f) << shift
		if b[0] < 0x80 {
			return n
		}
	}
	r.bad = true
	return 0
}

func (r *reader) ranges() ranges {
	var s ranges
	for i := range s.lengths {
		s.lengths[i] = r.number()
	}
	blocks, runs := r.number(), r.number()
	if blocks > maxIndex || runs > uint64(len(r.rest)) {
		r.bad = true
		return ranges{}
	}
	s.index = r.take(int(blocks) * indexRow)
	s.runs = r.take(int(runs)) //nolint:gosec // bounded
	return s
}
