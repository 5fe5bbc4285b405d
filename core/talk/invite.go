package talk

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"

	"latchstring/core"
)

// invitedArgs is what the buttons about who came carry.
type invitedArgs struct {
	Invite core.InviteID `json:"invite"`
	Guest  core.Contact  `json:"guest"`
	Called string        `json:"called,omitempty"`
}

// unlinkArgs is what the button that takes a contact away carries.
type unlinkArgs struct {
	Link core.Link `json:"link"`
}

// invite answers "invite": a name makes an invitation, no word at all shows who is linked to what.
func (u *turn) invite(ctx context.Context, said []string) Reply {
	r := u.read(said)
	switch {
	case len(r.rest) > 0 || r.service != nil:
		return u.nobody("invite", r)
	case r.member == nil && !u.req.Private: // who is who is for nobody else's eyes
		return Reply{Card: u.InPrivate("")}
	case r.member == nil:
		return u.linked()
	}
	if !slices.ContainsFunc(u.Chats, func(c Chat) bool { return c.Name() != core.Terminal }) {
		return Reply{Card: Card{Tone: Warn, Private: true, Summary: u.say("No chat runs that {member} could come to. The owner can set one up in the config.", r.member.Name)}}
	}
	code, inv, err := u.Desk.InviteMember(ctx, u.me, r.member.ID)
	if err != nil {
		return u.failed(err)
	}
	c := Card{
		Private: true, Lapses: inv.Lapses,
		Summary: u.say("Send {member} one of these. It works once, until {time}, and you will be asked who came.", r.member.Name, u.moment(inv.Lapses)),
	}
	for _, chat := range u.Chats {
		if door := chat.Door(); door != "" {
			c.Body = append(c.Body, u.say("To open in {chat}: {link}", chatName(chat.Name()), core.NewSecret(door+code.Reveal())))
		}
	}
	c.Body = append(c.Body, u.say("To write to me in private: {words}", core.NewSecret("/link "+code.Reveal())))
	return Reply{Card: c}
}

// chatName is what people call a chat platform.
func chatName(c core.Chat) string {
	switch c {
	case core.Telegram:
		return "Telegram"
	case core.Discord:
		return "Discord"
	case core.Terminal:
		return "the terminal"
	}
	return string(c)
}

// linked shows who can talk to the house where.
func (u *turn) linked() Reply {
	c := Card{Summary: u.say("These are the people of the house, and where I know them:"), Private: true}
	g := Group{}
	for _, m := range u.House.Members {
		row := Row{Title: Words(m.Name), Facts: []Text{u.say(string(m.Role))}}
		for _, contact := range m.Contacts {
			if contact.Chat == core.Terminal {
				continue // who sits there is no setting
			}
			row.Facts = append(row.Facts, u.say("{chat}, by the config", chatName(contact.Chat)))
		}
		for _, l := range u.Desk.Linked(m.ID) {
			row.Facts = append(row.Facts, u.say("{name} in {chat}, invited {day}", foreign(l.Called), chatName(l.Contact.Chat), u.ago(l.At)))
			row.Buttons = append(row.Buttons, u.button(u.label("Unlink {name}", l.Called), Danger,
				offering{kind: kindUnlink, args: unlinkArgs{l}, once: true, life: lifeOfQuestion}))
		}
		row.Buttons = append(row.Buttons, again(u.label("Invite {member}", m.Name), "invite "+strings.ToLower(m.Name)))
		g.Rows = append(g.Rows, row)
	}
	c.Groups = []Group{g}
	return Reply{Card: c}
}

// unlink takes a linked contact away.
func (u *turn) unlink(ctx context.Context, o core.Offer, l core.Link) Reply {
	if err := u.Offers.TakeOffer(ctx, o.ID, u.me.ID, u.now); err != nil {
		return u.unless(err)
	}
	if err := u.Desk.Unlink(ctx, u.me, l); err != nil && !errors.Is(err, core.ErrNone) {
		return u.failed(err)
	}
	return Reply{Redraw: true, Card: Card{
		Tone: Good, Private: true, Summary: u.say("{name} in {chat} is a stranger to me from now on.", foreign(l.Called), chatName(l.Contact.Chat)),
	}}
}

// guest answers somebody who is no member, but may have been invited. With anything but an open invitation they are a
// stranger.
func (t *Talk) guest(ctx context.Context, r Request) Reply {
	if !r.Private {
		return Reply{}
	}
	me := core.Member{ID: core.GuestID(r.From)}
	u := &turn{Talk: t, req: r, me: me, voice: voice{catalogue: t.Catalogue, zone: t.House.Zone, now: t.Now()}}
	if r.Handle != "" {
		if reply, ok := u.guestPress(ctx); ok {
			return reply
		}
		return t.stranger(r)
	}
	words := strings.Fields(shorten(r.Text, maxSaid))
	if len(words) != 2 {
		return t.stranger(r)
	}
	if word := strings.ToLower(strings.TrimPrefix(words[0], "/")); word != "link" && word != "start" {
		return t.stranger(r)
	}
	inv, open := t.Desk.InviteFor(ctx, words[1])
	if !open {
		return t.stranger(r)
	}
	group := u.newID()
	args := invitedArgs{Invite: inv.ID, Guest: r.From, Called: r.Called}
	c := Card{
		Private: true, Summary: u.say("Hello. You were invited to look after shared accounts here, as {member}. Is that you?", u.name(inv.Member)),
		Buttons: []Button{
			u.button(u.say("Yes, I am {member}", u.name(inv.Member)), Advised, offering{kind: kindGuestYes, args: args, group: group, once: true, life: core.InviteLife}),
			u.button(u.say("No"), Ordinary, offering{kind: kindNever, group: group, once: true, life: core.InviteLife}),
		},
	}
	return u.finish(ctx, Reply{Card: c})
}

// guestPress answers a guest's press of a button that was made for them.
func (u *turn) guestPress(ctx context.Context) (Reply, bool) {
	id, ok := core.OfferOf(u.req.Handle)
	if !ok {
		return Reply{}, false
	}
	o, err := u.Offers.Offer(ctx, id)
	if err != nil || !o.For(u.me.ID) || !o.Used.IsZero() || !u.now.Before(o.Lapses) {
		return Reply{}, false
	}
	if err := u.Offers.TakeOffer(ctx, o.ID, u.me.ID, u.now); err != nil {
		return Reply{}, false
	}
	var args invitedArgs
	if o.Kind != kindGuestYes || decode(o, &args) != nil {
		return Reply{Redraw: true, Card: Card{Private: true, Summary: u.say("All right, nothing was done.")}}, true
	}
	if err := u.Desk.OpenInvite(ctx, args.Invite, args.Guest, args.Called); err != nil {
		u.Log.Warn("invitation not opened", slog.Any("cause", err))
		return Reply{Redraw: true, Card: Card{Tone: Warn, Private: true, Summary: u.say("This invitation is over. Ask for a new one.")}}, true
	}
	return Reply{Redraw: true, Card: Card{Private: true, Summary: u.say("Thank you. {owner} has to say yes as well; then I will write to you here.", u.owners())}}, true
}

// inviteCard is the news of an invitation: to an owner the question who came, to who was linked the welcome.
func (u *turn) inviteCard(inv core.Invite, to core.Contact) (Card, bool) {
	if to == inv.Guest && !inv.Ended.IsZero() {
		return Card{
			Tone: Good, Private: true, Summary: u.say("Welcome, {member}. {owner} confirmed you.", u.me.Name, u.name(inv.By)),
			Body: []Text{u.say("This is what you can say:")}, Buttons: u.wordButtons(),
		}, true
	}
	if u.me.Role != core.Owner || !inv.Ended.IsZero() {
		return Card{}, false
	}
	opened := core.InviteTries - inv.Tries
	c := Card{
		Tone: Alarm, Private: true,
		Summary: u.say("Somebody opened the invitation for {member}.", u.name(inv.Member)),
		Body: []Text{
			u.say("They call themselves {name} in {chat}; their account there is {number}. You made it at {time}.",
				u.device(inv.Called), chatName(inv.Guest.Chat), foreign(inv.Guest.User), u.moment(inv.Made)),
			u.say("If that is {member}, they will see and do here what {member} may.", u.name(inv.Member)),
		},
	}
	if opened > 1 {
		c.Body = append(c.Body, u.say("It was opened {n} times; the question before this one is over.", opened))
	}
	args := invitedArgs{Invite: inv.ID, Guest: inv.Guest, Called: inv.Called}
	group := u.newID()
	c.Buttons = []Button{
		u.button(u.say("Yes, that is {member}", u.name(inv.Member)), Advised, offering{kind: kindIsMember, args: args, group: group, once: true, life: lifeOfAsking}),
		u.button(u.say("No"), Danger, offering{kind: kindIsStranger, args: args, group: group, once: true, life: lifeOfAsking}),
	}
	return c, true
}

// decideInvite is the owner's word on who came.
func (u *turn) decideInvite(ctx context.Context, o core.Offer, args invitedArgs, yes bool) Reply {
	if err := u.Offers.TakeOffer(ctx, o.ID, u.me.ID, u.now); err != nil {
		return u.unless(err)
	}
	inv, err := u.Desk.DecideInvite(ctx, u.me, args.Invite, args.Guest, yes)
	switch {
	case errors.Is(err, core.ErrUsed), errors.Is(err, core.ErrNone):
		return Reply{Redraw: true, Card: Card{Tone: Warn, Private: true, Summary: u.say("This invitation is over; nobody was linked by it now.")}}
	case err != nil:
		return u.failed(err)
	case !yes:
		return Reply{Redraw: true, Card: Card{Private: true, Summary: u.say("Nobody was linked. The invitation for {member} is over.", u.name(inv.Member))}}
	}
	return Reply{Redraw: true, Card: Card{Tone: Good, Private: true, Summary: u.say("{name} is {member} for me from now on.", u.device(inv.Called), u.name(inv.Member))}}
}
