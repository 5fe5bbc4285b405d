package talk

import (
	"context"
	"errors"
	"time"

	"latchstring/core"
)

const (
	casesPerList = 10
	recently     = 30 * 24 * time.Hour
)

// alerts answers "alerts": the sign-ins that wait for an answer, and what came of those of the last 30 days.
func (u *turn) alerts(ctx context.Context, said []string) Reply {
	r := u.read(said)
	if len(r.rest) > 0 {
		return u.unread("alerts", r)
	}
	c, err := u.alertsCard(ctx)
	if err != nil {
		return u.failed(core.RecordError(err))
	}
	return Reply{Card: c}
}

func (u *turn) alertsCard(ctx context.Context) (Card, error) {
	open, err := u.Watch.Cases(ctx, u.me, core.CaseQuery{Open: true})
	if err != nil {
		return Card{}, err
	}
	recent, err := u.Watch.Cases(ctx, u.me, core.CaseQuery{Since: u.now.Add(-recently)})
	if err != nil {
		return Card{}, err
	}
	c := Card{Private: true}
	switch {
	case len(open) > 0:
		c.Tone = Alarm
		c.Summary = u.count(len(open), "One sign-in waits for an answer.", "{n} sign-ins wait for an answer.")
	case len(recent) > 0:
		c.Tone, c.Summary = Good, u.say("No sign-in waits for an answer.")
	default:
		c.Tone, c.Summary = Good, u.say("Nobody had to be asked about a sign-in in the last 30 days.")
	}
	if len(open) > 0 {
		c.Groups = append(c.Groups, u.caseGroup(u.say("Waiting"), open))
	}
	var answered []core.Case
	for _, k := range recent {
		if !k.Open() {
			answered = append(answered, k)
		}
	}
	if len(answered) > 0 {
		c.Groups = append(c.Groups, u.caseGroup(u.say("Answered"), answered))
	}
	return c, nil
}

// caseGroup lists cases, the newest first.
func (u *turn) caseGroup(title Text, cases []core.Case) Group {
	g := Group{Title: title}
	if n := len(cases) - casesPerList; n > 0 {
		g.Note = u.count(n, "One more is older.", "{n} more are older.")
	}
	for _, k := range cases[:min(len(cases), casesPerList)] {
		row := Row{Title: u.say("{device}", u.device(k.SignIn.Name)), Facts: []Text{u.accountOf(k.SignIn), u.from(k.SignIn), {u.ago(k.SignIn.At)}}}
		if k.Repeats > 0 {
			row.Facts = append(row.Facts, u.count(k.Repeats, "once more since", "{n} more times since"))
		}
		label := u.say("Answer")
		if !k.Open() {
			row.Facts = append(row.Facts, u.answerInShort(k))
			label = u.say("Look")
		}
		row.Buttons = []Button{u.button(label, Ordinary, offering{kind: kindCaseShow, args: caseArgs{Case: k.ID}, life: lifeOfRow})}
		g.Rows = append(g.Rows, row)
	}
	return g
}

// accountOf says at whose account of which service a sign-in was.
func (u *turn) accountOf(s core.SignIn) Text {
	service := u.title(s.Service)
	switch s.Account.Member {
	case u.me.ID:
		return u.say("your {service}", service)
	case "":
		return Words(service)
	}
	return u.say("{member}'s {service}", u.name(s.Account.Member), service)
}

// answerInShort says in a few words what was held of a case.
func (u *turn) answerInShort(c core.Case) Text {
	switch {
	case c.Answer == core.BySilence:
		return u.say("nobody answered")
	case c.Answer == core.Ours && c.Whose == "":
		return u.say("one of you, said {who}", u.youOr(c.By))
	case c.Answer == core.Ours && c.Whose == u.me.ID:
		return u.say("you")
	case c.Answer == core.Ours:
		return u.say("{member}", u.name(c.Whose))
	case c.Action != "":
		return u.say("none of you; {who} signed it out", u.youOr(c.By))
	}
	return u.say("none of you, said {who}", u.youOr(c.By))
}

// youOr is what a member is called within a sentence to the reader.
func (u *turn) youOr(m core.MemberID) any {
	if m == u.me.ID {
		return u.say("you")
	}
	return u.name(m)
}

// watchCard words the news of the watch.
func (u *turn) watchCard(ctx context.Context, d core.Delivery) (Card, error) {
	switch d.News {
	case core.NewsCase, core.NewsRedraw, core.NewsBoard:
		c, err := u.Watch.Case(ctx, u.me, core.CaseID(d.Subject))
		if err != nil {
			return Card{}, err
		}
		if onBoard(d) {
			return u.boardCard(ctx, c), nil
		}
		card := u.caseCard(ctx, c)
		meant := d.Made
		if awake := quietEnd(u.quiet, d.Made.In(u.House.Zone)); awake.After(meant) && c.Assessment.Level != core.Urgent {
			meant = awake
		}
		if late := u.now.Sub(meant); d.News == core.NewsCase && c.Open() && late >= tellLate {
			card.Body = append(card.Body, u.say("This reaches you {time} late: I could not get through before.", u.lasting(late)))
		}
		return card, nil
	case core.NewsDigest:
		return u.alertsCard(ctx)
	case core.NewsPass:
		p, err := u.Watch.Pass(ctx, u.me, core.PassID(d.Subject))
		if err != nil || p.Action != "" || !p.Taken() { // the action tells of itself
			return Card{}, errors.Join(err, core.ErrNone)
		}
		return u.passCard(ctx, p)
	case core.NewsBack:
		return u.backCard(ctx, core.ActionID(d.Subject))
	case core.NewsWeek:
		return u.weekCard(ctx, d.Subject)
	case core.NewsSilent:
		return u.silentCard(core.ServiceID(d.Subject))
	case core.NewsGateway:
		return Card{
			Tone: Warn, Private: true, Summary: u.say("All of you seem to sign in from one address, {address}.", foreign(d.Subject)),
			Body: []Text{
				u.say("A proxy or a router stands before a service and hides where people are, so I do not judge sign-ins from there by their place."),
				u.say("Where the service has a setting for known proxies, put that address into it."),
			},
		}, nil
	case core.NewsNotice:
		return u.noticeCard(ctx, d.Subject)
	case core.NewsLife:
		return u.lifeCard(ctx)
	case core.NewsCode, core.NewsNoCode:
		return u.codeNews(ctx, d)
	case core.NewsReview:
		return u.reviewNews(ctx, d.Subject)
	case core.NewsLearned:
		return u.learnedCard(ctx)
	default: // the others are not the watch's
		return Card{}, core.ErrNone
	}
}

// tellLate is from when on an alert says that it is late.
const tellLate = 2 * time.Minute

// silentCard tells an owner that a service tells no sign-ins; one that does again is no news.
func (u *turn) silentCard(id core.ServiceID) (Card, error) {
	for _, s := range u.Watch.Sources() {
		if s.Service == id && s.Err != nil {
			c := Card{
				Tone: Warn, Private: true,
				Summary: u.say("I have not been able to watch {service} since {time}.", u.title(id), u.moment(s.Failed)),
				Body:    []Text{u.errorText(s.Err), u.say("Sign-ins of this time are told as soon as I can read it again, where it keeps them.")},
				Buttons: []Button{again(u.say("Check again"), "status")},
			}
			if hint := core.HintOf(s.Err); !hint.Empty() {
				c.Body = append(c.Body, u.text(hint))
			}
			return c, nil
		}
	}
	return Card{}, core.ErrNone
}

// weekCard looks back on the week that ended on a day.
func (u *turn) weekCard(ctx context.Context, day string) (Card, error) {
	end, err := time.ParseInLocation(time.DateOnly, day, u.House.Zone)
	if err != nil {
		return Card{}, core.ErrNone
	}
	week, err := u.Watch.Week(ctx, end.AddDate(0, 0, -7), end.AddDate(0, 0, 1))
	if err != nil {
		return Card{}, err
	}
	c := Card{Quiet: true, Private: true, Summary: u.say("This is what I noted last week and asked nobody about:")}
	if len(week.Open) > 0 {
		c.Tone, c.Summary = Warn, u.count(len(week.Open), "One sign-in still waits for an answer.", "{n} sign-ins still wait for an answer.")
		c.Groups = append(c.Groups, u.caseGroup(u.say("Waits for an answer"), week.Open))
	}
	if len(week.Silent) > 0 {
		c.Groups = append(c.Groups, u.caseGroup(u.say("Taken for yours, since nobody answered"), week.Silent))
	}
	g := Group{Title: u.say("A little unusual")}
	for i, s := range week.Noted {
		if i == casesPerList {
			g.Note = u.count(len(week.Noted)-i, "And one more.", "And {n} more.")
			break
		}
		g.Rows = append(g.Rows, Row{
			Title: u.say("{device}", u.device(s.SignIn.Name)),
			Facts: []Text{u.accountOf(s.SignIn), u.from(s.SignIn), {u.ago(s.SignIn.At)}, u.why(s.SignIn, s.Assessment.Reason)},
		})
	}
	if len(g.Rows) > 0 {
		c.Groups = append(c.Groups, g)
	}
	if len(c.Groups) == 0 {
		return Card{}, core.ErrNone
	}
	return c, nil
}

// lifeCard says that the house watches, and what is amiss.
func (u *turn) lifeCard(ctx context.Context) (Card, error) {
	open, err := u.Watch.Cases(ctx, u.me, core.CaseQuery{Open: true})
	if err != nil {
		return Card{}, err
	}
	sources := u.Watch.Sources()
	c := Card{Quiet: true, Private: true, Tone: Good, Summary: u.count(len(sources), "Good morning. I watch {n} service.", "Good morning. I watch {n} services.")}
	for _, s := range sources {
		if s.Err != nil {
			c.Tone = Warn
			c.Body = append(c.Body, u.say("I have not been able to watch {service} since {time}.", u.title(s.Service), u.moment(s.Failed)))
		}
	}
	if len(open) > 0 {
		c.Tone = Warn
		c.Body = append(c.Body, u.count(len(open), "One sign-in waits for an answer.", "{n} sign-ins wait for an answer."))
		c.Buttons = append(c.Buttons, again(u.say("Show them"), "alerts"))
	}
	return c, nil
}

// learnedCard says that the household is known from now on, and by what, so that somebody notices what should not be in it.
func (u *turn) learnedCard(ctx context.Context) (Card, error) {
	known, err := u.Watch.Learned(ctx)
	if err != nil {
		return Card{}, err
	}
	c := Card{
		Tone: Good, Private: true, Summary: u.say("I know your home well enough now: from here on I ask when a sign-in is unlike yours."),
		Buttons: []Button{again(u.say("Show all devices"), "devices all"), again(u.say("Only unknown"), "devices unknown")},
	}
	list := func(title Text, names []string) {
		if len(names) > 0 {
			g := Group{Title: title}
			for _, n := range names {
				g.Rows = append(g.Rows, Row{Title: Text{foreign(n)}})
			}
			c.Groups = append(c.Groups, g)
		}
	}
	var places []string
	for _, p := range known.Places {
		if name := p.Name; name != "" {
			places = append(places, name)
		} else if p.City != "" {
			places = append(places, p.City)
		}
	}
	list(u.say("Devices"), known.Devices)
	list(u.say("Networks"), known.Networks)
	list(u.say("Places"), places)
	if len(c.Groups) > 0 {
		c.Body = append(c.Body, u.say("This is what I take for yours. If something of it is not, sign it out."))
	}
	return c, nil
}
