package talk_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/core/coretest"
	"latchstring/core/talk"
)

// What cannot go together with others has a row of its own: a device that was only heard of, all of a service that signs out one
// device that a person means, and no more than fit on a card.
func TestIdleDevicesThatGoAlone(t *testing.T) {
	long := coretest.Start.Add(-90 * 24 * time.Hour)
	for name, c := range map[string]struct {
		change func(*core.Connector)
		hand   bool // one of the devices is a person's to sign out
		want   []string
	}{
		"together": {func(*core.Connector) {}, false, []string{"Sign out 12 devices from Music?", "[Yes, sign out all 12]"}},
		"heard of": {func(*core.Connector) {}, true, []string{"[Music (11)]", "By hand, one after the other:", "[Sign out Stick 00]"}},
		"single":   {func(c *core.Connector) { c.Single = true }, false, []string{"There are 12 in all; ask again for the rest.", "  One after the other:", "[Sign out Stick 09]"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices())
			music, _ := h.Service("music")
			for i := range 12 {
				music.Add(core.Device{ID: core.DeviceID(fmt.Sprint("s", i)), Name: fmt.Sprintf("Stick %02d", i), ByHand: c.hand && i == 0, Sessions: []core.Session{
					coretest.Session("leo", "leo", "203.0.113.20", "", long, long),
				}})
			}
			conn, _ := h.Desk.Connector("music")
			c.change(conn)
			got := says(t, h, "marta", "signout all idle music")
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("no %q in:\n%s", want, got)
				}
			}
			if strings.Contains(got, "Stick 10  [") {
				t.Errorf("more than ten rows:\n%s", got)
			}
		})
	}
}

// A button holds what fits into it, however long the names are that a service gives its devices.
func TestIdleDevicesWithLongNames(t *testing.T) {
	long := coretest.Start.Add(-90 * 24 * time.Hour)
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices())
	music, _ := h.Service("music")
	for i := range 40 {
		music.Add(core.Device{ID: core.DeviceID(fmt.Sprint(strings.Repeat("x", 1000), i)), Name: fmt.Sprintf("Stick %02d", i), Sessions: []core.Session{
			coretest.Session("leo", "leo", "203.0.113.20", "", long, long),
		}})
	}
	got := says(t, h, "marta", "signout all idle music")
	if !strings.Contains(got, "There are 40 in all; ask again for the rest.") || !strings.Contains(got, "[Music (11)]") {
		t.Errorf("marta was told:\n%s", got)
	}
}

// The owner may say for a member how their account is, the member sees who said it, and of two accounts one is asked about at a time.
func TestSecondStepsOfOthers(t *testing.T) {
	books := &coretest.Books{}
	services := coretest.RiveraServices()
	for _, s := range services {
		if s.ID == "netflix" {
			s.Accounts = append(s.Accounts, core.Account{Service: "netflix", Member: "leo", Login: "leo@example.org"})
		}
	}
	h := coretest.NewHouse(t, books, services)
	review := func(who string) talk.Card { return say(h, who, "review page 2").Card }
	told := func(c talk.Card) string { return strings.Join(coretest.Script(c), "\n") }
	const mine, leos = "Does your Netflix ask for a second step", "Does Leo's Netflix ask for a second step"

	first := review("marta")
	if got := told(first); !strings.Contains(got, mine) || strings.Contains(got, leos) {
		t.Errorf("first marta was asked:\n%s", got)
	}
	press(h, "marta", label(t, first, "Not now").Handle)
	second := review("marta")
	if got := told(second); strings.Contains(got, mine) || !strings.Contains(got, leos) {
		t.Errorf("then marta was asked:\n%s", got)
	}
	press(h, "marta", label(t, second, "Not now").Handle)
	if got := told(review("leo")); !strings.Contains(got, mine) {
		t.Errorf("what marta puts off leo is asked:\n%s", got)
	}
	h.Household.Members[0].Role = core.Adult
	if got := told(press(h, "marta", label(t, second, "Yes, it does").Handle).Card); strings.Contains(got, "Noted") {
		t.Errorf("who is no owner any more said:\n%s", got)
	}
	h.Household.Members[0].Role = core.Owner
	press(h, "marta", label(t, second, "Yes, it does").Handle)
	if got := told(review("leo")); !strings.Contains(got, "A second step is asked for by your Netflix (Marta said so on 12 May).") || strings.Contains(got, "Does ") {
		t.Errorf("leo was told:\n%s", got)
	}
	chosen, err := books.Settings(t.Context(), "leo")
	if err != nil {
		t.Fatal(err)
	}
	var kept []map[string]any
	if err := json.Unmarshal([]byte(chosen[core.TwoStepSetting]), &kept); err != nil || len(kept) != 1 {
		t.Errorf("of leo is kept %q", chosen[core.TwoStepSetting])
	}
}

// illegible are books in which what one member chose can not be read.
type illegible struct {
	talk.SettingBook
	of core.MemberID
}

func (f illegible) Settings(ctx context.Context, m core.MemberID) (map[core.Setting]string, error) {
	if m == f.of {
		return nil, errors.New("the disk is gone")
	}
	return f.SettingBook.Settings(ctx, m)
}

// Of what can not be read, nobody is said to have said anything, and nobody is asked.
func TestSecondStepThatCanNotBeRead(t *testing.T) {
	services := coretest.RiveraServices()
	for _, s := range services {
		if s.ID == "netflix" {
			s.Accounts = []core.Account{{Service: "netflix", Member: "leo", Login: "leo@example.org"}}
		}
	}
	h := coretest.NewHouse(t, &coretest.Books{}, services)
	h.Talk.Settings = illegible{h.Talk.Settings, "leo"}
	if got := says(t, h, "marta", "review page 2"); strings.Contains(got, "second step") || !strings.Contains(got, "Page 2 of 2.") {
		t.Errorf("marta was told:\n%s", got)
	}
}

// A child is not told how many streams an account allows that it has no part in.
func TestStreamLimitsInAReview(t *testing.T) {
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices())
	conn, _ := h.Desk.Connector("netflix")
	conn.Limit = 1
	const limit = "Netflix plays one stream at a time."
	for who, want := range map[string]bool{"marta": true, "leo": true, "sofi": false} {
		if got := says(t, h, who, "review page 2"); strings.Contains(got, limit) != want {
			t.Errorf("%s was told:\n%s", who, got)
		}
	}
}

// The household's own rules and words for guests are said by help, in place of the program's.
func TestHelpSaysTheRulesOfTheHouse(t *testing.T) {
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices())
	h.Household.Rules, h.Household.Guests = []string{"Nobody gives a password away."}, []string{"Give guests the code of the TV."}
	got := says(t, h, "sofi", "help")
	if !strings.Contains(got, "Rules of this house\n    Nobody gives a password away.") || !strings.Contains(got, "When guests come\n    Give guests the code of the TV.") || strings.Contains(got, "Say \"expect\" before") {
		t.Errorf("help says %q", got)
	}
}
