package jellyfin_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"latchstring/adapters/services/jellyfin"
	"latchstring/adapters/services/jellyfin/jellyfinapi"
	"latchstring/core"
)

var (
	marta = core.Account{Service: "films", Member: "marta", Login: "Marta"}
	leo   = core.Account{Service: "films", Member: "leo", Login: "leo"}

	tv    = jellyfinapi.Device{ID: "TW96aWxsYS81LjAgKA==+/|1", Name: "Living-room TV", App: "Android TV"}
	phone = jellyfinapi.Device{ID: "phone-of-leo", Name: "Leo's phone", App: "Findroid"}
)

const (
	home = "203.0.113.7"
	away = "198.51.100.9"
)

// everyServer runs a test against each version of Jellyfin and against Emby.
func everyServer(t *testing.T, test func(t *testing.T, server *jellyfinapi.Server, c core.Connector)) {
	options := []jellyfinapi.Options{{Emby: true}, {Emby: true, BasePath: "/emby", OldTypes: true}}
	for _, v := range jellyfinapi.Versions {
		options = append(options, jellyfinapi.Options{Version: v})
	}
	for _, o := range options {
		t.Run(fmt.Sprintf("emby=%v%s %s", o.Emby, o.BasePath, o.Version), func(t *testing.T) {
			server, c := start(t, o)
			test(t, server, c)
		})
	}
}

// start starts a server that knows a household, and joins it.
func start(t testing.TB, o jellyfinapi.Options) (*jellyfinapi.Server, core.Connector) {
	t.Helper()
	o.Users = append(o.Users, jellyfinapi.User{Name: "marta", Admin: true}, jellyfinapi.User{Name: "leo"}, jellyfinapi.User{Name: "guest"})
	server := jellyfinapi.New(t, o)
	return server, join(t, server, o.Emby)
}

func join(t testing.TB, server *jellyfinapi.Server, emby bool) core.Connector {
	t.Helper()
	cfg := jellyfin.Config{URL: server.URL, Key: core.NewSecret(server.Key), Streams: 2, Timeout: 2 * time.Second}
	if emby {
		cfg.Product = jellyfin.Emby
	}
	var log bytes.Buffer
	c, err := jellyfin.New(cfg, "films", "Films", []core.Account{marta, leo}, jellyfin.Options{
		Now: server.Now, Random: rand.Reader, Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if strings.Contains(log.String(), jellyfinapi.Canary) {
			t.Errorf("a secret is in the log: %s", &log)
		}
	})
	return c
}

// wants looks that an error is of a kind, has a sentence, and tells no secret.
func wants(t *testing.T, err error, kind core.Kind) {
	t.Helper()
	if core.KindOf(err) != kind {
		t.Fatalf("got %v, want an error of kind %q", err, kind)
	}
	text := fmt.Sprintf("%v %+v %#v %s %s", err, err, err, core.TextOf(err), core.HintOf(err))
	if strings.Contains(text, jellyfinapi.Canary) {
		t.Errorf("a secret is in %s", text)
	}
	if p := core.TextOf(err); p.Empty() || !p.Complete() || !core.HintOf(err).Complete() {
		t.Errorf("the sentence of %v is %q", err, p)
	}
}

func devices(t testing.TB, c core.Connector) []core.Device {
	t.Helper()
	list, err := c.Devices.Devices(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(fmt.Sprintf("%+v", list), jellyfinapi.Canary) {
		t.Error("a token is in the list")
	}
	return list
}

func find(t *testing.T, c core.Connector, name string) core.Device {
	t.Helper()
	list := devices(t, c)
	i := slices.IndexFunc(list, func(d core.Device) bool { return d.Name == name })
	if i < 0 {
		t.Fatalf("no %s in %+v", name, list)
	}
	return list[i]
}

func TestDevices(t *testing.T) {
	everyServer(t, func(t *testing.T, server *jellyfinapi.Server, c core.Connector) {
		if list := devices(t, c); len(list) != 0 {
			t.Errorf("an empty server lists %+v", list)
		}
		server.Fail("GET /Sessions", 1, jellyfinapi.Starting(time.Minute)) // nobody can say whether it is empty
		_, err := c.Devices.Devices(t.Context())
		wants(t, err, core.Busy)
		server.WasSignedIn("marta", tv, home, server.Now().Add(-48*time.Hour))
		server.SignsIn("leo", tv, home)
		server.SignsIn("leo", phone, away)
		server.SignsIn("guest", jellyfinapi.Device{ID: "x", Name: "Evil\u202e\n\tTV", App: "Web"}, "2001:db8::5")
		server.Plays("leo", tv.ID, jellyfinapi.Item{Name: "Secrets", Series: "Dark", Type: "Episode"})

		shared := find(t, c, tv.Name)
		if last := shared.Latest(); !shared.On("leo") || last.Address != netip.MustParseAddr(home) || !strings.HasPrefix(last.Playing, "Dark") ||
			last.Login != "leo" || last.LastUsed.IsZero() || shared.App != "Android TV" || shared.Own {
			t.Errorf("%+v", shared)
		}
		if c.TV != nil && (!shared.On("marta") || !shared.On("leo") || len(shared.Members()) != 2) { // Emby knows the last user only
			t.Errorf("on it are %v", shared.Members())
		}
		if d := find(t, c, phone.Name); d.Latest().Address != netip.MustParseAddr(away) || d.Latest().Playing != "" {
			t.Errorf("%+v", d)
		}
		if d := find(t, c, "Evil TV"); d.Latest().Member != "" || d.Latest().Login != "guest" || d.Latest().Address != netip.MustParseAddr("2001:db8::5") {
			t.Errorf("%+v", d)
		}
		server.Restarts()
		if d := find(t, c, phone.Name); c.TV != nil && d.Latest().Address.IsValid() {
			t.Errorf("after a restart, its address is %v", d.Latest().Address)
		}
	})
}

// An empty list is believed as long as nobody is seen to be signed in.
func TestEmptyList(t *testing.T) {
	server, c := start(t, jellyfinapi.Options{})
	devices(t, c)
	for sessions, empty := range map[string]bool{
		`[]`: true,
		`[{"Id":"1","DeviceId":"a","UserId":"00000000000000000000000000000000"}]`:                           true,
		`[{"Id":"1","DeviceId":"` + server.Callers()[0] + `","UserId":"11111111111111111111111111111111"}]`: true,
		`[{"Id":"1","DeviceId":"a","UserId":"11111111111111111111111111111111"}]`:                           false,
	} {
		server.Fail("GET /Sessions", 1, jellyfinapi.Raw(200, "application/json", sessions))
		list, err := c.Devices.Devices(t.Context())
		if empty && (err != nil || list == nil || len(list) > 0) || !empty && core.KindOf(err) != core.Garbled {
			t.Errorf("%s: %v, %v", sessions, list, err)
		}
	}
}

func TestSignOut(t *testing.T) {
	everyServer(t, func(t *testing.T, server *jellyfinapi.Server, c core.Connector) {
		server.SignsIn("marta", tv, home)
		server.SignsIn("leo", tv, home)
		server.SignsIn("leo", phone, away)
		ref := find(t, c, tv.Name).Ref()
		receipt, err := c.SignOut.SignOut(t.Context(), ref)
		if err != nil || receipt != (core.Receipt{}) {
			t.Fatalf("%+v, %v", receipt, err)
		}
		if server.SignedIn(tv.ID, "marta") || server.SignedIn(tv.ID, "leo") || !server.SignedIn(phone.ID, "leo") {
			t.Error("the wrong ones are signed out")
		}
		if receipt, err := c.SignOut.SignOut(t.Context(), ref); err != nil || !receipt.Gone {
			t.Errorf("a second time: %+v, %v", receipt, err)
		}
		// It vanishes between the look and the call.
		server.Fail("GET /Devices", 1, jellyfinapi.Raw(200, "application/json", `{"Items":[{"Id":"4711"}],"TotalRecordCount":1}`))
		if receipt, err := c.SignOut.SignOut(t.Context(), core.DeviceRef{Service: "films", ID: "4711"}); err != nil || !receipt.Gone {
			t.Errorf("one that vanishes: %+v, %v", receipt, err)
		}
		ref = find(t, c, phone.Name).Ref()
		for _, name := range []string{"DELETE /Devices", "POST /Devices/Delete"} {
			server.Fail(name, 1, jellyfinapi.CutBefore())
		}
		_, err = c.SignOut.SignOut(t.Context(), ref)
		wants(t, err, core.Unreachable)
		if e, _ := errors.AsType[*core.Error](err); e.Unsent {
			t.Error("a call that was cut is said to be unsent")
		}
		server.Fail("GET /Devices", 1, jellyfinapi.SignInPage())
		_, err = c.SignOut.SignOut(t.Context(), ref)
		wants(t, err, core.Garbled)
		if e, _ := errors.AsType[*core.Error](err); !e.Unsent {
			t.Error("a sign-out whose list failed is not said to be unsent")
		}
		_, err = c.SignOut.SignOut(t.Context(), core.DeviceRef{Service: "films"})
		wants(t, err, core.Cannot)
	})
}

// A device that is back has signed in anew: the server keeps nothing of one that it signed out.
func TestReturn(t *testing.T) {
	server, c := start(t, jellyfinapi.Options{})
	server.SignsIn("leo", phone, home)
	server.SignsIn("leo", tv, home)
	asked := server.Now()
	server.DeletesLate(time.Minute)
	if _, err := c.SignOut.SignOut(t.Context(), find(t, c, phone.Name).Ref()); err != nil {
		t.Fatal(err)
	}
	if d := find(t, c, phone.Name); !d.Since().IsZero() {
		t.Errorf("it is still there, and told to be back since %v", d.Since())
	}
	server.Advance(2 * time.Minute)
	devices(t, c)
	server.Advance(2 * time.Minute)
	server.ComesBack(phone.ID)
	back := find(t, c, phone.Name).Since()
	server.Advance(2 * time.Minute)
	if again := find(t, c, phone.Name).Since(); !back.After(asked) || !again.Equal(back) {
		t.Errorf("back since %v, then since %v", back, again)
	}
	if d := find(t, c, tv.Name); !d.Since().IsZero() {
		t.Errorf("%+v", d)
	}
}

// A device without an id is listed, and is never part of a call.
func TestDeviceWithoutID(t *testing.T) {
	server, c := start(t, jellyfinapi.Options{})
	server.SignsIn("leo", jellyfinapi.Device{Name: "Nameless", App: "Old"}, home)
	server.SignsIn("leo", jellyfinapi.Device{ID: strings.Repeat("x", 5000), Name: "Endless", App: "Old"}, home)
	_, err := c.SignOut.SignOut(t.Context(), find(t, c, "Nameless").Ref())
	wants(t, err, core.Cannot)
}

// This program is known by one name, and what signed in under that is never signed out.
func TestOwnDevice(t *testing.T) {
	server, c := start(t, jellyfinapi.Options{})
	devices(t, c)
	own := server.Callers()
	if len(own) != 1 {
		t.Fatalf("it calls itself %q", own)
	}
	again := join(t, server, false)
	server.SignsIn("marta", jellyfinapi.Device{ID: own[0], Name: "house", App: "latchstring"}, home)
	d := find(t, again, "house")
	if !d.Own {
		t.Errorf("%+v", d)
	}
	_, err := again.SignOut.SignOut(t.Context(), d.Ref())
	wants(t, err, core.Forbidden)
	if mine := server.Callers(); len(mine) != 1 || mine[0] != own[0] {
		t.Errorf("after a start it calls itself %q", mine)
	}
}

// Each thing that is missing is missing alone.
func TestDegrades(t *testing.T) {
	everyServer(t, func(t *testing.T, server *jellyfinapi.Server, c core.Connector) {
		server.SignsIn("leo", phone, home)
		for name, row := range map[string]struct {
			fault *jellyfinapi.Fault
			want  core.Kind
		}{
			"starting": {jellyfinapi.Starting(time.Minute), core.Busy}, "page": {jellyfinapi.SignInPage(), core.Garbled},
			"refused": {jellyfinapi.Refused(401), core.BadKey}, "forbidden": {jellyfinapi.Refused(403), core.BadKey},
			"garbage": {jellyfinapi.Garbage(), core.Garbled}, "cut": {jellyfinapi.CutAmid(), core.Unreachable},
			"huge": {jellyfinapi.Huge(9 << 20), core.Garbled}, "empty": {jellyfinapi.Empty(), core.Garbled},
			"null":  {jellyfinapi.Raw(200, "application/json", "null"), core.Garbled},
			"other": {jellyfinapi.Raw(200, "application/json", `{"Items":[{"Id":1,"DateLastActivity":"canary-of-a-token"}]}`), core.Garbled},
		} {
			server.Fail("GET /Devices", 1, row.fault)
			if list, err := c.Devices.Devices(t.Context()); core.KindOf(err) != row.want || list != nil {
				t.Errorf("%s: %v, %v", name, list, err)
			} else {
				wants(t, err, row.want)
			}
			server.Recover()
			server.Fail("GET /Sessions", 1, row.fault)
			if list := devices(t, c); len(list) != 1 {
				t.Errorf("sessions %s: %v", name, list)
			}
			server.Recover()
		}
	})
}

func TestProbe(t *testing.T) {
	everyServer(t, func(t *testing.T, server *jellyfinapi.Server, c core.Connector) {
		version, hints, err := c.Prober.Probe(t.Context())
		if err != nil || version == "" {
			t.Fatalf("%q, %v", version, err)
		}
		if len(hints) > 0 && !strings.Contains(t.Name(), "10.8") {
			t.Errorf("hints %v", hints)
		}
		server.HidesAddresses("172.18.0.1")
		server.SignsIn("leo", tv, home)
		server.SignsIn("leo", phone, away)
		server.SignsIn("marta", jellyfinapi.Device{ID: "3", Name: "Tablet", App: "Web"}, away)
		server.HasNoActivityLog(404)
		server.RemoveUser("leo")
		server.SignsIn("guest", tv, home)
		server.SignsIn("guest", phone, home)
		_, hints, err = c.Prober.Probe(t.Context())
		text := fmt.Sprint(hints)
		for _, must := range []string{"172.18.0.1", "activity log", "no account leo"} {
			if err != nil || strings.Count(text, must) != 1 {
				t.Errorf("%s is told %d times in %s, %v", must, strings.Count(text, must), text, err)
			}
		}
		for _, h := range hints {
			if !h.Complete() {
				t.Errorf("%q", h)
			}
		}
		server.RevokesKey()
		_, _, err = c.Prober.Probe(t.Context())
		wants(t, err, core.BadKey)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, _, err = join(t, server, c.TV == nil).Prober.Probe(ctx)
		wants(t, err, core.Unreachable)
	})
}

// The one product is not taken for the other.
func TestProduct(t *testing.T) {
	for _, emby := range []bool{false, true} {
		server, _ := start(t, jellyfinapi.Options{Emby: emby})
		_, _, err := join(t, server, !emby).Prober.Probe(t.Context())
		server.Forgive()
		wants(t, err, core.Garbled)
		if hint := core.HintOf(err).String(); !strings.Contains(hint, fmt.Sprintf("kind: %s", map[bool]string{true: "emby", false: "jellyfin"}[emby])) {
			t.Errorf("hint %q", hint)
		}
	}
}
