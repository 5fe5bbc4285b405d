package talk

import (
	"context"
	"slices"
	"strings"

	"latchstring/core"
)

// command is one word that members may say. Help, suggestions and rights come from the same row.
type command struct {
	name  string
	about string // what it does, in English
	act   core.Act
	run   func(u *turn, ctx context.Context, said []string) Reply
}

// commands lists what can be said, in the order of the help.
func commands() []command {
	return []command{
		{"devices", "who is signed in where", core.ListDevices, (*turn).devices},
		{"review", "all devices, the unknown and unused ones first", core.ListDevices, (*turn).review},
		{"signout", "sign a device out, or all of them", core.SignOut, (*turn).signout},
		{"steps", "how a service is signed out on a device itself", core.ListDevices, (*turn).steps},
		{"reset", "start a password reset", core.StartReset, (*turn).reset},
		{"code", "a one-time code that a service mailed, to sign in with", core.ReadCodes, (*turn).code},
		{"watching", "who plays what, and whether a stream is left", core.SeeStreams, (*turn).watching},
		{"tv", "sign a television in by the code that it shows", core.PairTV, (*turn).tv},
		{"history", "who did what", core.ReadHistory, (*turn).history},
		{"alerts", "sign-ins that nobody knew, and what came of them", core.AnswerAlerts, (*turn).alerts},
		{"rehearse", "what I would have asked about, with this and another sensitivity", core.AnswerAlerts, (*turn).rehearse},
		{"expect", "let a device sign in for a while", core.ExpectDevices, (*turn).expect},
		{"status", "how the services are doing, and what each can do", core.ReadStatus, (*turn).status},
		{"invite", "let somebody of the household in", core.InvitePeople, (*turn).invite},
		{"settings", "how I show you times and addresses", core.ChangeSettings, (*turn).settings},
		{"help", "what you can say here", "", (*turn).help},
	}
}

// mayUse tells whether a member has any right to a command.
func (c command) mayUse(m core.Member) bool {
	return c.act == "" || core.May(m.Role, c.act, core.Own) != core.Denied
}

// maxSaid bounds what is read of a message, in bytes; nothing that can be said is nearly as long.
const maxSaid = 256

// told answers what was typed: a command, a slip of one, or something else.
func (u *turn) told(ctx context.Context) Reply {
	text := u.req.Text
	if len(text) > maxSaid {
		text = text[:maxSaid]
	}
	words := strings.Fields(core.Clean(text))
	if len(words) == 0 {
		return u.help(ctx, nil)
	}
	// "/devices@rivera_home_bot" is how a group addresses one of several bots.
	first, _, _ := strings.Cut(strings.ToLower(strings.TrimPrefix(words[0], "/")), "@")
	if first == "start" { // what a chat says by itself when somebody opens it
		return u.help(ctx, nil)
	}
	c, ok := find(first)
	said := words[1:]
	if !ok && len(words) > 1 {
		c, ok = find(first + strings.ToLower(words[1])) // "sign out tv"
		said = words[2:]
	}
	if !ok {
		return u.suggest(first, words)
	}
	if !c.mayUse(u.me) {
		return u.failed(u.Desk.Allow(ctx, u.me, c.act, core.Own))
	}
	return c.run(u, ctx, said)
}

func find(name string) (command, bool) {
	all := commands()
	i := slices.IndexFunc(all, func(c command) bool { return c.name == name })
	if i < 0 {
		return command{}, false
	}
	return all[i], true
}

// suggest answers what is no command with the nearest one, if there is one.
func (u *turn) suggest(first string, words []string) Reply {
	var names []string
	for _, c := range commands() {
		if c.mayUse(u.me) {
			names = append(names, c.name)
		}
	}
	help := again(u.say("help"), "help")
	near, rest := core.Nearest(first, names), words[1:]
	if near == "" && len(words) > 1 {
		near, rest = core.Nearest(first+words[1], names), words[2:]
	}
	if near == "" {
		return Reply{Card: Card{Summary: u.say("I do not know that word. This is what you can say:"), Buttons: u.wordButtons(), Private: true}}
	}
	meant := strings.Join(append([]string{near}, rest...), " ")
	return Reply{Card: Card{
		Summary: u.say("Did you mean \"{command}\"?", foreign(meant)), Private: true,
		Buttons: []Button{again(Text{foreign(shorten(meant, MaxLabel))}, meant), help},
	}}
}

// shorten cuts a text to so many characters.
func shorten(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// wordButtons are the commands of a member as buttons.
func (u *turn) wordButtons() []Button {
	var buttons []Button
	for _, c := range commands() {
		if c.mayUse(u.me) {
			buttons = append(buttons, again(Words(c.name), c.name))
		}
	}
	return buttons
}
