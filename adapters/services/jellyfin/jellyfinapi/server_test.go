package jellyfinapi_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"latchstring/adapters/services/jellyfin/jellyfinapi"
)

// everyVersion runs a test on each version, and on Emby.
func everyVersion(t *testing.T, test func(t *testing.T, s *jellyfinapi.Server, emby bool)) {
	for _, v := range append(slices.Clone(jellyfinapi.Versions), "Emby") {
		t.Run(v, func(t *testing.T) { test(t, version(t, v), v == "Emby") })
	}
}

// What the server answers is what the official descriptions have, and the well-behaved calls of this test violate nothing.
func TestAnswersAsDescribed(t *testing.T) {
	for _, v := range jellyfinapi.Versions {
		t.Run(v, func(t *testing.T) {
			s := version(t, v)
			s.SignsIn("leo", tv, "203.0.113.7")
			s.SignsIn("sofi", tv, "2001:db8::7")
			s.FailsToSignIn("root", "198.51.100.9")
			id := s.Plays("leo", tv.ID, jellyfinapi.Item{Name: "Dune", Series: "Part", Length: 90 * 60e9})
			leo := s.User("leo").ID
			password, pair := "/Users/Password?userId="+leo, "&userId="+leo
			if v == "10.8.13" {
				password, pair = "/Users/"+leo+"/Password", ""
			}
			code := s.ShowsCode(tablet, "10.0.0.5")
			paired, gone := 200, 404
			switch v {
			case "10.8.13":
				paired = 403 // it pairs for the caller, and an API key is nobody
			case "12.0.0":
				gone = 400
			}
			for _, c := range []struct {
				name, path, body string
				status           int
			}{
				{"GET /System/Info/Public", "", "", 200},
				{"GET /System/Info", "", "", 200},
				{"POST /System/Ping", "", "", 200},
				{"GET /Users", "?isDisabled=false", "", 200},
				{"GET /Users/{userId}", "/Users/" + leo, "", 200},
				{"GET /Users/Me", "", "", 400},
				{"GET /Devices", "?userId=" + leo, "", 200},
				{"GET /Devices/Info", "?id=" + url.QueryEscape(tv.ID), "", 200},
				{"GET /Sessions", "?activeWithinSeconds=960", "", 200},
				{"GET /System/ActivityLog/Entries", "?startIndex=0&limit=50&hasUserId=true&minDate=2026-11-24T19:00:00Z", "", 200},
				{"GET /QuickConnect/Enabled", "", "", 200},
				{"POST /QuickConnect/Authorize", "?code=" + code + pair, "", paired},
				{"POST /Sessions/{sessionId}/Message", "/Sessions/" + id + "/Message", `{"Header":"Leo","Text":"Soon?","TimeoutMs":8000}`, 204},
				{"POST /Sessions/{sessionId}/Playing/{command}", "/Sessions/" + id + "/Playing/Stop", "", 204},
				{"POST /Users/Password", password, `{"NewPw":"brook lantern seven"}`, 204},
				{"DELETE /Devices", "?id=" + url.QueryEscape(tv.ID), "", 204},
				{"DELETE /Devices", "?id=gone", "", gone},
			} {
				method, path, _ := strings.Cut(c.name, " ")
				if !strings.HasPrefix(c.path, "/") {
					c.path = path + c.path
				}
				status, text := call(t, s, method+" "+c.path, c.body)
				if status != c.status {
					t.Errorf("%s: %d %s, want %d", c.name, status, text, c.status)
				}
				if v == "10.8.13" && strings.HasSuffix(c.name, "Password") {
					c.name = "POST /Users/{userId}/Password"
				}
				fault, described := s.CheckAnswer(c.name, status, withoutTokens(t, c.name, text))
				if !described {
					t.Skip("no official descriptions in a folder shared beside the checkout")
				}
				if fault != "" {
					t.Errorf("%s: %d: %s in %s", c.name, status, fault, text)
				}
			}
		})
	}
}

// withoutTokens takes from sessions what no description has.
func withoutTokens(t *testing.T, name, text string) []byte {
	if name != "GET /Sessions" {
		return []byte(text)
	}
	all := rows(t, text)
	for _, r := range all {
		delete(r, "AccessToken")
	}
	raw, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestKeys(t *testing.T) {
	type headers map[string]string
	for _, c := range []struct {
		name     string
		options  jellyfinapi.Options
		query    string
		headers  func(key string) headers
		status   int
		violated string // "": nothing
	}{
		{"as it should be", jellyfinapi.Options{}, "", func(k string) headers { return headers{"Authorization": authorization(k)} }, 200, ""},
		{"12 as it should be", jellyfinapi.Options{Version: "12.0.0"}, "", func(k string) headers { return headers{"Authorization": authorization(k)} }, 200, ""},
		{"nothing", jellyfinapi.Options{}, "", func(string) headers { return nil }, 401, ""},
		{"another key", jellyfinapi.Options{}, "", func(string) headers { return headers{"Authorization": authorization("x")} }, 401, ""},
		{"legacy header", jellyfinapi.Options{}, "", func(k string) headers { return headers{"X-Emby-Token": k} }, 200, ""},
		{"legacy header, switched off", jellyfinapi.Options{LegacyAuthorization: jellyfinapi.Off}, "", func(k string) headers { return headers{"X-Emby-Token": k} }, 401, "X-Emby-Token"},
		{"legacy header on 12", jellyfinapi.Options{Version: "12.0.0"}, "", func(k string) headers { return headers{"X-Emby-Token": k} }, 401, "X-Emby-Token"},
		{"legacy header beside on 12", jellyfinapi.Options{Version: "12.0.0"}, "", func(k string) headers {
			return headers{"X-MediaBrowser-Token": k, "Authorization": authorization(k)}
		}, 200, "X-Mediabrowser-Token"},
		{"scheme Emby on 12", jellyfinapi.Options{Version: "12.0.0"}, "", func(k string) headers {
			return headers{"Authorization": strings.Replace(authorization(k), "MediaBrowser", "Emby", 1)}
		}, 401, "scheme Emby"},
		{"scheme Bearer", jellyfinapi.Options{}, "", func(k string) headers { return headers{"Authorization": "Bearer " + k} }, 401, "unknown scheme"},
		{"key in the query on 12", jellyfinapi.Options{Version: "12.0.0"}, "?api_key=", func(string) headers { return nil }, 401, "a key in the query"},
		{"key in the query", jellyfinapi.Options{}, "?api_key=", func(string) headers { return nil }, 200, "a key in the query"},
		{"no device id", jellyfinapi.Options{}, "", func(k string) headers {
			return headers{"Authorization": strings.Replace(authorization(k), botDevice, "", 1)}
		}, 200, "lacks one of"},
		{"a name as it is", jellyfinapi.Options{}, "", func(k string) headers {
			return headers{"Authorization": strings.Replace(authorization(k), "%2C+", ", ", 1)}
		}, 401, "not a list"},
		{"Emby", jellyfinapi.Options{Emby: true}, "", func(k string) headers { return headers{"X-Emby-Token": k} }, 200, ""},
		{"Emby reads no token there", jellyfinapi.Options{Emby: true}, "", func(k string) headers { return headers{"Authorization": authorization(k)} }, 401, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := start(t, c.options)
			if c.query != "" {
				c.query += url.QueryEscape(s.Key)
			}
			request, err := http.NewRequest(http.MethodGet, s.URL+"/Devices"+c.query, nil)
			if err != nil {
				t.Fatal(err)
			}
			for name, value := range c.headers(s.Key) {
				request.Header.Set(name, value)
			}
			status, _, err := do(request)
			if err != nil || status != c.status {
				t.Errorf("%d %v, want %d", status, err, c.status)
			}
			if c.violated != "" {
				violated(t, s, c.violated)
			}
		})
	}
}

func TestStrangeCallsFail(t *testing.T) {
	for _, c := range []struct {
		version, name, body string
		status              int
		violated            string
	}{
		{"10.11.11", "GET /Library/Folders", "", 404, "no such call"},
		{"10.11.11", "GET /devices", "", 404, "no such call"},
		{"10.11.11", "GET /Devices?supportsSync=true", "", 400, "unknown parameter"},
		{"10.11.11", "GET /Devices?userId=leo", "", 400, "not of its kind"},
		{"10.11.11", "GET /Sessions?ActiveWithinSeconds=9", "", 400, "unknown parameter"},
		{"10.11.11", "GET /System/ActivityLog/Entries?type=Authentication", "", 400, "unknown parameter"},
		{"10.11.11", "GET /System/ActivityLog/Entries?hasUserId=no", "", 400, "not of its kind"},
		{"10.11.11", "GET /System/ActivityLog/Entries?minDate=1764011640", "", 400, "not of its kind"},
		{"10.8.13", "POST /Users/Password", `{"NewPw":"x"}`, 403, "no connector may"},
		{"10.8.13", "POST /QuickConnect/Authorize?code=1&userId=5e1f00024d2b4c1f9e3a000000000002", "", 400, "unknown parameter"},
		{"10.11.11", "POST /Sessions/Logout", "", 403, "takes away the key"},
		{"10.11.11", "POST /Users/AuthenticateByName", "{}", 403, "no connector may"},
		{"10.11.11", "POST /Users/ForgotPassword", "{}", 403, "PIN"},
		{"10.11.11", "DELETE /Users/5e1f00024d2b4c1f9e3a000000000002", "", 403, "nobody asked"},
		{"Emby", "GET /System/ActivityLog/Entries?startIndex=0", "", 400, "unknown parameter"},
		{"Emby", "POST /QuickConnect/Authorize?code=1", "", 404, "no such call"},
	} {
		t.Run(c.version+" "+c.name, func(t *testing.T) {
			s := version(t, c.version)
			want(t, s, c.name, c.body, c.status)
			violated(t, s, c.violated)
		})
	}
}

func TestBasePath(t *testing.T) {
	s := start(t, jellyfinapi.Options{BasePath: "/media"})
	want(t, s, "GET /System/Info/Public", "", 200)
	if got := s.Requests()[0].Path; got != "/System/Info/Public" {
		t.Errorf("path %q", got)
	}
	response, err := http.Get(strings.TrimSuffix(s.URL, "/media") + "/System/Info/Public")
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	violated(t, s, "outside the base path")

	emby := start(t, jellyfinapi.Options{Emby: true})
	want(t, emby, "GET /emby/System/Ping", "", 200)
}
