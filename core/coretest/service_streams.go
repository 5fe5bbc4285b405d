package coretest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"latchstring/core"
)

// What became of a code that a television shows.
const (
	codeShown  = "shown"
	codeUsed   = "used"
	codeLapsed = "lapsed"
)

// orderCode orders what a television does with its code; mu is held.
func (s *Service) orderCode(order string) bool {
	if s.codes == nil {
		s.codes = map[string]string{}
	}
	code, shows := strings.CutPrefix(order, "a television shows ")
	if shows {
		s.codes[code] = codeShown
		return true
	}
	code, lapses := strings.CutSuffix(strings.TrimPrefix(order, "the code "), " lapses")
	if lapses {
		s.codes[code] = codeLapsed
	}
	return lapses
}

// Screens returns what was shown on screens, each with the device before it.
func (s *Service) Screens() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.screens)
}

// play has the i-th device play something, or nothing with ""; mu is held.
func (s *Service) play(i int, title string) {
	sessions := slices.Clone(s.devices[i].Sessions)
	for j := range sessions {
		sessions[j].Playing = ""
	}
	sessions[0].Playing = title
	s.devices[i].Sessions = sessions
}

type streamLister Service

// Streams tells each session that plays something.
func (l *streamLister) Streams(context.Context) ([]core.Stream, error) {
	s := (*Service)(l)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.failure(); err != nil {
		return nil, err
	}
	streams := []core.Stream{}
	for _, d := range s.devices {
		for _, one := range d.Sessions {
			if one.Playing == "" || d.Own {
				continue
			}
			streams = append(streams, core.Stream{
				Service: s.ID, ID: string(d.ID) + "/" + one.Login, Device: d.Ref(), Name: d.Name, Title: one.Playing,
				Account: core.Account{Service: s.ID, Member: one.Member, Login: one.Login}, Session: one, Screen: true,
			})
		}
	}
	return streams, nil
}

type streamStopper Service

// StopStream stops what a device plays, unless it ignores that.
func (o *streamStopper) StopStream(_ context.Context, stream core.Stream, words string) error {
	s := (*Service)(o)
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.failure()
	if err != nil && s.fault != faultSilent {
		return err
	}
	if s.fault == faultMissed {
		return core.ServiceError(core.Unreachable, s.Title, errors.New(s.fault))
	}
	i := slices.IndexFunc(s.devices, func(d core.Device) bool { return d.ID == stream.Device.ID && d.Playing() })
	if i < 0 {
		return core.ServiceError(core.Missing, s.Title, errors.New("nothing plays"))
	}
	if words != "" {
		s.screens = append(s.screens, stream.Name+": "+words)
	}
	if !slices.Contains(s.deaf, stream.Device.ID) && s.fault != faultLies {
		s.play(i, "")
	}
	if s.fault == faultDeaf {
		err = core.ServiceError(core.Unreachable, s.Title, errors.New(s.fault))
	}
	return err
}

// ShowMessage shows words on a screen.
func (o *streamStopper) ShowMessage(_ context.Context, stream core.Stream, title, words string) error {
	s := (*Service)(o)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.screens = append(s.screens, stream.Name+": "+title+": "+words)
	return s.failure()
}

type pairer Service

// Pair signs the television in that shows a code. Each code is good once.
func (p *pairer) Pair(_ context.Context, account core.Account, code string) error {
	s := (*Service)(p)
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.failure()
	if err != nil && s.fault != faultSilent {
		return err
	}
	e := core.ServiceError(core.Missing, s.Title, errors.New("no such code"))
	e.Hint = core.Say("Ask the television for another code, and say that one.")
	switch state := s.codes[code]; {
	case !slices.Contains(s.Accounts, account):
		return core.ServiceError(core.Missing, s.Title, errors.New("no such account"))
	case state == codeUsed:
		e.Text = core.Say("{service} did not take this code. It may have been used already.", s.Title)
		return e
	case state != codeShown:
		e.Text = core.Say("No television shows this code, or not any more.")
		return e
	}
	s.codes[code] = codeUsed
	now := s.Now()
	s.devices = append(s.devices, core.Device{
		Service: s.ID, ID: core.DeviceID("tv-" + code), Name: "New TV", App: "Android TV", Generation: "1",
		Sessions: []core.Session{Session(account.Member, account.Login, "203.0.113.20", "", now, now.Add(time.Second))},
	})
	return err
}
