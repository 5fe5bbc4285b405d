package jellyfin

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"latchstring/core"
)

func TestFindAddress(t *testing.T) {
	for text, want := range map[string]string{
		"IP address: 203.0.113.9":                    "203.0.113.9",
		"IP address: 203.0.113.9.":                   "203.0.113.9",
		"Adresse IP : 203.0.113.9:51234":             "203.0.113.9",
		"IP-Adresse:203.0.113.9":                     "203.0.113.9",
		"IP-Adresse::203.0.113.9":                    "203.0.113.9",
		"203.0.113.9 adresinden":                     "203.0.113.9",
		"IPアドレス：203.0.113.9から":                       "203.0.113.9",
		"عنوان IP: \u200f203.0.113.9\u200e":          "203.0.113.9",
		"IP: [2001:db8::1]:8096":                     "2001:db8::1",
		"IP: 2001:DB8::1, ok":                        "2001:db8::1",
		"from fe80::1%eth0":                          "fe80::1",
		"from ::ffff:203.0.113.9":                    "203.0.113.9",
		"from [::ffff:203.0.113.9]:443":              "203.0.113.9",
		"::1":                                        "::1",
		"2001:db8:1:2:3:4:5:6":                       "2001:db8:1:2:3:4:5:6",
		"v1.2.3.4.5 at 203.0.113.9":                  "203.0.113.9",
		"a 203.0.113.256 b":                          "",
		"203.0.113.0009":                             "",
		"12:30:45":                                   "",
		"IP address: ":                               "",
		"Adresse::":                                  "",
		"dead::":                                     "",
		"0.0.0.0 and ::":                             "",
		strings.Repeat("f:.", 1000) + " 203.0.113.9": "",
	} {
		got := ""
		if a := findAddress(text); a.IsValid() {
			got = a.String()
		}
		if got != want {
			t.Errorf("%.60q gives %q, want %q", text, got, want)
		}
	}
}

func FuzzFindAddress(f *testing.F) {
	for _, seed := range []string{"IP address: 203.0.113.9:80", "[2001:db8::1]:443", "::ffff:203.0.113.9", "1.2.3.4.5", "\xff:::.", "e::1.2.3.4"} {
		f.Add(seed, uint32(0xcb007109))
	}
	f.Fuzz(func(t *testing.T, text string, v4 uint32) {
		a := findAddress(text)
		if a.IsValid() && (a.IsUnspecified() || a.Zone() != "" || a.Is4In6()) {
			t.Errorf("%q gives %v", text, a)
		}
		if a.IsValid() && a.Is4() && !strings.Contains(text, a.String()) && !strings.Contains(strings.ToLower(text), "::ffff:") &&
			!strings.Contains(strings.ToLower(text), "ffff:") {
			t.Errorf("%q gives %v, which is not in it", text, a)
		}
		// A whole address among words is found, whatever the words are.
		want := netip.AddrFrom4([4]byte{byte(v4>>24) | 1, byte(v4 >> 16), byte(v4 >> 8), byte(v4)})
		words := strings.Map(func(r rune) rune {
			if inAddress(r) {
				return '-'
			}
			return r
		}, text)
		if len(words) < maxText-100 {
			if got := findAddress(words + want.String() + words); got != want {
				t.Errorf("%v is not found in %q, but %v", want, words, got)
			}
		}
	})
}

func TestReadRows(t *testing.T) {
	s := &service{id: "films", self: "own", accounts: []core.Account{{Service: "films", Member: "leo", Login: "Leo"}}}
	used := time.Date(2026, 11, 23, 6, 45, 26, 123456700, time.UTC)
	rows, err := s.readRows([]byte(`{"Items":[
		{"Id":"a","Name":"x","CustomName":"Bed\u202eroom","AppName":"Web","LastUserName":"leo","LastUserId":"0A-0b","AccessToken":"t","DateLastActivity":"2026-11-23T06:45:26.1234567Z","New":{"a":[1]}},
		{"Id":"7","ReportedDeviceId":"own","Name":null,"AppName":"latchstring","IpAddress":"203.0.113.7","DateLastActivity":"2026-11-23T06:45:26.1234567"},
		{"Id":null,"DateLastActivity":null,"LastUserId":"00000000-0000-0000-0000-000000000000"},
		{"Id":"z","DateLastActivity":"0001-01-01T00:00:00.0000000Z"}
	],"TotalRecordCount":4}`))
	if err != nil {
		t.Fatal(err)
	}
	device := func(id core.DeviceID, name, app string) core.Device {
		return core.Device{Service: "films", ID: id, Name: name, App: app}
	}
	want := []row{
		{device: device("a", "Bedroom", "Web"), session: core.Session{Login: "leo", Member: "leo", LastUsed: used}, client: "a", user: "0a0b"},
		{device: device("7", "latchstring", "latchstring"), session: core.Session{LastUsed: used, Address: netip.MustParseAddr("203.0.113.7")}, client: "own"},
		{device: device("", "Device 0000", "")},
		{device: device("z", "", ""), client: "z"},
	}
	want[1].device.Own = true
	want[3].device.Name = rows[3].device.Name
	if diff := cmp.Diff(want, rows, cmp.AllowUnexported(row{}), cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	for _, body := range []string{
		``, `null`, `[]`, `{}`, `{"Items":null}`, `{"Items":{}}`, `{"Items":[1]}`, `{"Items":[{"Id":1}]}`, `{"Items":[]`, `{"Items":[],"TotalRecordCount":1}`,
		`{"Items":[{"DateLastActivity":"canary"}]}`, `{"Items":[{"DateLastActivity":1}]}`, `{"Items":[{"DateLastActivity":{}}]}`,
		`{"Items":[` + strings.Repeat(`{},`, maxRows) + `{}]}`, strings.Repeat("[", 20000), `{"Items":[{"X":` + strings.Repeat("[", 20000) + `}]}`,
	} {
		rows, err := s.readRows([]byte(body))
		if err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%.40q gives %v, %v", body, rows, err)
		}
	}
}

// What is decoded of a list holds no token, and what is made of it is fit for a person's eyes.
func FuzzReadRows(f *testing.F) {
	f.Add([]byte(`{"Items":[{"Id":"a","DateLastActivity":"2026-11-23T06:45:26.1234567Z","AccessToken":"canary"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		s := &service{id: "films", self: "own"}
		rows, err := s.readRows(body)
		if err != nil {
			return
		}
		for _, d := range join(rows, nil) {
			if d.Cleaned().Name != d.Name || d.Name == "" || core.Clean(d.App) != d.App || len(d.Sessions) == 0 || len(d.ID) > maxID {
				t.Errorf("%+v", d)
			}
		}
	})
}

func FuzzReadSessions(f *testing.F) {
	f.Add([]byte(`[{"Id":"1","DeviceId":"a","UserId":"0a","RemoteEndPoint":"203.0.113.7","LastActivityDate":"2026-11-23T06:45:26.1234567Z",` +
		`"NowPlayingItem":{"Name":"Secrets","SeriesName":"Dark","ParentIndexNumber":1,"IndexNumber":3},"PlayState":{"IsPaused":true}}]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		sessions, err := readSessions(body)
		if err != nil {
			return
		}
		for _, x := range sessions {
			if core.Clean(x.name) != x.name || core.Clean(x.playing) != x.playing || core.Clean(x.login) != x.login || core.Clean(x.app) != x.app {
				t.Errorf("%+v", x)
			}
		}
	})
}

func FuzzReadLog(f *testing.F) {
	f.Add([]byte(`{"Items":[{"Id":7,"Name":"leo","ShortOverview":"IP: 203.0.113.7","Type":"AuthenticationSucceeded","Date":"2026-11-23T06:45:26Z","UserId":"0a"}],"TotalRecordCount":9}`), "6 8 2026-11-23T06:00:00Z")
	f.Fuzz(func(t *testing.T, body []byte, cursor string) {
		after, ok := parseMark(cursor)
		p, err := readLog(body)
		if err != nil || !ok {
			return
		}
		next := after.pass(p)
		if begunAnew(after, p) {
			next.id = 0
			next = next.pass(p)
		}
		for _, e := range p.entries {
			if next.isNew(e) {
				t.Errorf("%+v is new after %+v", e, next)
			}
		}
		if again, ok := parseMark(next.String()); !ok || again.id != next.id || !again.date.Equal(next.date) {
			t.Errorf("%+v is read as %+v, %v", next, again, ok)
		}
	})
}

func TestHasWord(t *testing.T) {
	for text, want := range map[string]bool{
		"failed login attempt from leo": true, "leo": true, "login von leo.": true, "从leo登录失败": true, "leoからのログイン": true, "napoleo and leo": true,
		"napoleon": false, "leon": false, "renéleo": false, "leo2": false, "": false,
	} {
		if got := hasWord(text, "leo"); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestTyped(t *testing.T) {
	s := &service{id: "films"}
	for _, login := range []string{"leo", "Leo Rivera", "ann", "eva"} {
		s.accounts = append(s.accounts, core.Account{Service: "films", Member: core.MemberID(login), Login: login})
	}
	for sentence, want := range map[string]core.MemberID{
		"Failed login attempt from LEO": "leo", "from leo rivera": "Leo Rivera", "from ann and eva": "", "from nobody": "",
		strings.Repeat("x ", 2000) + "leo": "", "from \xff\xfe leo": "leo",
	} {
		if got := s.typed(sentence); got.Member != want || got.Service != "films" {
			t.Errorf("%.40q: %+v", sentence, got)
		}
	}
}

func TestPassword(t *testing.T) {
	form := regexp.MustCompile(`^[a-hjkmnp-z2-9]{4}(-[a-hjkmnp-z2-9]{4}){3}$`)
	count := map[rune]int{}
	for range 2000 {
		p, err := newPassword(rand.Reader)
		if err != nil || !form.MatchString(p.Reveal()) {
			t.Fatalf("%q, %v", p.Reveal(), err)
		}
		for _, r := range p.Reveal() {
			count[r]++
		}
	}
	for _, r := range letters {
		if n := count[r]; n < 800 || n > 1300 { // 1,032 on average
			t.Errorf("%c comes %d times", r, n)
		}
	}
	if p, err := newPassword(bytes.NewReader([]byte{1, 2, 3})); err == nil || !p.Empty() {
		t.Error("it makes a password without randomness")
	}
}

func TestInstant(t *testing.T) {
	for text, want := range map[string]string{
		`null`: "0001-01-01T00:00:00Z", `"0001-01-01T00:00:00.0000000Z"`: "0001-01-01T00:00:00Z", `"2026-11-23T06:45:26.1234567Z"`: "2026-11-23T06:45:26.1234567Z",
		`"2026-11-23T06:45:26"`: "2026-11-23T06:45:26Z", `"2026-11-23T08:45:26+02:00"`: "2026-11-23T06:45:26Z", `"0000-01-01T00:00:00Z"`: "",
		`""`: "", `"x"`: "", `1`: "", `{}`: "",
	} {
		var i instant
		got := ""
		if err := i.UnmarshalJSON([]byte(text)); err == nil {
			got = i.UTC().Format(time.RFC3339Nano)
		} else if !errors.Is(err, errNoTime) {
			t.Errorf("%s: %v", text, err)
		}
		if got != want {
			t.Errorf("%s gives %s", text, got)
		}
	}
}

// Who has not the key can not guess under which name this program is never signed out.
func TestOwnDeviceIsSecret(t *testing.T) {
	a, again, b := ownDevice(core.NewSecret("a-key")), ownDevice(core.NewSecret("a-key")), ownDevice(core.NewSecret("b-key"))
	if a != again || a == b || len(a) < 16 || strings.Contains(string(a), "a-key") {
		t.Errorf("%s, %s and %s", a, again, b)
	}
}

func TestBehindProxy(t *testing.T) {
	for addresses, want := range map[string]bool{
		"172.18.0.1 172.18.0.1 172.18.0.1": true, "172.18.0.1 172.18.0.1 - 172.18.0.1": true, "127.0.0.1 127.0.0.1 127.0.0.1": true,
		"172.18.0.1 172.18.0.1": false, "192.168.1.2 192.168.1.2 192.168.1.3": false, "203.0.113.7 203.0.113.7 203.0.113.7": false, "- - -": false, "": false,
	} {
		var devices []core.Device
		for text := range strings.FieldsSeq(addresses) {
			devices = append(devices, core.Device{Sessions: []core.Session{{Address: findAddress(text)}}})
		}
		if _, got := core.BehindProxy(devices); got != want {
			t.Errorf("%q: %v", addresses, got)
		}
	}
}

func TestTitle(t *testing.T) {
	season, episode := 1, 3
	for want, i := range map[string]*item{
		"": nil, "Dune": {Name: "Dune"}, "Dark S1E3": {Name: "x", SeriesName: "Dark", ParentIndexNumber: &season, IndexNumber: &episode}, "Dark Secrets": {Name: "Secrets", SeriesName: "Dark"},
	} {
		if got := i.title(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestUserID(t *testing.T) {
	if a, b := userID("0A0B0C0D-1111-2222-3333-444455556666"), userID("0a0b0c0d111122223333444455556666"); a != b {
		t.Errorf("%s and %s", a, b)
	}
	for _, id := range []string{"", "0", "00000000-0000-0000-0000-000000000000", fmt.Sprintf("%032d", 0)} {
		if got := userID(id); got != "" {
			t.Errorf("%q is somebody: %q", id, got)
		}
	}
}
