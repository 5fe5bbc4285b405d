package jellyfin_test

import (
	"fmt"
	"testing"

	"latchstring/adapters/services/jellyfin/jellyfinapi"
	"latchstring/core"
	"latchstring/core/coretest"
)

// TestSuite asks what every connector promises, of each version of Jellyfin and of Emby.
func TestSuite(t *testing.T) {
	options := []jellyfinapi.Options{{Emby: true}}
	for _, v := range jellyfinapi.Versions {
		options = append(options, jellyfinapi.Options{Version: v})
	}
	for _, o := range options {
		t.Run(fmt.Sprintf("emby=%v %s", o.Emby, o.Version), func(t *testing.T) {
			coretest.ConnectorSuite(t, func(t *testing.T) core.Connector {
				server, c := start(t, o)
				server.SignsIn("leo", tv, home)
				server.SignsIn("guest", jellyfinapi.Device{ID: "x", Name: "Evil\u202e\n\tTV", App: "Web\x00"}, away)
				server.Plays("guest", "x", jellyfinapi.Item{Name: "Al\u200bien\n"})
				if _, err := c.Devices.Devices(t.Context()); err != nil {
					t.Fatal(err)
				}
				own := jellyfinapi.Device{ID: server.Callers()[0], Name: "house", App: "latchstring"}
				server.SignsIn("marta", own, home)
				return c
			})
		})
	}
}
