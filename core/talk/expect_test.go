package talk_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/core/coretest"
	"latchstring/core/talk"
)

// Of an owner and a member who end a pass in the moment in which it is over by itself, one is heard; there is one sign-out.
func TestAPassEndsOnce(t *testing.T) {
	for range 30 {
		mail := &coretest.Mail{}
		h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices(), mail)
		h.Watch(t.Context())
		home, _ := h.Service("home")
		leo, _ := h.Household.Member("leo")
		p, err := h.Watcher.Expect(t.Context(), leo, core.Source{Contact: leo.Contacts[0]}, "Airbnb TV", h.Now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if err := home.Order("leo signs in on Samsung TV from Oslo"); err != nil {
			t.Fatal(err)
		}
		h.Pass(t.Context(), time.Minute)
		var wg sync.WaitGroup
		for _, who := range h.Household.Members[:2] {
			wg.Go(func() {
				if _, err := h.Watcher.Revoke(context.Background(), who, p.ID); err != nil && !errors.Is(err, core.ErrStale) {
					t.Error(err)
				}
			})
			wg.Go(func() {
				r := h.Talk.Handle(context.Background(), talk.Request{From: leo.Contacts[0], Private: true, At: h.Now(), Handle: mail.Button("leo", "End now")})
				if r.Then != nil {
					r.Then(context.Background())
				}
			})
			wg.Go(func() { h.Watcher.Tend(context.Background()) })
		}
		wg.Wait()
		h.Pass(t.Context(), 10*time.Minute)
		if home.SignOuts("new1") != 1 || home.Asked() != 1 {
			t.Fatalf("%d sign-outs, %d asked for", home.SignOuts("new1"), home.Asked())
		}
	}
}
