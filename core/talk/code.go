package talk

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"latchstring/core"
	"latchstring/core/control"
)

// code answers "code netflix": the one-time code that the service mailed, for whom the owner allows it. Where a word is
// missing the choice is offered.
func (u *turn) code(ctx context.Context, said []string) Reply {
	r := u.read(said)
	if len(r.rest) > 0 {
		var mailed []*core.Connector
		for i := range u.Desk.Connectors {
			if c := &u.Desk.Connectors[i]; c.OneTime != nil {
				mailed = append(mailed, c)
			}
		}
		return u.unreadAt(mailed, "code", r)
	}
	may := u.Desk.MayHaveCodes(u.me)
	fits := slices.DeleteFunc(slices.Clone(may), func(a core.Account) bool {
		return r.service != nil && a.Service != r.service.Service || r.member != nil && a.Member != r.member.ID
	})
	switch {
	case len(fits) == 1:
		return u.showCode(ctx, fits[0])
	case len(fits) > 1:
		c := Card{Private: true, Summary: u.say("A code of which account?")}
		for _, a := range fits {
			c.Buttons = append(c.Buttons, again(u.accountLabel(a), "code "+string(a.Service)+" "+string(a.Member)))
		}
		return Reply{Card: c}
	case r.service != nil && r.service.OneTime == nil:
		return Reply{Card: Card{Private: true, Summary: u.say("I read no mails of {service}, so I know no codes of it.", r.service.Title)}}
	case r.service != nil: // the record has it that somebody tried
		whose := u.me.ID
		if r.member != nil {
			whose = r.member.ID
		}
		return u.showCode(ctx, core.Account{Service: r.service.Service, Member: whose})
	case len(may) > 0:
		return Reply{Card: Card{Private: true, Summary: u.say("You are shown no codes of {member}'s.", r.member.Name)}}
	}
	c := Card{Private: true, Summary: u.say("You are shown no codes: the owner allows that for each account, and has not.")}
	switch reads := func(c core.Connector) bool { return c.OneTime != nil }; {
	case !slices.ContainsFunc(u.Desk.Connectors, reads):
		c.Summary = u.say("I read no service's mails here, so I know no codes.")
	case u.me.Role == core.Owner:
		c.Summary = u.say("Nobody is shown codes. You can allow it for each account in the config: \"codes\", under its service.")
	}
	return Reply{Card: c}
}

// accountLabel is an account on a button.
func (u *turn) accountLabel(a core.Account) Text {
	if a.Member == u.me.ID {
		return Words(shorten(u.title(a.Service), MaxLabel))
	}
	return Words(shorten(u.account(a.Service, a.Member).String(), MaxLabel))
}

// account is an account in a sentence.
func (u *turn) account(service core.ServiceID, whose core.MemberID) Text {
	switch whose {
	case "":
		return Words(u.title(service))
	case u.me.ID:
		return u.say("your {service}", u.title(service))
	}
	return u.say("{member}'s {service}", u.name(whose), u.title(service))
}

// showCode shows the code of an account, or says that it will.
func (u *turn) showCode(ctx context.Context, a core.Account) Reply {
	n, err := u.Desk.AskCode(ctx, u.order(""), a.Service, a.Member)
	if errors.Is(err, core.ErrNone) {
		return Reply{Card: Card{
			Private: true, Summary: u.say("No code of {account} is here yet. Have {service} send one now.", u.account(a.Service, a.Member), u.title(a.Service)),
			Body: []Text{u.say("I show you what comes until {time}, as soon as it does.", u.moment(u.now.Add(control.CodeWait)))},
		}}
	}
	if err != nil {
		return u.failed(err)
	}
	return Reply{Card: u.codeCard(n)}
}

// codeCard shows a one-time code, or the link to one, to its reader alone.
func (u *turn) codeCard(n core.Notice) Card {
	c := Card{Tone: Good, Private: true, Lapses: earliest(n.Until, u.now.Add(secretLife))}
	account := u.account(n.Service, n.Account.Member)
	if n.Code.Empty() {
		c.Summary = u.say("Only you see this. The way to a code of {account}: {link}", account, n.Link)
		c.Body = append(c.Body, u.say("Open it yourself if you asked for it; I open no links."))
	} else {
		c.Summary = u.say("Only you see this. The code of {account}: {code}", account, n.Code)
		c.Body = append(c.Body, u.say("Enter it where you sign in yourself. Nobody has a reason to ask you for it."))
	}
	c.Body = append(c.Body,
		u.say("It came {when} and is good until {time}.", u.ago(n.At), u.moment(n.Until)),
		u.say("I take this message away at {time}, where the chat lets me.", u.moment(c.Lapses)))
	return c
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// codeNews brings a code that came after somebody had asked, or tells that none did.
func (u *turn) codeNews(ctx context.Context, d core.Delivery) (Card, error) {
	parts := strings.Split(d.Subject, "/")
	if len(parts) != 3 {
		return Card{}, core.ErrNone
	}
	service, whose := core.ServiceID(parts[0]), core.MemberID(parts[1])
	again := []Button{again(u.say("Ask again"), "code "+string(service)+" "+string(whose))}
	if d.News == core.NewsNoCode {
		missed, err := u.Desk.CodeMissed(ctx, u.me.ID, service, whose, core.ActionID(parts[2]), d.Made)
		if err != nil {
			return Card{}, err
		}
		if !missed {
			return Card{}, core.ErrNone
		}
		return Card{
			Private: true, Summary: u.say("No code of {account} came until {time}.", u.account(service, whose), u.moment(d.Made.Add(control.CodeWait))),
			Body: []Text{u.say("It may have gone to another address, or to a phone.")}, Buttons: again,
		}, nil
	}
	seconds, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil {
		return Card{}, core.ErrNone
	}
	came := time.Unix(seconds, 0)
	n, err := u.Desk.Code(ctx, u.me, service, whose, came)
	if errors.Is(err, core.ErrNone) {
		return Card{
			Tone: Warn, Private: true, Summary: u.say("A code of {account} came {when}, but I could not show it in its time.", u.account(service, whose), u.ago(came)),
			Buttons: again,
		}, nil
	}
	if err != nil {
		return Card{}, err
	}
	return u.codeCard(n), nil
}
