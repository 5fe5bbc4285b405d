package config

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"latchstring/adapters/places"
	"latchstring/adapters/strictyaml"
	"latchstring/core/watch"
)

// Watch is how the house looks after its sign-ins.
type Watch struct {
	Every         time.Duration  `yaml:"every"`
	LearnFor      time.Duration  `yaml:"learn_for"`
	Home          []netip.Prefix `yaml:"home"`       // the household's own networks
	HomeNames     []string       `yaml:"home_names"` // names that lead to the home's line, as of a dynamic DNS
	Sensitivity   Sensitivity    `yaml:"sensitivity"`
	EscalateAfter time.Duration  `yaml:"escalate_after"`
	ReviewEvery   time.Duration  `yaml:"review_every"` // 0: nobody is told to look through the devices
	Places        []string       `yaml:"places"`       // mmdb files; one whose name says asn is of carriers

	// PlacesFrom is where "places update" fetches a file from. DB-IP's own files need none.
	PlacesFrom map[string]string `yaml:"places_from"`
	// PlacesEvery is how old a file gets before the running program fetches it anew; 0: only by hand.
	PlacesEvery time.Duration `yaml:"places_every"`

	folder string // of the config
}

// Gazetteer opens the place data.
func (w *Watch) Gazetteer(now func() time.Time) *places.Places {
	return places.New(w.placeData(), w.folder, now)
}

// placeData returns which files there are and where each comes from.
func (w *Watch) placeData() places.Config {
	known := places.DefaultConfig()
	c := places.Config{Update: places.Update{Every: w.PlacesEvery}}
	for _, file := range w.Places {
		from := w.PlacesFrom[file]
		name := strings.ToLower(filepath.Base(file))
		if strings.Contains(name, "asn") {
			if c.ASN = file; from == "" && name == known.ASN {
				from = known.Update.ASN
			}
			c.Update.ASN = from
			continue
		}
		if from == "" && name == known.City[0] {
			from = known.Update.City[0]
		}
		c.City, c.Update.City = append(c.City, file), append(c.Update.City, from)
	}
	return c
}

// hostName is what a name in the domain name system looks like.
var hostName = regexp.MustCompile(`^[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+$`)

// Sensitivity is from which score on somebody is asked about a sign-in: a word, or the number itself.
type Sensitivity float64

// The bounds of a sensitivity that is written as a number. Below, everything asks; above, nothing does.
const (
	leastSensitivity = 1
	mostSensitivity  = 8
)

// UnmarshalText reads calm, normal, watchful or a number.
func (s *Sensitivity) UnmarshalText(text []byte) error {
	switch word := string(text); word {
	case "calm":
		*s = watch.Calm
	case "normal":
		*s = watch.Normal
	case "watchful":
		*s = watch.Watchful
	default:
		n, err := strconv.ParseFloat(word, 64)
		if err != nil || !(n >= leastSensitivity && n <= mostSensitivity) {
			return fmt.Errorf("should be calm, normal or watchful, or a number from %d (asks often) to %d (hardly ever)", leastSensitivity, mostSensitivity)
		}
		*s = Sensitivity(n)
	}
	return nil
}

// Tuning returns how much the household wants to hear of.
func (w *Watch) Tuning() watch.Tuning {
	return watch.Tuning{Threshold: float64(w.Sensitivity), LearnFor: w.LearnFor}
}

// Check finds what is wrong with the watch.
func (w *Watch) Check(at strictyaml.At) {
	if w.Every < time.Second {
		at.Fault("every", "should be 1s at least")
	}
	if w.LearnFor < 0 {
		at.Fault("learn_for", "should be 0s at least")
	}
	if w.EscalateAfter < 0 {
		at.Fault("escalate_after", "should be 0s at least")
	}
	if w.ReviewEvery != 0 && w.ReviewEvery < 24*time.Hour {
		at.Fault("review_every", "should be 24h at least, or 0s for never")
	}
	w.checkPlaces(at)
	for i, name := range w.HomeNames {
		if !hostName.MatchString(name) {
			at.Under("home_names").Item(i).Fault("", "should be a name such as home.example.org")
		}
	}
	for i, p := range w.Home {
		network := at.Under("home").Item(i)
		switch {
		case !p.IsValid(): // has its fault already
		case p.Bits() == 0:
			network.Fault("", "is the whole internet; nobody would ever be called away")
		case p != p.Masked():
			network.Fault("", fmt.Sprintf("is an address within a network; write %s for the network, or /%d after a single address",
				p.Masked(), p.Addr().BitLen()))
		}
	}
}

// checkPlaces finds what is wrong with the place data.
func (w *Watch) checkPlaces(at strictyaml.At) {
	c := w.placeData()
	problems := c.Problems()
	for key, own := range map[string]string{"city": "places", "asn": "places", "update.city": "places_from", "update.asn": "places_from", "update.every": "places_every"} {
		if says, wrong := problems[key]; wrong {
			at.Fault(own, says)
		}
	}
	for _, file := range inOrder(at.Under("places_from"), w.PlacesFrom) {
		if !slices.Contains(w.Places, file) {
			at.Under("places_from").Fault(file, "is no file that watch.places names")
		}
	}
}
