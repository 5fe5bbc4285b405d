package coretest

import (
	"context"
	"maps"
	"slices"
	"time"

	"latchstring/core"
)

// PutOffers is a method of [talk.OfferBook].
func (b *Books) PutOffers(ctx context.Context, offers []core.Offer) error {
	return b.change(ctx, func() error {
		if b.offers == nil {
			b.offers = map[core.OfferID]core.Offer{}
		}
		for _, o := range offers {
			b.offers[o.ID] = copied(o)
		}
		return nil
	})
}

// Offer is a method of [talk.OfferBook].
func (b *Books) Offer(_ context.Context, id core.OfferID) (core.Offer, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o, ok := b.offers[id]
	if !ok {
		return core.Offer{}, core.ErrNone
	}
	return copied(o), nil
}

// TakeOffer is a method of [talk.OfferBook].
func (b *Books) TakeOffer(ctx context.Context, id core.OfferID, by core.MemberID, at time.Time) error {
	return b.change(ctx, func() error {
		if !b.free(id, at) {
			return core.ErrUsed
		}
		b.take(id, by, at, "")
		return nil
	})
}

// free tells whether an offer can be taken.
func (b *Books) free(id core.OfferID, at time.Time) bool {
	o, ok := b.offers[id]
	return ok && o.Used.IsZero() && at.Before(o.Lapses)
}

// take uses up an offer and its group.
func (b *Books) take(id core.OfferID, by core.MemberID, at time.Time, action core.ActionID) {
	taken := b.offers[id]
	for _, o := range b.offers {
		if o.ID != id && (o.Group == "" || o.Group != taken.Group) || !o.Used.IsZero() {
			continue
		}
		o.Used, o.UsedBy, o.Action = at, by, action
		b.offers[o.ID] = o
	}
}

// Settings is a method of [talk.SettingBook].
func (b *Books) Settings(_ context.Context, m core.MemberID) (map[core.Setting]string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return maps.Clone(b.settings[m]), nil
}

// SetSetting is a method of [talk.SettingBook].
func (b *Books) SetSetting(ctx context.Context, m core.MemberID, s core.Setting, value string) error {
	return b.change(ctx, func() error {
		if b.settings == nil {
			b.settings = map[core.MemberID]map[core.Setting]string{}
		}
		if b.settings[m] == nil {
			b.settings[m] = map[core.Setting]string{}
		}
		b.settings[m][s] = value
		return nil
	})
}

// Due is a method of [talk.PostBook].
func (b *Books) Due(_ context.Context, now time.Time, limit int) ([]core.Delivery, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var due []core.Delivery
	for _, d := range b.deliveries {
		if d.Sent.IsZero() && !d.Dropped && !d.Due.After(now) {
			d.Copies = b.copies(d)
			due = append(due, d)
		}
	}
	slices.SortStableFunc(due, func(x, y core.Delivery) int { return x.Due.Compare(y.Due) })
	return due[:min(len(due), max(limit, 0))], nil
}

// Post is a method of [talk.PostBook].
func (b *Books) Post(ctx context.Context, deliveries []core.Delivery) error {
	return b.change(ctx, func() error {
		b.post(deliveries)
		return nil
	})
}

// Hasten is a method of [talk.PostBook].
func (b *Books) Hasten(ctx context.Context, now time.Time) error {
	return b.change(ctx, func() error {
		for i, d := range b.deliveries {
			if d.Sent.IsZero() && !d.Dropped && d.Attempts > 0 && d.Due.After(now) {
				b.deliveries[i].Due = now
			}
		}
		return nil
	})
}

// NextDue is a method of [talk.PostBook].
func (b *Books) NextDue(context.Context) (time.Time, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var next time.Time
	for _, d := range b.deliveries {
		if d.Sent.IsZero() && !d.Dropped && (next.IsZero() || d.Due.Before(next)) {
			next = d.Due
		}
	}
	return next, nil
}

// MarkSent is a method of [talk.PostBook].
func (b *Books) MarkSent(ctx context.Context, id core.DeliveryID, at time.Time, message string) error {
	return b.redeliver(ctx, id, func(d *core.Delivery) { d.Sent, d.Message = at, message })
}

// Postpone is a method of [talk.PostBook].
func (b *Books) Postpone(ctx context.Context, id core.DeliveryID, until time.Time) error {
	return b.redeliver(ctx, id, func(d *core.Delivery) { d.Due, d.Attempts = until, d.Attempts+1 })
}

// Drop is a method of [talk.PostBook].
func (b *Books) Drop(ctx context.Context, id core.DeliveryID) error {
	return b.redeliver(ctx, id, func(d *core.Delivery) { d.Dropped = true })
}

func (b *Books) redeliver(ctx context.Context, id core.DeliveryID, with func(*core.Delivery)) error {
	return b.change(ctx, func() error {
		i := slices.IndexFunc(b.deliveries, func(d core.Delivery) bool { return d.ID == id })
		if i < 0 {
			return core.ErrNone
		}
		with(&b.deliveries[i])
		return nil
	})
}

func (b *Books) post(deliveries []core.Delivery) {
	for _, d := range deliveries {
		if !slices.ContainsFunc(b.deliveries, func(known core.Delivery) bool { return known.Key == d.Key }) {
			b.deliveries = append(b.deliveries, d)
		}
	}
}

// Receive is a method of [talk.Inbox].
func (b *Books) Receive(ctx context.Context, chat core.Chat, messages []core.Message, offset string) error {
	return b.change(ctx, func() error {
		for _, m := range messages {
			if b.message(chat, m.Key) >= 0 {
				continue
			}
			m = copied(m)
			m.Chat, m.Seq = chat, int64(len(b.inbox))+1
			b.inbox = append(b.inbox, received{Message: m})
		}
		if b.offsets == nil {
			b.offsets = map[core.Chat]string{}
		}
		b.offsets[chat] = offset
		return nil
	})
}

func (b *Books) message(chat core.Chat, key string) int {
	return slices.IndexFunc(b.inbox, func(r received) bool { return r.Chat == chat && r.Key == key })
}

// Unanswered is a method of [talk.Inbox].
func (b *Books) Unanswered(_ context.Context, chat core.Chat) ([]core.Message, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var waiting []core.Message
	for _, r := range b.inbox {
		if r.Chat == chat && !r.answered {
			waiting = append(waiting, copied(r.Message))
		}
	}
	return waiting, nil
}

// Answered is a method of [talk.Inbox].
func (b *Books) Answered(ctx context.Context, chat core.Chat, key string) error {
	return b.change(ctx, func() error {
		i := b.message(chat, key)
		if i < 0 {
			return core.ErrNone
		}
		b.inbox[i].answered = true
		return nil
	})
}

// Offset is a method of [talk.Inbox].
func (b *Books) Offset(_ context.Context, chat core.Chat) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.offsets[chat], nil
}
