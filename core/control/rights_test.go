package control_test

import (
	"testing"

	"latchstring/core"
	"latchstring/core/control"
	"latchstring/core/coretest"
)

// A role that the table does not know can not even have a sign-out planned, or asked of the owner.
func TestUnknownRolesMayNothing(t *testing.T) {
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices())
	_, want := jellyfin(t, h)
	nobody := core.Member{ID: "leo", Name: "Leo", Role: "guest"}
	if _, err := h.Desk.PlanSignOut(t.Context(), nobody, want); core.KindOf(err) != core.Forbidden {
		t.Errorf("planned: %v", err)
	}
	if _, err := h.Desk.AskSignOut(t.Context(), control.Order{By: nobody}, want); core.KindOf(err) != core.Forbidden {
		t.Errorf("asked: %v", err)
	}
}
