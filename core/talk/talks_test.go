package talk_test

import (
	"testing"

	"latchstring/core/coretest"
)

// TestTalks tells the conversations of testdata, which are the manual of what the house says.
func TestTalks(t *testing.T) {
	coretest.Talks(t, "testdata", func(*testing.T) coretest.AllBooks { return &coretest.Books{} })
}
