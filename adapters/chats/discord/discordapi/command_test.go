package discordapi_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"latchstring/adapters/chats/discord/discordapi"
)

// command is one with options.
func command(options ...any) object {
	return object{"name": "devices", "description": "x", "options": options}
}

func option(kind int, name string, more object) object {
	o := object{"type": kind, "name": name, "description": "x"}
	maps.Copy(o, more)
	return o
}

func named(name string, more object) object {
	c := object{"name": name, "description": "x"}
	maps.Copy(c, more)
	return c
}

func many(n int, each func(i int) object) []object {
	var list []object
	for i := range n {
		list = append(list, each(i))
	}
	return list
}

func TestCommandLimits(t *testing.T) {
	h := newHome(t)
	one := func(c object) []object { return []object{c} }
	text := func(more object) []object { return one(command(option(3, "service", more))) }
	choices := func(n int) object {
		var list []any
		for i := range n {
			list = append(list, object{"name": "c" + words(i), "value": words(i + 1)})
		}
		return object{"choices": list}
	}
	options := func(n int, more object) []object {
		var list []any
		for i := range n {
			list = append(list, option(3, "o"+words(i), more))
		}
		return one(command(list...))
	}
	sub := func(inside ...any) object { return option(1, "set", object{"options": inside}) }
	group := func(inside ...any) object { return option(2, "more", object{"options": inside}) }
	large := object{"choices": []any{
		object{"name": words(100), "value": words(98)}, object{"name": words(100), "value": words(99)}, object{"name": words(100), "value": words(100)},
	}}
	for name, c := range map[string]struct {
		fits, not []object
		why       string
	}{
		"name":          {one(named(words(32), nil)), one(named(words(33), nil)), "0.name"},
		"small letters": {one(named("geräte", nil)), one(named("Devices", nil)), "APPLICATION_COMMAND_INVALID_NAME"},
		"no space":      {one(named("sign-out", nil)), one(named("sign out", nil)), "APPLICATION_COMMAND_INVALID_NAME"},
		"description":   {one(object{"name": "a", "description": words(100)}), one(object{"name": "a", "description": words(101)}), "0.description"},
		"described":     {one(named("a", nil)), one(object{"name": "a"}), "0.description"},
		"once":          {[]object{named("a", nil), named("b", nil)}, []object{named("a", nil), named("a", nil)}, "APPLICATION_COMMANDS_DUPLICATE_NAME"},
		"commands":      {many(100, func(i int) object { return named("c"+strings.Repeat("a", i%30)+string(rune('a'+i/30)), nil) }), many(101, func(i int) object { return named("c"+strings.Repeat("a", i%30)+string(rune('a'+i/30)), nil) }), "BASE_TYPE_BAD_LENGTH"},
		"languages":     {one(named("a", object{"name_localizations": object{"es-ES": "b"}})), one(named("a", object{"name_localizations": object{"es": "b"}})), "no such language"},
		"in languages":  {one(named("a", object{"description_localizations": object{"de": words(100)}})), one(named("a", object{"description_localizations": object{"de": words(101)}})), "description_localizations.de"},
		"options":       {options(25, nil), options(26, nil), "0.options: BASE_TYPE_BAD_LENGTH"},
		"option":        {text(nil), one(command(option(3, "Service", nil))), "APPLICATION_COMMAND_INVALID_NAME"},
		"option kind":   {text(nil), one(command(option(12, "service", nil))), "0.options.0.type"},
		"option once":   {text(nil), one(command(option(3, "a", nil), option(3, "a", nil))), "APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATED"},
		"required":      {one(command(option(3, "a", object{"required": true}), option(3, "b", nil))), one(command(option(3, "a", nil), option(3, "b", object{"required": true}))), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"},
		"choices":       {text(choices(25)), text(choices(26)), "0.options.0.choices"},
		"choice kind":   {text(object{"choices": []any{object{"name": "a", "value": "b"}}}), text(object{"choices": []any{object{"name": "a", "value": 1}}}), "choices.0.value"},
		"suggesting":    {text(object{"autocomplete": true}), text(object{"autocomplete": true, "choices": []any{object{"name": "a", "value": "b"}}}), "AUTOCOMPLETE_CHOICES"},
		"suggestible":   {text(object{"autocomplete": true}), one(command(option(5, "a", object{"autocomplete": true}))), "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID"},
		"inside":        {one(command(sub(option(3, "a", nil)))), one(command(sub(sub()), option(3, "a", nil))), "mutually exclusive"},
		"deep":          {one(command(group(sub(option(3, "a", nil))))), one(command(group(sub(sub())))), "nested too deep"},
		"size":          {options(12, large), options(15, large), "APPLICATION_COMMAND_TOO_LARGE"},
		"contexts":      {one(named("a", object{"contexts": []int{0, 1}})), one(named("a", object{"contexts": []int{3}})), "0.contexts"},
	} {
		t.Run(name, func(t *testing.T) {
			if a := h.commands(c.fits...); a.Status != 200 {
				t.Errorf("what fits: %+v", a)
			}
			blames(t, h.srv)
			if a := h.commands(c.not...); a.Status != 400 || a.Code != 50035 {
				t.Errorf("what does not fit: %+v", a)
			}
			if got := strings.Join(h.srv.Forgive(), "\n"); !strings.Contains(got, c.why) {
				t.Errorf("violations %q, want %q", got, c.why)
			}
		})
	}
}

func TestCommandsAreOverwritten(t *testing.T) {
	h := newHome(t)
	names := func() []string {
		var all []string
		for _, c := range h.guild.Commands() {
			all = append(all, c.Name)
		}
		return all
	}
	h.commands(named("devices", nil), named("help", nil))
	id := h.guild.Commands()[0].ID
	h.commands(named("devices", nil), named("alerts", nil))
	if diff := cmp.Diff([]string{"devices", "alerts"}, names()); diff != "" {
		t.Error(diff)
	}
	if h.guild.Commands()[0].ID != id || h.guild.Overwritten() != 2 {
		t.Error("a command that stays has another id, or the times are miscounted")
	}
	h.bot.must("PUT", "/applications/"+discordapi.BotID+"/commands", []object{named("link", object{"contexts": []int{1}})})
	if got := h.srv.GlobalCommands(); len(got) != 1 || got[0].Name != "link" {
		t.Errorf("%+v", got)
	}
	if a := h.bot.ask("PUT", "/applications/1/commands", []object{}); a.Status != 403 {
		t.Errorf("another's commands: %+v", a)
	}
	blames(t, h.srv, "20012")
}

func TestCommandsAreUsed(t *testing.T) {
	h := newHome(t)
	s, _ := ready(t, h.srv)
	h.commands(
		named("devices", object{"options": []any{
			option(3, "service", object{"required": true, "autocomplete": true}), option(6, "member", nil), option(4, "page", object{"min_value": 1}), option(5, "all", nil),
		}}),
		named("settings", object{"options": []any{option(1, "language", object{"options": []any{
			option(3, "to", object{"choices": []any{object{"name": "English", "value": "en"}}}),
		}})}}),
		named("owners", object{"default_member_permissions": "0"}),
	)
	h.bot.must("PUT", "/applications/"+discordapi.BotID+"/commands", []object{named("link", object{"contexts": []int{1}})})
	seat := h.leo.In(h.room)

	seat.Uses("/devices", discordapi.Options{"service": "jellyfin", "member": h.marta, "page": 2, "all": true})
	got := string(s.hears(0, "INTERACTION_CREATE").Data)
	for _, want := range []string{
		`{"name":"service","type":3,"value":"jellyfin"}`, `{"name":"member","type":6,"value":"222222222222222222"}`, `{"name":"page","type":4,"value":2}`,
		`"resolved":{"users":{"222222222222222222":`, `"guild_id":"` + ourGuild, `"member":{"user":{"id":"333333333333333333"`, `"context":0`, `"type":2`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in %s", want, got)
		}
	}
	if strings.Contains(got, `,"user":`) && strings.Contains(got, `"user":{"id":"333333333333333333","username":"leo_home","discriminator":"0","global_name":"Leo","avatar":null,"public_flags":0},"version"`) {
		t.Error("in a guild there is a user besides the member")
	}

	seat.Uses("/settings language", discordapi.Options{"to": "en"})
	if got := string(s.hears(0, "INTERACTION_CREATE").Data); !strings.Contains(got, `"options":[{"name":"language","options":[{"name":"to","type":3,"value":"en"}],"type":1}]`) {
		t.Errorf("a command inside another: %s", got)
	}

	typing := seat.Types("/devices", "service", "jel", nil)
	if got := string(s.hears(0, "INTERACTION_CREATE").Data); !strings.Contains(got, `{"focused":true,"name":"service","type":3,"value":"jel"}`) {
		t.Errorf("typing: %s", got)
	}
	h.reply(typing, 8, object{"choices": []any{object{"name": "Jellyfin", "value": "s1"}}})
	if diff := cmp.Diff([]discordapi.Choice{{Name: "Jellyfin", Value: "s1"}}, typing.AwaitChoices()); diff != "" {
		t.Error(diff)
	}

	h.leo.In(h.leo.DM()).Uses("/link", nil)
	if got := string(s.hears(0, "INTERACTION_CREATE").Data); strings.Contains(got, `"member"`) || strings.Contains(got, `guild_id`) || !strings.Contains(got, `"user":{"id":"333`) || !strings.Contains(got, `"context":1`) {
		t.Errorf("in private: %s", got)
	}
	seat.Faceless().Uses("/devices", discordapi.Options{"service": "x"})
	if got := string(s.hears(0, "INTERACTION_CREATE").Data); strings.Contains(got, `"member"`) || strings.Contains(got, `"user"`) {
		t.Errorf("faceless: %s", got)
	}
	seat.Garbled(func(p map[string]any) { p["type"] = 99 }).Uses("/devices", discordapi.Options{"service": "x"})
	if got := string(s.hears(0, "INTERACTION_CREATE").Data); !strings.Contains(got, `"type":99`) {
		t.Errorf("garbled: %s", got)
	}
	h.marta.In(h.room).Uses("/owners", nil)
	for name, use := range map[string]func(discordapi.Seat){
		"unknown":    func(x discordapi.Seat) { x.Uses("/nothing", nil) },
		"incomplete": func(x discordapi.Seat) { x.Uses("/devices", nil) },
		"no option":  func(x discordapi.Seat) { x.Uses("/devices", discordapi.Options{"service": "x", "colour": "y"}) },
		"wrong kind": func(x discordapi.Seat) { x.Uses("/devices", discordapi.Options{"service": 1}) },
		"too small":  func(x discordapi.Seat) { x.Uses("/devices", discordapi.Options{"service": "x", "page": 0}) },
		"no choice":  func(x discordapi.Seat) { x.Uses("/settings language", discordapi.Options{"to": "xx"}) },
		"not whole":  func(x discordapi.Seat) { x.Uses("/settings", nil) },
		"not theirs": func(x discordapi.Seat) { x.Uses("/owners", nil) },
		"elsewhere":  func(x discordapi.Seat) { x.Uses("/link", nil) },
		"no typing":  func(x discordapi.Seat) { x.Types("/devices", "member", "x", nil) },
	} {
		if !ends(t, func(r *recorder) { use(discordapi.OnBehalf(r, seat)) }) {
			t.Errorf("%s: it can be used", name)
		}
	}
}
