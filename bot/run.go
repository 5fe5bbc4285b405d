package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"latchstring/adapters/chats/discord"
	"latchstring/adapters/chats/telegram"
	"latchstring/bot/config"
	"latchstring/core"
	"latchstring/storage"
)

// configFlag is the flag that names the config.
func configFlag(fs *flag.FlagSet) *string {
	return fs.String("config", "config.yaml", "the config to read")
}

// runCommand is the bot: it reads the config, opens the record, joins services and chats, and runs until a signal.
func runCommand(ctx context.Context, args []string, io streams) error {
	var path, format *string
	var seated *bool
	var as *string
	words, err := flags("run", args, io, func(fs *flag.FlagSet) {
		path = configFlag(fs)
		seated = fs.Bool("terminal", false, "talk with the owner in this terminal")
		as = fs.String("as", "", "who sits at the terminal, if not the first owner")
		format = fs.String("log", "text", "how the log is written: text or json")
	})
	if err != nil {
		return err
	}
	if err := noWords("run", words, io); err != nil {
		return err
	}
	lines := &relay{stderr: io.err}
	log, err := newLog(lines, *format, *seated)
	if err != nil {
		return err
	}
	cfg, err := config.Load(*path)
	if err != nil {
		return err
	}
	if !*seated && !cfg.Chats.Any() {
		return errors.New("there is no chat to serve: set chats in the config, or talk here with: latchstring run -terminal")
	}
	household := cfg.House()
	var who core.Member
	if *seated {
		if who, err = seat(&household, *as); err != nil {
			return err
		}
	}
	store, err := storage.Open(ctx, storage.Config{Path: cfg.Storage.Path, Now: time.Now, Random: rand.Reader, Log: log})
	if err != nil {
		return err
	}
	defer func() {
		if err := store.Close(); err != nil {
			log.Error("record not closed", slog.Any("cause", err))
		}
	}()
	b, err := furnish(cfg, &household, store, log, lines)
	if err != nil {
		return err
	}
	if *seated {
		return b.converse(ctx, io, who, "")
	}
	if err := b.desk.LoadLinks(ctx); err != nil {
		return err
	}
	log.Info("the house is open", slog.String("version", version), slog.Int("services", len(cfg.Services)))
	defer log.Info("the house is closed")
	return b.open(ctx)
}

// furnish builds the house of a config.
func furnish(cfg config.Config, household *core.Household, store *storage.Store, log *slog.Logger, lines *relay) (*house, error) {
	connectors, err := connect(cfg, log)
	if err != nil {
		return nil, err
	}
	data := gazetteer(cfg, log)
	b := build(plan{
		household: household, connectors: connectors, store: store, places: data, data: data, boxes: cfg.Boxes(), watch: cfg.Watch,
		log: log, lines: lines,
	})
	b.home = newHome(household.Home, cfg.Watch.HomeNames, log)
	b.hireAll(cfg.Chats, log)
	return b, nil
}

// hireAll hires the chats of the config.
func (b *house) hireAll(chats config.Chats, log *slog.Logger) {
	if t := chats.Telegram; t != nil {
		b.hire(telegram.New(*t, telegram.Options{Talk: b.talk, Inbox: b.store, Now: time.Now, Log: log}))
	}
	if d := chats.Discord; d != nil {
		b.watcher.Boards = append(b.watcher.Boards, boards(b.household, core.Discord, d.Channel)...)
		b.hire(discord.New(*d, discord.Options{Talk: b.talk, Inbox: b.store, Now: time.Now, Log: log}))
	}
}

// boards returns the household's own room on a chat, if the config names one and somebody of the household is there.
func boards(h *core.Household, chat core.Chat, room string) []core.Source {
	for _, m := range slices.Concat(h.Owners(), h.Members) {
		if c, ok := m.Contact(chat); ok && room != "" {
			return []core.Source{{Contact: c, Room: room, Public: true}}
		}
	}
	return nil
}

// connect makes the connectors of the config's services, without asking any of them.
func connect(cfg config.Config, log *slog.Logger) ([]core.Connector, error) {
	var connectors []core.Connector
	for _, s := range cfg.Services {
		c, err := s.Connector(time.Now, log)
		if err != nil {
			return nil, fmt.Errorf("service %s: %w", s.ID, err)
		}
		if b, on := s.Browsing(); on {
			if c, err = joinBrowser(b, c, log); err != nil {
				return nil, fmt.Errorf("service %s: %w", s.ID, err)
			}
		}
		connectors = append(connectors, c)
	}
	return connectors, nil
}
