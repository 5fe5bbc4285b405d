package talk

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"latchstring/core"
)

// notice is what the news of one say, and what its button carries: nothing of its code or its link.
type notice struct {
	Service core.ServiceID  `json:"service"`
	Kind    core.NoticeKind `json:"kind"`
	At      int64           `json:"at"` // Unix
	Whose   core.MemberID   `json:"whose,omitempty"`
}

// readNotice reads the subject of the news.
func readNotice(subject string) (n notice, ok bool) {
	parts := strings.SplitN(subject, "/", 4)
	if len(parts) != 4 {
		return notice{}, false
	}
	seconds, err := strconv.ParseInt(parts[2], 10, 64)
	return notice{core.ServiceID(parts[0]), core.NoticeKind(parts[1]), seconds, core.MemberID(parts[3])}, err == nil
}

// noticeCard tells what a service wrote about an account.
func (u *turn) noticeCard(ctx context.Context, subject string) (Card, error) {
	n, ok := readNotice(subject)
	if !ok {
		return Card{}, core.ErrNone
	}
	at, account := u.ago(time.Unix(n.At, 0)), u.account(n.Service, n.Whose)
	c := Card{Tone: Warn, Private: true}
	switch n.Kind {
	case core.NoticePasswordChanged:
		c.Summary = u.say("The password of {account} was changed, {when}.", account, at)
		if !u.resetInHand(ctx, n, &c) {
			c.Body = append(c.Body, u.say("If that was none of you, reset it now: whoever did it is in."))
			c.Buttons = u.noticeReset(n)
		}
	case core.NoticeEmailChanged:
		c.Tone = Alarm
		c.Summary = u.say("The mail address of {account} was changed, {when}.", account, at)
		c.Body = append(c.Body, u.say("If that was none of you, the account is being taken away: write to the service at once."))
		c.Buttons = u.noticeReset(n)
	case core.NoticeResetRequested:
		c.Tone, c.Summary = Calm, u.say("The mail to reset the password of {account} has arrived, {when}.", account, at)
		if !u.resetInHand(ctx, n, &c) {
			c.Body = append(c.Body, u.say("If nobody of you asked for it, leave it alone: nothing has changed yet."))
		}
	case core.NoticeSignInRequest:
		c.Summary = u.say("A device asks to be let in to {account}, {when}.", account, at)
		c.Body = append(c.Body, u.say("If it is one of yours, use the link in the mail. I open no links."))
	case core.NoticeTemporaryAccess:
		c.Tone, c.Summary = Calm, u.say("Somebody asked for temporary access to {account}, {when}.", account, at)
		c.Body = append(c.Body, u.say("Whoever it is finds the way in the mail. I open no links."))
	case core.NoticeHouseholdUpdate:
		c.Summary = u.say("Somebody wants another home to be that of {account}, {when}.", account, at)
		c.Body = append(c.Body, u.say("The link in the mail does it. Use it only if you asked for it; I open no links."))
	default:
		return Card{}, core.ErrNone
	}
	c.Buttons = append(u.linkButton(ctx, n), c.Buttons...)
	return c, nil
}

// clockSkew is how far a mail server's clock and ours may be apart.
const clockSkew = time.Minute

// resetInHand says on the card of a notice that it belongs to a reset that somebody does by hand just now, if it does.
func (u *turn) resetInHand(ctx context.Context, n notice, c *Card) bool {
	a, ok := u.Desk.ResetInHand(ctx, n.Service, n.Whose)
	if !ok || time.Unix(n.At, 0).Before(a.Started.Add(-clockSkew)) {
		return false
	}
	if a.Hand() != u.me.ID {
		c.Body = append(c.Body, u.say("{member} has a reset of it in hand since {time}.", u.name(a.Hand()), u.moment(a.Started)))
		return true
	}
	if n.Kind == core.NoticePasswordChanged {
		c.Body = append(c.Body, u.say("Was that you, with the reset that you have in hand? If not, somebody else is in."))
	} else {
		c.Body = append(c.Body, u.say("It is for the reset that you have in hand: open it and choose a new password."))
	}
	c.Buttons = append(u.handButtons(a.ID), c.Buttons...)
	return true
}

// linkButton offers to show the one-time link of a notice, to whom it may be shown and while it is good.
func (u *turn) linkButton(ctx context.Context, n notice) []Button {
	if n.Kind != core.NoticeSignInRequest && n.Kind != core.NoticeHouseholdUpdate || core.May(u.me.Role, core.ReadLinks, core.Others) != core.Allowed {
		return nil
	}
	if _, err := u.Desk.Link(ctx, u.me, n.Service, n.Whose, n.Kind, time.Unix(n.At, 0)); err != nil {
		return nil
	}
	return []Button{u.button(u.say("Show me the link"), Ordinary, offering{kind: kindLink, args: n, life: lifeOfQuestion})}
}

// showLink shows the one-time link of a notice to its reader alone. It is never opened here: what it does is theirs to decide.
func (u *turn) showLink(ctx context.Context, n notice) Reply {
	l, err := u.Desk.ShowLink(ctx, u.me, n.Service, n.Whose, n.Kind, time.Unix(n.At, 0))
	if errors.Is(err, core.ErrNone) {
		return Reply{Card: Card{Tone: Warn, Private: true, Summary: u.say("The link in this mail of {service} is not good any more.", u.title(n.Service))}}
	}
	if err != nil {
		return u.failed(err)
	}
	c := Card{Private: true, Lapses: earliest(l.Until, u.now.Add(secretLife))}
	account := u.account(n.Service, n.Whose)
	if n.Kind == core.NoticeHouseholdUpdate {
		c.Summary = u.say("Only you see this. This makes the home of whoever asked that of {account}: {link}", account, l.Link)
	} else {
		c.Summary = u.say("Only you see this. This lets the device in to {account}: {link}", account, l.Link)
	}
	if l.Profile != "" || l.Name != "" {
		c.Body = append(c.Body, u.say("The mail says that it is for {device}.", u.device(strings.TrimSpace(l.Profile+" "+l.Name))))
	}
	c.Body = append(c.Body,
		u.say("Open it only if you know who asked. It is good until {time}.", u.moment(l.Until)),
		u.say("I take this message away at {time}, where the chat lets me.", u.moment(c.Lapses)))
	return Reply{Card: c}
}

// noticeReset offers the password reset of an account, where there is a way.
func (u *turn) noticeReset(n notice) []Button {
	c, ok := u.Desk.Connector(n.Service)
	if !ok || c.Can(core.CanReset) == core.No {
		return nil
	}
	if _, has := c.Account(n.Whose); !has {
		return nil
	}
	return []Button{u.button(u.say("Start a password reset"), Advised, offering{kind: kindReset, args: resetArgs{n.Service, n.Whose}, life: lifeOfRow})}
}
