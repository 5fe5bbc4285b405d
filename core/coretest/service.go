package coretest

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"latchstring/core"
)

// Service is an account service in memory, whose every misbehaviour can be ordered. Its connector's ports are there or
// nil as its fields say.
type Service struct {
	ID    core.ServiceID
	Title string

	CanSignOut, CanSignOutAll, CanReset, ByHand bool

	Hearsay bool // its list is what was heard of

	CanTell, CanStop, CanTV bool // what plays can be told, and stopped; televisions can be signed in by a code
	Limit                   int  // of streams

	Codes map[core.MemberID][]core.MemberID // who is shown the codes of whose account; nil: its mails are not read

	Accounts []core.Account
	Takes    time.Duration // how long it needs to obey
	Settle   time.Duration
	Way      core.ResetWay
	SignsOut bool
	Why      map[core.Ability]core.Phrase
	Now      func() time.Time

	mu       sync.Mutex
	devices  []core.Device
	removed  []core.Device // for coming back
	due      map[core.DeviceID]time.Time
	fault    string
	signOuts map[core.DeviceID]int
	asked    int
	resets   int
	signedIn int
	codes    map[string]string // that televisions show, and what became of each
	mailed   []core.Notice
	deaf     []core.DeviceID // devices that play on when they are stopped
	screens  []string        // what was shown on screens
}

// Add signs a device in.
func (s *Service) Add(devices ...core.Device) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range devices {
		d.Service = s.ID
		s.devices = append(s.devices, d)
	}
}

// SignOuts tells how often a device was really signed out.
func (s *Service) SignOuts(id core.DeviceID) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.signOuts[id]
}

// Asked tells how many requests for a sign-out were sent to the service, whatever became of them.
func (s *Service) Asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// Resets tells how many resets were really started.
func (s *Service) Resets() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.resets
}

// The faults that can be ordered with [Service.Order].
const (
	faultStopped  = "stops"              // nothing listens
	faultSilent   = "falls silent"       // requests arrive and are carried out, no answer comes
	faultCutOff   = "is cut off"         // requests leave, but are neither carried out nor answered
	faultBusy     = "is busy"            // asks for patience
	faultKey      = "refuses the key"    // the key was revoked
	faultGarbage  = "talks nonsense"     // a sign-in page stands before it
	faultLies     = "only says yes"      // takes sign-outs and does nothing
	faultDeaf     = "loses its answers"  // lists well, but the answer of a sign-out that it carried out is lost
	faultMissed   = "misses requests"    // lists well, but loses a request for a sign-out before it is carried out
	faultHalf     = "lists half"         // reads a part of the list only
	faultPanicked = "breaks the program" // its connector has a defect
)

// Order makes the service misbehave, or a device of it do something:
//
//	stops · starts · falls silent · is cut off · is busy · refuses the key · talks nonsense · only says yes ·
//	loses its answers · misses requests · lists half · breaks the program
//	what [Service.orderMail] tells, where its mails are read
//	NAME stops · NAME ignores a stop · a television shows CODE · the code CODE lapses
//	MEMBER signs in on NAME from PLACE · NAME comes back · NAME signs in anew · NAME signs in anew from PLACE · NAME goes away · NAME plays TITLE · NAME is joined by MEMBER
func (s *Service) Order(order string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if order == "starts" {
		s.fault = ""
		return nil
	}
	faults := []string{faultStopped, faultSilent, faultCutOff, faultBusy, faultKey, faultGarbage, faultLies, faultDeaf, faultMissed, faultHalf, faultPanicked}
	if slices.Contains(faults, order) {
		s.fault = order
		return nil
	}
	if who, rest, ok := strings.Cut(order, " signs in on "); ok {
		return s.signIn(who, rest)
	}
	if s.orderCode(order) || s.orderMail(order) {
		return nil
	}
	for _, verb := range []string{" stops", " ignores a stop", " comes back", " signs in anew", " goes away", " plays ", " is joined by "} {
		name, object, ok := strings.Cut(order, verb)
		if !ok {
			continue
		}
		return s.orderDevice(name, strings.TrimSpace(verb), object)
	}
	return fmt.Errorf("no such order: %q", order)
}

// signIn signs a member in on a device that is new to the service, at a place of the [Atlas]. A member called "somebody" is
// nobody of the household.
func (s *Service) signIn(who, rest string) error {
	name, place, ok := strings.Cut(rest, " from ")
	address, known := addresses[place]
	if !ok || !known {
		return fmt.Errorf("no such place: %q", place)
	}
	who = strings.ToLower(who)
	session := core.Session{Member: core.MemberID(who), Login: who, Since: s.Now(), LastUsed: s.Now(), Address: address}
	if who == "somebody" {
		session.Member = ""
	}
	s.signedIn++
	s.devices = append(s.devices, core.Device{
		Service: s.ID, ID: core.DeviceID(fmt.Sprintf("new%d", s.signedIn)), Name: name, Sessions: []core.Session{session},
	})
	return nil
}

func (s *Service) orderDevice(name, verb, object string) error {
	named := func(d core.Device) bool { return d.Name == name }
	i, r := slices.IndexFunc(s.devices, named), slices.IndexFunc(s.removed, named)
	switch {
	case verb == "comes back" && r >= 0:
		s.devices = append(s.devices, s.removed[r])
		s.removed = slices.Delete(s.removed, r, r+1)
	case verb == "signs in anew" && (i >= 0 || r >= 0):
		d := core.Device{}
		if r >= 0 {
			d = s.removed[r]
		} else {
			d = s.devices[i]
			s.devices = slices.Delete(s.devices, i, i+1)
		}
		d.Generation += "+"
		d.Sessions = slices.Clone(d.Sessions)
		for j := range d.Sessions {
			d.Sessions[j].Since, d.Sessions[j].LastUsed = s.Now(), s.Now()
			if address, elsewhere := addresses[strings.TrimPrefix(object, " from ")]; elsewhere {
				d.Sessions[j].Address = address
			}
		}
		s.devices = append(s.devices, d)
	case i < 0:
		return fmt.Errorf("no device %q at %s", name, s.Title)
	case verb == "goes away":
		s.drop(s.devices[i].ID)
	case verb == "plays":
		s.play(i, object)
	case verb == "stops":
		s.play(i, "")
	case verb == "ignores a stop":
		s.deaf = append(s.deaf, s.devices[i].ID)
	case verb == "is joined by":
		more := s.devices[i].Sessions[0]
		more.Member, more.Login = core.MemberID(strings.ToLower(object)), strings.ToLower(object)
		s.devices[i].Sessions = append(slices.Clone(s.devices[i].Sessions), more)
	}
	return nil
}

// drop ends a device's sessions; mu is held.
func (s *Service) drop(id core.DeviceID) bool {
	i := slices.IndexFunc(s.devices, func(d core.Device) bool { return d.ID == id })
	if i < 0 {
		return false
	}
	s.removed = append(s.removed, s.devices[i])
	s.devices = slices.Delete(s.devices, i, i+1)
	return true
}

// Connector returns the connector of the service.
func (s *Service) Connector() core.Connector {
	c := core.Connector{
		Service: s.ID, Title: s.Title, Devices: (*lister)(s), Accounts: s.Accounts, Settle: s.Settle, Takes: s.Takes,
		Tells: core.Tells{LastUse: true, Address: true, Place: true, Playing: true, Hearsay: s.Hearsay}, Why: s.Why,
	}
	if s.CanSignOut {
		c.SignOut = (*signOuter)(s)
	}
	if s.CanSignOutAll {
		c.SignOutAll = (*allSignOuter)(s)
	}
	if s.CanReset {
		c.Reset = (*resetter)(s)
	}
	if s.ByHand {
		c.ByHand, c.OnDevice = (*guider)(s), (*guider)(s)
	}
	if s.Codes != nil {
		c.Notices, c.OneTime, c.CodesFor = (*mails)(s), (*mails)(s), s.Codes
	}
	if c.Limit = s.Limit; s.CanTell {
		c.Streams = (*streamLister)(s)
	}
	if s.CanStop {
		c.Stop, c.Screen = (*streamStopper)(s), (*streamStopper)(s)
	}
	if s.CanTV {
		c.TV = (*pairer)(s)
	}
	return c
}

// failure is how the service answers while a fault of it lasts; mu is held.
func (s *Service) failure() error {
	fail := func(k core.Kind) *core.Error { return core.ServiceError(k, s.Title, errors.New(s.fault)) }
	switch s.fault {
	case faultStopped:
		e := fail(core.Unreachable)
		e.Unsent = true
		return e
	case faultSilent, faultCutOff:
		return fail(core.Unreachable)
	case faultBusy:
		return fail(core.Busy)
	case faultKey:
		return fail(core.BadKey)
	case faultGarbage:
		return fail(core.Garbled)
	case faultPanicked:
		panic("ordered")
	}
	return nil
}

type lister Service

func (l *lister) Devices(context.Context) ([]core.Device, error) {
	s := (*Service)(l)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.failure(); err != nil {
		return nil, err
	}
	for id, at := range s.due {
		if !s.Now().Before(at) {
			s.drop(id)
			delete(s.due, id)
		}
	}
	devices := slices.Clone(s.devices)
	if s.fault == faultHalf {
		return devices[:len(devices)/2], core.ServiceError(core.Garbled, s.Title, errors.New(s.fault))
	}
	if devices == nil {
		devices = []core.Device{}
	}
	return devices, nil
}

type signOuter Service

func (o *signOuter) SignOut(_ context.Context, ref core.DeviceRef) (core.Receipt, error) {
	s := (*Service)(o)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.signOut(ref.ID)
}

func (s *Service) signOut(id core.DeviceID) (core.Receipt, error) {
	s.asked++
	if s.fault == faultLies {
		return core.Receipt{}, nil
	}
	lost := core.ServiceError(core.Unreachable, s.Title, errors.New(s.fault))
	if s.fault == faultMissed {
		return core.Receipt{}, lost
	}
	err := s.failure()
	if err != nil && s.fault != faultSilent {
		return core.Receipt{}, err
	}
	if s.Takes > 0 {
		if s.due == nil {
			s.due = map[core.DeviceID]time.Time{}
		}
		s.due[id] = s.Now().Add(s.Takes)
		return core.Receipt{Within: s.Takes}, err
	}
	if s.drop(id) {
		if s.signOuts == nil {
			s.signOuts = map[core.DeviceID]int{}
		}
		s.signOuts[id]++
	} else {
		return core.Receipt{Gone: true}, err
	}
	if s.fault == faultDeaf {
		err = lost
	}
	return core.Receipt{}, err
}

type allSignOuter Service

func (o *allSignOuter) SignOutAll(_ context.Context, a core.Account) (core.Receipt, error) {
	s := (*Service)(o)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.failure(); err != nil {
		return core.Receipt{}, err
	}
	gone := true
	for _, d := range slices.Clone(s.devices) {
		if d.On(a.Member) {
			gone = false
			if _, err := s.signOut(d.ID); err != nil {
				return core.Receipt{}, err
			}
		}
	}
	return core.Receipt{Gone: gone}, nil
}

type resetter Service

func (r *resetter) Plan() core.ResetPlan { return core.ResetPlan{Way: r.Way, SignsOut: r.SignsOut} }

func (r *resetter) StartReset(_ context.Context, _ core.Account) (core.Reset, error) {
	s := (*Service)(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.failure()
	if err != nil && s.fault != faultSilent {
		return core.Reset{}, err
	}
	s.resets++
	if err != nil {
		return core.Reset{}, err
	}
	reset := core.Reset{Way: s.Way}
	if s.Way.Private() {
		reset.Secret, reset.Enter, reset.Until = core.NewSecret(Canary), "sign-on.example.org/recovery", s.Now().Add(8*time.Minute)
	}
	return reset, nil
}

// Canary is the one secret that the services in memory hand out; it must never be found where it does not belong.
const Canary = "CANARY-809807"

// Session makes a session for tests.
func Session(m core.MemberID, login, address, place string, since, used time.Time) core.Session {
	a, _ := netip.ParseAddr(address)
	return core.Session{Member: m, Login: login, Address: a, Place: place, Since: since, LastUsed: used}
}
