package recipe_test

import (
	"testing"

	"latchstring/core"
	"latchstring/core/coretest"
)

// TestSuite asks what every connector promises, of a service that is described by a recipe.
func TestSuite(t *testing.T) {
	coretest.ConnectorSuite(t, func(t *testing.T) core.Connector {
		_, c := cloud(t, map[string]string{"GET /sessions": cloudSessions})
		return c
	})
}
