package discordapi_test

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"latchstring/adapters/chats/discord/discordapi"
)

func TestWhoCallsAndWhat(t *testing.T) {
	h := newHome(t)
	h.bot.must("GET", "/users/@me", nil)
	if a := h.bot.ask("GET", "/users/@you", nil); a.Status != 404 {
		t.Errorf("an unknown call is answered %+v", a)
	}
	blames(t, h.srv, "no such call here")
	wrong := h.bot
	wrong.token = "Bot wrong"
	if a := wrong.ask("GET", "/users/@me", nil); a.Status != 401 || a.Code != 0 {
		t.Errorf("a wrong token is answered %+v", a)
	}
	wrong.token = discordapi.Token // without Bot
	if a := wrong.ask("GET", "/users/@me", nil); a.Status != 401 {
		t.Errorf("a token without its kind is answered %+v", a)
	}
	if n := len(h.srv.Calls("get_my_user")); n != 3 {
		t.Errorf("%d calls are put down", n)
	}
	old := h.bot
	old.base = h.srv.URL() + "/api/v9"
	old.must("GET", "/users/@me", nil)
	old.base = h.srv.URL() + "/api/v6"
	if a := old.ask("GET", "/users/@me", nil); a.Status != 404 {
		t.Errorf("an old version is answered %+v", a)
	}
	blames(t, h.srv, "no such place here")
	if a := h.bot.ask("POST", "/channels/"+ourRoom+"/messages", `{"content":`); a.Status != 400 {
		t.Errorf("half a body is answered %+v", a)
	}
	blames(t, h.srv, "the body is no JSON")

	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.srv.URL()+"/api/v10/gateway", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	blames(t, h.srv, `the user agent "Go-http-client/1.1" is not DiscordBot`)
}

func TestTokenIsReset(t *testing.T) {
	h := newHome(t)
	s, _ := ready(t, h.srv)
	h.srv.ResetsToken()
	s.ends(4004)
	if a := h.bot.ask("GET", "/users/@me", nil); a.Status != 401 {
		t.Errorf("answered %+v", a)
	}
	s = dial(t, h.srv)
	s.hears(10, "")
	s.say(2, identity())
	s.ends(4004)
}

func TestViolationsFailTheTest(t *testing.T) {
	r := &recorder{TB: t}
	h := newHome(r)
	h.bot.ask("GET", "/nowhere", nil)
	r.end()
	if len(r.errors) != 1 || !strings.Contains(r.errors[0], "no such call here") {
		t.Errorf("the test was told %q", r.errors)
	}
}

func TestServesMoreListeners(t *testing.T) {
	h := newHome(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.srv.Serve(l)
	h.bot.base = "http://" + l.Addr().String() + "/api/v10"
	h.bot.must("GET", "/users/@me", nil)
}

func TestWhatCheckNeeds(t *testing.T) {
	h := newHome(t)
	for _, path := range []string{
		"/gateway", "/gateway/bot", "/applications/@me", "/oauth2/applications/@me", "/guilds/" + ourGuild, "/guilds/" + ourGuild + "/roles",
		"/guilds/" + ourGuild + "/channels", "/guilds/" + ourGuild + "/members/" + discordapi.BotID,
		"/guilds/" + ourGuild + "/members/" + h.leo.ID, "/channels/" + ourRoom, "/users/@me/guilds",
		"/applications/" + discordapi.BotID + "/commands", "/applications/" + discordapi.BotID + "/guilds/" + ourGuild + "/commands",
	} {
		h.bot.must("GET", path, nil)
	}
	stranger := h.srv.Person("999", "Nobody")
	for path, code := range map[string]int{
		"/guilds/1": 10004, "/channels/1": 10003, "/guilds/" + ourGuild + "/members/1": 10013,
		"/guilds/" + ourGuild + "/members/" + stranger.ID: 10007, "/channels/" + ourRoom + "/messages/1": 10008,
	} {
		if a := h.bot.ask("GET", path, nil); a.Code != code {
			t.Errorf("%s: %+v", path, a)
		}
	}
	h.guild.WithoutCommands()
	if a := h.commands(); a.Code != 50001 {
		t.Errorf("commands without the scope: %+v", a)
	}
	h.guild.ExpelsBot()
	for _, path := range []string{"/guilds/" + ourGuild, "/channels/" + ourRoom} {
		if a := h.bot.ask("GET", path, nil); a.Code != 50001 {
			t.Errorf("%s: %+v", path, a)
		}
	}
}

func TestPermissions(t *testing.T) {
	h := newHome(t)
	m := h.send(object{"content": "hello"})
	embed := object{"embeds": []any{object{"title": "hello"}}}
	h.room.Denies(discordapi.EmbedLinks)
	if a := h.send(embed); a.Status != 403 || a.Code != 50013 {
		t.Errorf("an embed: %+v", a)
	}
	h.room.Denies(discordapi.ReadMessageHistory)
	if a := h.bot.ask("GET", "/channels/"+ourRoom+"/messages/"+m.ID, nil); a.Code != 50001 {
		t.Errorf("reading: %+v", a)
	}
	h.room.Denies(discordapi.SendMessages)
	if a := h.send(object{"content": "hello"}); a.Status != 403 || a.Code != 50013 {
		t.Errorf("sending: %+v", a)
	}
	if a := h.bot.must("GET", "/channels/"+ourRoom, nil); !strings.Contains(a.Text, `"deny":"83968"`) {
		t.Errorf("what is denied is not to be seen: %s", a.Text)
	}
	h.guild.Denies(discordapi.ViewChannel)
	if a := h.send(object{"content": "hello"}); a.Status != 403 || a.Code != 50001 {
		t.Errorf("unseen: %+v", a)
	}
}

func TestPrivateChannel(t *testing.T) {
	h := newHome(t)
	a := h.bot.must("POST", "/users/@me/channels", object{"recipient_id": h.leo.ID})
	send := func() answer { return h.bot.ask("POST", "/channels/"+a.ID+"/messages", object{"content": "hello"}) }
	if said := send(); said.Status != 200 {
		t.Fatalf("%+v", said)
	}
	if got := h.leo.Screen(h.leo.DM()).Last().Text; got != "hello" {
		t.Errorf("Leo reads %q", got)
	}
	if got := h.marta.Screen(h.leo.DM()); got != nil {
		t.Errorf("Marta reads %v", got)
	}
	h.leo.ClosesDMs()
	if said := send(); said.Status != 403 || said.Code != 50007 {
		t.Errorf("closed: %+v", said)
	}
	h.leo.OpensDMs()
	h.guild.Expels(h.leo)
	if said := send(); said.Code != 50007 {
		t.Errorf("without a guild: %+v", said)
	}
	if said := h.bot.ask("POST", "/users/@me/channels", object{"recipient_id": "1"}); said.Code != 50033 {
		t.Errorf("nobody: %+v", said)
	}
}

func TestFaults(t *testing.T) {
	h := newHome(t)
	body := object{"content": "hello"}
	sent := func() int { return len(h.leo.Screen(h.room)) }
	h.srv.Fail("create_message", 1, discordapi.TooMany(1500*time.Millisecond))
	if a := h.send(body); a.Status != 429 || a.Again != 1.5 || a.header.Get("Retry-After") != "2" {
		t.Errorf("429: %+v", a)
	}
	h.srv.Advance(time.Second)
	h.send(body)
	blames(t, h.srv, "called 500ms before the time that 429 told")
	h.srv.Advance(time.Second)
	h.send(body)
	h.srv.Fail("create_message", 1, discordapi.TooManyPage(time.Minute))
	if a := h.send(body); a.Status != 429 || !strings.HasPrefix(a.Text, "<html>") || a.header.Get("Retry-After") != "60" {
		t.Errorf("429 page: %+v", a)
	}
	h.srv.Advance(time.Minute)
	h.srv.Fail("create_message", 1, discordapi.TooManyEverywhere(time.Second))
	h.send(body)
	h.bot.must("GET", "/users/@me", nil)
	blames(t, h.srv, "get_my_user: called 1s before")
	h.srv.Advance(time.Second)
	before := sent()
	for _, fault := range []*discordapi.Fault{
		discordapi.CutBefore(), discordapi.CutAfter(), discordapi.Stalled(), discordapi.StalledAfter(),
	} {
		h.srv.Fail("create_message", 1, fault)
		if _, err := h.bot.try(soon(t), "POST", "/channels/"+ourRoom+"/messages", body); err == nil {
			t.Error("a call with a fault was answered")
		}
	}
	if got := sent() - before; got != 2 {
		t.Errorf("%d of the four calls were carried out", got)
	}
	if copies := h.leo.Screen(h.room).Copies(); len(copies) != sent()-1 {
		t.Errorf("%d copies", len(copies))
	}
	h.srv.Fail("*", 1, discordapi.DownAfter(502))
	if a := h.send(body); a.Status != 502 || sent()-before != 3 {
		t.Errorf("502 after: %+v", a)
	}
	h.srv.Fail("*", -1, discordapi.Down(503))
	if a := h.send(body); a.Status != 503 || sent()-before != 3 {
		t.Errorf("503: %+v", a)
	}
	h.srv.Recover()
	h.srv.Fail("*", 1, discordapi.Slow(10*time.Millisecond))
	h.bot.must("GET", "/users/@me", nil)
	h.srv.Fail("*", 1, discordapi.Garbage())
	h.send(body)
}

// described skips a test where the official description is missing. It looks where the server looks.
func described(t *testing.T) {
	dir := os.Getenv("LATCHSTRING_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "..", "shared")
	}
	if _, err := os.Stat(filepath.Join(dir, "specs", "discord-openapi-v10.json")); err != nil {
		t.Skipf("no official description of the API to check against: %v", err)
	}
}

func TestBodiesAreCheckedAgainstTheDescription(t *testing.T) {
	described(t)
	h := newHome(t)
	only := func() []string {
		var found []string
		for _, v := range h.srv.Forgive() {
			if _, after, is := strings.Cut(v, "the description: "); is {
				found = append(found, after)
			}
		}
		return found
	}
	for _, c := range []struct {
		body object
		want string
	}{
		{object{"content": "hello", "allowed_mentions": object{"parse": []string{}}, "nonce": "7", "enforce_nonce": true}, ""},
		{object{"content": "hello", "components": []any{row(button("a", "b"))}}, ""},
		{object{"content": "hello", "contents": "", "more": nil, "tts": false}, ""},
		{object{"contents": "hello"}, "at '/contents': no such field"},
		{object{"content": "hello", "components": []any{row(object{"type": 2, "style": 2, "label": "a", "custom_id": words(101)})}}, "at '/components/0/components/0/custom_id': "},
		{object{"content": "hello", "embeds": []any{object{"colour": 1, "title": "a"}}}, "at '/embeds/0/colour': no such field"},
		{object{"content": 1}, "at '/content': "},
	} {
		h.send(c.body)
		got := only()
		if c.want == "" && len(got) == 0 {
			continue
		}
		if len(got) != 1 || !strings.Contains(got[0], c.want) {
			t.Errorf("%v: %q, want %q", c.body, got, c.want)
		}
	}
	h.commands(object{"name": "devices", "description": "x", "default_member_permissions": "0"})
	if got := only(); got != nil {
		t.Errorf("permissions as a text: %q", got)
	}
}

func TestWithoutTheDescription(t *testing.T) {
	t.Setenv("LATCHSTRING_SHARED", t.TempDir())
	h := newHome(t)
	if a := h.send(object{"content": "hello", "unheard_of": 1}); a.Status != 200 {
		t.Errorf("%+v", a)
	}
}
