package coretest

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"latchstring/core"
)

// noon is when the books' tests take place; books keep times to the microsecond.
var noon = time.Date(2026, 5, 12, 12, 0, 0, 123_456_000, time.UTC)

// BookSuite asks of books what the ports promise. Open gives fresh ones each time and has them closed by the test's end.
func BookSuite(t *testing.T, open func(t *testing.T) AllBooks) {
	for name, test := range map[string]func(*testing.T, AllBooks){
		"an action comes back as it went in":           actionComesBack,
		"an action is saved over its own version only": staleActions,
		"one device, one executing action":             underway,
		"one account, one executing reset":             resetUnderway,
		"beginning is all or nothing":                  beginIsWhole,
		"unended actions, executing first":             unended,
		"history, newest first":                        history,
		"an offer comes back as it went in":            offerComesBack,
		"an offer is taken once":                       offerOnce,
		"an offer lapses":                              offerLapses,
		"a group is taken together":                    offerGroup,
		"200 takers, one gets it":                      offerRace,
		"settings":                                     settings,
		"deliveries on their way":                      deliveries,
		"the inbox":                                    inbox,
		"a look comes back as it went in":              lookComesBack,
		"a look is all or nothing":                     lookIsWhole,
		"a case is saved over its own version only":    staleCases,
		"an action answers a case once":                answeredByAction,
		"what was done by hand":                        byHand,
		"silence is taken back by an action":           silenceTakenBack,
		"when a question reached somebody":             askedAt,
		"a redraw knows the messages of its case":      redraws,
		"a pass comes back as it went in":              passComesBack,
		"a pass is saved over its own version only":    stalePasses,
		"a pass is ended once":                         passEndsOnce,
		"a member has so many passes":                  mostPasses,
		"exceptions":                                   exceptions,
		"actions that sever an account":                severed,
		"invitations and links":                        invitations,
		"a room moves":                                 movedRooms,
		"a cancelled request writes nothing":           cancelled,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// same compares with times by their instant and empty slices as none.
func same(t *testing.T, got, want any) {
	t.Helper()
	addr := cmp.Comparer(func(x, y netip.Addr) bool { return x == y })
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty(), addr); d != "" {
		t.Errorf("not as expected (-want +got):\n%s", d)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func want(t *testing.T, err, meant error) {
	t.Helper()
	if !errors.Is(err, meant) {
		t.Fatalf("got %v, want %v", err, meant)
	}
}

// signOut is an executing sign-out of devices at jellyfin.
func signOut(id core.ActionID, devices ...core.DeviceID) core.Action {
	a := core.Action{
		ID: id, Act: core.SignOut, Actor: "marta", Service: "jellyfin", State: core.Executing, Outcome: core.Open, Started: noon,
	}
	for _, d := range devices {
		a.Targets = append(a.Targets, core.Target{Ref: core.DeviceRef{Service: "jellyfin", ID: d}, Name: string(d), Outcome: core.Open})
	}
	return a
}

func entry(by core.MemberID, whose ...core.MemberID) core.Entry {
	return core.Entry{At: noon, Actor: by, Act: core.SignOut, Step: core.Requested, Service: "jellyfin", Whose: whose}
}

func delivery(n int) core.Delivery {
	return core.Delivery{
		ID: core.DeliveryID(fmt.Sprintf("delivery-%d", n)), Key: fmt.Sprintf("key-%d", n), To: "leo", News: core.NewsAction,
		Subject: "a1", Made: noon, Due: noon.Add(time.Duration(n) * time.Minute),
	}
}

func offer(id core.OfferID, group string) core.Offer {
	return core.Offer{
		ID: id, Kind: "confirm", Args: []byte(`{"a":1}`), Audience: []core.MemberID{"marta"}, Group: group, Once: true,
		Made: noon, Lapses: noon.Add(time.Hour),
	}
}

func actionComesBack(t *testing.T, b AllBooks) {
	a := core.Action{
		ID: "a1", Act: core.SignOut, Actor: "marta", Decider: "leo",
		Asked:   core.Source{Contact: core.Contact{Chat: core.Telegram, User: "1"}, Room: "2", Message: "3"},
		Decided: core.Source{Contact: core.Contact{Chat: core.Discord, User: "4"}},
		Service: "jellyfin", Account: core.Account{Service: "jellyfin", Member: "leo", Login: "le'o\x00"},
		Targets: []core.Target{{
			Ref: core.DeviceRef{Service: "jellyfin", ID: "tv \"<>\u202e", Generation: "g"}, Since: noon.Add(-time.Hour), Name: "<b>TV</b>",
			Members: []core.MemberID{"leo", "sofi"}, Login: "leo", Asked: true, Outcome: core.StillThere,
		}},
		Whole: true, State: core.Waiting, Outcome: core.StillThere, Reason: core.Busy, Attempts: 2, Started: noon,
		Settled: noon.Add(time.Second), LookAt: noon.Add(time.Minute), Looks: 3, Ended: noon.Add(time.Hour),
	}
	must(t, b.Begin(t.Context(), a, core.Taking{}, nil, nil))
	got, err := b.Action(t.Context(), "a1")
	must(t, err)
	a.Version = 1
	same(t, got, a)

	bare := core.Action{Version: 1, ID: "a1", Act: core.StartReset, State: core.Ended, Outcome: core.Failed}
	must(t, b.Save(t.Context(), bare, nil, nil))
	bare.Version = 2
	got, err = b.Action(t.Context(), "a1")
	must(t, err)
	same(t, got, bare)

	_, err = b.Action(t.Context(), "a2")
	want(t, err, core.ErrNone)
}

func staleActions(t *testing.T, b AllBooks) {
	a := signOut("a1", "tv")
	want(t, b.Save(t.Context(), a, nil, nil), core.ErrStale)
	must(t, b.Begin(t.Context(), a, core.Taking{}, nil, nil))
	want(t, b.Begin(t.Context(), a, core.Taking{}, nil, nil), core.ErrStale)
	want(t, b.Save(t.Context(), a, nil, nil), core.ErrStale)
	a.Version = 2
	want(t, b.Save(t.Context(), a, nil, nil), core.ErrStale)
	a.Version, a.State = 1, core.Waiting
	must(t, b.Begin(t.Context(), a, core.Taking{}, nil, nil))
	want(t, b.Save(t.Context(), a, []core.Entry{entry("marta")}, []core.Delivery{delivery(0)}), core.ErrStale)
	entries, err := b.History(t.Context(), core.HistoryQuery{Limit: 10})
	must(t, err)
	due, err := b.Due(t.Context(), noon, 10)
	must(t, err)
	if len(entries)+len(due) > 0 {
		t.Errorf("a stale save left %d entries and %d deliveries", len(entries), len(due))
	}
	a.ID, a.Version = "a9", 4
	want(t, b.Begin(t.Context(), a, core.Taking{}, nil, nil), core.ErrStale)
}

func underway(t *testing.T, b AllBooks) {
	a := signOut("a1", "tv", "phone", "tv")
	must(t, b.Begin(t.Context(), a, core.Taking{}, nil, nil))
	want(t, b.Begin(t.Context(), signOut("a2", "laptop", "phone"), core.Taking{}, nil, nil), core.ErrUnderway)
	must(t, b.Begin(t.Context(), signOut("a3", "laptop"), core.Taking{}, nil, nil)) // the failed one holds nothing

	elsewhere := signOut("a4", "tv")
	elsewhere.Service, elsewhere.Targets[0].Ref.Service = "plex", "plex"
	must(t, b.Begin(t.Context(), elsewhere, core.Taking{}, nil, nil))

	pending := signOut("a5", "tv")
	pending.State = core.Pending
	must(t, b.Begin(t.Context(), pending, core.Taking{}, nil, nil)) // asking for it does not do it
	pending.Version, pending.State = 1, core.Executing
	want(t, b.Begin(t.Context(), pending, core.Taking{}, nil, nil), core.ErrUnderway)

	a.Version = 1
	must(t, b.Save(t.Context(), a, nil, nil)) // its own devices do not stand in its way
	a.Version, a.State = 2, core.Ended
	must(t, b.Save(t.Context(), a, nil, nil))
	must(t, b.Begin(t.Context(), pending, core.Taking{}, nil, nil))
}

func resetUnderway(t *testing.T, b AllBooks) {
	reset := func(id core.ActionID, m core.MemberID) core.Action {
		return core.Action{
			ID: id, Act: core.StartReset, Actor: "marta", Service: "jellyfin", State: core.Executing, Outcome: core.Open,
			Account: core.Account{Service: "jellyfin", Member: m, Login: string(m)}, Started: noon,
		}
	}
	must(t, b.Begin(t.Context(), reset("a1", "leo"), core.Taking{}, nil, nil))
	want(t, b.Begin(t.Context(), reset("a2", "leo"), core.Taking{}, nil, nil), core.ErrUnderway)
	must(t, b.Begin(t.Context(), reset("a3", "marta"), core.Taking{}, nil, nil))
	whole := signOut("a4", "tv")
	whole.Whole, whole.Account = true, reset("", "leo").Account
	must(t, b.Begin(t.Context(), whole, core.Taking{}, nil, nil))
}

func beginIsWhole(t *testing.T, b AllBooks) {
	must(t, b.PutOffers(t.Context(), []core.Offer{offer("o1", ""), offer("o2", "")}))
	take := core.Taking{Offer: "o1", By: "marta", At: noon}
	must(t, b.Begin(t.Context(), signOut("a1", "tv"), take, []core.Entry{entry("marta")}, []core.Delivery{delivery(0)}))
	taken, err := b.Offer(t.Context(), "o1")
	must(t, err)
	after := offer("o1", "")
	after.Used, after.UsedBy, after.Action = noon, "marta", "a1"
	same(t, taken, after)

	for _, refused := range []struct {
		action core.Action
		take   core.Taking
		err    error
	}{
		{signOut("a2", "phone"), take, core.ErrUsed},
		{signOut("a2", "phone"), core.Taking{Offer: "o9", By: "marta", At: noon}, core.ErrUsed},
		{signOut("a2", "tv"), core.Taking{Offer: "o2", By: "marta", At: noon}, core.ErrUnderway},
		{signOut("a1", "phone"), core.Taking{Offer: "o2", By: "marta", At: noon}, core.ErrStale},
	} {
		err := b.Begin(t.Context(), refused.action, refused.take, []core.Entry{entry("marta")}, []core.Delivery{delivery(-1)})
		want(t, err, refused.err)
	}
	_, err = b.Action(t.Context(), "a2")
	want(t, err, core.ErrNone)
	free, err := b.Offer(t.Context(), "o2")
	must(t, err)
	same(t, free, offer("o2", ""))
	entries, err := b.History(t.Context(), core.HistoryQuery{Limit: 10})
	must(t, err)
	due, err := b.Due(t.Context(), noon, 10)
	must(t, err)
	if len(entries) != 1 || len(due) != 1 {
		t.Errorf("%d entries and %d deliveries, want 1 of each", len(entries), len(due))
	}
}

func unended(t *testing.T, b AllBooks) {
	for i, state := range []core.ActionState{core.Pending, core.Executing, core.Waiting, core.InHand, core.Ended} {
		a := signOut(core.ActionID(fmt.Sprint("a", i)), core.DeviceID(state))
		a.State, a.Started = state, noon.Add(-time.Duration(i)*time.Minute)
		must(t, b.Begin(t.Context(), a, core.Taking{}, nil, nil))
	}
	actions, err := b.Unended(t.Context())
	must(t, err)
	var ids []core.ActionID
	for _, a := range actions {
		ids = append(ids, a.ID)
	}
	same(t, ids, []core.ActionID{"a1", "a3", "a2", "a0"})
}

func history(t *testing.T, b AllBooks) {
	full := core.Entry{
		At: noon, Actor: "leo", Act: core.SignOut, Step: core.Concluded, Service: "plex", Whose: []core.MemberID{"sofi", "leo", "leo"},
		Targets: []string{"<TV> & \u2028"}, Outcome: core.Gone, Reason: core.Busy, Action: "a1",
	}
	for _, e := range []core.Entry{entry("marta"), entry("leo", "marta"), full, entry("marta", "leo")} {
		must(t, b.Record(t.Context(), e))
	}
	for _, test := range []struct {
		query core.HistoryQuery
		want  []int64
	}{
		{core.HistoryQuery{Limit: 10}, []int64{4, 3, 2, 1}},
		{core.HistoryQuery{Limit: 2}, []int64{4, 3}},
		{core.HistoryQuery{Limit: 2, Before: 3}, []int64{2, 1}},
		{core.HistoryQuery{Member: "marta", Limit: 10}, []int64{4, 2, 1}},
		{core.HistoryQuery{Member: "marta", Limit: 1, Before: 4}, []int64{2}},
		{core.HistoryQuery{Member: "sofi", Limit: 10}, []int64{3}},
		{core.HistoryQuery{Member: "nobody", Limit: 10}, nil},
		{core.HistoryQuery{Limit: 0}, nil},
	} {
		entries, err := b.History(t.Context(), test.query)
		must(t, err)
		var seqs []int64
		for _, e := range entries {
			seqs = append(seqs, e.Seq)
		}
		if d := cmp.Diff(test.want, seqs); d != "" {
			t.Errorf("%+v (-want +got):\n%s", test.query, d)
		}
	}
	entries, err := b.History(t.Context(), core.HistoryQuery{Member: "sofi", Limit: 1})
	must(t, err)
	full.Seq = 3
	same(t, entries, []core.Entry{full})
}

func offerComesBack(t *testing.T, b AllBooks) {
	o := core.Offer{
		ID: "o1", Kind: "confirm", Args: []byte(`{"name":"<\u202e>"}`), Audience: []core.MemberID{"marta", "leo"}, Group: "g", Once: true,
		Made: noon, Lapses: noon.Add(time.Hour), Used: noon.Add(time.Minute), UsedBy: "leo", Action: "a1",
	}
	bare := core.Offer{ID: "o2"}
	must(t, b.PutOffers(t.Context(), []core.Offer{o, bare}))
	for _, o := range []core.Offer{o, bare} {
		got, err := b.Offer(t.Context(), o.ID)
		must(t, err)
		same(t, got, o)
	}
	_, err := b.Offer(t.Context(), "o3")
	want(t, err, core.ErrNone)
	must(t, b.PutOffers(t.Context(), nil))
}

func offerOnce(t *testing.T, b AllBooks) {
	must(t, b.PutOffers(t.Context(), []core.Offer{offer("o1", ""), offer("o2", "")}))
	must(t, b.TakeOffer(t.Context(), "o1", "marta", noon))
	want(t, b.TakeOffer(t.Context(), "o1", "leo", noon), core.ErrUsed)
	want(t, b.TakeOffer(t.Context(), "o3", "leo", noon), core.ErrUsed)
	o, err := b.Offer(t.Context(), "o1")
	must(t, err)
	after := offer("o1", "")
	after.Used, after.UsedBy = noon, "marta"
	same(t, o, after)
	must(t, b.TakeOffer(t.Context(), "o2", "marta", noon)) // no group is not a group
}

func offerLapses(t *testing.T, b AllBooks) {
	must(t, b.PutOffers(t.Context(), []core.Offer{offer("o1", ""), offer("o2", "")}))
	lapse := noon.Add(time.Hour)
	want(t, b.TakeOffer(t.Context(), "o1", "marta", lapse), core.ErrUsed)
	want(t, b.TakeOffer(t.Context(), "o1", "marta", lapse.Add(time.Hour)), core.ErrUsed)
	must(t, b.TakeOffer(t.Context(), "o2", "marta", lapse.Add(-time.Microsecond)))
}

func offerGroup(t *testing.T, b AllBooks) {
	must(t, b.PutOffers(t.Context(), []core.Offer{offer("yes", "q1"), offer("no", "q1"), offer("other", "q2")}))
	must(t, b.Begin(t.Context(), signOut("a1", "tv"), core.Taking{Offer: "no", By: "leo", At: noon}, nil, nil))
	want(t, b.TakeOffer(t.Context(), "yes", "marta", noon), core.ErrUsed)
	yes, err := b.Offer(t.Context(), "yes")
	must(t, err)
	if yes.UsedBy != "leo" || yes.Action != "a1" || !yes.Used.Equal(noon) {
		t.Errorf("the other offer of the group is %+v", yes)
	}
	must(t, b.TakeOffer(t.Context(), "other", "marta", noon))
}

func offerRace(t *testing.T, b AllBooks) {
	must(t, b.PutOffers(t.Context(), []core.Offer{offer("yes", "q"), offer("no", "q")}))
	const takers = 200
	errs := make([]error, takers)
	var wg sync.WaitGroup
	for i := range takers {
		wg.Go(func() {
			o := core.OfferID("yes")
			if i%3 == 0 {
				o = "no"
			}
			if i%2 == 0 {
				errs[i] = b.TakeOffer(context.Background(), o, "marta", noon)
				return
			}
			id := fmt.Sprint("a", i)
			errs[i] = b.Begin(context.Background(), signOut(core.ActionID(id), core.DeviceID(id)), core.Taking{Offer: o, By: "leo", At: noon}, nil, nil)
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		want(t, err, core.ErrUsed)
	}
	if won != 1 {
		t.Errorf("%d of %d takers got the offer", won, takers)
	}
}
