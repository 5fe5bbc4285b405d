package watch

import (
	"context"
	"time"

	"latchstring/core"
)

const (
	// reviewLate is for how long a review is told of that fell due while the program was away. It is shorter than what was
	// sent is kept on record, so that nobody is told twice.
	reviewLate = 7 * 24 * time.Hour
	// reviewFirst is the same for who never did one: it is not what a house meets its people with.
	reviewFirst = 24 * time.Hour
)

// NextReview returns when a member's next review of all devices is due, in the morning of a day, who did their last one at a
// time; zero where they never did: then reviews are due on Mondays that are the same for all. It returns zero where none
// ever is.
func (w *Watcher) NextReview(last time.Time) time.Time {
	period := w.reviewDays()
	if period == 0 {
		return time.Time{}
	}
	now := w.Now()
	passed := dayOf(now.In(w.House.Zone)) // the last day whose morning is over
	if now.Before(w.morning(now)) {
		passed--
	}
	from := firstMonday
	if !last.IsZero() {
		from = dayOf(last.In(w.House.Zone))
	}
	next := from + period*max(1, (passed-from)/period+1)
	return time.Date(1970, 1, 1+next, weekHour, 0, 0, 0, w.House.Zone)
}

// firstMonday is the first one of the days that [dayOf] counts.
const firstMonday = 4

// dayOf counts the days since the first of 1970 by the calendar, where all are equally long.
func dayOf(t time.Time) int {
	y, m, d := t.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
}

// reviewDays is how many days there are between two reviews; 0: there are none.
func (w *Watcher) reviewDays() int { return max(0, int(w.ReviewEvery/(24*time.Hour))) }

// tellReviews tells each owner whose review is due, once. Who does not do it is told again when the next would have been due.
func (w *Watcher) tellReviews(ctx context.Context) error {
	now, today := w.Now(), w.today()
	if w.Reviewed == nil || w.reviewDays() == 0 || w.reviews == today || now.Before(w.morning(now)) {
		return nil
	}
	var made []core.Delivery
	for _, m := range w.owners() {
		last, err := w.Reviewed(ctx, m)
		if err != nil {
			return err
		}
		due, late := w.NextReview(last).AddDate(0, 0, -w.reviewDays()), reviewLate
		if last.IsZero() {
			late = reviewFirst
		}
		if now.Sub(due) >= late || dayOf(due) <= dayOf(last.In(w.House.Zone)) {
			continue
		}
		id, err := core.NewDeliveryID(w.Random)
		if err != nil {
			return err
		}
		day := due.Format(time.DateOnly)
		made = append(made, core.Delivery{
			ID: id, Key: "review:" + day + ":" + string(m), To: m, News: core.NewsReview, Subject: day, Made: now, Due: now,
		})
	}
	if len(made) > 0 {
		if err := w.Book.Post(ctx, made); err != nil {
			return err
		}
		w.news()
	}
	w.reviews = today
	return nil
}
