package talk

import (
	"strconv"
	"strings"
	"time"

	"latchstring/core"
)

// noticeCard tells what a service wrote about an account. Links are in the mail and stay there: the house opens none.
func (u *turn) noticeCard(subject string) (Card, error) {
	parts := strings.SplitN(subject, "/", 4)
	if len(parts) != 4 {
		return Card{}, core.ErrNone
	}
	seconds, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil {
		return Card{}, core.ErrNone
	}
	service, at, whose := u.title(core.ServiceID(parts[0])), u.ago(time.Unix(seconds, 0)), core.MemberID(parts[3])
	account := u.say("your {service}", service)
	switch {
	case whose == "":
		account = Words(service)
	case whose != u.me.ID:
		account = u.say("{member}'s {service}", u.name(whose), service)
	}
	c := Card{Tone: Warn, Private: true}
	switch core.NoticeKind(parts[1]) {
	case core.NoticePasswordChanged:
		c.Summary = u.say("The password of {account} was changed, {when}.", account, at)
		c.Body = append(c.Body, u.say("If that was none of you, reset it now: whoever did it is in."))
		c.Buttons = u.noticeReset(core.ServiceID(parts[0]), whose)
	case core.NoticeEmailChanged:
		c.Tone = Alarm
		c.Summary = u.say("The mail address of {account} was changed, {when}.", account, at)
		c.Body = append(c.Body, u.say("If that was none of you, the account is being taken away: write to the service at once."))
		c.Buttons = u.noticeReset(core.ServiceID(parts[0]), whose)
	case core.NoticeResetRequested:
		c.Tone, c.Summary = Calm, u.say("The mail to reset the password of {account} has arrived, {when}.", account, at)
		c.Body = append(c.Body, u.say("If nobody of you asked for it, leave it alone: nothing has changed yet."))
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
	return c, nil
}

// noticeReset offers the password reset of an account, where there is a way.
func (u *turn) noticeReset(service core.ServiceID, whose core.MemberID) []Button {
	c, ok := u.Desk.Connector(service)
	if !ok || c.Can(core.CanReset) == core.No {
		return nil
	}
	if _, has := c.Account(whose); !has {
		return nil
	}
	return []Button{u.button(u.say("Start a password reset"), Advised, offering{kind: kindReset, args: resetArgs{service, whose}, life: lifeOfRow})}
}
