package places

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"latchstring/core"
)

// The limits of fetching a file.
const (
	largestFile  = 1 << 30 // bytes, unpacked; DB-IP's cities have 130 MB
	fetchTimeout = 30 * time.Minute
	clockSlack   = 48 * time.Hour // that a file may seem to come from the future
)

// lookEvery is how often Watch looks for files that took another's place.
const lookEvery = time.Hour

// The addresses that a file has to know are those of ETH Zurich, which has had them since long before anybody looked up
// where an address is.
var (
	wellKnown = [...]netip.Addr{
		netip.AddrFrom4([4]byte{129, 132, 19, 216}),
		netip.AddrFrom16([16]byte{0x20, 0x01, 0x06, 0x7c, 0x10, 0xec, 0x2a, 0x49, 0x80, 15: 0x03}),
	}
	wellKnownCountry = "CH"
	wellKnownASN     = uint32(559) // Switch, the Swiss universities' network
)

// Fetched is what became of fetching a file.
type Fetched struct {
	Path   string
	Source Source // set where Err is nil
	Err    error  // a [core.Error]; it holds no address, for there may be a key in it
}

// Update fetches each file that an address is set for, puts those that pass as what they should be in the place of the
// former ones, and takes them into use. A file whose fetching fails stays as it is, and the others are fetched still. A nil
// client stands for one with the limits of this package.
func (p *Places) Update(ctx context.Context, client *http.Client, log *slog.Logger) []Fetched {
	if client == nil {
		client = newClient()
	}
	var done []Fetched
	fetch := func(path, address string, knows func(*database) bool) {
		log.Info("places: fetching", slog.String("file", path))
		f := Fetched{Path: path}
		f.Source, f.Err = p.fetch(ctx, client, path, address, knows)
		done = append(done, f)
	}
	for i, path := range p.config.City {
		if i < len(p.config.Update.City) && p.config.Update.City[i] != "" {
			fetch(path, p.config.Update.City[i], (*database).knowsCountry)
		}
	}
	if p.config.ASN != "" && p.config.Update.ASN != "" {
		fetch(p.config.ASN, p.config.Update.ASN, (*database).knowsNetwork)
	}
	p.Refresh()
	return done
}

// Watch looks every hour for files that took the place of those in use, and fetches them when they are as old as the
// config says, until ctx ends. After a fetch that failed it waits for a day.
func (p *Places) Watch(ctx context.Context, client *http.Client, log *slog.Logger) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	var tried time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if p.Refresh() {
			log.Info("places: took new files")
		}
		if now := p.now(); p.due(now) && now.Sub(tried) >= leastEvery {
			tried = now
			for _, f := range p.Update(ctx, client, log) {
				if f.Err != nil {
					log.Warn("places: not updated", slog.String("file", f.Path), slog.Any("error", f.Err))
				}
			}
		}
	}
}

// due tells whether a file is missing or older than the config wants.
func (p *Places) due(now time.Time) bool {
	f := p.files.Load()
	for _, path := range append([]string{p.config.ASN}, p.config.City...) {
		if p.config.Update.Every > 0 && path != "" {
			if d := f.database(path); d == nil || now.Sub(d.stamp.changed) >= p.config.Update.Every {
				return true
			}
		}
	}
	return false
}

// fetch puts a file in its place, all or nothing.
func (p *Places) fetch(ctx context.Context, client *http.Client, path, address string, knows func(*database) bool) (Source, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	p.sweep(path)
	fresh, err := os.CreateTemp(filepath.Dir(path), begun(path)+"*")
	if err != nil {
		return Source{}, unwritable(path, err)
	}
	defer os.Remove(fresh.Name()) // once it is in its place, it is not there any more
	err = p.download(ctx, client, address, fresh)
	if err == nil {
		err = errors.Join(fresh.Chmod(0o644), fresh.Sync()) // whoever runs the bot may not be who updates
		if err != nil {
			err = unwritable(path, err)
		}
	}
	if closed := fresh.Close(); err == nil && closed != nil {
		err = unwritable(path, closed)
	}
	if err != nil {
		return Source{}, err
	}
	source, err := p.inspect(fresh.Name(), path, knows)
	if err != nil {
		return Source{}, err
	}
	if err := os.Rename(fresh.Name(), path); err != nil {
		return Source{}, unwritable(path, err)
	}
	return source, nil
}

// begun is how the names of files begin that are being fetched for a path.
func begun(path string) string { return "." + filepath.Base(path) + ".fetching-" }

// sweep removes what a fetch has left that was killed.
func (p *Places) sweep(path string) {
	entries, _ := os.ReadDir(filepath.Dir(path)) // where there is no folder, nothing is left in it
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && strings.HasPrefix(e.Name(), begun(path)) && p.now().Sub(info.ModTime()) > 2*fetchTimeout {
			_ = os.Remove(filepath.Join(filepath.Dir(path), e.Name())) // the next one tries again
		}
	}
}

// inspect tells whether a fetched file is what should take the place of another.
func (p *Places) inspect(fresh, path string, knows func(*database) bool) (Source, error) {
	d, err := open(fresh)
	if err != nil {
		return Source{}, unfit(path, errors.New(reasonOf(err)))
	}
	defer d.reader.Close()
	if d.built().After(p.now().Add(clockSlack)) {
		return Source{}, unfit(path, fmt.Errorf("it says that it is of %s", d.built().Format(time.DateOnly)))
	}
	if !knows(d) {
		return Source{}, unfit(path, errors.New("it does not know where and whose a well-known address is"))
	}
	if was := p.files.Load().database(path); was != nil {
		switch {
		case d.stamp.size < was.stamp.size/2:
			return Source{}, unfit(path, errors.New("it is less than half as large as the one it would replace"))
		case d.built().Before(was.built()):
			return Source{}, unfit(path, errors.New("it is older than the one it would replace"))
		}
	}
	d.path = path
	return Source{filepath.Base(path), d.built(), d.attribution()}, nil
}

// knowsCountry tells whether a city file places a well-known address, and none of them wrongly.
func (d *database) knowsCountry() bool {
	known := false
	for _, a := range wellKnown {
		if p := (&files{city: []*database{d}}).place(a); p.Country == wellKnownCountry {
			known = true
		} else if p.Known() {
			return false
		}
	}
	return known
}

// knowsNetwork tells whether an ASN file knows whose network the well-known address is in.
func (d *database) knowsNetwork() bool {
	return (&files{asn: d}).network(wellKnown[0]).ASN == wellKnownASN
}

func unfit(path string, cause error) error {
	return &core.Error{
		Kind: core.Garbled, Err: fmt.Errorf("places: %w", cause),
		Text: core.Say("What was fetched for {file} is not used: {cause}.", path, cause.Error()),
		Hint: core.Say("Look at its address in the config, under places.update. To take it all the same, remove the former file."),
	}
}

func unwritable(path string, cause error) error {
	return &core.Error{
		Kind: core.Unrecorded, Err: fmt.Errorf("places: %w", cause),
		Text: core.Say("{file} can not be written: {cause}.", path, reasonOf(cause)),
		Hint: core.Say("See to it that the folder is there and may be written to."),
	}
}
