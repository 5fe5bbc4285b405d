package places

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"latchstring/core"
)

const (
	replyTimeout = 30 * time.Second // of dialing, of the TLS handshake, and until the answer begins
	maxRedirects = 5
)

func newClient() *http.Client {
	dialer := &net.Dialer{Timeout: replyTimeout}
	return &http.Client{
		Transport: &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           dialer.DialContext,
			TLSHandshakeTimeout:   replyTimeout,
			ResponseHeaderTimeout: replyTimeout,
			DisableKeepAlives:     true, // there is one answer a month
		},
		CheckRedirect: func(next *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects || via[0].URL.Scheme == "https" && next.URL.Scheme != "https" {
				return http.ErrUseLastResponse
			}
			return nil
		},
	}
}

// download writes what is behind an address to a file, unpacked. On the first days of a month its file may not be there
// yet; then it is that of the month before.
func (p *Places) download(ctx context.Context, client *http.Client, address string, to io.Writer) error {
	first := p.now().UTC()
	first = time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, time.UTC)
	err := p.get(ctx, client, strings.ReplaceAll(address, "{month}", first.Format("2006-01")), to)
	if core.KindOf(err) == core.Missing && strings.Contains(address, "{month}") {
		err = p.get(ctx, client, strings.ReplaceAll(address, "{month}", first.AddDate(0, -1, 0).Format("2006-01")), to)
	}
	return err
}

func (p *Places) get(ctx context.Context, client *http.Client, address string, to io.Writer) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return notFetched(core.Garbled, errors.New("its address is none"))
	}
	req.Header.Set("User-Agent", "latchstring")
	resp, err := client.Do(req)
	if err != nil {
		return notFetched(core.Unreachable, causeOf(err))
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusNotFound:
		return notFetched(core.Missing, errors.New("status 404"))
	case resp.StatusCode != http.StatusOK:
		return notFetched(core.Unreachable, fmt.Errorf("status %d", resp.StatusCode))
	}
	body, err := unpacked(resp.Body)
	if err != nil {
		return notFetched(core.Garbled, causeOf(err))
	}
	switch n, err := io.Copy(to, io.LimitReader(body, p.largest+1)); {
	case err != nil:
		return notFetched(core.Unreachable, causeOf(err))
	case n > p.largest:
		return notFetched(core.Garbled, fmt.Errorf("it is larger than %d MB", p.largest>>20))
	}
	return nil
}

// unpacked reads a file that may be packed by gzip, whatever its name is.
func unpacked(r io.Reader) (io.Reader, error) {
	b := bufio.NewReader(r)
	if begin, _ := b.Peek(2); string(begin) == "\x1f\x8b" {
		return gzip.NewReader(b)
	}
	return b, nil
}

// causeOf tells why a file did not come, without the address that net/http puts before it.
func causeOf(err error) error {
	timeout, isNet := errors.AsType[net.Error](err)
	_, noName := errors.AsType[*net.DNSError](err)
	_, isPath := errors.AsType[*os.PathError](err)
	switch {
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case isPath:
		return errors.New(reasonOf(err))
	case isNet && timeout.Timeout():
		return fmt.Errorf("no answer in time: %w", context.DeadlineExceeded)
	case noName:
		return errors.New("the name of the host is not known")
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader):
		return errors.New("it is damaged")
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return errors.New("it was cut off")
	}
	return errors.New("the connection failed")
}

func notFetched(kind core.Kind, cause error) error {
	return &core.Error{
		Kind: kind, Err: fmt.Errorf("fetch places: %w", cause),
		Text: core.Say("The file can not be fetched: {cause}.", cause.Error()),
		Hint: core.Say("Look at its address in the config, under places.update."),
	}
}
