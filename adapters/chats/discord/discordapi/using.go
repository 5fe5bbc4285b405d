package discordapi

import (
	"fmt"
	"slices"
	"strings"
)

// Options are what a person gives a command, by the options' names: a text, a whole number, a number, true or false, or a
// *Person.
type Options map[string]any

// Uses uses a command, as in "/devices", or one inside another, as in "/settings language". The command may be named as the
// person's app names it in their language; the bot is told its own name.
func (x Seat) Uses(command string, options Options) *Interaction {
	x.s.t.Helper()
	return x.use(command, options, "", "")
}

// Types writes the beginning of an option's text while a command is being put together. The options are those that are
// given already.
func (x Seat) Types(command, option, partial string, options Options) *Interaction {
	x.s.t.Helper()
	return x.use(command, options, option, partial)
}

func (x Seat) use(command string, options Options, focused, partial string) *Interaction {
	x.s.t.Helper()
	names := strings.Fields(strings.TrimPrefix(command, "/"))
	x.s.mu.Lock()
	c, complaint := x.command(names[0])
	var u usage
	if complaint == "" {
		u = usage{focused: focused, partial: partial, given: options, resolved: map[string]any{}, seat: x}
		complaint = u.fill(c, names[1:])
	}
	if complaint != "" {
		x.s.mu.Unlock()
		x.complain("can not use %s: %s", command, complaint)
	}
	defer x.s.mu.Unlock()
	data := map[string]any{"id": c.ID, "name": c.Name, "type": 1}
	if c.GuildID != "" {
		data["guild_id"] = c.GuildID
	}
	if len(u.options) > 0 {
		data["options"] = u.options
	}
	if len(u.resolved) > 0 {
		data["resolved"] = map[string]any{"users": u.resolved}
	}
	if focused == "" {
		return x.s.start(x, byCommand, data, nil)
	}
	i := x.s.start(x, byTyping, data, nil)
	i.option = u.kind
	return i
}

// command finds a command by its name where the person is, or says why there is none. The lock is held.
func (x Seat) command(name string) (Command, string) {
	g := x.channel.guild
	if !x.channel.has(x.person) {
		return Command{}, "is not in the channel"
	}
	all := slices.Clone(x.s.global)
	context := InBotDM
	if g != nil {
		context = InGuild
		if g.out {
			return Command{}, "the bot is not in the guild"
		}
		all = append(slices.Clone(g.commands), all...)
	}
	at := slices.IndexFunc(all, func(c Command) bool {
		return (c.Name == name || c.Names[x.person.Locale] == name) && (c.Contexts == nil || c.GuildID != "" || slices.Contains(c.Contexts, context))
	})
	if at < 0 {
		return Command{}, "there is no such command"
	}
	if needs := string(all[at].Permissions); g != nil && needs != "" && needs != "null" && g.owner != x.person {
		return Command{}, "the command is for others"
	}
	return all[at], ""
}

// usage is a command that is being put together.
type usage struct {
	focused, partial string
	given            Options
	seat             Seat
	options          []map[string]any
	resolved         map[string]any
	kind             int // of the option that is being typed
}

// fill puts the options together, inside of the commands that are named. It says what is wrong.
func (u *usage) fill(c Command, path []string) string {
	takes := c.Options
	var around []map[string]any
	for _, name := range path {
		at := slices.IndexFunc(takes, func(o CommandOption) bool { return o.Name == name && o.Kind <= CommandGroup })
		if at < 0 {
			return "there is no " + name + " in it"
		}
		around = append(around, map[string]any{"type": takes[at].Kind, "name": name})
		takes = takes[at].Options
	}
	if len(takes) > 0 && takes[0].Kind <= CommandGroup {
		return "it is used with one of its own commands"
	}
	for name := range u.given {
		if !slices.ContainsFunc(takes, func(o CommandOption) bool { return o.Name == name }) {
			return "there is no option " + name
		}
	}
	for _, o := range takes {
		if complaint := u.put(o); complaint != "" {
			return o.Name + ": " + complaint
		}
	}
	if u.focused != "" && u.kind == 0 {
		return "nothing is suggested for " + u.focused
	}
	for _, outer := range slices.Backward(around) {
		outer["options"] = u.options
		u.options = []map[string]any{outer}
	}
	return ""
}

// put puts one option in, if it is given.
func (u *usage) put(o CommandOption) string {
	if o.Name == u.focused {
		if !o.Autocomplete {
			return "nothing is suggested"
		}
		u.kind = o.Kind
		u.options = append(u.options, map[string]any{"type": o.Kind, "name": o.Name, "value": u.partial, "focused": true})
		return ""
	}
	value, given := u.given[o.Name]
	if !given {
		if o.Required && u.focused == "" {
			return "it must be given"
		}
		return ""
	}
	if p, ok := value.(*Person); ok {
		value = p.ID
		u.resolved[p.ID] = p.user()
	}
	if len(o.Choices) > 0 && !slices.ContainsFunc(o.Choices, func(c Choice) bool { return fmt.Sprint(c.Value) == fmt.Sprint(value) }) {
		return fmt.Sprintf("%v is no choice", value)
	}
	if !o.takes(value) {
		return fmt.Sprintf("it does not take %v", value)
	}
	u.options = append(u.options, map[string]any{"type": o.Kind, "name": o.Name, "value": value})
	return ""
}

// takes tells whether a value is of the option's kind and within its limits. What is merely suggested may be left aside.
func (o CommandOption) takes(value any) bool {
	least, most := 0, 6000
	if o.MinLength != nil {
		least = *o.MinLength
	}
	if o.MaxLength != nil {
		most = *o.MaxLength
	}
	var n float64
	switch v := value.(type) {
	case string:
		fits := units(v) >= least && units(v) <= most
		return fits && (o.Kind == StringOption || o.Kind == UserOption || o.Kind == ChannelOption || o.Kind == RoleOption || o.Kind == Mentionable)
	case bool:
		return o.Kind == BooleanOption
	case int:
		n = float64(v)
	case float64:
		n = v
		if o.Kind == IntegerOption {
			return false
		}
	default:
		return false
	}
	number := o.Kind == IntegerOption || o.Kind == NumberOption
	return number && (o.MinValue == nil || n >= *o.MinValue) && (o.MaxValue == nil || n <= *o.MaxValue)
}
