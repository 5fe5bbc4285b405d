package jellyfin

import (
	"time"

	"latchstring/core"
)

// maxSignedOut bounds how many sign-outs are remembered; then all are forgotten.
const maxSignedOut = 1000

// signedOut is what became of a device after it was signed out. The server forgets the device's tokens then, so if it was off
// the list and is on it again, somebody has signed in anew. The list has no time of that: it is when it was first seen again.
type signedOut struct {
	gone bool
	back time.Time
}

// remember begins to look for what becomes of a device that is being signed out.
func (s *service) remember(id core.DeviceID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.out == nil || len(s.out) >= maxSignedOut {
		s.out = map[core.DeviceID]signedOut{}
	}
	s.out[id] = signedOut{}
}

// tellReturned compares what was signed out with the list of now, and tells of what is back since when that is.
func (s *service) tellReturned(devices []core.Device) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.out) == 0 {
		return
	}
	listed := map[core.DeviceID]bool{}
	for _, d := range devices {
		listed[d.ID] = true
	}
	for id, o := range s.out {
		switch {
		case !listed[id]:
			s.out[id] = signedOut{gone: true}
		case o.gone && o.back.IsZero():
			o.back = s.opt.Now()
			s.out[id] = o
		}
	}
	for _, d := range devices {
		for i := range d.Sessions {
			d.Sessions[i].Since = s.out[d.ID].back
		}
	}
}
