package discordapi_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"latchstring/adapters/chats/discord/discordapi"
)

func TestSession(t *testing.T) {
	h := newHome(t)
	a := h.bot.must("GET", "/gateway", nil)
	if !strings.Contains(a.Text, `"url":"ws://`) {
		t.Errorf("the gateway is at %s", a.Text)
	}
	s, _ := ready(t, h.srv)
	h.srv.AwaitConnected()
	s.say(1, nil)
	s.hears(11, "")
	s.say(1, 2)
	s.hears(11, "")
	h.uses()
	if p := s.hears(0, "INTERACTION_CREATE"); p.Seq == nil || *p.Seq != 3 {
		t.Errorf("numbered %v", p.Seq)
	}
	h.guild.ExpelsBot()
	if p := s.hears(0, "GUILD_DELETE"); strings.Contains(string(p.Data), "unavailable") {
		t.Errorf("expelled: %s", p.Data)
	}
	h.guild.AdmitsBot()
	s.hears(0, "GUILD_CREATE")
	h.guild.Fails()
	if p := s.hears(0, "GUILD_DELETE"); !strings.Contains(string(p.Data), `"unavailable":true`) {
		t.Errorf("unavailable: %s", p.Data)
	}
	h.srv.Guild("5", "A neighbour's", h.marta)
	s.hears(0, "GUILD_CREATE")
	h.srv.Dispatch("SOMETHING_NEW", `{"a":[1]}`)
	s.hears(0, "SOMETHING_NEW")
	h.srv.Sends("no packet")
	if _, text, err := s.ReadMessage(); err != nil || string(text) != "no packet" {
		t.Errorf("%s, %v", text, err)
	}
	if got := h.srv.Identifies(); len(got) != 1 || got[0].Intents != 1 {
		t.Errorf("%+v", got)
	}
}

func TestWithoutTheIntentForGuilds(t *testing.T) {
	h := newHome(t)
	s := dial(t, h.srv)
	s.hears(10, "")
	me := identity()
	me["intents"] = 0
	s.say(2, me)
	s.hears(0, "READY")
	h.guild.ExpelsBot()
	h.guild.AdmitsBot()
	h.uses()
	s.hears(0, "INTERACTION_CREATE") // needs no intent
}

func TestGatewayRules(t *testing.T) {
	for name, c := range map[string]struct {
		say   func(s socket)
		code  int
		blame string // empty: it is no defect
	}{
		"no token":       {func(s socket) { s.say(2, object{"intents": 1, "properties": object{"os": "x"}}) }, 4004, ""},
		"no intents":     {func(s socket) { s.say(2, object{"token": discordapi.Token, "properties": object{"os": "x"}}) }, 4013, "4013"},
		"privileged":     {func(s socket) { me := identity(); me["intents"] = 1 | 1<<15; s.say(2, me) }, 4014, "4014"},
		"shard":          {func(s socket) { me := identity(); me["shard"] = []int{1, 2}; s.say(2, me) }, 4010, "4010"},
		"no properties":  {func(s socket) { s.say(2, object{"token": discordapi.Token, "intents": 1}) }, 4002, "without properties"},
		"twice":          {func(s socket) { s.say(2, identity()); s.say(2, identity()) }, 4005, "a second time"},
		"too early":      {func(s socket) { s.say(3, object{}) }, 4003, "before an identify"},
		"unknown":        {func(s socket) { s.say(99, nil) }, 4001, "unknown operation"},
		"no JSON":        {func(s socket) { _ = s.WriteMessage(websocket.TextMessage, []byte("{")) }, 4002, "undecodable"},
		"too long":       {func(s socket) { _ = s.WriteMessage(websocket.TextMessage, []byte(words(4097))) }, 4002, "4097 bytes"},
		"bad heartbeat":  {func(s socket) { s.say(1, "x") }, 4002, "a heartbeat"},
		"wrong resuming": {func(s socket) { s.say(6, object{"token": "x", "session_id": "y", "seq": 1}) }, 4004, ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHome(t)
			s := dial(t, h.srv)
			s.hears(10, "")
			c.say(s)
			s.ends(c.code)
			if c.blame == "" {
				blames(t, h.srv)
			} else {
				blames(t, h.srv, c.blame)
			}
		})
	}
}

func TestHeartbeats(t *testing.T) {
	h := newHome(t)
	h.srv.HeartbeatEvery(50 * time.Millisecond)
	s := dial(t, h.srv)
	var hello struct {
		Every int `json:"heartbeat_interval"`
	}
	if err := json.Unmarshal(s.hears(10, "").Data, &hello); err != nil || hello.Every != 50 {
		t.Errorf("%+v, %v", hello, err)
	}
	s.say(2, identity())
	s.hears(0, "READY")
	s.hears(0, "GUILD_CREATE")
	s.say(1, 9)
	s.hears(11, "")
	blames(t, h.srv, "a heartbeat tells 9 of 2 events")
	h.srv.Twists(discordapi.OnHeartbeat, 1, discordapi.Nothing())
	s.say(1, 2)
	s.say(1, 2)
	s.hears(11, "") // of one of the two
	s.ends(4009)
	blames(t, h.srv, "no heartbeat")
}

func TestResuming(t *testing.T) {
	h := newHome(t)
	s, session := ready(t, h.srv)
	h.srv.Drops()
	s.ends(0)
	h.srv.Await("the end", func() bool { return h.srv.Connections() == 0 })
	h.uses() // while nobody is there
	resume := func(session string, seq int) socket {
		s := dial(t, h.srv)
		s.hears(10, "")
		s.say(6, object{"token": discordapi.Token, "session_id": session, "seq": seq})
		return s
	}
	s = resume(session, 2)
	s.hears(0, "INTERACTION_CREATE")
	s.hears(0, "RESUMED")
	if h.srv.Resumes() != 1 || len(h.srv.Identifies()) != 1 {
		t.Error("miscounted")
	}
	h.uses()
	s.hears(0, "INTERACTION_CREATE")

	h.srv.Drops()
	s.ends(0)
	s = resume(session, 99)
	s.ends(4007)
	s = resume("unknown", 2)
	if p := s.hears(9, ""); string(p.Data) != "false" {
		t.Errorf("%s", p.Data)
	}
	s.say(2, identity()) // on the same connection
	s.hears(0, "READY")

	s, session = ready(t, h.srv)
	h.srv.ForgetsSessions()
	h.srv.Drops()
	s.ends(0)
	s = resume(session, 2)
	s.hears(9, "")

	s, session = ready(t, h.srv)
	_ = s.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, "")) // ends the session
	s.ends(1000)
	h.srv.Await("the end", func() bool { return h.srv.Connections() == 1 })
	s = resume(session, 2)
	s.hears(9, "")

	s, session = ready(t, h.srv)
	h.srv.Drops()
	s.ends(0)
	h.srv.Await("the end", func() bool { return h.srv.Connections() == 0 })
	h.srv.Advance(4 * time.Minute)
	s = resume(session, 2)
	s.hears(9, "")
}

func TestInvalidated(t *testing.T) {
	h := newHome(t)
	s, session := ready(t, h.srv)
	h.srv.Reconnects()
	s.hears(7, "")
	h.srv.Invalidates(true)
	if p := s.hears(9, ""); string(p.Data) != "true" {
		t.Errorf("%s", p.Data)
	}
	s.say(6, object{"token": discordapi.Token, "session_id": session, "seq": 2})
	s.hears(0, "RESUMED")
	h.srv.Invalidates(false)
	s.hears(9, "")
	s.say(6, object{"token": discordapi.Token, "session_id": session, "seq": 3})
	s.hears(9, "")
	h.srv.Closes(4000)
	s.ends(4000)
}

func TestTwists(t *testing.T) {
	h := newHome(t)
	h.srv.Twists(discordapi.OnUpgrade, 1, discordapi.Unavailable(503))
	h.srv.Twists(discordapi.OnUpgrade, 1, discordapi.Cut())
	h.srv.Twists(discordapi.OnUpgrade, 1, discordapi.Silence())
	url := "ws" + strings.TrimPrefix(h.srv.URL(), "http") + "/?v=9&encoding=json"
	for _, status := range []int{503, 0, 0} {
		_, resp, err := websocket.DefaultDialer.DialContext(soon(t), url, http.Header{})
		if err == nil || status != 0 && (resp == nil || resp.StatusCode != status) {
			t.Errorf("connected, or answered %v", resp)
		}
		if resp != nil {
			_ = resp.Body.Close()
		}
	}
	h.srv.Twists(discordapi.OnHello, 1, discordapi.Close(4000))
	dial(t, h.srv).ends(4000)

	h.srv.Twists(discordapi.OnIdentify, 1, discordapi.Reconnect())
	h.srv.Twists(discordapi.OnIdentify, 1, discordapi.Invalid(false))
	s := dial(t, h.srv)
	s.hears(10, "")
	s.say(2, identity())
	s.hears(7, "")
	s.say(2, identity())
	s.hears(9, "")
	s.say(2, identity())
	s.hears(0, "READY")
	s.hears(0, "GUILD_CREATE")

	h.srv.Twists(discordapi.OnResume, 1, discordapi.Close(4009))
	r := dial(t, h.srv)
	r.hears(10, "")
	r.say(6, object{"token": discordapi.Token, "session_id": "x", "seq": 1})
	r.ends(4009)

	h.srv.Twists(discordapi.AfterReady, 1, discordapi.Text("{"))
	h.srv.Twists(discordapi.AfterReady, -1, discordapi.Cut())
	q := dial(t, h.srv)
	q.hears(10, "")
	q.say(2, identity())
	q.hears(0, "READY")
	if _, text, err := q.ReadMessage(); err != nil || string(text) != "{" {
		t.Errorf("%s %v", text, err)
	}
	h.srv.Straightens()
	ready(t, h.srv)
}

func TestSilence(t *testing.T) {
	h := newHome(t)
	s, _ := ready(t, h.srv)
	h.srv.FallsSilent()
	h.uses()
	s.say(1, 2)
	_ = s.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if _, text, err := s.ReadMessage(); err == nil {
		t.Errorf("heard %s", text)
	}
	if h.srv.Connections() != 1 {
		t.Error("the connection is gone")
	}
}

func TestIdentifyBudget(t *testing.T) {
	h := newHome(t)
	h.srv.AllowIdentifies(2)
	ready(t, h.srv)
	ready(t, h.srv)
	if a := h.bot.must("GET", "/gateway/bot", nil); !strings.Contains(a.Text, `"remaining":0`) {
		t.Errorf("%s", a.Text)
	}
	h.srv.Advance(24 * time.Hour)
	ready(t, h.srv)
	ready(t, h.srv)
	s := dial(t, h.srv)
	s.hears(10, "")
	s.say(2, identity())
	s.ends(4004)
	blames(t, h.srv, "more than 2 identifies in 24 hours")
	if a := h.bot.ask("GET", "/users/@me", nil); a.Status != 401 {
		t.Errorf("the token is still good: %+v", a)
	}
}
