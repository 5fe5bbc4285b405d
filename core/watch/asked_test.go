package watch_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/core/coretest"
	"latchstring/core/talk"
	"latchstring/core/watch"
)

// Wrong passwords, which strangers make, push nothing of the household out of the memory.
func TestFloodOfWrongPasswords(t *testing.T) {
	for _, flood := range []int{0, 10_000} {
		books := &coretest.Books{}
		h := coretest.NewHouse(t, books, coretest.RiveraServices())
		h.Watcher.Tuning.LearnFor = watch.LearnFor
		var told []core.SignIn
		h.Watcher.Connectors[1].SignIns = source(func(_ context.Context, after string) ([]core.SignIn, string, error) { return told, after + ".", nil })
		h.Watch(t.Context())
		home, via := coretest.Atlas{}.Locate(coretest.Address("home"))
		for day := range 60 {
			told = []core.SignIn{{
				Key: fmt.Sprint("d", day), Service: "home", Account: core.Account{Service: "home", Member: "leo", Login: "leo"},
				Device: core.DeviceRef{Service: "home", ID: "h2"}, Name: "Safari on iPhone", At: h.Now(), Where: home, Via: via, Address: coretest.Address("home"),
			}}
			h.Pass(t.Context(), 24*time.Hour)
		}
		told = nil
		for i := range flood {
			s := from(h, fmt.Sprint("f", i))
			s.Failed, s.Account, s.Device, s.Name = true, core.Account{Service: "home"}, core.DeviceRef{}, ""
			told = append(told, s)
		}
		h.Pass(t.Context(), time.Minute)
		told = nil
		h = h.Restart()
		h.Watcher.Tuning.LearnFor = watch.LearnFor
		h.Watcher.Connectors[1].SignIns = source(func(_ context.Context, after string) ([]core.SignIn, string, error) { return told, after + ".", nil })
		told = []core.SignIn{from(h, "thief")}
		h.Pass(t.Context(), time.Minute)
		got := cases(t, books)
		if len(got) != 1 {
			t.Errorf("flood of %d: %d cases", flood, len(got))
		}
	}
}

// Silence is that of people who were asked.
func TestSilenceOfTheUnasked(t *testing.T) {
	for _, how := range []string{"chat down", "program off"} {
		mail := &coretest.Mail{}
		h, books := watched(t, mail)
		mail.Fails(errors.New("down"))
		order(t, h, "home", "leo signs in on Opera on Windows from Toledo")
		h.Pass(t.Context(), time.Minute)
		switch how {
		case "chat down":
			for range 75 {
				h.Pass(t.Context(), time.Hour)
			}
		default:
			h.Watcher.Tend(t.Context())
			h = h.Restart(mail)
			h.Pass(t.Context(), 0)
			mail.Fails(nil)
			h.Pass(t.Context(), 73*time.Hour)
		}
		mail.Fails(nil)
		for range 3 {
			h.Pass(t.Context(), time.Hour)
		}
		c := cases(t, books)[0]
		if c.Answer == core.BySilence && len(mail.To("leo"))+len(mail.To("marta")) == 0 {
			t.Errorf("%s: taken for a yes, and nobody was ever asked", how)
		}
	}
}

// What silence took for the household's can be found to be none of theirs, and is asked about from then on.
func TestNoneOfUsAfterSilence(t *testing.T) {
	mail := &coretest.Mail{}
	h, books := watched(t, mail)
	order(t, h, "home", "leo signs in on Opera on Windows from Toledo")
	h.Pass(t.Context(), time.Minute)
	h.Pass(t.Context(), 73*time.Hour)
	c := cases(t, books)[0]
	if c.Answer != core.BySilence {
		t.Fatal(c.Answer)
	}
	say := func(text, handle string) talk.Reply {
		return h.Talk.Handle(t.Context(), talk.Request{From: core.Contact{Chat: core.Terminal, User: "leo"}, Private: true, At: h.Now(), Text: text, Handle: handle})
	}
	press := func(r talk.Reply, label string) talk.Reply {
		t.Helper()
		for _, b := range r.Card.All() {
			if b.Label.String() == label {
				return say("", b.Handle)
			}
		}
		t.Fatalf("no %q in\n%s", label, strings.Join(coretest.Script(r.Card), "\n"))
		return r
	}
	r := press(say("alerts", ""), "Look")
	press(r, "It was none of us: sign it out")
	h.Pass(t.Context(), time.Hour)
	order(t, h, "home", "Opera on Windows signs in anew")
	h.Pass(t.Context(), time.Minute)
	order(t, h, "home", "leo signs in on Opera on Windows from Toledo")
	h.Pass(t.Context(), time.Minute)
	if got := cases(t, books); len(got) == 1 {
		t.Errorf("who was said to be none of us signed in again twice and nobody was asked: %+v", got[0].Answer)
	}
}

// What is urgent is never taken for the household's by silence.
func TestUrgentBySilence(t *testing.T) {
	m, now := learned(t)
	for i := range 5 {
		s := signIn(now.Add(time.Duration(i) * time.Second))
		s.Key, s.Failed, s.Device, s.Name, s.Address, s.Where, s.Via = fmt.Sprint("f", i), true, core.DeviceRef{}, "", netip.MustParseAddr("198.51.100.9"), brest, other
		take(m, s)
	}
	s := signIn(now.Add(time.Minute))
	s.Key, s.Device.ID, s.Name, s.Address, s.Where, s.Via = "thief", "new", "Windows PC", netip.MustParseAddr("198.51.100.9"), brest, other
	s.Where = lyon
	a := m.Assess(&s)
	tuning := watch.Tuning{Threshold: watch.Normal}
	if after, ok := tuning.SilenceAfter(&s, a, false); a.Level != core.Urgent || a.Score >= tuning.Urgent() || ok {
		t.Errorf("urgent (%.1f, after %d wrong passwords), and silence is a yes after %v", a.Score, a.Reason.Tries, after)
	}
}

// Whoever knows an address can have a service write to it: that is told once an hour, and not in quiet hours.
func TestFloodOfNotices(t *testing.T) {
	mail := &coretest.Mail{}
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices(), mail)
	h.Talk.Handle(t.Context(), talk.Request{From: core.Contact{Chat: core.Terminal, User: "leo"}, Private: true, At: h.Now(), Text: "settings quiet 0-23"})
	if err := h.Talk.Settings.SetSetting(t.Context(), "leo", core.QuietSetting, "22-7"); err != nil {
		t.Fatal(err)
	}
	var wrote noticeSource
	for i := range 200 {
		wrote = append(wrote, core.Notice{Key: fmt.Sprint("n", i), Kind: core.NoticeResetRequested, At: h.Now(), Account: core.Account{Service: "home", Member: "leo", Login: "leo"}, Verified: true})
	}
	h.Watcher.Connectors[1].Notices = wrote
	h.Pass(t.Context(), 9*time.Hour) // 03:00
	h.Watch(t.Context())
	for range 30 {
		h.Pass(t.Context(), time.Second)
	}
	if len(mail.To("leo")) > 0 {
		t.Errorf("leo was told %d times within a minute, at night", len(mail.To("leo")))
	}
	for range 5 {
		h.Pass(t.Context(), time.Hour)
	}
	if got := mail.To("leo"); len(got) != 1 {
		t.Errorf("in the morning leo was told %d times", len(got))
	}
}

// A pass that somebody else ends is on record as theirs.
func TestRevokeIsRecorded(t *testing.T) {
	mail := &coretest.Mail{}
	h, books := watched(t, mail)
	leo, _ := h.Household.Member("leo")
	marta, _ := h.Household.Member("marta")
	p, err := h.Watcher.Expect(t.Context(), leo, core.Source{Contact: leo.Contacts[0]}, "TV", h.Now().Add(48*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	order(t, h, "home", "leo signs in on Samsung TV from Oslo")
	h.Pass(t.Context(), time.Minute)
	if _, err := h.Watcher.Revoke(t.Context(), marta, p.ID); err != nil {
		t.Fatal(err)
	}
	h.Pass(t.Context(), time.Minute)
	entries, err := books.History(t.Context(), core.HistoryQuery{Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(entries, func(e core.Entry) bool { return e.Actor == "marta" }) {
		t.Error("marta ended leo's pass, and nothing on the record is hers")
	}
}

// A device that is expected takes its pass also where nobody would have been asked about it.
func TestPassIsTakenQuietly(t *testing.T) {
	for _, how := range []string{"nothing before", "the phone's question is open", "the phone was me"} {
		mail := &coretest.Mail{}
		h, books := watched(t, mail)
		leo, _ := h.Household.Member("leo")
		if how != "nothing before" {
			order(t, h, "home", "leo signs in on Pixel 9 from Oslo")
			h.Pass(t.Context(), time.Minute)
			if how == "the phone was me" {
				if _, err := h.Watcher.Answer(t.Context(), leo, core.Source{}, cases(t, books)[0].ID, core.Ours, "leo"); err != nil {
					t.Fatal(err)
				}
			}
		}
		if _, err := h.Watcher.Expect(t.Context(), leo, core.Source{Contact: leo.Contacts[0]}, "Airbnb TV", h.Now().Add(48*time.Hour)); err != nil {
			t.Fatal(err)
		}
		h.Pass(t.Context(), time.Minute)
		order(t, h, "home", "leo signs in on Samsung TV from Oslo")
		h.Pass(t.Context(), time.Minute)
		h.Pass(t.Context(), 50*time.Hour)
		h.Pass(t.Context(), time.Minute)
		s, _ := h.Service("home")
		id := core.DeviceID("new1")
		if how != "nothing before" {
			id = "new2"
		}
		if s.SignOuts(id) != 1 {
			t.Errorf("%s: the expected TV was signed out %d times", how, s.SignOuts(id))
		}
	}
}

// A program that was off on Monday looks back when it is on again.
func TestMondayMissed(t *testing.T) {
	mail := &coretest.Mail{}
	h, books := watched(t, mail) // Tuesday 18:00
	order(t, h, "home", "leo signs in on Opera on Windows from Toledo")
	h.Pass(t.Context(), time.Minute)
	h.Pass(t.Context(), 73*time.Hour) // Friday
	if c := cases(t, books)[0]; c.Answer != core.BySilence {
		t.Fatal(c.Answer)
	}
	h.Pass(t.Context(), 36*time.Hour) // Sunday 07:00
	h = h.Restart(mail)               // off until Tuesday morning
	before := len(mail.To("marta"))
	h.Pass(t.Context(), 51*time.Hour)
	for range 8 {
		h.Pass(t.Context(), 24*time.Hour)
	}
	if len(mail.To("marta")) == before {
		t.Error("what was taken for a yes by silence is told nobody, since the program was off on a Monday")
	}
}

// A child's word is for their own account alone, also where a sign-in to another's joined the question.
func TestChildVouchesForNobodyElse(t *testing.T) {
	mail := &coretest.Mail{}
	h, books := watched(t, mail)
	sofi, _ := h.Household.Member("sofi")
	marta, _ := h.Household.Member("marta")
	order(t, h, "home", "sofi signs in on Opera on Windows from a server")
	h.Pass(t.Context(), time.Minute)
	order(t, h, "home", "marta signs in on Edge on Windows from a server")
	h.Pass(t.Context(), time.Minute)
	c := cases(t, books)[0]
	if _, err := h.Watcher.Answer(t.Context(), sofi, core.Source{}, c.ID, core.Ours, "sofi"); core.KindOf(err) != core.Forbidden {
		t.Errorf("sofi: %v", err)
	}
	if c := cases(t, books)[0]; !c.Open() {
		t.Errorf("answered %q by %s", c.Answer, c.By)
	}
	if _, err := h.Watcher.Answer(t.Context(), marta, core.Source{}, c.ID, core.Ours, "marta"); err != nil {
		t.Errorf("marta: %v", err)
	}
}

// What somebody expects is not taken by a new device at home, nor by one that the account knows.
func TestPassIsNotTakenAtHome(t *testing.T) {
	for _, signsIn := range []string{"leo signs in on Fire TV from home", "Safari on iPhone signs in anew from Oslo"} {
		mail := &coretest.Mail{}
		h, books := watched(t, mail)
		leo, _ := h.Household.Member("leo")
		order(t, h, "home", "leo signs in on Pixel 9 from Oslo")
		h.Pass(t.Context(), time.Minute)
		if _, err := h.Watcher.Answer(t.Context(), leo, core.Source{}, cases(t, books)[0].ID, core.Ours, "leo"); err != nil {
			t.Fatal(err)
		}
		p, err := h.Watcher.Expect(t.Context(), leo, core.Source{Contact: leo.Contacts[0]}, "Airbnb TV", h.Now().Add(48*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		order(t, h, "home", signsIn)
		h.Pass(t.Context(), time.Minute)
		if p, err = h.Watcher.Pass(t.Context(), leo, p.ID); err != nil || p.Taken() {
			t.Errorf("%s: taken by %+v, %v", signsIn, p.SignIn, err)
		}
	}
}

// News that can wait do, until quiet hours are over; that a password was changed does not.
func TestNewsInQuietHours(t *testing.T) {
	changed := "home/" + string(core.NoticePasswordChanged) + "/1778600000/leo"
	for _, test := range []struct {
		news    core.News
		subject string
		waits   bool
	}{{core.NewsGateway, "192.168.1.1", true}, {core.NewsNotice, changed, false}, {core.NewsUnreached, "sofi/discord", false}} {
		mail, books := &coretest.Mail{}, &coretest.Books{}
		h := coretest.NewHouse(t, books, coretest.RiveraServices(), mail)
		if err := books.SetSetting(t.Context(), "marta", core.QuietSetting, "17-22"); err != nil {
			t.Fatal(err)
		}
		if err := books.Post(t.Context(), []core.Delivery{{ID: "d", Key: "k", To: "marta", News: test.news, Subject: test.subject, Made: h.Now(), Due: h.Now()}}); err != nil {
			t.Fatal(err)
		}
		h.Settle(t.Context()) // 18:00
		if got := len(mail.To("marta")); (got == 0) != test.waits {
			t.Errorf("%s: %d messages at once", test.news, got)
		}
		h.Pass(t.Context(), 5*time.Hour)
		if got := len(mail.To("marta")); got != 1 {
			t.Errorf("%s: %d messages afterwards", test.news, got)
		}
	}
}

// Where a service is known by its mails, a device's id is made of its name: a stranger's of that name is no device that is back.
func TestBackByANameInAMail(t *testing.T) {
	for _, hearsay := range []bool{false, true} {
		mail, books, services := &coretest.Mail{}, &coretest.Books{}, coretest.RiveraServices()
		services[1].Hearsay = hearsay
		h := coretest.NewHouse(t, books, services, mail)
		h.Watcher.Tuning.Threshold = 1.5
		var told []core.SignIn
		h.Watcher.Connectors[1].SignIns = source(func(_ context.Context, after string) ([]core.SignIn, string, error) { return told, after + ".", nil })
		h.Watch(t.Context())
		a := core.Action{
			ID: "a1", Act: core.StartReset, Actor: "leo", Service: "home", Account: core.Account{Service: "home", Member: "leo", Login: "leo"},
			State: core.Ended, Outcome: core.Started, Started: h.Now(), Ended: h.Now(),
		}
		if err := books.Begin(t.Context(), a, core.Taking{}, nil, nil); err != nil {
			t.Fatal(err)
		}
		h.Pass(t.Context(), time.Minute)
		s := from(h, "again")
		s.Device.ID, s.Name = "h2", "Safari on iPhone"
		told = []core.SignIn{s}
		h.Pass(t.Context(), time.Minute)
		if asked := len(cases(t, books)) > 0; asked != hearsay {
			t.Errorf("by mail %v: asked %v", hearsay, asked)
		}
	}
}

// A question about more devices than it lists says so.
func TestMoreDevicesThanAQuestionLists(t *testing.T) {
	mail := &coretest.Mail{}
	h, books := watched(t, mail)
	leo := core.Contact{Chat: core.Terminal, User: "leo"}
	for i := range core.MaxAlso + 2 {
		order(t, h, "home", fmt.Sprintf("leo signs in on Device %c from Oslo", 'A'+i))
		h.Pass(t.Context(), time.Minute)
		reply := h.Talk.Handle(t.Context(), talk.Request{From: leo, Private: true, At: h.Now(), Text: "alerts"})
		for _, b := range reply.Card.All() {
			if b.Label.String() == "Answer" {
				reply = h.Talk.Handle(t.Context(), talk.Request{From: leo, Private: true, At: h.Now(), Handle: b.Handle})
			}
		}
		said := strings.Contains(strings.Join(coretest.Script(reply.Card), "\n"), "More devices than I list here")
		if want := len(cases(t, books)[0].Also) >= core.MaxAlso; said != want {
			t.Errorf("with %d devices it says so: %v", i+1, said)
		}
	}
}

// There the name of a known device weighs as a name does, and not as an id would.
func TestANameInAMailIsNoID(t *testing.T) {
	scores := map[bool]float64{}
	for _, hearsay := range []bool{false, true} {
		books, services := &coretest.Books{}, coretest.RiveraServices()
		services[1].Hearsay = hearsay
		h := coretest.NewHouse(t, books, services)
		var told []core.SignIn
		h.Watcher.Connectors[1].SignIns = source(func(_ context.Context, after string) ([]core.SignIn, string, error) { return told, after + ".", nil })
		h.Watch(t.Context())
		s := from(h, "again")
		s.Device.ID, s.Name = "h2", "Safari on iPhone"
		told = []core.SignIn{s}
		h.Pass(t.Context(), time.Minute)
		seen, err := books.Seen(t.Context(), time.Time{}, time.Time{}, 1)
		if err != nil || len(seen) == 0 {
			t.Fatalf("%v, %v", seen, err)
		}
		scores[hearsay] = seen[len(seen)-1].Assessment.Score
	}
	if scores[true] <= scores[false] {
		t.Errorf("by mail %.1f, by an id %.1f", scores[true], scores[false])
	}
}
