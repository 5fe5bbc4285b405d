package watch_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/core/coretest"
	"latchstring/core/talk"
)

var sequences = flag.Int("sequences", 10_000, "how many random sequences of sign-ins, answers and mishaps are played")

// guarded are books that look at every delivery of a case before it is recorded: it must be for somebody whom the case
// concerns, and who has a right to know of it.
type guarded struct {
	*coretest.Books
	house  *core.Household
	faults []string
}

func (g *guarded) fault(format string, args ...any) {
	g.faults = append(g.faults, fmt.Sprintf(format, args...))
}

// concerns tells whether a member may be asked about a case.
func (g *guarded) concerns(m core.MemberID, c *core.Case) bool {
	who, known := g.house.Member(m)
	mine := slices.ContainsFunc(c.All(), func(s core.SignIn) bool { return s.Account.Member == m })
	whose := core.Others
	if mine {
		whose = core.Own
	}
	return known && (who.Role == core.Owner || mine) && core.May(who.Role, core.AnswerAlerts, whose) == core.Allowed
}

func (g *guarded) look(cases []core.Case, deliveries []core.Delivery) {
	for i := range cases {
		for _, m := range cases[i].Asked {
			if !g.concerns(m, &cases[i]) {
				g.fault("%s is asked about %s", m, cases[i].SignIn.Name)
			}
		}
		if c := &cases[i]; len(c.Also) > core.MaxAlso || len(c.Asked) > len(g.house.Members) || len(c.Later) > len(g.house.Members) {
			g.fault("the case of %s grew: %d also, %d asked, %d later", c.SignIn.Name, len(c.Also), len(c.Asked), len(c.Later))
		}
	}
	for _, d := range deliveries {
		for i := range cases {
			if d.Subject == string(cases[i].ID) && !g.concerns(d.To, &cases[i]) {
				g.fault("%s is told of %s", d.To, cases[i].SignIn.Name)
			}
		}
	}
}

func (g *guarded) RecordLook(ctx context.Context, l core.Look) error {
	g.look(l.Cases, l.Deliveries)
	return g.Books.RecordLook(ctx, l)
}

func (g *guarded) SaveCase(ctx context.Context, c core.Case, entries []core.Entry, deliveries []core.Delivery) error {
	g.look([]core.Case{c}, deliveries)
	return g.Books.SaveCase(ctx, c, entries, deliveries)
}

// life is a household to which things happen at random.
type life struct {
	*rand.Rand
	house   *coretest.House
	books   *guarded
	mail    *coretest.Mail
	service *coretest.Service
	signIns int
	ended   map[core.CaseID]core.Case // as each was answered
	steps   []string                  // what happened, to tell where it went wrong
}

func newLife(t *testing.T, seed uint64) *life {
	t.Helper()
	l := &life{Rand: rand.New(rand.NewPCG(seed, 7)), mail: &coretest.Mail{}, ended: map[core.CaseID]core.Case{}}
	l.service = coretest.RiveraServices()[1]
	l.books = &guarded{Books: &coretest.Books{}}
	l.house = coretest.NewHouse(t, l.books, []*coretest.Service{l.service}, l.mail)
	l.books.house = l.house.Household
	l.house.Watch(t.Context())
	return l
}

func oneOf[T any](l *life, of ...T) T { return of[l.IntN(len(of))] }

// step lets one thing happen.
func (l *life) step(ctx context.Context) {
	what := oneOf(l, "sign-in", "sign-in", "sign-in", "press", "press", "press", "press", "minutes", "minutes", "hours", "silence", "restart", "back", "ahead", "record", "service")
	switch what {
	case "sign-in":
		l.signIns++
		what = fmt.Sprintf("%s signs in on Device-%d from %s", oneOf(l, "marta", "leo", "leo", "sofi", "somebody"), l.signIns, oneOf(l, "Oslo", "Naples", "Toledo", "a server", "a server", "home"))
		if err := l.service.Order(what); err != nil {
			l.books.fault("%v", err)
		}
	case "press":
		who := oneOf(l, "marta", "leo", "sofi")
		labels := []string{"It was me", "Not me: sign it out", "Sign out and reset", "Ask me later"}
		if who == "marta" {
			labels = []string{"It was me", "It was Leo", "It was one of us", "Not me: sign it out", "Sign it out", "Sign it out", "Sign out and reset", "Ask me later", "Look again"}
		}
		label := oneOf(l, labels...)
		what = who + " presses " + label
		r := l.house.Talk.Handle(ctx, talk.Request{From: core.Contact{Chat: core.Terminal, User: who}, Private: true, At: l.house.Now(), Handle: l.mail.Button(who, label)})
		if r.Then != nil && l.IntN(4) > 0 { // else the program ends before
			r.Then(ctx)
		}
	case "minutes":
		l.house.Pass(ctx, 11*time.Minute)
	case "hours":
		l.house.Pass(ctx, 2*time.Hour)
	case "silence":
		l.house.Pass(ctx, 73*time.Hour)
	case "restart":
		l.house = l.house.Restart(l.mail)
		l.house.Courier.Begin(ctx)
	case "back":
		l.house.Pass(ctx, -24*time.Hour)
	case "ahead":
		l.house.Pass(ctx, 24*time.Hour)
	case "record": // for one round of all that is due, or until the next time
		l.books.Err = errors.New("the disk is full")
		l.house.Pass(ctx, 11*time.Minute)
		if l.IntN(4) > 0 {
			l.books.Err = nil
		}
	case "service":
		what = oneOf(l, "stops", "lists half", "only says yes", "loses its answers")
		if err := l.service.Order(what); err != nil {
			l.books.fault("%v", err)
		}
		if l.house.Settle(ctx); l.IntN(4) > 0 {
			_ = l.service.Order("starts") // there is such an order
		}
	}
	l.steps = append(l.steps, what)
	l.house.Settle(ctx)
	l.check(ctx)
}

// check looks whether what must always be so is so.
func (l *life) check(ctx context.Context) {
	cases, err := l.books.Cases(ctx, core.CaseQuery{})
	if err != nil {
		l.books.fault("%v", err)
	}
	if len(cases) > l.signIns {
		l.books.fault("%d cases of %d sign-ins", len(cases), l.signIns)
	}
	for _, c := range cases {
		first, answered := l.ended[c.ID]
		switch takenBack := first.Answer == core.BySilence && c.Answer == core.NotOurs; {
		case answered && takenBack: // silence is nobody's word
			l.ended[c.ID] = c
		case answered && (c.Answer != first.Answer || c.By != first.By || c.Whose != first.Whose || !c.Answered.Equal(first.Answered) || c.Action != first.Action):
			l.books.fault("the case of %s was answered %q by %q and then %q by %q", c.SignIn.Name, first.Answer, first.By, c.Answer, c.By)
		case !c.Open() && !answered:
			l.ended[c.ID] = c
		}
		if l.service.SignOuts(c.SignIn.Device.ID) > 0 && c.Answer == core.Ours && c.Action != "" {
			l.books.fault("%s is theirs, and was signed out", c.SignIn.Name)
		}
	}
}

// settle lets everything work again, looks whether nothing was lost, and returns how many cases there are.
func (l *life) settle(ctx context.Context) int {
	l.books.Err = nil
	_ = l.service.Order("starts") // there is such an order
	for range 4 {
		l.house.Pass(ctx, 11*time.Minute)
	}
	l.check(ctx)
	if strings.Contains(l.house.Log.String(), "panicked") {
		l.books.fault("something panicked")
	}
	if next, err := l.books.NextDue(ctx); err != nil || !next.IsZero() && !next.After(l.house.Now()) {
		l.books.fault("something was due at %v and is not sent (%v)", next, err)
	}
	cases, err := l.books.Cases(ctx, core.CaseQuery{})
	if err != nil {
		l.books.fault("%v", err)
	}
	told := map[string]bool{}
	for _, c := range cases {
		told[string(c.SignIn.Service)+"/"+c.SignIn.Key] = true
	}
	seen, err := l.books.Seen(ctx, time.Time{}, time.Time{}, 1000)
	if err != nil {
		l.books.fault("%v", err)
	}
	for _, s := range seen {
		of := s.Assessment.Of
		if s.Assessment.Level.Pushes() {
			of = string(s.SignIn.Service) + "/" + s.SignIn.Key
		}
		if of != "" && !told[of] {
			l.books.fault("%s is %s, and no case tells of it", s.SignIn.Name, s.Assessment.Level)
		}
	}
	return len(cases)
}

// Whatever happens in whatever order: each case has one answer for good, nobody is asked or told who has no right to it, no
// case grows without end, no sign-in that is to be asked about is without a case, and nothing panics.
func TestRandomLives(t *testing.T) {
	n := *sequences
	if testing.Short() {
		n = 500
	}
	var next, asked, answered atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for seed := next.Add(1); seed <= int64(n) && !t.Failed(); seed = next.Add(1) {
				l := newLife(t, uint64(seed))
				for range 4 + l.IntN(10) {
					l.step(t.Context())
				}
				cases := l.settle(t.Context())
				asked.Add(int64(cases))
				answered.Add(int64(len(l.ended)))
				if len(l.books.faults) > 0 {
					t.Errorf("life %d: %s\nafter: %s", seed, strings.Join(l.books.faults, "\n"), strings.Join(l.steps, "\n       "))
				}
			}
		})
	}
	wg.Wait()
	t.Logf("%d lives, %d cases, %d of them answered", n, asked.Load(), answered.Load())
}
