package coretest

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"latchstring/core"
)

func settings(t *testing.T, b AllBooks) {
	must(t, b.SetSetting(t.Context(), "leo", core.ClockSetting, "12"))
	must(t, b.SetSetting(t.Context(), "leo", core.ClockSetting, "24"))
	must(t, b.SetSetting(t.Context(), "leo", core.AddressesSetting, "hidden"))
	must(t, b.SetSetting(t.Context(), "sofi", core.ClockSetting, "12"))
	chosen, err := b.Settings(t.Context(), "leo")
	must(t, err)
	same(t, chosen, map[core.Setting]string{core.ClockSetting: "24", core.AddressesSetting: "hidden"})
	chosen, err = b.Settings(t.Context(), "marta")
	must(t, err)
	same(t, chosen, map[core.Setting]string{})
}

func deliveries(t *testing.T, b AllBooks) {
	next, err := b.NextDue(t.Context())
	must(t, err)
	same(t, next, time.Time{})

	d0, d1, d2, d3 := delivery(0), delivery(1), delivery(2), delivery(3)
	d1.Source = core.Source{Contact: core.Contact{Chat: core.Discord, User: "4"}, Room: "r", Message: "m"}
	again := delivery(9)
	again.Key = d1.Key
	must(t, b.Begin(t.Context(), signOut("a1", "tv"), core.Taking{}, nil, []core.Delivery{d3, d1}))
	a := signOut("a1", "tv")
	a.Version = 1
	must(t, b.Save(t.Context(), a, nil, []core.Delivery{d2, again, d0, d0}))

	due := func(now time.Time, limit int) []core.Delivery {
		t.Helper()
		ds, err := b.Due(t.Context(), now, limit)
		must(t, err)
		return ds
	}
	same(t, due(d2.Due, 10), []core.Delivery{d0, d1, d2})
	same(t, due(d3.Due, 2), []core.Delivery{d0, d1})
	same(t, due(noon.Add(-time.Microsecond), 10), []core.Delivery(nil))

	must(t, b.MarkSent(t.Context(), d0.ID, noon, "message"))
	must(t, b.Drop(t.Context(), d2.ID))
	must(t, b.Postpone(t.Context(), d1.ID, d3.Due.Add(time.Minute)))
	d1.Due, d1.Attempts = d3.Due.Add(time.Minute), 1
	same(t, due(d1.Due, 10), []core.Delivery{d3, d1})
	next, err = b.NextDue(t.Context())
	must(t, err)
	same(t, next, d3.Due)

	// What was sent is known as sent, whatever is delivered under its key again.
	a.Version = 2
	must(t, b.Save(t.Context(), a, nil, []core.Delivery{{ID: "new", Key: d0.Key, To: "leo", News: core.NewsAction, Due: noon}}))
	same(t, due(noon, 10), []core.Delivery(nil))
}

func inbox(t *testing.T, b AllBooks) {
	message := func(key, raw string) core.Message {
		return core.Message{Chat: core.Telegram, Key: key, Raw: []byte(raw), Arrived: noon}
	}
	offset := func() string {
		t.Helper()
		o, err := b.Offset(t.Context(), core.Telegram)
		must(t, err)
		return o
	}
	keys := func(chat core.Chat) (found []string) {
		t.Helper()
		messages, err := b.Unanswered(t.Context(), chat)
		must(t, err)
		for _, m := range messages {
			found = append(found, m.Key+"="+string(m.Raw))
		}
		return found
	}
	same(t, offset(), "")
	must(t, b.Receive(t.Context(), core.Telegram, []core.Message{message("9", "one"), message("3", "two\x00\xff")}, "10"))
	must(t, b.Receive(t.Context(), core.Telegram, []core.Message{message("3", "repeated"), message("4", "three")}, "5"))
	must(t, b.Receive(t.Context(), core.Discord, []core.Message{{Chat: core.Discord, Key: "3", Raw: []byte("elsewhere"), Arrived: noon}}, ""))
	same(t, offset(), "5")
	same(t, keys(core.Telegram), []string{"9=one", "3=two\x00\xff", "4=three"})

	must(t, b.Answered(t.Context(), core.Telegram, "3"))
	must(t, b.Receive(t.Context(), core.Telegram, []core.Message{message("3", "repeated")}, "5"))
	same(t, keys(core.Telegram), []string{"9=one", "4=three"})
	same(t, keys(core.Discord), []string{"3=elsewhere"})

	messages, err := b.Unanswered(t.Context(), core.Telegram)
	must(t, err)
	if messages[0].Seq >= messages[1].Seq || !messages[0].Arrived.Equal(noon) || messages[0].Chat != core.Telegram {
		t.Errorf("messages came back as %+v", messages)
	}
}

func signIns(t *testing.T, b AllBooks) {
	s := core.SignIn{
		Key: "s1", Service: "jellyfin", Account: core.Account{Service: "jellyfin", Member: "leo", Login: "leo"},
		Device: core.DeviceRef{Service: "jellyfin", ID: "tv", Generation: "2"}, Name: "TV", App: "Android TV",
		Address: netip.MustParseAddr("2001:db8::1%eth0"), Place: "Madrid", At: noon,
	}
	bare := core.SignIn{Key: "s2", Service: "jellyfin", Account: core.Account{Service: "jellyfin"}, Device: core.DeviceRef{Service: "jellyfin"}}
	cursor, err := b.Cursor(t.Context(), "jellyfin")
	must(t, err)
	same(t, cursor, "")
	must(t, b.RecordSignIns(t.Context(), "jellyfin", "c1", []core.SignIn{s, bare}, []core.Delivery{delivery(0)}))
	changed := s
	changed.Name = "changed"
	must(t, b.RecordSignIns(t.Context(), "jellyfin", "c2", []core.SignIn{changed}, []core.Delivery{delivery(0)}))

	for _, s := range []core.SignIn{s, bare} {
		got, err := b.SignIn(t.Context(), "jellyfin", s.Key)
		must(t, err)
		same(t, got, s)
	}
	_, err = b.SignIn(t.Context(), "plex", "s1")
	want(t, err, core.ErrNone)
	for _, test := range []struct {
		service core.ServiceID
		device  core.DeviceID
		known   bool
	}{{"jellyfin", "tv", true}, {"jellyfin", "phone", false}, {"plex", "tv", false}} {
		known, err := b.SignedIn(t.Context(), test.service, test.device)
		must(t, err)
		if known != test.known {
			t.Errorf("signed in at %s on %s: %v", test.service, test.device, known)
		}
	}
	cursor, err = b.Cursor(t.Context(), "jellyfin")
	must(t, err)
	same(t, cursor, "c2")
	due, err := b.Due(t.Context(), noon, 10)
	must(t, err)
	same(t, due, []core.Delivery{delivery(0)})
}

func cancelled(t *testing.T, b AllBooks) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 {
		want(t, b.Record(ctx, entry("marta")), context.Canceled)
	}
	entries, err := b.History(t.Context(), core.HistoryQuery{Limit: 10})
	must(t, err)
	same(t, entries, []core.Entry(nil))
}
