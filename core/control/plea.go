package control

import (
	"context"
	"time"

	"latchstring/core"
)

// pleaPause is how long a member is not asked the same by the same person again.
const pleaPause = 10 * time.Minute

// plea is who asks whom about which service.
type plea struct {
	by, whom core.MemberID
	service  core.ServiceID
}

// AskToFinish has a member asked whether they could finish soon what they play at a service. Who asked the same within ten
// minutes does not ask again: then again says from when on they can. It touches no account, so it is no entry of the record.
func (d *Desk) AskToFinish(ctx context.Context, by core.Member, service core.ServiceID, whom core.MemberID) (again time.Time, err error) {
	if core.May(by.Role, core.SeeStreams, whoseOf(by.ID, whom)) != core.Allowed {
		return time.Time{}, d.refuse(ctx, by, core.SeeStreams, service, []core.MemberID{whom})
	}
	now, p := d.Now(), plea{by.ID, whom, service}
	d.mu.Lock()
	last, asked := d.pleas[p]
	d.mu.Unlock()
	if age := now.Sub(last); asked && age >= 0 && age < pleaPause {
		return last.Add(pleaPause), nil
	}
	if err := d.tell(ctx, core.Delivery{To: whom, News: core.NewsPlea, Subject: string(by.ID) + "/" + string(service)}); err != nil {
		return time.Time{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.pleas == nil {
		d.pleas = map[plea]time.Time{}
	}
	d.pleas[p] = now
	return time.Time{}, nil
}

// AnswerPlea brings a member's answer to who asked them; the words for it are the caller's.
func (d *Desk) AnswerPlea(ctx context.Context, by core.Member, asker core.MemberID, answer string) error {
	return d.tell(ctx, core.Delivery{To: asker, News: core.NewsReply, Subject: string(by.ID) + "/" + answer})
}

// tell sends news on their way. One without a key is like no other, one without a time is due now.
func (d *Desk) tell(ctx context.Context, news ...core.Delivery) error {
	for i := range news {
		id, err := core.NewDeliveryID(d.Random)
		if err != nil {
			return core.RecordError(err)
		}
		dl := &news[i]
		if dl.ID, dl.Made = id, d.Now(); dl.Key == "" {
			dl.Key = string(dl.News) + ":" + string(id)
		}
		if dl.Due.IsZero() {
			dl.Due = dl.Made
		}
	}
	if len(news) == 0 {
		return nil
	}
	if err := d.Book.Post(ctx, news); err != nil {
		return unrecorded(err)
	}
	d.news()
	return nil
}
