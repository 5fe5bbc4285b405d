package main

import (
	"context"
	"flag"
	"fmt"

	"latchstring/bot/config"
	"latchstring/storage"
)

// backupCommand copies the record of a running or stopped program, with the key that proves it.
func backupCommand(ctx context.Context, args []string, io streams) error {
	var path *string
	words, err := flags("backup", args, io, func(fs *flag.FlagSet) { path = configFlag(fs) })
	if err != nil {
		return err
	}
	if len(words) != 1 {
		fmt.Fprintln(io.err, "latchstring backup needs the name of one file to write: latchstring backup FILE")
		return errUsage
	}
	cfg, err := config.Load(*path)
	if err != nil {
		return err
	}
	if err := storage.Backup(ctx, cfg.Storage.Path, words[0]); err != nil {
		return err
	}
	fmt.Fprintf(io.out, "%s and %s.key are a copy of %s. Keep them together, and where nobody else reads them.\n", words[0], words[0], cfg.Storage.Path)
	return nil
}
