package control_test

import (
	"context"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/core/control"
	"latchstring/core/coretest"
)

// page is the list of a service that is read a few times a day, and what was heard of its devices meanwhile.
type page struct {
	devices, heard []core.Device
	readAt         time.Time
	err            error
}

func (p *page) Devices(context.Context) ([]core.Device, error) { return p.devices, p.err }

type heard struct{ *page }

func (h heard) Devices(context.Context) ([]core.Device, error) { return h.heard, nil }

// listed puts such a list in the place of the one that Netflix has, and has it sign out one device at a time.
func listed(t *testing.T, h *coretest.House) (*page, *coretest.Service) {
	t.Helper()
	s, ok := h.Service("netflix")
	c, known := h.Desk.Connector("netflix")
	if !ok || !known {
		t.Fatal("no netflix")
	}
	s.CanSignOut = true
	full := s.Connector()
	devices, err := full.Devices.Devices(t.Context())
	must(t, err)
	p := &page{devices: devices, readAt: h.Now()}
	c.Devices, c.SignOut, c.Heard, c.Single, c.ReadAt = p, full.SignOut, heard{p}, true, func() time.Time { return p.readAt }
	return p, s
}

func wantOf(ids ...core.DeviceID) control.Want {
	w := control.Want{Service: "netflix"}
	for _, id := range ids {
		w.Refs = append(w.Refs, core.DeviceRef{Service: "netflix", ID: id})
	}
	return w
}

// Only one device of the list, that can be told from all others, is signed out by the program.
func TestWhatAPersonSignsOut(t *testing.T) {
	for name, c := range map[string]struct {
		want control.Want
		way  core.Support
	}{
		"a device of the list":                   {wantOf("n1"), core.Yes},
		"two of the list":                        {wantOf("n1", "n2"), core.ByHand},
		"one that is not like any other":         {wantOf("twin"), core.ByHand},
		"one that was only heard of":             {wantOf("mail"), core.ByHand},
		"one of the list, one heard of":          {wantOf("n1", "mail"), core.ByHand},
		"everything of an account":               {control.Want{Service: "netflix", All: "marta"}, core.ByHand},
		"everything of one, whom one is left of": {control.Want{Service: "netflix", All: "marta", Keep: wantOf("n2", "twin").Refs}, core.ByHand},
	} {
		t.Run(name, func(t *testing.T) {
			h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices())
			p, s := listed(t, h)
			on := p.devices[0].Sessions
			p.devices = append(p.devices, core.Device{Service: "netflix", ID: "n2", Name: "Phone", Sessions: on},
				core.Device{Service: "netflix", ID: "twin", Name: "Stick", ByHand: true, Sessions: on})
			p.heard = []core.Device{{Service: "netflix", ID: "mail", Generation: "7", Name: "Roku", Sessions: on}}
			plan, err := h.Desk.PlanSignOut(t.Context(), member(t, h, "marta"), c.want)
			must(t, err)
			if plan.Way != c.way {
				t.Errorf("%s, want %s", plan.Way, c.way)
			}
			a, err := h.Desk.BeginSignOut(t.Context(), order(t, h, "marta"), c.want, plan.Affects)
			must(t, err)
			if h.Desk.Carry(t.Context(), a); c.way == core.ByHand && (a.State != core.InHand || s.Asked() > 0) {
				t.Errorf("%s, asked %d times", a.State, s.Asked())
			}
		})
	}
}

// What was not even heard of is gone.
func TestWhatNobodyKnowsIsGone(t *testing.T) {
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices())
	listed(t, h)
	a, err := h.Desk.BeginSignOut(t.Context(), order(t, h, "marta"), wantOf("mail"), nil)
	if must(t, err); a.Outcome != core.WasGone {
		t.Error(a.Outcome)
	}
}

// A list that was read before the sign-out proves nothing of it, whatever is on it.
func TestAnOldListProvesNothing(t *testing.T) {
	for name, still := range map[string]bool{"still on it": true, "not on it any more": false} {
		t.Run(name, func(t *testing.T) {
			h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices())
			p, _ := listed(t, h)
			p.readAt = h.Now().Add(-time.Hour)
			a, err := h.Desk.BeginSignOut(t.Context(), order(t, h, "marta"), wantOf("n1"), nil)
			must(t, err)
			if !still {
				p.devices = []core.Device{}
			}
			h.Desk.Carry(t.Context(), a)
			if got := outcome(t, h, a.ID).Outcome; got != core.Unknown {
				t.Errorf("concluded %s", got)
			}
			p.devices, p.readAt = []core.Device{}, h.Now()
			h.Pass(t.Context(), time.Hour)
			h.Desk.Tend(t.Context())
			if got := outcome(t, h, a.ID).Outcome; got != core.Gone {
				t.Errorf("read anew: %s", got)
			}
		})
	}
}

// A member's word is what there is until the list is read anew.
func TestByHandWithAnOldList(t *testing.T) {
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices())
	p, _ := listed(t, h)
	p.devices[0].ByHand = true
	a, err := h.Desk.BeginSignOut(t.Context(), order(t, h, "marta"), wantOf("n1"), nil)
	must(t, err)
	h.Pass(t.Context(), time.Minute)
	a, err = h.Desk.EndByHand(t.Context(), order(t, h, "marta"), a.ID, true)
	if must(t, err); a.Outcome != core.DoneByHand {
		t.Error(a.Outcome)
	}
}

// What goes for want of use is meant as it was listed: what was heard of it later makes nothing of it a person's to do.
func TestIdleIsWhatIsListed(t *testing.T) {
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices())
	p, _ := listed(t, h)
	p.heard = []core.Device{{Service: "netflix", ID: "mail", Name: "Roku", Sessions: p.devices[0].Sessions}}
	want := wantOf("n1", "mail")
	want.Unused = h.Now()
	plan, err := h.Desk.PlanSignOut(t.Context(), member(t, h, "marta"), want)
	must(t, err)
	if len(plan.Devices) != 1 || plan.Way != core.Yes {
		t.Errorf("%d devices, %s", len(plan.Devices), plan.Way)
	}
}
