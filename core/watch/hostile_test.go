package watch_test

import (
	"math"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/core/watch"
)

// hostile makes sign-ins in which everything that a stranger writes is new, odd or very long, now and then.
func hostile(seed uint64) func(time.Time) core.SignIn {
	r := rand.New(rand.NewPCG(seed, 1))
	long := strings.Repeat("é\x00\u202e{device} ", 5000)
	text := func() string {
		switch r.IntN(8) {
		case 0:
			return ""
		case 1:
			return long[:r.IntN(len(long))]
		}
		return string(rune('a'+r.IntN(26))) + string(rune(r.IntN(0x10ffff))) + string(rune('0'+r.IntN(10)))
	}
	return func(at time.Time) core.SignIn {
		s := core.SignIn{
			Key: text(), Service: core.ServiceID(text()), Account: core.Account{Login: text()}, Failed: r.IntN(4) == 0, At: at,
			Device: core.DeviceRef{ID: core.DeviceID(text())}, Name: text(), Type: text(), Agent: text(), App: text(), Place: text(),
			Where: core.Place{Country: text(), Region: text(), City: text(), Lat: r.Float64()*200 - 100, Lon: r.Float64()*400 - 200, Located: r.IntN(2) == 0},
			Via:   core.Network{ASN: r.Uint32(), Carrier: text(), Kind: [...]core.NetworkKind{"", core.VPN, core.Hosting, core.Relay}[r.IntN(4)]},
		}
		switch r.IntN(4) {
		case 0:
			s.Address = netip.AddrFrom4([4]byte{byte(r.Uint32()), byte(r.Uint32()), 1, 2})
		case 1:
			s.Address = netip.AddrFrom16([16]byte{0x20, byte(r.Uint32()), byte(r.Uint32()), byte(r.Uint32())}).WithZone(s.Name)
		case 2:
			s.Address = netip.AddrFrom4([4]byte{10, byte(r.Uint32()), byte(r.Uint32()), 2})
			s.At = at.Add(time.Duration(r.IntN(800)-400) * 24 * time.Hour)
		}
		if s.Where.Located && r.IntN(50) == 0 {
			s.Where.Lat = math.NaN()
		}
		return s
	}
}

// Nothing that strangers send makes the memory grow, and every score has a reason that is true of its largest part.
func TestHostileSignIns(t *testing.T) {
	events := 1_000_000
	if testing.Short() {
		events = 50_000
	}
	m, now := learned(t)
	next := hostile(3)
	pool := make([]core.SignIn, 20_000)
	for i := range pool {
		pool[i] = next(now)
	}
	r := rand.New(rand.NewPCG(5, 6))
	largest := 0
	for i := range events {
		s := pool[i%len(pool)]
		s.At = s.At.Add(time.Duration(i) * time.Minute)
		if s.Device.ID != "" { // what makes a device new has changed since the pool was last gone through
			s.Device.ID = core.DeviceID(string(rune('a'+i%26))) + s.Device.ID[:min(len(s.Device.ID), 8)] + core.DeviceID(string(rune('0'+i/len(pool)%50)))
		}
		var a core.Assessment
		if i%50 == 0 {
			a = m.Assess(&s)
			checkReason(t, m, &s, a)
		} else if r.IntN(3) > 0 {
			a.Level = core.Alert
		}
		m.Take(&s, a)
		if a.Level.Pushes() && r.IntN(4) == 0 {
			m.Answer(&s, [...]core.Answer{core.Ours, core.NotOurs, core.BySilence}[r.IntN(3)], s.At)
		}
		if i%1000 == 0 {
			largest = max(largest, m.Size())
		}
	}
	if largest > 4000 {
		t.Errorf("%d things were kept", largest)
	}
	if kept := heldBy(m); kept > 1<<20 {
		t.Errorf("%d kB are kept", kept>>10)
	}
}

func checkReason(t *testing.T, m *watch.Memory, s *core.SignIn, a core.Assessment) {
	t.Helper()
	parts, rest := watch.Parts(m, s)
	want, most, sum := core.Familiar, 0.0, rest
	for _, kind := range watch.Reasons() {
		sum += parts[kind]
		if parts[kind] > most {
			want, most = kind, parts[kind]
		}
	}
	if a.Reason.Kind != want {
		t.Fatalf("the reason is %q, the largest part is %q: %v", a.Reason.Kind, want, parts)
	}
	if math.IsNaN(a.Score) || math.Abs(sum-a.Score) > 1e-9 {
		t.Fatalf("the parts are %v in all, the score %v", sum, a.Score)
	}
}

// heldBy measures what a memory holds, in bytes.
func heldBy(m *watch.Memory) uint64 {
	var with, without runtime.MemStats
	runtime.GC()
	runtime.GC() // the first one may leave what it found for the second
	runtime.ReadMemStats(&with)
	runtime.KeepAlive(m)
	*m = watch.Memory{}
	runtime.GC()
	runtime.ReadMemStats(&without)
	return max(with.HeapAlloc, without.HeapAlloc) - without.HeapAlloc
}
