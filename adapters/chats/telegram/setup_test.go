package telegram_test

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"latchstring/adapters/chats/telegram"
	"latchstring/adapters/chats/telegram/botapi"
	"latchstring/core"
)

// Menus are published where they differ from what Telegram has, and not again.
func TestMenus(t *testing.T) {
	r := newRig(t)
	group := r.srv.NewSupergroup("Home", r.marta, r.leo)
	r.home(group)
	stop := r.start()
	r.srv.AwaitCalls("setMyCommands", 2)
	_ = stop()
	var menu []botapi.Command
	for _, w := range r.house.Talk.Menu() {
		menu = append(menu, botapi.Command{Command: w.Name, Description: w.About})
	}
	if diff := cmp.Diff(menu, r.leo.Menu()); diff != "" {
		t.Error(diff)
	}
	if got := r.leo.In(group).Menu(); len(got) != 1 || got[0].Command != "help" {
		t.Errorf("the group's menu is %v", got)
	}
	before := len(r.srv.Calls("getMyCommands"))
	r.restart()
	r.start()
	r.srv.AwaitCalls("getMyCommands", before+2)
	if n := len(r.srv.Calls("setMyCommands")); n != 2 {
		t.Errorf("published %d times", n)
	}
}

// A platform that is down for a moment gets its menus later, and answers do not wait for that.
func TestMenusAreTriedAgain(t *testing.T) {
	r := newRig(t)
	r.srv.Fail("getMyCommands", 1, botapi.Down(502))
	r.start()
	r.leo.Says("help")
	r.answered(r.leo.Seat, 1)
	r.srv.AwaitCalls("setMyCommands", 1)
}

func TestCheck(t *testing.T) {
	r := newRig(t)
	group := r.srv.NewGroup("Home", r.marta, r.leo)
	r.home(group)
	check := func() (string, string) {
		t.Helper()
		facts, hints, err := r.chat.Check(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, h := range hints {
			if !h.Complete() {
				t.Errorf("%q is not complete", h.Words())
			}
			all = append(all, h.String())
		}
		return facts, strings.Join(all, "\n")
	}
	if facts, hints := check(); facts != "@"+botapi.BotName+", owner Marta reachable" || hints != "" {
		t.Errorf("%s\n%s", facts, hints)
	}
	super := group.Migrates()
	r.marta.Blocks()
	facts, hints := check()
	if facts != "@"+botapi.BotName || !strings.Contains(hints, "open https://t.me/"+botapi.BotName+" as Marta") || !strings.Contains(hints, strconv.FormatInt(super.ID, 10)) {
		t.Errorf("%s\n%s", facts, hints)
	}
	r.cfg.Group = "-1"
	r.furnish()
	if _, hints = check(); !strings.Contains(hints, "group -1 can not be written to") {
		t.Error(hints)
	}
	for _, c := range r.srv.Calls("send*") {
		if c.Method != "sendChatAction" {
			t.Errorf("somebody was sent a message: %v", c)
		}
	}
}

func TestCheckTellsFaults(t *testing.T) {
	r := newRig(t)
	r.srv.Fail("getMe", 1, botapi.Down(502))
	if _, _, err := r.chat.Check(t.Context()); core.KindOf(err) != core.Unreachable || strings.Contains(err.Error(), canary) {
		t.Errorf("%v", err)
	}
	r.cfg.Token = core.NewSecret("7100000001:" + strings.Repeat("x", 35))
	r.furnish()
	if _, _, err := r.chat.Check(t.Context()); core.KindOf(err) != core.BadKey || strings.Contains(err.Error(), "xxxxx") {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := r.chat.Check(ctx); core.KindOf(err) != core.Unreachable || strings.Contains(err.Error(), "xxxxx") {
		t.Errorf("%v", err)
	}
}

func TestConfigProblems(t *testing.T) {
	good := telegram.Config{Token: core.NewSecret(botapi.Token), APIURL: "http://127.0.0.1:8081", Group: "-1001234567890"}
	for name, c := range map[string]struct {
		change func(*telegram.Config)
		key    string // empty: no problem
	}{
		"good":          {func(*telegram.Config) {}, ""},
		"least":         {func(c *telegram.Config) { c.APIURL, c.Group = "", "" }, ""},
		"path":          {func(c *telegram.Config) { c.APIURL = "https://example.org/tg/" }, ""},
		"no token":      {func(c *telegram.Config) { c.Token = core.Secret{} }, "token"},
		"half a token":  {func(c *telegram.Config) { c.Token = core.NewSecret("7100000001") }, "token"},
		"quoted token":  {func(c *telegram.Config) { c.Token = core.NewSecret(botapi.Token + "\n") }, "token"},
		"no scheme":     {func(c *telegram.Config) { c.APIURL = "api.telegram.org" }, "api_url"},
		"query":         {func(c *telegram.Config) { c.APIURL = "https://api.telegram.org?x=1" }, "api_url"},
		"password":      {func(c *telegram.Config) { c.APIURL = "https://u:p@api.telegram.org" }, "api_url"},
		"group by name": {func(c *telegram.Config) { c.Group = "@riveras" }, "group"},
		"a person":      {func(c *telegram.Config) { c.Group = "111111111" }, "group"},
	} {
		cfg := good
		c.change(&cfg)
		problems := cfg.Problems()
		if _, there := problems[c.key]; len(problems) > 1 || there != (c.key != "") || c.key == "" && len(problems) > 0 {
			t.Errorf("%s: %v", name, problems)
		}
		for key, text := range problems {
			if strings.Contains(text, canary) {
				t.Errorf("%s: the token is in %s: %q", name, key, text)
			}
		}
	}
}
