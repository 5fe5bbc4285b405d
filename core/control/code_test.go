package control_test

import (
	"testing"
	"time"

	"latchstring/core"
	"latchstring/core/coretest"
)

// Links that let a device in are for the owner alone, who is on record before they are shown.
func TestLinksAreTheOwners(t *testing.T) {
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices())
	s, _ := h.Service("netflix")
	if err := s.Order("mails a link for a TV"); err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{"leo", "sofi"} {
		_, err := h.Desk.ShowLink(t.Context(), member(t, h, who), "netflix", "marta", core.NoticeSignInRequest, h.Now())
		if core.KindOf(err) != core.Forbidden {
			t.Errorf("%s: %v", who, err)
		}
	}
	n, err := h.Desk.ShowLink(t.Context(), member(t, h, "marta"), "netflix", "marta", core.NoticeSignInRequest, h.Now())
	if err != nil || n.Link.Empty() {
		t.Errorf("the owner: %v", err)
	}
	entries, err := h.Desk.History(t.Context(), member(t, h, "marta"), core.HistoryQuery{Limit: 10})
	if err != nil || len(entries) != 4 || entries[1].Step != core.Requested || entries[2].Step != core.Refused {
		t.Errorf("on record: %+v, %v", entries, err)
	}
}

// A sign-in from before a device was signed out by hand, which a mailbox may tell again, is no return of it.
func TestReturnedIsLater(t *testing.T) {
	books := &coretest.Books{}
	h := coretest.NewHouse(t, books, coretest.RiveraServices())
	a := core.Action{
		ID: "a1", Act: core.SignOut, Actor: "marta", Service: "netflix", State: core.Ended, Outcome: core.DoneByHand, Started: h.Now(), Ended: h.Now(),
		Targets: []core.Target{{Ref: core.DeviceRef{Service: "netflix", ID: "n1"}, Outcome: core.DoneByHand}},
	}
	must(t, books.Begin(t.Context(), a, core.Taking{}, nil, nil))
	for _, test := range []struct {
		at   time.Time
		want core.Outcome
	}{{h.Now().Add(-time.Hour), core.DoneByHand}, {h.Now().Add(time.Hour), core.CameBack}} {
		s := core.SignIn{Service: "netflix", Key: "k", Device: core.DeviceRef{Service: "netflix", ID: "n1", Generation: "9"}, At: test.at}
		must(t, h.Desk.Returned(t.Context(), s))
		if got := outcome(t, h, "a1").Outcome; got != test.want {
			t.Errorf("signed in on %v: %s, want %s", test.at, got, test.want)
		}
	}
}
