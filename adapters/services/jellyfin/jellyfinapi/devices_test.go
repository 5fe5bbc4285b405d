package jellyfinapi_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"latchstring/adapters/services/jellyfin/jellyfinapi"
)

// out is the call that signs a device out.
func out(s *jellyfinapi.Server, ids ...string) string {
	name := "DELETE /Devices"
	for i, id := range ids {
		switch {
		case s.Emby():
			name = "POST /Devices/Delete?Id=" + s.EmbyID(id)
		case i == 0:
			name += "?id=" + url.QueryEscape(id)
		default:
			name += "&id=" + url.QueryEscape(id)
		}
	}
	return name
}

func TestDevicesAreListedByPerson(t *testing.T) {
	everyVersion(t, func(t *testing.T, s *jellyfinapi.Server, emby bool) {
		s.SignsIn("leo", tv, "203.0.113.7")
		s.Advance(time.Hour)
		s.SignsIn("sofi", tv, "203.0.113.8")
		all := rows(t, want(t, s, "GET /Devices", "", 200))
		if emby {
			if len(all) != 1 || all[0]["ReportedDeviceId"] != tv.ID || all[0]["Id"] != s.EmbyID(tv.ID) || all[0]["IpAddress"] != "203.0.113.8" {
				t.Errorf("%v", all)
			}
			return
		}
		if diff := cmp.Diff([]any{"sofi", "leo"}, column(all, "LastUserName")); diff != "" {
			t.Error(diff)
		}
		if all[0]["Id"] != tv.ID || all[1]["Id"] != tv.ID || !strings.Contains(all[0]["AccessToken"].(string), jellyfinapi.Canary) {
			t.Errorf("%v", all)
		}
	})
}

func TestSignOutIsForEverybodyOnTheDevice(t *testing.T) {
	everyVersion(t, func(t *testing.T, s *jellyfinapi.Server, emby bool) {
		s.SignsIn("leo", tv, "203.0.113.7")
		s.SignsIn("sofi", tv, "203.0.113.7")
		s.SignsIn("leo", phone, "203.0.113.7")
		status := map[bool]int{false: 204, true: 200}[emby]
		again := map[bool]int{false: 404, true: 404}[emby]
		if strings.HasPrefix(t.Name(), "TestSignOutIsForEverybodyOnTheDevice/12") {
			again = 400
		}
		want(t, s, out(s, tv.ID), "", status)
		if s.SignedIn(tv.ID, "leo") || s.SignedIn(tv.ID, "sofi") || !s.SignedIn(phone.ID, "leo") || s.SessionID(tv.ID) != "" {
			t.Errorf("leo on %q, sofi on %q", s.SignedInOn("leo"), s.SignedInOn("sofi"))
		}
		want(t, s, out(s, tv.ID), "", again)
	})
}

func TestSignOutsThatMustNotBe(t *testing.T) {
	own := jellyfinapi.Device{ID: botDevice, Name: "latchstring", App: "latchstring", Version: "0.1"}
	for _, c := range []struct {
		version, name string
		status        int
		violated      string
		left          []string
	}{
		{"10.8.13", "DELETE /Devices", 400, "missing or empty", []string{botDevice, tv.ID}},
		{"10.11.11", "DELETE /Devices?id=", 400, "missing or empty", []string{botDevice, tv.ID}},
		{"12.0.0", "DELETE /Devices", 204, "nothing is signed out", []string{botDevice, tv.ID}},
		{"12.0.0", "DELETE /Devices?id=", 400, "empty device id", []string{botDevice, tv.ID}},
		{"12.0.0", "DELETE /Devices?id=" + url.QueryEscape(tv.ID) + "&id=", 400, "empty device id", []string{botDevice, tv.ID}},
		{"10.11.11", "DELETE /Devices?id=" + botDevice, 204, "own device", []string{tv.ID}},
		{"10.11.11", "DELETE /Devices?id=" + url.QueryEscape(tv.ID) + "&id=x", 400, "2 times", []string{botDevice, tv.ID}},
		{"10.11.11", "DELETE /Devices?id=" + tv.ID, 404, "percent-encoded", []string{botDevice, tv.ID}},
		{"Emby", "POST /Devices/Delete?Id=" + url.QueryEscape(tv.ID), 404, "Emby goes by its own", []string{botDevice, tv.ID}},
	} {
		t.Run(c.version+" "+c.name, func(t *testing.T) {
			s := version(t, c.version)
			s.SignsIn("marta", own, "203.0.113.2")
			s.SignsIn("marta", tv, "203.0.113.2")
			want(t, s, c.name, "", c.status)
			violated(t, s, c.violated)
			if diff := cmp.Diff(c.left, s.SignedInOn("marta")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTwelveSignsOutSeveralOrNone(t *testing.T) {
	s := version(t, "12.0.0")
	s.SignsIn("leo", tv, "203.0.113.7")
	s.SignsIn("leo", phone, "203.0.113.7")
	want(t, s, out(s, tv.ID, "gone"), "", 400)
	if n := len(s.SignedInOn("leo")); n != 2 {
		t.Errorf("%d devices", n)
	}
	want(t, s, out(s, tv.ID, phone.ID), "", 204)
	if n := len(s.SignedInOn("leo")); n != 0 {
		t.Errorf("%d devices", n)
	}
}

func TestSignOutTakesItsTime(t *testing.T) {
	t.Run("late by the server's clock", func(t *testing.T) {
		s := version(t, "10.10.7")
		s.SignsIn("leo", tv, "203.0.113.7")
		s.DeletesLate(10 * time.Second)
		want(t, s, out(s, tv.ID), "", 204)
		if len(rows(t, want(t, s, "GET /Devices", "", 200))) != 1 {
			t.Error("it is gone at once")
		}
		s.Advance(10 * time.Second)
		if len(rows(t, want(t, s, "GET /Devices", "", 200))) != 0 {
			t.Error("it is there still")
		}
	})
	t.Run("the device comes back", func(t *testing.T) {
		s := version(t, "10.10.7")
		s.SignsIn("leo", tv, "203.0.113.7")
		s.Rejoins(tv.ID, time.Minute)
		want(t, s, out(s, tv.ID), "", 204)
		if s.SignedIn(tv.ID, "leo") {
			t.Error("it is back already")
		}
		s.Advance(time.Minute)
		if !s.SignedIn(tv.ID, "leo") {
			t.Error("it never came back")
		}
	})
	t.Run("the client is gone before", func(t *testing.T) {
		s := version(t, "10.10.7")
		s.SignsIn("leo", tv, "203.0.113.7")
		s.Fail("DELETE /Devices", 1, jellyfinapi.SlowBefore(100*time.Millisecond))
		method, path, _ := strings.Cut(out(s, tv.ID), " ")
		request, err := http.NewRequest(method, s.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", authorization(s.Key))
		client := http.Client{Timeout: 20 * time.Millisecond}
		if response, err := client.Do(request); err == nil {
			_ = response.Body.Close()
			t.Fatal("it was answered in time")
		}
		if !s.SignedIn(tv.ID, "leo") {
			t.Error("it was carried out at once")
		}
		s.Await("the sign-out", func() bool { return !s.SignedIn(tv.ID, "leo") })
	})
	for name, c := range map[string]struct {
		fault *jellyfinapi.Fault
		done  bool
	}{
		"cut before": {jellyfinapi.CutBefore(), false},
		"cut after":  {jellyfinapi.CutAfter(), true},
		"slow after": {jellyfinapi.SlowAfter(time.Millisecond), true},
		"spoiled":    {jellyfinapi.Spoiled(jellyfinapi.Down(502)), true},
		"refused":    {jellyfinapi.Refused(503), false},
	} {
		t.Run(name, func(t *testing.T) {
			s := version(t, "10.10.7")
			s.SignsIn("leo", tv, "203.0.113.7")
			s.Fail("DELETE *", 1, c.fault)
			_, _, _ = try(s, s.Key, out(s, tv.ID), "") // what it says is not the point
			if s.SignedIn(tv.ID, "leo") == c.done {
				t.Errorf("carried out: %t", !c.done)
			}
			if r := s.AwaitCalls("DELETE /Devices", 1)[0]; r.Fault == "" {
				t.Errorf("%v", r)
			}
		})
	}
}

func TestPassword(t *testing.T) {
	set := func(s *jellyfinapi.Server, old bool) string {
		id := s.User("leo").ID
		if old {
			return "POST /Users/" + id + "/Password"
		}
		return "POST /Users/Password?userId=" + id
	}
	everyVersion(t, func(t *testing.T, s *jellyfinapi.Server, emby bool) {
		old := emby || strings.HasSuffix(t.Name(), "10.8.13")
		done := map[bool]int{false: 204, true: 200}[emby]
		key := s.SignsIn("leo", phone, "203.0.113.7")
		s.SignsIn("sofi", tv, "203.0.113.7")
		if status, text, err := try(s, key, set(s, old), `{"NewPw":"mine","CurrentPw":"wrong"}`); status != 403 || err != nil {
			t.Errorf("%d %s %v", status, text, err)
		}
		current := `{"NewPw":"mine","CurrentPw":"` + s.Password("leo") + `"}`
		if status, text, err := try(s, key, set(s, old), current); status != done || err != nil || !s.SignedIn(phone.ID, "leo") {
			t.Errorf("%d %s %v: who sets their own password stays", status, text, err)
		}
		want(t, s, set(s, old), `{"NewPw":"brook lantern seven"}`, done)
		if s.Password("leo") != "brook lantern seven" || s.SignedIn(phone.ID, "leo") || !s.SignedIn(tv.ID, "sofi") {
			t.Errorf("password %q, leo on %q, sofi on %q", s.Password("leo"), s.SignedInOn("leo"), s.SignedInOn("sofi"))
		}

		s.SignsIn("leo", phone, "203.0.113.7")
		want(t, s, set(s, old), `{"ResetPassword":true}`, done)
		violated(t, s, "ResetPassword")
		if s.Password("leo") != "" || !s.SignedIn(phone.ID, "leo") {
			t.Error("a reset empties the password and signs nobody out")
		}
		want(t, s, set(s, old), `{"NewPw":""}`, done)
		violated(t, s, "empty password")
		want(t, s, set(s, old), `{"Password":"x"}`, 400)
		violated(t, s, "Password")
	})
	t.Run("the old path", func(t *testing.T) {
		s := version(t, "10.11.11")
		want(t, s, set(s, true), `{"NewPw":"brook lantern seven"}`, 204)
		violated(t, s, "describes it no more")
	})
	t.Run("nobody", func(t *testing.T) {
		want(t, version(t, "10.11.11"), "POST /Users/Password", `{"NewPw":"brook lantern seven"}`, 404)
	})
}

func TestPeopleChangeTheirMinds(t *testing.T) {
	s := version(t, "10.11.11")
	s.SignsIn("leo", tv, "203.0.113.7")
	s.SignsIn("sofi", tv, "203.0.113.7")
	s.SignsOut("leo", tv.ID)
	if s.SignedIn(tv.ID, "leo") || !s.SignedIn(tv.ID, "sofi") {
		t.Error("one signs out, and others stay")
	}
	s.Moves("sofi", tv.ID, "198.51.100.4")
	if got := rows(t, want(t, s, "GET /Sessions", "", 200)); got[0]["RemoteEndPoint"] != "198.51.100.4" {
		t.Errorf("%v", got)
	}
	s.Revokes(tv.ID)
	if s.SignedIn(tv.ID, "sofi") {
		t.Error("an administrator signs out everybody")
	}
	s.ComesBack(tv.ID)
	if !s.SignedIn(tv.ID, "sofi") {
		t.Error("it comes back as who it was last")
	}
	s.RemoveUser("sofi")
	if got := rows(t, want(t, s, "GET /Devices", "", 200)); len(got) != 0 {
		t.Errorf("%v", got)
	}
	if diff := cmp.Diff([]string{botDevice}, s.Callers()); diff != "" {
		t.Error(diff)
	}
	s.ForgetRequests()
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

func TestDeviceUse(t *testing.T) {
	s := version(t, "10.11.11")
	s.WasSignedIn("leo", phone, "203.0.113.7", s.Now().Add(-24*time.Hour))
	if s.SessionID(phone.ID) != "" || len(s.Log()) != 0 {
		t.Error("there is more than a device")
	}
	s.Uses("leo", phone.ID)
	s.Advance(2 * time.Minute)
	s.Uses("leo", phone.ID)
	row := rows(t, want(t, s, "GET /Devices", "", 200))[0]
	if row["DateLastActivity"] != "2026-11-24T19:14:00.0000000Z" {
		t.Errorf("%v: it moves every three minutes", row["DateLastActivity"])
	}
	if row := rows(t, want(t, s, "GET /Sessions", "", 200))[0]; row["LastActivityDate"] != "2026-11-24T19:16:00.0000000Z" {
		t.Errorf("%v: of sessions it moves always", row["LastActivityDate"])
	}
}

func TestOthersThanAdministrators(t *testing.T) {
	s := version(t, "10.11.11")
	leo := s.SignsIn("leo", phone, "203.0.113.7")
	marta := s.SignsIn("marta", tablet, "203.0.113.7")
	for _, c := range []struct {
		key, name string
		status    int
	}{
		{leo, "GET /Devices", 403},
		{leo, "GET /System/ActivityLog/Entries", 403},
		{leo, "GET /Users/Me", 200},
		{marta, "GET /Devices", 200},
	} {
		if status, text, err := try(s, c.key, c.name, ""); status != c.status || err != nil {
			t.Errorf("%s: %d %s %v, want %d", c.name, status, text, err, c.status)
		}
	}
	_, text, err := try(s, leo, "GET /Sessions", "")
	if names := column(rows(t, text), "UserName"); err != nil || !slices.Equal(names, []any{"leo"}) {
		t.Errorf("%v %v: others see their own only", names, err)
	}
	s.RevokesKey()
	if status, _, err := try(s, s.Key, "GET /Devices", ""); status != 401 || err != nil {
		t.Error(fmt.Sprint(status, err))
	}
}
