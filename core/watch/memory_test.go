package watch_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"latchstring/core"
	"latchstring/core/watch"
)

// wanted assesses a sign-in and complains of any other level.
func wanted(t *testing.T, m *watch.Memory, what string, s core.SignIn, level core.Level) core.Assessment {
	t.Helper()
	a := m.Assess(&s)
	if a.Level != level {
		t.Errorf("%s: %s (%.2f, %s), want %s", what, a.Level, a.Score, a.Reason.Kind, level)
	}
	return a
}

// stranger is a device that nobody knows, in a country where nobody was.
func stranger(at time.Time) core.SignIn {
	s := signIn(at)
	s.Key, s.Device.ID, s.Name = "stranger", "x", "Laptop"
	s.Address, s.Where, s.Via = netip.MustParseAddr("198.51.100.7"), oslo, other
	return s
}

func TestAHouseholdIsLearnedInSilence(t *testing.T) {
	m := watch.NewMemory(watch.Tuning{Threshold: watch.Normal, LearnFor: watch.LearnFor})
	wanted(t, m, "the first of all", stranger(start), core.Learning)
	for day := range 13 {
		take(m, signIn(start.AddDate(0, 0, day)))
	}
	wanted(t, m, "after 13 days", stranger(start.AddDate(0, 0, 13)), core.Learning)
	wanted(t, m, "after 14 days", stranger(start.AddDate(0, 0, 14)), core.Urgent)

	few := watch.NewMemory(watch.Tuning{Threshold: watch.Normal, LearnFor: watch.LearnFor})
	take(few, signIn(start))
	wanted(t, few, "after a month with one sign-in", stranger(start.AddDate(0, 1, 0)), core.Learning)

	at := watch.NewMemory(watch.Tuning{Threshold: watch.Normal})
	wanted(t, at, "without learning", stranger(start), core.Alert)
}

// Nothing that somebody is asked about is known before the answer, and then on every account.
func TestAnswersTeach(t *testing.T) {
	m, now := learned(t)
	s := stranger(now)
	first := take(m, s)
	again := stranger(now.Add(time.Hour))
	again.Key = "again"
	if a := wanted(t, m, "the same again", again, core.Repeat); a.Of != s.Key {
		t.Errorf("it repeats %q, want %q", a.Of, s.Key)
	}
	other := again
	other.Account.Login, other.Device.ID, other.Name = "ben", "y", "Tablet"
	wanted(t, m, "another device and account from there", other, core.Repeat)
	take(m, again)
	wanted(t, m, "once more", again, core.Repeat)

	m.Answer(&s, core.Ours, now.Add(2*time.Hour))
	wanted(t, m, "once it is theirs", again, core.Quiet)
	other.Device.ID, other.Name = "phone-1", "Anna's phone"
	wanted(t, m, "somebody else there", other, core.Quiet)
	if first.Level != core.Urgent {
		t.Errorf("the first was %s", first.Level)
	}
}

// A question covers what is as harmless as it is, and nothing that cannot wait.
func TestAQuestionDoesNotCoverWhatIsUrgent(t *testing.T) {
	m, now := learned(t)
	s := signIn(now)
	s.Key = "first"
	on("198.51.100.7", oslo, other)(&s)
	take(m, s)
	wanted(t, m, "the same again", s, core.Repeat)
	laptop := stranger(now.Add(time.Minute))
	if wanted(t, m, "a new device from there", laptop, core.Urgent); take(m, laptop).Level != core.Urgent {
		t.Error("it is covered")
	}
	if a := wanted(t, m, "the first again", s, core.Repeat); a.Of != laptop.Key {
		t.Errorf("it repeats %q", a.Of)
	}
	s.At = now.AddDate(0, 0, 15)
	wanted(t, m, "after two weeks", s, core.Alert)
}

// Near where somebody of the household was just now, less is held against the others for some days.
func TestTrips(t *testing.T) {
	m, now := learned(t)
	s := signIn(now)
	on("198.51.100.7", brest, other)(&s)
	take(m, s)
	m.Answer(&s, core.Ours, now)
	near := textSignIn(now.AddDate(0, 0, 2))
	at("Quimper, France", core.Place{Country: "FR", Region: "Finistere", City: "Quimper", Lat: 47.99, Lon: -4.1, Located: true})(&near)
	during := m.Assess(&near)
	near.At = now.AddDate(0, 0, 20)
	if after := m.Assess(&near); after.Score < during.Score+0.5 {
		t.Errorf("%.2f during the trip, %.2f after it", during.Score, after.Score)
	}
}

func TestWhatIsNotTheirsIsNotBelieved(t *testing.T) {
	m, now := learned(t)
	s := signIn(now)
	s.Device.ID = "phone-2" // at home, so that it is learned at once
	take(m, s)
	wanted(t, m, "before the answer", s, core.Quiet)
	m.Answer(&s, core.NotOurs, now.Add(time.Hour))
	s.At = now.AddDate(0, 0, 89)
	if a := wanted(t, m, "within 90 days", s, core.Urgent); a.Reason.Kind != core.Disowned {
		t.Errorf("because of %q", a.Reason.Kind)
	}
	wanted(t, m, "another device there", signIn(now.AddDate(0, 0, 89)), core.Quiet)
	s.At = now.AddDate(0, 0, 92)
	wanted(t, m, "after 90 days", s, core.Quiet)
}

// A device that a service knows by a common name only is not disbelieved where the household has one like it.
func TestTheHouseholdIsNotDisbelieved(t *testing.T) {
	m, now := learned(t)
	s := textSignIn(now)
	take(m, s)
	m.Answer(&s, core.NotOurs, now.Add(time.Hour))
	wanted(t, m, "their own one, the next day", textSignIn(now.AddDate(0, 0, 1)), core.Quiet)
}

func TestSilence(t *testing.T) {
	tuning := watch.Tuning{Threshold: watch.Normal}
	for _, tt := range []struct {
		name    string
		via     core.Network
		a       core.Assessment
		answers bool
		after   time.Duration
	}{
		{"an alert", line, core.Assessment{Score: 4}, true, 72 * time.Hour},
		{"where nobody ever answers", line, core.Assessment{Score: 4}, false, 24 * time.Hour},
		{"an urgent one", line, core.Assessment{Score: 5}, false, 0},
		{"a data centre", hosting, core.Assessment{Score: 4}, true, 0},
		{"a VPN", tunnel, core.Assessment{Score: 4}, false, 0},
		{"what was denied before", line, core.Assessment{Score: 4, Reason: core.Reason{Kind: core.Disowned}}, true, 0},
	} {
		s := signIn(start)
		s.Via = tt.via
		if after, ok := tuning.SilenceAfter(&s, tt.a, tt.answers); after != tt.after || ok != (tt.after > 0) {
			t.Errorf("%s: %v, %v", tt.name, after, ok)
		}
	}

	m, now := learned(t)
	s := stranger(now)
	take(m, s)
	m.Answer(&s, core.BySilence, now.Add(24*time.Hour))
	wanted(t, m, "after silence", s, core.Quiet)
	s.Address, s.Where.City = netip.MustParseAddr("203.0.113.9"), "Bergen"
	if a := m.Assess(&s); a.Reason.Kind != core.NewCountry {
		t.Errorf("silence taught the country: %q", a.Reason.Kind)
	}
	if !m.EverAnswers() {
		t.Error("one silence makes a household one that never answers")
	}
	m.Answer(&s, core.BySilence, now.Add(48*time.Hour))
	if m.EverAnswers() {
		t.Error("two silences do not")
	}
}

// Wrong passwords never ask by themselves; they make what follows urgent.
func TestFailures(t *testing.T) {
	m, now := learned(t)
	s := signIn(now)
	asID("x", "Laptop")(&s)
	on("198.51.100.7", lyon, other)(&s)
	wanted(t, m, "without them", s, core.Alert)
	failure := s
	failure.Failed = true
	for range 3 {
		take(m, failure)
	}
	if a := wanted(t, m, "after them", s, core.Urgent); a.Reason.Tries != 3 {
		t.Errorf("after %d wrong passwords", a.Reason.Tries)
	}
	s.At = now.Add(7 * time.Hour)
	wanted(t, m, "hours later", s, core.Alert)
}

// Where an address says nothing, nothing is held against a place; and the owner hears of a proxy that hides everybody.
func TestPrivateAddresses(t *testing.T) {
	for _, tt := range []struct {
		address string
		private bool
	}{
		{"172.18.0.1", true},
		{"::ffff:172.18.0.1", true},
		{"100.64.3.4", true},
		{"fe80::1%eth0", true},
		{"fd00::1", true},
		{"127.0.0.1", true},
		{"198.51.100.7", false},
		{"2001:db8:1::1", false},
	} {
		m, now := learned(t)
		s := signIn(now)
		s.Address, s.Where, s.Via = netip.MustParseAddr(tt.address), core.Place{}, core.Network{}
		if a := m.Assess(&s); (a.Reason.Kind == core.Familiar) != tt.private {
			t.Errorf("%s: %q", tt.address, a.Reason.Kind)
		}
	}

	m, now := learned(t)
	for i := range 6 {
		if _, ok := m.Hint(); ok {
			t.Fatalf("a hint after %d sign-ins", i)
		}
		s := signIn(now)
		s.Account.Login, s.Device.ID = fmt.Sprint("member", i%2), core.DeviceID(fmt.Sprint("device", i%3))
		s.Address, s.Where, s.Via = netip.MustParseAddr("172.18.0.1"), core.Place{}, core.Network{}
		take(m, s)
	}
	if gateway, ok := m.Hint(); !ok || gateway.String() != "172.18.0.1" {
		t.Errorf("the hint is %v, %v", gateway, ok)
	}

	lan, now := learned(t)
	s := signIn(now)
	for i := range 6 {
		s.Account.Login, s.Device.ID = fmt.Sprint("member", i%2), core.DeviceID(fmt.Sprint("device", i))
		s.Address, s.Where, s.Via = netip.AddrFrom4([4]byte{192, 168, 1, byte(10 + i)}), core.Place{}, core.Network{}
		take(lan, s)
	}
	if gateway, ok := lan.Hint(); ok {
		t.Errorf("the home's own network is taken for a proxy: %v", gateway)
	}
	s.Device.ID, s.Name = "new", "New tablet"
	wanted(t, lan, "a new device in the home's own network", s, core.Quiet)
}

func TestTheHomesNetworksAreKnown(t *testing.T) {
	m, now := learned(t)
	s := signIn(now)
	asID("x", "Laptop")(&s)
	on("2001:db8:7:700::1", core.Place{}, other)(&s)
	wanted(t, m, "away", s, core.Alert)
	m.SetHome([]netip.Prefix{netip.MustParsePrefix("2001:db8:7:700::/56")})
	wanted(t, m, "at home", s, core.Quiet)
	m.SetHome(nil)
	take(m, signIn(now))

	m.Answer(&s, core.Ours, now)
	s.Address = netip.MustParseAddr("2001:db8:7:7ff:1:2:3:4")
	if a := wanted(t, m, "another part of a home's network of version 6", s, core.Quiet); a.Reason.Kind != core.Familiar {
		t.Errorf("because of %q", a.Reason.Kind)
	}
	v4 := signIn(now)
	v4.Address = netip.MustParseAddr("::ffff:192.0.2.99")
	if a := wanted(t, m, "version 4 written as 6", v4, core.Quiet); a.Reason.Kind != core.Familiar {
		t.Errorf("because of %q", a.Reason.Kind)
	}
}

func TestTheSameDeviceElsewhereJustBefore(t *testing.T) {
	m, now := learned(t)
	take(m, signIn(now))
	s := signIn(now.Add(10 * time.Minute))
	s.Address, s.Where, s.Via = netip.MustParseAddr("198.51.100.7"), oslo, other
	parts, _ := watch.Parts(m, &s)
	if parts[core.Faster] == 0 {
		t.Error("Lyon to Oslo in ten minutes is no surprise")
	}
	s.At = now.Add(5 * time.Hour)
	if parts, _ := watch.Parts(m, &s); parts[core.Faster] != 0 {
		t.Error("Lyon to Oslo in five hours is")
	}
}

// A clock that is wrong for a while neither breaks anything nor makes anything forgotten; a year makes what was not met.
func TestClocks(t *testing.T) {
	m, now := learned(t)
	for _, jump := range []time.Duration{-24 * time.Hour, 24 * time.Hour, -60 * 365 * 24 * time.Hour, 500 * 24 * time.Hour, 200 * 365 * 24 * time.Hour} {
		s := signIn(now.Add(jump))
		take(m, s)
		take(m, signIn(now))
		if a := wanted(t, m, fmt.Sprint("after a jump of ", jump), agentSignIn(now), core.Quiet); a.Reason.Kind != core.Familiar {
			t.Errorf("a jump of %v made something forgotten: %q", jump, a.Reason.Kind)
		}
		wanted(t, m, fmt.Sprint("a stranger after a jump of ", jump), stranger(now), core.Urgent)
	}
	old, now := learned(t)
	later := textSignIn(now.AddDate(0, 0, 401))
	take(old, later)
	take(old, later)
	if s := signIn(later.At); old.Assess(&s).Score < -5 {
		t.Error("a device is known that was not seen for 400 days")
	}
}

// The memory that is made anew from what was recorded is the one that was.
func TestMemoryIsMadeAnew(t *testing.T) {
	m, now := learned(t)
	type told struct {
		s      core.SignIn
		a      core.Assessment
		answer core.Answer
	}
	var record []told
	play := func(m *watch.Memory, r told) {
		m.Take(&r.s, r.a)
		if r.answer != "" {
			m.Answer(&r.s, r.answer, r.s.At.Add(time.Minute))
		}
	}
	events := hostile(7)
	for i := range 4000 {
		s := events(now.Add(time.Duration(i) * time.Hour))
		r := told{s, m.Assess(&s), [...]core.Answer{"", "", core.Ours, core.NotOurs, core.BySilence}[i%5]}
		record = append(record, r)
		play(m, r)
	}
	anew, _ := learned(t)
	for _, r := range record {
		play(anew, r)
	}
	more := hostile(8)
	for i := range 500 {
		s := more(now.Add(time.Duration(4000+i) * time.Hour))
		if was, is := m.Assess(&s), anew.Assess(&s); was != is {
			t.Fatalf("sign-in %d was assessed %s %v, and anew %s %v", i, was.Level, was.Score, is.Level, is.Score)
		}
	}
}

// In a rehearsal as in the watch, silence is an answer after three days.
func TestRehearsal(t *testing.T) {
	r := watch.NewRehearsal(watch.Tuning{Threshold: watch.Normal, LearnFor: watch.LearnFor})
	now := start
	for day := range 21 {
		now = start.AddDate(0, 0, day)
		r.SignIn(signIn(now))
	}
	s := signIn(now)
	on("198.51.100.7", oslo, other)(&s)
	for _, tt := range []struct {
		after time.Duration
		level core.Level
	}{{time.Hour, core.Alert}, {72 * time.Hour, core.Repeat}, {73 * time.Hour, core.Quiet}} {
		s.At = now.Add(tt.after)
		if a := r.SignIn(s); a.Level != tt.level {
			t.Errorf("after %v: %s, want %s", tt.after, a.Level, tt.level)
		}
	}
	s.Key = "portugal"
	on("203.0.113.9", core.Place{Country: "PT", City: "Faro", Lat: 37.02, Lon: -7.93, Located: true}, core.Network{Carrier: "Linha"})(&s)
	if a := r.SignIn(s); a.Level != core.Alert {
		t.Errorf("another country: %s", a.Level)
	}
	r.Answer("portugal", core.Ours, s.At.Add(time.Minute))
	s.At = s.At.Add(time.Hour)
	if a := r.SignIn(s); a.Level != core.Quiet {
		t.Errorf("after the answer: %s", a.Level)
	}
}

func TestLearnedIsShown(t *testing.T) {
	m, _ := learned(t)
	l := m.Learned()
	if fmt.Sprint(l.Devices) != "[Anna's phone Firefox on Windows]" || fmt.Sprint(l.Networks) != "[Ligne SA]" || len(l.Places) != 1 || l.Places[0].City != "Lyon" {
		t.Errorf("%+v", l)
	}
}
