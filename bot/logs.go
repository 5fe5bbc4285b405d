package main

import (
	"fmt"
	"io"
	"log/slog"
	"sync"
)

// relay is where the log is written: to stderr, and while somebody edits lines in the terminal, above their prompt.
type relay struct {
	mu      sync.Mutex
	stderr  io.Writer
	instead io.Writer // nil: stderr
}

// Write implements [io.Writer]. What can not be written where it should goes to stderr.
func (r *relay) Write(line []byte) (int, error) {
	r.mu.Lock()
	to := r.instead
	r.mu.Unlock()
	if to != nil {
		if n, err := to.Write(line); err == nil {
			return n, nil
		}
	}
	return r.stderr.Write(line)
}

// through has the log written elsewhere, or with nil to stderr again.
func (r *relay) through(w io.Writer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.instead = w
}

// newLog makes the log on stderr. Beside a conversation in the terminal only warnings are worth a line.
func newLog(w io.Writer, format string, beside bool) (*slog.Logger, error) {
	opts := &slog.HandlerOptions{Level: slog.LevelInfo}
	if beside {
		opts.Level = slog.LevelWarn
	}
	switch format {
	case "text":
		return slog.New(slog.NewTextHandler(w, opts)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, opts)), nil
	}
	return nil, fmt.Errorf("the log is written as text or json, not as %q", format)
}

// quietLog tells failures of the program itself and nothing else.
func quietLog(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelError}))
}
