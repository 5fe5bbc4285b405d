package jellyfinapi

import (
	"fmt"
	"slices"
)

// Versions are the versions of Jellyfin that a server can be: those that an official description is at hand of.
var Versions = []string{"10.8.13", "10.9.11", "10.10.7", "10.11.11", "12.0.0"}

// The versions that a server is unless the test names another one.
const (
	usualVersion = "10.11.11"
	usualEmby    = "4.8.11.0"
)

// version is what a server is. Two versions of Jellyfin differ in what [version.since] tells apart.
type version struct {
	text         string
	emby         bool
	major, minor int
}

func parseVersion(text string, emby bool) (version, error) {
	v := version{text: text, emby: emby}
	switch {
	case text == "" && emby:
		v.text = usualEmby
	case text == "":
		v.text = usualVersion
	}
	if _, err := fmt.Sscanf(v.text, "%d.%d", &v.major, &v.minor); err != nil {
		return version{}, fmt.Errorf("version %q: %w", v.text, err)
	}
	if emby && (v.major != 4 || v.minor < 8) || !emby && !slices.Contains(Versions, v.text) {
		return version{}, fmt.Errorf("version %q is none that this server can be", v.text)
	}
	return v, nil
}

// since tells whether the server is a Jellyfin of a version or a later one.
func (v version) since(major, minor int) bool {
	return !v.emby && (v.major > major || v.major == major && v.minor >= minor)
}

func (v version) String() string {
	if v.emby {
		return "Emby " + v.text
	}
	return "Jellyfin " + v.text
}
