package talk

import (
	"context"
	"slices"
	"strings"
	"time"

	"latchstring/core"
	"latchstring/core/control"
)

const (
	idleAfter = 60 * 24 * time.Hour // a device not used for so long is worth a thought
	newFor    = 24 * time.Hour      // a device is told as new for so long
)

// devices answers "devices": without words the member's own, with "all" everybody's.
func (u *turn) devices(ctx context.Context, said []string) Reply {
	r := u.read(said)
	if len(r.rest) > 0 {
		return u.unread("devices", r)
	}
	q := control.DeviceQuery{}
	if r.service != nil {
		q.Service = r.service.Service
	}
	switch {
	case r.member != nil:
		q.Member = r.member.ID
	case core.May(u.me.Role, core.ListDevices, core.Others) != core.Allowed:
		q.Member = u.me.ID
	case !r.everybody && !r.unknown && !r.idle && r.service == nil:
		q.Member = u.me.ID
	}
	wide := q
	if q.Member == u.me.ID {
		wide.Member = "" // everything the reader may see, to say how much there is besides their own
	}
	listings, err := u.Desk.Devices(ctx, u.me, wide)
	if err != nil {
		return u.failed(err)
	}
	all := countDevices(listings)
	if q.Member != "" {
		listings = filter(listings, func(d core.Device) bool { return d.On(q.Member) })
	}
	switch {
	case r.unknown:
		listings = filter(listings, func(d core.Device) bool { return unknownDevice(d) })
	case r.idle:
		listings = filter(listings, u.idle)
	}
	u.recallPasses(ctx)
	c := u.deviceCard(listings, r, "devices", said)
	c.Summary = u.deviceSummary(countDevices(listings), all, r, q)
	if slices.ContainsFunc(listings, func(l control.Listing) bool { return l.Err != nil && l.Connector.Devices != nil }) {
		c.Summary = u.say("As far as I can see: {what}", c.Summary)
	}
	if r.service != nil {
		c.Body = append(c.Body, u.streamLimit(r.service)...)
	}
	c.Buttons = append(c.Buttons, u.deviceFilters(listings, r, q)...)
	return Reply{Card: c}
}

// deviceSummary is the one line that says it all.
func (u *turn) deviceSummary(n, all int, r reading, q control.DeviceQuery) Text {
	switch {
	case len(u.Desk.Connectors) == 0:
		return u.say("No service is set up yet. The owner can add one to the config.")
	case r.unknown && n == 0 && q.Member == "" && q.Service == "":
		return u.say("Every device belongs to somebody of the household.")
	case r.unknown && n == 0:
		return u.say("There is no device here that belongs to nobody of the household.")
	case r.unknown:
		return u.count(n, "{n} device is signed in with an account that belongs to nobody here.", "{n} devices are signed in with accounts that belong to nobody here.")
	case r.idle && n == 0:
		return u.say("There is no device here that was not used for 60 days.")
	case r.idle:
		return u.count(n, "{n} device was not used for 60 days.", "{n} devices were not used for 60 days.")
	case q.Service != "" && q.Member == "":
		return u.say("{devices} signed in to {service}.", u.count(n, "{n} device is", "{n} devices are"), r.service.Title)
	case q.Member == "":
		return u.count(n, "The whole home has {n} device signed in.", "The whole home has {n} devices signed in.")
	}
	who := u.say("your accounts")
	if q.Member != u.me.ID {
		who = u.say("{member}'s accounts", u.name(q.Member))
	}
	s := u.say("{devices} signed in to {accounts}.", u.count(n, "{n} device is", "{n} devices are"), who)
	if all > n && q.Service == "" && core.May(u.me.Role, core.ListDevices, core.Others) == core.Allowed {
		s = u.say("{devices} signed in to {accounts}; {all} in the whole home.", u.count(n, "{n} device is", "{n} devices are"), who, all)
	}
	return s
}

// deviceFilters are the other lists one might want next.
func (u *turn) deviceFilters(listings []control.Listing, r reading, q control.DeviceQuery) []Button {
	var buttons []Button
	if len(u.Desk.Connectors) == 0 {
		return nil
	}
	if slices.ContainsFunc(listings, func(l control.Listing) bool { return l.Err != nil && l.Connector.Devices != nil }) {
		buttons = append(buttons, again(u.say("Try again"), u.req.Text))
	}
	if core.May(u.me.Role, core.ListDevices, core.Others) != core.Allowed {
		return buttons
	}
	if q.Member != "" && !r.everybody {
		buttons = append(buttons, again(u.say("Everybody's devices"), "devices all"))
	} else if !r.unknown && !r.idle {
		buttons = append(buttons, u.narrower(listings)...)
	}
	return buttons
}

// narrower are the lists of what is worth a look among devices.
func (u *turn) narrower(listings []control.Listing) []Button {
	var buttons []Button
	if countDevices(filter(listings, unknownDevice)) > 0 {
		buttons = append(buttons, again(u.say("Only unknown"), "devices unknown"))
	}
	if countDevices(filter(listings, u.idle)) > 0 {
		buttons = append(buttons, again(u.say("Not used for 60 days"), "devices idle"))
	}
	return buttons
}

// deviceCard lists devices by service, one page of them; the command and what was said after it lead to the next one.
// What a service can not tell stands under its name.
func (u *turn) deviceCard(listings []control.Listing, r reading, command string, said []string) Card {
	c := Card{Private: true}
	total := 0
	for _, l := range listings {
		total += len(l.Devices)
	}
	s, n := sheetOf(total, r.page), 0
	for _, l := range listings {
		g := Group{Title: Words(l.Connector.Title), Note: u.listingNote(l)}
		devices := slices.Clone(l.Devices)
		slices.SortStableFunc(devices, byUse)
		for _, d := range devices {
			if s.shows(n) {
				g.Rows = append(g.Rows, u.deviceRow(l.Connector, d))
			}
			n++
		}
		if len(g.Rows) > 0 || !g.Note.Empty() && s.page == 1 {
			c.Groups = append(c.Groups, g)
		}
	}
	u.turnPage(&c, s, strings.Join(append([]string{command}, withoutPage(said)...), " "))
	return c
}

// withoutPage drops a page from what was said.
func withoutPage(said []string) []string {
	i := slices.Index(said, "page")
	if i < 0 {
		return said
	}
	return slices.Concat(said[:i], said[min(len(said), i+2):])
}

// listingNote says why a service's list is old, partial or missing.
func (u *turn) listingNote(l control.Listing) Text {
	switch {
	case l.Err == nil && !l.Read.IsZero() && u.now.Sub(l.Read) >= time.Minute:
		return u.say("This is what its page showed {then}.", u.ago(l.Read))
	case l.Err == nil:
		return nil
	case l.Connector.Devices == nil:
		if why, ok := l.Connector.Why[core.CanList]; ok {
			return u.text(why)
		}
		return u.say("{service} has no list of devices that I can read.", l.Connector.Title)
	}
	why := u.errorText(l.Err)
	switch {
	case l.Partial && !l.Read.IsZero():
		return u.say("{why} This is what its page showed {then}:", why, u.ago(l.Read))
	case l.Partial:
		return u.say("{why} This is what I could read.", why)
	case l.At.IsZero():
		return why
	}
	return u.say("{why} That began at {since}. This is what I knew {then}:", why, u.moment(l.Since), u.ago(l.At))
}

// errorText is the sentence of a failure.
func (u *turn) errorText(err error) Text {
	if text := core.TextOf(err); !text.Empty() {
		return u.text(text)
	}
	return u.say("Something went wrong in me.")
}

// deviceRow is one device with its facts and what can be done with it.
func (u *turn) deviceRow(c *core.Connector, d core.Device) Row {
	row := Row{Title: Text{foreign(d.Name)}, Facts: u.deviceFacts(d)}
	if d.Name == "" {
		row.Title = u.say("Nameless device")
	}
	if d.Own || c.Can(core.CanSignOut) == core.No {
		return row
	}
	if core.May(u.me.Role, core.SignOut, d.WhoseFor(u.me.ID)) == core.Denied {
		return row
	}
	row.Buttons = []Button{u.button(u.label("Sign out {device}", d.Name), Ordinary,
		offering{kind: kindSignOut, args: signOutArgs{Want: wantOne(d)}, life: lifeOfRow})}
	if p, ok := u.passOf(d); ok && (p.By == u.me.ID || core.May(u.me.Role, core.ExpectDevices, core.Others) == core.Allowed) {
		row.Buttons = append(row.Buttons, u.button(u.label("No longer expect {device}", d.Name), Ordinary, offering{kind: kindPassEnd, args: passArgs{p.ID}, life: lifeOfRow}))
	}
	return row
}

// wantOne is the sign-out of one device.
func wantOne(d core.Device) control.Want {
	return control.Want{Service: d.Service, Refs: []core.DeviceRef{d.Ref()}, Name: d.Name}
}

// label makes the label of a button about a device; a long name is cut, so that the verb stays whole.
func (u *turn) label(words, name string) Text {
	if name == "" {
		return u.say(words, u.say("this device"))
	}
	room := MaxLabel - len([]rune(u.say(words, "").String()))
	return u.say(words, foreign(shorten(name, room)))
}

// deviceFacts are what is worth knowing of a device, each a few words.
func (u *turn) deviceFacts(d core.Device) []Text {
	var facts []Text
	last := d.Latest()
	if d.Own {
		facts = append(facts, u.say("my own session"))
	}
	if d.App != "" && !strings.Contains(strings.ToLower(d.Name), strings.ToLower(d.App)) {
		facts = append(facts, Text{foreign(d.App)})
	}
	if who := u.people(d); !who.Empty() {
		facts = append(facts, who)
	}
	if last.Profile != "" {
		facts = append(facts, u.say("profile {name}", foreign(last.Profile)))
	}
	if where := u.where(last); !where.Empty() {
		facts = append(facts, where)
	}
	facts = append(facts, u.lastUse(d)...)
	if p, ok := u.passOf(d); ok {
		facts = append(facts, u.say("expected until {time}", u.moment(p.Until)))
	}
	if since := d.Since(); !since.IsZero() && u.now.Sub(since) < newFor && !u.now.Before(since) {
		facts = append(facts, Text{strong(u.say("new").String())})
	}
	return facts
}

// people says who is signed in on a device, unless it is the reader alone.
func (u *turn) people(d core.Device) Text {
	var names []string
	for _, m := range d.Members() {
		if m != u.me.ID {
			names = append(names, u.name(m))
		}
	}
	others := Text(nil)
	for _, s := range d.Sessions {
		if s.Member == "" && s.Login != "" && others.Empty() {
			others = u.say("account {login} of nobody here", foreign(s.Login))
		}
	}
	switch {
	case len(names) > 0 && d.On(u.me.ID):
		return u.say("you and {people}", u.list(names))
	case len(names) > 0:
		return u.list(names)
	}
	return others
}

// where says where a session is, as roughly as the reader wants it.
func (u *turn) where(s core.Session) Text {
	home := s.Address.IsValid() && u.House.AtHome(s.Address)
	switch {
	case home:
		return u.say("home")
	case s.Place != "":
		return u.say("near {place}", foreign(s.Place))
	case s.Address.IsValid() && !u.hideAddresses:
		return Words(s.Address.String())
	}
	return nil
}

// lastUse says what a device does now, or when it was used last.
func (u *turn) lastUse(d core.Device) []Text {
	var facts []Text
	for _, s := range d.Sessions {
		if s.Playing != "" {
			facts = append(facts, u.say("playing \"{title}\" now", foreign(s.Playing)))
		}
	}
	switch last := d.Latest(); {
	case len(facts) > 0:
	case !last.LastUsed.IsZero():
		facts = append(facts, Text{u.ago(last.LastUsed)})
	case !last.Since.IsZero():
		facts = append(facts, u.say("signed in {when}", u.ago(last.Since)))
	}
	return facts
}

// byUse orders devices: what plays now, then what was used last.
func byUse(a, b core.Device) int {
	plays := func(d core.Device) int {
		if slices.ContainsFunc(d.Sessions, func(s core.Session) bool { return s.Playing != "" }) {
			return 0
		}
		return 1
	}
	if p := plays(a) - plays(b); p != 0 {
		return p
	}
	return b.Latest().LastUsed.Compare(a.Latest().LastUsed)
}

func unknownDevice(d core.Device) bool { return !d.Own && len(d.Members()) == 0 }

func (u *turn) idle(d core.Device) bool {
	last := d.Latest().LastUsed
	return !d.Own && !d.Playing() && !last.IsZero() && u.now.Sub(last) >= idleAfter
}

// filter keeps the devices of which keep is true.
func filter(listings []control.Listing, keep func(core.Device) bool) []control.Listing {
	kept := slices.Clone(listings)
	for i := range kept {
		kept[i].Devices = slices.DeleteFunc(slices.Clone(kept[i].Devices), func(d core.Device) bool { return !keep(d) })
	}
	return kept
}

// countDevices counts the household's devices; the program's own sessions are none.
func countDevices(listings []control.Listing) int {
	n := 0
	for _, l := range listings {
		for _, d := range l.Devices {
			if !d.Own {
				n++
			}
		}
	}
	return n
}
