package discordapi_test

import (
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"latchstring/adapters/chats/discord/discordapi"
)

func private(content string) object { return object{"content": content, "flags": 64} }

func TestAnsweredOnceAndInTime(t *testing.T) {
	h := newHome(t)
	i := h.uses()
	if len(h.srv.Unanswered()) != 1 || i.Answer() != discordapi.Unanswered || i.Failed() {
		t.Error("answered before it is")
	}
	h.srv.Advance(3 * time.Second)
	if a := h.reply(i, 4, private("hello")); a.Status != 204 || i.Await() != discordapi.Says {
		t.Errorf("in time: %+v", a)
	}
	if a := h.reply(i, 4, private("hello")); a.Status != 400 || a.Code != 40060 {
		t.Errorf("a second time: %+v", a)
	}
	blames(t, h.srv, "40060")
	i = h.uses()
	h.srv.Advance(3*time.Second + 1)
	if a := h.reply(i, 4, private("hello")); a.Status != 404 || a.Code != 10062 || i.Late() != 1 || !i.Failed() {
		t.Errorf("too late: %+v", a)
	}
	if a := h.bot.ask("PATCH", hook(i, "/messages/@original"), object{"content": "x"}); a.Status != 404 || a.Code != 10015 {
		t.Errorf("after it was too late: %+v", a)
	}
	blames(t, h.srv)

	i = h.uses()
	h.srv.Fail("create_interaction_response", 1, discordapi.CutAfter())
	if _, err := h.bot.try(t.Context(), "POST", "/interactions/"+i.ID+"/"+i.Token+"/callback", object{"type": 5}); err == nil {
		t.Fatal("answered")
	}
	if a := h.reply(i, 5, nil); a.Code != 40060 {
		t.Errorf("again, when nothing was heard: %+v", a)
	}
	blames(t, h.srv) // the client could not know

	if a := h.bot.ask("POST", "/interactions/"+i.ID+"/wrong/callback", object{"type": 5}); a.Code != 10062 {
		t.Errorf("a wrong token: %+v", a)
	}
	blames(t, h.srv, "10062")
	i = h.uses()
	if a := h.bot.ask("POST", hook(i, ""), object{"content": "x"}); a.Code != 10015 {
		t.Errorf("before an answer: %+v", a)
	}
	blames(t, h.srv, "10015")
}

func TestAnswersThatFit(t *testing.T) {
	h := newHome(t)
	h.commands(named("devices", object{"options": []any{option(3, "service", object{"autocomplete": true})}}))
	opened := func() *discordapi.Interaction {
		i := h.pressed()
		h.reply(i, 9, form("f", input("why")))
		return h.leo.In(h.room).Submits(i, map[string]string{"why": "x"})
	}
	fromCommand := func() *discordapi.Interaction {
		i := h.uses()
		h.reply(i, 9, form("f", input("why")))
		return h.leo.In(h.room).Submits(i, map[string]string{"why": "x"})
	}
	typed := func() *discordapi.Interaction { return h.leo.In(h.room).Types("/devices", "service", "x", nil) }
	data := map[int]any{4: private("x"), 5: object{"flags": 64}, 7: object{"content": "x"}, 8: object{"choices": []any{}}, 9: form("f", input("why"))}
	for name, c := range map[string]struct {
		do   func() *discordapi.Interaction
		fits []int
	}{
		"command": {h.uses, []int{4, 5, 9}}, "button": {h.pressed, []int{4, 5, 6, 7, 9}}, "typing": {typed, []int{8}},
		"form of a button": {opened, []int{4, 5, 6, 7}}, "form of a command": {fromCommand, []int{4, 5}},
	} {
		var took []int
		for kind := 1; kind <= 12; kind++ {
			h.devices = "" // an answer may have taken the button away
			if a := h.reply(c.do(), kind, data[kind]); a.Status == 204 {
				took = append(took, kind)
			}
			h.srv.Forgive()
		}
		if diff := cmp.Diff(c.fits, took); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestPrivateIsSeenByOne(t *testing.T) {
	h := newHome(t)
	i := h.uses()
	h.reply(i, 5, object{"flags": 64})
	if got := h.leo.Screen(h.room).Last(); !got.Thinking || !got.Private {
		t.Errorf("Leo sees %+v", got)
	}
	if a := h.bot.must("GET", hook(i, "/messages/@original"), nil); a.Flags != 64|128 {
		t.Errorf("flags %d", a.Flags)
	}
	h.bot.must("PATCH", hook(i, "/messages/@original"), object{"content": "||code||", "components": []any{row(button("Copy", "a"))}})
	got := i.AwaitMessage()
	if got.Thinking || got.Edited || !got.Private || got.Spoilers()[0] != "code" {
		t.Errorf("Leo sees %+v", got)
	}
	if seen := h.marta.Screen(h.room); seen != nil {
		t.Errorf("Marta sees %v", seen)
	}
	if a := h.bot.ask("PATCH", "/channels/"+ourRoom+"/messages/"+got.ID, object{"content": "x"}); a.Code != 10008 {
		t.Errorf("changed as a channel's: %+v", a)
	}
	if !ends(t, func(r *recorder) { discordapi.OnBehalf(r, h.marta.In(h.room)).Presses(got.ID, "Copy") }) {
		t.Error("Marta presses what only Leo sees")
	}
	if a := h.bot.must("PATCH", hook(i, "/messages/@original"), object{"content": "public?", "flags": 0}); a.Flags != 64 {
		t.Errorf("flags %d", a.Flags)
	}
	if seen := h.marta.Screen(h.room); seen != nil {
		t.Errorf("it does not stay private: %v", seen)
	}
	a := h.bot.must("POST", hook(i, ""), private("more"))
	public := h.bot.must("POST", hook(i, ""), object{"content": "for all"})
	if seen := h.marta.Screen(h.room); len(seen) != 1 || seen[0].ID != public.ID {
		t.Errorf("Marta sees %v", seen)
	}
	h.bot.must("PATCH", hook(i, "/messages/"+a.ID), object{"content": "even more"})
	h.bot.must("GET", hook(i, "/messages/"+a.ID), nil)
	h.bot.must("DELETE", hook(i, "/messages/"+a.ID), nil)
	h.bot.must("DELETE", hook(i, "/messages/@original"), nil)
	if a := h.bot.ask("GET", hook(i, "/messages/@original"), nil); a.Code != 10008 {
		t.Errorf("after it was deleted: %+v", a)
	}
	if seen := h.leo.Screen(h.room); len(seen) != 1 {
		t.Errorf("Leo sees %v", seen)
	}
}

func TestDeferring(t *testing.T) {
	h := newHome(t)
	i := h.uses()
	h.reply(i, 5, object{"flags": 64 | 32768})
	blames(t, h.srv, "takes only the flag EPHEMERAL")
	h.reply(i, 5, object{"content": "x"})
	blames(t, h.srv, "takes only flags")
	h.reply(i, 5, object{"flags": 64})
	first := h.bot.must("POST", hook(i, ""), object{"content": "public?"}) // is the answer that was put off
	if got := i.AwaitMessage(); got.ID != first.ID || !got.Private {
		t.Errorf("%+v", got)
	}
	j := h.uses()
	h.reply(j, 5, nil)
	h.bot.ask("PATCH", hook(j, "/messages/@original"), object{"components": []any{text("x")}})
	blames(t, h.srv, "UNION_TYPE_CHOICES")
	h.bot.must("PATCH", hook(j, "/messages/@original"), arranged(text("x")))
	if got := j.AwaitMessage(); !got.Arranged || got.Private {
		t.Errorf("%+v", got)
	}
}

func TestTokenLivesFifteenMinutes(t *testing.T) {
	h := newHome(t)
	i := h.uses()
	h.reply(i, 5, object{"flags": 64})
	h.srv.Advance(15 * time.Minute)
	h.bot.must("GET", hook(i, "/messages/@original"), nil)
	h.srv.Advance(1)
	if !i.Failed() {
		t.Error("a bot that thinks for ever has not failed")
	}
	for _, a := range []answer{
		h.bot.ask("PATCH", hook(i, "/messages/@original"), object{"content": "x"}),
		h.bot.ask("DELETE", hook(i, "/messages/@original"), nil),
		h.bot.ask("POST", hook(i, ""), object{"content": "x"}),
	} {
		if a.Status != 401 || a.Code != 50027 {
			t.Errorf("%+v", a)
		}
	}
}

func TestPresses(t *testing.T) {
	h := newHome(t)
	s, _ := ready(t, h.srv)
	i := h.pressed()
	p := s.hears(0, "INTERACTION_CREATE")
	if got := string(p.Data); !contains(got, `"custom_id":"a1.x"`, `"type":3`, `"message":{`, h.devices) {
		t.Errorf("%s", got)
	}
	h.reply(i, 6, nil)
	h.bot.must("PATCH", hook(i, "/messages/@original"), object{"content": "gone", "components": []any{}})
	if got := i.AwaitMessage(); got.ID != h.devices || got.Text != "gone" || len(got.Buttons) != 0 {
		t.Errorf("%+v", got)
	}
	j := h.leo.In(h.room).Forges(h.devices, "a1.x") // it is not there any more
	if a := h.reply(j, 7, object{"content": "still gone"}); a.Status != 204 || h.leo.Screen(h.room).Last().Text != "still gone" {
		t.Errorf("%+v", a)
	}
	k := h.leo.In(h.room).Forges("12345", "a1.x")
	if a := h.reply(k, 7, object{"content": "x"}); a.Code != 10008 {
		t.Errorf("a message that never was: %+v", a)
	}
	h.devices = ""
	l := h.pressed()
	h.reply(l, 6, nil)
	h.bot.must("DELETE", hook(l, "/messages/@original"), nil)
	if !ends(t, func(r *recorder) { discordapi.OnBehalf(r, h.leo.In(h.room)).Presses(h.devices, "Sign out") }) {
		t.Error("a message that is gone can be pressed")
	}
	dead := h.send(with(row(object{"type": 2, "style": 1, "label": "old", "custom_id": "x", "disabled": true}, object{"type": 2, "style": 5, "label": "link", "url": "https://example.org"})))
	for _, label := range []string{"old", "link"} {
		if !ends(t, func(r *recorder) { discordapi.OnBehalf(r, h.leo.In(h.room)).Presses(dead.ID, label) }) {
			t.Errorf("%s can be pressed", label)
		}
	}
}

func TestChooses(t *testing.T) {
	h := newHome(t)
	s, _ := ready(t, h.srv)
	m := h.send(with(row(object{"type": 3, "custom_id": "pick", "options": []any{
		object{"label": "TV", "value": "v1"}, object{"label": "Phone", "value": "v2"},
	}})))
	i := h.leo.In(h.room).Chooses(m.ID, "Phone")
	if got := string(s.hears(0, "INTERACTION_CREATE").Data); !contains(got, `"values":["v2"]`, `"component_type":3`) {
		t.Errorf("%s", got)
	}
	if a := h.bot.ask("POST", "/interactions/"+i.ID+"/"+i.Token+"/callback?with_response=true", object{"type": 4, "data": private("x")}); a.Status != 200 || !contains(a.Text, `"response_message_ephemeral":true`) {
		t.Errorf("%+v", a)
	}
	for _, labels := range [][]string{{"Fridge"}, {"TV", "Phone"}} {
		if !ends(t, func(r *recorder) { discordapi.OnBehalf(r, h.leo.In(h.room)).Chooses(m.ID, labels...) }) {
			t.Errorf("%q can be chosen", labels)
		}
	}
	h.leo.In(h.room).ForgesChoice(m.ID, "pick", "v3")
	if got := string(s.hears(0, "INTERACTION_CREATE").Data); !contains(got, `"values":["v3"]`) {
		t.Errorf("%s", got)
	}
}

func input(id string) object {
	return row(object{"type": 4, "custom_id": id, "style": 1, "label": "Label " + id})
}

func inputWith(more object) object {
	in := object{"type": 4, "custom_id": "a", "style": 1, "label": "x"}
	maps.Copy(in, more)
	return row(in)
}

func label(text string) object {
	return object{"type": 18, "label": text, "component": object{"type": 4, "custom_id": "a", "style": 2}}
}

func form(id string, inputs ...any) object {
	return object{"custom_id": id, "title": "Why", "components": inputs}
}

func titled(title string) object {
	f := form("f", input("a"))
	f["title"] = title
	return f
}

func TestFormLimits(t *testing.T) {
	h := newHome(t)
	for name, c := range map[string]struct {
		fits, not object
		why       string
	}{
		"title":       {titled(words(45)), titled(words(46)), "data.title"},
		"custom id":   {form(words(100), input("a")), form(words(101), input("a")), "data.custom_id"},
		"inputs":      {form("f", input("a"), input("b"), input("c"), input("d"), input("e")), form("f", input("a"), input("b"), input("c"), input("d"), input("e"), input("g")), "data.components: BASE_TYPE_BAD_LENGTH"},
		"no inputs":   {form("f", input("a")), form("f"), "data.components: BASE_TYPE_BAD_LENGTH"},
		"only inputs": {form("f", input("a")), form("f", row(button("x", "y"))), "rows or labels with one text input"},
		"label":       {form("f", inputWith(object{"label": words(45)})), form("f", inputWith(object{"label": words(46)})), "label: BASE_TYPE_BAD_LENGTH"},
		"around":      {form("f", label(words(45))), form("f", label(words(46))), "label: BASE_TYPE_BAD_LENGTH"},
		"placeholder": {form("f", inputWith(object{"placeholder": words(100)})), form("f", inputWith(object{"placeholder": words(101)})), "placeholder"},
		"value":       {form("f", inputWith(object{"value": "xx", "max_length": 2})), form("f", inputWith(object{"value": "xxx", "max_length": 2})), "value"},
		"lengths":     {form("f", inputWith(object{"min_length": 2, "max_length": 2})), form("f", inputWith(object{"min_length": 3, "max_length": 2})), "max_length"},
		"style":       {form("f", inputWith(nil)), form("f", inputWith(object{"style": 3})), "style"},
		"same id":     {form("f", input("a"), input("b")), form("f", input("a"), input("a")), "COMPONENT_CUSTOM_ID_DUPLICATED"},
	} {
		t.Run(name, func(t *testing.T) {
			if a := h.reply(h.uses(), 9, c.fits); a.Status != 204 {
				t.Errorf("what fits: %+v", a)
			}
			blames(t, h.srv)
			if a := h.reply(h.uses(), 9, c.not); a.Code != 50035 {
				t.Errorf("what does not fit: %+v", a)
			}
			blames(t, h.srv, c.why)
		})
	}
}

func TestForms(t *testing.T) {
	h := newHome(t)
	s, _ := ready(t, h.srv)
	i := h.uses()
	s.hears(0, "INTERACTION_CREATE")
	h.reply(i, 9, form("f1", inputWith(object{"min_length": 2, "max_length": 3}), label("More")))
	h.srv.Forgive() // both are called a, which is what the next one is to show apart
	if got := i.Answer(); got == discordapi.Opens {
		t.Error("two inputs of one name")
	}
	h.reply(i, 9, form("f1", inputWith(object{"min_length": 2, "max_length": 3}), object{"type": 18, "label": "More", "component": object{"type": 4, "custom_id": "b", "style": 2, "required": false}}))
	got := i.AwaitForm()
	if got.CustomID != "f1" || len(got.Inputs) != 2 || !got.Inputs[0].Required || got.Inputs[1].Required || !got.Inputs[1].Long {
		t.Errorf("%+v", got)
	}
	seat := h.leo.In(h.room)
	for _, values := range []map[string]string{{"x": "1"}, {"x": "1234"}, {}, {"nothing": "12"}} {
		if !ends(t, func(r *recorder) { discordapi.OnBehalf(r, seat).Submits(i, values) }) {
			t.Errorf("%v can be sent", values)
		}
	}
	seat.Submits(i, map[string]string{"x": "12"}) // by its label
	if got := string(s.hears(0, "INTERACTION_CREATE").Data); !contains(got, `"type":5`, `"custom_id":"f1"`,
		`{"components":[{"custom_id":"a","id":2,"type":4,"value":"12"}],"id":1,"type":1}`,
		`{"component":{"custom_id":"b","id":4,"type":4,"value":""},"id":3,"type":18}`) {
		t.Errorf("%s", got)
	}
	if !ends(t, func(r *recorder) { discordapi.OnBehalf(r, seat).Submits(i, map[string]string{"a": "12"}) }) {
		t.Error("a form is sent twice")
	}
	seat.ForgesForm("f9", map[string]string{"a": words(5000)})
	if got := string(s.hears(0, "INTERACTION_CREATE").Data); !contains(got, `"custom_id":"f9"`) {
		t.Errorf("%s", got)
	}
}
