package jellyfin_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"latchstring/adapters/services/jellyfin/jellyfinapi"
	"latchstring/core"
)

func TestStreams(t *testing.T) {
	everyServer(t, func(t *testing.T, server *jellyfinapi.Server, c core.Connector) {
		server.SignsIn("leo", tv, home)
		server.SignsIn("guest", phone, away)
		mute := jellyfinapi.Device{ID: "mute", Name: "Radio", App: "Finamp", Silent: true}
		server.SignsIn("marta", mute, home)
		session := server.Plays("leo", tv.ID, jellyfinapi.Item{Name: "Dune"})
		server.Plays("guest", phone.ID, jellyfinapi.Item{Name: "Alien", Paused: true})
		server.Plays("marta", mute.ID, jellyfinapi.Item{Name: "Song", Type: "Audio"})
		streams, err := c.Streams.Streams(t.Context())
		if err != nil || len(streams) != 3 || c.Limit != 2 {
			t.Fatalf("%+v, %v", streams, err)
		}
		if strings.Contains(fmt.Sprintf("%+v", streams), jellyfinapi.Canary) {
			t.Error("a token is in the streams")
		}
		at := slices.IndexFunc(streams, func(s core.Stream) bool { return s.Name == tv.Name })
		quiet := slices.IndexFunc(streams, func(s core.Stream) bool { return s.Name == mute.Name })
		dune := streams[at]
		if dune.Device != find(t, c, tv.Name).Ref() || dune.Account != leo || dune.Title != "Dune" || dune.Paused || !dune.Screen ||
			dune.Session.Address != netip.MustParseAddr(home) || dune.Session.Member != "leo" {
			t.Errorf("%+v", dune)
		}
		if err := c.Screen.ShowMessage(t.Context(), dune, "Leo asks", "whether you could finish soon"); err != nil {
			t.Error(err)
		}
		others := dune
		others.Account = marta
		wants(t, c.Stop.StopStream(t.Context(), others, ""), core.Missing)
		dune.ID = "changed since"
		if err := c.Stop.StopStream(t.Context(), dune, "Bedtime"); err != nil || !server.Stopped(session) || !server.SignedIn(tv.ID, "leo") {
			t.Errorf("%v, stopped %v", err, server.Stopped(session))
		}
		var texts []string
		for _, m := range server.Messages(session) {
			texts = append(texts, m.Header+": "+m.Text)
		}
		if diff := cmp.Diff([]string{"Leo asks: whether you could finish soon", "Films: Bedtime"}, texts); diff != "" {
			t.Error(diff)
		}
		wants(t, c.Stop.StopStream(t.Context(), dune, ""), core.Missing)
		if quiet >= 0 {
			wants(t, c.Screen.ShowMessage(t.Context(), streams[quiet], "", "x"), core.Cannot)
		}
		own := jellyfinapi.Device{ID: server.Callers()[0], Name: "house", App: "latchstring"}
		server.SignsIn("marta", own, home)
		server.Plays("marta", own.ID, jellyfinapi.Item{Name: "Nothing"})
		server.OneSessionID("one")
		if streams, err = c.Streams.Streams(t.Context()); err != nil || len(streams) != 2 {
			t.Fatalf("%+v, %v", streams, err)
		}
		wants(t, c.Stop.StopStream(t.Context(), streams[0], ""), core.Cannot)
	})
}
