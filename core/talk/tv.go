package talk

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"latchstring/core"
	"latchstring/core/control"
)

// tv answers "tv": a code signs the television that shows it in, for the reader or for who is named. Where a word is missing
// the choice is offered.
func (u *turn) tv(ctx context.Context, said []string) Reply {
	r := u.read(said)
	code, rest := readCode(r.rest)
	if r.rest = rest; len(rest) > 0 {
		return u.unreadAt(u.tvServices(nil), strings.TrimSpace("tv "+code), r)
	}
	if r.service != nil && r.service.TV == nil {
		return u.cannot(r.service.Service, core.CanTV, core.ServiceError(core.Cannot, r.service.Title, nil))
	}
	able := u.tvServices(r.service)
	if len(able) == 0 {
		return Reply{Card: Card{Private: true, Summary: u.say("No service here signs televisions in by a code.")}}
	}
	who := u.me
	if r.member != nil {
		who = *r.member
	}
	if err := u.Desk.AllowTV(ctx, u.me, able[0].Service, who.ID); err != nil {
		return u.failed(err)
	}
	fits := withAccount(able, who.ID)
	switch {
	case len(fits) == 0 && r.member != nil:
		return u.noTVAccount(able, who)
	case len(fits) == 0:
		return u.chooseWho(able, code)
	case code == "":
		return u.askCode(r)
	case len(fits) > 1:
		return u.chooseTVService(fits, code, who)
	}
	return u.pairTV(ctx, fits[0], who, code)
}

// longestCode is more characters than any television shows.
const longestCode = 16

// readCode takes the code out of what was said: the words with digits, which may be one code in two halves. What is too long is none.
func readCode(words []string) (code string, rest []string) {
	for _, w := range words {
		if strings.ContainsFunc(w, unicode.IsDigit) {
			code += w
		} else {
			rest = append(rest, w)
		}
	}
	if utf8.RuneCountInString(code) > longestCode {
		code = ""
	}
	return code, rest
}

// tvServices are the services that sign televisions in, or the one that was named.
func (u *turn) tvServices(named *core.Connector) []*core.Connector {
	if named != nil {
		return []*core.Connector{named}
	}
	var able []*core.Connector
	for i := range u.Desk.Connectors {
		if c := &u.Desk.Connectors[i]; c.TV != nil {
			able = append(able, c)
		}
	}
	return able
}

func withAccount(services []*core.Connector, m core.MemberID) []*core.Connector {
	var fits []*core.Connector
	for _, c := range services {
		if _, has := c.Account(m); has {
			fits = append(fits, c)
		}
	}
	return fits
}

func titles(services []*core.Connector) []string {
	names := make([]string, len(services))
	for i, c := range services {
		names[i] = c.Title
	}
	return names
}

// askCode says how a code is said; the example has the words that were said already.
func (u *turn) askCode(r reading) Reply {
	example := "tv 123456"
	if r.service != nil && len(u.tvServices(nil)) > 1 {
		example += " " + string(r.service.Service)
	}
	if r.member != nil && r.member.ID != u.me.ID {
		example += " " + r.member.Name
	}
	return Reply{Card: Card{
		Private: true, Summary: u.say("Say the code that the television shows: {example}", strong(example)),
		Body: []Text{u.say("The app on it has a way to sign in with a code, without a password: Quick Connect, for one.")},
	}}
}

// chooseTVService asks for which service a code is.
func (u *turn) chooseTVService(fits []*core.Connector, code string, who core.Member) Reply {
	c := Card{Private: true, Summary: u.say("Which service shows this code?")}
	for _, s := range fits {
		c.Buttons = append(c.Buttons, again(Words(shorten(s.Title, MaxLabel)), "tv "+code+" "+string(s.Service)+" "+string(who.ID)))
	}
	return Reply{Card: c}
}

// chooseWho asks for whom a television is, of somebody who has no account there.
func (u *turn) chooseWho(able []*core.Connector, code string) Reply {
	c := Card{Private: true, Summary: u.say("For whom? You have no account at {service} that I know of.", u.list(titles(able)))}
	for _, m := range u.House.Members {
		if len(withAccount(able, m.ID)) > 0 && u.Desk.MayPairTV(u.me, m.ID) {
			words := "tv "
			if code != "" {
				words += code + " "
			}
			if len(able) == 1 {
				words += string(able[0].Service) + " "
			}
			c.Buttons = append(c.Buttons, again(u.label("For {member}", m.Name), words+string(m.ID)))
		}
	}
	if len(c.Buttons) == 0 {
		c.Summary = u.say("You have no account at {service} that I know of.", u.list(titles(able)))
	}
	return Reply{Card: c}
}

func (u *turn) noTVAccount(able []*core.Connector, who core.Member) Reply {
	return Reply{Card: Card{
		Tone: Warn, Private: true, Summary: u.say("{member} has no account at {service} that I know of.", who.Name, u.list(titles(able))),
	}}
}

// pairTV signs the television in. A code is good for minutes and shown again on request, so nothing is asked first.
func (u *turn) pairTV(ctx context.Context, c *core.Connector, who core.Member, code string) Reply {
	err := u.Desk.PairTV(ctx, u.me, c.Service, who.ID, code)
	switch {
	case control.InDoubt(err):
		return Reply{Card: Card{
			Tone: Warn, Private: true, Summary: u.say("I gave {service} the code, then lost the connection. I do not know whether it worked.", c.Title),
			Body: []Text{u.say("Look at the television: if it still wants a code, say that one.")},
		}}
	case err != nil:
		return u.failed(err)
	case who.ID == u.me.ID:
		return u.paired(u.say("{service} took the code: the television is being signed in as you.", c.Title))
	}
	return u.paired(u.say("{service} took the code: the television is being signed in as {member}.", c.Title, who.Name))
}

func (u *turn) paired(summary Text) Reply {
	return Reply{Card: Card{Tone: Good, Private: true, Summary: summary, Body: []Text{u.say("It can take it a few seconds to show that.")}}}
}

// tvButtons offer to sign a television back in that was just signed out, where its service can.
func (u *turn) tvButtons(a core.Action) []Button {
	c, ok := u.Desk.Connector(a.Service)
	if !ok || c.TV == nil || a.Act != core.SignOut || a.Case != "" {
		return nil
	}
	if _, has := c.Account(u.me.ID); !has {
		return nil
	}
	for _, t := range a.Targets {
		if t.Outcome == core.Gone && isTV(t.Name+" "+t.App) {
			return []Button{again(u.say("Sign it back in with a code"), "tv "+string(a.Service))}
		}
	}
	return nil
}

// isTV tells whether a device sounds like a television, by words of its name and its app: "Living-room TV", "webOS".
func isTV(words string) bool {
	for _, w := range strings.FieldsFunc(strings.ToLower(words), func(r rune) bool { return !unicode.IsLetter(r) }) {
		switch w {
		case "television", "webos", "tizen", "roku", "chromecast", "bravia", "projector":
			return true
		}
		if strings.HasSuffix(w, "tv") {
			return true
		}
	}
	return false
}
