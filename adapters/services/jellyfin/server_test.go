package jellyfin

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"latchstring/core"
)

// A server may be updated under our feet, and a proxy may hide its public description.
func TestVersion(t *testing.T) {
	var version atomic.Value
	var hidden atomic.Bool
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.URL.Path == "/System/Info/Public" && hidden.Load() {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		fmt.Fprintf(w, `{"ProductName":"Jellyfin Server","Version":%q}`, version.Load())
	}))
	defer server.Close()
	now := time.Date(2026, 11, 24, 20, 0, 0, 0, time.UTC)
	c, err := New(Config{URL: server.URL, Key: core.NewSecret("key")}, "films", "", nil,
		Options{Now: func() time.Time { return now }, Random: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	s := c.Devices.(*service)
	look := func(want string, calls int32) {
		t.Helper()
		asked.Store(0)
		v, err := s.version(t.Context())
		if got := fmt.Sprintf("%d.%d", v.major, v.minor); err != nil || got != want || asked.Load() != calls {
			t.Errorf("%s after %d calls, %v; want %s after %d", got, asked.Load(), err, want, calls)
		}
	}
	version.Store("10.8.13")
	look("10.8", 1)
	version.Store("12.0.0-rc5")
	look("10.8", 0)
	now = now.Add(serverLasts)
	look("12.0", 1)
	now = now.Add(-time.Hour)
	hidden.Store(true)
	look("12.0", 2)
	for _, text := range []string{"", "x", "10", "10.x", "-"} {
		version.Store(text)
		now = now.Add(serverLasts)
		if _, err := s.version(t.Context()); core.KindOf(err) != core.Garbled {
			t.Errorf("%q: %v", text, err)
		}
	}
}
