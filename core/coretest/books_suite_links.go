package coretest

import (
	"testing"
	"time"

	"latchstring/core"
)

// invitations asks of books what [control.LinkBook] promises.
func invitations(t *testing.T, b AllBooks) {
	ctx := t.Context()
	guest := core.Contact{Chat: core.Telegram, User: "77"}
	inv := func(id string, made time.Time) core.Invite {
		return core.Invite{ID: core.InviteID(id), Member: "leo", By: "marta", Made: made, Lapses: made.Add(core.InviteLife), Tries: 2}
	}
	e := core.Entry{At: noon, Actor: "marta", Act: core.InvitePeople, Step: core.Requested, Whose: []core.MemberID{"leo"}}
	open := func(id string, at time.Time) error {
		return b.OpenInvite(ctx, core.InviteID(id), core.Link{Contact: guest, Called: "Leo G", At: at}, nil)
	}

	must(t, b.PutInvite(ctx, inv("i1", noon), e))
	must(t, b.PutInvite(ctx, inv("i2", noon), e))
	want(t, open("i1", noon), core.ErrUsed) // the newer one ended it
	want(t, open("no", noon), core.ErrUsed)
	want(t, open("i2", noon.Add(core.InviteLife)), core.ErrUsed)
	end := func(who core.Contact, link *core.Link) error { return b.EndInvite(ctx, "i2", who, link, e, nil) }
	want(t, end(guest, nil), core.ErrUsed) // nobody has opened it
	must(t, open("i2", noon))
	must(t, open("i2", noon))
	want(t, open("i2", noon), core.ErrUsed) // no try is left
	got, err := b.Invite(ctx, "i2")
	must(t, err)
	opened := inv("i2", noon)
	opened.Tries, opened.Guest, opened.Called = 0, guest, "Leo G"
	same(t, got, opened)

	link := core.Link{Contact: guest, Member: "leo", Called: "Leo G", At: noon}
	want(t, end(core.Contact{Chat: core.Discord, User: "77"}, &link), core.ErrUsed)
	must(t, end(guest, &link))
	want(t, end(guest, &link), core.ErrUsed)
	links, err := b.Links(ctx)
	must(t, err)
	same(t, links, []core.Link{link})

	must(t, b.Unlink(ctx, guest, e))
	want(t, b.Unlink(ctx, guest, e), core.ErrNone)
	links, err = b.Links(ctx)
	must(t, err)
	same(t, links, []core.Link{})
	entries, err := b.History(ctx, core.HistoryQuery{Limit: 10})
	must(t, err)
	if len(entries) != 4 {
		t.Errorf("%d entries on record, want 4", len(entries))
	}
	_, err = b.Invite(ctx, "i9")
	want(t, err, core.ErrNone)
}

// movedRooms asks of books that a room which moves takes along what is on its way to it.
func movedRooms(t *testing.T, b AllBooks) {
	ctx := t.Context()
	group := core.Source{Contact: core.Contact{Chat: core.Telegram, User: "1"}, Room: "-5", Message: "12", Public: true}
	elsewhere := group
	elsewhere.Room = "-55"
	a := signOut("a1", "tv")
	a.State, a.Asked, a.Decided = core.Waiting, group, elsewhere
	news := []core.Delivery{
		{ID: "d1", Key: "1", To: "leo", News: core.NewsAction, Source: group, Made: noon, Due: noon},
		{ID: "d2", Key: "2", To: "leo", News: core.NewsAction, Source: elsewhere, Made: noon, Due: noon.Add(time.Second)},
	}
	must(t, b.Begin(ctx, a, core.Taking{}, nil, news))
	must(t, b.MoveRoom(ctx, core.Telegram, "-5", "-1005"))
	must(t, b.MoveRoom(ctx, core.Telegram, "-5", "-1005")) // told twice
	moved := group
	moved.Room, moved.Message = "-1005", ""
	got, err := b.Action(ctx, "a1")
	must(t, err)
	same(t, []core.Source{got.Asked, got.Decided}, []core.Source{moved, elsewhere})
	due, err := b.Due(ctx, noon.Add(time.Hour), 10)
	must(t, err)
	same(t, []core.Source{due[0].Source, due[1].Source}, []core.Source{moved, elsewhere})
	rooms, err := b.MovedRooms(ctx, core.Telegram)
	must(t, err)
	same(t, rooms, map[string]string{"-5": "-1005"})
	rooms, err = b.MovedRooms(ctx, core.Discord)
	must(t, err)
	same(t, len(rooms), 0)
}
