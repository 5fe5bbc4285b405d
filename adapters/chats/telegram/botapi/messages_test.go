package botapi_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"latchstring/adapters/chats/telegram/botapi"
)

// kit is a server with one person who has started the bot.
func kit(t *testing.T) (*botapi.Server, client, *botapi.Person) {
	srv := botapi.New(t)
	marta := srv.Person(111, "Marta")
	marta.Starts()
	return srv, newClient(t, srv), marta
}

func TestTexts(t *testing.T) {
	srv, bot, marta := kit(t)
	wide := strings.Repeat("🏟", 2048)
	entity := func(more map[string]any) map[string]any {
		e := map[string]any{"type": "bold", "offset": 0, "length": 2}
		maps.Copy(e, more)
		return map[string]any{"text": "🏟 TV", "entities": []any{e}}
	}
	for _, c := range []struct {
		params map[string]any
		want   string // the refusal, which is a violation too
	}{
		{map[string]any{"text": strings.Repeat("x", 4096)}, ""},
		{map[string]any{"text": strings.Repeat("x", 4097)}, "message is too long"},
		{map[string]any{"text": wide}, ""},
		{map[string]any{"text": wide + "x"}, "message is too long"},
		{map[string]any{"text": "<b>" + wide + "</b>", "parse_mode": "HTML"}, ""},
		{map[string]any{"text": strings.Repeat("&lt;", 4096), "parse_mode": "HTML"}, ""},
		{map[string]any{"text": ""}, "message text is empty"},
		{map[string]any{"text": " \n "}, "text must be non-empty"},
		{map[string]any{"text": "\xff"}, "strings must be encoded in UTF-8"},
		{map[string]any{"text": "<b>x", "parse_mode": "HTML"}, `can't parse entities: Can't find end tag corresponding to start tag "b"`},
		{map[string]any{"text": "x", "parse_mode": "Rich"}, "unsupported parse_mode"},
		{entity(nil), ""},
		{entity(map[string]any{"length": 5}), ""},
		{entity(map[string]any{"length": 6}), "can't parse entities: Entity 0 is not within the text"},
		{entity(map[string]any{"length": 1}), "can't parse entities: Entity 0 begins or ends in the middle of a UTF-16 symbol"},
		{entity(map[string]any{"length": 0}), "can't parse entities: Entity 0 is not within the text"},
		{entity(map[string]any{"offset": 1}), "can't parse entities: Entity 0 begins or ends in the middle of a UTF-16 symbol"},
		{entity(map[string]any{"type": "loud"}), "can't parse entities: Unsupported entity type loud"},
		{entity(map[string]any{"type": "text_link", "url": "nas"}), "can't parse entities: Wrong HTTP URL"},
		{entity(map[string]any{"type": "text_link", "url": "https://example.org/"}), ""},
		{map[string]any{"text": "x", "entities": []any{}, "parse_mode": "HTML"}, "both parse_mode and entities are given"},
	} {
		c.params["chat_id"] = 111
		a := bot.ask("sendMessage", c.params)
		if c.want == "" {
			if !a.OK {
				t.Errorf("%.60v: %s", c.params, a.Description)
			}
			continue
		}
		if a.Description != "Bad Request: "+c.want {
			t.Errorf("%.60v: %s, want %s", c.params, a.Description, c.want)
		}
		blames(t, srv, c.want)
	}
	bot.send(map[string]any{"chat_id": 111, "parse_mode": "HTML", "text": `<a href="tg://user?id=111">M</a> <a href="tg://user?id=5">X</a> a > b`})
	blames(t, srv, "> at byte offset", "nobody has the mentioned id 5")
	if got := marta.Screen().Last().Parts("text_mention"); len(got) != 2 || got[0] != "M" {
		t.Errorf("mentioned are %v", got)
	}
}

func button(more ...any) map[string]any {
	b := map[string]any{"text": "TV"}
	for i := 0; i < len(more); i += 2 {
		b[more[i].(string)] = more[i+1]
	}
	return b
}

func keyboard(rows ...[]any) map[string]any {
	return map[string]any{"inline_keyboard": append([][]any{}, rows...)}
}

func TestKeyboards(t *testing.T) {
	srv, bot, _ := kit(t)
	one := func(b map[string]any) any { return keyboard([]any{b}) }
	press := any(button("callback_data", "x"))
	for _, c := range []struct {
		markup any
		want   string
	}{
		{one(button("callback_data", strings.Repeat("x", 64))), ""},
		{one(button("callback_data", strings.Repeat("x", 65))), "BUTTON_DATA_INVALID"},
		{one(button("callback_data", strings.Repeat("é", 33))), "BUTTON_DATA_INVALID"},
		{one(button("callback_data", "")), "BUTTON_DATA_INVALID"},
		{one(button("copy_text", map[string]any{"text": strings.Repeat("x", 256)})), ""},
		{one(button("copy_text", map[string]any{"text": strings.Repeat("x", 257)})), "BUTTON_COPY_TEXT_INVALID"},
		{one(button("copy_text", map[string]any{"text": ""})), "BUTTON_COPY_TEXT_INVALID"},
		{one(button("url", "https://example.org")), ""},
		{one(button("url", "https://t.me/bot?start=x")), ""},
		{one(button("url", "tg://user?id=111")), ""},
		{one(button("url", "http://localhost:8096")), "inline keyboard button URL 'http://localhost:8096' is invalid: Wrong HTTP URL"},
		{one(button("url", "javascript://example.org")), "inline keyboard button URL 'javascript://example.org' is invalid: Unsupported URL protocol"},
		{one(button()), "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"},
		{one(button("callback_data", "x", "url", "https://example.org")), "can't parse inline keyboard button: it does several things: callback_data, url"},
		{one(button("text", " ", "callback_data", "x")), `can't parse inline keyboard button: Field "text" must be non-empty`},
		{one(button("callback_data", "x", "style", "danger")), ""},
		{one(button("callback_data", "x", "style", "red")), "BUTTON_STYLE_INVALID"},
		{keyboard(slices.Repeat([]any{press}, 8)), ""},
		{keyboard(slices.Repeat([]any{press}, 9)), "REPLY_MARKUP_TOO_LONG"},
		{keyboard(slices.Repeat([][]any{{press, press}}, 50)...), ""},
		{keyboard(slices.Repeat([][]any{{press}}, 101)...), "REPLY_MARKUP_TOO_LONG"},
		{keyboard(), ""},
		{map[string]any{"force_reply": true, "input_field_placeholder": strings.Repeat("x", 64)}, ""},
		{map[string]any{"force_reply": true, "input_field_placeholder": strings.Repeat("x", 65)}, "input_field_placeholder must have 1-64 characters"},
		{map[string]any{"remove_keyboard": true}, ""},
	} {
		a := bot.ask("sendMessage", map[string]any{"chat_id": 111, "text": "x", "reply_markup": c.markup})
		if c.want == "" {
			if !a.OK {
				t.Errorf("%.80v: %s", c.markup, a.Description)
			}
			continue
		}
		if a.Description != "Bad Request: "+c.want {
			t.Errorf("%.80v: %s, want %s", c.markup, a.Description, c.want)
		}
		blames(t, srv, c.want)
	}
	for _, markup := range []string{"x", "[]", `{"inline_keyboard":null}`, `{"buttons":[]}`} {
		if a := bot.ask("sendMessage", map[string]any{"chat_id": 111, "text": "x", "reply_markup": markup}); a.Code != 400 {
			t.Errorf("%s: %+v", markup, a)
		}
		if len(srv.Forgive()) == 0 {
			t.Errorf("%s is no violation", markup)
		}
	}
}

func TestEdits(t *testing.T) {
	srv, bot, marta := kit(t)
	theirs := marta.Says("hello")
	asked := bot.send(map[string]any{"chat_id": 111, "text": "?", "reply_markup": map[string]any{"force_reply": true}})
	id := bot.send(map[string]any{"chat_id": 111, "text": "Sign out TV?", "reply_markup": keyboard([]any{button("callback_data", "x")})})
	const same = "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"
	for _, c := range []struct {
		method string
		params map[string]any
		want   string
	}{
		{"editMessageText", map[string]any{"message_id": 99, "text": "x"}, "Bad Request: message to edit not found"},
		{"editMessageText", map[string]any{"message_id": theirs, "text": "x"}, "Bad Request: message can't be edited"},
		{"editMessageText", map[string]any{"message_id": asked, "text": "x"}, "Bad Request: message can't be edited"},
		{"editMessageReplyMarkup", map[string]any{"message_id": id, "reply_markup": keyboard([]any{button("callback_data", "x")})}, same},
		{"editMessageReplyMarkup", map[string]any{"message_id": id, "reply_markup": keyboard([]any{button("callback_data", "y")})}, ""},
		{"editMessageText", map[string]any{"message_id": id, "text": "Sign out TV?", "reply_markup": keyboard([]any{button("callback_data", "y")})}, same},
		{"editMessageText", map[string]any{"message_id": id, "text": "<b>Sign</b> out TV?", "parse_mode": "HTML"}, ""},
		{"editMessageText", map[string]any{"message_id": id, "text": "<b>Sign</b> out TV? ", "parse_mode": "HTML"}, same},
		{"editMessageReplyMarkup", map[string]any{"message_id": id}, same},
		{"editMessageText", map[string]any{"message_id": id, "text": "Done."}, ""},
	} {
		c.params["chat_id"] = 111
		if a := bot.ask(c.method, c.params); a.Description != c.want {
			t.Errorf("%s %v: %q, want %q", c.method, c.params, a.Description, c.want)
		}
	}
	if m := marta.Screen().Last(); m.ID != id || m.Text != "Done." || m.Rows != nil || !m.Edited {
		t.Errorf("the screen shows %+v", m)
	}
	marta.Deletes(id)
	if a := bot.ask("editMessageText", map[string]any{"chat_id": 111, "message_id": id, "text": "x"}); a.Description != "Bad Request: message to edit not found" {
		t.Errorf("a message that vanished: %+v", a)
	}
	bot.ask("editMessageText", map[string]any{"chat_id": 111, "message_id": 0, "text": "x"})
	bot.ask("editMessageText", map[string]any{"chat_id": 111, "message_id": theirs - 1, "text": "x"})
	blames(t, srv, "message identifier is not specified")
}

func TestDeletes(t *testing.T) {
	srv, bot, marta := kit(t)
	home := srv.NewSupergroup("Home", marta)
	said := marta.In(home).Says("/devices")
	old, young := bot.send(map[string]any{"chat_id": 111, "text": "code"}), 0
	remove := func(chat int64, id int, want string) {
		t.Helper()
		if a := bot.ask("deleteMessage", map[string]any{"chat_id": chat, "message_id": id}); a.Description != want {
			t.Errorf("got %q, want %q", a.Description, want)
		}
	}
	srv.Advance(47*time.Hour + 59*time.Minute)
	young = bot.send(map[string]any{"chat_id": 111, "text": "code"})
	remove(home.ID, said, "Bad Request: message can't be deleted")
	home.AdminsBot()
	remove(home.ID, said, "")
	srv.Advance(time.Minute)
	remove(111, old, "Bad Request: message can't be deleted for everyone")
	remove(111, young, "")
	remove(111, young, "Bad Request: message to delete not found")
	if n := len(marta.Screen().FromBot()); n != 1 {
		t.Errorf("%d messages are left", n)
	}
}

func TestReplies(t *testing.T) {
	_, bot, marta := kit(t)
	id := marta.Says("hello")
	reply := func(to any) answer {
		return bot.ask("sendMessage", map[string]any{"chat_id": 111, "text": "hi", "reply_parameters": to})
	}
	if a := reply(map[string]any{"message_id": id}); !a.OK || marta.Screen().Last().ReplyTo != id {
		t.Errorf("got %+v", a)
	}
	if a := reply(map[string]any{"message_id": 99}); a.Description != "Bad Request: message to be replied not found" {
		t.Errorf("got %+v", a)
	}
	if a := reply(map[string]any{"message_id": 99, "allow_sending_without_reply": true}); !a.OK || marta.Screen().Last().ReplyTo != 0 {
		t.Errorf("got %+v", a)
	}
}

func TestScreen(t *testing.T) {
	_, bot, marta := kit(t)
	secret := map[string]any{
		"chat_id": 111, "parse_mode": "HTML", "text": "🏟 code: <tg-spoiler>4938</tg-spoiler>\nsee example.org",
		"protect_content": true, "disable_notification": true, "link_preview_options": map[string]any{"is_disabled": true},
		"reply_markup": keyboard([]any{button("callback_data", "x"), button("text", "Copy", "copy_text", map[string]any{"text": "4938"})}),
	}
	bot.send(secret)
	bot.send(map[string]any{"chat_id": 111, "text": "plain"})
	secret["reply_markup"] = keyboard([]any{button("callback_data", "other"), button("text", "Copy", "copy_text", map[string]any{"text": "4938"})})
	bot.send(secret)
	const want = `Marta: /start
bot: 🏟 code: ░░░░
  see example.org
  [TV] [Copy]
bot: plain
bot: 🏟 code: ░░░░
  see example.org
  [TV] [Copy]
`
	screen := marta.Screen()
	if diff := cmp.Diff(want, screen.String()); diff != "" {
		t.Error(diff)
	}
	m := screen[1]
	if got := fmt.Sprintln(m.Spoilers(), m.Parts("url"), m.Labels(), m.Silent, m.Protected, m.Preview, m.Rows[0][1].Copy.Text); got != "[4938] [example.org] [TV Copy] true true false 4938\n" {
		t.Errorf("the message shows %s", got)
	}
	if copies := screen.Copies(); len(copies) != 1 || copies[0].ID != screen[3].ID || copies[0].CopyOf != m.ID {
		t.Errorf("copies are %v", copies)
	}
	if plain := screen[2]; plain.Silent || plain.Protected || !plain.Preview || plain.CopyOf != 0 {
		t.Errorf("the plain message is %+v", plain)
	}
}
