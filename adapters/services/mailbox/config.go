package mailbox

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"time"

	"latchstring/adapters/services/mailbox/notice"
	"latchstring/adapters/strictyaml"
	"latchstring/core"
)

// Config is a service of a shipped recipe, in the config.
type Config struct {
	Recipe string // by the kind

	Mailboxes []string `yaml:"mailboxes"` // the ids of those that its mails come to; all, where none is named
	Streams   int      `yaml:"streams"`   // how many the account allows at once; 0: it does not say

	// Codes names by the member whose account it is who is shown its one-time codes; nobody, where nobody is named.
	Codes map[string][]string `yaml:"codes"`
}

// Own is a service of a recipe of the owner's, in the config.
type Own struct {
	Recipe    string   `yaml:"recipe,required"` // the path of a file that ends in .yaml
	Mailboxes []string `yaml:"mailboxes"`
	Streams   int      `yaml:"streams"`

	Codes map[string][]string `yaml:"codes"`
}

// Kinds returns the kinds of services that are joined by a shipped recipe.
func Kinds() []string {
	return []string{"amazon", "apple", "disney", "google", "microsoft", "netflix", "spotify"}
}

// Check finds what is wrong with the settings. It is called by strictyaml.
func (c *Config) Check(at strictyaml.At) { checkStreams(at, c.Streams) }

// Check finds what can be found without reading the recipe's file; [New] finds the rest. It is called by strictyaml.
func (c *Own) Check(at strictyaml.At) {
	checkStreams(at, c.Streams)
	if !strictyaml.IsFile(c.Recipe) {
		at.Fault("recipe", "should be the path of a recipe of your own, a .yaml file")
	}
}

func checkStreams(at strictyaml.At, streams int) {
	if streams < 0 || streams > 100 {
		at.Fault("streams", "should be between 0 and 100")
	}
}

// Box is a mailbox in the config.
type Box struct {
	ID         string        `yaml:"id,required"`
	Host       string        `yaml:"host,required"`
	Port       int           `yaml:"port"` // 0: 993, or 143 where tls is not implicit
	TLS        Safety        `yaml:"tls"`  // "" is implicit
	User       string        `yaml:"user,required"`
	Password   core.Secret   `yaml:"password"`
	TokenFile  string        `yaml:"token_file"` // of an OAuth token, read anew for each connection; in place of the password
	AuthservID string        `yaml:"authserv_id,required"`
	Forwarders []string      `yaml:"forwarders"` // addresses of the household that may send notices on
	Folder     string        `yaml:"folder"`     // "" is INBOX
	Poll       time.Duration `yaml:"poll"`       // where the server can not tell by itself; 0: 1 minute
	CAFile     string        `yaml:"ca_file"`
}

// Safety is how the way to a mail server is kept private.
type Safety string

// The ways, of which the last is for this machine only.
const (
	Implicit Safety = "implicit" // TLS from the first byte
	StartTLS Safety = "starttls" // TLS before anything is said
	Plain    Safety = "none"
)

// Check finds what is wrong with a mailbox. It is called by strictyaml.
func (b *Box) Check(at strictyaml.At) {
	if strings.ContainsAny(b.Host, "/: ") && net.ParseIP(b.Host) == nil {
		at.Fault("host", "should be the name or address of the mail server alone, such as imap.example.org")
	}
	if b.Port < 0 || b.Port > 65535 {
		at.Fault("port", "should be between 1 and 65535")
	}
	switch b.TLS {
	case "", Implicit, StartTLS:
	case Plain:
		if !isLoopback(b.Host) {
			at.Fault("tls", "none is for a server on this very machine; the password would be read by whoever is on the way")
		}
	default:
		at.Fault("tls", "should be implicit, starttls or none")
	}
	switch {
	case b.Password.Empty() && b.TokenFile == "" && at.Sound("password"):
		at.Fault("", "should have a password, password_file or token_file")
	case !b.Password.Empty() && b.TokenFile != "":
		at.Fault("token_file", "is used in place of the password; keep one of them")
	}
	if strings.ContainsAny(b.AuthservID, " ;=\"()") {
		at.Fault("authserv_id", "should be the first word of the Authentication-Results header that your mail provider adds, such as mx.example.org")
	}
	for i, f := range b.Forwarders {
		if a, err := mail.ParseAddress(f); err != nil || a.Address != f {
			at.Under("forwarders").Item(i).Fault("", "should be a mail address, such as marta@example.org")
		}
	}
	if b.Poll != 0 && (b.Poll < 10*time.Second || b.Poll > time.Hour) {
		at.Fault("poll", "should be between 10s and 1h")
	}
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// address returns where the server listens.
func (b *Box) address() string {
	port := b.Port
	if port == 0 && (b.TLS == "" || b.TLS == Implicit) {
		port = 993
	} else if port == 0 {
		port = 143
	}
	return net.JoinHostPort(b.Host, fmt.Sprint(port))
}

// trust returns whom the owner believes.
func (b *Box) trust() notice.Trust {
	t := notice.Trust{Authserv: b.AuthservID}
	for _, f := range b.Forwarders {
		t.Forwarders = append(t.Forwarders, strings.ToLower(f))
	}
	return t
}

// maxToken bounds a token's file, in bytes.
const maxToken = 64 << 10

// token reads the OAuth token of now. Somebody else renews it, so it is read each time.
func (b *Box) token(dir string) (core.Secret, error) {
	path := within(dir, b.TokenFile)
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return core.Secret{}, errors.New("token_file: it can not be read")
	case info.Mode().Perm()&0o077 != 0:
		return core.Secret{}, errors.New("token_file: others on this machine can read it; run: chmod 600")
	case info.Size() > maxToken:
		return core.Secret{}, errors.New("token_file: it is too large for a token")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return core.Secret{}, errors.New("token_file: it can not be read")
	}
	return core.NewSecret(strings.TrimSpace(string(text))), nil
}

// within returns a path that begins at a folder.
func within(dir, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
