package demo_test

import (
	"testing"

	"latchstring/core"
)

// A household that sits before its screens: no stream is left until one is stopped, and a television comes back by a code.
func TestStreamsAndTelevision(t *testing.T) {
	_, w := world()
	jellyfin := connector(t, w, "jellyfin")
	streams, err := jellyfin.Streams.Streams(t.Context())
	if err != nil || len(streams) != jellyfin.Limit {
		t.Fatalf("%+v, %v", streams, err)
	}
	if err := jellyfin.Screen.ShowMessage(t.Context(), streams[0], "Leo", "asks"); err != nil {
		t.Error(err)
	}
	if err := jellyfin.Stop.StopStream(t.Context(), streams[0], "Bedtime"); err != nil {
		t.Error(err)
	}
	if err := jellyfin.Stop.StopStream(t.Context(), streams[0], ""); core.KindOf(err) != core.Missing {
		t.Errorf("stopped twice: %v", err)
	}
	if streams, err = jellyfin.Streams.Streams(t.Context()); err != nil || len(streams) != 1 {
		t.Errorf("%+v, %v", streams, err)
	}
	leo, _ := jellyfin.Account("leo")
	pairs := func(code string, want core.Kind) {
		t.Helper()
		if err := jellyfin.TV.Pair(t.Context(), leo, code); core.KindOf(err) != want {
			t.Errorf("%s: %v, want %q", code, err, want)
		}
	}
	pairs("246810", core.Missing) // none waits
	was, _ := find(t, jellyfin, "Living-room TV")
	signOut(t, jellyfin, "Living-room TV")
	pairs("111111", core.Missing)
	pairs("246810", "")
	pairs("246810", core.Missing)
	if tv, ok := find(t, jellyfin, "Living-room TV"); !ok || !tv.On("leo") || tv.On("marta") || tv.Ref() == was.Ref() {
		t.Errorf("%+v", tv)
	}
}
