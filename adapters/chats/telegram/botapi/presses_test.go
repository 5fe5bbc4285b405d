package botapi_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"latchstring/adapters/chats/telegram/botapi"
)

func TestPressIsAnsweredOnceAndInTime(t *testing.T) {
	srv, bot, marta := kit(t)
	id := bot.send(map[string]any{"chat_id": 111, "text": "TV", "reply_markup": keyboard([]any{button("text", "Sign out TV", "callback_data", "a1.x")})})
	const old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
	reply := func(p *botapi.Press, params map[string]any) string {
		t.Helper()
		if params == nil {
			params = map[string]any{}
		}
		params["callback_query_id"] = p.ID
		return bot.ask("answerCallbackQuery", params).Description
	}

	press := marta.Presses(id, "Sign out")
	got := bot.updates(nil)
	if last := got[len(got)-1]; last.Pressed == nil || last.Pressed.ID != press.ID || last.Pressed.Data != "a1.x" || last.Pressed.Message.ID != id {
		t.Fatalf("the bot was told %+v", last)
	}
	if _, there := press.Answer(); there || len(srv.Unanswered()) != 1 {
		t.Error("the press is answered before it is")
	}
	if said := reply(press, map[string]any{"text": "Done.", "show_alert": true}); said != "" {
		t.Error(said)
	}
	if diff := cmp.Diff(botapi.Toast{Text: "Done.", Alert: true}, press.Await()); diff != "" {
		t.Error(diff)
	}
	if said := reply(press, nil); said != old {
		t.Errorf("the second answer: %q", said)
	}
	blames(t, srv, "Marta's press is answered a second time")

	press = marta.Presses(id, "Sign out")
	srv.Advance(15 * time.Second)
	if said := reply(press, nil); said != "" {
		t.Error(said)
	}
	press = marta.Presses(id, "Sign out")
	srv.Advance(15*time.Second + 1)
	if said := reply(press, nil); said != old || press.Late() != 1 {
		t.Errorf("the late answer: %q", said)
	}

	bot.ask("answerCallbackQuery", map[string]any{"callback_query_id": "12"})
	blames(t, srv, "query ID is invalid")
	press = marta.Forges(id, "anything")
	reply(press, map[string]any{"text": strings.Repeat("é", 201)})
	blames(t, srv, "MESSAGE_TOO_LONG")
	reply(press, map[string]any{"url": "https://example.org"})
	blames(t, srv, "URL_INVALID")
	if said := reply(press, map[string]any{"text": strings.Repeat("é", 200), "url": "https://t.me/" + botapi.BotName + "?start=x"}); said != "" {
		t.Error(said)
	}
}

func TestForgedPressOnAVanishedMessage(t *testing.T) {
	_, bot, marta := kit(t)
	id := bot.send(map[string]any{"chat_id": 111, "text": "TV"})
	marta.Forges(id, "there is no button")
	marta.Deletes(id)
	marta.Forges(id, "nor a message")
	got := bot.updates(nil)
	if n := len(got); got[n-2].Pressed.Message.Date == 0 || got[n-1].Pressed.Message.Date != 0 || got[n-1].Pressed.Message.ID != id {
		t.Errorf("the bot was told %+v", got)
	}
}
