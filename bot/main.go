// Latchstring is a self-hosted chat bot through which a household controls its shared accounts: who is signed in where,
// sign a device out, start a password reset.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"latchstring/adapters/places"
	"latchstring/bot/config"
	"latchstring/storage"
)

// version is set when a release is built: -ldflags "-X main.version=1.2.3".
var version = "0.1-dev"

// The exit codes of the program.
const (
	exitFine  = 0
	exitFault = 1 // a fault it explained on stderr
	exitUsage = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	code := program(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// streams are where the program reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// errUsage says that the command line makes no sense; what is wrong with it was told already.
var errUsage = errors.New("wrong usage")

// command is one thing the program does.
type command struct {
	name, args, about string
	run               func(ctx context.Context, args []string, io streams) error
}

func programCommands() []command {
	return []command{
		{"demo", "[-as NAME]", "a simulated household in this terminal; no config, no account, nothing kept", demoCommand},
		{"run", "[-config FILE] [-terminal [-as NAME]] [-log text|json]", "the bot", runCommand},
		{"check", "[-config FILE]", "read the config, reach every service, say what each can do", checkCommand},
		{"backup", "FILE [-config FILE]", "a consistent copy of the running database", backupCommand},
		{"places", "update [-config FILE]", "fetch the offline place data named in the config", placesCommand},
		{"rehearse", "[-stdio | FILE.csv] [-sensitivity calm|normal|watchful|SCORE] [-unanswered]", "what the watch would have raised on a history of sign-ins", rehearseCommand},
		{"version", "", "the version of this program", versionCommand},
	}
}

// program does what the command line says and returns the exit code.
func program(ctx context.Context, args []string, io streams) int {
	if len(args) == 0 {
		usage(io.err)
		return exitUsage
	}
	if args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		usage(io.out)
		return exitFine
	}
	for _, c := range programCommands() {
		if c.name != args[0] {
			continue
		}
		err := c.run(ctx, args[1:], io)
		switch {
		case err == nil, errors.Is(err, flag.ErrHelp):
			return exitFine
		case errors.Is(err, errUsage):
			return exitUsage
		case errors.Is(err, errFaults):
			return exitFault // they were told where they were found
		}
		explain(io.err, err)
		return exitFault
	}
	fmt.Fprintf(io.err, "latchstring: there is no command %q\n\n", args[0])
	usage(io.err)
	return exitUsage
}

func usage(w io.Writer) {
	fmt.Fprint(w, "latchstring looks after a household's shared accounts, from the family's chat.\n\n")
	for _, c := range programCommands() {
		fmt.Fprintf(w, "  latchstring %s %s\n        %s\n", c.name, c.args, c.about)
	}
}

// explain tells the operator what went wrong, and what to do about it where that is known.
func explain(w io.Writer, err error) {
	if r, ok := errors.AsType[*storage.Refusal](err); ok {
		lines := []string{r.Text, r.Hint}
		if r.Err != nil {
			lines = append(lines, fmt.Sprintf("The cause: %v", r.Err))
		}
		fmt.Fprintln(w, strings.Join(lines, "\n"))
		return
	}
	fmt.Fprintln(w, err)
	if f, ok := errors.AsType[*config.FileError](err); ok && f.Advice() != "" {
		fmt.Fprintln(w, f.Advice())
	}
}

// flags parses the flags of a command; words that are no flags may stand before or after them.
func flags(name string, args []string, io streams, define func(*flag.FlagSet)) (words []string, err error) {
	fs := flag.NewFlagSet("latchstring "+name, flag.ContinueOnError)
	fs.SetOutput(io.err)
	define(fs)
	for {
		if err := fs.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, errUsage
		}
		if fs.NArg() == 0 {
			return words, nil
		}
		words = append(words, fs.Arg(0))
		args = fs.Args()[1:]
	}
}

// noWords refuses words where a command takes none.
func noWords(name string, words []string, io streams) error {
	if len(words) == 0 {
		return nil
	}
	fmt.Fprintf(io.err, "latchstring %s takes no %q\n", name, words[0])
	return errUsage
}

func versionCommand(_ context.Context, args []string, io streams) error {
	if err := noWords("version", args, io); err != nil {
		return err
	}
	fmt.Fprintln(io.out, "latchstring "+version)
	fmt.Fprintln(io.out, places.New(places.Config{}, "", time.Now).Attribution())
	return nil
}
