package browser

import (
	"errors"
	"os"
	"path/filepath"
)

// Config is a browser for a service's page, as the config names it.
type Config struct {
	Recipe  string // one that is shipped, or the path of a file that ends in .yaml
	Profile string // the folder of a browser profile that the owner signed in by hand
	Program string // "": one that is found where programs are
	Runs    int    // how often a day; 2 at least
}

// usable looks whether a folder can be a profile. Whoever reads it is signed in to the service.
func usable(profile string) error {
	info, err := os.Stat(profile)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return &Stop{NoProfile, "there is no folder browser_profile; open a browser on it and sign in by hand"}
	case err != nil || !info.IsDir():
		return &Stop{NoProfile, "browser_profile is not a folder that can be read"}
	case info.Mode().Perm()&0o077 != 0:
		return &Stop{NoProfile, "others on this machine can read browser_profile; run: chmod 700"}
	}
	return nil
}

// within returns a path that begins at a folder.
func within(dir, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
