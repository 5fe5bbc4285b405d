package watch_test

import (
	"net/netip"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/core/watch"
)

// How well a device and a network are known is what counts, both together.
func TestLevels(t *testing.T) {
	for _, tt := range []struct {
		name   string
		of     func(time.Time) core.SignIn
		change func(*core.SignIn)
		level  core.Level
		reason core.ReasonKind
	}{
		{"a known id on a known network", signIn, func(*core.SignIn) {}, core.Quiet, core.Familiar},
		{"a known id on a new line of the carrier", signIn, on("198.51.100.7", lyon, line), core.Quiet, core.NewNetwork},
		{"a known id with a new carrier near by", signIn, on("198.51.100.7", vienne, other), core.Quiet, core.NewNetwork},
		{"a known id with the carrier, far away", signIn, on("198.51.100.7", brest, line), core.Noted, core.FarAway},
		{"a known id on a new carrier, far away", signIn, on("198.51.100.7", brest, other), core.Quiet, core.FarAway},
		{"a known id in a new country", signIn, on("198.51.100.7", oslo, other), core.Alert, core.NewCountry},
		{"a known id from a data centre", signIn, on("198.51.100.7", lyon, hosting), core.Urgent, core.AnonymousNetwork},
		{"a known id through a VPN", signIn, on("198.51.100.7", lyon, tunnel), core.Urgent, core.AnonymousNetwork},

		{"a known name under a new id at home", signIn, func(s *core.SignIn) { s.Device.ID = "phone-2" }, core.Quiet, core.NewDevice},
		{"a known name under a new id elsewhere", signIn, both(asID("phone-2", "Anna's phone"), on("198.51.100.7", lyon, other)), core.Alert, core.NewNetwork},
		{"a device of another account at home", signIn, both(asID("x", "Anna's phone"), asAccount("ben")), core.Quiet, core.NewDevice},
		{"a new device at home", signIn, asID("tv-1", "Living-room TV"), core.Quiet, core.NewDevice},
		{"a new device on a new line", signIn, both(asID("x", "Laptop"), on("198.51.100.7", lyon, other)), core.Alert, core.NewDevice},
		{"a new device in a new country", signIn, both(asID("x", "Laptop"), on("198.51.100.7", oslo, other)), core.Urgent, core.NewCountry},
		{"a new device from a data centre", signIn, both(asID("x", "Laptop"), on("198.51.100.7", lyon, hosting)), core.Urgent, core.AnonymousNetwork},

		{"a known browser at home", agentSignIn, func(*core.SignIn) {}, core.Quiet, core.Familiar},
		{"a browser too far ahead at home", agentSignIn, asAgent(firefox149), core.Quiet, core.NewDevice},
		{"another browser at home", agentSignIn, asAgent(chromeMac), core.Quiet, core.NewDevice},
		{"another browser far away", agentSignIn, both(asAgent(chromeMac), on("198.51.100.7", brest, other)), core.Alert, core.FarAway},

		{"a known name in a known city", textSignIn, func(*core.SignIn) {}, core.Quiet, core.Familiar},
		{"a known name near by", textSignIn, at("Vienne, France", vienne), core.Quiet, core.NewPlace},
		{"a known name far away", textSignIn, at("Brest, France", brest), core.Noted, core.FarAway},
		{"a known name in a new country", textSignIn, at("Oslo, Norway", oslo), core.Alert, core.NewCountry},
		{"a new name in a known city", textSignIn, asID("", "Laptop"), core.Alert, core.NewDevice},
		{"a new television near by", textSignIn, both(asScreen, at("Vienne, France", vienne)), core.Noted, core.NewDevice},
		{"a text that nobody can place", textSignIn, at("Somewhere", core.Place{}), core.Noted, core.NewPlace},

		{"an address of which nothing is known", signIn, on("198.51.100.7", core.Place{}, core.Network{}), core.Quiet, core.NewNetwork},
		{"a private address", signIn, on("10.0.0.9", core.Place{}, core.Network{}), core.Quiet, core.Familiar},
		{"a wrong password from a data centre", signIn, both(failed, on("198.51.100.7", oslo, hosting)), core.Quiet, core.AnonymousNetwork},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, now := learned(t)
			s := tt.of(now)
			tt.change(&s)
			if a := m.Assess(&s); a.Level != tt.level || a.Reason.Kind != tt.reason {
				parts, rest := watch.Parts(m, &s)
				t.Errorf("%s because of %q (%.2f), want %s because of %q; %v and %.2f", a.Level, a.Reason.Kind, a.Score, tt.level, tt.reason, parts, rest)
			}
		})
	}
}

func on(address string, where core.Place, via core.Network) func(*core.SignIn) {
	return func(s *core.SignIn) { s.Address, s.Where, s.Via = netip.MustParseAddr(address), where, via }
}

func at(text string, where core.Place) func(*core.SignIn) {
	return func(s *core.SignIn) { s.Place, s.Where = text, where }
}

func asID(id core.DeviceID, name string) func(*core.SignIn) {
	return func(s *core.SignIn) { s.Device.ID, s.Name = id, name }
}

func asAgent(line string) func(*core.SignIn) { return func(s *core.SignIn) { s.Agent = line } }

func asAccount(login string) func(*core.SignIn) {
	return func(s *core.SignIn) { s.Account.Login = login }
}

func asScreen(s *core.SignIn) { s.Name, s.Type = "Hotel TV", "Android TV" }

func failed(s *core.SignIn) { s.Failed = true }

func both(changes ...func(*core.SignIn)) func(*core.SignIn) {
	return func(s *core.SignIn) {
		for _, change := range changes {
			change(s)
		}
	}
}

// Of a service that is known by its mails a name vouches where the household goes, and nowhere else; nor does no name at all.
func TestLevelsByMail(t *testing.T) {
	nameless := func(s *core.SignIn) { s.Name = "" }
	for _, tt := range []struct {
		name          string
		of            func(time.Time) core.SignIn
		change        func(*core.SignIn)
		level, byMail core.Level
	}{
		{"a known name in a known city", textSignIn, func(*core.SignIn) {}, core.Quiet, core.Quiet},
		{"a known name near by", textSignIn, at("Vienne, France", vienne), core.Quiet, core.Quiet},
		{"a known name far away", textSignIn, at("Brest, France", brest), core.Noted, core.Alert},
		{"a known name in a new country", textSignIn, at("Oslo, Norway", oslo), core.Alert, core.Urgent},
		{"another account's known name far away", textSignIn, both(asAccount("ben"), at("Brest, France", brest)), core.Quiet, core.Noted},
		{"no name in a new country", textSignIn, both(nameless, at("Oslo, Norway", oslo)), core.Alert, core.Urgent},
		{"a known name from a far address", signIn, on("198.51.100.7", brest, other), core.Quiet, core.Alert},
		{"a known name from a data centre", signIn, on("198.51.100.7", lyon, hosting), core.Urgent, core.Urgent},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, now := learned(t)
			s := tt.of(now)
			tt.change(&s)
			before := m.Assess(&s)
			m.SetHearsay([]core.ServiceID{"other", s.Service})
			if after := m.Assess(&s); before.Level != tt.level || after.Level != tt.byMail {
				t.Errorf("%s (%.2f), and by a mail %s (%.2f); want %s and %s", before.Level, before.Score, after.Level, after.Score, tt.level, tt.byMail)
			}
		})
	}
}
