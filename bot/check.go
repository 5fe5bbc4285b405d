package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"latchstring/adapters/chats/discord"
	"latchstring/adapters/chats/telegram"
	"latchstring/bot/config"
	"latchstring/core"
	"latchstring/core/talk"
	"latchstring/storage"
)

// errFaults says that the check found faults; it has told them already.
var errFaults = errors.New("check found faults")

// checkPatience is how long one service is waited for, unless its connector takes longer.
const checkPatience = 20 * time.Second

// finding is what the check found about one thing: how it is, and lines of more.
type finding struct {
	about, verdict string
	says           string
	more           []line
}

type line struct{ verdict, says string }

// checkCommand reads the config, reaches every service and the record, and says what each can do, and why not where it
// can not.
func checkCommand(ctx context.Context, args []string, io streams) error {
	var path *string
	words, err := flags("check", args, io, func(fs *flag.FlagSet) { path = configFlag(fs) })
	if err != nil {
		return err
	}
	if err := noWords("check", words, io); err != nil {
		return err
	}
	cfg, err := config.Load(*path)
	if err != nil {
		return err
	}
	connectors, err := connect(cfg, quietLog(io.err))
	if err != nil {
		return err
	}
	findings := make([]finding, len(connectors))
	var wg, mail sync.WaitGroup
	reading, stop := context.WithCancel(ctx)
	readMail(reading, cfg.Boxes(), quietLog(io.err), &mail)
	defer mail.Wait()
	defer stop()
	chats := checkChats(ctx, cfg, quietLog(io.err), &wg)
	for i := range connectors {
		wg.Go(func() { findings[i] = checkService(ctx, &connectors[i]) })
	}
	wg.Wait()
	findings = append(append(chats, findings...), checkPlaces(cfg), checkRecord(ctx, cfg.Storage.Path))
	if !report(io.out, findings) {
		return errFaults
	}
	return nil
}

// checker is a chat that can look whether it would work.
type checker interface {
	Check(ctx context.Context) (facts string, hints []core.Phrase, err error)
}

// checkChats begins to reach the config's chats; the findings are complete when wg is.
func checkChats(ctx context.Context, cfg config.Config, log *slog.Logger, wg *sync.WaitGroup) []finding {
	household := cfg.House()
	house := &talk.Talk{House: &household}
	var chats []checker
	var findings []finding
	if t := cfg.Chats.Telegram; t != nil {
		chats = append(chats, telegram.New(*t, telegram.Options{Talk: house, Now: time.Now, Log: log}))
		findings = append(findings, finding{about: "Telegram", verdict: "ok"})
	}
	if d := cfg.Chats.Discord; d != nil {
		chats = append(chats, discord.New(*d, discord.Options{Talk: house, Now: time.Now, Log: log}))
		findings = append(findings, finding{about: "Discord", verdict: "ok"})
	}
	for i, c := range chats {
		wg.Go(func() { findings[i].checkChat(ctx, c) })
	}
	return findings
}

// checkChat reaches a chat platform once.
func (f *finding) checkChat(ctx context.Context, c checker) {
	ctx, cancel := context.WithTimeout(ctx, checkPatience)
	defer cancel()
	facts, hints, err := c.Check(ctx)
	if err != nil {
		f.fault(err)
		return
	}
	f.says = facts
	f.hint(hints)
}

// checkPlaces looks what is known of places.
func checkPlaces(cfg config.Config) finding {
	data := cfg.Watch.Gazetteer(time.Now)
	f := finding{about: "Places", verdict: "ok"}
	var from []string
	for _, s := range data.Describe() {
		from = append(from, s.Name+" of "+s.Built.Format(time.DateOnly))
	}
	f.says = strings.Join(from, ", ") + "; " + data.Attribution()
	for _, m := range data.Missing() {
		f.more = append(f.more, line{"hint", m.String()})
	}
	return f
}

// checkService reaches one service and reads its devices once.
func checkService(ctx context.Context, c *core.Connector) finding {
	ctx, cancel := context.WithTimeout(ctx, max(checkPatience, 2*c.Settle))
	defer cancel()
	f := finding{about: c.Title, verdict: "ok"}
	var facts []string
	var hints []core.Phrase
	var err error
	if c.Prober != nil {
		var version string
		if version, hints, err = c.Prober.Probe(ctx); version != "" {
			facts = append(facts, version)
		}
	}
	var devices []core.Device
	if err == nil && c.Devices != nil {
		devices, err = c.Devices.Devices(ctx)
	}
	if err != nil {
		f.fault(err)
		f.hint(hints)
		return f
	}
	facts = append(facts, abilities(c, core.Yes)...)
	f.says = strings.Join(facts, ", ")
	if c.Devices != nil {
		f.says += fmt.Sprintf("; %d devices", len(devices))
	}
	if hand := abilities(c, core.ByHand); len(hand) > 0 {
		f.more = append(f.more, line{"hand", strings.Join(hand, ", ")})
	}
	for _, a := range core.Abilities() {
		if why, ok := c.Why[a]; ok && c.Can(a) == core.No {
			f.more = append(f.more, line{"not", string(a) + ": " + why.String()})
		}
	}
	f.hint(hints)
	return f
}

// hint adds what the owner should know.
func (f *finding) hint(hints []core.Phrase) {
	for _, h := range hints {
		f.more = append(f.more, line{"hint", h.String()})
	}
}

// fault tells why a service can not be used, with the cause that chats never show.
func (f *finding) fault(err error) {
	f.verdict, f.says = "fault", core.TextOf(err).String()
	if f.says == "" {
		f.says = err.Error()
		return
	}
	if hint := core.HintOf(err); !hint.Empty() {
		f.more = append(f.more, line{"hint", hint.String()})
	}
	f.more = append(f.more, line{"cause", err.Error()})
}

func abilities(c *core.Connector, how core.Support) []string {
	var words []string
	for _, a := range core.Abilities() {
		if c.Can(a) == how {
			words = append(words, string(a))
		}
	}
	return words
}

// checkRecord verifies the chain of the audit, also beside a running program.
func checkRecord(ctx context.Context, path string) finding {
	f := finding{about: "Record", verdict: "ok"}
	missing := func(path string) bool {
		_, err := os.Stat(path)
		return errors.Is(err, fs.ErrNotExist)
	}
	switch folder := filepath.Dir(path); {
	case missing(folder):
		f.verdict, f.says = "fault", "there is no folder "+folder+" to keep "+filepath.Base(path)+" in"
		return f
	case missing(path) && missing(path+".key"):
		f.says = path + " will be made at the first run"
		return f
	}
	r, err := storage.Examine(ctx, path)
	if refusal, ok := errors.AsType[*storage.Refusal](err); ok {
		f.verdict, f.says, f.more = "fault", refusal.Text, []line{{"hint", refusal.Hint}}
		return f
	}
	if err != nil {
		f.fault(err)
		return f
	}
	if r.Broken != "" {
		f.verdict, f.says = "fault", "the audit was changed from outside: "+r.Broken
		return f
	}
	f.says = fmt.Sprintf("%s: %d audit entries, none changed", path, r.Rows)
	return f
}

// report writes the findings as a table and tells whether all is well.
func report(w io.Writer, findings []finding) bool {
	well := true
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range findings {
		well = well && f.verdict != "fault"
		fmt.Fprintf(table, "%s\t%s\t%s\n", f.about, f.verdict, f.says)
		for _, l := range f.more {
			fmt.Fprintf(table, "\t%s\t%s\n", l.verdict, l.says)
		}
	}
	return table.Flush() == nil && well
}
