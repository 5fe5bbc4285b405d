package watch

import (
	"context"
	"fmt"
	"slices"
	"time"

	"latchstring/core"
)

// A question that silence never answers is asked again on the mornings of this time; afterwards it stands among what Mondays tell of.
const (
	askAgainFor   = 3 * 24 * time.Hour // since it was asked first
	askAgainAfter = 8 * time.Hour      // at the earliest: not in the morning after a late evening's question
)

// askAgain asks once each morning again what nobody has answered and silence does not answer.
func (w *Watcher) askAgain(ctx context.Context, open []core.Case) error {
	now, today := w.Now(), w.today()
	if w.again == today || now.Before(w.morning(now)) {
		return nil
	}
	var made []core.Delivery
	for _, c := range open {
		if waited := now.Sub(c.Opened); !c.Silence.IsZero() || waited < askAgainAfter || waited > askAgainFor {
			continue
		}
		if w.Asked != nil {
			reached, err := w.Asked.AskedAt(ctx, c)
			if err != nil {
				return err
			}
			if reached.IsZero() {
				continue // the first one is still on its way
			}
		}
		// Whoever wants to be asked later has said when.
		asked := slices.DeleteFunc(slices.Clone(c.Asked), func(m core.MemberID) bool { return slices.Contains(c.Later, m) })
		ds, err := w.deliveries(&c, core.NewsCase, now, asked...)
		if err != nil {
			return err
		}
		for i := range ds {
			ds[i].Key = fmt.Sprintf("again:%s:%s:%s:%s", today, c.ID, ds[i].To, ds[i].Source.Contact.Chat)
		}
		made = append(made, ds...)
	}
	if len(made) > 0 {
		if err := w.Book.Post(ctx, made); err != nil {
			return err
		}
		w.news()
	}
	w.again = today
	return nil
}
