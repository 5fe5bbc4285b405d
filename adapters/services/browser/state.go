package browser

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"latchstring/core"
)

// state is what a browser remembers over restarts, in a file beside its profile: how often it ran and what it
// read last. It holds no secret, and names of devices.
type state struct {
	Runs    []time.Time   `json:"runs"` // of the last day
	At      time.Time     `json:"at"`   // of the reading; zero: there is none
	Devices []core.Device `json:"devices"`
}

const (
	day        = 24 * time.Hour
	stateFile  = "latchstring-runs.json"
	mostState  = 1 << 20
	filePerm   = 0o600
	folderPerm = 0o700
)

// load reads what was remembered; a folder without it is a new one. What can not be read stops everything: who does not know
// how often it ran does not run.
func load(profile string) (state, error) {
	text, err := os.ReadFile(filepath.Join(profile, stateFile))
	if errors.Is(err, fs.ErrNotExist) {
		return state{}, nil
	}
	var s state
	if err == nil && len(text) > mostState {
		err = errors.New("too large")
	}
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		return state{}, fmt.Errorf("%s: %w", stateFile, err)
	}
	return s, nil
}

// save remembers it, whole or not at all.
func (s state) save(profile string) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(profile, folderPerm); err != nil {
		return err
	}
	path := filepath.Join(profile, stateFile)
	if err := os.WriteFile(path+".new", text, filePerm); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// tidy drops what is past. A clock that went back does not give runs anew.
func (s *state) tidy(now time.Time) {
	s.Runs = slices.DeleteFunc(s.Runs, func(t time.Time) bool { return now.Sub(t) >= day })
}
