package storage_test

import (
	"fmt"
	"testing"
	"time"

	"latchstring/core"
)

// Wrong passwords push none of the household's own sign-ins off the record.
func TestFloodOfWrongPasswords(t *testing.T) {
	s := open(t, config(t))
	now := time.Now()
	own := core.Seen{SignIn: core.SignIn{Service: "jellyfin", Key: "own", At: now.Add(-time.Hour)}}
	try(t, s.RecordLook(t.Context(), core.Look{Service: "jellyfin", Cursor: "1", Seen: []core.Seen{own}}))
	var flood []core.Seen
	for i := range 50_000 {
		flood = append(flood, core.Seen{SignIn: core.SignIn{Service: "jellyfin", Key: fmt.Sprint(i), Failed: true, At: now}})
	}
	try(t, s.RecordLook(t.Context(), core.Look{Service: "jellyfin", Cursor: "2", Seen: flood}))
	try(t, s.Sweep(t.Context(), now))
	fresh, err := s.Fresh(t.Context(), "jellyfin", []string{"own"})
	try(t, err)
	if len(fresh) != 0 {
		t.Error("the household's own sign-in is gone from the record after 50,000 wrong passwords")
	}
}
