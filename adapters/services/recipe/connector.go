package recipe

import (
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"strings"
	"sync"
	"time"

	"latchstring/adapters/httpcall"
	"latchstring/core"
)

// Options are what the program gives a connector.
type Options struct {
	Now func() time.Time
	Log *slog.Logger
	Dir string // where the path of a recipe's file and of ca_file begins: the folder of the config
}

// service is one joined service.
type service struct {
	recipe   *recipe
	config   Config
	id       core.ServiceID
	title    string
	accounts []core.Account
	fixed    map[string]string // the values of the recipe's variables
	client   *httpcall.Client
	now      func() time.Time
	log      *slog.Logger
	token    token
	seed     maphash.Seed

	mu    sync.Mutex
	pages map[string]page          // by call: what the last listing read
	known map[core.DeviceID]listed // what the last listing found
	users map[string]foundUser     // by login
}

// New joins a service. Its error tells all that is wrong with the recipe, or with the config for it, a fault a line.
func New(cfg Config, id core.ServiceID, title string, accounts []core.Account, opt Options) (core.Connector, error) {
	r, err := load(cfg.Recipe, opt.Dir)
	if err != nil {
		return core.Connector{}, err
	}
	if err := fit(&cfg, r, accounts); err != nil {
		return core.Connector{}, err
	}
	if title == "" {
		title = r.Title
	}
	client, err := httpcall.New(title, cfg.URL, httpcall.Options{CAFile: within(opt.Dir, cfg.CAFile), Insecure: cfg.Insecure, Timeout: cfg.Timeout})
	if err != nil {
		return core.Connector{}, err
	}
	s := &service{
		recipe: r, config: cfg, id: id, title: title, accounts: accounts, client: client, now: opt.Now, log: opt.Log, seed: maphash.MakeSeed(),
		fixed: map[string]string{}, users: map[string]foundUser{},
	}
	for name, v := range r.Variables {
		if s.fixed[name] = cfg.With[name]; s.fixed[name] == "" {
			s.fixed[name] = v.Default
		}
	}
	return s.connector(), nil
}

// fit tells what the config lacks for its recipe.
func fit(cfg *Config, r *recipe, accounts []core.Account) error {
	var faults []error
	for _, f := range cfg.faults(r) {
		faults = append(faults, fmt.Errorf("%s: %s", f.key, f.text))
	}
	if r.perMember() && len(accounts) == 0 {
		faults = append(faults, errors.New("accounts: name one at least; this recipe lists the devices of each"))
	}
	if !r.PerMemberKey {
		return errors.Join(faults...)
	}
	if len(cfg.Keys) == 0 && len(accounts) > 1 {
		faults = append(faults, errors.New("keys: this service shows everybody their own devices only, so give each member's key here"))
	}
	for _, a := range accounts {
		if _, ok := cfg.keyOf(a.Member); !ok {
			faults = append(faults, fmt.Errorf("keys: one for %s is missing", a.Member))
		}
	}
	for name := range cfg.Keys {
		m := core.MemberID(strings.ToLower(name))
		if !containsMember(accounts, m) {
			faults = append(faults, fmt.Errorf("keys: %s has no account here", core.Clean(name)))
		}
	}
	return errors.Join(faults...)
}

func containsMember(accounts []core.Account, m core.MemberID) bool {
	for _, a := range accounts {
		if a.Member == m {
			return true
		}
	}
	return false
}

// connector offers what the recipe describes.
func (s *service) connector() core.Connector {
	r, timeout := s.recipe, s.config.Timeout
	if timeout == 0 {
		timeout = httpcall.DefaultTimeout
	}
	c := core.Connector{
		Service: s.id, Title: s.title, Accounts: s.accounts,
		Devices: s, Prober: s, Settle: timeout + r.Settle,
		Tells: core.Tells{
			LastUse: r.List.LastUse.is(), Address: r.List.Address.is(), Place: len(r.List.Place) > 0, Playing: r.List.Playing.is(),
		},
		Why: map[core.Ability]core.Phrase{
			core.CanSignIns: core.Say("{service} tells me who is signed in, but not when somebody signs in.", s.title),
		},
	}
	for _, a := range core.Abilities() {
		if _, told := c.Why[a]; !told && !r.can(a) {
			c.Why[a] = core.Say("The recipe of {service} does not say how.", s.title)
		}
	}
	if r.SignOut.Call.is() {
		c.SignOut = s
	}
	if r.SignOutAll.Call.is() {
		c.SignOutAll = s
	}
	if r.Reset.Call.is() {
		c.Reset = s
	}
	if len(r.ByHand) > 0 {
		c.ByHand = s
	}
	for key, why := range r.Why {
		a, _ := abilityNamed(key)
		c.Why[a] = why.say(s.title)
	}
	return c
}

// Guide returns the recipe's steps for what is done by hand.
func (s *service) Guide(a core.Ability, _ *core.Device) (core.Guide, bool) {
	g, ok := s.recipe.ByHand[keyOf(a)]
	if !ok {
		return core.Guide{}, false
	}
	made := core.Guide{Open: g.Open, Within: g.Within}
	for _, step := range g.Steps {
		made.Steps = append(made.Steps, step.say(s.title))
	}
	if made.Link = g.Link; strings.HasPrefix(g.Link, "/") {
		made.Link = strings.TrimRight(s.config.URL, "/") + g.Link
	}
	return made, true
}
