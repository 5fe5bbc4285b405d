package telegram

import (
	"context"
	"strconv"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"latchstring/core"
)

// Check reaches Telegram once, for "latchstring check": facts are the bot's name and which owners can be written to. It
// sends nobody a message, and needs of the talk only who the household is.
func (c *Chat) Check(ctx context.Context) (facts string, hints []core.Phrase, err error) {
	if err := c.whoAmI(ctx); err != nil {
		if refusesToken(err) {
			return "", nil, tokenError(err)
		}
		return "", nil, core.ServiceError(core.Unreachable, "Telegram", err)
	}
	facts = "@" + c.me.Load().UserName
	for _, owner := range c.talk.House.Owners() {
		contact, ok := owner.Contact(core.Telegram)
		if !ok {
			hints = append(hints, core.Say("The config names no telegram number for {owner}, so {owner} is a stranger there.", owner.Name))
			continue
		}
		switch err := c.greet(ctx, contact.User); {
		case err == nil:
			facts += ", owner " + owner.Name + " reachable"
		case isForGood(err):
			hints = append(hints, core.Say("{owner} can not be written to: open {link} as {owner} and press Start.", owner.Name, c.private()))
		default:
			return facts, hints, core.ServiceError(core.Unreachable, "Telegram", err)
		}
	}
	return facts, append(hints, c.checkHome(ctx)...), nil
}

// greet shows in a chat for a moment that the bot is typing, which it can only where it can write.
func (c *Chat) greet(ctx context.Context, chat string) error {
	return c.client.call(ctx, "sendChatAction", tgbotapi.Params{"chat_id": chat, "action": "typing"}, nil)
}

// checkHome looks for the household's group.
func (c *Chat) checkHome(ctx context.Context) []core.Phrase {
	homes := c.homes()
	if len(homes) == 0 {
		return nil
	}
	home := homes[0]
	err := c.greet(ctx, strconv.FormatInt(home, 10))
	f := failureOf(err)
	switch {
	case f == nil:
		return nil
	case f.movedTo != 0:
		return []core.Phrase{core.Say("The household's group has the number {number} now: put it into chats.telegram.group.", f.movedTo)}
	case isForGood(err):
		return []core.Phrase{core.Say("The household's group {number} can not be written to: add {bot} to it.", home, "@"+c.me.Load().UserName)}
	}
	return []core.Phrase{core.Say("The household's group {number} was not found: {cause}.", home, err)}
}
