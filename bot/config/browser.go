package config

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"latchstring/adapters/services/browser"
	"latchstring/adapters/services/mailbox"
	"latchstring/adapters/strictyaml"
)

// Browsing is how a service's own page is looked at in the owner's own browser.
type Browsing struct {
	Profile, Program, Recipe string
	Runs                     int            // a day
	Zone                     *time.Location // of the household
}

// The bounds of the runs of a day: fewer than two leave none for a sign-out, and many look like a robot.
const (
	fewestRuns = 2
	usualRuns  = 4
	mostRuns   = 12
)

// checkBrowser finds what is wrong with the browser of a service.
func checkBrowser(at strictyaml.At, s Service) {
	if !s.Browser {
		return
	}
	switch s.Settings.(type) {
	case *mailbox.Config, *mailbox.Own:
	default:
		at.Fault("browser", "is for services that have no API")
		return
	}
	if s.BrowserProfile == "" {
		at.Fault("browser_profile", "is missing: the folder of a browser profile that you signed in by hand")
	}
	if n := s.BrowserRuns; n != 0 && (n < fewestRuns || n > mostRuns) {
		at.Fault("browser_runs", "should be between 2 and 12")
	}
	if s.BrowserRecipe == "" && !slices.Contains(browser.Shipped(), s.Kind) {
		at.Fault("browser_recipe", "is missing: there is no shipped one for this service")
	}
	if r := s.BrowserRecipe; r != "" && !strings.HasSuffix(r, ".yaml") && !slices.Contains(browser.Shipped(), r) {
		at.Fault("browser_recipe", "should be the path of a recipe of your own, a .yaml file")
	}
	if len(s.Accounts) != 1 && at.Sound("accounts") {
		at.Fault("accounts", "the browser sees one account; name whose it is, and nobody else")
	}
}

// Browsing returns how the page is looked at, with paths that begin at the folder of the config; ok is false where it is not.
func (s Service) Browsing() (b Browsing, ok bool) {
	within := func(path string) string {
		if path == "" || filepath.IsAbs(path) {
			return path
		}
		return filepath.Join(s.folder, path)
	}
	b = Browsing{within(s.BrowserProfile), s.BrowserProgram, cmp.Or(s.BrowserRecipe, s.Kind), cmp.Or(s.BrowserRuns, usualRuns), s.zone}
	if strings.HasSuffix(b.Recipe, ".yaml") {
		b.Recipe = within(b.Recipe)
	}
	return b, s.Browser
}
