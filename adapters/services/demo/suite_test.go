package demo_test

import (
	"testing"

	"latchstring/core"
	"latchstring/core/coretest"
)

// TestSuite asks what every connector promises, of each service of the demo.
func TestSuite(t *testing.T) {
	for _, id := range []core.ServiceID{"jellyfin", "sign-on", "netflix", "music"} {
		t.Run(string(id), func(t *testing.T) {
			coretest.ConnectorSuite(t, func(t *testing.T) core.Connector {
				_, w := world()
				return connector(t, w, id)
			})
		})
	}
}
