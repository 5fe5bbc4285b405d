package discord

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"time"

	"latchstring/core"
	"latchstring/core/talk"
)

// The bounds of commands (https://discord.com/developers/docs/interactions/application-commands).
const (
	mostDescription = 100
	longestWhat     = 200
	mostChoices     = 25
	longestChoice   = 100
	stringOption    = 3

	inGuild = 0
	inBotDM = 1
)

var commandForm = regexp.MustCompile(`^[a-z0-9_-]{1,32}$`)

// command is a command as Discord offers it to people.
type command struct {
	Name         string            `json:"name"`
	Names        map[string]string `json:"name_localizations,omitempty"`
	Description  string            `json:"description"`
	Descriptions map[string]string `json:"description_localizations,omitempty"`
	Contexts     []int             `json:"contexts"`
	Options      []commandOption   `json:"options"`
}

type commandOption struct {
	Type         int               `json:"type"`
	Name         string            `json:"name"`
	Names        map[string]string `json:"name_localizations,omitempty"`
	Description  string            `json:"description"`
	Descriptions map[string]string `json:"description_localizations,omitempty"`
	Autocomplete bool              `json:"autocomplete,omitempty"`
	MaxLength    int               `json:"max_length"`
}

// menu is what can be said. What takes words has one option for them; who is no member yet has /link.
func (c *Chat) menu(context int) []command {
	var menu []command
	for _, w := range append(c.talk.Menu(), c.talk.LinkWord()) {
		if !commandForm.MatchString(w.Name) || described(w.Entry) == "" {
			continue
		}
		offered := command{Name: w.Name, Description: described(w.Entry), Contexts: []int{context}, Options: []commandOption{}}
		offered.Names, offered.Descriptions = c.localized(w.Local)
		if w.Takes.Name != "" {
			o := commandOption{
				Type: stringOption, Name: w.Takes.Name, Description: described(w.Takes), Autocomplete: !w.Asks, MaxLength: longestWhat,
			}
			o.Names, o.Descriptions = c.localized(w.TakesLocal)
			offered.Options = append(offered.Options, o)
		}
		menu = append(menu, offered)
	}
	return menu
}

// described is what something is about, as long as Discord takes it.
func described(e talk.Entry) string {
	words := []rune(tidy(e.About))
	return string(words[:min(len(words), mostDescription)])
}

// localesOf are Discord's names of a language (https://discord.com/developers/docs/reference#locales).
func localesOf(language string) []string {
	switch language {
	case "de":
		return []string{"de"}
	case "es":
		return []string{"es-ES", "es-419"}
	}
	return nil
}

// localized are a name and what it is about in the household's language. Whose app speaks another one reads them as they
// are. An interaction brings the names as they are in any case.
func (c *Chat) localized(e talk.Entry) (names, descriptions map[string]string) {
	if e == (talk.Entry{}) {
		return nil, nil
	}
	names, descriptions = map[string]string{}, map[string]string{}
	for _, locale := range localesOf(c.talk.House.Language) {
		names[locale], descriptions[locale] = e.Name, described(e)
	}
	return names, descriptions
}

// publish offers the commands whenever they may have changed: in the household's guild, and in private. It tries until it
// is done, beside the conversation.
func (c *Chat) publish(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.prepare:
		}
		for wait := time.Second; ; wait = min(2*wait, 10*time.Minute) {
			err := c.publishAll(ctx)
			if err == nil || ctx.Err() != nil {
				break
			}
			f := failureOf(err)
			if f != nil && f.err == nil && f.after == 0 && f.status < http.StatusInternalServerError {
				c.log.Error("Discord does not take the commands: invite the bot with the scope applications.commands", slog.Any("cause", err))
				break
			}
			c.log.Warn("commands not offered; trying again", slog.Any("cause", err))
			if f != nil {
				wait = max(wait, f.after)
			}
			if !pause(ctx, wait) {
				return
			}
		}
	}
}

func (c *Chat) publishAll(ctx context.Context) error {
	if err := c.whoAmI(ctx); err != nil {
		return err
	}
	app := "/applications/" + *c.app.Load()
	if err := c.offer(ctx, app+"/commands", c.menu(inBotDM)); err != nil {
		return err
	}
	return c.offer(ctx, app+"/guilds/"+c.cfg.Guild+"/commands", c.menu(inGuild))
}

// whoAmI asks for the application's number, once.
func (c *Chat) whoAmI(ctx context.Context) error {
	if c.app.Load() != nil {
		return nil
	}
	var app struct {
		ID string `json:"id"`
	}
	if err := c.client.do(ctx, call{"application", http.MethodGet, "/applications/@me", false}, nil, &app); err != nil {
		return err
	}
	c.app.Store(&app.ID)
	return nil
}

// offer sets commands, unless they are what Discord offers already: it takes 200 new ones a day.
func (c *Chat) offer(ctx context.Context, path string, menu []command) error {
	var known []command
	if err := c.client.do(ctx, call{"commands", http.MethodGet, path + "?with_localizations=true", false}, nil, &known); err != nil {
		return err
	}
	if slices.EqualFunc(known, menu, sameCommand) {
		return nil
	}
	return c.client.do(ctx, call{"commands", http.MethodPut, path, false}, menu, nil)
}

func sameCommand(a, b command) bool {
	return a.Name == b.Name && a.Description == b.Description && slices.Equal(a.Contexts, b.Contexts) &&
		maps.Equal(a.Names, b.Names) && maps.Equal(a.Descriptions, b.Descriptions) && slices.EqualFunc(a.Options, b.Options, sameOption)
}

func sameOption(a, b commandOption) bool {
	return a.Type == b.Type && a.Name == b.Name && a.Description == b.Description && a.Autocomplete == b.Autocomplete &&
		a.MaxLength == b.MaxLength && maps.Equal(a.Names, b.Names) && maps.Equal(a.Descriptions, b.Descriptions)
}

// suggest answers what is being typed, from memory.
func (c *Chat) suggest(ctx context.Context, i *interaction) {
	type suggestion struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	choices := []suggestion{}
	for _, words := range c.talk.Suggest(core.Contact{Chat: core.Discord, User: i.who().ID}, i.Data.Name, i.text()) {
		if shown := tame(words); shown != "" && units(words) <= longestChoice && len(choices) < mostChoices {
			choices = append(choices, suggestion{shown, words})
		}
	}
	first := map[string]any{"type": suggestFirst, "data": map[string]any{"choices": choices}}
	if err := c.callback(ctx, i, first); err != nil {
		c.log.Debug("suggestions not shown", slog.Any("cause", err))
	}
}
