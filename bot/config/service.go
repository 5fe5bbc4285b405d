package config

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"regexp"
	"time"

	"latchstring/adapters/services/jellyfin"
	"latchstring/adapters/services/mailbox"
	"latchstring/adapters/services/recipe"
	"latchstring/adapters/strictyaml"
	"latchstring/core"
)

// Service is an account service of the household.
type Service struct {
	ID       core.ServiceID    `yaml:"id,required"`
	Kind     string            `yaml:"kind,required"`
	Title    string            `yaml:"title"`    // as the household calls it; the connector knows one where it is not set
	Accounts map[string]string `yaml:"accounts"` // by the member's name: the name the service knows them by

	// The service's own page is looked at in the owner's own browser, which is experimental and off.
	Browser        bool   `yaml:"browser"`
	BrowserProfile string `yaml:"browser_profile"` // the folder of a profile that the owner signed in by hand
	BrowserProgram string `yaml:"browser_program"` // ""; the first Chromium found
	BrowserRuns    int    `yaml:"browser_runs"`    // a day; 0: 4
	BrowserRecipe  string `yaml:"browser_recipe"`  // ""; the shipped one of the kind

	// Settings is what the kind of service needs: *jellyfin.Config, *recipe.Config, *mailbox.Config or *mailbox.Own.
	Settings any `yaml:",variant"`

	accounts []core.Account // in the order of the members
	folder   string         // of the config
	zone     *time.Location // of the household
	boxes    []*mailbox.Mailbox
}

// Variants returns the kinds of services there are.
func (*Service) Variants() map[string]any {
	kinds := map[string]any{
		"jellyfin": &jellyfin.Config{Product: jellyfin.Jellyfin, Timeout: 10 * time.Second},
		"emby":     &jellyfin.Config{Product: jellyfin.Emby, Timeout: 10 * time.Second},
		"recipe":   &recipe.Config{Timeout: 10 * time.Second},
		"mail":     &mailbox.Own{},
	}
	for _, kind := range mailbox.Kinds() {
		kinds[kind] = &mailbox.Config{Recipe: kind}
	}
	return kinds
}

// serviceID is what a service may be called in commands and in the database.
var serviceID = regexp.MustCompile(`^[a-z0-9-]{1,20}$`)

// Check finds what is wrong with a service; its connector's package checks the settings of its kind.
func (s *Service) Check(at strictyaml.At) {
	if !serviceID.MatchString(string(s.ID)) {
		at.Fault("id", "should be a short name of at most 20 small letters, digits and dashes, such as photos")
	}
	checkName(at, "id", string(s.ID))
	checkLine(at, "title", s.Title)
	checkName(at, "title", s.Title)
}

// complete fills in what follows from the rest.
func (s *Service) complete(folder string, zone *time.Location, members []Member) {
	s.folder, s.zone = folder, zone
	logins := map[core.MemberID]string{}
	for name, login := range s.Accounts {
		logins[memberID(name)] = login
	}
	for _, m := range members {
		if login, ok := logins[memberID(m.Name)]; ok {
			s.accounts = append(s.accounts, core.Account{Service: s.ID, Member: memberID(m.Name), Login: login})
		}
	}
}

// Connector joins the service to the house, without asking it anything.
func (s Service) Connector(now func() time.Time, log *slog.Logger) (core.Connector, error) {
	switch settings := s.Settings.(type) {
	case *jellyfin.Config:
		return jellyfin.New(*settings, s.ID, s.Title, s.accounts, jellyfin.Options{Now: now, Random: rand.Reader, Log: log, Dir: s.folder})
	case *recipe.Config:
		return recipe.New(*settings, s.ID, s.Title, s.accounts, recipe.Options{Now: now, Log: log, Dir: s.folder})
	case *mailbox.Config:
		return s.mailed(*settings, now, log)
	case *mailbox.Own:
		return s.mailed(mailbox.Config(*settings), now, log)
	default:
		return core.Connector{}, fmt.Errorf("no connector for kind %q", s.Kind)
	}
}

// mailed joins a service that is known by its mails.
func (s Service) mailed(settings mailbox.Config, now func() time.Time, log *slog.Logger) (core.Connector, error) {
	c, err := mailbox.New(settings, s.ID, s.Title, s.accounts, s.boxes, mailbox.Options{Now: now, Log: log, Dir: s.folder})
	c.CodesFor = s.codesFor()
	return c, err
}
