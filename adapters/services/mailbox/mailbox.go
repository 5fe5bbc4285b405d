package mailbox

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"latchstring/adapters/services/mailbox/notice"
	"latchstring/core"
)

// Mailbox is one folder of the household's mail. [Mailbox.Run] reads it for the services that [New] joins to it before.
type Mailbox struct {
	config Box
	dir    string
	trust  notice.Trust
	times  times

	services []*service // in the order of the config; nobody joins while Run does

	mu      sync.Mutex
	page    page
	isRead  bool          // it was, at least once
	tried   chan struct{} // closed when the first try to read it ended well or badly; made for the first who waits
	trouble error         // why it is not read now
	since   time.Time     // of the trouble
	now     func() time.Time
}

// times is how long things are waited for.
type times struct {
	dial, command, batch  time.Duration
	idle                  time.Duration // IDLE is begun anew after so long; servers end it after 29 minutes, many a router sooner
	firstPause, longPause time.Duration
	first                 time.Duration // how long a question waits for the folder to be read for the first time
	grace                 time.Duration // how long a broken connection is nobody's concern
}

// Open makes a mailbox of its config, without asking it anything. Paths of files in it begin at dir.
func Open(b Box, dir string) *Mailbox {
	return &Mailbox{
		config: b, dir: dir, trust: b.trust(),
		times: times{
			dial: 30 * time.Second, command: time.Minute, batch: 5 * time.Minute, idle: 9 * time.Minute,
			firstPause: time.Second, longPause: 10 * time.Minute, first: 10 * time.Second, grace: 2 * time.Minute,
		},
	}
}

// ID returns what the mailbox is called in the config.
func (m *Mailbox) ID() string { return m.config.ID }

// Used tells whether a service is read in the mailbox, so that it needs running.
func (m *Mailbox) Used() bool { return len(m.services) > 0 }

// Run reads the mailbox until ctx ends. What goes wrong is tried again after a pause, at first soon.
func (m *Mailbox) Run(ctx context.Context, now func() time.Time, log *slog.Logger) {
	m.mu.Lock()
	m.now = now
	m.mu.Unlock()
	w := &watch{Mailbox: m, now: now, log: log.With(slog.String("mailbox", m.config.ID))}
	pause := m.times.firstPause
	for ctx.Err() == nil {
		began := now()
		err := w.session(ctx)
		if ctx.Err() != nil {
			return
		}
		switch {
		case refused(err):
			pause = m.times.longPause // who asks often with a wrong password is shut out
		case now().Sub(began) > m.times.longPause:
			pause = m.times.firstPause // it was a good connection
		}
		w.fail(ctx, err, pause)
		select {
		case <-ctx.Done():
		case <-time.After(pause*3/4 + rand.N(pause/2)): //nolint:gosec // jitter is no secret
		}
		pause = min(2*pause, m.times.longPause)
	}
}

// fail notes that the mailbox is not read now, and logs it once for each trouble.
func (w *watch) fail(ctx context.Context, err error, pause time.Duration) {
	w.mu.Lock()
	first := w.trouble == nil || w.trouble.Error() != err.Error()
	if w.trouble == nil {
		w.since = w.now()
	}
	w.trouble = err
	w.end()
	w.mu.Unlock()
	level := slog.LevelDebug
	if first {
		level = slog.LevelWarn
	}
	w.log.Log(ctx, level, "mailbox is not read", slog.Duration("pause", pause), slog.Any("cause", err))
}

// publish shows what was read, and tells the services that have something new.
func (m *Mailbox) publish(p page, fresh []entry) {
	m.mu.Lock()
	m.page, m.trouble = p, nil
	m.isRead = true
	m.end()
	m.mu.Unlock()
	for _, s := range m.services {
		for _, e := range fresh {
			if e.notice.Service == s.id {
				s.tell()
				break
			}
		}
	}
}

// end lets those go on who wait for the first try; mu is held.
func (m *Mailbox) end() {
	if m.tried != nil {
		close(m.tried)
		m.tried = nil
	}
}

// errUnread says that nobody has read the mailbox so far.
var errUnread = errors.New("it was not read yet")

// snapshot returns what is known of the mailbox. For the first reading it waits a little; that a connection broke a moment ago
// is no failure.
func (m *Mailbox) snapshot(ctx context.Context) (page, error) {
	m.await(ctx)
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.isRead:
	case m.trouble != nil:
		return page{}, m.trouble
	default:
		return page{}, errUnread
	}
	if m.trouble != nil && m.now().Sub(m.since) > m.times.grace {
		return page{}, m.trouble
	}
	return m.page, nil
}

// await waits a little for the first try to read the mailbox.
func (m *Mailbox) await(ctx context.Context) {
	m.mu.Lock()
	if m.isRead || m.trouble != nil {
		m.mu.Unlock()
		return
	}
	if m.tried == nil {
		m.tried = make(chan struct{})
	}
	tried := m.tried
	m.mu.Unlock()
	wait := time.NewTimer(m.times.first)
	defer wait.Stop()
	select {
	case <-tried:
	case <-ctx.Done():
	case <-wait.C:
	}
}

// failure is what members and the owner are told when the mailboxes of a service can not be read.
func failure(title string, cause error) error {
	kind := core.Unreachable
	if refused(cause) {
		kind = core.BadKey
	}
	return &core.Error{
		Kind: kind, Err: cause,
		Text: core.Say("I can not read the mails of {service} right now.", title),
		Hint: core.Say("Try again in a minute; \"latchstring check\" tells the owner more."),
	}
}
