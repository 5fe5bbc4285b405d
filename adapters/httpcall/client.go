package httpcall

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"latchstring/core"
)

// The limits of a call.
const (
	DefaultTimeout = 10 * time.Second
	maxBody        = 8 << 20
	maxHeader      = 64 << 10
	maxRedirects   = 3
	connectTimeout = 5 * time.Second // of dialing, and again of the TLS handshake
)

// Options are how a service is reached.
type Options struct {
	CAFile   string        // PEM certificates that are trusted instead of the system's
	Insecure bool          // takes any certificate; for a service on the same machine only
	Timeout  time.Duration // of a whole call; 0: [DefaultTimeout]
}

// Client calls one service. Its methods may be called from several goroutines at once.
type Client struct {
	title   string
	base    string // without a slash at its end
	timeout time.Duration
	reads   *http.Client
	changes *http.Client
}

// New makes the client of a service; title is what the household calls it.
func New(title, base string, o Options) (*Client, error) {
	if err := CheckBase(base); err != nil {
		return nil, err
	}
	trust, err := o.trust()
	if err != nil {
		return nil, err
	}
	timeout := o.Timeout
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	kept := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: connectTimeout}).DialContext,
		TLSClientConfig:        trust,
		TLSHandshakeTimeout:    connectTimeout,
		ResponseHeaderTimeout:  timeout,
		MaxResponseHeaderBytes: maxHeader,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        90 * time.Second,
	}
	fresh := kept.Clone()
	fresh.DisableKeepAlives = true
	return &Client{
		title: title, base: strings.TrimRight(base, "/"), timeout: timeout,
		reads:   &http.Client{Transport: kept, CheckRedirect: follow},
		changes: &http.Client{Transport: fresh, CheckRedirect: follow},
	}, nil
}

// CheckBase tells what is wrong with the address of a service. The error does not repeat it.
func CheckBase(base string) error {
	u, err := url.Parse(base)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return errors.New("should be an address such as http://nas.lan:8096")
	case u.User != nil:
		return errors.New("should not hold a user or a password; they have settings of their own")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return errors.New("should end before ? and #")
	}
	return nil
}

func (o Options) trust() (*tls.Config, error) {
	conf := &tls.Config{InsecureSkipVerify: o.Insecure} //nolint:gosec // the owner's choice for one service
	if o.CAFile == "" {
		return conf, nil
	}
	pem, err := os.ReadFile(o.CAFile)
	if err != nil {
		return nil, fmt.Errorf("ca_file: %w", err)
	}
	conf.RootCAs = x509.NewCertPool()
	if !conf.RootCAs.AppendCertsFromPEM(pem) {
		return nil, errors.New("ca_file: no certificate in it")
	}
	return conf, nil
}

// follow lets a read go on to another path of the same service. Anything else leaves the redirect as the answer.
func follow(next *http.Request, via []*http.Request) error {
	first := via[0]
	if first.Method != http.MethodGet || len(via) > maxRedirects ||
		next.URL.Scheme != first.URL.Scheme || next.URL.Host != first.URL.Host {
		return http.ErrUseLastResponse
	}
	return nil
}

// Request is one call.
type Request struct {
	What      string // what it is for, for the log: "list"
	Method    string
	Path      string // with its query; begins with a slash, and all that was put into it is escaped
	Body      []byte
	BodyType  string            // of Body
	Authorize func(http.Header) // puts the credentials into the header; nil: there are none
}

// Answer is what the service said, whole.
type Answer struct {
	Status int // 0: there was no answer
	Header http.Header
	Body   []byte
}

// Do makes the call. The answer comes beside an error when its status is what the error tells, for services that mean
// something of their own by a status. The error is a [core.Error]; its Unsent says that the request certainly did not
// reach the service.
func (c *Client) Do(ctx context.Context, r Request) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var p progress
	req, err := http.NewRequestWithContext(p.watch(ctx), r.Method, c.base+r.Path, bytes.NewReader(r.Body))
	if err != nil {
		return Answer{}, c.fault(r, core.Garbled, errors.New("not a request that can be sent"), true)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "latchstring")
	if r.Body != nil {
		req.Header.Set("Content-Type", r.BodyType)
	}
	if r.Authorize != nil {
		r.Authorize(req.Header)
	}
	client := c.changes
	if r.Method == http.MethodGet {
		client = c.reads
	}
	resp, err := client.Do(req)
	if err != nil {
		kind, cause := p.lost(err)
		return Answer{}, c.fault(r, kind, cause, !p.connected.Load())
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	switch {
	case err != nil:
		kind, cause := p.lost(err)
		return Answer{}, c.fault(r, kind, cause, false)
	case len(body) > maxBody:
		return Answer{}, c.fault(r, core.Garbled, errors.New("an answer larger than 8 MB"), false)
	}
	a := Answer{resp.StatusCode, resp.Header, body}
	if kind, cause := judge(r.Method, a); kind != "" {
		return a, c.fault(r, kind, cause, false)
	}
	return a, nil
}

func (c *Client) fault(r Request, kind core.Kind, cause error, unsent bool) *core.Error {
	e := core.ServiceError(kind, c.title, fmt.Errorf("%s: %w", r.What, cause))
	e.Unsent = unsent
	return e
}
