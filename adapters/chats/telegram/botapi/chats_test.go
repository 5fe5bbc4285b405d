package botapi_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"latchstring/adapters/chats/telegram/botapi"
)

func TestBotCanNotWriteEverywhere(t *testing.T) {
	srv := botapi.New(t)
	bot := newClient(t, srv)
	person := func(id int64, then func(p *botapi.Person)) int64 {
		p := srv.Person(id, "Marta")
		then(p)
		return p.ID
	}
	group := func(c *botapi.Chat, then func(c *botapi.Chat)) int64 {
		then(c)
		return c.ID
	}
	for _, c := range []struct {
		chat int64
		code int
		want string
	}{
		{person(1, func(*botapi.Person) {}), 403, "Forbidden: bot can't initiate conversation with a user"},
		{person(2, func(p *botapi.Person) { p.Starts() }), 0, ""},
		{person(3, func(p *botapi.Person) { p.Starts(); p.Blocks() }), 403, "Forbidden: bot was blocked by the user"},
		{person(4, func(p *botapi.Person) { p.Starts(); p.Blocks(); p.Unblocks() }), 0, ""},
		{person(5, func(p *botapi.Person) { p.Starts(); p.Leaves() }), 403, "Forbidden: user is deactivated"},
		{6, 400, "Bad Request: chat not found"},
		{group(srv.NewGroup("Home"), func(*botapi.Chat) {}), 0, ""},
		{group(srv.NewGroup("Home"), (*botapi.Chat).Expels), 403, "Forbidden: bot was kicked from the group chat"},
		{group(srv.NewSupergroup("Home"), (*botapi.Chat).Expels), 403, "Forbidden: bot was kicked from the supergroup chat"},
		{group(srv.NewChannel("News"), (*botapi.Chat).Expels), 403, "Forbidden: bot was kicked from the channel chat"},
		{group(srv.NewSupergroup("Home"), (*botapi.Chat).Mutes), 400, "Bad Request: not enough rights to send text messages to the chat"},
	} {
		if a := bot.ask("sendMessage", map[string]any{"chat_id": c.chat, "text": "hello"}); a.Code != c.code || a.Description != c.want {
			t.Errorf("chat %d: %+v, want %s", c.chat, a, c.want)
		}
	}
	bot.ask("sendMessage", map[string]any{"chat_id": "", "text": "hello"})
	if len(srv.Forgive()) == 0 {
		t.Error("no chat is no violation")
	}
}

func TestMembershipIsTold(t *testing.T) {
	srv := botapi.New(t)
	bot := newClient(t, srv)
	marta := srv.Person(111, "Marta")
	marta.Starts("payload")
	marta.Blocks()
	srv.NewGroup("Home", marta).Expels()
	got := bot.updates(nil)
	if len(got) != 3 || got[0].Message.Text != "/start payload" || got[1].Member == nil || got[2].Member == nil {
		t.Errorf("got %v", ids(got))
	}
}

func TestMigration(t *testing.T) {
	srv := botapi.New(t)
	bot := newClient(t, srv)
	marta := srv.Person(111, "Marta")
	home := srv.NewGroup("Home", marta)
	bot.send(map[string]any{"chat_id": home.ID, "text": "before"})
	grown := home.Migrates()
	got := bot.updates(nil)
	if len(got) != 2 || got[0].Message.MigrateTo != grown.ID || got[1].Message.MigrateFrom != home.ID || got[1].Message.Chat.Type != "supergroup" {
		t.Fatalf("the bot was told %+v", got)
	}
	a := bot.ask("sendMessage", map[string]any{"chat_id": home.ID, "text": "after"})
	if a.Code != 400 || a.Parameters.MigrateTo != grown.ID || a.Description != "Bad Request: group chat was upgraded to a supergroup chat" {
		t.Errorf("got %+v", a)
	}
	if id := bot.send(map[string]any{"chat_id": grown.ID, "text": "after"}); id != 3 {
		t.Errorf("a supergroup counts its messages for itself, but the third has the id %d", id)
	}
}

func TestTopics(t *testing.T) {
	srv := botapi.New(t)
	bot := newClient(t, srv)
	marta := srv.Person(111, "Marta")
	plain, home := srv.NewSupergroup("Plain", marta), srv.NewSupergroup("Home", marta)
	alerts, closed, gone := home.Topic(), home.Topic(), home.Topic()
	home.CloseTopic(closed)
	home.DeleteTopic(gone)
	for _, c := range []struct {
		chat  *botapi.Chat
		topic int
		want  string
	}{
		{home, alerts, ""},
		{home, closed, "Bad Request: TOPIC_CLOSED"},
		{home, gone, "Bad Request: message thread not found"},
		{home, 1, "Bad Request: message thread not found"}, // General has no id
		{plain, alerts, "Bad Request: message thread not found"},
	} {
		for method, more := range map[string]string{"sendMessage": "text", "sendChatAction": "action"} {
			a := bot.ask(method, map[string]any{"chat_id": c.chat.ID, "message_thread_id": c.topic, more: "typing"})
			if a.Description != c.want {
				t.Errorf("%s in topic %d: %+v, want %q", method, c.topic, a, c.want)
			}
		}
	}
	bot.send(map[string]any{"chat_id": home.ID, "text": "general"})
	marta.In(home).Topic(alerts).Says("/alerts")
	marta.In(home).Says("/alerts")
	if got := bot.updates(nil); len(got) != 2 || got[0].Message.Thread != alerts || got[1].Message.Thread != 0 {
		t.Errorf("got %+v", got)
	}
	if n, all := len(marta.In(home).Topic(alerts).Screen()), len(marta.In(home).Screen()); n != 2 || all != 4 {
		t.Errorf("%d messages in the topic, %d in all", n, all)
	}
}

func TestPrivacyMode(t *testing.T) {
	srv := botapi.New(t)
	bot := newClient(t, srv)
	marta := srv.Person(111, "Marta")
	home := srv.NewGroup("Home", marta)
	asked := bot.send(map[string]any{"chat_id": home.ID, "text": "Which device?"})
	own := marta.In(home).Says("chatter")
	for _, text := range []string{"/devices", "/devices@" + botapi.BotName, "/devices@other_bot", "look: /devices", "@" + botapi.BotName + " hi"} {
		marta.In(home).Says(text)
	}
	marta.In(home).Replies(asked, "the TV")
	marta.In(home).Replies(own, "never mind")
	home.AdminsBot()
	marta.In(home).Says("now you hear me")
	var heard []string
	for _, u := range bot.updates(nil) {
		if u.Message != nil {
			heard = append(heard, u.Message.Text)
		}
	}
	if diff := cmp.Diff([]string{"/devices", "/devices@" + botapi.BotName, "the TV", "now you hear me"}, heard); diff != "" {
		t.Error(diff)
	}
}

func TestNobodyInParticular(t *testing.T) {
	srv := botapi.New(t)
	bot := newClient(t, srv)
	marta := srv.Person(111, "Marta")
	home, news := srv.NewSupergroup("Home", marta), srv.NewChannel("News", marta)
	marta.In(home).Anonymously().Says("/devices")
	marta.In(home).AsChannel(news).Says("/devices")
	news.Posts("/devices")
	got := bot.updates(nil)
	if len(got) != 3 {
		t.Fatalf("got %v", ids(got))
	}
	if m := got[0].Message; m.From.ID != 1087968824 || m.Sender == nil || m.Sender.ID != home.ID {
		t.Errorf("the anonymous admin is %+v", m)
	}
	if m := got[1].Message; m.From.ID != 136817688 || m.Sender == nil || m.Sender.ID != news.ID {
		t.Errorf("the channel in the group is %+v", m)
	}
	if got[2].Post == nil || got[2].Message != nil {
		t.Errorf("the channel's post is %+v", got[2])
	}
}

func TestChatsAndMembers(t *testing.T) {
	srv := botapi.New(t)
	bot := newClient(t, srv)
	marta, leo, stranger := srv.Person(111, "Marta"), srv.Person(333, "Leo"), srv.Person(999, "Nobody")
	home := srv.NewSupergroup("Home", marta, leo)
	var chat struct {
		Type  string `json:"type"`
		Title string `json:"title"`
	}
	if bot.must("getChat", map[string]any{"chat_id": home.ID}, &chat); chat.Type != "supergroup" || chat.Title != "Home" {
		t.Errorf("the chat is %+v", chat)
	}
	for id, want := range map[int64]string{marta.ID: "creator", leo.ID: "member", stranger.ID: "left", botapi.BotID: "member"} {
		var member struct {
			Status string `json:"status"`
		}
		if bot.must("getChatMember", map[string]any{"chat_id": home.ID, "user_id": id}, &member); member.Status != want {
			t.Errorf("%d is %s, want %s", id, member.Status, want)
		}
	}
	if a := bot.ask("getChatMember", map[string]any{"chat_id": home.ID, "user_id": 5}); a.Description != "Bad Request: user not found" {
		t.Errorf("got %+v", a)
	}
	if stranger.In(home).Screen() != nil || len(leo.In(home).Screen()) != 0 {
		t.Error("a stranger sees the group")
	}
}
