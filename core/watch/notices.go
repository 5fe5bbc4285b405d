package watch

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"latchstring/core"
)

// noticesOf is the name under which it is kept how far a service's notices were read; the sign-ins among them are read, and
// kept, by themselves.
func noticesOf(service core.ServiceID) core.ServiceID { return service + "/notices" }

// LookAtNotices reads what a service wrote since the last time and tells the member whose account it is, and the owners, what
// is worth telling. Sign-ins are the watch's own, codes are for nobody who did not ask, which [Watcher.Codes] knows, and
// what nobody vouches for is nothing.
func (w *Watcher) LookAtNotices(ctx context.Context, c *core.Connector) error {
	name := noticesOf(c.Service)
	after, err := w.Book.Cursor(ctx, name)
	if err != nil {
		return err
	}
	notices, cursor, err := c.Notices.Notices(ctx, after)
	if err != nil || cursor == after {
		return err
	}
	l := core.Look{Service: name, Cursor: cursor}
	for _, n := range notices {
		if !n.Verified {
			continue
		}
		if w.Codes != nil {
			if err := w.Codes(ctx, n); err != nil {
				return err
			}
		}
		if !tellable(n.Kind) {
			continue
		}
		made, err := w.noticed(ctx, c, n)
		if err != nil {
			return err
		}
		l.Deliveries = append(l.Deliveries, made...)
	}
	if err := w.Book.RecordLook(ctx, l); err != nil {
		return err
	}
	if len(l.Deliveries) > 0 {
		w.news()
	}
	return nil
}

// tellable tells whether a notice is told by itself.
func tellable(k core.NoticeKind) bool {
	switch k {
	case core.NoticePasswordChanged, core.NoticeResetRequested, core.NoticeEmailChanged, core.NoticeSignInRequest,
		core.NoticeTemporaryAccess, core.NoticeHouseholdUpdate:
		return true
	case core.NoticeSignIn, core.NoticeCode, core.NoticeVerification:
	}
	return false
}

// strangers tells whether whoever knows an address can have a service write such a notice, as often as they like.
func strangers(k core.NoticeKind) bool {
	return k != core.NoticePasswordChanged && k != core.NoticeEmailChanged
}

// noticed are the news of a notice. They hold its kind and its time and nothing else of it: no code, no link.
func (w *Watcher) noticed(ctx context.Context, c *core.Connector, n core.Notice) ([]core.Delivery, error) {
	to := w.owners()
	if m, known := w.House.Member(n.Account.Member); known && !slices.Contains(to, m.ID) {
		to = append(to, m.ID)
	}
	now := w.Now()
	at := n.At
	if at.After(now) {
		at = now
	}
	key := n.Key
	if strangers(n.Kind) && (w.Awaits == nil || !w.Awaits(ctx, c.Service, n.Account.Member)) {
		key = fmt.Sprintf("%s:%s:%d", n.Kind, n.Account.Login, now.Unix()/3600) // one in an hour
	}
	var made []core.Delivery
	for _, m := range to {
		id, err := core.NewDeliveryID(w.Random)
		if err != nil {
			return nil, err
		}
		made = append(made, core.Delivery{
			ID: id, To: m, News: core.NewsNotice,
			Key:     fmt.Sprintf("notice:%s:%s:%s", c.Service, key, m),
			Subject: fmt.Sprintf("%s/%s/%s/%s", c.Service, n.Kind, strconv.FormatInt(at.Unix(), 10), n.Account.Member), Made: now, Due: now,
		})
	}
	return made, nil
}
