package jellyfin_test

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"latchstring/adapters/services/jellyfin/jellyfinapi"
	"latchstring/core"
)

// follower reads sign-ins as the watch does, and tells if one comes twice.
type follower struct {
	t      *testing.T
	c      core.Connector
	cursor string
	seen   map[string]bool
}

// follow begins to follow: what was before is not told.
func follow(t *testing.T, c core.Connector) *follower {
	t.Helper()
	f := &follower{t: t, c: c, seen: map[string]bool{}}
	if told := f.look(); len(told) > 0 {
		t.Errorf("at first it tells %v", told)
	}
	return f
}

func (f *follower) look() []core.SignIn {
	f.t.Helper()
	told, cursor, err := f.c.SignIns.SignIns(f.t.Context(), f.cursor)
	if err != nil {
		f.t.Fatal(err)
	}
	if strings.Contains(fmt.Sprintf("%+v %s", told, cursor), jellyfinapi.Canary) {
		f.t.Error("a token is in the sign-ins")
	}
	for _, s := range told {
		if f.seen[s.Key] || s.Service != "films" || s.At.IsZero() {
			f.t.Errorf("again, or without a service or time: %+v", s)
		}
		f.seen[s.Key] = true
	}
	f.cursor = cursor
	return told
}

// tells looks once and compares in short: "leo 203.0.113.7 Living-room TV", "failed".
func (f *follower) tells(want ...string) {
	f.t.Helper()
	var got []string
	for _, s := range f.look() {
		line := s.Account.Login + " " + s.Address.String() + " " + s.Name
		if s.Failed {
			line = "failed " + line
		}
		got = append(got, strings.TrimSpace(line))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		f.t.Error(diff)
	}
}

func TestSignIns(t *testing.T) {
	everyServer(t, func(t *testing.T, server *jellyfinapi.Server, c core.Connector) {
		server.SignsIn("marta", tv, home)
		f := follow(t, c)
		f.tells()
		for _, l := range jellyfinapi.Languages() {
			server.Speaks(l)
			server.Advance(time.Hour)
			server.SignsIn("leo", phone, away)
			f.tells("leo " + away + " Leo's phone")
			server.FailsToSignIn("MARTA", "2001:db8::9")
			server.FailsToSignIn("martall", away)
			server.Logs(jellyfinapi.Entry{Type: "AuthenticationFailed", Name: "?", ShortOverview: away, UserID: server.User("leo").ID})
			f.tells("failed Marta 2001:db8::9", "failed  "+away, "failed leo "+away)
			f.tells()
		}
		server.SignsIn("guest", jellyfinapi.Device{ID: "g", Name: "Guest's", App: "Web"}, "")
		told := f.look()
		if len(told) != 1 || told[0].Account != (core.Account{Service: "films", Login: "guest"}) || told[0].Name != "Guest's" {
			t.Errorf("%+v", told)
		}
		if d := find(t, c, "Leo's phone"); d.Ref() != (core.DeviceRef{Service: "films", ID: d.ID}) {
			t.Errorf("%+v", d)
		}
	})
}

// The device of a sign-in is told by the same reference as in the list, or not at all.
func TestSignInDevice(t *testing.T) {
	everyServer(t, func(t *testing.T, server *jellyfinapi.Server, c core.Connector) {
		server.SignsIn("leo", phone, home)
		f := follow(t, c)
		server.Advance(time.Hour)
		server.Uses("leo", phone.ID)
		server.SignsIn("leo", tv, home) // another device of his is in use at the same address
		told := f.look()
		if len(told) != 1 || told[0].Device != find(t, c, tv.Name).Ref() || told[0].App != tv.App {
			t.Errorf("%+v", told)
		}
		web := jellyfinapi.Device{ID: "web", Name: "Firefox", App: "Web"}
		server.SignsIn("leo", web, home)
		web.ID = "other web"
		server.SignsIn("leo", web, away) // the address alone tells which
		if told := f.look(); len(told) != 2 || told[0].Address != netip.MustParseAddr(home) || told[0].Device == told[1].Device || told[1].Device.ID == "" {
			t.Errorf("%+v", told)
		}
		server.SignsIn("leo", jellyfinapi.Device{ID: "idle", Name: "Idle", App: "Web"}, away)
		f.look()
		server.Advance(time.Hour)
		server.SignsIn("leo", jellyfinapi.Device{ID: "gone", Name: "Gone", App: "Web"}, away)
		server.Revokes("gone")
		if told := f.look(); len(told) != 1 || told[0].Device.ID != "" || told[0].Address != netip.MustParseAddr(away) {
			t.Errorf("%+v", told)
		}
	})
}

// one is a sign-in that the tests of the log tell of.
const one = "failed leo " + away

// refuse has n sign-ins fail, a second apart.
func refuse(server *jellyfinapi.Server, n int) []string {
	var told []string
	for range n {
		server.Advance(time.Second)
		server.FailsToSignIn("leo", away)
		told = append(told, one)
	}
	return told
}

// Whatever happens to the log, each sign-in is told once.
func TestLog(t *testing.T) {
	const day = 24 * time.Hour
	server, c := start(t, jellyfinapi.Options{})
	server.HasOldEntries(50_000, "marta", home)
	f := follow(t, c)
	f.tells()
	for _, step := range []struct {
		name   string
		before func() // what happens to the log
		after  int    // sign-ins after it
		calls  int    // at most
	}{
		{"nothing", func() {}, 1, 1},
		{"a restart", func() { f.c = join(t, server, false) }, 2, 1},
		{"ids left out", func() { server.JumpsIDs(1_000_000) }, 1, 6},
		{"old entries vanish", func() { server.Prunes(server.Now().Add(-day)) }, 150, 2},
		{"a clock put back", func() { server.Advance(-3 * time.Hour) }, 1, 2},
		{"more while it is", func() {}, 2, 2},
		{"a clock far ahead", func() { server.Advance(100 * day) }, 1, 1},
		{"and back, below others", func() {
			server.Advance(-100 * day)
			for range 600 {
				server.Logs(jellyfinapi.Entry{Name: "x", Type: "VideoPlayback"})
			}
		}, 1, 3},
		{"all vanish", func() { server.Prunes(server.Now().Add(1000 * day)) }, 1, 1},
		{"a new log", func() { server.StartsLogAnew(); server.Advance(200 * day) }, 150, 2},
		{"a clock put back in it", func() { server.Advance(-time.Hour) }, 1, 2},
		{"another new log", func() { server.StartsLogAnew(); server.Advance(day) }, 2, 1},
		{"a long absence", func() {
			for range 1500 {
				server.Logs(jellyfinapi.Entry{Name: "x", Type: "VideoPlayback"})
			}
		}, 1500, 8},
		{"a cursor of another connector", func() { f.cursor = "x"; f.tells() }, 1, 1},
	} {
		t.Run(step.name, func(t *testing.T) {
			f.t = t
			step.before()
			want := refuse(server, step.after)
			before := len(server.Calls("GET /System/ActivityLog/Entries"))
			f.tells(want...)
			if n := len(server.Calls("GET /System/ActivityLog/Entries")) - before; n > step.calls {
				t.Errorf("%d calls, want %d at most", n, step.calls)
			}
			f.tells()
		})
	}
}

// Entries that come between two pages move the others to later ones; none is lost and none told twice.
func TestLogGrowsMeanwhile(t *testing.T) {
	server, c := start(t, jellyfinapi.Options{})
	f := follow(t, c)
	want := refuse(server, 1300)
	const call = "GET /System/ActivityLog/Entries"
	n := len(server.Calls(call))
	later := func(r jellyfinapi.Request) bool { return r.Query.Get("startIndex") == "100" }
	server.FailWhen(later, 1, jellyfinapi.SlowBefore(200*time.Millisecond))
	grown := make(chan []string)
	go func() {
		server.AwaitCalls(call, n+1)
		grown <- refuse(server, 20)
	}()
	f.tells(want...)
	f.tells(<-grown...)
	f.tells()
}

func TestLogMissing(t *testing.T) {
	everyServer(t, func(t *testing.T, server *jellyfinapi.Server, c core.Connector) {
		f := follow(t, c)
		cursor := f.cursor
		for name, row := range map[string]struct {
			fault *jellyfinapi.Fault
			want  core.Kind
		}{
			"none": {jellyfinapi.Refused(404), core.Cannot}, "forbidden": {jellyfinapi.Refused(403), core.BadKey},
			"starting": {jellyfinapi.Starting(time.Second), core.Busy}, "page": {jellyfinapi.SignInPage(), core.Garbled},
			"garbage": {jellyfinapi.Garbage(), core.Garbled}, "empty": {jellyfinapi.Raw(200, "application/json", "{}"), core.Garbled},
		} {
			server.Fail("GET /System/ActivityLog/Entries", 2, row.fault)
			for _, at := range []string{"", cursor} {
				told, next, err := c.SignIns.SignIns(t.Context(), at)
				if wants(t, err, row.want); told != nil || next != "" {
					t.Errorf("%s: %v, %q", name, told, next)
				}
			}
		}
		// What else fails on the way is tried again, and nothing is lost.
		server.SignsIn("leo", phone, away)
		server.Fail("GET /Users", 1, jellyfinapi.Starting(time.Second))
		_, _, err := c.SignIns.SignIns(t.Context(), cursor)
		wants(t, err, core.Busy)
		server.Fail("GET /Sessions", 1, jellyfinapi.Down(502))
		_, _, err = c.SignIns.SignIns(t.Context(), cursor)
		wants(t, err, core.Unreachable)
		server.Fail("GET /Sessions", 1, jellyfinapi.Refused(403))
		f.tells("leo " + away)
	})
}

// The socket nudges, is opened again, and is left alone where it can not serve.
func TestNudges(t *testing.T) {
	for _, v := range jellyfinapi.Versions {
		t.Run(v, func(t *testing.T) {
			server, c := start(t, jellyfinapi.Options{Version: v})
			ctx, stop := context.WithCancel(t.Context())
			nudged, done := make(chan struct{}, 1000), make(chan struct{})
			go func() {
				defer close(done)
				c.Nudges(ctx, func() { nudged <- struct{}{} })
			}()
			defer func() { stop(); <-done }()
			if !strings.HasPrefix(v, "10.11") && !strings.HasPrefix(v, "12") {
				server.AwaitCalls("GET /System/Info/Public", 1)
				time.Sleep(50 * time.Millisecond)
				if n := len(server.Requests()); n > 1 {
					t.Errorf("%v", server.Requests())
				}
				return
			}
			for range 2 {
				server.AwaitListener()
				for len(nudged) > 0 {
					<-nudged
				}
				server.Sends("garbage")
				server.Sends(fmt.Sprintf(`{"MessageType":"Sessions","Data":%q}`, strings.Repeat("x", 1000)))
				server.SignsIn("leo", phone, away)
				select {
				case <-nudged:
				case <-time.After(5 * time.Second):
					t.Fatal("no nudge")
				}
				server.DropsSockets()
			}
		})
	}
}
