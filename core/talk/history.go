package talk

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"latchstring/core"
)

// entriesPerPage is how many entries of the record one page reads; the steps of one action are told as one line.
const entriesPerPage = 30

// history answers "history": who did what, newest first.
func (u *turn) history(ctx context.Context, said []string) Reply {
	r := u.read(said)
	q := core.HistoryQuery{Limit: entriesPerPage}
	if len(r.rest) == 2 && r.rest[0] == "before" {
		if n, err := strconv.ParseInt(r.rest[1], 10, 64); err == nil && n > 0 {
			q.Before, r.rest = n, nil
		}
	}
	if len(r.rest) > 0 || r.service != nil {
		return u.nobody("history", r)
	}
	switch {
	case r.member != nil:
		q.Member = r.member.ID
	case core.May(u.me.Role, core.ReadHistory, core.Others) != core.Allowed:
		q.Member = u.me.ID
	}
	entries, err := u.Desk.History(ctx, u.me, q)
	if err != nil {
		return u.failed(err)
	}
	c := Card{Summary: u.say("This is what was done:"), Private: true}
	g := Group{}
	told, yes := map[core.ActionID]bool{}, map[core.ActionID]core.MemberID{}
	for _, e := range entries {
		if e.Step == core.Approved && e.Action != "" {
			yes[e.Action] = e.Actor
		}
	}
	for _, e := range entries {
		if e.Action != "" && told[e.Action] {
			continue // a newer line of the page tells how it went on
		}
		told[e.Action] = e.Action != ""
		row := Row{Title: u.deed(e), Facts: []Text{{u.ago(e.At)}}}
		if m, approved := yes[e.Action]; approved {
			row.Facts = append(row.Facts, u.say("{member} approved", u.name(m)))
		}
		g.Rows = append(g.Rows, row)
	}
	c.Groups = []Group{g}
	if len(g.Rows) == 0 {
		c.Summary, c.Groups = u.say("Nothing was done yet."), nil
	}
	if len(entries) == entriesPerPage {
		words := strings.TrimSpace("history " + string(q.Member))
		c.Buttons = append(c.Buttons, again(u.say("Older"), fmt.Sprintf("%s before %d", words, entries[len(entries)-1].Seq)))
	}
	return Reply{Card: c}
}

// deed puts an entry of the record into words.
func (u *turn) deed(e core.Entry) Text {
	who := u.name(e.Actor)
	if e.Act == core.AnswerAlerts && e.Step == core.Concluded {
		return u.verdict(e)
	}
	if e.Step == core.Requested || e.Step == core.Concluded {
		switch e.Act {
		case core.ExpectDevices:
			return u.expectation(e)
		case core.MakeExceptions:
			return u.exceptionMade(e)
		default:
		}
	}
	switch e.Step {
	case core.Refused:
		if e.Act == core.ReadCodes || e.Act == core.ReadLinks {
			return u.say("{member} wanted me to {act}, and may not.", who, u.act(e))
		}
		return u.say("{member} wanted to {act}, and may not.", who, u.act(e))
	case core.Asked:
		return u.say("{member} asked the owner to {act}.", who, u.act(e))
	case core.Approved:
		return u.say("{member} said yes: {act}.", who, u.act(e))
	case core.Declined:
		return u.say("{member} said no: {act}.", who, u.act(e))
	case core.Requested:
		return u.say("{member} asked me to {act}.", who, u.act(e))
	case core.Concluded:
	}
	return u.say("{member} asked me to {act}: {outcome}.", who, u.act(e), u.outcome(e))
}

// verdict says what was held of a sign-in.
func (u *turn) verdict(e core.Entry) Text {
	name := ""
	if len(e.Targets) > 0 {
		name = e.Targets[0]
	}
	device, service := u.device(name), u.title(e.Service)
	switch core.Answer(e.Outcome) {
	case core.Ours:
		return u.say("{member} said that {device} at {service} was one of you.", u.name(e.Actor), device, service)
	case core.NotOurs:
		return u.say("{member} said that {device} at {service} was none of you.", u.name(e.Actor), device, service)
	case core.BySilence:
	}
	return u.say("Nobody said whose {device} at {service} was, so I took it for yours.", device, service)
}

// expectation says what became of a device that somebody expected.
func (u *turn) expectation(e core.Entry) Text {
	name := ""
	if len(e.Targets) > 0 {
		name = e.Targets[0]
	}
	who, device, service := u.name(e.Actor), u.device(name), u.title(e.Service)
	switch e.Outcome {
	case core.Started:
		return u.say("{device} signed in to {service}, as {member} expected.", device, service, who)
	case core.Lapsed:
		return u.say("{member} expected {device}, but nothing signed in.", who, device)
	case core.Dropped:
		return u.say("{member} does not expect {device} any more.", who, device)
	case core.TurnedDown:
		return u.say("{member} said that {device} at {service} was not the device they expected.", who, device, service)
	case core.Failed:
		return u.say("I could not sign {device} out of {service}, which {member} expected no longer.", device, service, who)
	default:
		return u.say("{member} told me to expect {device}.", who, device)
	}
}

// exceptionMade says what somebody is not to be asked about, or is again.
func (u *turn) exceptionMade(e core.Entry) Text {
	what := u.say("sign-ins from near {place}", foreign(strings.Join(e.Targets, " ")))
	if e.Service != "" {
		what = u.say("{device} at {service}", u.device(strings.Join(e.Targets, " ")), u.title(e.Service))
	}
	if e.Outcome == core.Dropped {
		return u.say("{member} told me to ask about {what} again.", u.name(e.Actor), what)
	}
	return u.say("{member} told me not to ask about {what} again.", u.name(e.Actor), what)
}

// act says what an entry is about.
func (u *turn) act(e core.Entry) Text {
	switch e.Act {
	case core.SignOut:
		if !u.seesAll() && len(e.Whose) > 0 && !slices.Contains(e.Whose, u.me.ID) {
			return u.say("sign everything of {member}'s out of {service}", u.name(e.Whose[0]), u.title(e.Service))
		}
		var devices []core.Device
		for _, name := range e.Targets {
			devices = append(devices, core.Device{Name: name})
		}
		if len(devices) == 0 {
			return u.say("sign a device out of {service}", u.title(e.Service))
		}
		return u.say("sign {devices} out of {service}", u.names(devices), u.title(e.Service))
	case core.StartReset:
		if len(e.Whose) > 0 && e.Whose[0] != e.Actor {
			return u.say("start a reset of {member}'s {service} password", u.name(e.Whose[0]), u.title(e.Service))
		}
		return u.say("start a reset of the {service} password", u.title(e.Service))
	case core.PairTV, core.PairChildTV:
		if len(e.Whose) > 0 && e.Whose[0] != e.Actor {
			return u.say("sign a television in to {service} as {member}", u.title(e.Service), u.name(e.Whose[0]))
		}
		return u.say("sign a television in to {service}", u.title(e.Service))
	case core.ReadCodes:
		if len(e.Whose) > 0 && e.Whose[0] != e.Actor {
			return u.say("show a one-time code of {member}'s {service}", u.name(e.Whose[0]), u.title(e.Service))
		}
		return u.say("show a one-time code of {service}", u.title(e.Service))
	case core.ReadLinks:
		return u.say("show a one-time link of {service}", u.title(e.Service))
	case core.SeeStreams:
		return u.say("see what plays")
	case core.StopStream:
		if len(e.Targets) == 0 || !u.seesAll() && !slices.Contains(e.Whose, u.me.ID) {
			return u.say("stop a stream at {service}", u.title(e.Service))
		}
		return u.say("stop what plays on {device} at {service}", u.device(e.Targets[0]), u.title(e.Service))
	case core.ListDevices:
		return u.say("see other people's devices")
	case core.ReadHistory:
		return u.say("read other people's history")
	case core.ReadStatus:
		return u.say("see how the services are doing")
	case core.ChangeSettings:
		return u.say("change a setting")
	case core.AnswerAlerts:
		return u.say("answer for other people's sign-ins")
	case core.MakeExceptions:
		return u.say("make an exception of a sign-in")
	case core.ExpectDevices:
		return u.say("expect a device")
	case core.InvitePeople:
		return u.invitation(e)
	}
	return Words(string(e.Act))
}

// outcome says in a few words what came of it.
func (u *turn) outcome(e core.Entry) Text {
	switch {
	case e.Act == core.StopStream && e.Outcome == core.Gone:
		return u.say("it stopped")
	case e.Act == core.StopStream && e.Outcome == core.StillThere:
		return u.say("it plays on")
	case (e.Act == core.ReadCodes || e.Act == core.ReadLinks) && e.Outcome == core.Started:
		return u.say("it was there")
	case e.Act != core.StartReset && e.Outcome == core.Started:
		return u.say("the service took the code")
	}
	switch e.Outcome {
	case core.Gone:
		return u.say("gone")
	case core.WasGone:
		return u.say("it was gone already")
	case core.Later:
		return u.say("the service takes its time")
	case core.StillThere:
		return u.say("still there")
	case core.CameBack:
		return u.say("it came back")
	case core.Again:
		return u.say("it signed in anew")
	case core.Unknown:
		return u.say("nobody knows what came of it")
	case core.Failed:
		return u.say("it failed")
	case core.HandedOver:
		return u.say("handed over to be done by hand")
	case core.DoneByHand:
		return u.say("done by hand")
	case core.NotByHand:
		return u.say("it did not work by hand")
	case core.Started:
		return u.say("started")
	case core.TurnedDown:
		return u.say("turned down")
	case core.Lapsed:
		return u.say("nobody answered")
	case core.Dropped:
		return u.say("dropped")
	case core.Open:
	}
	return u.say("under way")
}

// invitation says what an entry about an invitation is about.
func (u *turn) invitation(e core.Entry) Text {
	whose := ""
	if len(e.Whose) > 0 {
		whose = u.name(e.Whose[0])
	}
	switch {
	case len(e.Targets) > 0 && e.Outcome == core.Gone:
		return u.say("unlink {name} from {member}", u.names([]core.Device{{Name: e.Targets[0]}}), whose)
	case len(e.Targets) > 0:
		return u.say("link {name} to {member}", u.names([]core.Device{{Name: e.Targets[0]}}), whose)
	case whose == "":
		return u.say("invite somebody")
	}
	return u.say("invite {member}", whose)
}
