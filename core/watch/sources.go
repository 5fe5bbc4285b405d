package watch

import (
	"time"

	"latchstring/core"
)

// source is where a service's sign-ins come from, and how it is doing.
type source struct {
	log    core.SignInSource // nil: the service tells nothing of sign-ins
	read   time.Time         // when it was read last; zero: not since the start
	failed time.Time         // since when it can not be read; zero: it can
	err    error
}

// silentFor is how long a source may fail before the owners hear of it.
const silentFor = time.Hour

// source returns a service's source: its log of sign-ins, or else the difference of its device lists.
func (w *Watcher) source(c *core.Connector) *source {
	w.mu.Lock()
	defer w.mu.Unlock()
	s, ok := w.sources[c.Service]
	if ok {
		return s
	}
	s = &source{log: c.SignIns}
	if s.log == nil && c.Devices != nil {
		s.log = &Difference{Devices: c.Devices, Service: c.Service, Now: w.Now}
	}
	if w.sources == nil {
		w.sources = map[core.ServiceID]*source{}
	}
	w.sources[c.Service] = s
	return s
}

// heard notes how a look at a source went, and tells whether it has just been silent for too long.
func (w *Watcher) heard(s *source, err error) (silent bool) {
	now := w.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	if err == nil {
		s.read, s.failed, s.err = now, time.Time{}, nil
		return false
	}
	if s.failed.IsZero() || now.Before(s.failed) {
		s.failed = now
	}
	s.err = err
	return now.Sub(s.failed) >= silentFor
}

// Source is how far the watch of a service is.
type Source struct {
	Service core.ServiceID
	Log     bool      // it keeps a log of sign-ins; else they are told by the difference of its device lists
	Read    time.Time // when it was read last; zero: not since the start
	Failed  time.Time // since when it can not be read; zero: it can
	Err     error
}

// Sources tells how the watch of each service is doing, of those that can be watched at all.
func (w *Watcher) Sources() []Source {
	var told []Source
	for i := range w.Connectors {
		c := &w.Connectors[i]
		s := w.source(c)
		if s.log == nil {
			continue
		}
		w.mu.Lock()
		told = append(told, Source{Service: c.Service, Log: c.SignIns != nil, Read: s.read, Failed: s.failed, Err: s.err})
		w.mu.Unlock()
	}
	return told
}
