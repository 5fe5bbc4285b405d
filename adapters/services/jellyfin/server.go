package jellyfin

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"latchstring/core"
)

// server is what the server says it is.
type server struct {
	version      string // cleaned
	major, minor int
	at           time.Time // when it said so; zero: it never did
}

// serverLasts is how long the version of a server is believed: it may be updated under our feet.
const serverLasts = 10 * time.Minute

// since tells whether the server is of a version or a later one.
func (v server) since(major, minor int) bool {
	return v.major > major || v.major == major && v.minor >= minor
}

// version returns what the server is. Where a proxy hides the public description, the one behind the key serves.
func (s *service) version(ctx context.Context) (server, error) {
	s.mu.Lock()
	known := s.server
	s.mu.Unlock()
	if age := s.opt.Now().Sub(known.at); !known.at.IsZero() && age >= 0 && age < serverLasts {
		return known, nil
	}
	v, err := s.describe(ctx, "/System/Info/Public")
	if k := core.KindOf(err); k == core.Missing || k == core.BadKey || k == core.Garbled && !errors.Is(err, errOther) {
		v, err = s.describe(ctx, "/System/Info")
	}
	if err != nil {
		return server{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.server = v
	return v, nil
}

// errOther says that the server is not the product of the config.
var errOther = errors.New("another product")

func (s *service) describe(ctx context.Context, path string) (server, error) {
	const what = "version"
	body, err := s.get(ctx, what, path, nil)
	if err != nil {
		return server{}, err
	}
	var info struct{ ProductName, Version string }
	if err := decode(body, &info); err != nil {
		return server{}, s.garbled(what, err)
	}
	v := server{version: core.Clean(info.Version), at: s.opt.Now()}
	numbers := strings.SplitN(info.Version+"..", ".", 3)
	var errs [2]error
	v.major, errs[0] = strconv.Atoi(numbers[0])
	v.minor, errs[1] = strconv.Atoi(numbers[1])
	if err := errors.Join(errs[:]...); err != nil {
		return server{}, s.garbled(what, errors.New("no version in it"))
	}
	// Emby does not name itself. Its versions end where Jellyfin's begin.
	product := Jellyfin
	if v.major < 10 && !strings.Contains(info.ProductName, string(Jellyfin)) {
		product = Emby
	}
	if product != s.config.Product {
		return server{}, &core.Error{
			Kind: core.Garbled, Unsent: true,
			Text: core.Say("{service} is not what the config says: it is {product}.", s.title, string(product)),
			Hint: core.Say("The owner can write \"kind: {kind}\" in the config.", strings.ToLower(string(product))),
			Err:  fmt.Errorf("%s: %w: %s", what, errOther, product),
		}
	}
	return v, nil
}
