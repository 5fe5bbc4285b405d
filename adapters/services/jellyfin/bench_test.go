package jellyfin

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"latchstring/adapters/httpcall"
	"latchstring/core"
)

type object = map[string]any

// fifty is a list of 50 devices, about 38 kB.
func fifty() []byte {
	var items []object
	for i := range 50 {
		items = append(items, object{
			"Name": fmt.Sprintf("Living-room TV %d", i), "CustomName": nil, "AccessToken": nil, "Id": fmt.Sprintf("TW96aWxsYS81LjAgKFgxMTsgTGludXggeDg2XzY0KXw%d", i),
			"LastUserName": "marta", "AppName": "Android TV", "AppVersion": "0.18.3", "LastUserId": "6b0e3a6b7d3d4bd5a3e4a4d3a6b0e3a6",
			"DateLastActivity": "2026-11-23T06:45:26.1234567Z", "IconUrl": "https://example.org/icons/android-tv.png",
			"Capabilities": object{
				"PlayableMediaTypes":   []string{"Audio", "Video"},
				"SupportedCommands":    []string{"MoveUp", "MoveDown", "MoveLeft", "MoveRight", "Select", "Back", "SetVolume", "DisplayMessage", "SetAudioStreamIndex"},
				"SupportsMediaControl": true, "SupportsPersistentIdentifier": true, "DeviceProfile": nil, "AppStoreUrl": nil, "IconUrl": nil,
			},
		})
	}
	return encode(object{"Items": items, "TotalRecordCount": 50, "StartIndex": 0})
}

// ten is a list of the 10 sessions of now, about 10 kB.
func ten() []byte {
	var sessions []object
	for i := range 10 {
		sessions = append(sessions, object{
			"Id": fmt.Sprintf("%032d", i), "UserId": "6b0e3a6b7d3d4bd5a3e4a4d3a6b0e3a6", "UserName": "marta", "Client": "Android TV", "DeviceName": "TV",
			"DeviceId": fmt.Sprintf("TW96aWxsYS81LjAgKFgxMTsgTGludXggeDg2XzY0KXw%d", i), "RemoteEndPoint": "203.0.113.7", "LastActivityDate": "2026-11-23T06:45:26.1234567Z",
			"NowPlayingItem":        object{"Name": "Secrets", "SeriesName": "Dark", "ParentIndexNumber": 1, "IndexNumber": 3, "Overview": strings.Repeat("long ", 100)},
			"SupportsRemoteControl": true, "SupportedCommands": []string{"DisplayMessage"}, "PlayState": object{"IsPaused": false, "PositionTicks": i},
		})
	}
	return encode(sessions)
}

func encode(v any) []byte {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return body
}

// BenchmarkChanged50 reads a list of 50 devices; slim is the floor, which only decodes the fields that are needed.
func BenchmarkChanged50(b *testing.B) {
	body := fifty()
	b.Run("jellyfin", func(b *testing.B) {
		s := &service{id: "films", self: "own", accounts: []core.Account{{Member: "marta", Login: "marta"}}}
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			rows, err := s.readRows(body)
			if err != nil || len(join(rows, nil)) != 50 {
				b.Fatal(err)
			}
		}
	})
	b.Run("slim", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			var list struct {
				TotalRecordCount int
				Items            []struct {
					ID, Name, CustomName, AppName, LastUserName, LastUserID string
					DateLastActivity                                        time.Time
				}
			}
			if err := json.Unmarshal(body, &list); err != nil || len(list.Items) != 50 {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkUnchanged50 reads 50 devices and their sessions that are the same as last time. The bar is 60 µs.
func BenchmarkUnchanged50(b *testing.B) {
	devices, sessions := fifty(), ten()
	s := &service{id: "films", self: "own", seed: maphash.MakeSeed()}
	b.ReportAllocs()
	for b.Loop() {
		rows, err := reread(s, &s.devices, devices, s.readRows)
		if err != nil {
			b.Fatal(err)
		}
		now, err := reread(s, &s.sessions, sessions, readSessions)
		if err != nil || len(join(rows, now)) != 50 {
			b.Fatal(err)
		}
	}
}

// serve serves the lists on loopback.
func serve(b *testing.B) *httptest.Server {
	b.Helper()
	devices, sessions := fifty(), ten()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/Sessions" {
			w.Write(sessions)
			return
		}
		w.Write(devices)
	}))
	b.Cleanup(server.Close)
	return server
}

func joined50(b *testing.B, url string) *service {
	b.Helper()
	c, err := New(Config{URL: url, Key: core.NewSecret("key")}, "films", "", nil,
		Options{Now: time.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	return c.Devices.(*service)
}

// BenchmarkPoll50 asks a server on loopback for lists that are the same as last time; floor only asks.
func BenchmarkPoll50(b *testing.B) {
	s := joined50(b, serve(b).URL)
	b.Run("jellyfin", func(b *testing.B) {
		for b.Loop() {
			if list, err := s.Devices(b.Context()); err != nil || len(list) != 50 {
				b.Fatal(err)
			}
		}
	})
	b.Run("floor", func(b *testing.B) {
		for b.Loop() {
			for _, path := range []string{"/Devices", "/Sessions"} {
				if _, err := s.client.Do(b.Context(), httpcall.Request{Method: http.MethodGet, Path: path}); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

// BenchmarkThousand reads what 1,000 services answer in a round, unchanged and changed, and tells the processor's time and what
// stays in memory. The bars are 0.5 s and 64 MB.
func BenchmarkThousand(b *testing.B) {
	devices, sessions := fifty(), ten()
	for _, changed := range []bool{false, true} {
		b.Run(fmt.Sprintf("changed=%v", changed), func(b *testing.B) {
			services := make([]*service, 1000)
			before := heap()
			for i := range services {
				services[i] = &service{id: "films", self: "own", seed: maphash.MakeSeed()}
			}
			round := func() {
				for _, s := range services {
					if changed {
						s.devices.read, s.sessions.read = false, false
					}
					rows, err := reread(s, &s.devices, devices, s.readRows)
					if err != nil {
						b.Fatal(err)
					}
					now, err := reread(s, &s.sessions, sessions, readSessions)
					if err != nil || len(join(rows, now)) != 50 {
						b.Fatal(err)
					}
				}
			}
			round()
			kept := heap() - before
			used := processor()
			for b.Loop() {
				round()
			}
			b.ReportMetric(float64(kept)/1e6, "MB")
			b.ReportMetric((processor()-used).Seconds()/float64(b.N), "cpu-s/round")
			runtime.KeepAlive(services)
		})
	}
}

// heap is what is in use after a collection, in bytes.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// processor is the time that this process has used.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
