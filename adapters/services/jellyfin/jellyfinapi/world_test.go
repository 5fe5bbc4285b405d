package jellyfinapi_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"

	"latchstring/adapters/services/jellyfin/jellyfinapi"
)

const logName = "GET /System/ActivityLog/Entries"

func TestLogInEveryLanguage(t *testing.T) {
	everyVersion(t, func(t *testing.T, s *jellyfinapi.Server, emby bool) {
		for _, l := range jellyfinapi.Languages() {
			s.Speaks(l)
			s.SignsIn("leo", phone, "2001:db8::7")
			s.FailsToSignIn("10.0.0.1", "203.0.113.9")
			failed := s.Log()[len(s.Log())-1]
			in := s.Log()[len(s.Log())-2]
			if !strings.Contains(in.ShortOverview, "2001:db8::7") || !strings.Contains(in.Name, "leo") || in.UserID != s.User("leo").ID {
				t.Errorf("%s: %+v", l, in)
			}
			if !strings.Contains(failed.ShortOverview, "203.0.113.9") || !strings.Contains(failed.Name, "10.0.0.1") || failed.UserID != "" {
				t.Errorf("%s: %+v", l, failed)
			}
		}
		first := map[bool]string{false: "AuthenticationFailed", true: "user.authenticationfailed"}[emby]
		if got := rows(t, want(t, s, logName, "", 200)); got[0]["Type"] != first || got[0]["Severity"] != "Error" {
			t.Errorf("%v", got[0])
		}
	})
}

func TestLogIsPagedNewestFirst(t *testing.T) {
	s := version(t, "10.11.11")
	s.HasOldEntries(500, "leo", "203.0.113.7")
	s.FailsToSignIn("root", "198.51.100.9")
	page := func(query string) []any { return column(rows(t, want(t, s, logName+query, "", 200)), "Id") }
	if ids := page(""); len(ids) != 100 || ids[0] != 501.0 || ids[99] != 402.0 {
		t.Errorf("%v", ids)
	}
	if diff := cmp.Diff([]any{491.0, 490.0}, page("?startIndex=10&limit=2")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]any{501.0}, page("?hasUserId=false")); diff != "" {
		t.Error(diff)
	}
	since := s.Now().Add(-time.Minute).Format(time.RFC3339)
	if diff := cmp.Diff([]any{501.0, 500.0, 499.0}, page("?minDate="+since)); diff != "" {
		t.Error(diff)
	}
	if n := s.Prunes(s.Now()); n != 499 {
		t.Errorf("%d pruned", n)
	}
	s.JumpsIDs(1000)
	s.Advance(-time.Hour)
	s.FailsToSignIn("late", "198.51.100.9")
	if diff := cmp.Diff([]any{501.0, 500.0, 1502.0}, page("")); diff != "" {
		t.Errorf("after the clock was set back: %s", diff)
	}
	s.StartsLogAnew()
	s.FailsToSignIn("first", "198.51.100.9")
	if diff := cmp.Diff([]any{1.0}, page("")); diff != "" {
		t.Error(diff)
	}
}

func TestTwelveFilters(t *testing.T) {
	s := version(t, "12.0.0")
	s.SignsIn("leo", phone, "203.0.113.7")
	s.FailsToSignIn("root", "198.51.100.9")
	types := column(rows(t, want(t, s, logName+"?type=authentication&sortBy=DateCreated&sortOrder=Ascending", "", 200)), "Type")
	if diff := cmp.Diff([]any{"AuthenticationSucceeded", "AuthenticationFailed"}, types); diff != "" {
		t.Error(diff)
	}
	if got := rows(t, want(t, s, logName+"?username=LEO&shortOverview=203.0.113.7", "", 200)); len(got) != 2 {
		t.Errorf("%v", got)
	}
}

func TestNoLog(t *testing.T) {
	s := version(t, "10.11.11")
	s.HasNoActivityLog(404)
	want(t, s, logName, "", 404)
	want(t, s, "GET /Devices", "", 200)
	s.Recover()
	want(t, s, logName, "", 200)
}

func TestQuickConnect(t *testing.T) {
	s := version(t, "10.11.11")
	leo := "&userId=" + s.User("leo").ID
	pair := "POST /QuickConnect/Authorize?code="
	code := s.ShowsCode(tv, "192.168.1.20")
	want(t, s, pair+"000000"+leo, "", 404)
	want(t, s, pair+code, "", 403)
	if text := want(t, s, pair+code+leo, "", 200); text != "true" || s.CodeTaken(code) != "leo" || !s.SignedIn(tv.ID, "leo") {
		t.Errorf("%s, taken by %q", text, s.CodeTaken(code))
	}
	want(t, s, pair+code+leo, "", 500)
	late := s.ShowsCode(tablet, "192.168.1.21")
	s.Advance(10 * time.Minute)
	want(t, s, pair+late+leo, "", 404)
	off := s.ShowsCode(tablet, "192.168.1.21")
	s.QuickConnect(false)
	want(t, s, pair+off+leo, "", 401)
	if text := want(t, s, "GET /QuickConnect/Enabled", "", 200); text != "false" {
		t.Error(text)
	}

	old := version(t, "10.8.13")
	marta := old.SignsIn("marta", phone, "192.168.1.2")
	code = old.ShowsCode(tv, "192.168.1.20")
	want(t, old, pair+code, "", 403)
	if status, text, err := try(old, marta, pair+code, ""); status != 200 || err != nil || !old.SignedIn(tv.ID, "marta") {
		t.Errorf("%d %s %v", status, text, err)
	}
	want(t, version(t, "Emby"), "GET /QuickConnect/Enabled", "", 404)
}

func TestScreens(t *testing.T) {
	everyVersion(t, func(t *testing.T, s *jellyfinapi.Server, emby bool) {
		s.SignsIn("leo", tv, "203.0.113.7")
		id := s.Plays("leo", tv.ID, jellyfinapi.Item{Name: "Dune"})
		show, body, done := "POST /Sessions/"+id+"/Message", `{"Header":"Sofi","Text":"Soon?","TimeoutMs":8000}`, 204
		if emby {
			show, body, done = show+"?Header=Sofi&Text=Soon%3F&TimeoutMs=8000", "", 200
		}
		want(t, s, show, body, done)
		if diff := cmp.Diff([]jellyfinapi.Message{{Header: "Sofi", Text: "Soon?", Timeout: 8 * time.Second}}, s.Messages(id)); diff != "" {
			t.Error(diff)
		}
		want(t, s, "POST /Sessions/"+id+"/Playing/Stop", "", done)
		if !s.Stopped(id) || s.Playing(tv.ID) != "" {
			t.Errorf("stopped %t, plays %q", s.Stopped(id), s.Playing(tv.ID))
		}
		want(t, s, "POST /Sessions/none/Playing/Stop", "", 404)
		if got := len(rows(t, want(t, s, "GET /Sessions", "", 200))); got != map[bool]int{false: 2, true: 1}[emby] {
			t.Errorf("%d sessions: on Jellyfin there is the caller's own besides", got)
		}
		want(t, s, "POST /Sessions/"+id+"/Playing/Pause", "", 400)
		violated(t, s, "Pause")

		silent := tablet
		silent.Silent = true
		s.SignsIn("sofi", silent, "203.0.113.7")
		other := s.Plays("sofi", tablet.ID, jellyfinapi.Item{Name: "Totoro"})
		want(t, s, strings.Replace(show, id, other, 1), body, done)
		want(t, s, "POST /Sessions/"+other+"/Playing/Stop", "", done)
		if len(s.Messages(other)) != 0 || s.Playing(tablet.ID) != "Totoro" {
			t.Errorf("a device that takes no commands: %v, plays %q", s.Messages(other), s.Playing(tablet.ID))
		}
	})
}

func TestSessionsOfAnOddServer(t *testing.T) {
	s := version(t, "10.11.11")
	s.SignsIn("leo", tv, "203.0.113.7")
	s.SignsIn("sofi", tablet, "203.0.113.8")
	addresses := func() []any { return column(rows(t, want(t, s, "GET /Sessions", "", 200)), "RemoteEndPoint") }
	if diff := cmp.Diff([]any{"203.0.113.7", "203.0.113.8"}, addresses()); diff != "" {
		t.Error(diff)
	}
	s.HidesAddresses("172.18.0.2")
	if diff := cmp.Diff([]any{"172.18.0.2", "172.18.0.2"}, addresses()); diff != "" {
		t.Error(diff)
	}
	s.OneSessionID("same")
	if s.SessionID(tv.ID) != "same" || s.SessionID(tablet.ID) != "same" {
		t.Error("there are several ids")
	}
	s.Restarts()
	if len(addresses()) != 0 || !s.SignedIn(tv.ID, "leo") {
		t.Error("a restart ends sessions and signs nobody out")
	}
}

func TestFaults(t *testing.T) {
	s := version(t, "10.11.11")
	s.SignsIn("leo", tv, "203.0.113.7")
	for _, c := range []struct {
		fault  *jellyfinapi.Fault
		status int
		text   string
	}{
		{jellyfinapi.Starting(5 * time.Second), 503, "starting"},
		{jellyfinapi.SignInPage(), 200, "<form"},
		{jellyfinapi.Redirected("/login"), 302, ""},
		{jellyfinapi.Down(502), 502, "Bad Gateway"},
		{jellyfinapi.Empty(), 200, `"Items":[]`},
		{jellyfinapi.Garbage(), 200, `"Acc`},
		{jellyfinapi.Huge(1 << 20), 200, `"TotalRecordCount":1`},
		{jellyfinapi.Trickle(time.Millisecond), 200, "Living-room TV"},
	} {
		s.Fail("GET /Devices", 1, c.fault)
		status, text := call(t, s, "GET /Devices", "")
		if status != c.status || !strings.Contains(text, c.text) {
			t.Errorf("%d %.100s, want %d %s", status, text, c.status, c.text)
		}
	}
	for _, fault := range []*jellyfinapi.Fault{jellyfinapi.CutBefore(), jellyfinapi.CutAfter(), jellyfinapi.CutAmid()} {
		s.Fail("*", -1, fault) // a client may try again by itself what it only reads
		if _, text, err := try(s, s.Key, "GET /Devices", ""); err == nil {
			t.Errorf("it was answered: %s", text)
		}
		s.Recover()
	}
	want(t, s, "GET /Devices", "", 200)
}

func TestSocket(t *testing.T) {
	for _, c := range []struct {
		version     string
		key, person bool // an API key and an administrator are told
	}{
		{"10.8.13", true, true}, {"10.9.11", false, true}, {"10.10.7", false, true}, {"10.11.11", true, true}, {"12.0.0", true, true},
	} {
		for _, person := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s person=%t", c.version, person), func(t *testing.T) {
				s := version(t, c.version)
				key, told := s.Key, c.key
				if person {
					key, told = s.SignsIn("marta", phone, "203.0.113.2"), c.person
				}
				conn := dial(t, s, key)
				if m := hear(t, conn); !strings.Contains(m, `"ForceKeepAlive"`) || !strings.Contains(m, `"Data":60`) {
					t.Error(m)
				}
				say(t, conn, `{"MessageType":"ActivityLogEntryStart","Data":"0,1500"}`)
				if !told {
					var late net.Error
					if _, _, err := conn.ReadMessage(); err == nil || errors.As(err, &late) && late.Timeout() {
						t.Errorf("the server does not end the connection: %v", err)
					}
					return
				}
				s.AwaitListener()
				s.FailsToSignIn("root", "198.51.100.9")
				if m := hear(t, conn); !strings.Contains(m, `"ActivityLogEntry"`) || !strings.Contains(m, `"Data":[]`) {
					t.Error(m)
				}
				say(t, conn, `{"MessageType":"KeepAlive"}`)
				if m := hear(t, conn); !strings.Contains(m, `"KeepAlive"`) {
					t.Error(m)
				}
				s.DropsSockets()
				if _, _, err := conn.ReadMessage(); err == nil {
					t.Error("the connection stands")
				}
			})
		}
	}
	t.Run("wrong ways", func(t *testing.T) {
		s := version(t, "12.0.0")
		_, response, err := websocket.DefaultDialer.Dial("ws"+s.URL[len("http"):]+"/socket?api_key="+s.Key, nil)
		if err == nil || response.StatusCode != http.StatusForbidden {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		violated(t, s, "a key in the query")
		conn := dial(t, s, s.Key)
		hear(t, conn)
		say(t, conn, `{"MessageType":"SessionsStart","Data":"0,1500"}`)
		s.Await("the violation", func() bool { return len(s.Violations()) > 0 })
		violated(t, s, "SessionsStart")
	})
}

func dial(t *testing.T, s *jellyfinapi.Server, key string) *websocket.Conn {
	t.Helper()
	header := http.Header{"Authorization": {authorization(key)}}
	conn, response, err := websocket.DefaultDialer.Dial("ws"+s.URL[len("http"):]+"/socket", header)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close() // of a connection that stands it is empty
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second)) // of a connection that stands it cannot fail
	return conn
}

func hear(t *testing.T, conn *websocket.Conn) string {
	t.Helper()
	_, text, err := conn.ReadMessage()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func say(t *testing.T, conn *websocket.Conn, text string) {
	t.Helper()
	if err := conn.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		t.Fatal(err)
	}
}
