package telegram

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strconv"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// The bounds of a menu (https://core.telegram.org/bots/api#botcommand).
const mostDescription = 256 // characters

var commandForm = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)

// menuItem is a command as Telegram offers it to people.
type menuItem struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

// scope is whom a menu is offered to.
type scope struct {
	Type string `json:"type"`
	Chat int64  `json:"chat_id,omitempty"`
}

// prepare makes at Telegram what the chat needs there besides updates: the menus, and the number the household's group
// has now. It tries until it is done, beside the conversation.
func (c *Chat) prepare(ctx context.Context) {
	for _, step := range []func(context.Context) error{c.findHome, c.publishAll, c.publishHome} {
		var trouble trouble
		for {
			err := step(ctx)
			f := failureOf(err)
			if err == nil || ctx.Err() != nil {
				break
			}
			if f != nil && f.err == nil && f.code != http.StatusTooManyRequests && f.code < http.StatusInternalServerError {
				c.log.Warn("Telegram refuses a preparation", slog.Any("cause", err))
				break
			}
			if !trouble.wait(ctx, c.log, err) {
				return
			}
		}
	}
}

// findHome asks for the household's group, and so learns of its new number if it has one.
func (c *Chat) findHome(ctx context.Context) error {
	for _, home := range c.homes() {
		err := c.client.call(ctx, "getChat", tgbotapi.Params{"chat_id": strconv.FormatInt(home, 10)}, nil)
		if f := failureOf(err); f != nil && f.movedTo != 0 {
			c.moved(ctx, home, f.movedTo)
			continue
		}
		if err != nil {
			return fmt.Errorf("chats.telegram.group: %w", err)
		}
	}
	return nil
}

// publishAll offers everything that can be said in private chats.
func (c *Chat) publishAll(ctx context.Context) error {
	return c.publish(ctx, scope{Type: "all_private_chats"}, c.menu())
}

// publishHome offers help in the household's group, where one has to begin somewhere.
func (c *Chat) publishHome(ctx context.Context) error {
	homes := c.homes()
	if len(homes) == 0 {
		return nil
	}
	help := slices.DeleteFunc(c.menu(), func(m menuItem) bool { return m.Command != "help" })
	return c.publish(ctx, scope{"chat", homes[len(homes)-1]}, help)
}

// menu is what can be said, as far as Telegram can offer it.
func (c *Chat) menu() []menuItem {
	var items []menuItem
	for _, w := range c.talk.Menu() {
		about := []rune(tidy(w.About))
		if commandForm.MatchString(w.Name) && len(about) > 0 {
			items = append(items, menuItem{w.Name, string(about[:min(len(about), mostDescription)])})
		}
	}
	return items
}

// publish offers a menu, unless it is what Telegram offers already.
func (c *Chat) publish(ctx context.Context, to scope, items []menuItem) error {
	whom, err := json.Marshal(to)
	if err != nil {
		return fmt.Errorf("scope: %w", err)
	}
	var known []menuItem
	if err := c.client.call(ctx, "getMyCommands", tgbotapi.Params{"scope": string(whom)}, &known); err != nil {
		return err
	}
	if slices.Equal(known, items) {
		return nil
	}
	menu, err := json.Marshal(items)
	if err != nil {
		return fmt.Errorf("menu: %w", err)
	}
	return c.client.call(ctx, "setMyCommands", tgbotapi.Params{"scope": string(whom), "commands": string(menu)}, nil)
}
