package servertest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"
)

// caller calls a server over HTTP on behalf of a test.
type caller struct {
	t      testing.TB
	client *http.Client
}

func newCaller(t testing.TB) caller {
	t.Helper()
	c := caller{t, &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{}}}
	t.Cleanup(c.client.CloseIdleConnections)
	return c
}

// call sends body as JSON, unless it is nil, and reads the answer into a value, unless that is nil. An answer with another
// status than the ones allowed ends the test. It returns the status.
func (c caller) call(method, url string, header http.Header, body, answer any, allowed ...int) int {
	c.t.Helper()
	var sent io.Reader = http.NoBody
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		sent = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(c.t.Context(), method, url, sent)
	if err != nil {
		c.t.Fatal(err)
	}
	if header != nil {
		req.Header = header.Clone()
	}
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.client.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		c.t.Fatal(err)
	}
	if !slices.Contains(allowed, resp.StatusCode) {
		c.t.Fatalf("%s %s: %s: %s", method, url, resp.Status, text)
	}
	if answer != nil {
		if err := json.Unmarshal(text, answer); err != nil {
			c.t.Fatalf("%s %s: %v: %s", method, url, err, text)
		}
	}
	return resp.StatusCode
}

// answers tells whether a server answers 200 at a URL.
func (c caller) answers(ctx context.Context, url string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return false
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}
