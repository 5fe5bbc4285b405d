package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"time"

	"latchstring/adapters/places"
	"latchstring/bot/config"
	"latchstring/core"
)

// placesCommand fetches the place data that the config names.
func placesCommand(ctx context.Context, args []string, io streams) error {
	var path *string
	words, err := flags("places update", args, io, func(fs *flag.FlagSet) { path = configFlag(fs) })
	if err != nil {
		return err
	}
	if len(words) != 1 || words[0] != "update" {
		fmt.Fprintln(io.err, "usage: latchstring places update [-config FILE]")
		return errUsage
	}
	cfg, err := config.Load(*path)
	if err != nil {
		return err
	}
	data := cfg.Watch.Gazetteer(time.Now)
	fetched := data.Update(ctx, nil, quietLog(io.err))
	if len(fetched) == 0 {
		return errors.New("there is nothing to fetch: name DB-IP's files in watch.places, or say in watch.places_from where yours come from")
	}
	failed := false
	for _, f := range fetched {
		if f.Err != nil {
			failed = true
			fmt.Fprintf(io.err, "%s %s\n", core.TextOf(f.Err), core.HintOf(f.Err))
			continue
		}
		fmt.Fprintf(io.out, "%s is of %s. %s\n", f.Path, f.Source.Built.Format(time.DateOnly), f.Source.Attribution)
	}
	if failed {
		return errFaults
	}
	return nil
}

// placeData says what is known of places, for the chat.
func placeData(p *places.Places) func() []core.Phrase {
	return func() []core.Phrase {
		said := p.Missing()
		for _, s := range p.Describe() {
			if s.Attribution == "" {
				said = append(said, core.Say("{file} of {date}", s.Name, s.Built.Format(time.DateOnly)))
				continue
			}
			said = append(said, core.Say("{file} of {date} ({by})", s.Name, s.Built.Format(time.DateOnly), s.Attribution))
		}
		return said
	}
}

// gazetteer opens the place data of the config, and says once what is missing of it.
func gazetteer(cfg config.Config, log *slog.Logger) *places.Places {
	p := cfg.Watch.Gazetteer(time.Now)
	for _, m := range p.Missing() {
		log.Warn("place data is missing", slog.String("what", m.String()))
	}
	return p
}
