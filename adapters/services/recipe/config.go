package recipe

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"latchstring/adapters/httpcall"
	"latchstring/adapters/strictyaml"
	"latchstring/core"
)

// Config is a service of kind recipe in the config.
type Config struct {
	Recipe string `yaml:"recipe,required"` // the name of a shipped recipe, or the path of a file that ends in .yaml
	URL    string `yaml:"url,required"`

	// What the recipe's way of auth asks for: a key for header and bearer, user and password for basic, client and its key
	// for client_credentials.
	Key      core.Secret `yaml:"key"`
	User     string      `yaml:"user"`
	Password core.Secret `yaml:"password"`
	Client   string      `yaml:"client"`

	// Keys are the members' own, where the recipe says that each needs one; by the member's name.
	Keys map[string]Key `yaml:"keys"`

	With     map[string]string `yaml:"with"` // the recipe's own variables
	CAFile   string            `yaml:"ca_file"`
	Insecure bool              `yaml:"insecure"`
	Timeout  time.Duration     `yaml:"timeout"` // of one call; 0: 10 seconds
}

// Key is how one member is known to a service that lets everybody see their own devices only.
type Key struct {
	Key      core.Secret `yaml:"key"`
	User     string      `yaml:"user"`
	Password core.Secret `yaml:"password"`
}

// Check finds what can be found without reading the recipe's file; [New] finds the rest. It is called by strictyaml.
func (c *Config) Check(at strictyaml.At) {
	if err := httpcall.CheckBase(c.URL); err != nil {
		at.Fault("url", err.Error())
	}
	if c.Timeout != 0 && (c.Timeout < time.Second || c.Timeout > time.Minute) {
		at.Fault("timeout", "should be between 1s and 1m")
	}
	if c.CAFile != "" && c.Insecure {
		at.Fault("insecure", "takes any certificate, so ca_file would not be used; keep one of them")
	}
	if strictyaml.IsFile(c.Recipe) {
		return
	}
	if !slices.Contains(Shipped(), c.Recipe) {
		at.Fault("recipe", shelf().Unknown(c.Recipe))
		return
	}
	r, err := load(c.Recipe, "")
	if err != nil {
		at.Fault("recipe", err.Error())
		return
	}
	for _, f := range c.faults(r) {
		if at.Sound(f.key) {
			at.Fault(f.key, f.text)
		}
	}
}

// fault is something that a config lacks for its recipe.
type fault struct{ key, text string }

// faults tells what the recipe needs and the config does not give, or gives in vain.
func (c *Config) faults(r *recipe) []fault {
	var faults []fault
	for name, v := range r.Variables {
		if c.With[name] == "" && v.Default == "" {
			faults = append(faults, fault{"with", fmt.Sprintf("should have %s: %s", name, v.About)})
		}
	}
	for name := range c.With {
		if _, ok := r.Variables[name]; !ok {
			faults = append(faults, fault{"with", fmt.Sprintf("has %s, which the recipe does not know", core.Clean(name))})
		}
	}
	if !r.PerMemberKey && len(c.Keys) > 0 {
		faults = append(faults, fault{"keys", "is not needed: one key sees everybody's devices"})
	}
	for name, k := range c.Keys {
		for _, f := range r.Auth.lacks(k, "") {
			faults = append(faults, fault{"keys." + name, f.key + " " + f.text})
		}
	}
	if len(c.Keys) == 0 {
		faults = append(faults, r.Auth.lacks(Key{c.Key, c.User, c.Password}, c.Client)...)
	}
	slices.SortFunc(faults, func(a, b fault) int { return strings.Compare(a.key+a.text, b.key+b.text) })
	return faults
}

// lacks tells what the way of auth needs and a key does not give.
func (a *auth) lacks(k Key, client string) []fault {
	var faults []fault
	need := func(key string, given, needed bool) {
		switch {
		case needed && !given:
			faults = append(faults, fault{key, "is missing; the recipe's auth is " + a.Way})
		case given && !needed:
			faults = append(faults, fault{key, "is not used; the recipe's auth is " + a.Way})
		}
	}
	need("key", !k.Key.Empty(), a.Way == wayHeader || a.Way == wayBearer || a.Way == wayClient)
	need("user", k.User != "", a.Way == wayBasic)
	need("password", !k.Password.Empty(), a.Way == wayBasic)
	need("client", client != "", a.Way == wayClient)
	return faults
}

// keyOf finds the key for a member: their own, or the one for all.
func (c *Config) keyOf(m core.MemberID) (Key, bool) {
	for name, k := range c.Keys {
		if core.MemberID(strings.ToLower(name)) == m {
			return k, true
		}
	}
	return Key{c.Key, c.User, c.Password}, len(c.Keys) == 0
}
