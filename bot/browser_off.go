//go:build !browser

package main

import (
	"errors"
	"log/slog"

	"latchstring/bot/config"
	"latchstring/core"
)

// joinBrowser says that this program has no browser in it: what drives one is an eighth of the program's size, and for few.
func joinBrowser(_ config.Browsing, c core.Connector, _ *slog.Logger) (core.Connector, error) {
	return c, errors.New("browser: this build has no browser; build with: go build -tags browser ./bot")
}
