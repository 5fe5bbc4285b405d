package jellyfin

import (
	"crypto/sha256"
	"encoding/hex"
	"hash/maphash"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"latchstring/adapters/httpcall"
	"latchstring/core"
)

// Options are what the program gives a connector.
type Options struct {
	Now    func() time.Time
	Random io.Reader // of one-time passwords; crypto/rand's
	Log    *slog.Logger
	Dir    string // where the path of ca_file begins: the folder of the config
}

// service is one joined server.
type service struct {
	config   Config
	id       core.ServiceID
	title    string
	accounts []core.Account
	client   *httpcall.Client
	dialer   *websocket.Dialer
	opt      Options
	self     core.DeviceID // as what the server knows this program
	seed     maphash.Seed

	mu       sync.Mutex
	server   server
	devices  page[[]row]
	sessions page[[]session]
	log      page[logPage]
	out      map[core.DeviceID]signedOut
}

// New joins a server, without asking it anything.
func New(cfg Config, id core.ServiceID, title string, accounts []core.Account, opt Options) (core.Connector, error) {
	if cfg.Product == "" {
		cfg.Product = Jellyfin
	}
	if title == "" {
		title = string(cfg.Product)
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = httpcall.DefaultTimeout
	}
	if cfg.CAFile != "" && !filepath.IsAbs(cfg.CAFile) {
		cfg.CAFile = filepath.Join(opt.Dir, cfg.CAFile)
	}
	client, err := httpcall.New(title, cfg.URL, httpcall.Options{CAFile: cfg.CAFile, Insecure: cfg.Insecure, Timeout: cfg.Timeout})
	if err != nil {
		return core.Connector{}, err
	}
	dialer, err := newDialer(cfg)
	if err != nil {
		return core.Connector{}, err
	}
	s := &service{
		config: cfg, id: id, title: title, accounts: accounts, client: client, dialer: dialer, opt: opt,
		self: ownDevice(cfg.Key), seed: maphash.MakeSeed(),
	}
	return s.connector(), nil
}

// ownDevice names this program to the server. The name is the same after every start, and nobody who does not have the key can
// guess it: a device that signed in under it would be taken for our own and never be signed out.
func ownDevice(key core.Secret) core.DeviceID {
	sum := sha256.Sum256([]byte("latchstring's device of " + key.Reveal()))
	return core.DeviceID("latchstring-" + hex.EncodeToString(sum[:8]))
}

// connector offers what the product can do. That all devices of an account are signed out in one call is not among it: only
// one after the other can it be told whom each of them touches.
func (s *service) connector() core.Connector {
	c := core.Connector{
		Service: s.id, Title: s.title, Accounts: s.accounts,
		Devices: s, SignOut: s, SignIns: s, Prober: s, Streams: s, Stop: s, Screen: s, Limit: s.config.Streams,
		Settle: 2 * s.config.Timeout, // a sign-out lists before it asks
		Tells:  core.Tells{LastUse: true, Address: true, Playing: true},
	}
	if s.config.Product == Emby {
		c.Why = map[core.Ability]core.Phrase{
			core.CanReset: core.Say("{service} lets nobody set another's password without emptying it first, and I never do that.", s.title),
			core.CanTV:    core.Say("{service} has no Quick Connect.", s.title),
		}
		return c
	}
	c.Reset, c.TV, c.Nudges = s, s, s.nudges
	return c
}
