package talk_test

import (
	"net/netip"
	"strings"
	"testing"
	"unicode/utf8"

	"latchstring/core"
	"latchstring/core/talk"
)

// Every reason is said in one sentence that fits on a telephone, whatever strangers call themselves.
func TestReasonsAreSaid(t *testing.T) {
	long := strings.Repeat("Ünlimited {name} ", 100)
	lyon := core.Place{Country: "FR", Region: "Rhone", City: "Lyon"}
	for _, tt := range []struct {
		name    string
		s       core.SignIn
		r       core.Reason
		account string
		want    string
	}{
		{
			"a place",
			core.SignIn{Name: "Chrome on Windows", Where: lyon},
			core.Reason{Kind: core.NewCountry, Place: lyon},
			"Jellyfin",
			"Chrome on Windows signed in to Jellyfin from Lyon, FR: the first time from that country.",
		},
		{
			"a text",
			core.SignIn{Name: "Pixel 8", Place: "Lyon, France"},
			core.Reason{Kind: core.FarAway, Km: 410},
			"Music",
			"Pixel 8 signed in to Music from Lyon, France: 410 km from any place you are known at.",
		},
		{
			"an address",
			core.SignIn{Agent: "python-requests/2.32", Address: netip.MustParseAddr("192.0.2.7")},
			core.Reason{Kind: core.AfterFailures, Tries: 3},
			"Shop",
			"python-requests signed in to Shop from 192.0.2.7: after 3 wrong passwords.",
		},
		{
			"nothing",
			core.SignIn{},
			core.Reason{Kind: core.NewDevice},
			"Shop",
			"A device signed in to Shop: the account has never seen this device.",
		},
		{
			"elsewhere just before",
			core.SignIn{Name: "Pixel 8", Where: core.Place{Country: "NO", City: "Oslo"}},
			core.Reason{Kind: core.Faster, Place: lyon, Minutes: 12},
			"Music",
			"Pixel 8 signed in to Music from Oslo, NO: it was near Lyon, FR 12 minutes before.",
		},
	} {
		if got := talk.Reasoned(tt.s, core.Assessment{Reason: tt.r}, tt.account).String(); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}

	hostile := core.SignIn{Name: long, Agent: long, Place: long, Where: core.Place{Country: long, City: long}}
	for _, kind := range []core.ReasonKind{
		core.Disowned, core.AnonymousNetwork, core.NewCountry, core.NewDevice, core.FarAway, core.NewPlace, core.NewNetwork, core.AfterFailures,
		core.Faster, core.OddHour, core.Familiar, "",
	} {
		for _, minutes := range []int{0, 1, 119, 1 << 20} {
			r := core.Reason{Kind: kind, Place: hostile.Where, Km: 20015, Minutes: minutes, Tries: 64}
			p := talk.Reasoned(hostile, core.Assessment{Reason: r}, long)
			if n := utf8.RuneCountInString(p.String()); n > talk.MaxReasoned || !p.Complete() || talk.ReasonWhy(r).Empty() {
				t.Errorf("%q: %d characters: %s", kind, n, p)
			}
		}
	}
}
