package mailbox

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"

	"latchstring/adapters/services/mailbox/letter"
	"latchstring/core"
)

// watch is one running of a mailbox. Its page is what was read so far, of which the others see what is whole.
type watch struct {
	*Mailbox
	now  func() time.Time
	log  *slog.Logger
	page page
	done bool // the page has been read to its end once
}

// batch is how many mails are asked for at a time.
const batch = 200

// session connects, reads what is new, and waits for more, until the connection ends.
func (w *watch) session(ctx context.Context) error {
	c, err := w.connect(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	defer context.AfterFunc(ctx, c.hangUp)()
	idles := c.Caps().Has(imap.CapIdle) || c.Caps().Has(imap.CapIMAP4rev2)
	for {
		if err := w.look(c); err != nil {
			return err
		}
		if err := w.wait(ctx, c, idles); err != nil {
			return err
		}
	}
}

// wait returns when there may be something new, and at the latest when it is time to look all the same.
func (w *watch) wait(ctx context.Context, c *connection, idles bool) error {
	limit := w.times.idle
	if !idles {
		if limit = w.config.Poll; limit == 0 {
			limit = time.Minute
		}
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	await := func() error {
		select {
		case <-c.grew:
		case <-timer.C:
		case <-c.Closed():
		case <-ctx.Done():
			return ctx.Err()
		}
		return nil
	}
	if !idles {
		return await()
	}
	var idle interface {
		Close() error
		Wait() error
	}
	err := c.within(c.times.command, func() (err error) {
		idle, err = c.Idle()
		return err
	})
	if err != nil {
		return err
	}
	if err := await(); err != nil {
		return err
	}
	return c.within(c.times.command, func() error {
		if err := idle.Close(); err != nil {
			return err
		}
		return idle.Wait()
	})
}

// look opens the folder anew and reads what is new in it. What came so far stays read when the connection breaks; where
// the numbers mean other mails now, all is read again, and the others see the old page until the new one is whole.
func (w *watch) look(c *connection) error {
	opened, err := c.examine(w.config.Folder)
	if err != nil {
		return err
	}
	if opened.UIDValidity != w.page.validity {
		w.page, w.done = page{validity: opened.UIDValidity}, false
	}
	next := uint32(opened.UIDNext)
	if w.done && next != 0 && next == w.page.last+1 {
		w.show(nil)
		return nil
	}
	uids, err := c.find(w.page.last, w.now().Add(-memory))
	if err != nil {
		return err
	}
	for some := range slices.Chunk(uids, batch) {
		fresh, err := w.readBatch(c, some)
		if err != nil {
			return err
		}
		w.page = w.page.with(fresh, w.now())
		w.page.last = max(w.page.last, uint32(some[len(some)-1]))
		if w.done {
			w.show(fresh)
		}
	}
	if next > 0 {
		w.page.last = max(w.page.last, next-1)
	}
	if w.done {
		w.show(nil)
		return nil
	}
	w.done = true
	w.log.Info("mailbox was read", slog.Int("mails", len(uids)), slog.Int("notices", len(w.page.entries)))
	w.show(w.page.entries)
	return nil
}

// show lets the others see the page; fresh is what they may not have seen.
func (w *watch) show(fresh []entry) {
	w.page = w.page.with(nil, w.now()) // codes lapse, and old notices go
	w.publish(w.page, fresh)
}

// readBatch looks at the senders of some mails, and reads those that are from a service.
func (w *watch) readBatch(c *connection, uids []imap.UID) ([]entry, error) {
	var wanted []imap.UID
	senders := &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, HeaderFields: []string{"From"}}
	err := c.fetch(uids, senders, func(m fetched) error {
		for _, s := range w.services {
			if s.recipe.Concerns(string(m.text), w.trust) {
				wanted = append(wanted, imap.UID(m.uid))
				break
			}
		}
		return nil
	})
	if err != nil || len(wanted) == 0 {
		return nil, err
	}
	var found []entry
	whole := &imap.FetchItemBodySection{Partial: &imap.SectionPartial{Size: maxMail}}
	err = c.fetch(wanted, whole, func(m fetched) error {
		found = append(found, w.read(letter.Read(m.text), m)...)
		return nil
	})
	slices.SortStableFunc(found, func(a, b entry) int { return cmp.Compare(a.uid, b.uid) })
	return found, err
}

// read makes the notices of a mail. One for an account of the config is its service's; one for nobody's goes to the first
// service of the config that knows such mails.
func (m *Mailbox) read(l *letter.Letter, f fetched) []entry {
	var all, named []entry
	for _, s := range m.services {
		n, ok := s.recipe.Find(l, f.arrived, m.trust)
		if !ok {
			continue
		}
		n.Service, n.Account = s.id, core.Account{Service: s.id}
		e := entry{f.uid, f.arrived, n}
		if a, ok := s.accountOf(l); ok {
			e.notice.Account = a
			named = append(named, e)
		} else {
			// It is about somebody else's account, as a mail that a stranger sends on to the household: vouched for, and none of theirs.
			e.notice.Verified, e.notice.Code, e.notice.Link, e.notice.Until = false, core.Secret{}, core.Secret{}, time.Time{}
		}
		all = append(all, e)
	}
	if len(named) > 0 {
		return named
	}
	return all[:min(1, len(all))]
}
