package watch

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"latchstring/core"
)

const (
	retryTending = 20 * time.Second // when what could not be recorded is tried again
	weekHour     = 9                // o'clock on Mondays: when the week is looked back on
)

// Tend does what is due in the cases and passes now and returns when something is due next; zero: nothing is.
func (w *Watcher) Tend(ctx context.Context) (next time.Time) {
	next = w.tendCases(ctx)
	if ends := w.endPasses(ctx); !ends.IsZero() && (next.IsZero() || ends.Before(next)) {
		next = ends
	}
	return next
}

func (w *Watcher) tendCases(ctx context.Context) (next time.Time) {
	soonest := func(t time.Time) {
		if !t.IsZero() && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	again := func(what string, err error) {
		if err != nil && ctx.Err() == nil {
			w.Log.Error("case not tended", slog.String("what", what), slog.Any("cause", err))
			soonest(w.Now().Add(retryTending))
		}
	}
	open, err := w.Book.Cases(ctx, core.CaseQuery{Open: true})
	again("cases not readable", err)
	for _, c := range open {
		err := w.advance(ctx, &c)
		if errors.Is(err, core.ErrStale) {
			err = nil // somebody has just answered it
		}
		again("case not advanced", err)
		soonest(c.Due())
	}
	again("outcomes of cases not told", w.tellOutcomes(ctx))
	again("week not told", w.lookBack(ctx))
	again("sign of life not given", w.signOfLife(ctx))
	again("reviews not told", w.tellReviews(ctx))
	soonest(w.nextMorning())
	again("end of learning not told", w.tellLearned(ctx))
	soonest(w.monday(w.Now()).AddDate(0, 0, 7))
	return next
}

// advance does what is due in an open case: it asks the owners, asks again, or takes silence for a yes.
func (w *Watcher) advance(ctx context.Context, c *core.Case) error {
	now := w.Now()
	due := func(t time.Time) bool { return !t.IsZero() && !t.After(now) }
	if due(c.Silence) {
		since, err := w.silentSince(ctx, c)
		if err != nil {
			return err
		}
		if !since.After(now) {
			c.Answer, c.Answered = core.BySilence, now
			return w.end(ctx, c)
		}
		c.Silence = since
		if err := w.Book.SaveCase(ctx, *c, nil, nil); err != nil {
			return err
		}
		c.Version++
	}
	var ask []core.MemberID
	if due(c.Escalate) {
		for _, o := range w.owners() {
			if !slices.Contains(c.Asked, o) {
				c.Asked, ask = append(c.Asked, o), append(ask, o)
			}
		}
		c.Escalate = time.Time{}
	}
	if due(c.Remind) {
		ask = append(ask, c.Later...)
		c.Later, c.Remind = nil, time.Time{}
	}
	if len(ask) == 0 {
		return nil
	}
	slices.Sort(ask)
	news, err := w.deliveries(c, core.NewsCase, now, slices.Compact(ask)...)
	if err != nil {
		return err
	}
	onBoards, err := w.onBoards(c, core.NewsRedraw, now) // which say who was asked
	if err != nil {
		return err
	}
	if err := w.Book.SaveCase(ctx, *c, nil, append(news, onBoards...)); err != nil {
		return err
	}
	c.Version++
	w.news()
	return nil
}

// unaskedWait is how long it is waited before it is looked again whether a question has reached somebody.
const unaskedWait = time.Hour

// silentSince returns when nobody will have answered for so long that it is an answer: silence is that of people who were asked.
func (w *Watcher) silentSince(ctx context.Context, c *core.Case) (time.Time, error) {
	if w.Asked == nil {
		return c.Silence, nil
	}
	asked, err := w.Asked.AskedAt(ctx, *c)
	if err != nil {
		return time.Time{}, err
	}
	if asked.IsZero() {
		return w.Now().Add(unaskedWait), nil
	}
	st, err := w.recall(ctx)
	if err != nil {
		return time.Time{}, err
	}
	after, ok := w.Tuning.SilenceAfter(&c.SignIn, c.Assessment, st.memory.EverAnswers())
	if !ok { // it was told to count when it was asked
		after = silence
	}
	return asked.Add(after), nil
}

// tellOutcomes has the messages of cases redrawn whose sign-out has come further.
func (w *Watcher) tellOutcomes(ctx context.Context) error {
	cases, err := w.Book.Cases(ctx, core.CaseQuery{Untold: true})
	for _, c := range cases {
		c.Told = c.Stands
		news, failed := w.deliveries(&c, core.NewsRedraw, w.Now(), c.Asked...)
		if failed == nil {
			failed = w.Book.SaveCase(ctx, c, nil, news)
		}
		if failed != nil && !errors.Is(failed, core.ErrStale) {
			err = errors.Join(err, failed)
			continue
		}
		w.news()
	}
	return err
}

// monday is the last Monday morning, by the household's clock.
func (w *Watcher) monday(now time.Time) time.Time {
	now = now.In(w.House.Zone)
	day := time.Date(now.Year(), now.Month(), now.Day()-(int(now.Weekday())+6)%7, weekHour, 0, 0, 0, w.House.Zone)
	if day.After(now) {
		day = day.AddDate(0, 0, -7)
	}
	return day
}

// lookBack tells the owners on Monday mornings of what was noted in the week, what was learned by silence and what nobody has
// answered, if there is anything.
func (w *Watcher) lookBack(ctx context.Context) error {
	now := w.Now()
	end := w.monday(now)
	if w.weekly.Equal(end) {
		return nil
	}
	// Also by a program that was off on Monday; the key of the news keeps it from being told twice.
	something, err := w.eventful(ctx, end.AddDate(0, 0, -7), end)
	if err != nil {
		return err
	}
	if something {
		if err := w.tellOwners(ctx, core.NewsWeek, end.Format(time.DateOnly), ""); err != nil {
			return err
		}
	}
	w.weekly = end
	return nil
}

// morning is when signs of life are given today, by the household's clock.
func (w *Watcher) morning(now time.Time) time.Time {
	now = now.In(w.House.Zone)
	return time.Date(now.Year(), now.Month(), now.Day(), weekHour, 0, 0, 0, w.House.Zone)
}

func (w *Watcher) nextMorning() time.Time {
	now := w.Now()
	if m := w.morning(now); m.After(now) {
		return m
	}
	return w.morning(now).AddDate(0, 0, 1)
}

// signOfLife tells those who want it, once each morning, that the house watches.
func (w *Watcher) signOfLife(ctx context.Context) error {
	now := w.Now()
	morning, today := w.morning(now), w.today()
	if w.Daily == nil || w.daily == today || now.Before(morning) {
		return nil
	}
	var made []core.Delivery
	for _, m := range w.House.Members {
		if now.Sub(morning) > time.Hour || !w.Daily(ctx, m.ID) {
			continue // who starts the program in the afternoon sees that it lives
		}
		id, err := core.NewDeliveryID(w.Random)
		if err != nil {
			return err
		}
		made = append(made, core.Delivery{
			ID: id, Key: "life:" + today + ":" + string(m.ID), To: m.ID, News: core.NewsLife, Subject: today, Made: now, Due: now,
		})
	}
	if len(made) > 0 {
		if err := w.Book.Post(ctx, made); err != nil {
			return err
		}
		w.news()
	}
	w.daily = today
	return nil
}

// tellLearned tells the owners when the household has been learned, once. A program that was away for a week then has
// nothing to say of it any more.
func (w *Watcher) tellLearned(ctx context.Context) error {
	if w.learned || w.Tuning.LearnFor <= 0 {
		return nil
	}
	st, err := w.recall(ctx)
	if err != nil || st.memory.learning(seconds(w.Now())) {
		return err
	}
	if since(st.memory.began, seconds(w.Now())) < w.Tuning.LearnFor+7*24*time.Hour {
		if err := w.tellOwners(ctx, core.NewsLearned, "", ""); err != nil {
			return err
		}
	}
	w.learned = true
	return nil
}

// Learned returns what the household is known by.
func (w *Watcher) Learned(ctx context.Context) (Learned, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	st, err := w.recall(ctx)
	if err != nil {
		return Learned{}, err
	}
	return st.memory.Learned(), nil
}

// eventful tells whether there is something to tell of a week.
func (w *Watcher) eventful(ctx context.Context, from, to time.Time) (bool, error) {
	week, err := w.Week(ctx, from, to)
	return len(week.Noted) > 0 || len(week.Silent) > 0 || len(week.Open) > 0, err
}

// stillOpen is from when on the digest tells of a question that waits: one of the night before is on its way by itself.
const stillOpen = 12 * time.Hour

// Week is what the watch did in a week without asking anybody, and what it still asks.
type Week struct {
	Noted  []core.Seen // unusual, but not so that somebody was asked
	Silent []core.Case // taken for the household's by silence
	Open   []core.Case // that silence does not answer, and nobody else has so far
}

// Week looks back from a time to another.
func (w *Watcher) Week(ctx context.Context, from, to time.Time) (Week, error) {
	var week Week
	seen, err := w.Book.Seen(ctx, from, to, maxRecollect)
	if err != nil {
		return week, err
	}
	for _, s := range seen {
		if s.Assessment.Level == core.Noted && !s.SignIn.Failed && s.SignIn.At.Before(to) {
			week.Noted = append(week.Noted, s)
		}
	}
	open, err := w.Book.Cases(ctx, core.CaseQuery{Open: true})
	if err != nil {
		return week, err
	}
	latest := to
	if now := w.Now(); now.Before(to) {
		latest = now
	}
	week.Open = slices.DeleteFunc(open, func(c core.Case) bool { return !c.Silence.IsZero() || latest.Sub(c.Opened) < stillOpen })
	cases, err := w.Book.Cases(ctx, core.CaseQuery{Since: from.Add(-7 * 24 * time.Hour)})
	for _, c := range cases {
		if c.Answer == core.BySilence && !c.Answered.Before(from) && c.Answered.Before(to) {
			week.Silent = append(week.Silent, c)
		}
	}
	return week, err
}
