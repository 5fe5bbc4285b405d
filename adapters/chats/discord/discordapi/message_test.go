package discordapi_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"latchstring/adapters/chats/discord/discordapi"
)

func TestNonceMakesAMessageOnce(t *testing.T) {
	h := newHome(t)
	body := object{"content": "alert", "nonce": "delivery-1", "enforce_nonce": true}
	h.srv.Fail("create_message", 1, discordapi.CutAfter())
	if _, err := h.bot.try(t.Context(), "POST", "/channels/"+ourRoom+"/messages", body); err == nil {
		t.Fatal("answered")
	}
	a := h.send(body)
	if a.Status != 200 || len(h.leo.Screen(h.room)) != 1 || a.ID != h.leo.Screen(h.room)[0].ID {
		t.Errorf("the second call: %+v", a)
	}
	h.send(object{"content": "alert", "nonce": "delivery-1"}) // not enforced
	if b := h.send(object{"content": "alert", "nonce": 12, "enforce_nonce": true}); b.Nonce != 12.0 {
		t.Errorf("the nonce came back as %v", b.Nonce)
	}
	if n := len(h.leo.Screen(h.room)); n != 3 {
		t.Errorf("%d messages", n)
	}
	h.srv.Advance(5 * time.Minute)
	if h.send(body); len(h.leo.Screen(h.room)) != 4 {
		t.Error("a nonce is remembered for ever")
	}
	h.send(object{"content": "alert", "nonce": words(26)})
	blames(t, h.srv, "nonce: BASE_TYPE_BAD_LENGTH")
}

// embeds is a message of so many embeds, each like the one given.
func embeds(n int, e object) object {
	list := []any{}
	for range n {
		list = append(list, e)
	}
	return object{"embeds": list}
}

func fields(n int, field object) object {
	list := []any{}
	for range n {
		list = append(list, field)
	}
	return object{"fields": list}
}

func rows(n, buttons int) []any {
	list := []any{}
	for r := range n {
		var in []any
		for b := range buttons {
			in = append(in, button("x", "a"+words(r)+"-"+words(b)))
		}
		list = append(list, row(in...))
	}
	return list
}

func menu(options int, more object) object {
	list := []any{}
	for n := range options {
		list = append(list, object{"label": "x", "value": "v" + words(n)})
	}
	m := object{"type": 3, "custom_id": "pick", "options": list}
	maps.Copy(m, more)
	return m
}

// with is a classic message with components.
func with(components ...any) object { return object{"content": "x", "components": components} }

// arranged is a message of Components V2.
func arranged(components ...any) object { return object{"flags": 32768, "components": components} }

func text(s string) object { return object{"type": 10, "content": s} }

func section(accessory any, texts ...any) object {
	s := object{"type": 9, "components": texts}
	if accessory != nil {
		s["accessory"] = accessory
	}
	return s
}

func container(components ...any) object { return object{"type": 17, "components": components} }

func sections(n int) []any {
	list := []any{}
	for i := range n {
		list = append(list, section(button("x", "a"+words(i)), text("x")))
	}
	return list
}

func TestMessageLimits(t *testing.T) {
	h := newHome(t)
	link := func(url string) object { return object{"type": 5 - 3, "style": 5, "label": "x", "url": url} }
	ids := func(n int) object { return button("x", words(n)) }
	option := func(o object) object { return row(object{"type": 3, "custom_id": "pick", "options": []any{o}}) }
	for name, c := range map[string]struct {
		fits, not object
		why       string // of the violation
	}{
		"content":       {object{"content": words(2000)}, object{"content": words(2001)}, "content: BASE_TYPE_BAD_LENGTH"},
		"units":         {object{"content": strings.Repeat("🔑", 1000)}, object{"content": strings.Repeat("🔑", 1001)}, "content: BASE_TYPE_BAD_LENGTH"},
		"nothing":       {object{"content": "x"}, object{"content": ""}, "50006"},
		"only buttons":  {with(rows(1, 1)...), object{"components": rows(1, 1)}, "50006"},
		"embeds":        {embeds(10, object{"title": "x"}), embeds(11, object{"title": "x"}), "embeds: BASE_TYPE_BAD_LENGTH"},
		"title":         {embeds(1, object{"title": words(256)}), embeds(1, object{"title": words(257)}), "embeds.0.title"},
		"description":   {embeds(1, object{"description": words(4096)}), embeds(1, object{"description": words(4097)}), "embeds.0.description"},
		"fields":        {embeds(1, fields(25, object{"name": "x", "value": "x"})), embeds(1, fields(26, object{"name": "x", "value": "x"})), "embeds.0.fields"},
		"field name":    {embeds(1, fields(1, object{"name": words(256), "value": "x"})), embeds(1, fields(1, object{"name": words(257), "value": "x"})), "fields.0.name"},
		"field value":   {embeds(1, fields(1, object{"name": "x", "value": words(1024)})), embeds(1, fields(1, object{"name": "x", "value": words(1025)})), "fields.0.value"},
		"no value":      {embeds(1, fields(1, object{"name": "x", "value": "x"})), embeds(1, fields(1, object{"name": "x", "value": ""})), "fields.0.value"},
		"footer":        {embeds(1, object{"footer": object{"text": words(2048)}}), embeds(1, object{"footer": object{"text": words(2049)}}), "footer.text"},
		"all embeds":    {embeds(2, object{"description": words(3000)}), embeds(2, object{"description": words(3001)}), "MAX_EMBED_SIZE_EXCEEDED"},
		"colour":        {embeds(1, object{"title": "x", "color": 0xFFFFFF}), embeds(1, object{"title": "x", "color": 1 << 24}), "color"},
		"embed":         {embeds(1, object{"title": "x"}), embeds(1, object{"color": 1}), "embeds.0: BASE_TYPE_REQUIRED"},
		"rows":          {with(rows(5, 1)...), with(rows(6, 1)...), "components: BASE_TYPE_BAD_LENGTH"},
		"buttons":       {with(rows(1, 5)...), with(rows(1, 6)...), "components.0.components: BASE_TYPE_BAD_LENGTH"},
		"bare button":   {with(row(ids(1))), with(ids(1)), "components.0.type: UNION_TYPE_CHOICES"},
		"label":         {with(row(button(words(80), "a"))), with(row(button(words(81), "a"))), "label: BASE_TYPE_BAD_LENGTH"},
		"no label":      {with(row(object{"type": 2, "style": 1, "custom_id": "a", "emoji": object{"name": "🔑"}})), with(row(button("", "a"))), "BUTTON_COMPONENT_INVALID_LABEL"},
		"custom id":     {with(row(ids(100))), with(row(ids(101))), "custom_id: BASE_TYPE_BAD_LENGTH"},
		"no custom id":  {with(row(ids(1))), with(row(ids(0))), "custom_id: BASE_TYPE_BAD_LENGTH"},
		"same id":       {with(row(ids(1), ids(2))), with(row(ids(1)), row(ids(1))), "COMPONENT_CUSTOM_ID_DUPLICATED"},
		"style":         {with(row(ids(1))), with(row(object{"type": 2, "style": 7, "label": "x", "custom_id": "a"})), "style: BASE_TYPE_CHOICES"},
		"link":          {with(row(link("https://example.org/x"))), with(row(link("javascript:alert(1)"))), "URL_TYPE_INVALID_SCHEME"},
		"menu":          {with(row(menu(25, nil))), with(row(menu(26, nil))), "options: BASE_TYPE_BAD_LENGTH"},
		"wide menu":     {with(row(menu(1, nil))), with(row(menu(1, nil), ids(1))), "COMPONENT_LAYOUT_WIDTH_EXCEEDED"},
		"most values":   {with(row(menu(3, object{"max_values": 3}))), with(row(menu(3, object{"max_values": 4}))), "max_values"},
		"option label":  {with(option(object{"label": words(100), "value": "v"})), with(option(object{"label": words(101), "value": "v"})), "options.0.label"},
		"option value":  {with(option(object{"label": "x", "value": words(100)})), with(option(object{"label": "x", "value": words(101)})), "options.0.value"},
		"option text":   {with(option(object{"label": "x", "value": "v", "description": words(100)})), with(option(object{"label": "x", "value": "v", "description": words(101)})), "options.0.description"},
		"same value":    {with(row(menu(2, nil))), with(row(object{"type": 3, "custom_id": "p", "options": []any{object{"label": "x", "value": "v"}, object{"label": "y", "value": "v"}}})), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"},
		"flags":         {object{"content": "x", "flags": 4 | 4096}, object{"content": "x", "flags": 2}, "flags: BASE_TYPE_INVALID"},
		"private":       {object{"content": "x"}, object{"content": "x", "flags": 64}, "only an answer to an interaction"},
		"flag needed":   {arranged(text("x")), object{"content": "x", "components": []any{text("x")}}, "components.0.type: UNION_TYPE_CHOICES"},
		"arranged text": {arranged(text("x")), object{"flags": 32768, "content": "x", "components": []any{text("x")}}, "MESSAGE_CANNOT_USE_LEGACY_FIELDS"},
		"nothing there": {arranged(text("x")), arranged(), "50006"},
		"forty":         {arranged(container(sections(13)...)), arranged(append([]any{text("x")}, container(sections(13)...))...), "COMPONENT_MAX_TOTAL"},
		"all texts":     {arranged(text(words(2000)), text(words(2000))), arranged(text(words(2000)), text(words(2001))), "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"},
		"accessory":     {arranged(section(ids(1), text("x"))), arranged(section(nil, text("x"))), "accessory: BASE_TYPE_REQUIRED"},
		"section":       {arranged(section(ids(1), text("x"), text("x"), text("x"))), arranged(section(ids(1), text("x"), text("x"), text("x"), text("x"))), "components.0.components: BASE_TYPE_BAD_LENGTH"},
		"not a text":    {arranged(section(ids(1), text("x"))), arranged(section(ids(1), ids(2))), "UNION_TYPE_CHOICES"},
		"nested":        {arranged(container(text("x"), object{"type": 14}, row(ids(1)))), arranged(container(container(text("x")))), "UNION_TYPE_CHOICES"},
		"accent":        {arranged(object{"type": 17, "accent_color": 255, "components": []any{text("x")}}), arranged(object{"type": 17, "accent_color": -1, "components": []any{text("x")}}), "accent_color"},
	} {
		t.Run(name, func(t *testing.T) {
			if a := h.send(c.fits); a.Status != 200 {
				t.Errorf("what fits: %+v", a)
			}
			blames(t, h.srv)
			if a := h.send(c.not); a.Status != 400 || a.Code != 50035 && a.Code != 50006 {
				t.Errorf("what does not fit: %+v", a)
			}
			blames(t, h.srv, c.why)
		})
	}
}

func TestFaultsAreToldAsATree(t *testing.T) {
	h := newHome(t)
	a := h.send(with(row(button(words(81), "a"))))
	want := `{"components":{"0":{"components":{"0":{"label":{"_errors":[{"code":"BASE_TYPE_BAD_LENGTH","message":"Must be between 0 and 80 in length."}]}}}}}}`
	if diff := cmp.Diff(want, string(a.Errors)); diff != "" {
		t.Error(diff)
	}
	h.srv.Forgive()
}

func TestMentions(t *testing.T) {
	h := newHome(t)
	leo := "<@333333333333333333>"
	for _, c := range []struct {
		say     string
		allowed any // nil: the field is absent
		pings   string
	}{
		{"hello " + leo, object{"parse": []string{}}, ""},
		{"hello @everyone, @here <@&5>", object{"parse": []string{}}, ""},
		{"hello", nil, ""},
		{"hello " + leo, nil, leo},
		{"hello " + leo, object{"parse": nil}, leo},
		{"hello @here " + leo, object{"parse": []string{"everyone"}}, "@here"},
		{"hello " + leo, object{"parse": []string{}, "users": []string{"333333333333333333"}}, leo},
		{"hello " + leo, object{"parse": []string{}, "users": []string{"2"}}, ""},
		{"hello <@&5>", object{"parse": []string{"roles", "users"}}, "<@&5>"},
	} {
		for _, body := range []object{{"content": c.say}, arranged(text(c.say))} {
			if c.allowed != nil {
				body["allowed_mentions"] = c.allowed
			}
			h.send(body)
			if c.pings == "" {
				blames(t, h.srv)
			} else {
				blames(t, h.srv, "the message pings "+c.pings)
			}
		}
	}
	h.send(object{"content": "x", "allowed_mentions": object{"parse": []string{"users"}, "users": []string{"1"}}})
	blames(t, h.srv, "mutually exclusive")
	h.send(object{"content": "x", "allowed_mentions": object{"parse": []string{"all"}}})
	blames(t, h.srv, "BASE_TYPE_CHOICES")
}

func TestMessagesChange(t *testing.T) {
	h := newHome(t)
	a := h.send(with(row(button("Sign out TV", "a"))))
	at := "/channels/" + ourRoom + "/messages/" + a.ID
	h.bot.must("PATCH", at, object{"content": "done", "components": []any{}})
	if got := h.leo.Screen(h.room).Last(); got.Text != "done" || len(got.Buttons) != 0 || !got.Edited {
		t.Errorf("%+v", got)
	}
	h.bot.must("PATCH", at, object{"embeds": []any{object{"title": "x"}}}) // what is not named stays
	if got := h.leo.Screen(h.room).Last(); got.Text != "done" || len(got.Embeds) != 1 {
		t.Errorf("%+v", got)
	}
	h.bot.ask("PATCH", at, object{"content": "", "embeds": nil})
	blames(t, h.srv, "50006")
	h.bot.ask("PATCH", at, arranged(text("x")))
	blames(t, h.srv, "MESSAGE_CANNOT_USE_LEGACY_FIELDS")
	h.bot.must("PATCH", at, object{"content": nil, "embeds": nil, "flags": 32768, "components": []any{text("x")}})
	h.bot.ask("PATCH", at, object{"flags": 0})
	blames(t, h.srv, "can not be taken from a message")
	h.bot.ask("PATCH", at, object{"components": []any{text("hello <@1>")}})
	blames(t, h.srv, "pings <@1>")
	h.bot.must("DELETE", at, nil)
	if a := h.bot.ask("PATCH", at, object{"content": "x"}); a.Status != 404 || a.Code != 10008 {
		t.Errorf("%+v", a)
	}
	if got := h.leo.Screen(h.room); got != nil {
		t.Errorf("%v", got)
	}
	first := h.send(object{"content": "x"})
	h.send(object{"content": "y", "message_reference": object{"message_id": first.ID}})
	if got := h.leo.Screen(h.room).Last().ReplyTo; got != first.ID {
		t.Errorf("a reply to %q", got)
	}
	if a := h.send(object{"content": "y", "message_reference": object{"message_id": "1"}}); a.Code != 50035 {
		t.Errorf("%+v", a)
	}
	h.room.Delete()
	if a := h.send(object{"content": "x"}); a.Code != 10003 {
		t.Errorf("%+v", a)
	}
}

func TestScreen(t *testing.T) {
	h := newHome(t)
	h.send(arranged(container(section(button("Sign out TV", "a"), text("**TV**"), text("||secret|| at `||no||`")), row(menu(1, nil)))))
	h.send(object{"content": "pushed", "flags": 4096, "embeds": []any{object{"title": "T", "fields": []any{object{"name": "n", "value": "||v||"}}}}})
	screen := h.leo.Screen(h.room)
	if got := screen[0]; !got.Arranged || got.Pushed != "" || got.Buttons[0].Beside != "**TV**\n||secret|| at `||no||`" || got.Buttons[0].Row != 0 {
		t.Errorf("%+v", got)
	}
	if got := screen[1]; got.Pushed != "pushed" || !got.Silent || got.Arranged {
		t.Errorf("%+v", got)
	}
	want := "bot: **TV**\n  ░░░░░░ at `||no||`\n  [Sign out TV]\n  ( ) x\nbot: pushed\n  T\n  n\n  ░\n"
	if diff := cmp.Diff(want, screen.String()); diff != "" {
		t.Error(diff)
	}
}

func TestMarkup(t *testing.T) {
	for text, want := range map[string][]string{
		"||a|| and ||b||":       {"a", "b"},
		"||a":                   nil,
		"`||a||`":               nil,
		"``||a`||``":            nil,
		"`a``` ||b|| `":         nil,
		"||`a`||":               {"`a`"},
		`\||a||`:                nil,
		"`open ||a||":           {"a"},
		"```\n||a||\n``` ||b||": {"b"},
	} {
		if diff := cmp.Diff(want, discordapi.Spoilers(text)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
	for text, want := range map[string][]discordapi.Anchor{
		"[bank](https://evil.test/x)": {{Text: "bank", URL: "https://evil.test/x", Masked: true}},
		"[a](<https://evil.test>)":    {{Text: "a", URL: "https://evil.test", Masked: true}},
		"see https://example.org/a b": {{Text: "https://example.org/a", URL: "https://example.org/a"}},
		"`[a](https://evil.test)`":    nil,
		"[a](evil.test)":              nil,
	} {
		if diff := cmp.Diff(want, discordapi.Anchors(text)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}
