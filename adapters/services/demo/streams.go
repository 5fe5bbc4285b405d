package demo

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"

	"latchstring/core"
)

// tvCode is what every television of the demo shows that waits to be signed in.
const tvCode = "246810"

// media is a service that plays, as what its own television shows a code to.
type media struct{ *service }

// Streams lists what plays.
func (s media) Streams(ctx context.Context) ([]core.Stream, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	streams := []core.Stream{}
	for _, r := range s.devices {
		d := r.Cleaned()
		for _, one := range d.Sessions {
			if one.Playing != "" && !d.Own {
				streams = append(streams, core.Stream{
					Service: s.id, ID: string(d.ID) + "/" + one.Login, Device: d.Ref(), Name: d.Name, Title: one.Playing,
					Account: core.Account{Service: s.id, Member: one.Member, Login: one.Login}, Session: one, Screen: true,
				})
			}
		}
	}
	return streams, nil
}

// StopStream stops what somebody plays on a device. Its screen is nobody's to see here.
func (s media) StopStream(ctx context.Context, stream core.Stream, _ string) error {
	one, leave, err := s.playing(ctx, stream)
	if err != nil {
		return err
	}
	defer leave()
	one.Playing = ""
	return nil
}

// ShowMessage shows a message that nobody sees.
func (s media) ShowMessage(ctx context.Context, stream core.Stream, _, _ string) error {
	_, leave, err := s.playing(ctx, stream)
	if err != nil {
		return err
	}
	leave()
	return nil
}

// playing enters and finds the session of a stream.
func (s media) playing(ctx context.Context, stream core.Stream) (*core.Session, func(), error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return nil, nil, err
	}
	for i := range s.devices {
		if s.devices[i].ID != stream.Device.ID {
			continue
		}
		for j := range s.devices[i].Sessions {
			if one := &s.devices[i].Sessions[j]; one.Playing != "" && one.Login == stream.Account.Login {
				return one, leave, nil
			}
		}
	}
	leave()
	e := core.ServiceError(core.Missing, s.title, errors.New("no such stream"))
	e.Text = core.Say("Nothing plays there any more.")
	return nil, nil, e
}

// Pair signs in the television that waits the longest, if one does.
func (s media) Pair(ctx context.Context, account core.Account, code string) error {
	leave, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	e := core.ServiceError(core.Missing, s.title, errors.New("no such code or account"))
	switch {
	case !slices.Contains(s.accounts, account):
		return e
	case strings.ReplaceAll(code, "-", "") != tvCode:
		e.Text, e.Hint = core.Say("No television shows this code."), core.Say("In this demo they show {code}.", tvCode)
		return e
	case len(s.dark) == 0:
		e.Text, e.Hint = core.Say("No television waits for a code."), core.Say("Sign one out first.")
		return e
	}
	tv := s.dark[0]
	s.dark = slices.Delete(s.dark, 0, 1)
	now := s.world.opt.Now()
	tv.Generation += "+"
	tv.Sessions = []core.Session{{
		Member: account.Member, Login: account.Login, Since: now, LastUsed: now, Address: netip.MustParseAddr("203.0.113.20"),
	}}
	s.devices = append(s.devices, resident{Device: tv, lively: true})
	return nil
}
