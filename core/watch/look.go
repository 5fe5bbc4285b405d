package watch

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"latchstring/core"
)

// Look reads a service's new sign-ins once. They are on record, with what was made of them, the cases and the news of it,
// and the place up to which was read, or nothing is and the next look reads them again.
func (w *Watcher) Look(ctx context.Context, c *core.Connector) error {
	after, err := w.Book.Cursor(ctx, c.Service)
	if err != nil {
		return err
	}
	src := w.source(c)
	err = w.lookAfter(ctx, c, src, after)
	if silent := w.heard(src, err); silent && err != nil {
		err = errors.Join(err, w.tellOwners(ctx, core.NewsSilent, string(c.Service), w.today()))
	}
	return err
}

// lookAfter reads and records what happened after a cursor.
func (w *Watcher) lookAfter(ctx context.Context, c *core.Connector, src *source, after string) error {
	signIns, cursor, err := src.log.SignIns(ctx, after)
	if err != nil {
		return err
	}
	var there []core.SignIn
	if after == "" {
		there = w.there(ctx, c)
	}
	if len(signIns) == 0 && len(there) == 0 && cursor == after {
		return nil // an unchanged service costs no write
	}
	return w.record(ctx, c.Service, cursor, there, signIns)
}

// there is what is signed in at a service when it is looked at for the first time: the household's own, as far as anybody
// can know. Where it can not be told nothing is known yet, which is no fault.
func (w *Watcher) there(ctx context.Context, c *core.Connector) []core.SignIn {
	if c.Devices == nil {
		return nil
	}
	devices, err := c.Devices.Devices(ctx)
	if err != nil {
		return nil
	}
	var there []core.SignIn
	d := &Difference{Service: c.Service, Now: w.Now}
	for _, dev := range devices {
		for _, s := range dev.Sessions {
			if dev.Own || s.Member == "" {
				continue // whose account nobody knows is nobody's habit
			}
			one := d.signIn("there:"+keyOf(dev, s), dev, s)
			if s.Since.IsZero() && !s.LastUsed.IsZero() && s.LastUsed.Before(one.At) {
				one.At = s.LastUsed
			}
			there = append(there, one)
		}
	}
	slices.SortStableFunc(there, func(a, b core.SignIn) int { return a.At.Compare(b.At) })
	return there
}

// record assesses sign-ins in their order and writes everything down.
func (w *Watcher) record(ctx context.Context, service core.ServiceID, cursor string, there, signIns []core.SignIn) error {
	for _, s := range signIns {
		if w.Returned == nil {
			break
		}
		if err := w.Returned(ctx, s); err != nil {
			return err
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	st, err := w.recall(ctx)
	if err != nil {
		return err
	}
	signIns, err = w.fresh(ctx, service, signIns)
	if err != nil {
		return err
	}
	var p permits
	if len(signIns) > 0 {
		if p, err = w.permits(ctx); err != nil {
			return err
		}
	}
	l := core.Look{Service: service, Cursor: cursor}
	for _, s := range there {
		s = w.located(s)
		a := core.Assessment{Level: core.Learning, Reason: core.Reason{Kind: core.Familiar}}
		st.take(s, a)
		l.Seen = append(l.Seen, core.Seen{SignIn: s, Assessment: a})
	}
	for _, s := range signIns {
		if err = w.judge(ctx, st, &p, &l, w.located(s)); err != nil {
			break
		}
	}
	if err == nil {
		err = w.Book.RecordLook(ctx, l)
	}
	if err != nil {
		w.state = nil // it has taken in what is not on record; the next look reads the record again
		return err
	}
	if len(l.Deliveries) > 0 {
		w.news()
	}
	if len(l.Cases)+len(l.Passes) > 0 {
		w.nudge()
	}
	w.hint(ctx, st)
	return nil
}

// hint tells the owners once when a proxy hides where everybody is.
func (w *Watcher) hint(ctx context.Context, st *state) {
	gateway, ok := st.memory.Hint()
	if !ok || gateway == w.hinted {
		return
	}
	if err := w.tellOwners(ctx, core.NewsGateway, gateway.String(), ""); err != nil {
		w.Log.Error("hint not recorded", slog.Any("cause", err))
		return
	}
	w.hinted = gateway
}

// nudge is Nudge where mu is held.
func (w *Watcher) nudge() {
	if w.nudged == nil {
		return
	}
	select {
	case w.nudged <- struct{}{}:
	default:
	}
}

// fresh leaves out the sign-ins that are on record already, and repeats among the others.
func (w *Watcher) fresh(ctx context.Context, service core.ServiceID, signIns []core.SignIn) ([]core.SignIn, error) {
	if len(signIns) == 0 {
		return nil, nil
	}
	keys := make([]string, len(signIns))
	for i, s := range signIns {
		keys[i] = s.Key
	}
	keys, err := w.Book.Fresh(ctx, service, keys)
	if err != nil {
		return nil, err
	}
	left := make(map[string]bool, len(keys))
	for _, k := range keys {
		left[k] = true
	}
	return slices.DeleteFunc(slices.Clone(signIns), func(s core.SignIn) bool {
		fresh := left[s.Key]
		delete(left, s.Key)
		return !fresh
	}), nil
}

// located fills in where a sign-in came from, as well as it can be known.
func (w *Watcher) located(s core.SignIn) core.SignIn {
	s.Name, s.App, s.Type, s.Place = core.Clean(s.Name), core.Clean(s.App), core.Clean(s.Type), core.Clean(s.Place)
	s.Agent = shortened(s.Agent)
	if now := w.Now(); s.At.After(now) || s.At.Before(now.Add(-remembered)) {
		s.At = now // a clock that is wrong, or none: it was news just now
	}
	s.Address = s.Address.Unmap()
	if w.Places == nil || s.Where.Known() {
		return s
	}
	if s.Address.IsValid() {
		s.Where, s.Via = w.Places.Locate(s.Address)
	}
	if !s.Where.Known() && s.Place != "" {
		s.Where = w.Places.Find(s.Place, nil)
	}
	if s.Where.Name == "" {
		s.Where.Name = w.Places.Name(s.Where)
	}
	return s
}

// maxAgentLine bounds a browser's own line, in bytes.
const maxAgentLine = 512

func shortened(agent string) string {
	if len(agent) > maxAgentLine {
		agent = agent[:maxAgentLine]
	}
	return strings.ToValidUTF8(agent, "")
}

// openCase opens a case for a sign-in and asks the people it concerns.
func (w *Watcher) openCase(st *state, l *core.Look, s core.SignIn, a core.Assessment, before core.SignIn) error {
	id, err := w.newID()
	if err != nil {
		return err
	}
	now := w.Now()
	c := core.Case{ID: core.CaseID(id), SignIn: s, Assessment: a, Last: s.At, Opened: now, Before: before}
	if after, ok := w.Tuning.SilenceAfter(&s, a, st.memory.EverAnswers()); ok {
		c.Silence = now.Add(after)
	}
	c.Asked, c.Escalate = w.whom(c, now)
	if err := w.tell(l, &c, core.NewsCase, now, c.Asked...); err != nil {
		return err
	}
	onBoards, err := w.onBoards(&c, core.NewsBoard, now)
	if err != nil {
		return err
	}
	l.Deliveries = append(l.Deliveries, onBoards...)
	l.Cases = append(l.Cases, c)
	return nil
}

// whom says who is asked about a new case at once, and when the owners are asked as well.
func (w *Watcher) whom(c core.Case, now time.Time) (asked []core.MemberID, escalate time.Time) {
	owners := w.owners()
	m, known := w.House.Member(c.SignIn.Account.Member)
	if !known || w.Reach != nil && len(w.Reach(m.ID)) == 0 {
		return owners, time.Time{}
	}
	asked = append(asked, m.ID)
	others := slices.DeleteFunc(slices.Clone(owners), func(o core.MemberID) bool { return o == m.ID })
	switch {
	case len(others) == 0:
		return asked, time.Time{}
	case c.Assessment.Level == core.Urgent, w.Escalate <= 0:
		return append(asked, others...), time.Time{}
	}
	return asked, now.Add(w.Escalate)
}

func (w *Watcher) owners() []core.MemberID {
	var ids []core.MemberID
	for _, m := range w.House.Owners() {
		ids = append(ids, m.ID)
	}
	return ids
}

// repeat counts a sign-in in the case that tells of its kind already. Where that case is not to be found it is one of its own.
func (w *Watcher) repeat(ctx context.Context, st *state, l *core.Look, s core.SignIn, a core.Assessment, before core.SignIn) error {
	for i := range l.Cases {
		if c := &l.Cases[i]; named(c.SignIn).Key == a.Of {
			return w.join(l, c, s)
		}
	}
	service, key, _ := strings.Cut(a.Of, "/")
	cases, err := w.Book.Cases(ctx, core.CaseQuery{Service: core.ServiceID(service), Key: key})
	if err != nil {
		return err
	}
	if len(cases) == 0 {
		a.Level, a.Of = core.Alert, ""
		return w.openCase(st, l, s, a, before)
	}
	c := cases[0]
	if err := w.join(l, &c, s); err != nil {
		return err
	}
	if err := w.tell(l, &c, core.NewsRedraw, w.Now(), c.Asked...); err != nil {
		return err
	}
	l.Cases = append(l.Cases, c)
	return nil
}

// join adds a sign-in to a case of its kind. Whose account it is is asked as well, if they were not yet.
func (w *Watcher) join(l *core.Look, c *core.Case, s core.SignIn) error {
	c.Repeats, c.Last = c.Repeats+1, later(c.Last, s.At)
	known := slices.ContainsFunc(c.All(), func(k core.SignIn) bool {
		return k.Account == s.Account && k.Device.Service == s.Device.Service && k.Device.ID == s.Device.ID && (s.Device.ID != "" || k.Name == s.Name)
	})
	if known || len(c.Also) >= core.MaxAlso {
		return nil
	}
	c.Also = append(slices.Clone(c.Also), s)
	m, ok := w.House.Member(s.Account.Member)
	if !ok || !c.Open() || slices.Contains(c.Asked, m.ID) {
		return nil
	}
	c.Asked = append(slices.Clone(c.Asked), m.ID)
	return w.tell(l, c, core.NewsCase, w.Now(), m.ID)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// tell adds the news of a case to a look, for each of the members wherever they can be told.
func (w *Watcher) tell(l *core.Look, c *core.Case, news core.News, due time.Time, to ...core.MemberID) error {
	made, err := w.deliveries(c, news, due, to...)
	l.Deliveries = append(l.Deliveries, made...)
	return err
}

// deliveries are the news of a case as it will stand once it is saved: for each member one for each place where they can be
// told, so that one chat that is down holds nothing back.
func (w *Watcher) deliveries(c *core.Case, news core.News, due time.Time, to ...core.MemberID) ([]core.Delivery, error) {
	var made []core.Delivery
	for _, m := range to {
		contacts := []core.Contact{{}}
		if w.Reach != nil {
			if reach := w.Reach(m); len(reach) > 0 {
				contacts = reach
			}
		}
		for _, contact := range contacts {
			id, err := core.NewDeliveryID(w.Random)
			if err != nil {
				return nil, err
			}
			source := core.Source{Contact: contact}
			if news == core.NewsRedraw && contact == c.Said.Contact {
				source.Message = c.Said.Message // where it was answered it is redrawn already
			}
			made = append(made, core.Delivery{
				ID: id, Key: fmt.Sprintf("%s:%s:%d:%s:%s", news, c.ID, c.Version+1, m, contact.Chat), To: m,
				Source: source, News: news, Subject: string(c.ID), Made: due, Due: due,
			})
		}
	}
	if news != core.NewsRedraw {
		return made, nil
	}
	onBoards, err := w.onBoards(c, news, due)
	return append(made, onBoards...), err
}

// onBoards are the news of a case for the household's own rooms; an owner stands for all who read there.
func (w *Watcher) onBoards(c *core.Case, news core.News, due time.Time) ([]core.Delivery, error) {
	var made []core.Delivery
	for i, board := range w.Boards {
		id, err := core.NewDeliveryID(w.Random)
		if err != nil {
			return nil, err
		}
		made = append(made, core.Delivery{
			ID: id, Key: fmt.Sprintf("%s:%s:%d:board %d", news, c.ID, c.Version+1, i), To: w.House.Owners()[0].ID,
			Source: board, News: news, Subject: string(c.ID), Made: due, Due: due,
		})
	}
	return made, nil
}

// tellOwners makes one piece of news for each owner, once for a key.
func (w *Watcher) tellOwners(ctx context.Context, news core.News, subject, once string) error {
	now := w.Now()
	var made []core.Delivery
	for _, m := range w.owners() {
		id, err := core.NewDeliveryID(w.Random)
		if err != nil {
			return err
		}
		made = append(made, core.Delivery{
			ID: id, Key: fmt.Sprintf("%s:%s:%s:%s", news, subject, once, m), To: m, News: news, Subject: subject, Made: now, Due: now,
		})
	}
	err := w.Book.Post(ctx, made)
	if err == nil {
		w.news()
	}
	return err
}

// today names the day in the household's zone.
func (w *Watcher) today() string { return w.Now().In(w.House.Zone).Format(time.DateOnly) }

// newID makes 128 random bits in hex.
func (w *Watcher) newID() (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(w.Random, b[:]); err != nil {
		return "", fmt.Errorf("random source: %w", err)
	}
	return hex.EncodeToString(b[:]), nil
}
