package telegram_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"latchstring/adapters/chats/telegram"
	"latchstring/core"
	"latchstring/core/coretest"
)

// transport plays the platform without a network, so that its time need not be waited for.
type transport func(method string, r *http.Request) string

// RoundTrip answers a call with what the transport says; with nothing it never does.
func (p transport) RoundTrip(r *http.Request) (*http.Response, error) {
	body := p(r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:], r)
	if body == "" {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	code := http.StatusOK
	if strings.Contains(body, "409") {
		code = http.StatusConflict
	}
	return &http.Response{
		StatusCode: code, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r,
	}, nil
}

// polls runs the chat for a time against a platform that answers its n-th poll, from 1, with what answer gives, and
// returns when each poll began.
func polls(t *testing.T, life time.Duration, log io.Writer, answer func(n int, r *http.Request) string) []time.Duration {
	t.Helper()
	began := time.Now()
	var at []time.Duration
	platform := transport(func(method string, r *http.Request) string {
		switch method {
		case "getMe":
			return `{"ok":true,"result":{"id":7100000001,"is_bot":true,"first_name":"L","username":"l_bot"}}`
		case "getUpdates":
			at = append(at, time.Since(began))
			return answer(len(at), r)
		case "getMyCommands":
			return `{"ok":true,"result":[]}`
		}
		return `{"ok":true,"result":true}`
	})
	books := &coretest.Books{}
	house := coretest.NewHouse(t, books, nil)
	chat := telegram.New(telegram.Config{Token: core.NewSecret("1:x")}, telegram.Options{
		Talk: house.Talk, Inbox: books, Now: time.Now, Log: slog.New(slog.NewTextHandler(log, nil)), Transport: platform,
	})
	ctx, cancel := context.WithTimeout(t.Context(), life)
	defer cancel()
	if err := chat.Run(ctx); err != nil {
		t.Error(err)
	}
	return at
}

// near compares times to the second.
func near(t *testing.T, got []time.Duration, want ...time.Duration) {
	t.Helper()
	for i := range got {
		got[i] = got[i].Round(time.Second)
	}
	if diff := cmp.Diff(want, got[:min(len(got), len(want))]); diff != "" {
		t.Errorf("polls began at (-want +got):\n%s", diff)
	}
}

// A connection whose other half is gone is noticed within 75 seconds.
func TestHalfOpenConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		at := polls(t, 80*time.Second, io.Discard, func(int, *http.Request) string { return "" })
		if len(at) < 2 || at[1] > 75*time.Second {
			t.Errorf("polls began at %v", at)
		}
	})
}

// Another program that polls is left alone for half a minute, and the log says so each time.
func TestRivalIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &diary{}
		at := polls(t, 70*time.Second, log, func(int, *http.Request) string {
			return `{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"}`
		})
		near(t, at, 0, 30*time.Second, 60*time.Second)
		if n := strings.Count(log.String(), "another program reads this bot's messages"); n != 3 {
			t.Errorf("%d lines in the log:\n%s", n, log)
		}
	})
}

// A server that is down is asked less and less often, up to once a minute.
func TestPausesGrow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &diary{}
		at := polls(t, 20*time.Minute, log, func(int, *http.Request) string { return `{"ok":false,"error_code":500,"description":"Internal"}` })
		for i := 1; i < len(at); i++ {
			pause, want := at[i]-at[i-1], min(time.Minute, time.Second<<min(i-1, 6))
			if pause < want*3/4 || pause > want*5/4 {
				t.Errorf("pause %d is %v, want about %v", i, pause, want)
			}
		}
		if n := strings.Count(log.String(), "WARN"); n != 1 {
			t.Errorf("%d warnings of one outage:\n%s", n, log)
		}
	})
}

// A server that does not hold polls is not asked all the time.
func TestServerThatDoesNotHoldPolls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		at := polls(t, time.Minute, io.Discard, func(int, *http.Request) string { return `{"ok":true,"result":[]}` })
		if len(at) > 61 {
			t.Errorf("%d polls in a minute", len(at))
		}
	})
}

// After six days without an update polls name no offset any more.
func TestOffsetIsForgottenInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const day = 24 * time.Hour
		var named []bool
		at := polls(t, 7*day, io.Discard, func(n int, r *http.Request) string {
			if err := r.ParseForm(); err != nil {
				t.Error(err)
			}
			named = append(named, r.Form.Get("offset") == "501")
			if n == 1 {
				return `{"ok":true,"result":[{"update_id":500}]}`
			}
			time.Sleep(7 * time.Hour) // one stands for many
			return `{"ok":true,"result":[]}`
		})
		for i := 1; i < len(at); i++ {
			if want := at[i] < 6*day; named[i] != want {
				t.Errorf("the poll after %v names the offset: %v, want %v", at[i], named[i], want)
			}
		}
	})
}
