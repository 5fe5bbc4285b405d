package control

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"latchstring/core"
)

// Playing is what one service says plays now.
type Playing struct {
	Connector *core.Connector
	Streams   []core.Stream // of everybody, also of who is nobody here
	Err       error         // why it could not be read
}

// Streams lists what plays now, of the services that tell it in the order of the config, asking all at once, and names
// those that do not tell. Who may not see other people's devices is told of the services they have accounts at.
func (d *Desk) Streams(ctx context.Context, asker core.Member) (playing []Playing, silent []*core.Connector, err error) {
	if core.May(asker.Role, core.SeeStreams, core.Others) != core.Allowed {
		return nil, nil, d.refuse(ctx, asker, core.SeeStreams, "", nil)
	}
	all := core.May(asker.Role, core.ListDevices, core.Others) == core.Allowed
	for i := range d.Connectors {
		c := &d.Connectors[i]
		switch _, has := c.Account(asker.ID); {
		case !all && !has:
		case c.Streams == nil:
			silent = append(silent, c)
		default:
			playing = append(playing, Playing{Connector: c})
		}
	}
	var wg sync.WaitGroup
	for i := range playing {
		p := &playing[i]
		wg.Go(func() { p.Streams, p.Err = d.streams(ctx, p.Connector) })
	}
	wg.Wait()
	return playing, silent, nil
}

func (d *Desk) streams(ctx context.Context, c *core.Connector) (streams []core.Stream, err error) {
	if c.Streams == nil {
		return nil, core.ServiceError(core.Cannot, c.Title, nil)
	}
	err = d.call(ctx, c, func(ctx context.Context) (err error) {
		streams, err = c.Streams.Streams(ctx)
		return err
	})
	return streams, err
}

// StreamRef points to something that plays, as it was when somebody looked. What plays is meant by where and as whom: its
// own name may change between two looks.
type StreamRef struct {
	ID      string         `json:"id"`
	Device  core.DeviceRef `json:"device"`
	Account core.Account   `json:"account"`
	Name    string         `json:"name"` // of the device, for telling of it when nothing plays any more
}

// RefOf points to a stream.
func RefOf(s core.Stream) StreamRef { return StreamRef{s.ID, s.Device, s.Account, s.Name} }

// find returns what a reference means; of several the one that still has its name.
func (r StreamRef) find(streams []core.Stream) (found core.Stream, ok bool) {
	for _, s := range streams {
		if s.Device.ID == r.Device.ID && s.Account == r.Account && (!ok || s.ID == r.ID) {
			found, ok = s, true
		}
	}
	return found, ok
}

// PlanStop looks whether a stream still plays, for a member who wants to stop it; core.ErrNone says that it does not.
func (d *Desk) PlanStop(ctx context.Context, asker core.Member, ref StreamRef) (*core.Connector, core.Stream, error) {
	c, err := d.connector(ref.Device.Service)
	if err != nil {
		return nil, core.Stream{}, err
	}
	whose := ref.Account.Member
	if core.May(asker.Role, core.StopStream, whoseOf(asker.ID, whose)) != core.Allowed {
		return nil, core.Stream{}, d.refuse(ctx, asker, core.StopStream, c.Service, []core.MemberID{whose})
	}
	if c.Stop == nil {
		return nil, core.Stream{}, core.ServiceError(core.Cannot, c.Title, nil)
	}
	streams, err := d.streams(ctx, c)
	if err != nil {
		return nil, core.Stream{}, err
	}
	s, ok := ref.find(streams)
	if !ok {
		return nil, core.Stream{}, core.ErrNone
	}
	return c, s, nil
}

// StopStream shows the words on the screen of a stream, if it takes any, stops it, and looks again: Gone says that it has
// stopped, WasGone that nothing played any more, StillThere that it plays on, Unknown that nobody can say; Failed comes with
// the reason. The request is on record before the service is asked, and what came of it afterwards.
func (d *Desk) StopStream(ctx context.Context, by core.Member, ref StreamRef, words string) (core.Outcome, error) {
	c, s, err := d.PlanStop(ctx, by, ref)
	if errors.Is(err, core.ErrNone) {
		return core.WasGone, nil
	}
	if err != nil {
		return core.Failed, err
	}
	e := core.Entry{Actor: by.ID, Act: core.StopStream, Service: c.Service, Targets: []string{s.Name}}
	if m := s.Account.Member; m != "" {
		e.Whose = []core.MemberID{m}
	}
	if e, err = d.request(ctx, e); err != nil {
		return core.Failed, err
	}
	err = d.call(ctx, c, func(ctx context.Context) error { return c.Stop.StopStream(ctx, s, words) })
	o := core.Failed
	if err == nil || InDoubt(err) || core.KindOf(err) == core.Missing {
		o = d.stopped(ctx, c, ref)
		if o == core.StillThere && InDoubt(err) {
			o = core.Unknown
		}
	}
	var reason error
	if o == core.Failed {
		reason = err
	}
	if err != nil {
		d.Log.Warn("stop not taken", slog.String("service", string(c.Service)), slog.Any("cause", err))
	}
	d.conclude(ctx, e, o, core.KindOf(reason))
	return o, reason
}

// stopped looks whether a stream has stopped, more than once for services that take a moment.
func (d *Desk) stopped(ctx context.Context, c *core.Connector, ref StreamRef) core.Outcome {
	for i := 0; ; i++ {
		o := core.Unknown
		if streams, err := d.streams(ctx, c); err == nil {
			o = core.Gone
			if _, plays := ref.find(streams); plays {
				o = core.StillThere
			}
		}
		if o == core.Gone || i == len(d.Pauses) || !d.pause(ctx, d.Pauses[i]) {
			return o
		}
	}
}
