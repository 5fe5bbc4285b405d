package httpcall

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"syscall"

	"latchstring/core"
)

// progress is how far a call has come.
type progress struct {
	connected atomic.Bool // from here on the request may have reached the service
	answered  atomic.Bool // the first byte of an answer came
}

func (p *progress) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn:              func(httptrace.GotConnInfo) { p.connected.Store(true) },
		GotFirstResponseByte: func() { p.answered.Store(true) },
	})
}

// lost tells in our own words why there is no whole answer. The words of the net packages are not used: they hold the
// URL, or what the service sent.
func (p *progress) lost(err error) (core.Kind, error) {
	if cause := refusedTrust(err); cause != nil {
		return core.Unreachable, cause
	}
	timeout, isNet := errors.AsType[net.Error](err)
	_, noName := errors.AsType[*net.DNSError](err)
	errno, isErrno := errors.AsType[syscall.Errno](err)
	switch {
	case errors.Is(err, context.Canceled):
		return core.Unreachable, context.Canceled
	case isNet && timeout.Timeout():
		return core.Unreachable, fmt.Errorf("no answer in time: %w", context.DeadlineExceeded)
	case noName:
		return core.Unreachable, errors.New("the name of the host is not known")
	case isErrno:
		return core.Unreachable, errno
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return core.Unreachable, errors.New("the connection was cut off")
	case p.answered.Load():
		return core.Garbled, errors.New("the answer is not readable HTTP")
	}
	return core.Unreachable, errors.New("the connection failed")
}

// refusedTrust tells why a TLS connection was not trusted, or nil where that is not the cause.
func refusedTrust(err error) error {
	_, unknown := errors.AsType[x509.UnknownAuthorityError](err)
	_, name := errors.AsType[x509.HostnameError](err)
	_, other := errors.AsType[*tls.CertificateVerificationError](err)
	_, noTLS := errors.AsType[tls.RecordHeaderError](err)
	switch {
	case unknown:
		return errors.New("its certificate is signed by nobody we know; ca_file can name who signed it")
	case name:
		return errors.New("its certificate is for another host")
	case other:
		return errors.New("its certificate is not valid")
	case noTLS, errors.Is(err, http.ErrSchemeMismatch):
		return errors.New("it does not speak https; its address may begin with http://")
	}
	return nil
}

// judge tells what an answer's status means; "" is a success. These are the usual meanings:
//
//	401 403               BadKey
//	404 410               Missing
//	408 425 429 503       Busy: it did not do it
//	other 5xx             Unreachable: it is there and not well; whether a change was made is open
//	other 4xx             Cannot for a change: it did not do it; Garbled for a read
//	1xx 3xx, a web page   Garbled
func judge(method string, a Answer) (core.Kind, error) {
	cause := fmt.Errorf("status %d", a.Status)
	switch s := a.Status; {
	case s >= 200 && s < 300:
		if isPage(a) {
			return core.Garbled, errors.New("a web page instead of data; a sign-in page may stand before the service")
		}
		return "", nil
	case s == 401, s == 403:
		return core.BadKey, cause
	case s == 404, s == 410:
		return core.Missing, cause
	case s == 408, s == 425, s == 429, s == 503:
		return core.Busy, cause
	case s >= 500:
		return core.Unreachable, cause
	case s >= 400 && method != http.MethodGet:
		return core.Cannot, cause
	case s >= 300 && s < 400:
		return core.Garbled, fmt.Errorf("status %d, a redirect that is not followed", s)
	}
	return core.Garbled, cause
}

// isPage tells whether an answer is a web page for people.
func isPage(a Answer) bool {
	switch kind, _, _ := mime.ParseMediaType(a.Header.Get("Content-Type")); kind {
	case "text/html", "application/xhtml+xml":
		return len(a.Body) > 0
	}
	start := bytes.ToLower(bytes.TrimSpace(a.Body[:min(len(a.Body), 256)]))
	return bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html"))
}
