package mailbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"latchstring/core"
)

// connection is one to a mail server, signed in.
type connection struct {
	*imapclient.Client
	raw   net.Conn
	times times
	grew  chan struct{} // something came, or was said to have come
}

// errRefused says that the server does not let us in.
var errRefused = errors.New("sign-in refused")

// refused tells whether a failure is one that waiting does not heal.
func refused(err error) bool { return errors.Is(err, errRefused) }

// connect connects and signs in. Its errors hold neither the server's words nor what we said.
func (m *Mailbox) connect(ctx context.Context) (*connection, error) {
	trust, err := m.trusted()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, m.times.dial)
	defer cancel()
	raw, err := (&net.Dialer{}).DialContext(ctx, "tcp", m.config.address())
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	c := &connection{raw: raw, times: m.times, grew: make(chan struct{}, 1)}
	defer context.AfterFunc(ctx, c.hangUp)()
	if err := c.secure(ctx, m.config.TLS, trust); err != nil {
		_ = raw.Close()
		return nil, err
	}
	if err := m.signIn(c); err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

// trusted returns how the server proves that it is the one.
func (m *Mailbox) trusted() (*tls.Config, error) {
	trust := &tls.Config{ServerName: m.config.Host, MinVersion: tls.VersionTLS12}
	if m.config.CAFile == "" {
		return trust, nil
	}
	pem, err := os.ReadFile(within(m.dir, m.config.CAFile))
	if err != nil {
		return nil, fmt.Errorf("ca_file: %w", err)
	}
	trust.RootCAs = x509.NewCertPool()
	if !trust.RootCAs.AppendCertsFromPEM(pem) {
		return nil, errors.New("ca_file: no certificate in it")
	}
	return trust, nil
}

// secure sets up TLS. Without it nothing is said to a server that is not on this machine.
func (c *connection) secure(ctx context.Context, safety Safety, trust *tls.Config) (err error) {
	options := &imapclient.Options{
		TLSConfig: trust,
		UnilateralDataHandler: &imapclient.UnilateralDataHandler{
			Mailbox: func(*imapclient.UnilateralDataMailbox) { c.signal() },
		},
	}
	switch safety {
	case "", Implicit:
		safe := tls.Client(c.raw, trust)
		if err := safe.HandshakeContext(ctx); err != nil {
			return fmt.Errorf("tls: %w", err)
		}
		c.Client = imapclient.New(safe, options)
	case StartTLS:
		if c.Client, err = imapclient.NewStartTLS(c.raw, options); err != nil {
			return errors.New("starttls: the server does not do it, or not rightly")
		}
	case Plain:
		peer, ok := c.raw.RemoteAddr().(*net.TCPAddr)
		if !ok || !peer.IP.IsLoopback() {
			return errors.New("tls none: the server is not on this machine")
		}
		c.Client = imapclient.New(c.raw, options)
	default:
		return fmt.Errorf("tls %q: no such way", safety)
	}
	return nil
}

// signIn proves who we are.
func (m *Mailbox) signIn(c *connection) error {
	if err := c.WaitGreeting(); err != nil {
		return errors.New("greeting: no mail server answers")
	}
	var err error
	if m.config.TokenFile != "" {
		token, fault := m.config.token(m.dir)
		if fault != nil {
			return fault
		}
		err = c.Authenticate(&xoauth2{user: m.config.User, token: token})
	} else {
		err = c.Login(m.config.User, m.config.Password.Reveal()).Wait()
	}
	if no, ok := errors.AsType[*imap.Error](err); ok {
		if no.Code == imap.ResponseCodeUnavailable || no.Code == imap.ResponseCodeInUse {
			return errors.New("sign-in: the server asks for patience")
		}
		return errRefused
	}
	if err != nil {
		return errors.New("sign-in: the connection ended")
	}
	return nil
}

// xoauth2 is how Google and Microsoft take OAuth tokens over IMAP, as their developers' pages describe it.
type xoauth2 struct {
	user  string
	token core.Secret
}

// Start returns the whole of what there is to say.
func (x *xoauth2) Start() (mechanism string, first []byte, err error) {
	return "XOAUTH2", []byte("user=" + x.user + "\x01auth=Bearer " + x.token.Reveal() + "\x01\x01"), nil
}

// Next answers the server's reasons for a refusal, so that it refuses.
func (x *xoauth2) Next([]byte) ([]byte, error) { return []byte{}, nil }

// hangUp ends the connection whatever it does.
func (c *connection) hangUp() { _ = c.raw.Close() }

// signal notes that there may be something new.
func (c *connection) signal() {
	select {
	case c.grew <- struct{}{}:
	default:
	}
}

// within ends the connection if something takes longer than it may: the library waits forever for an answer.
func (c *connection) within(limit time.Duration, do func() error) error {
	defer time.AfterFunc(limit, c.hangUp).Stop()
	return do()
}

// examine opens the folder, so that nothing in it can be changed.
func (c *connection) examine(folder string) (opened *imap.SelectData, err error) {
	if folder == "" {
		folder = "INBOX"
	}
	err = c.within(c.times.command, func() error {
		opened, err = c.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait()
		return err
	})
	switch {
	case err != nil:
		return nil, fmt.Errorf("examine: %w", err)
	case opened.UIDValidity == 0:
		return nil, errors.New("examine: the server does not say which mails its numbers mean")
	}
	return opened, nil
}

// maxMails bounds how many mails one search may find; of more the newest are read.
const maxMails = 200_000

// find returns the numbers of the mails above a number that arrived since a day, in order.
func (c *connection) find(above uint32, since time.Time) ([]imap.UID, error) {
	var uids []imap.UID
	err := c.within(c.times.batch, func() error {
		found, err := c.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{{imap.UIDRange{Start: imap.UID(above + 1)}}}, Since: since}, nil).Wait()
		if err != nil {
			return err
		}
		for _, uid := range found.AllUIDs() {
			if uint32(uid) > above { // "n:*" means the last mail as well, whatever its number
				uids = append(uids, uid)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	return uids[max(0, len(uids)-maxMails):], nil
}

// maxMail bounds what is read of one mail, in bytes.
const maxMail = 1 << 20

// fetched is a mail, or a section of it, from the server.
type fetched struct {
	uid     uint32
	arrived time.Time
	text    []byte // at most maxMail
}

// fetch hands over a section of each mail, one after the other as they come.
func (c *connection) fetch(uids []imap.UID, section *imap.FetchItemBodySection, take func(fetched) error) error {
	section.Peek = true
	return c.within(c.times.batch, func() error {
		cmd := c.Fetch(imap.UIDSetNum(uids...), &imap.FetchOptions{UID: true, InternalDate: true, BodySection: []*imap.FetchItemBodySection{section}})
		for data := cmd.Next(); data != nil; data = cmd.Next() {
			var one fetched
			for item := data.Next(); item != nil; item = data.Next() {
				switch item := item.(type) {
				case imapclient.FetchItemDataUID:
					one.uid = uint32(item.UID)
				case imapclient.FetchItemDataInternalDate:
					one.arrived = item.Time
				case imapclient.FetchItemDataBodySection:
					if item.Literal == nil {
						continue
					}
					one.text, _ = io.ReadAll(io.LimitReader(item.Literal, maxMail)) // that it was cut off is told at the end
				}
			}
			if one.uid != 0 && one.text != nil {
				if err := take(one); err != nil {
					_ = cmd.Close()
					return err
				}
			}
		}
		if err := cmd.Close(); err != nil {
			return fmt.Errorf("fetch: %w", err)
		}
		return nil
	})
}
