// Package demo is the demo connector: a simulated household, for trying the program without an account.
//
// Its four services differ in what they can do, so that every outcome of a sign-out and every way of a reset can be
// seen: Jellyfin does all at once and has no stream left, Family sign-on hands out codes, Netflix leaves everything to a person, and at Music
// one device takes its time to go and another one comes back. Nothing of it is real: the addresses are of the networks
// that are kept for examples (RFC 5737 and RFC 3849).
package demo

import (
	"context"
	"math/rand/v2"
	"net/netip"
	"sync"
	"time"

	"latchstring/core"
)

// Household returns the people of the demo. At a terminal each is known by their name in lower case.
func Household() core.Household {
	zone, err := time.LoadLocation("Europe/Madrid")
	if err != nil { // a machine without a time zone database
		zone = time.UTC
	}
	member := func(id core.MemberID, name string, role core.Role) core.Member {
		return core.Member{ID: id, Name: name, Role: role, Contacts: []core.Contact{{Chat: core.Terminal, User: string(id)}}}
	}
	return core.Household{
		Name: "The Rivera home", Zone: zone, Language: "en",
		Members: []core.Member{member(marta, "Marta", core.Owner), member(leo, "Leo", core.Adult), member(sofi, "Sofi", core.Child)},
		Home:    []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")},
	}
}

const (
	marta core.MemberID = "marta"
	leo   core.MemberID = "leo"
	sofi  core.MemberID = "sofi"
)

// Options say how the world moves.
type Options struct {
	Now  func() time.Time
	Seed uint64 // of what happens by chance; the same seed gives the same world

	// Pace is how fast the world is: the sign-in that nobody knows happens one Pace after Run began, and all else that
	// takes time takes some Paces. Zero means 8 seconds.
	Pace time.Duration
	// SignInAfterList makes that sign-in happen as soon as Family sign-on has answered its first list instead, so that
	// nothing depends on how fast somebody reads.
	SignInAfterList bool
}

// World is the simulated services and what happens at them. Its methods may be called from several goroutines at once.
type World struct {
	opt Options

	mu     sync.Mutex
	chance *rand.Rand
	signed bool // the sign-in that nobody knows has happened

	jellyfin, signOn, netflix, music *service
}

// New makes a world as it is now.
func New(opt Options) *World {
	if opt.Pace <= 0 {
		opt.Pace = 8 * time.Second
	}
	w := &World{opt: opt, chance: rand.New(rand.NewPCG(opt.Seed, 0))} //nolint:gosec // chance of a simulation; nothing rests on it
	w.furnish(opt.Now())
	return w
}

// Run makes the household lively until ctx ends: things begin and stop playing, devices are used, and somebody whom
// nobody knows signs in.
func (w *World) Run(ctx context.Context) {
	tick := time.NewTicker(w.opt.Pace)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if !w.opt.SignInAfterList {
				w.SignInNow()
			}
			w.live()
		}
	}
}

// SignInNow signs the stranger in: Chrome on Windows, near Lyon, at Leo's Family sign-on. It happens once in a world.
func (w *World) SignInNow() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.signInStranger()
}

func (w *World) signInStranger() {
	if w.signed {
		return
	}
	w.signed = true
	now := w.opt.Now()
	s := core.Session{
		Member: leo, Login: "leo@rivera.example", Since: now, LastUsed: now,
		Address: netip.MustParseAddr("2001:db8:77::7"), Place: "Lyon, France",
	}
	d := device("fs-9", "Chrome on Windows", "", s)
	w.signOn.add(d)
	w.signOn.signIns = append(w.signOn.signIns, core.SignIn{
		Key: "sign-in-" + string(d.ID), Service: signOnID, Account: w.signOn.account(leo), Device: w.signOn.named(d).Ref(),
		Name: d.Name, Address: s.Address, Place: s.Place, At: now,
	})
}

// titles are what is played here. They are invented.
var titles = [...]string{"Dusk S1E3", "The Glass Orchard", "Harbour Lights S2E4", "Owl & Sons S3E1", "Paper Planets"}

// live lets a moment pass: one device is used, and what plays may change.
func (w *World) live() {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.opt.Now()
	s := []*service{w.jellyfin, w.signOn, w.music}[w.chance.IntN(3)]
	s.pass(now)
	if len(s.devices) == 0 {
		return
	}
	d := &s.devices[w.chance.IntN(len(s.devices))]
	if !d.lively {
		return
	}
	one := &d.Sessions[w.chance.IntN(len(d.Sessions))]
	one.LastUsed = now
	switch {
	case !s.tells.Playing:
	case one.Playing != "":
		one.Playing = ""
	default:
		one.Playing = titles[w.chance.IntN(len(titles))]
	}
}
