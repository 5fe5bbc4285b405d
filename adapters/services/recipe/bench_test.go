package recipe

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"latchstring/adapters/httpcall"
	"latchstring/core"
)

// fifty is a list of 50 devices as Jellyfin gives it, about 38 kB, of which seven fields are needed.
func fifty() []byte {
	type object = map[string]any
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
	body, err := json.Marshal(object{"Items": items, "TotalRecordCount": 50, "StartIndex": 0})
	if err != nil {
		panic(err)
	}
	return body
}

const fiftyRecipe = `
title: Jellyfin
auth: { way: none }
list:
  call: GET /Devices
  rows: Items
  id: Id
  name: Name
  app: AppName
  last_use: DateLastActivity
  login: LastUserName
  user: LastUserId
  playing: CustomName
why: { address: "No.", sign_out: "No.", sign_out_all: "No.", reset: "No." }
`

func BenchmarkDecode50(b *testing.B) {
	body := fifty()
	r, err := parse("r.yaml", []byte(fiftyRecipe))
	if err != nil {
		b.Fatal(err)
	}
	b.Run("recipe", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			p, err := r.readPage(body, 0, core.Secret{})
			if err != nil || len(join(p.rows)) != 50 {
				b.Fatal(err)
			}
		}
	})
	b.Run("slim", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			var list struct {
				Items []struct {
					ID, Name, AppName, LastUserName, LastUserID, CustomName string
					DateLastActivity                                        time.Time
				}
			}
			if err := json.Unmarshal(body, &list); err != nil || len(list.Items) != 50 {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkUnchanged50 reads an answer that is the same as last time.
func BenchmarkUnchanged50(b *testing.B) {
	body := fifty()
	s := unchanged(b, body)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		l := &listing{service: s, pages: map[string]page{}}
		p, err := l.page("", "/Devices", body)
		if err != nil || len(join(p.rows)) != 50 {
			b.Fatal(err)
		}
	}
}

// BenchmarkPoll50 asks a service on loopback for a list that is the same as last time; floor only asks.
func BenchmarkPoll50(b *testing.B) {
	s := unchanged(b, fifty())
	b.Run("recipe", func(b *testing.B) {
		for b.Loop() {
			if list, err := s.Devices(b.Context()); err != nil || len(list) != 50 {
				b.Fatal(err)
			}
		}
	})
	b.Run("floor", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.client.Do(b.Context(), httpcall.Request{Method: http.MethodGet, Path: "/Devices"}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// unchanged is a service that was listed once.
func unchanged(b *testing.B, body []byte) *service {
	b.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(body) }))
	b.Cleanup(server.Close)
	file := filepath.Join(b.TempDir(), "fifty.yaml")
	if err := os.WriteFile(file, []byte(fiftyRecipe), 0o600); err != nil {
		b.Fatal(err)
	}
	c, err := New(Config{Recipe: file, URL: server.URL}, "tv", "", nil, Options{Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := c.Devices.Devices(b.Context()); err != nil {
		b.Fatal(err)
	}
	return c.Devices.(*service)
}
