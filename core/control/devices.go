package control

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"latchstring/core"
)

// DeviceQuery chooses what to list; the zero query means everything the asker may see.
type DeviceQuery struct {
	Service core.ServiceID // "": all
	Member  core.MemberID  // "": everybody
}

// Listing is what one service says of its devices.
type Listing struct {
	Connector *core.Connector
	Devices   []core.Device
	At        time.Time // when Devices was read; zero: never
	Read      time.Time // when the service itself was read for it, where that is not each time; zero: at At
	Err       error     // why it could not be read now; Devices is then what was known at At
	Partial   bool      // Devices is what could be read now of a list that could not be read whole
	Since     time.Time // since when it can not be read
}

// shelf is what a service said last. It is kept in memory only: a list of devices is the service's, not ours.
type shelf struct {
	devices []core.Device
	at      time.Time
	err     error
	since   time.Time
}

// Devices lists what is signed in, of the services in the order of the config, asking all at once. A service that does
// not answer is told by its Listing, not by the error; the error says that the asker may not see what they asked for.
func (d *Desk) Devices(ctx context.Context, asker core.Member, q DeviceQuery) ([]Listing, error) {
	whose := core.Others
	if q.Member == asker.ID {
		whose = core.Own
	}
	only := q.Member
	if core.May(asker.Role, core.ListDevices, whose) != core.Allowed {
		if q.Member != "" || core.May(asker.Role, core.ListDevices, core.Own) != core.Allowed {
			return nil, d.refuse(ctx, asker, core.ListDevices, q.Service, []core.MemberID{q.Member})
		}
		only = asker.ID
	}
	var asked []*core.Connector
	for i := range d.Connectors {
		if q.Service == "" || q.Service == d.Connectors[i].Service {
			asked = append(asked, &d.Connectors[i])
		}
	}
	listings := make([]Listing, len(asked))
	var wg sync.WaitGroup
	for i, c := range asked {
		wg.Go(func() { listings[i] = d.list(ctx, c) })
	}
	wg.Wait()
	if only != "" {
		for i := range listings {
			listings[i].Devices = ofMember(listings[i].Devices, only)
		}
	}
	return listings, nil
}

// Known is what the services said last of the devices that a member may see, asking none of them.
func (d *Desk) Known(asker core.Member) []Listing {
	d.mu.Lock()
	defer d.mu.Unlock()
	var listings []Listing
	for i := range d.Connectors {
		c := &d.Connectors[i]
		s := d.shelf[c.Service]
		l := Listing{Connector: c, Devices: slices.Clone(s.devices), At: s.at, Err: s.err, Since: s.since}
		switch {
		case core.May(asker.Role, core.ListDevices, core.Others) == core.Allowed:
		case core.May(asker.Role, core.ListDevices, core.Own) == core.Allowed:
			l.Devices = ofMember(l.Devices, asker.ID)
		default:
			l.Devices = nil
		}
		listings = append(listings, l)
	}
	return listings
}

// ofMember returns the devices that a member is signed in on.
func ofMember(devices []core.Device, m core.MemberID) []core.Device {
	return slices.DeleteFunc(slices.Clone(devices), func(dev core.Device) bool { return !dev.On(m) })
}

// list asks a service for its devices and keeps the answer on the shelf; what it can not read now it answers from there.
func (d *Desk) list(ctx context.Context, c *core.Connector) Listing {
	devices, err := d.look(ctx, c)
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.shelf[c.Service]
	l := Listing{Connector: c, Devices: slices.Clone(devices), At: s.at, Err: err, Since: s.since, Partial: err != nil && devices != nil}
	if devices == nil {
		l.Devices = slices.Clone(s.devices)
	}
	if c.ReadAt != nil {
		l.Read = c.ReadAt()
	}
	return l
}

// look reads a service's devices. Devices beside an error are what could be read of the list.
func (d *Desk) look(ctx context.Context, c *core.Connector) ([]core.Device, error) {
	if c.Devices == nil {
		return nil, core.ServiceError(core.Cannot, c.Title, nil)
	}
	var devices []core.Device
	err := d.call(ctx, c, func(ctx context.Context) (err error) {
		devices, err = c.Devices.Devices(ctx)
		return err
	})
	if (c.Tells.Hearsay || c.Heard != nil) && len(devices) > 0 {
		devices = d.withoutByHand(ctx, c, devices)
	}
	now := d.Now()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.shelf == nil {
		d.shelf = map[core.ServiceID]shelf{}
	}
	s := d.shelf[c.Service]
	d.shelf[c.Service] = s.after(devices, err, now)
	if err != nil && s.err == nil {
		d.Log.Warn("service not readable", slog.String("service", string(c.Service)), slog.Any("cause", err))
	}
	return devices, err
}

// lookSince is look for who wants to know what came of something: a list that was read before that tells nothing of it.
func (d *Desk) lookSince(ctx context.Context, c *core.Connector, since time.Time) ([]core.Device, error) {
	devices, err := d.look(ctx, c)
	if c.ReadAt == nil || !c.ReadAt().Before(since) {
		return devices, err
	}
	if err == nil {
		err = core.OldListError(c.Title)
	}
	return nil, err
}

// withoutByHand leaves out what somebody says they signed out by hand: nobody writes a mail about that. A device whose sign-ins
// can not be told apart stays, since it may have signed in anew.
func (d *Desk) withoutByHand(ctx context.Context, c *core.Connector, devices []core.Device) []core.Device {
	done, err := d.Book.ByHand(ctx, c.Service)
	if err != nil {
		d.Log.Error("what was done by hand not readable", slog.Any("cause", err))
	}
	var gone []core.DeviceRef
	for _, a := range done {
		for _, t := range a.Targets {
			if t.Outcome == core.DoneByHand {
				gone = append(gone, t.Ref)
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(devices), func(dev core.Device) bool { return dev.Generation != "" && slices.Contains(gone, dev.Ref()) })
}

// after is the shelf once a service was asked. What could be read replaces what was known; a failure keeps it.
func (s shelf) after(devices []core.Device, err error, now time.Time) shelf {
	if err == nil {
		return shelf{devices: devices, at: now}
	}
	if s.err == nil {
		s.since = now
	}
	s.err = err
	if devices != nil {
		s.devices, s.at = devices, now
	}
	return s
}

// Health is how a service is doing.
type Health struct {
	Connector *core.Connector
	Devices   int
	At        time.Time // when it was read last; zero: never
	Err       error     // why it can not be read; nil: all is well
	Since     time.Time // since when
}

// Status tells how the services are doing, having asked each of them now. Who may know it of their own only is told of the
// services they have accounts at, and of their devices there.
func (d *Desk) Status(ctx context.Context, asker core.Member) ([]Health, error) {
	if err := d.Allow(ctx, asker, core.ReadStatus, core.Own); err != nil {
		return nil, err
	}
	all := core.May(asker.Role, core.ReadStatus, core.Others) == core.Allowed
	var asked []*core.Connector
	for i := range d.Connectors {
		if _, has := d.Connectors[i].Account(asker.ID); all || has {
			asked = append(asked, &d.Connectors[i])
		}
	}
	health := make([]Health, len(asked))
	var wg sync.WaitGroup
	for i, c := range asked {
		wg.Go(func() {
			l := d.list(ctx, c)
			if !all {
				l.Devices = ofMember(l.Devices, asker.ID)
			}
			health[i] = Health{Connector: c, Devices: len(l.Devices), At: l.At, Err: l.Err, Since: l.Since}
		})
	}
	wg.Wait()
	return health, nil
}
