package main

import (
	"crypto/rand"
	"flag"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"latchstring/adapters/chats/discord/discordapi"
	"latchstring/adapters/chats/telegram/botapi"
	"latchstring/core"
	"latchstring/storage"
)

var caseKills = flag.Int("case-kills", 300, "how often the program is killed while it asks about sign-ins in both chats")

// The kills of one home: a program that begins more than 50 sessions at Discord a day brakes.
const (
	killsOfCase  = 8
	casesPerHome = 4
)

// caseTally is what came of some homes.
type caseTally struct {
	kills, cases, signOuts            int
	copiesInTelegram, copiesInDiscord int
	left                              int            // copies in Telegram that nobody knew of, so that they still asked
	states                            map[string]int // of cases, in which the program was killed
}

func (sum *caseTally) add(r caseTally) {
	sum.kills, sum.cases, sum.signOuts = sum.kills+r.kills, sum.cases+r.cases, sum.signOuts+r.signOuts
	sum.copiesInTelegram, sum.copiesInDiscord, sum.left = sum.copiesInTelegram+r.copiesInTelegram, sum.copiesInDiscord+r.copiesInDiscord, sum.left+r.left
	for state, n := range r.states {
		sum.states[state] += n
	}
}

// TestCaseKilled kills the program over and over in every state of a case: while a stranger's sign-in is read, while it is
// told, before and after the owner is asked as well, while it is answered by one or by two at the same moment, while it
// is signed out, and while that is told. In the end no sign-in is without its case and no case without its one answer,
// nothing was signed out twice, and all that was said says how it ended.
func TestCaseKilled(t *testing.T) {
	kills := *caseKills
	if testing.Short() {
		kills = killsOfCase
	}
	homes := (kills + killsOfCase*casesPerHome - 1) / (killsOfCase * casesPerHome)
	results := make(chan caseTally, homes)
	t.Run("homes", func(t *testing.T) {
		for i := range homes {
			cases := min(casesPerHome, (kills-i*killsOfCase*casesPerHome+killsOfCase-1)/killsOfCase)
			t.Run(fmt.Sprint("home ", i+1), func(t *testing.T) {
				t.Parallel()
				results <- newCaseHome(t, 2+i%2).killed(t, i, cases)
			})
		}
	})
	close(results)
	sum := caseTally{states: map[string]int{}}
	for r := range results {
		sum.add(r)
	}
	t.Logf("%d kills, %d cases, %d sign-outs, repeated messages: %d in Telegram (of which %d still asked until they were pressed), %d in Discord",
		sum.kills, sum.cases, sum.signOuts, sum.copiesInTelegram, sum.left, sum.copiesInDiscord)
	for _, state := range caseStates() {
		t.Logf("killed %3d times while the case was: %s", sum.states[state], state)
		if sum.states[state] == 0 && sum.kills >= 300 {
			t.Errorf("never killed while the case was: %s", state)
		}
	}
	if sum.copiesInTelegram > sum.kills {
		t.Errorf("more than one repeated message for each kill")
	}
}

// killed lives through so many cases.
func (h *caseHome) killed(t *testing.T, home, cases int) caseTally {
	cmd := h.begin(t)
	h.telegram.Await("the first look", func() bool { return strings.Contains(h.out.String(), "the house is open") })
	time.Sleep(300 * time.Millisecond) // the household's own is looked at
	h.kill(t, cmd, "", 1)
	h.kills, h.states = 0, map[string]int{}
	var ids []string
	for i := range cases {
		id := fmt.Sprintf("h%dc%dx", home, i)
		ids = append(ids, id)
		h.live(t, id, i, home+i)
	}
	cmd = h.begin(t)
	left := h.settle(t, ids)
	_ = cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Errorf("ended with %v:\n%s", err, h.out.String())
	}
	got := h.audit(t, ids)
	got.left = left
	return got
}

// live takes one case through its states, and kills the program in each.
func (h *caseHome) live(t *testing.T, id string, i, way int) {
	h.service.adds(id, "leo", farAddress(i))
	h.kill(t, h.start(t), id, 60) // while it is read
	h.kill(t, h.start(t), id, 100)
	cmd := h.begin(t)
	asked := h.await(t, "leo", id)
	h.kill(t, cmd, id, 60) // while it is told
	cmd = h.begin(t)
	also := h.await(t, "marta", id) // at once, or a second later
	h.kill(t, cmd, id, 120)
	cmd = h.begin(t)
	switch way % 4 {
	case 0:
		h.presses("leo", asked, "Not me: sign it out")
		h.presses("marta", also, "Sign it out")
	case 1:
		h.presses("marta", also, "Sign it out")
	case 2:
		h.presses("leo", asked, "Not me: sign it out")
		h.presses("marta", also, "It was Leo")
	case 3:
		h.presses("leo", asked, "Not me: sign it out")
	}
	h.kill(t, cmd, id, 120) // while it is answered
	h.kill(t, h.start(t), id, 300)
	h.kill(t, h.start(t), id, 1200) // while it is signed out, or looked at again
	h.kill(t, h.start(t), id, 100)
}

// settle waits until all that tells of the cases tells their end, and returns how many messages had to be pressed for that.
// In Telegram a message whose sending a kill cut off is there, and nobody knows of it: it says how things stand to whoever
// presses it.
//
// A press in Discord that the program died before it heard of is lost, as the person's app says: they press again.
func (h *caseHome) settle(t *testing.T, ids []string) (pressed int) {
	t.Helper()
	began := time.Now()
	tried := map[string]bool{}
	open := []copyOf{{}}
	for len(open) > 0 && time.Since(began) < 15*time.Second {
		time.Sleep(50 * time.Millisecond)
		open = nil
		for _, id := range ids {
			leos := copyOf{}
			if all := h.copies("leo", id); len(all) > 0 {
				leos = all[0]
			}
			over := !leos.asks()
			if !over && len(leos.labels) > 1 && time.Since(began) > 3*time.Second && !tried[id] && len(h.discord.Unanswered()) > 0 {
				tried[id] = true
				h.presses("leo", leos, "Not me: sign it out")
			}
			for _, c := range append(h.copies("leo", id), h.copies("marta", id)...) {
				if !c.asks() {
					continue
				}
				open = append(open, c)
				if key := fmt.Sprint(c.telegram, c.labels); over && len(c.labels) > 0 && c.telegram != 0 && !tried[key] {
					tried[key] = true
					pressed++
					h.presses("marta", c, c.labels[len(c.labels)-1]) // it asks later, or looks again
				}
			}
		}
	}
	return pressed
}

// audit compares what is on record with what was seen.
func (h *caseHome) audit(t *testing.T, ids []string) caseTally {
	got := caseTally{kills: h.kills, cases: len(ids), states: h.states}
	log := slog.New(slog.DiscardHandler)
	store, err := storage.Open(t.Context(), storage.Config{Path: filepath.Join(h.folder, "latchstring.db"), Now: time.Now, Random: rand.Reader, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	cases, err := store.Cases(t.Context(), core.CaseQuery{})
	if err != nil {
		t.Fatal(err)
	}
	byDevice := map[string][]core.Case{}
	for _, c := range cases {
		byDevice[string(c.SignIn.Device.ID)] = append(byDevice[string(c.SignIn.Device.ID)], c)
	}
	if len(cases) != len(ids) {
		t.Errorf("%d sign-ins became %d cases", len(ids), len(cases))
	}
	entries, err := store.History(t.Context(), core.HistoryQuery{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		h.auditCase(t, &got, id, byDevice[id], entries)
	}
	h.auditChats(t, len(ids))
	return got
}

// auditCase tells whether a case has one answer, at the most one sign-out, and tells of its end wherever it was told of.
func (h *caseHome) auditCase(t *testing.T, got *caseTally, id string, cases []core.Case, entries []core.Entry) {
	if len(cases) != 1 || cases[0].Open() || cases[0].By == "" {
		t.Errorf("%s: the cases are %+v", id, cases)
		return
	}
	answers := map[string]bool{} // a sign-out that was interrupted may have been requested twice
	for _, e := range entries {
		if strings.Contains(strings.Join(e.Targets, "\n"), "Device "+id) && (e.Act == core.AnswerAlerts || e.Step == core.Requested) {
			answers[string(e.Act)+string(e.Action)] = true
		}
	}
	if len(answers) != 1 {
		t.Errorf("%s: the answers on record are %v", id, answers)
	}
	h.service.mu.Lock()
	ended, asked := h.service.ended[id], h.service.asked[id]
	h.service.mu.Unlock()
	got.signOuts += ended
	if c := cases[0]; ended > 1 || (c.Answer == core.NotOurs) != (ended == 1) {
		t.Errorf("%s: answered %q, and signed out %d times of %d requests; the action stands %q", id, c.Answer, ended, asked, c.Stands)
	}
	for _, who := range []string{"leo", "marta"} {
		copies := h.copies(who, id)
		open := 0
		for _, c := range copies {
			if c.asks() {
				open++
			}
		}
		switch {
		case len(copies) == 0:
			t.Errorf("%s: %s was not told", id, who)
		case who == "leo":
			got.copiesInDiscord += len(copies) - 1
			if open > 0 || len(copies) > 1 {
				t.Errorf("%s: Leo reads of %d copies %d that still ask:\n%v", id, len(copies), open, copies)
			}
		default:
			got.copiesInTelegram += len(copies) - 1
			if open > 0 {
				t.Errorf("%s: Marta reads of %d copies %d that still ask:\n%v", id, len(copies), open, copies)
			}
		}
	}
}

// auditChats looks at what is not of one case alone.
func (h *caseHome) auditChats(t *testing.T, cases int) {
	if left := h.telegram.Unanswered(); len(left) > 0 {
		t.Errorf("%d presses in Telegram were not answered", len(left))
	}
	if n := len(h.marta.Screen().Copies()); n > h.kills {
		t.Errorf("%d repeated messages in Telegram after %d kills", n, h.kills)
	}
	for _, v := range h.telegram.Forgive() { // whether a press was answered before a kill nobody knows
		if !strings.Contains(v, "is answered a second time") {
			t.Error(v)
		}
	}
	board := h.leo.Screen(h.room)
	for _, m := range board {
		if text := strings.Join(m.Texts(), "\n"); strings.Contains(text, "in private") {
			t.Errorf("the household's room still reads: %s", text)
		}
	}
	if len(board) != cases {
		t.Errorf("the household's room was told of %d cases in %d messages:\n%s", cases, len(board), board)
	}
	if said := h.out.String(); strings.Contains(said, discordapi.Canary) || strings.Contains(said, botapi.Token) {
		t.Error("a token is in the log")
	}
}
