package talk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"latchstring/core"
	"latchstring/core/control"
	"latchstring/core/coretest"
	"latchstring/core/talk"
)

// The screen says first who stops something, and one's own stream stops without a word.
func TestStopSpeaksFirst(t *testing.T) {
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices())
	films, _ := h.Service("jellyfin")
	stop := func(who string) {
		t.Helper()
		c := press(h, who, label(t, say(h, who, "watching").Card, "Stop Living-room TV").Handle).Card
		if c = press(h, who, label(t, c, "Yes, stop it").Handle).Card; c.Tone != talk.Good {
			t.Error(script(c))
		}
		if err := films.Order("Living-room TV plays Dark S1E4"); err != nil {
			t.Fatal(err)
		}
	}
	stop("marta")
	stop("leo")
	want := []string{"Living-room TV: Marta ends this, so that somebody else can watch."}
	if diff := cmp.Diff(want, films.Screens()); diff != "" {
		t.Error(diff)
	}
	// A press that was made for the owner is nobody else's, and an adult may not stop what is not theirs.
	b := label(t, say(h, "marta", "watching").Card, "Stop Living-room TV")
	if c := press(h, "sofi", b.Handle).Card; c.Summary.String() != "That button is too old, or not for you." {
		t.Error(script(c))
	}
	playing, _, err := h.Desk.Streams(t.Context(), h.Household.Members[0])
	if err != nil || len(playing) == 0 {
		t.Fatalf("%v, %v", playing, err)
	}
	for _, m := range h.Household.Members[2:] {
		if _, err := h.Desk.StopStream(t.Context(), m, control.RefOf(playing[0].Streams[0]), ""); core.KindOf(err) != core.Forbidden {
			t.Errorf("%s: %v", m.Name, err)
		}
	}
}

// A server full of streams makes no card that no chat can draw, and the count stays true.
func TestManyStreams(t *testing.T) {
	services := coretest.RiveraServices()
	for i := range 40 {
		one := coretest.Session("leo", "leo", "203.0.113.20", "", coretest.Start.Add(-time.Hour), coretest.Start)
		one.Playing = "Dark"
		services[0].Add(core.Device{ID: core.DeviceID(fmt.Sprint(i)), Name: fmt.Sprintf("Screen %d", i), Sessions: []core.Session{one}})
	}
	h := coretest.NewHouse(t, &coretest.Books{}, services, &mailbox{})
	c := say(h, "marta", "watching").Card
	if n := len(c.Groups[0].Rows); n != 8 {
		t.Errorf("%d rows", n)
	}
	if got := script(c); !strings.Contains(got, "41 streams play, 2 are meant to") || !strings.Contains(got, "only some of them are listed here") {
		t.Error(got)
	}
}

// What is asked of somebody long ago is no question any more, and nobody is asked by whom the config does not name.
func TestOldPlea(t *testing.T) {
	chat := &mailbox{}
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices(), chat)
	chat.order(fmt.Errorf("the chat is down"))
	press(h, "marta", label(t, say(h, "marta", "watching").Card, "Ask Leo nicely").Handle)
	for range 70 {
		h.Pass(t.Context(), time.Minute)
	}
	chat.order(nil)
	h.Pass(t.Context(), 5*time.Minute)
	if got := chat.got("leo"); len(got) != 0 {
		t.Errorf("leo was asked: %s", script(got[0]))
	}
}
