package talk

import (
	"context"
	"strconv"
	"strings"
	"time"

	"latchstring/core"
)

// How much a member is asked at once. What is more waits in one digest, and nothing of it is lost: all cases are listed there.
const (
	asksPerHour   = 4 // of cases that can wait
	asksPerMinute = 5 // of urgent ones
	digestAfter   = 5 // so many waiting for one contact, as after an outage, are a digest at once
	digestPause   = 10 * time.Minute
)

// asked is what a member was asked in the last hour and when, by the case. It is in memory: after a restart the count begins
// anew.
type asked map[string]time.Time

// restrain decides whether a question about a case is asked now. Where not it has been put off or has become part of a
// digest, and held is true; the error is that of the book.
func (c *Courier) restrain(ctx context.Context, d core.Delivery, contact core.Contact, waiting int) (held bool, err error) {
	me, _ := c.Talk.House.Member(d.To)
	k, err := c.Talk.Watch.Case(ctx, me, core.CaseID(d.Subject))
	if err != nil {
		return false, nil //nolint:nilerr // wording it meets the same failure and answers it
	}
	if !k.Open() {
		if c.isInterrupted(d) && k.Said.Contact != contact {
			return false, nil // a message that still asks may be there
		}
		return true, c.Post.Drop(ctx, d.ID) // who was not told of the question need not hear the answer
	}
	now, urgent := c.Talk.Now(), k.Assessment.Level == core.Urgent
	if until := c.quietUntil(ctx, d.To, now); !urgent && until.After(now) {
		return true, c.Post.Postpone(ctx, d.ID, until)
	}
	if c.spend(d.To, d.Subject, now, urgent) && (urgent || waiting <= digestAfter && !c.gathers(contact, now)) {
		return false, nil
	}
	digest, err := c.digest(d.To, contact, now)
	if err == nil {
		err = c.Post.Post(ctx, []core.Delivery{digest})
	}
	if err != nil {
		return true, err // the question stays, and is asked again
	}
	return true, c.Post.Drop(ctx, d.ID)
}

// spend takes one of a member's questions of the hour, and tells whether there was one left. The copies of a case in a
// member's several chats are one question.
func (c *Courier) spend(m core.MemberID, subject string, now time.Time, urgent bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.asked[m]
	if a == nil {
		a = asked{}
		c.asked[m] = a
	}
	lately := 0
	for k, at := range a {
		age := now.Sub(at)
		if age < 0 || age >= time.Hour {
			delete(a, k)
		} else if age < time.Minute {
			lately++
		}
	}
	if _, again := a[subject]; again {
		return true
	}
	if urgent && lately >= asksPerMinute || !urgent && len(a) >= asksPerHour {
		return false
	}
	a[subject] = now
	return true
}

// digest is the news that several cases wait: one for a contact, due with the next minute, or later where there was one lately.
func (c *Courier) digest(m core.MemberID, contact core.Contact, now time.Time) (core.Delivery, error) {
	id, err := core.NewDeliveryID(c.Talk.Random)
	if err != nil {
		return core.Delivery{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	last := c.digests[contact]
	due := now.Truncate(time.Minute).Add(time.Minute)
	switch {
	case last.After(now) && last.Before(now.Add(digestPause)):
		due = last // it is not there yet, and will tell of this one too
	case now.Sub(last) < digestPause && !last.After(now):
		due = last.Add(digestPause)
	}
	c.digests[contact] = due
	return core.Delivery{
		ID: id, Key: "digest:" + string(m) + ":" + string(contact.Chat) + ":" + due.UTC().Format(time.RFC3339), To: m,
		Source: core.Source{Contact: contact}, News: core.NewsDigest, Made: due, Due: due,
	}, nil
}

// gathers tells whether a digest is on its way to a contact, which will tell of what comes now as well.
func (c *Courier) gathers(contact core.Contact, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	due := c.digests[contact]
	return due.After(now) && due.Before(now.Add(digestPause))
}

// isTold tells whether the last digest that a contact got tells of all that a new one would.
func (c *Courier) isTold(ctx context.Context, d core.Delivery, contact core.Contact) bool {
	me, _ := c.Talk.House.Member(d.To)
	open, err := c.Talk.Watch.Cases(ctx, me, core.CaseQuery{Open: true})
	c.mu.Lock()
	defer c.mu.Unlock()
	last, told := c.told[contact]
	return err == nil && (len(open) == 0 || told && open[0].Opened.Before(last))
}

// tellsOf notes that a digest has arrived which was worded at a time.
func (c *Courier) tellsOf(contact core.Contact, worded time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told[contact] = worded
}

// canWait tells whether news of the watch keep until quiet hours are over. Questions decide that by how urgent they are; that a
// password or an address was changed does not wait.
func canWait(d core.Delivery) bool {
	switch d.News {
	case core.NewsBack, core.NewsPass, core.NewsWeek, core.NewsLife, core.NewsReview, core.NewsLearned, core.NewsSilent, core.NewsGateway:
		return true
	case core.NewsNotice:
		n, _ := readNotice(d.Subject)
		return n.Kind != core.NoticePasswordChanged && n.Kind != core.NoticeEmailChanged
	default:
		return false
	}
}

// quietUntil returns when a member's quiet hours end, by the household's clock; zero: they may be told now.
func (c *Courier) quietUntil(ctx context.Context, m core.MemberID, now time.Time) time.Time {
	chosen, err := c.Talk.Settings.Settings(ctx, m)
	if err != nil {
		return time.Time{}
	}
	return quietEnd(chosen[core.QuietSetting], now.In(c.Talk.House.Zone))
}

// quietEnd reads quiet hours such as "22-7" and returns their end if now is within them.
func quietEnd(hours string, now time.Time) time.Time {
	first, last, ok := strings.Cut(hours, "-")
	from, err := strconv.Atoi(first)
	to, err2 := strconv.Atoi(last)
	if !ok || err != nil || err2 != nil || from == to {
		return time.Time{}
	}
	at := func(day, hour int) time.Time {
		return time.Date(now.Year(), now.Month(), now.Day()+day, hour, 0, 0, 0, now.Location())
	}
	for day := -1; day <= 0; day++ { // the night that began yesterday, and the one that begins today
		begin, end := at(day, from), at(day, to)
		if to < from {
			end = at(day+1, to)
		}
		if !now.Before(begin) && now.Before(end) {
			return end
		}
	}
	return time.Time{}
}

// redraw brings the messages that told of a case up to date, where there are any. A message that can not be changed any
// more is left.
func (c *Courier) redraw(ctx context.Context, chat Chat, d core.Delivery, contact core.Contact, card Card) error {
	for _, message := range d.Copies {
		if message == d.Source.Message {
			continue // the answer to the press has redrawn it
		}
		if _, err := chat.Send(ctx, contact, core.Source{Contact: contact, Room: d.Source.Room, Public: d.Source.Public, Message: message}, card, d.ID); err != nil {
			return err
		}
	}
	return nil
}
