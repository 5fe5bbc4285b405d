package coretest

import (
	"fmt"
	"testing"
	"time"

	"latchstring/core"
)

// passOf is a pass as a member makes it.
func passOf(id core.PassID) core.Pass {
	return core.Pass{
		ID: id, By: "leo", Asked: core.Source{Contact: core.Contact{Chat: core.Discord, User: "4"}, Room: "r", Message: "m"}, Words: "Airbnb <TV>",
		Made: noon, Until: noon.Add(72 * time.Hour),
	}
}

// passed is the entry of something about a pass.
func passed() core.Entry {
	return core.Entry{At: noon, Actor: "leo", Act: core.ExpectDevices, Step: core.Requested, Targets: []string{"Airbnb TV"}}
}

// passesOf returns what is on record.
func passesOf(t *testing.T, b AllBooks, endedAfter time.Time) []core.Pass {
	t.Helper()
	passes, err := b.Passes(t.Context(), endedAfter)
	must(t, err)
	return passes
}

func passComesBack(t *testing.T, b AllBooks) {
	p, q := passOf("p1"), passOf("p2")
	q.By, q.Made = "sofi", noon.Add(-time.Hour)
	must(t, b.PutPass(t.Context(), p, passed()))
	must(t, b.PutPass(t.Context(), q, passed()))
	p.Version, q.Version = 1, 1
	same(t, passesOf(t, b, noon), []core.Pass{q, p})

	s, c := seenAt("s1", Start), caseOf("c1", seenAt("s1", Start))
	p.SignIn = s.SignIn
	must(t, b.RecordLook(t.Context(), core.Look{
		Service: "jellyfin", Cursor: "k", Seen: []core.Seen{s}, Passes: []core.Pass{p}, Entries: []core.Entry{passed()}, Deliveries: []core.Delivery{delivery(0)},
	}))
	p.Version = 2
	same(t, passesOf(t, b, noon), []core.Pass{q, p})

	p.Until, p.Revoked, p.Ended = noon.Add(time.Hour), noon.Add(time.Minute), noon.Add(2*time.Minute)
	must(t, b.SavePass(t.Context(), p, []core.Case{c}, []core.Entry{passed()}, []core.Delivery{delivery(1)}))
	p.Version = 3
	same(t, passesOf(t, b, noon), []core.Pass{q, p})
	same(t, passesOf(t, b, p.Ended), []core.Pass{q})
	c.Version = 1
	cases, err := b.Cases(t.Context(), core.CaseQuery{})
	must(t, err)
	same(t, cases, []core.Case{c})
	entries, err := b.History(t.Context(), core.HistoryQuery{Limit: 10})
	must(t, err)
	due, err := b.Due(t.Context(), noon.Add(time.Hour), 10)
	must(t, err)
	if len(entries) != 4 || len(due) != 2 {
		t.Errorf("%d entries and %d deliveries", len(entries), len(due))
	}
}

func stalePasses(t *testing.T, b AllBooks) {
	p := passOf("p1")
	want(t, b.SavePass(t.Context(), p, nil, []core.Entry{passed()}, nil), core.ErrStale)
	must(t, b.PutPass(t.Context(), p, passed()))
	p.Version = 2
	want(t, b.SavePass(t.Context(), p, []core.Case{caseOf("c1", seenAt("s1", Start))}, []core.Entry{passed()}, []core.Delivery{delivery(0)}), core.ErrStale)
	l := core.Look{Service: "jellyfin", Cursor: "k", Seen: []core.Seen{seenAt("s1", Start)}, Passes: []core.Pass{p}, Entries: []core.Entry{passed()}}
	want(t, b.RecordLook(t.Context(), l), core.ErrStale)
	cursor, err := b.Cursor(t.Context(), "jellyfin")
	must(t, err)
	same(t, cursor, "")
	cases, err := b.Cases(t.Context(), core.CaseQuery{})
	must(t, err)
	entries, err := b.History(t.Context(), core.HistoryQuery{Limit: 10})
	must(t, err)
	if len(cases) != 0 || len(entries) != 1 {
		t.Errorf("%d cases and %d entries of what was not recorded", len(cases), len(entries))
	}
}

func passEndsOnce(t *testing.T, b AllBooks) {
	p := passOf("p1")
	must(t, b.PutPass(t.Context(), p, passed()))
	a := signOut("a1", "tv")
	a.Pass = "p1"
	take := core.Taking{By: "leo", At: noon.Add(time.Hour), Pass: "p1"}
	must(t, b.Begin(t.Context(), a, take, nil, nil))
	want(t, b.Begin(t.Context(), signOut("a2", "phone"), take, []core.Entry{passed()}, nil), core.ErrUsed)
	_, err := b.Action(t.Context(), "a2")
	want(t, err, core.ErrNone)
	kept, err := b.Action(t.Context(), "a1")
	must(t, err)
	same(t, kept.Pass, core.PassID("p1"))
	p.Version, p.Ended, p.Action = 2, noon.Add(time.Hour), "a1"
	same(t, passesOf(t, b, noon), []core.Pass{p})
	p.Version = 1
	want(t, b.SavePass(t.Context(), p, nil, nil, nil), core.ErrStale)
}

func mostPasses(t *testing.T, b AllBooks) {
	for i := range core.MaxPasses {
		must(t, b.PutPass(t.Context(), passOf(core.PassID(fmt.Sprint(i))), passed()))
	}
	want(t, b.PutPass(t.Context(), passOf("more"), passed()), core.ErrFull)
	others := passOf("sofi's")
	others.By = "sofi"
	must(t, b.PutPass(t.Context(), others, passed()))
	first := passOf("0")
	first.Version, first.Ended = 1, noon
	must(t, b.SavePass(t.Context(), first, nil, nil, nil))
	must(t, b.PutPass(t.Context(), passOf("more"), passed()))
}

func exceptions(t *testing.T, b AllBooks) {
	device := core.Exception{
		ID: "x1", By: "leo", Made: noon, Account: core.Account{Service: "jellyfin", Member: "leo", Login: "leo"},
		Device: core.DeviceRef{Service: "jellyfin", ID: "d"}, Name: "Chrome on Windows",
	}
	place := core.Exception{ID: "x0", By: "marta", Made: noon.Add(-time.Hour), Place: lyon}
	e := core.Entry{At: noon, Actor: "leo", Act: core.MakeExceptions, Step: core.Concluded, Outcome: core.Started}
	must(t, b.PutException(t.Context(), device, e))
	must(t, b.PutException(t.Context(), place, e))
	all, err := b.Exceptions(t.Context())
	must(t, err)
	same(t, all, []core.Exception{device, place})
	must(t, b.DropException(t.Context(), "x1", e))
	want(t, b.DropException(t.Context(), "x1", e), core.ErrNone)
	all, err = b.Exceptions(t.Context())
	must(t, err)
	same(t, all, []core.Exception{place})
	entries, err := b.History(t.Context(), core.HistoryQuery{Limit: 10})
	must(t, err)
	if len(entries) != 3 {
		t.Errorf("%d entries", len(entries))
	}
	for i := range core.MaxExceptions - 1 {
		place.ID = core.ExceptionID(fmt.Sprint("more", i))
		must(t, b.PutException(t.Context(), place, e))
	}
	place.ID = "most"
	want(t, b.PutException(t.Context(), place, e), core.ErrFull)
}

func severed(t *testing.T, b AllBooks) {
	leo := core.Account{Service: "jellyfin", Member: "leo", Login: "leo"}
	put := func(id core.ActionID, act core.Act, account core.Account, outcome core.Outcome, started time.Time) core.Action {
		t.Helper()
		a := core.Action{ID: id, Act: act, Actor: "leo", Service: "jellyfin", Account: account, State: core.Ended, Outcome: outcome, Started: started}
		must(t, b.Begin(t.Context(), a, core.Taking{}, nil, nil))
		a.Version = 1
		return a
	}
	reset := put("a1", core.StartReset, leo, core.Started, noon)
	all := put("a2", core.SignOut, leo, core.Gone, noon.Add(-time.Minute))
	put("a3", core.SignOut, core.Account{}, core.Gone, noon) // one device
	put("a4", core.StartReset, leo, core.Failed, noon)
	put("a5", core.StartReset, leo, core.Started, noon.Add(-time.Hour))
	found, err := b.Severed(t.Context(), noon.Add(-time.Hour))
	must(t, err)
	same(t, found, []core.Action{all, reset})
}
