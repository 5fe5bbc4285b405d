package coretest

import (
	"context"
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
