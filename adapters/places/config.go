package places

import (
	"net/url"
	"path/filepath"
	"strings"
	"time"
)

// Config is the section places of the config.
type Config struct {
	City   []string `yaml:"city"` // mmdb files of cities; several where they are split, by family for instance
	ASN    string   `yaml:"asn"`  // the mmdb file of carriers; "": none
	Update Update   `yaml:"update"`
}

// Update is where the files come from. In an address, {month} stands for the month that is asked for, as 2026-11.
type Update struct {
	City  []string      `yaml:"city"`  // for each city file in turn the address it is fetched from; "": none
	ASN   string        `yaml:"asn"`   // the address of the ASN file
	Every time.Duration `yaml:"every"` // how old a file gets before the running program fetches it anew; 0: only by hand
}

// DefaultConfig is DB-IP's free data, which needs no account.
func DefaultConfig() Config {
	return Config{
		City: []string{"dbip-city-lite.mmdb"},
		ASN:  "dbip-asn-lite.mmdb",
		Update: Update{
			City: []string{"https://download.db-ip.com/free/dbip-city-lite-{month}.mmdb.gz"},
			ASN:  "https://download.db-ip.com/free/dbip-asn-lite-{month}.mmdb.gz",
		},
	}
}

// leastEvery keeps a slip of the operator from asking DB-IP, whose data is monthly, all day.
const leastEvery = 24 * time.Hour

// Problems says what is wrong with settings that can be read: a sentence for each key.
func (c *Config) Problems() map[string]string {
	problems := map[string]string{}
	seen := map[string]bool{}
	for _, file := range c.City {
		if !isFile(file) {
			problems["city"] = "should be the paths of mmdb files, such as [dbip-city-lite.mmdb]"
		} else if seen[filepath.Clean(file)] {
			problems["city"] = "names a file twice"
		}
		seen[filepath.Clean(file)] = true
	}
	if c.ASN != "" && !isFile(c.ASN) {
		problems["asn"] = "should be the path of an mmdb file, such as dbip-asn-lite.mmdb"
	}
	for _, address := range c.Update.City {
		if address != "" && !isAddress(address) {
			problems["update.city"] = "should be addresses of mmdb files, such as https://example.org/city-{month}.mmdb.gz"
		}
	}
	if c.Update.ASN != "" && !isAddress(c.Update.ASN) {
		problems["update.asn"] = "should be the address of an mmdb file, such as https://example.org/asn-{month}.mmdb.gz"
	}
	if c.Update.Every != 0 && c.Update.Every < leastEvery {
		problems["update.every"] = "should be 24h at least, or 0s for never"
	}
	return problems
}

func isFile(path string) bool {
	return strings.TrimSpace(path) == path && path != "" && !strings.HasSuffix(path, "/")
}

func isAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && u.Fragment == ""
}
