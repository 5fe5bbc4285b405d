package storage_test

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"

	"latchstring/core"
	"latchstring/storage"
)

// files tells size and time of change of every file of a store.
func files(t *testing.T, c storage.Config) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(c.Path))
	try(t, err)
	found := map[string]string{}
	for _, e := range entries {
		info, err := e.Info()
		try(t, err)
		found[e.Name()] = fmt.Sprint(info.Size(), " bytes of ", info.ModTime())
	}
	return found
}

func same(t *testing.T, got, want any) {
	t.Helper()
	if d := diff.Diff(want, got); d != "" {
		t.Errorf("not as expected (-want +got):\n%s", d)
	}
}

// A store to which nothing new happens writes nothing.
func TestIdleWritesNothing(t *testing.T) {
	c := config(t)
	s := open(t, c)
	now := time.Now()
	messages := []core.Message{{Chat: core.Telegram, Key: "1", Raw: []byte("hello"), Arrived: now}}
	o := core.Offer{ID: "o1", Audience: []core.MemberID{"marta"}, Made: now, Lapses: now.Add(time.Hour)}
	signIns := []core.Seen{{SignIn: core.SignIn{Service: "jellyfin", Key: "s1", At: now}}}
	a := core.Action{ID: "a1", Act: core.SignOut, State: core.Executing, Started: now}
	try(t, s.PutOffers(t.Context(), []core.Offer{o}))
	try(t, s.TakeOffer(t.Context(), "o1", "marta", now))
	try(t, s.Receive(t.Context(), core.Telegram, messages, "2"))
	try(t, s.RecordLook(t.Context(), core.Look{Service: "jellyfin", Cursor: "c1", Seen: signIns}))
	try(t, s.SetSetting(t.Context(), "leo", core.ClockSetting, "12"))
	try(t, s.Begin(t.Context(), a, core.Taking{}, []core.Entry{{Actor: "marta"}}, nil))
	before := files(t, c)
	time.Sleep(20 * time.Millisecond) // more than the clock of the file system

	for range 10 {
		try(t, s.Sweep(t.Context(), now))
		try(t, s.Receive(t.Context(), core.Telegram, messages, "2"))
		try(t, s.Receive(t.Context(), core.Telegram, nil, "2"))
		try(t, s.RecordLook(t.Context(), core.Look{Service: "jellyfin", Cursor: "c1", Seen: signIns}))
		try(t, s.SetSetting(t.Context(), "leo", core.ClockSetting, "12"))
		for _, err := range []error{
			s.TakeOffer(t.Context(), "o1", "leo", now),
			s.TakeOffer(t.Context(), "o2", "leo", now),
			s.Begin(t.Context(), a, core.Taking{Offer: "o1", By: "leo", At: now}, []core.Entry{{Actor: "leo"}}, nil),
		} {
			if !errors.Is(err, core.ErrUsed) {
				t.Error(err)
			}
		}
		_, err := s.Unended(t.Context())
		try(t, err)
		_, err = s.History(t.Context(), core.HistoryQuery{Limit: 5})
		try(t, err)
		_, err = s.Due(t.Context(), now, 5)
		try(t, err)
		_, err = s.Offer(t.Context(), "o2")
		if !errors.Is(err, core.ErrNone) {
			t.Error(err)
		}
	}
	same(t, files(t, c), before)

	try(t, s.SetSetting(t.Context(), "leo", core.ClockSetting, "24")) // the files would show it
	if diff.Equal(files(t, c), before) {
		t.Error("a setting was changed and no file was")
	}
}

// Every table keeps within what its comment says.
func TestSweep(t *testing.T) {
	clock := time.Date(2026, 5, 12, 12, 0, 0, 0, time.UTC)
	now := clock
	c := config(t)
	c.Now = func() time.Time { return now }
	s := open(t, c)
	const hour, day = time.Hour, 24 * time.Hour

	offers := []core.Offer{
		{ID: "lapses", Lapses: now}, {ID: "used", Lapses: now.Add(90 * day), Used: now}, {ID: "lives", Lapses: now.Add(900 * day)},
	}
	try(t, s.PutOffers(t.Context(), offers))
	try(t, s.Receive(t.Context(), core.Telegram, []core.Message{{Key: "answered"}, {Key: "waits"}}, ""))
	try(t, s.Answered(t.Context(), core.Telegram, "answered"))
	ended := core.Action{ID: "ended", Act: core.SignOut, State: core.Ended, Ended: now, Started: now}
	waits := core.Action{ID: "waits", Act: core.SignOut, State: core.Waiting, Started: now}
	news := []core.Delivery{{ID: "sent", Key: "1", News: core.NewsAction}, {ID: "dropped", Key: "2", News: core.NewsAction}, {ID: "due", Key: "3", News: core.NewsAction}}
	try(t, s.Begin(t.Context(), ended, core.Taking{}, []core.Entry{{Actor: "marta", Action: "ended"}}, news))
	try(t, s.Begin(t.Context(), waits, core.Taking{}, nil, nil))
	try(t, s.MarkSent(t.Context(), "sent", now, ""))
	try(t, s.Drop(t.Context(), "dropped"))
	try(t, s.RecordLook(t.Context(), core.Look{Service: "jellyfin", Seen: []core.Seen{
		{SignIn: core.SignIn{Service: "jellyfin", Key: "old", At: now}}, {SignIn: core.SignIn{Service: "jellyfin", Key: "late", At: now.Add(900 * day)}},
	}}))

	try(t, s.PutInvite(t.Context(), core.Invite{ID: "invited", Member: "leo", Lapses: now}, core.Entry{Actor: "marta"}))

	stays := func(table, name string) bool {
		column := map[string]string{"inbox": "key", "sign_ins": "key"}[table]
		return count(t, c.Path, table, cmp.Or(column, "id")+" = '"+name+"'") == 1
	}
	for _, test := range []struct {
		after time.Duration
		over  map[string]string
	}{
		{72 * hour, map[string]string{"answered": "inbox"}},
		{14 * day, map[string]string{"lapses": "offers", "used": "offers"}},
		{30 * day, map[string]string{"sent": "deliveries", "dropped": "deliveries", "invited": "invites"}},
		{400 * day, map[string]string{"ended": "actions", "old": "sign_ins"}},
	} {
		try(t, s.Sweep(t.Context(), clock.Add(test.after-time.Second)))
		for name, table := range test.over {
			if !stays(table, name) {
				t.Errorf("%s of %s went too early", name, table)
			}
		}
		try(t, s.Sweep(t.Context(), clock.Add(test.after)))
		for name, table := range test.over {
			if stays(table, name) {
				t.Errorf("%s of %s stays too long", name, table)
			}
		}
	}
	for name, table := range map[string]string{"lives": "offers", "waits": "inbox", "due": "deliveries", "late": "sign_ins"} {
		if !stays(table, name) {
			t.Errorf("%s of %s went", name, table)
		}
	}
	if !stays("actions", "waits") || count(t, c.Path, "audit", "true") != 2 {
		t.Error("an action that has not ended went, or an entry of the audit")
	}
}

func TestOffersAreBounded(t *testing.T) {
	c := config(t)
	s := open(t, c)
	now := time.Now()
	put := func(n int, reader core.MemberID) {
		t.Helper()
		offers := make([]core.Offer, n)
		for i := range offers {
			id := fmt.Sprint(reader, i, " of ", n)
			offers[i] = core.Offer{ID: core.OfferID(id), Audience: []core.MemberID{reader, "marta"}, Made: now, Lapses: now.Add(time.Hour)}
		}
		try(t, s.PutOffers(t.Context(), offers))
	}
	put(1, "marta")
	put(3000, "leo")
	put(60, "leo")
	if n := count(t, c.Path, "offers", "reader = 'leo'"); n != 2000 {
		t.Errorf("leo has %d offers, want 2000", n)
	}
	if n := count(t, c.Path, "offers", "id IN ('leo59 of 60', 'leo0 of 60', 'leo2999 of 3000', 'leo1060 of 3000', 'marta0 of 1')"); n != 5 {
		t.Error("it were not the oldest that went")
	}
}

func TestBoundsOfRows(t *testing.T) {
	s := open(t, config(t))
	big := make([]byte, 64<<10)
	try(t, s.Receive(t.Context(), core.Telegram, []core.Message{{Key: "fits", Raw: big}}, "1"))
	for name, err := range map[string]error{
		"message": s.Receive(t.Context(), core.Telegram, []core.Message{{Key: "too big", Raw: append(big, 0)}}, "2"),
		"offer":   s.PutOffers(t.Context(), []core.Offer{{ID: "o1", Args: big}}),
	} {
		if core.KindOf(err) != core.Unrecorded {
			t.Errorf("a %s beyond its bound: %v", name, err)
		}
	}
	if offset, err := s.Offset(t.Context(), core.Telegram); err != nil || offset != "1" {
		t.Errorf("offset %q, %v", offset, err)
	}
}

// The words of a message go with its answer; only its key stays.
func TestAnsweredWordsGo(t *testing.T) {
	c := config(t)
	s := open(t, c)
	try(t, s.Receive(t.Context(), core.Telegram, []core.Message{{Key: "1", Raw: []byte("words")}}, ""))
	try(t, s.Answered(t.Context(), core.Telegram, "1"))
	if n := count(t, c.Path, "inbox", "key = '1' AND length(raw) = 0"); n != 1 {
		t.Error("the words are still there")
	}
}
