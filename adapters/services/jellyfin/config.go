package jellyfin

import (
	"time"

	"latchstring/adapters/httpcall"
	"latchstring/adapters/strictyaml"
	"latchstring/core"
)

// Product is the program that a server runs.
type Product string

// The products. Emby is what Jellyfin came from; they still understand each other in most.
const (
	Jellyfin Product = "Jellyfin"
	Emby     Product = "Emby"
)

// Config is a service of kind jellyfin or emby in the config.
type Config struct {
	Product Product // by the kind; "" is Jellyfin

	URL      string        `yaml:"url,required"`
	Key      core.Secret   `yaml:"key,required"` // an API key that an administrator made
	Streams  int           `yaml:"streams"`      // how many the household means to play at once; 0: it does not say
	CAFile   string        `yaml:"ca_file"`
	Insecure bool          `yaml:"insecure"`
	Timeout  time.Duration `yaml:"timeout"` // of one call; 0: 10 seconds
}

// Check finds what is wrong with the settings. It is called by strictyaml.
func (c *Config) Check(at strictyaml.At) {
	if err := httpcall.CheckBase(c.URL); err != nil {
		at.Fault("url", err.Error())
	}
	if c.Streams < 0 || c.Streams > 100 {
		at.Fault("streams", "should be between 0 and 100")
	}
	if c.Timeout != 0 && (c.Timeout < time.Second || c.Timeout > time.Minute) {
		at.Fault("timeout", "should be between 1s and 1m")
	}
	if c.CAFile != "" && c.Insecure {
		at.Fault("insecure", "takes any certificate, so ca_file would not be used; keep one of them")
	}
}
