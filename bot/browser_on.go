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

// joinBrowser puts a page in the owner's browser before what a service writes: the list is that of the page, and one device at a
// time is signed out there. Sign-ins, notices and guides stay what they are.
func joinBrowser(cfg config.Browsing, c core.Connector, log *slog.Logger) (core.Connector, error) {
	b, err := browser.New(browser.Config{Recipe: cfg.Recipe, Profile: cfg.Profile, Program: cfg.Program, Runs: cfg.Runs},
		c.Accounts[0], c.Title, browser.Options{Now: time.Now, Zone: cfg.Zone, Open: chromium.Open})
	if err != nil {
		return c, err
	}
	log.Warn("a browser is on: this is experimental, and the terms of the service may forbid automated access", slog.String("service", string(c.Service)))
	heard := c.Devices
	c.Devices, c.SignOut, c.Single = &pageList{b, heard}, b, true
	c.Heard, c.ReadAt = heard, b.ReadAt
	c.Prober = &pageProber{c.Prober, b}
	c.Takes, c.Settle = b.Within(), browser.RunLimit+browser.Closing
	c.Tells.Hearsay = false
	return c, nil
}

// pageList is the list of the page, and where there is none what mails tell, which a person signs out.
type pageList struct {
	page  *browser.Browser
	heard core.DeviceLister
}

// Devices tells the devices.
func (l *pageList) Devices(ctx context.Context) ([]core.Device, error) {
	devices, err := l.page.Devices(ctx)
	if err == nil || devices != nil {
		return devices, err
	}
	heard, heardErr := l.heard.Devices(ctx)
	if heardErr != nil {
		return nil, err
	}
	for i := range heard {
		heard[i].ByHand = true
	}
	return heard, err
}

// pageProber says of a browser what the owner should know, and asks the mailboxes.
type pageProber struct {
	core.Prober

	page *browser.Browser
}

// Probe looks whether mails come. It starts no browser: the list that is read next does.
func (p *pageProber) Probe(ctx context.Context) (version string, hints []core.Phrase, err error) {
	version, hints, err = p.Prober.Probe(ctx)
	return version, append(p.page.Advice(), hints...), err
}
