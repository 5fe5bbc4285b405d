package core_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"latchstring/core"
)

func TestClean(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"Living-room TV", "Living-room TV"},
		{"  two \t\n lines\r\n", "two lines"},
		{"\x1b[31mred\x07", "[31mred"},
		{"a\u202Eb\u2066c\u200Bd\uFEFF", "abcd"},
		{"bad\xff\xfebytes\x00", "badbytes"},
		{"Sofía's téléphone 📱", "Sofía's téléphone 📱"},
		{"\u3164\u2800\u115F", ""},
		{"\u2028line\u2029", "line"},
		{"", ""},
		{strings.Repeat("x", 64), strings.Repeat("x", 64)},
		{strings.Repeat("x", 65), strings.Repeat("x", 63) + "…"},
		{strings.Repeat("x", 64) + "   ", strings.Repeat("x", 64)},
	} {
		if got := core.Clean(tt.in); got != tt.want {
			t.Errorf("Clean(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "TV", "a\u202Eb", "\x1b]0;x\x07", "e\u0301\u0301", strings.Repeat("é ", 100), "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := core.Clean(s)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > 64 || got != strings.TrimSpace(got) {
			t.Fatalf("Clean(%q) = %q", s, got)
		}
		for _, r := range got {
			if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
				t.Fatalf("Clean(%q) = %q holds %U", s, got, r)
			}
		}
		if again := core.Clean(got); again != got {
			t.Fatalf("Clean is not stable: %q, then %q", got, again)
		}
	})
}

func TestFind(t *testing.T) {
	devices := []core.Device{{Service: "a", ID: "1", Generation: "g2"}, {Service: "b", ID: "1"}, {Service: "a", ID: "2"}}
	for _, tt := range []struct {
		ref          core.DeviceRef
		found, again bool
	}{
		{core.DeviceRef{Service: "a", ID: "1", Generation: "g2"}, true, false},
		{core.DeviceRef{Service: "a", ID: "1", Generation: "g1"}, false, true},
		{core.DeviceRef{Service: "a", ID: "1"}, true, false},
		{core.DeviceRef{Service: "b", ID: "1", Generation: "g1"}, true, false},
		{core.DeviceRef{Service: "a", ID: "3"}, false, false},
		{core.DeviceRef{Service: "c", ID: "1"}, false, false},
		{core.DeviceRef{}, false, false},
	} {
		if _, found, again := core.Find(devices, tt.ref); found != tt.found || again != tt.again {
			t.Errorf("Find(%v) = %v, %v, want %v, %v", tt.ref, found, again, tt.found, tt.again)
		}
	}
}

func TestDeviceTells(t *testing.T) {
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	d := core.Device{Sessions: []core.Session{
		{Member: "leo", Since: at, LastUsed: at.Add(time.Hour), Address: netip.MustParseAddr("192.0.2.1")},
		{Member: "marta", LastUsed: at.Add(2 * time.Hour)},
		{Member: "leo", Since: at.Add(-time.Hour)},
		{Login: "nobody"},
	}}
	if got := d.Members(); len(got) != 2 || got[0] != "leo" || got[1] != "marta" {
		t.Errorf("Members() = %v", got)
	}
	if got := d.Latest().Member; got != "marta" {
		t.Errorf("Latest() is %v's", got)
	}
	if got := d.Since(); !got.Equal(at.Add(-time.Hour)) {
		t.Errorf("Since() = %v", got)
	}
	if d.WhoseFor("leo") != core.Own || d.WhoseFor("sofi") != core.Others {
		t.Error("WhoseFor is wrong")
	}
	if got := (core.Device{}).Since(); !got.IsZero() {
		t.Errorf("Since() of nothing = %v", got)
	}
}

func TestOfferHandles(t *testing.T) {
	random := strings.NewReader(strings.Repeat("0123456789abcdef", 4))
	one, err := core.NewHandle(random)
	if err != nil || len(one) != 25 {
		t.Fatalf("NewHandle = %q, %v", one, err)
	}
	id, ok := core.OfferOf(one)
	if !ok || len(id) != 64 || strings.Contains(string(id), one) {
		t.Errorf("OfferOf(%q) = %q, %v", one, id, ok)
	}
	for _, forged := range []string{"", "a1.", one + "A", one[:24], "a2" + one[2:], one[:24] + "!", one[:24] + "B", strings.Repeat("a", 25), "a1.\x00\x00"} {
		if forged == one {
			continue
		}
		if got, ok := core.OfferOf(forged); ok && got == id {
			t.Errorf("OfferOf(%q) is the same offer", forged)
		}
	}
	if _, err := core.NewHandle(strings.NewReader("short")); err == nil {
		t.Error("a handle was made without randomness")
	}
}

func TestNearest(t *testing.T) {
	words := []string{"devices", "signout", "reset", "history", "status", "help", "Family sign-on"}
	for _, tt := range []struct{ word, want string }{
		{"devcies", "devices"},
		{"singout", "signout"},
		{"DEVICES", "devices"},
		{"hlep", "help"},
		{"familly sign on", "Family sign-on"},
		{"xyz", ""},
		{"", ""},
		{"dev", "devices"},
		{"de", ""},
		{"h", ""},
		{strings.Repeat("devices", 100), ""},
	} {
		if got := core.Nearest(tt.word, words); got != tt.want {
			t.Errorf("Nearest(%q) = %q, want %q", tt.word, got, tt.want)
		}
	}
}

func TestPhrase(t *testing.T) {
	p := core.Say("{device} is signed out of {service}; {device} is gone.", "TV", "Jellyfin")
	if got := p.String(); got != "TV is signed out of Jellyfin; TV is gone." {
		t.Errorf("English: %q", got)
	}
	var b strings.Builder
	p.Walk("De {service} se cerró {device}. {slip}", func(s string) { b.WriteString(s) }, func(v any) { b.WriteString(v.(string)) })
	if got := b.String(); got != "De Jellyfin se cerró TV. {slip}" {
		t.Errorf("translated: %q", got)
	}
	if !p.Complete() || core.Say("{a} {b}", 1).Complete() {
		t.Error("Complete is wrong")
	}
	// What stands in a place is not read again, whatever it holds.
	if got := core.Say("{name}", "{service}").String(); got != "{service}" {
		t.Errorf("a value was read as words: %q", got)
	}
}

func TestAtHome(t *testing.T) {
	h := core.Household{Home: []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("2001:db8::/56")}}
	for addr, want := range map[string]bool{
		"203.0.113.9": true, "::ffff:203.0.113.9": true, "203.0.114.9": false, "2001:db8::1": true, "2001:db8:1::1": false,
	} {
		if got := h.AtHome(netip.MustParseAddr(addr)); got != want {
			t.Errorf("AtHome(%s) = %v", addr, got)
		}
	}
}
