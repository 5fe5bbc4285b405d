package jellyfinapi_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"latchstring/adapters/services/jellyfin/jellyfinapi"
)

var (
	tv     = jellyfinapi.Device{ID: "TW96aWxsYS81LjA/+=", Name: "Living-room TV", App: "Jellyfin Android TV", Version: "0.18.2"}
	phone  = jellyfinapi.Device{ID: "0f3c-phone of Leo", Name: "Leo's phone", App: "Jellyfin Mobile", Version: "2.6.3"}
	tablet = jellyfinapi.Device{ID: "tablet", Name: "Sofi's tablet", App: "Streamyfin", Version: "0.28.0"}
)

const botDevice = "latchstring-5f2c"

// start makes a server that knows a household.
func start(t *testing.T, o jellyfinapi.Options) *jellyfinapi.Server {
	t.Helper()
	o.Users = []jellyfinapi.User{{Name: "marta", Admin: true}, {Name: "leo"}, {Name: "sofi"}}
	return jellyfinapi.New(t, o)
}

// version starts a server of a version; "Emby" is one too.
func version(t *testing.T, v string) *jellyfinapi.Server {
	t.Helper()
	if v == "Emby" {
		return start(t, jellyfinapi.Options{Emby: true})
	}
	return start(t, jellyfinapi.Options{Version: v})
}

// authorization is the header that a well-behaved connector sends.
func authorization(key string) string {
	return `MediaBrowser Token="` + url.QueryEscape(key) + `", Client="latchstring", Device="latchstring%2C+the+bot", DeviceId="` + botDevice + `", Version="0.1"`
}

// call makes a call with the server's API key, in both of the forms that the servers want it in.
func call(t *testing.T, s *jellyfinapi.Server, name, body string) (int, string) {
	t.Helper()
	status, text, err := try(s, s.Key, name, body)
	if err != nil {
		t.Fatal(err)
	}
	return status, text
}

func try(s *jellyfinapi.Server, key, name, body string) (int, string, error) {
	method, path, _ := strings.Cut(name, " ")
	request, err := http.NewRequest(method, s.URL+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if s.Emby() {
		request.Header.Set("X-Emby-Token", key)
	} else {
		request.Header.Set("Authorization", authorization(key))
	}
	return do(request)
}

func do(request *http.Request) (int, string, error) {
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), err
}

// want fails the test unless a call is answered with a status.
func want(t *testing.T, s *jellyfinapi.Server, name, body string, status int) string {
	t.Helper()
	got, text := call(t, s, name, body)
	if got != status {
		t.Errorf("%s: %d %s, want %d", name, got, text, status)
	}
	return text
}

// violated fails the test unless the client did something wrong that is told with a word.
func violated(t *testing.T, s *jellyfinapi.Server, word string) {
	t.Helper()
	if all := s.Forgive(); !strings.Contains(strings.Join(all, "\n"), word) {
		t.Errorf("violations %q, none with %q", all, word)
	}
}

type row map[string]any

// rows reads a list in either of its forms.
func rows(t *testing.T, text string) []row {
	t.Helper()
	var all []row
	if strings.HasPrefix(text, "{") {
		var form struct{ Items []row }
		if err := json.Unmarshal([]byte(text), &form); err != nil {
			t.Fatalf("%v in %.200s", err, text)
		}
		return form.Items
	}
	if err := json.NewDecoder(bytes.NewReader([]byte(text))).Decode(&all); err != nil {
		t.Fatalf("%v in %.200s", err, text)
	}
	return all
}

// column is one field of rows.
func column(all []row, field string) []any {
	var values []any
	for _, r := range all {
		values = append(values, r[field])
	}
	return values
}
