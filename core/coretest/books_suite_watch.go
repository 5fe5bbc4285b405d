package coretest

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"latchstring/core"
)

// seenAt is a sign-in with every fact set.
func seenAt(key string, at time.Time) core.Seen {
	return core.Seen{
		SignIn: core.SignIn{
			Key: key, Service: "jellyfin", Account: core.Account{Service: "jellyfin", Member: "leo", Login: "leo"}, Failed: key == "failed",
			Device: core.DeviceRef{Service: "jellyfin", ID: "d", Generation: "1"}, Name: "Chrome on Windows", App: "Web", Type: "laptop",
			Agent: "Mozilla/5.0", Address: netip.MustParseAddr("192.0.2.44"), Place: "Lyon, France", At: at, Where: lyon,
			Via: core.Network{ASN: 64501, Carrier: "Orange", Kind: core.VPN},
		},
		Assessment: core.Assessment{Level: core.Alert, Score: 4.25, Reason: core.Reason{Kind: core.NewCountry, Place: lyon, Km: 900}},
	}
}

// caseOf is a case with everything set that may be while it is open.
func caseOf(id core.CaseID, s core.Seen) core.Case {
	return core.Case{
		ID: id, SignIn: s.SignIn, Assessment: s.Assessment, Also: []core.SignIn{seenAt("also", s.SignIn.At).SignIn}, Repeats: 2, Last: s.SignIn.At.Add(time.Minute), Opened: s.SignIn.At.Add(time.Second),
		Before: seenAt("before", s.SignIn.At.Add(-time.Hour)).SignIn, Asked: []core.MemberID{"leo"}, Escalate: s.SignIn.At.Add(10 * time.Minute),
		Later: []core.MemberID{"leo"}, Remind: s.SignIn.At.Add(time.Hour), Silence: s.SignIn.At.Add(72 * time.Hour),
	}
}

func lookComesBack(t *testing.T, b AllBooks) {
	one, two, bare := seenAt("s1", Start), seenAt("failed", Start.Add(-time.Hour)), core.Seen{
		SignIn: core.SignIn{Key: "s3", Service: "jellyfin", Account: core.Account{Service: "jellyfin"}, Device: core.DeviceRef{Service: "jellyfin"}, At: Start.Add(time.Hour)},
	}
	c := caseOf("c1", one)
	d := delivery(0)
	must(t, b.RecordLook(t.Context(), core.Look{
		Service: "jellyfin", Cursor: "k1", Seen: []core.Seen{one, two, bare}, Cases: []core.Case{c}, Deliveries: []core.Delivery{d},
	}))
	changed := one
	changed.SignIn.Name = "Another"
	must(t, b.RecordLook(t.Context(), core.Look{Service: "jellyfin", Cursor: "k2", Seen: []core.Seen{changed}, Deliveries: []core.Delivery{d}}))

	cursor, err := b.Cursor(t.Context(), "jellyfin")
	must(t, err)
	same(t, cursor, "k2")
	cursor, err = b.Cursor(t.Context(), "plex")
	must(t, err)
	same(t, cursor, "")

	seen, err := b.Seen(t.Context(), Start.Add(-48*time.Hour), Start.Add(-48*time.Hour), 10)
	must(t, err)
	same(t, seen, []core.Seen{one, two, bare}) // in the order of their recording
	seen, err = b.Seen(t.Context(), Start.Add(-time.Minute), time.Time{}, 10)
	must(t, err)
	same(t, seen, []core.Seen{one, bare})
	seen, err = b.Seen(t.Context(), Start.Add(-48*time.Hour), time.Time{}, 1)
	must(t, err)
	same(t, seen, []core.Seen{two, bare}) // a failed one takes nobody's room
	seen, err = b.Seen(t.Context(), Start.Add(-48*time.Hour), Start, 10)
	must(t, err)
	same(t, seen, []core.Seen{one, bare})

	fresh, err := b.Fresh(t.Context(), "jellyfin", []string{"s9", "s1", "s3", "s8"})
	must(t, err)
	same(t, fresh, []string{"s9", "s8"})
	fresh, err = b.Fresh(t.Context(), "plex", []string{"s1"})
	must(t, err)
	same(t, fresh, []string{"s1"})

	c.Version = 1
	for _, q := range []core.CaseQuery{{}, {ID: "c1"}, {Service: "jellyfin", Key: "s1"}, {Open: true}, {Since: c.Opened}} {
		cases, err := b.Cases(t.Context(), q)
		must(t, err)
		same(t, cases, []core.Case{c})
	}
	for _, q := range []core.CaseQuery{{ID: "c2"}, {Service: "jellyfin", Key: "s2"}, {Service: "plex", Key: "s1"}, {Untold: true}, {Since: c.Opened.Add(time.Second)}} {
		cases, err := b.Cases(t.Context(), q)
		must(t, err)
		if len(cases) != 0 {
			t.Errorf("%+v chooses %d cases", q, len(cases))
		}
	}
	due, err := b.Due(t.Context(), noon.Add(24*time.Hour), 10)
	must(t, err)
	same(t, due, []core.Delivery{d})
}

func lookIsWhole(t *testing.T, b AllBooks) {
	s := seenAt("s1", Start)
	stale := caseOf("c1", s)
	stale.Version = 3
	err := b.RecordLook(t.Context(), core.Look{Service: "jellyfin", Cursor: "k1", Seen: []core.Seen{s}, Cases: []core.Case{stale}, Deliveries: []core.Delivery{delivery(0)}})
	want(t, err, core.ErrStale)
	cursor, err := b.Cursor(t.Context(), "jellyfin")
	must(t, err)
	same(t, cursor, "")
	seen, err := b.Seen(t.Context(), time.Time{}, time.Time{}, 10)
	must(t, err)
	due, err := b.Due(t.Context(), noon.Add(24*time.Hour), 10)
	must(t, err)
	if len(seen) != 0 || len(due) != 0 {
		t.Errorf("%d sign-ins and %d deliveries of a look that was not recorded", len(seen), len(due))
	}
}

func staleCases(t *testing.T, b AllBooks) {
	s := seenAt("s1", Start)
	c := caseOf("c1", s)
	must(t, b.RecordLook(t.Context(), core.Look{Service: "jellyfin", Seen: []core.Seen{s}, Cases: []core.Case{c}}))
	want(t, b.SaveCase(t.Context(), c, nil, nil), core.ErrStale) // version 0 is nobody's
	c.Version = 1
	c.Answer, c.By, c.Whose, c.Answered = core.Ours, "leo", "leo", Start.Add(time.Minute)
	must(t, b.SaveCase(t.Context(), c, []core.Entry{{At: Start, Actor: "leo", Act: core.AnswerAlerts, Step: core.Concluded}}, []core.Delivery{delivery(0)}))
	want(t, b.SaveCase(t.Context(), c, []core.Entry{{At: Start, Actor: "leo", Act: core.AnswerAlerts, Step: core.Concluded}}, []core.Delivery{delivery(1)}), core.ErrStale)

	c.Version = 2
	cases, err := b.Cases(t.Context(), core.CaseQuery{})
	must(t, err)
	same(t, cases, []core.Case{c})
	entries, err := b.History(t.Context(), core.HistoryQuery{Limit: 10})
	must(t, err)
	due, err := b.Due(t.Context(), noon.Add(24*time.Hour), 10)
	must(t, err)
	if len(entries) != 1 || len(due) != 1 {
		t.Errorf("%d entries and %d deliveries", len(entries), len(due))
	}
	seen, err := b.Seen(t.Context(), time.Time{}, time.Time{}, 10)
	must(t, err)
	s.Answer, s.Answered = core.Ours, Start.Add(time.Minute)
	same(t, seen, []core.Seen{s})
}

func answeredByAction(t *testing.T, b AllBooks) {
	s := seenAt("s1", Start)
	must(t, b.RecordLook(t.Context(), core.Look{Service: "jellyfin", Seen: []core.Seen{s}, Cases: []core.Case{caseOf("c1", s)}}))
	take := core.Taking{Case: "c1", By: "marta", At: Start.Add(time.Minute), Said: core.Source{Contact: core.Contact{Chat: core.Discord, User: "4"}, Message: "m"}, Reset: true}
	a := signOut("a1", "tv")
	a.Case = "c1"
	must(t, b.Begin(t.Context(), a, take, nil, nil))
	want(t, b.Begin(t.Context(), signOut("a2", "phone"), take, nil, []core.Delivery{delivery(0)}), core.ErrUsed)
	_, err := b.Action(t.Context(), "a2")
	want(t, err, core.ErrNone)

	c := caseOf("c1", s)
	c.Version, c.Stands, c.Said = 2, core.Open, take.Said
	c.Answer, c.By, c.Answered, c.Reset, c.Action = core.NotOurs, "marta", Start.Add(time.Minute), true, "a1"
	cases, err := b.Cases(t.Context(), core.CaseQuery{Untold: true})
	must(t, err)
	same(t, cases, []core.Case{c})
	c.Told = core.Open
	must(t, b.SaveCase(t.Context(), c, nil, nil))
	cases, err = b.Cases(t.Context(), core.CaseQuery{Untold: true})
	must(t, err)
	if len(cases) != 0 {
		t.Errorf("%d cases untold", len(cases))
	}
	a.Version, a.Outcome = 1, core.Gone
	must(t, b.Save(t.Context(), a, nil, nil))
	cases, err = b.Cases(t.Context(), core.CaseQuery{Untold: true})
	must(t, err)
	c.Version, c.Stands = 3, core.Gone
	same(t, cases, []core.Case{c})
	kept, err := b.Action(t.Context(), "a1")
	must(t, err)
	same(t, kept.Case, core.CaseID("c1"))
}

func byHand(t *testing.T, b AllBooks) {
	for i, outcome := range []core.Outcome{core.DoneByHand, core.NotByHand, core.Gone, core.CameBack} {
		a := signOut(core.ActionID(rune('a'+i)), core.DeviceID(rune('a'+i)))
		a.State, a.Outcome, a.Ended = core.Ended, outcome, noon.Add(time.Duration(i)*time.Minute)
		must(t, b.Begin(t.Context(), a, core.Taking{}, nil, nil))
	}
	done, err := b.ByHand(t.Context(), "jellyfin")
	must(t, err)
	var ids []core.ActionID
	for _, a := range done {
		ids = append(ids, a.ID)
	}
	same(t, ids, []core.ActionID{"d", "a"})
	done, err = b.ByHand(t.Context(), "plex")
	must(t, err)
	same(t, len(done), 0)
}

func redraws(t *testing.T, b AllBooks) {
	told := func(i int, news core.News, chat core.Chat, to core.MemberID) core.Delivery {
		d := delivery(i)
		d.News, d.Subject, d.To, d.Source = news, "c1", to, core.Source{Contact: core.Contact{Chat: chat, User: "4"}}
		return d
	}
	must(t, b.Post(t.Context(), []core.Delivery{
		told(0, core.NewsCase, core.Discord, "leo"), told(1, core.NewsCase, core.Discord, "leo"), told(2, core.NewsCase, core.Telegram, "leo"), told(3, core.NewsCase, core.Discord, "marta"),
	}))
	for i := range 4 {
		must(t, b.MarkSent(t.Context(), delivery(i).ID, Start, "m"+string(rune('0'+i))))
	}
	redraw := told(4, core.NewsRedraw, core.Discord, "leo")
	must(t, b.Post(t.Context(), []core.Delivery{redraw}))
	due, err := b.Due(t.Context(), noon.Add(24*time.Hour), 10)
	must(t, err)
	redraw.Copies = []string{"m0", "m1"}
	same(t, due, []core.Delivery{redraw})
	must(t, b.MarkSent(t.Context(), redraw.ID, noon, ""))

	board := told(5, core.NewsBoard, core.Discord, "leo")
	board.Source.Public, board.Source.Room = true, "r"
	again := board
	again.ID, again.Key, again.News = "again", "again", core.NewsRedraw
	must(t, b.Post(t.Context(), []core.Delivery{board}))
	must(t, b.MarkSent(t.Context(), board.ID, noon, "b"))
	must(t, b.Post(t.Context(), []core.Delivery{again}))
	due, err = b.Due(t.Context(), noon.Add(24*time.Hour), 10)
	must(t, err)
	again.Copies = []string{"b"}
	same(t, due, []core.Delivery{again})
}

func silenceTakenBack(t *testing.T, b AllBooks) {
	for answer, want := range map[core.Answer]error{core.BySilence: nil, core.Ours: core.ErrUsed, core.NotOurs: core.ErrUsed} {
		id := core.CaseID("c-" + string(answer))
		seen := seenAt(string(id), Start)
		c := caseOf(id, seen)
		must(t, b.RecordLook(t.Context(), core.Look{Service: "jellyfin", Cursor: string(id), Seen: []core.Seen{seen}, Cases: []core.Case{c}}))
		c.Version, c.Answer, c.Answered = 1, answer, Start.Add(time.Hour)
		must(t, b.SaveCase(t.Context(), c, nil, nil))
		a := signOut(core.ActionID(id), core.DeviceID(id))
		if err := b.Begin(t.Context(), a, core.Taking{Case: id, By: "leo", At: noon}, nil, nil); !errors.Is(err, want) {
			t.Errorf("after %q: %v, want %v", answer, err, want)
		}
	}
}

func askedAt(t *testing.T, b AllBooks) {
	c := caseOf("c1", seenAt("s1", noon))
	c.Opened = noon
	at := func() time.Time {
		t.Helper()
		when, err := b.AskedAt(t.Context(), c)
		must(t, err)
		return when
	}
	tell := func(i int, news core.News, to core.MemberID, subject string, sent time.Time) {
		t.Helper()
		d := delivery(i)
		d.News, d.To, d.Subject = news, to, subject
		must(t, b.Post(t.Context(), []core.Delivery{d}))
		if !sent.IsZero() {
			must(t, b.MarkSent(t.Context(), d.ID, sent, "m"))
		}
	}
	tell(1, core.NewsCase, "leo", "c1", time.Time{})
	tell(2, core.NewsCase, "leo", "another", noon.Add(time.Minute))
	tell(3, core.NewsDigest, "leo", "", noon.Add(-time.Minute))
	tell(4, core.NewsDigest, "sofi", "", noon.Add(time.Minute))
	if when := at(); !when.IsZero() {
		t.Errorf("nobody was asked, and yet on %v", when)
	}
	tell(5, core.NewsDigest, "leo", "", noon.Add(3*time.Hour))
	same(t, at(), noon.Add(3*time.Hour))
	tell(6, core.NewsCase, "marta", "c1", noon.Add(2*time.Hour))
	same(t, at(), noon.Add(2*time.Hour))
}
