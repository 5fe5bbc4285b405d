package main

import (
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"latchstring/adapters/services/demo"
	"latchstring/bot/config"
	"latchstring/core/watch"
	"latchstring/storage"
)

// demoEscalates is how long the demo's owner waits to be asked: nobody sits through ten minutes.
const demoEscalates = 30 * time.Second

// demoCommand is a simulated household in this terminal. It is the whole program but for its services: its record lies in
// a folder that is removed at the end.
func demoCommand(ctx context.Context, args []string, io streams) error {
	var as string
	words, err := flags("demo", args, io, func(fs *flag.FlagSet) {
		fs.StringVar(&as, "as", "", "who sits at the terminal: Marta (owner), Leo (adult) or Sofi (child)")
	})
	if err != nil {
		return err
	}
	if err := noWords("demo", words, io); err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "latchstring-demo-")
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer os.RemoveAll(folder)
	lines := &relay{stderr: io.err}
	log := quietLog(lines)
	store, err := storage.Open(ctx, storage.Config{Path: filepath.Join(folder, "demo.db"), Now: time.Now, Random: rand.Reader, Log: log})
	if err != nil {
		return err
	}
	defer store.Close()

	household := demo.Household()
	who, err := seat(&household, as)
	if err != nil {
		return err
	}
	editing, _ := manners(io)
	world := demo.New(demo.Options{Now: time.Now, SignInAfterList: !editing})
	b := build(plan{
		household: &household, connectors: world.Connectors(), store: store, places: demo.Places{}, log: log, lines: lines,
		watch: config.Watch{Every: time.Second, Sensitivity: watch.Normal, EscalateAfter: demoEscalates},
	})

	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var wg sync.WaitGroup
	if editing {
		wg.Go(func() { world.Run(ctx) })
	}
	err = b.converse(ctx, io, who, "help")
	stop()
	wg.Wait()
	return err
}
