package watch_test

import (
	"net/netip"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/core/watch"
)

// start is when the household of these tests is first seen.
var start = time.Date(2026, 1, 1, 18, 0, 0, 0, time.UTC)

// The places and networks of the tests.
var (
	lyon   = core.Place{Country: "FR", Region: "Rhone", City: "Lyon", Lat: 45.76, Lon: 4.84, Located: true}
	vienne = core.Place{Country: "FR", Region: "Isere", City: "Vienne", Lat: 45.52, Lon: 4.87, Located: true} // 27 km from Lyon
	brest  = core.Place{Country: "FR", Region: "Finistere", City: "Brest", Lat: 48.39, Lon: -4.49, Located: true}
	oslo   = core.Place{Country: "NO", Region: "Oslo", City: "Oslo", Lat: 59.91, Lon: 10.75, Located: true}

	line    = core.Network{ASN: 64500, Carrier: "Ligne SA"}
	other   = core.Network{ASN: 64501, Carrier: "Autre SA"}
	hosting = core.Network{ASN: 64502, Carrier: "Rack Hosting", Kind: core.Hosting}
	tunnel  = core.Network{ASN: 64503, Carrier: "Tunnel", Kind: core.VPN}
)

// signIn is a sign-in with an id of the device; the tests change what they are about.
func signIn(at time.Time) core.SignIn {
	return core.SignIn{
		Key: at.String(), Service: "video", Account: core.Account{Service: "video", Login: "family"}, At: at,
		Device: core.DeviceRef{Service: "video", ID: "phone-1"}, Name: "Anna's phone", Type: "phone",
		Address: netip.MustParseAddr("192.0.2.10"), Where: lyon, Via: line,
	}
}

// textSignIn is one at a service that tells a name and a city only.
func textSignIn(at time.Time) core.SignIn {
	return core.SignIn{
		Key: "t" + at.String(), Service: "music", Account: core.Account{Service: "music", Login: "family"}, At: at,
		Name: "Anna's phone", Type: "phone", Place: "Lyon, France", Where: lyon,
	}
}

// agentSignIn is one at a service that tells the browser's own line and the address.
func agentSignIn(at time.Time) core.SignIn {
	return core.SignIn{
		Key: "a" + at.String(), Service: "shop", Account: core.Account{Service: "shop", Login: "family"}, At: at,
		Agent: firefox140, Address: netip.MustParseAddr("192.0.2.10"), Where: lyon, Via: line,
	}
}

const (
	firefox140 = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
	firefox149 = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:149.0) Gecko/20100101 Firefox/149.0"
	chromeMac  = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36"
)

// take plays a sign-in as the watch does.
func take(m *watch.Memory, s core.SignIn) core.Assessment {
	a := m.Assess(&s)
	m.Take(&s, a)
	return a
}

// learned is a household that was seen for three weeks: a telephone, a browser and a music service in Lyon. Now is when
// that was over.
func learned(t *testing.T) (m *watch.Memory, now time.Time) {
	t.Helper()
	m = watch.NewMemory(watch.Tuning{Threshold: watch.Normal, LearnFor: watch.LearnFor})
	for day := range 21 {
		now = start.AddDate(0, 0, day)
		take(m, signIn(now))
		take(m, textSignIn(now))
		take(m, agentSignIn(now))
	}
	return m, now.Add(time.Hour)
}
