package watch_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/core/watch"
)

// lively is a household of a year: thirty places, many networks and devices.
func lively() (*watch.Memory, time.Time) {
	m := watch.NewMemory(watch.Tuning{Threshold: watch.Normal, LearnFor: watch.LearnFor})
	now := start
	for i := range 1500 {
		now = start.Add(time.Duration(i) * 6 * time.Hour)
		s := signIn(now)
		s.Account.Login, s.Device.ID = fmt.Sprint("account", i%8), core.DeviceID(fmt.Sprint("device", i%60))
		s.Name, s.Agent = fmt.Sprint("Device ", i%60), chromeMac
		s.Address = netip.AddrFrom4([4]byte{198, byte(i % 250), byte(i % 3), 9})
		s.Where.Lat, s.Where.City = 30+float64(i%30), fmt.Sprint("City ", i%30)
		s.Via.Carrier = fmt.Sprint("Carrier ", i%12)
		m.Take(&s, core.Assessment{Level: core.Learning})
	}
	return m, now
}

// BenchmarkAssess is what one sign-in costs; the floor is two look-ups and thirty distances.
func BenchmarkAssess(b *testing.B) {
	m, now := lively()
	s := signIn(now)
	s.Agent, s.Where, s.Via = chromeMac, brest, core.Network{Carrier: "Carrier 3"}
	s.Address = netip.MustParseAddr("203.0.113.77")
	b.Run("floor", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			watch.Floor(m, &s)
		}
	})
	b.Run("assess", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			m.Assess(&s)
		}
	})
	b.Run("take", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			m.Take(&s, core.Assessment{Level: core.Quiet})
		}
	})
}

// An assessment allocates next to nothing, so that a burst of a million sign-ins is no burst of garbage.
func TestAssessmentAllocatesLittle(t *testing.T) {
	m, now := lively()
	s := signIn(now)
	s.Agent, s.Where, s.Address = chromeMac, brest, netip.MustParseAddr("203.0.113.77")
	if n := testing.AllocsPerRun(100, func() { m.Assess(&s) }); n > 2 {
		t.Errorf("%v allocations", n)
	}
}
