package demo

import (
	"net/netip"
	"time"

	"latchstring/core"
)

// furnish sets the household up: eleven devices at four services. They are listed as if their people had just been there.
func (w *World) furnish(now time.Time) {
	const day = 24 * time.Hour
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	home, madrid := netip.MustParseAddr("203.0.113.20"), netip.MustParseAddr("198.51.100.23")
	near := "Madrid, Spain"

	w.jellyfin = &service{
		world: w, id: jellyfinID, title: "Jellyfin", version: "10.11.6",
		tells:    core.Tells{LastUse: true, Address: true, Place: true, Playing: true},
		accounts: accounts(jellyfinID, map[core.MemberID]string{marta: "marta", leo: "leo", sofi: "sofi"}),
	}
	w.jellyfin.add(device("jf-1", "Living-room TV", "Android TV",
		core.Session{Member: leo, Login: "leo", Since: ago(210 * day), LastUsed: now, Address: home, Playing: titles[0]},
		core.Session{Member: marta, Login: "marta", Since: ago(300 * day), LastUsed: ago(26 * time.Hour), Address: home}))
	w.jellyfin.add(device("jf-2", "Leo's phone", "Findroid",
		core.Session{Member: leo, Login: "leo", Since: ago(40 * day), LastUsed: ago(2 * time.Hour), Address: madrid, Place: near}))
	w.jellyfin.add(device("jf-3", "Sofi's tablet", "Jellyfin for iPad",
		core.Session{Member: sofi, Login: "sofi", Since: ago(75 * day), LastUsed: ago(35 * time.Minute), Address: home, Playing: titles[4]}))
	w.jellyfin.devices = append(w.jellyfin.devices,
		resident{Device: w.jellyfin.named(device("jf-4", "Bedroom projector", "Jellyfin for Android TV",
			core.Session{Member: marta, Login: "marta", Since: ago(12 * day), Address: home}))}, // never used since
		resident{Device: w.jellyfin.named(own("jf-5", core.Session{Member: marta, Login: "marta", Since: ago(30 * day), LastUsed: now, Address: home}))})

	w.signOn = &service{
		world: w, id: signOnID, title: "Family sign-on", version: "1.3",
		tells:    core.Tells{LastUse: true, Address: true, Place: true},
		accounts: accounts(signOnID, map[core.MemberID]string{marta: "marta@rivera.example", leo: "leo@rivera.example"}),
	}
	w.signOn.add(device("fs-1", "Firefox on Linux", "",
		core.Session{Member: marta, Login: "marta@rivera.example", Since: ago(9 * day), LastUsed: ago(10 * time.Minute), Address: home}))
	w.signOn.add(device("fs-2", "Safari on iPhone", "",
		core.Session{Member: leo, Login: "leo@rivera.example", Since: ago(21 * day), LastUsed: ago(3 * time.Hour), Address: madrid, Place: near}))
	w.signOn.devices = append(w.signOn.devices, resident{Device: w.signOn.named(device("fs-3", "Edge on Windows", "",
		core.Session{Login: "c.vega@rivera.example", Since: ago(17 * day), LastUsed: ago(5 * day), Address: netip.MustParseAddr("192.0.2.14"), Place: "Valencia, Spain"}))})

	w.netflix = &service{
		world: w, id: netflixID, title: "Netflix", version: "",
		tells:    core.Tells{LastUse: true, Place: true},
		accounts: accounts(netflixID, map[core.MemberID]string{marta: "marta@rivera.example"}),
	}
	w.netflix.devices = []resident{{Device: w.netflix.named(device("nf-1", "Samsung TV", "Smart TV",
		core.Session{Member: marta, Login: "marta@rivera.example", Since: ago(400 * day), LastUsed: ago(21 * time.Hour), Place: near}))}}

	w.music = &service{
		world: w, id: musicID, title: "Music", version: "4.2", takes: 15 * w.opt.Pace,
		tells:    core.Tells{LastUse: true, Address: true, Playing: true},
		accounts: accounts(musicID, map[core.MemberID]string{marta: "marta", leo: "leo", sofi: "sofi"}),
	}
	speaker := w.music.named(device("mu-1", "Kitchen speaker", "Music for speakers",
		core.Session{Member: marta, Login: "marta", Since: ago(150 * day), LastUsed: ago(50 * time.Minute), Address: home},
		core.Session{Member: sofi, Login: "sofi", Since: ago(150 * day), LastUsed: ago(4 * time.Hour), Address: home}))
	phone := w.music.named(device("mu-2", "Old Xperia", "Music for Android",
		core.Session{Member: leo, Login: "leo", Since: ago(900 * day), LastUsed: ago(97 * day), Address: madrid}))
	w.music.devices = []resident{
		{Device: speaker, lively: true, returns: 4 * w.opt.Pace}, // it keeps its sign-in in a cache
		{Device: phone, leaves: 5 * w.opt.Pace},
	}
}

// accounts names members in the order of the household.
func accounts(s core.ServiceID, logins map[core.MemberID]string) []core.Account {
	var all []core.Account
	for _, m := range []core.MemberID{marta, leo, sofi} {
		if login, ok := logins[m]; ok {
			all = append(all, core.Account{Service: s, Member: m, Login: login})
		}
	}
	return all
}

func device(id core.DeviceID, name, app string, sessions ...core.Session) core.Device {
	return core.Device{ID: id, Name: name, App: app, Sessions: sessions}
}

// own is this program's own session.
func own(id core.DeviceID, s core.Session) core.Device {
	d := device(id, "latchstring", "latchstring", s)
	d.Own = true
	return d
}
