package talk

import (
	"context"
	"log/slog"
	"slices"

	"latchstring/core"
)

// choice is one setting with the values it takes; the first is the default.
type choice struct {
	setting core.Setting
	title   string
	values  []string
	words   []string // what each value means
}

func choices() []choice {
	return []choice{
		{core.ClockSetting, "Times", []string{"24", "12"}, []string{"as 20:14", "as 8:14 pm"}},
		{core.AddressesSetting, "Addresses", []string{"shown", "hidden"}, []string{"shown", "hidden"}},
		{core.DailySetting, "Sign of life", []string{"never", "morning"}, []string{"never", "each morning at 9"}},
		{core.QuietSetting, "Quiet hours", []string{"never", "22-7", "23-8", "21-9"}, []string{"never", "from 22 to 7", "from 23 to 8", "from 21 to 9"}},
	}
}

// settings shows what the member chose, and changes it: "settings clock 12".
func (u *turn) settings(ctx context.Context, said []string) Reply {
	if len(said) > 0 && said[0] == "exceptions" {
		return u.exceptions(ctx)
	}
	c := Card{Summary: u.say("This is how I talk to you:"), Private: true}
	if len(said) == 2 {
		for _, ch := range choices() {
			if string(ch.setting) == said[0] && slices.Contains(ch.values, said[1]) {
				if err := u.Settings.SetSetting(ctx, u.me.ID, ch.setting, said[1]); err != nil {
					return u.failed(core.RecordError(err))
				}
				c.Tone, c.Summary = Good, u.say("Done. This is how I talk to you now:")
			}
		}
	}
	chosen, err := u.Settings.Settings(ctx, u.me.ID)
	if err != nil {
		u.Log.Error("settings not readable", slog.Any("cause", err))
	}
	g := Group{}
	for _, ch := range choices() {
		now := max(0, slices.Index(ch.values, chosen[ch.setting]))
		row := Row{Title: u.say(ch.title), Facts: []Text{u.say(ch.words[now])}}
		for i, value := range ch.values {
			if i != now {
				row.Buttons = append(row.Buttons, again(u.say("{setting} {how}", u.say(ch.title), u.say(ch.words[i])), "settings "+string(ch.setting)+" "+value))
			}
		}
		g.Rows = append(g.Rows, row)
	}
	c.Groups = []Group{g}
	c.Buttons = []Button{again(u.say("What I do not ask about"), "settings exceptions")}
	return Reply{Card: c}
}
