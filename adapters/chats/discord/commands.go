package discord

import (
	"context"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"latchstring/core"
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
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Contexts    []int           `json:"contexts"`
	Options     []commandOption `json:"options"`
}

type commandOption struct {
	Type         int    `json:"type"`
	Name         string `json:"name"`
	Description  string `json:"description"`
	Required     bool   `json:"required,omitempty"`
	Autocomplete bool   `json:"autocomplete,omitempty"`
	MaxLength    int    `json:"max_length"`
}

// menu is what can be said. Everything that takes words has one option for them; who is no member yet has /link.
func (c *Chat) menu(context int) []command {
	var menu []command
	add := func(name, about string, options ...commandOption) {
		words := []rune(tidy(about))
		if commandForm.MatchString(name) && len(words) > 0 {
			menu = append(menu, command{name, string(words[:min(len(words), mostDescription)]), []int{context}, slices.Concat([]commandOption{}, options)})
		}
	}
	for _, w := range c.talk.Menu() {
		if w.Name == "help" {
			add(w.Name, w.About)
			continue
		}
		add(w.Name, w.About, commandOption{Type: stringOption, Name: "what", Description: "a service, a person, a device", Autocomplete: true, MaxLength: longestWhat})
	}
	add("link", "come in with an invitation", commandOption{Type: stringOption, Name: "code", Description: "the code of the invitation", Required: true, MaxLength: longestWhat})
	return menu
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
	if err := c.client.do(ctx, call{"commands", http.MethodGet, path, false}, nil, &known); err != nil {
		return err
	}
	if slices.EqualFunc(known, menu, sameCommand) {
		return nil
	}
	return c.client.do(ctx, call{"commands", http.MethodPut, path, false}, menu, nil)
}

func sameCommand(a, b command) bool {
	return a.Name == b.Name && a.Description == b.Description && slices.Equal(a.Contexts, b.Contexts) && slices.Equal(a.Options, b.Options)
}

// suggest answers what is being typed from memory: the last word may become a service or a person. Strangers are told
// nothing.
func (c *Chat) suggest(ctx context.Context, i *interaction) {
	type choice struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	choices := []choice{}
	if _, known := c.talk.Desk.MemberAt(core.Contact{Chat: core.Discord, User: i.who().ID}); known {
		typed := i.text()
		at := strings.LastIndex(typed, " ") + 1
		before, last := typed[:at], strings.ToLower(typed[at:])
		for _, word := range c.words() {
			whole := before + word
			if strings.HasPrefix(word, last) && units(whole) <= longestChoice && len(choices) < mostChoices {
				choices = append(choices, choice{whole, whole})
			}
		}
	}
	first := map[string]any{"type": suggestFirst, "data": map[string]any{"choices": choices}}
	if err := c.callback(ctx, i, first); err != nil {
		c.log.Debug("suggestions not shown", slog.Any("cause", err))
	}
}

// words are what a command can be narrowed down with.
func (c *Chat) words() []string {
	var words []string
	for i := range c.talk.Desk.Connectors {
		words = append(words, strings.ToLower(string(c.talk.Desk.Connectors[i].Service)))
	}
	for _, m := range c.talk.House.Members {
		words = append(words, strings.ToLower(tidy(m.Name)))
	}
	return append(words, "all")
}
