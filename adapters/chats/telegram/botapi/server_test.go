package botapi_test

import (
	"bytes"
	"fmt"
	"maps"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"latchstring/adapters/chats/telegram/botapi"
)

func TestTokenAndMethod(t *testing.T) {
	srv := botapi.New(t)
	bot := newClient(t, srv)
	var me struct {
		Username string `json:"username"`
	}
	if bot.must("getMe", nil, &me); me.Username != botapi.BotName {
		t.Errorf("the bot is called %q", me.Username)
	}
	if a := bot.ask("getYou", nil); a.Code != 404 {
		t.Errorf("an unknown method is answered %+v", a)
	}
	blames(t, srv, "no such method", "no such method")
	bot.base = srv.URL() + "/bot1:wrong/"
	if a := bot.ask("getMe", nil); a.Code != 401 || a.Description != "Unauthorized" {
		t.Errorf("a wrong token is answered %+v", a)
	}
	if n := len(srv.Calls("*")); n != 2 {
		t.Errorf("%d calls are put down", n)
	}
}

func TestBodiesOfEveryKind(t *testing.T) {
	srv := botapi.New(t)
	bot := newClient(t, srv)
	marta := srv.Person(111, "Marta")
	marta.Starts()
	var parts bytes.Buffer
	w := multipart.NewWriter(&parts)
	for name, text := range map[string]string{"chat_id": "111", "text": "hello", "protect_content": "true"} {
		if err := w.WriteField(name, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for kind, body := range map[string]string{
		"application/x-www-form-urlencoded": "chat_id=111&text=hello&protect_content=true",
		"application/json":                  `{"chat_id":111,"text":"hello","protect_content":true}`,
		w.FormDataContentType():             parts.String(),
	} {
		if a, err := bot.post(t.Context(), "sendMessage", kind, body); err != nil || !a.OK {
			t.Errorf("%s: %+v, %v", kind, a, err)
		}
		want := botapi.Params{"chat_id": "111", "text": "hello", "protect_content": "true"}
		if diff := cmp.Diff(want, srv.Last("sendMessage").Params); diff != "" {
			t.Errorf("%s: %s", kind, diff)
		}
	}
	for kind, body := range map[string]string{
		"application/x-www-form-urlencoded": "text=a&text=b",
		"application/json":                  `{"chat_id":null}`,
		"text/plain":                        "hello",
		"":                                  "hello",
	} {
		if a, err := bot.post(t.Context(), "sendMessage", kind, body); err != nil || a.Code != 400 {
			t.Errorf("%s: %+v, %v", kind, a, err)
		}
		if len(srv.Forgive()) != 1 {
			t.Errorf("%s: no violation", kind)
		}
	}
}

// described skips a test where the official description is missing. It looks where the server looks.
func described(t *testing.T) {
	dir := os.Getenv("LATCHSTRING_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "..", "shared")
	}
	if _, err := os.Stat(filepath.Join(dir, "specs", "telegram-bot-api.json")); err != nil {
		t.Skipf("no official description of the API to check against: %v", err)
	}
}

func TestCallsAreCheckedAgainstTheDescription(t *testing.T) {
	described(t)
	srv := botapi.New(t)
	bot := newClient(t, srv)
	srv.Person(111, "Marta").Starts()
	for _, c := range []struct {
		params map[string]any
		want   []string
	}{
		{map[string]any{"disable_notification": true, "reply_markup": map[string]any{"inline_keyboard": [][]any{{
			map[string]any{"text": "a", "callback_data": "b", "style": "danger"},
			map[string]any{"text": "a", "copy_text": map[string]any{"text": "b"}},
		}}}}, nil},
		{map[string]any{"reply_markup": map[string]any{"force_reply": true, "selective": true}}, nil},
		{map[string]any{"disable_web_page_preview": true}, []string{"unknown parameter disable_web_page_preview"}},
		{map[string]any{"disable_notification": "yes"}, []string{`parameter disable_notification: "yes" is no Boolean`}},
		{map[string]any{"message_thread_id": "x"}, []string{`"x" is no Integer`}},
		{map[string]any{"link_preview_options": map[string]any{"off": true}}, []string{"LinkPreviewOptions has no field off"}},
		{map[string]any{"link_preview_options": map[string]any{"is_disabled": 1}}, []string{"LinkPreviewOptions.is_disabled: 1 is no Boolean", "cannot unmarshal number"}},
		{
			map[string]any{"reply_markup": map[string]any{"inline_keyboard": [][]any{{map[string]any{"text": "a", "callback_data": 1}}}}},
			[]string{"InlineKeyboardMarkup.inline_keyboard: [0] [0] InlineKeyboardButton.callback_data: 1 is no String", "can't parse inline keyboard button"},
		},
	} {
		params := map[string]any{"chat_id": 111, "text": "hello"}
		maps.Copy(params, c.params)
		bot.ask("sendMessage", params)
		blames(t, srv, c.want...)
	}
	bot.ask("sendMessage", map[string]any{"chat_id": 111})
	blames(t, srv, "required parameter text is missing", "message text is empty")
}

func TestWithoutTheDescription(t *testing.T) {
	t.Setenv("LATCHSTRING_SHARED", t.TempDir())
	srv := botapi.New(t)
	srv.Person(111, "Marta").Starts()
	newClient(t, srv).must("sendMessage", map[string]any{"chat_id": 111, "text": "hello", "unheard_of": 1}, nil)
}

func TestViolationsFailTheTest(t *testing.T) {
	r := &recorder{TB: t}
	srv := botapi.New(r)
	newClient(t, srv).ask("answerCallbackQuery", map[string]any{"callback_query_id": "1"})
	r.end()
	if len(r.errors) != 1 || !strings.Contains(r.errors[0], "query is too old") {
		t.Errorf("the test was told %q", r.errors)
	}
}

func TestServeOnAnotherListener(t *testing.T) {
	r := &recorder{TB: t}
	srv := botapi.New(r)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv.Serve(l)
	bot := newClient(t, srv)
	bot.base = "http://" + l.Addr().String() + "/bot" + botapi.Token + "/"
	bot.must("getMe", nil, nil)
	r.end()
	if _, err := bot.try(t.Context(), "getMe", nil); err == nil {
		t.Error("it serves after its test ended")
	}
}

func TestFaults(t *testing.T) {
	srv := botapi.New(t)
	bot := newClient(t, srv)
	marta := srv.Person(111, "Marta")
	marta.Starts()
	for _, c := range []struct {
		name    string
		fault   *botapi.Fault
		applied bool
		want    string // of the answer or of the error
	}{
		{"refused", botapi.Refused(&botapi.Refusal{Code: 500, Description: "Internal Server Error"}), false, "Internal Server Error"},
		{"down", botapi.Down(http.StatusBadGateway), false, `502 "<html>`},
		{"garbage", botapi.Garbage(), false, "unexpected EOF"},
		{"cut before", botapi.CutBefore(), false, "EOF"},
		{"cut after", botapi.CutAfter(), true, "EOF"},
		{"stalled", botapi.Stalled(), false, "deadline exceeded"},
		{"stalled after", botapi.StalledAfter(), true, "deadline exceeded"},
		{"slow", botapi.Slow(time.Minute), true, "deadline exceeded"},
		{"a bit slow", botapi.Slow(time.Millisecond), true, ""},
	} {
		before := len(marta.Screen().FromBot())
		srv.Fail("send*", 1, c.fault)
		a, err := bot.try(soon(t), "sendMessage", map[string]any{"chat_id": 111, "text": "hello"})
		if said := fmt.Sprint(a.Description, err); !strings.Contains(said, c.want) || a.OK != (c.want == "") {
			t.Errorf("%s: %+v, %v", c.name, a, err)
		}
		if applied := len(marta.Screen().FromBot()) > before; applied != c.applied {
			t.Errorf("%s: applied %t", c.name, applied)
		}
		if last := srv.Last("sendMessage"); last.Fault == "" || !last.Ended {
			t.Errorf("%s: put down as %s", c.name, last)
		}
		bot.must("sendMessage", map[string]any{"chat_id": 111, "text": "after"}, nil)
	}
	srv.FailWhen(func(c botapi.Call) bool { return c.Params["text"] == "now" }, -1, botapi.Down(503))
	for range 3 {
		bot.must("sendMessage", map[string]any{"chat_id": 111, "text": "other"}, nil)
		if _, err := bot.try(t.Context(), "sendMessage", map[string]any{"chat_id": 111, "text": "now"}); err == nil {
			t.Error("a call that fits is not spoiled")
		}
	}
	srv.Recover()
	bot.must("sendMessage", map[string]any{"chat_id": 111, "text": "now"}, nil)
}

func TestRetryAfter(t *testing.T) {
	srv := botapi.New(t)
	bot := newClient(t, srv)
	srv.Person(111, "Marta").Starts()
	srv.Person(333, "Leo").Starts()
	hello := map[string]any{"chat_id": 111, "text": "hello"}
	srv.Fail("sendMessage", 1, botapi.TooMany(7*time.Second))
	if a := bot.ask("sendMessage", hello); a.Code != 429 || a.Parameters.RetryAfter != 7 || a.Description != "Too Many Requests: retry after 7" {
		t.Errorf("got %+v", a)
	}
	bot.must("sendMessage", map[string]any{"chat_id": 333, "text": "hello"}, nil)
	srv.Advance(6 * time.Second)
	bot.must("sendMessage", hello, nil)
	blames(t, srv, "called 1s before the time that 429 told")
	srv.Advance(time.Second)
	bot.must("sendMessage", hello, nil)
}

func TestMenus(t *testing.T) {
	srv := botapi.New(t)
	bot := newClient(t, srv)
	marta, leo := srv.Person(111, "Marta"), srv.Person(333, "Leo")
	leo.Language = "de"
	home := srv.NewSupergroup("Home", marta, leo)
	set := func(command string, scope map[string]any, language string) {
		t.Helper()
		bot.must("setMyCommands", map[string]any{
			"commands": []botapi.Command{{command, "What it does"}}, "scope": scope, "language_code": language,
		}, nil)
	}
	set("everywhere", map[string]any{"type": "default"}, "")
	set("private", map[string]any{"type": "all_private_chats"}, "")
	set("privat", map[string]any{"type": "all_private_chats"}, "de")
	set("admins", map[string]any{"type": "chat_administrators", "chat_id": home.ID}, "")
	for want, seat := range map[string]botapi.Seat{
		"private": marta.Seat, "privat": leo.Seat, "admins": marta.In(home), "everywhere": leo.In(home),
	} {
		if menu := seat.Menu(); len(menu) != 1 || menu[0].Command != want {
			t.Errorf("the menu is %v, want %s", menu, want)
		}
	}
	bot.must("deleteMyCommands", map[string]any{"scope": map[string]any{"type": "all_private_chats"}, "language_code": "de"}, nil)
	if menu := leo.Menu(); menu[0].Command != "private" {
		t.Errorf("the menu is %v", menu)
	}
	var kept []botapi.Command
	if bot.must("getMyCommands", nil, &kept); len(kept) != 1 || kept[0].Command != "everywhere" {
		t.Errorf("the menu for all is %v", kept)
	}
	for want, params := range map[string]map[string]any{
		"BOT_COMMAND_INVALID":             {"commands": []botapi.Command{{"Devices", "x"}}},
		"BOT_COMMAND_DESCRIPTION_INVALID": {"commands": []botapi.Command{{"devices", ""}}},
		"BOT_COMMANDS_TOO_MUCH":           {"commands": slices.Repeat([]botapi.Command{{"a", "x"}}, 101)},
		"invalid language code specified": {"commands": []botapi.Command{{"a", "x"}}, "language_code": "eng"},
	} {
		if a := bot.ask("setMyCommands", params); a.Description != "Bad Request: "+want {
			t.Errorf("got %+v, want %s", a, want)
		}
		blames(t, srv, want)
	}
}
