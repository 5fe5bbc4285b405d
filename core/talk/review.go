package talk

import (
	"context"
	"slices"
	"strings"
	"time"

	"latchstring/core"
	"latchstring/core/control"
)

// review answers "review": all that is signed in as far as the reader may see it, what most needs a look first. "review keep"
// says that it is as it should be. Who names something wants the list of that.
func (u *turn) review(ctx context.Context, said []string) Reply {
	if len(said) == 1 && strings.EqualFold(said[0], "keep") {
		return u.keepAll(ctx)
	}
	r := u.read(said)
	if r.service != nil || r.member != nil || r.unknown || r.idle || len(r.rest) > 0 {
		return u.devices(ctx, said)
	}
	c, err := u.reviewCard(ctx, r.page)
	if err != nil {
		return u.failed(err)
	}
	return Reply{Card: c}
}

// reviewCard lists the devices of everybody whom the reader may see: the unknown ones, those that nobody uses, the others.
func (u *turn) reviewCard(ctx context.Context, page int) (Card, error) {
	listings, err := u.Desk.Devices(ctx, u.me, control.DeviceQuery{})
	if err != nil {
		return Card{}, err
	}
	u.recallPasses(ctx)
	listings = filter(listings, func(d core.Device) bool { return !d.Own })
	all, unknown, idle := countDevices(listings), countDevices(filter(listings, unknownDevice)), countDevices(filter(listings, u.idle))
	c := Card{Private: true, Summary: u.say("{devices}; {unknown} unknown, {idle} idle.", u.count(all, "{n} device", "{n} devices"), unknown, idle)}
	unread := slices.ContainsFunc(listings, func(l control.Listing) bool { return l.Err != nil && l.Connector.Devices != nil })
	switch {
	case len(u.Desk.Connectors) == 0:
		c.Summary = u.say("No service is set up yet. The owner can add one to the config.")
		return c, nil
	case unread:
		c.Summary = u.say("As far as I can see: {what}", c.Summary)
		c.Buttons = append(c.Buttons, again(u.say("Try again"), "review"))
	}
	if last, err := u.Reviewed(ctx, u.me.ID); err == nil && !last.IsZero() { // the list is as good without
		c.Body = append(c.Body, u.say("Your last review was on {day}.", u.date(last)))
	}
	s := sheetOf(all, page)
	c.Groups = u.reviewGroups(listings, s)
	u.turnPage(&c, s, "review")
	if u.seesAll() {
		c.Buttons = append(c.Buttons, u.narrower(listings)...)
	}
	if s.page == s.pages {
		for _, conn := range u.Desk.Connectors {
			if _, has := conn.Account(u.me.ID); has || u.seesAll() {
				c.Body = append(c.Body, u.streamLimit(&conn)...)
			}
		}
		u.secondSteps(ctx, &c)
	}
	if countDevices(filter(listings, u.idleMine)) > 0 {
		c.Buttons = append(c.Buttons, again(u.say("Sign out idle…"), "signout all idle"))
	}
	if all > 0 {
		c.Buttons = append(c.Buttons, again(u.say("Keep all"), "review keep"))
	}
	return c, nil
}

// reviewGroups are the devices of a page by how much they need a look, and what could not be read.
func (u *turn) reviewGroups(listings []control.Listing, s sheet) []Group {
	lots := []struct {
		title Text
		has   func(core.Device) bool
	}{
		{u.say("Unknown"), unknownDevice},
		{u.say("Not used for 60 days"), func(d core.Device) bool { return !unknownDevice(d) && u.idle(d) }},
		{u.say("All others"), func(d core.Device) bool { return !unknownDevice(d) && !u.idle(d) }},
	}
	var groups []Group
	n := 0
	for _, lot := range lots {
		g := Group{Title: lot.title}
		devices := flatten(filter(listings, lot.has))
		slices.SortStableFunc(devices, byUse)
		for _, d := range devices {
			if c, ok := u.Desk.Connector(d.Service); ok && s.shows(n) {
				row := u.deviceRow(c, d)
				row.Facts = append([]Text{Words(c.Title)}, row.Facts...)
				g.Rows = append(g.Rows, row)
			}
			n++
		}
		if len(g.Rows) > 0 {
			groups = append(groups, g)
		}
	}
	for _, l := range listings {
		if note := u.listingNote(l); !note.Empty() && s.page == 1 {
			groups = append(groups, Group{Title: Words(l.Connector.Title), Note: note})
		}
	}
	return groups
}

// keepAll notes that the reader has looked through all devices today.
func (u *turn) keepAll(ctx context.Context) Reply {
	today := u.now.In(u.House.Zone)
	if err := u.Settings.SetSetting(ctx, u.me.ID, core.ReviewedSetting, today.Format(time.DateOnly)); err != nil {
		return u.failed(core.RecordError(err))
	}
	c := Card{Tone: Good, Private: true, Summary: u.say("Noted: you looked through the devices today, and all may stay.")}
	switch next := u.Watch.NextReview(today); {
	case next.IsZero():
	case u.me.Role == core.Owner:
		c.Body = append(c.Body, u.say("I show them to you again on {day}.", u.date(next)))
	default:
		c.Body = append(c.Body, u.say("The next review is due on {day}: say \"review\" then.", u.date(next)))
	}
	return Reply{Card: c}
}

// reviewNews shows an owner the devices whose review fell due on a day. One that was done since is no news.
func (u *turn) reviewNews(ctx context.Context, day string) (Card, error) {
	last, err := u.Reviewed(ctx, u.me.ID)
	if err != nil {
		return Card{}, err
	}
	if len(u.Desk.Connectors) == 0 || last.Format(time.DateOnly) >= day {
		return Card{}, core.ErrNone
	}
	c, err := u.reviewCard(ctx, 1)
	c.Quiet = true
	return c, err
}

// Reviewed returns the day on which a member looked through the devices the last time; zero: never.
func (t *Talk) Reviewed(ctx context.Context, m core.MemberID) (time.Time, error) {
	chosen, err := t.Settings.Settings(ctx, m)
	if err != nil {
		return time.Time{}, core.RecordError(err)
	}
	day, err := time.ParseInLocation(time.DateOnly, chosen[core.ReviewedSetting], t.House.Zone)
	if err != nil {
		return time.Time{}, nil //nolint:nilerr // no day is noted
	}
	return day, nil
}
