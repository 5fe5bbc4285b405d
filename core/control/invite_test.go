package control_test

import (
	"testing"

	"latchstring/core"
	"latchstring/core/coretest"
)

// The link of somebody who left the config is forgotten for good: a later member of that name is somebody else.
func TestLinksOfThoseWhoLeft(t *testing.T) {
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices())
	guest := core.Contact{Chat: core.Telegram, User: "77"}
	code, inv, err := h.Desk.InviteMember(t.Context(), member(t, h, "marta"), "leo")
	must(t, err)
	if _, open := h.Desk.InviteFor(t.Context(), code.Reveal()); !open {
		t.Fatal("the invitation is not open")
	}
	must(t, h.Desk.OpenInvite(t.Context(), inv.ID, guest, "Leo G"))
	_, err = h.Desk.DecideInvite(t.Context(), member(t, h, "marta"), inv.ID, guest, true)
	must(t, err)
	if m, known := h.Desk.MemberAt(guest); !known || m.ID != "leo" {
		t.Fatalf("linked to %q, %v", m.ID, known)
	}
	with := h.Household.Members
	h.Household.Members = []core.Member{with[0], with[2]}
	must(t, h.Desk.LoadLinks(t.Context()))
	h.Household.Members = with
	must(t, h.Desk.LoadLinks(t.Context()))
	if m, known := h.Desk.MemberAt(guest); known {
		t.Errorf("still linked to %q", m.ID)
	}
}
