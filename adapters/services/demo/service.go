package demo

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"latchstring/core"
)

// service is one simulated service. It lists, signs out and tells sign-ins; which of that its connector offers is up to
// the connector. Its fields are guarded by the world's mutex.
type service struct {
	world    *World
	id       core.ServiceID
	title    string
	version  string
	takes    time.Duration // within which sign-outs are obeyed, by its own word; 0: at once
	tells    core.Tells
	accounts []core.Account
	devices  []resident
	away     []resident    // those that come back by themselves
	dark     []core.Device // televisions that show a code
	signIns  []core.SignIn
}

// resident is a device with its habits.
type resident struct {
	core.Device
	lively  bool          // it is used now and then
	leaves  time.Duration // how long it takes to obey a sign-out
	returns time.Duration // when it comes back after one; 0: never
	when    time.Time     // when it leaves, or comes back; zero: it stays where it is
}

// add puts a device on the list.
func (s *service) add(d core.Device) {
	s.devices = append(s.devices, resident{Device: s.named(d), lively: true})
}

// named is a device with the name of its service.
func (s *service) named(d core.Device) core.Device {
	d.Service, d.Generation = s.id, "1"
	return d
}

func (s *service) account(m core.MemberID) core.Account {
	for _, a := range s.accounts {
		if a.Member == m {
			return a
		}
	}
	return core.Account{}
}

// pass lets everything happen that was due by now.
func (s *service) pass(now time.Time) {
	due := func(r resident) bool { return !r.when.IsZero() && !r.when.After(now) }
	for _, r := range s.devices {
		if due(r) {
			s.depart(r)
		}
	}
	s.devices = slices.DeleteFunc(s.devices, due)
	for _, r := range s.away {
		if due(r) {
			r.when = time.Time{}
			s.devices = append(s.devices, r)
		}
	}
	s.away = slices.DeleteFunc(s.away, due)
}

// depart remembers a device that will come back. It does so once only.
func (s *service) depart(r resident) {
	if r.returns > 0 {
		r.when, r.returns = s.world.opt.Now().Add(r.returns), 0
		s.away = append(s.away, r)
	}
}

// enter begins a call: it takes the world's mutex, which leave gives back, and lets everything happen that was due.
func (s *service) enter(ctx context.Context) (leave func(), err error) {
	if err := ctx.Err(); err != nil {
		e := core.ServiceError(core.Unreachable, s.title, err)
		e.Unsent = true
		return nil, e
	}
	s.world.mu.Lock()
	s.pass(s.world.opt.Now())
	return s.world.mu.Unlock, nil
}

// Devices lists the devices in the order in which they came.
func (s *service) Devices(ctx context.Context) ([]core.Device, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	list := make([]core.Device, len(s.devices))
	for i, r := range s.devices {
		list[i] = r.Cleaned() // a copy
	}
	if s.id == signOnID && s.world.opt.SignInAfterList {
		s.world.signInStranger()
	}
	return list, nil
}

// SignOut ends the sessions of a device as obediently as it is.
func (s *service) SignOut(ctx context.Context, ref core.DeviceRef) (core.Receipt, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return core.Receipt{}, err
	}
	defer leave()
	i := slices.IndexFunc(s.devices, func(r resident) bool { return r.Ref() == ref })
	if i < 0 {
		return core.Receipt{Gone: true}, nil
	}
	r := &s.devices[i]
	if r.Own {
		return core.Receipt{}, core.OwnSessionError()
	}
	return s.dismiss(i), nil
}

// dismiss signs the i-th device out.
func (s *service) dismiss(i int) core.Receipt {
	r := &s.devices[i]
	if r.leaves > 0 {
		if r.when.IsZero() {
			r.when = s.world.opt.Now().Add(r.leaves)
		}
		return core.Receipt{Within: s.takes}
	}
	s.depart(*r)
	if strings.HasSuffix(r.App, "TV") {
		s.dark = append(s.dark, r.Device)
	}
	s.devices = slices.Delete(s.devices, i, i+1)
	return core.Receipt{}
}

// endAll ends every session of a member but this program's own. A device that others are signed in on stays for them.
func (s *service) endAll(m core.MemberID) (ended int) {
	for i := len(s.devices) - 1; i >= 0; i-- {
		r := &s.devices[i]
		if r.Own || !r.On(m) {
			continue
		}
		ended++
		r.Sessions = slices.DeleteFunc(slices.Clone(r.Sessions), func(one core.Session) bool { return one.Member == m })
		if len(r.Sessions) == 0 {
			s.devices = slices.Delete(s.devices, i, i+1)
		}
	}
	return ended
}

// SignIns returns the sign-ins after a cursor, which is their number.
func (s *service) SignIns(ctx context.Context, after string) ([]core.SignIn, string, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return nil, after, err
	}
	defer leave()
	now := strconv.Itoa(len(s.signIns))
	if after == "" {
		return nil, now, nil
	}
	n, err := strconv.Atoi(after)
	if err != nil || n < 0 || n > len(s.signIns) {
		return nil, after, core.ServiceError(core.Garbled, s.title, fmt.Errorf("cursor %q is none of ours", after))
	}
	return slices.Clone(s.signIns[n:]), now, nil
}

// Probe tells an invented version.
func (s *service) Probe(ctx context.Context) (string, []core.Phrase, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return "", nil, err
	}
	leave()
	return s.version, nil, nil
}

// connector is what every service of the demo offers: its list, and whether it is there.
func (s *service) connector() core.Connector {
	return core.Connector{
		Service: s.id, Title: s.title, Devices: s, Prober: s, Accounts: slices.Clone(s.accounts), Tells: s.tells, Takes: s.takes,
	}
}
