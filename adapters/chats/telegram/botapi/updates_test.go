package botapi_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"latchstring/adapters/chats/telegram/botapi"
)

func TestOffsetsConfirmForGood(t *testing.T) {
	srv := botapi.New(t)
	bot := newClient(t, srv)
	marta := srv.Person(111, "Marta")
	for _, text := range []string{"one", "two", "three", "four"} {
		marta.Says(text)
	}
	all := ids(bot.updates(nil))
	if len(all) != 4 || all[3] != all[0]+3 {
		t.Fatalf("the updates are %v", all)
	}
	for _, c := range []struct {
		why    string
		params map[string]any
		want   []int
	}{
		{"without an offset nothing is confirmed", nil, all},
		{"an offset confirms what is below", map[string]any{"offset": all[1]}, all[1:]},
		{"for good", map[string]any{"offset": all[0]}, all[1:]},
		{"a limit leaves the rest", map[string]any{"limit": 1}, all[1:2]},
		{"an offset far beyond the end is none", map[string]any{"offset": all[3] + 50}, all[1:]},
		{"a negative offset forgets all but the last", map[string]any{"offset": -1}, all[3:]},
		{"for good too", nil, all[3:]},
		{"an offset past the last leaves nothing", map[string]any{"offset": all[3] + 1}, nil},
	} {
		if diff := cmp.Diff(c.want, ids(bot.updates(c.params))); diff != "" {
			t.Errorf("%s: %s", c.why, diff)
		}
	}
	if left := srv.Waiting(); left != nil {
		t.Errorf("%v still wait", left)
	}
}

func TestUpdatesAreKeptForADay(t *testing.T) {
	srv := botapi.New(t)
	bot := newClient(t, srv)
	marta := srv.Person(111, "Marta")
	marta.Says("old")
	srv.Advance(23 * time.Hour)
	marta.Says("new")
	if got := bot.updates(nil); len(got) != 2 {
		t.Errorf("after 23 hours there are %d updates", len(got))
	}
	srv.Advance(time.Hour)
	if got := bot.updates(nil); len(got) != 1 || got[0].Message.Text != "new" {
		t.Errorf("after a day there are %v", ids(got))
	}
}

func TestQuietWeekLowersTheIDs(t *testing.T) {
	srv := botapi.New(t)
	bot := newClient(t, srv)
	marta := srv.Person(111, "Marta")
	marta.Says("before")
	before := bot.updates(nil)[0].ID
	srv.Advance(7*24*time.Hour - time.Second)
	marta.Says("just in time")
	if got := bot.updates(nil); got[0].ID != before+1 {
		t.Errorf("after less than a week the id is %d, was %d", got[0].ID, before)
	}
	srv.Advance(7 * 24 * time.Hour)
	marta.Says("after")
	for range 2 { // an offset that confirms nothing brings it again and again
		if got := bot.updates(map[string]any{"offset": before + 2}); len(got) != 1 || got[0].ID >= before {
			t.Fatalf("after a week the ids are %v, was %d", ids(got), before)
		}
	}
	if got := bot.updates(map[string]any{"offset": srv.Waiting()[0] + 1}); len(got) != 0 {
		t.Errorf("%v are not confirmed", ids(got))
	}
}

func TestLongPoll(t *testing.T) {
	srv := botapi.New(t)
	bot := newClient(t, srv)
	marta := srv.Person(111, "Marta")
	begin := time.Now()
	if got := bot.updates(map[string]any{"timeout": 1}); len(got) != 0 || time.Since(begin) < time.Second {
		t.Errorf("a poll for a second brought %v after %v", ids(got), time.Since(begin))
	}
	got := make(chan []update)
	go func() { got <- bot.updates(map[string]any{"timeout": 50}) }()
	srv.Await("a poll", srv.Polling)
	marta.Says("hello")
	if got := <-got; len(got) != 1 || time.Since(begin) > 9*time.Second {
		t.Errorf("a poll was answered %v after %v", ids(got), time.Since(begin))
	}
	bot.updates(map[string]any{"timeout": 51, "limit": 101})
	blames(t, srv, "limit 101 is not within 1-100", "timeout 51 is not within 0-50")
}

func TestSecondPollEndsTheFirst(t *testing.T) {
	srv := botapi.New(t)
	bot := newClient(t, srv)
	poll := func() <-chan answer {
		got := make(chan answer, 1)
		go func() { got <- bot.ask("getUpdates", map[string]any{"timeout": 50}) }()
		srv.Await("a poll", srv.Polling)
		return got
	}
	const other = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"

	open := poll()
	srv.PollElsewhere()
	if a := <-open; a.Code != 409 || a.Description != other {
		t.Errorf("another program's poll: %+v", a)
	}

	open = poll()
	bot.updates(nil)
	if a := <-open; a.Code != 409 || a.Description != other {
		t.Errorf("the client's own second poll: %+v", a)
	}
	blames(t, srv, "called while another one was open")

	if _, err := bot.try(soon(t), "getUpdates", map[string]any{"timeout": 50}); err == nil {
		t.Error("the client did not leave its poll")
	}
	bot.updates(nil) // which is no second one then

	open = poll()
	srv.Hook("https://example.org/hook")
	if a := <-open; a.Description != "Conflict: terminated by setWebhook request" {
		t.Errorf("a webhook: %+v", a)
	}
	if a := bot.ask("getUpdates", nil); a.Code != 409 || a.Description != "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first" {
		t.Errorf("while there is a webhook: %+v", a)
	}
	bot.must("deleteWebhook", nil, nil)
	bot.updates(nil)
}

func TestAllowedUpdatesAreRemembered(t *testing.T) {
	srv := botapi.New(t)
	bot := newClient(t, srv)
	marta := srv.Person(111, "Marta")
	id := marta.Says("hello")
	marta.Edits(id, "hello there")
	if got := bot.updates(map[string]any{"allowed_updates": []string{"message"}}); len(got) != 2 || got[1].Edited == nil {
		t.Fatalf("what came before the list is not kept: %v", ids(got))
	}
	marta.Edits(id, "hello again")
	marta.Says("more")
	if got := bot.updates(nil); len(got) != 3 || got[2].Message == nil {
		t.Errorf("got %v", ids(got))
	}
	bot.updates(map[string]any{"allowed_updates": []string{}})
	marta.Edits(id, "once more")
	if got := bot.updates(nil); len(got) != 4 || got[3].Edited == nil {
		t.Errorf("an empty list does not bring back the default: %v", ids(got))
	}
}

func TestPutAnythingAtAll(t *testing.T) {
	srv := botapi.New(t)
	bot := newClient(t, srv)
	id := srv.Put(`{"message":{"message_id":"not a number"}}`)
	a := bot.ask("getUpdates", nil)
	if !slices.Equal(srv.Waiting(), []int{id}) || string(a.Result) != `[{"update_id":700000000,"message":{"message_id":"not a number"}}]` {
		t.Errorf("got %s", a.Result)
	}
}
