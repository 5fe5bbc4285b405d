//go:build browser

package main

import (
	"context"
	"log/slog"
	"time"

	"latchstring/adapters/services/browser"
	"latchstring/adapters/services/browser/chromium"
	"latchstring/bot/config"
	"latchstring/core"
)

// joinBrowser has a service list and sign out on its own page, in the owner's browser.
func joinBrowser(b config.Browsing, c core.Connector, log *slog.Logger) (core.Connector, error) {
	recipe, err := browser.Load(b.Recipe, "")
	if err != nil {
		return c, err
	}
	if _, err := chromium.Find(b.Program); err != nil {
		return c, err
	}
	log.Warn("browser is on: it is experimental, and the terms of the service may forbid it", slog.String("service", string(c.Service)), slog.String("terms", recipe.Terms))
	return browser.Join(c, browser.Options{
		Recipe: recipe, Profile: b.Profile, Runs: b.Runs, Now: time.Now, Log: log,
		Launch: func(ctx context.Context) (browser.Page, func(), error) {
			return chromium.Launch(ctx, chromium.Options{Program: b.Program, Profile: b.Profile})
		},
	})
}
