package main

import (
	"fmt"
	"io"
	"log/slog"
)

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
