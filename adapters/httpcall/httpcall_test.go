package httpcall_test

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"latchstring/adapters/httpcall"
	"latchstring/core"
)

// canary stands where secrets are; no error may hold it.
const canary = "s3cr3t-canary"

func client(t *testing.T, base string, o httpcall.Options) *httpcall.Client {
	t.Helper()
	c, err := httpcall.New("Home", base, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func call(method string) httpcall.Request {
	r := httpcall.Request{
		What: "list", Method: method, Path: "/devices?key=" + canary,
		Authorize: func(h http.Header) { h.Set("X-Key", canary) },
	}
	if method == http.MethodPost {
		r.Body, r.BodyType = []byte(canary), "text/plain"
	}
	return r
}

// raw serves bytes that no HTTP server would send.
func raw(t *testing.T, answer func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { l.Close(); <-done })
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 4096))
			answer(conn)
			conn.Close()
		}
	}()
	return "http://" + l.Addr().String()
}

func checkFailure(t *testing.T, err error, kind core.Kind, unsent bool) {
	t.Helper()
	e, ok := errors.AsType[*core.Error](err)
	if !ok {
		t.Fatalf("error %v is not a core.Error", err)
	}
	if e.Kind != kind || e.Unsent != unsent {
		t.Errorf("got %s (unsent %v), want %s (unsent %v): %v", e.Kind, e.Unsent, kind, unsent, err)
	}
	for _, text := range []string{err.Error(), fmt.Sprintf("%+v %#v", err, err), e.Text.String(), e.Hint.String()} {
		if strings.Contains(text, canary) {
			t.Errorf("a secret is in %q", text)
		}
	}
}

func TestStatus(t *testing.T) {
	type want struct{ read, change core.Kind }
	table := map[int]want{
		200: {}, 204: {}, 299: {},
		304: {core.Garbled, core.Garbled},
		400: {core.Garbled, core.Cannot}, 405: {core.Garbled, core.Cannot}, 422: {core.Garbled, core.Cannot},
		401: {core.BadKey, core.BadKey}, 403: {core.BadKey, core.BadKey},
		404: {core.Missing, core.Missing}, 410: {core.Missing, core.Missing},
		429: {core.Busy, core.Busy}, 503: {core.Busy, core.Busy},
		500: {core.Unreachable, core.Unreachable}, 502: {core.Unreachable, core.Unreachable}, 504: {core.Unreachable, core.Unreachable},
		600: {core.Unreachable, core.Unreachable},
	}
	for status, w := range table {
		server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("X-Token", canary)
			rw.WriteHeader(status)
			if status != 204 && status != 304 {
				fmt.Fprintf(rw, `{"secret":%q}`, canary)
			}
		}))
		c := client(t, server.URL, httpcall.Options{})
		for method, kind := range map[string]core.Kind{"GET": w.read, "DELETE": w.change, "POST": w.change} {
			a, err := c.Do(t.Context(), call(method))
			if a.Status != status {
				t.Errorf("%s %d: answer has status %d", method, status, a.Status)
			}
			if kind == "" {
				if err != nil {
					t.Errorf("%s %d: %v", method, status, err)
				}
				continue
			}
			checkFailure(t, err, kind, false)
		}
		server.Close()
	}
}

func TestHostileAnswers(t *testing.T) {
	page := func(body, kind string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			io.WriteString(w, body)
		}
	}
	table := map[string]struct {
		handler http.HandlerFunc
		want    core.Kind
	}{
		"huge": {func(w http.ResponseWriter, _ *http.Request) {
			for range 10 {
				w.Write(make([]byte, 1<<20))
			}
		}, core.Garbled},
		"stalled": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, core.Unreachable},
		"slow": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				io.WriteString(w, " ")
				w.(http.Flusher).Flush()
				time.Sleep(time.Millisecond)
			}
		}, core.Unreachable},
		"cut off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, `[{"token":"`+canary)
		}, core.Unreachable},
		"page":         {page("<p>"+canary, "text/html; charset=utf-8"), core.Garbled},
		"page untyped": {page("\n<!DOCTYPE html>"+canary, "application/json"), core.Garbled},
		"huge header":  {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat(canary, 1<<14)) }, core.Garbled},
		"false gzip": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			io.WriteString(w, canary)
		}, core.Garbled},
		"redirect cycle": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/devices?key="+canary, http.StatusFound)
		}, core.Garbled},
	}
	for name, row := range table {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(row.handler)
			defer server.Close()
			c := client(t, server.URL, httpcall.Options{Timeout: 300 * time.Millisecond})
			_, err := c.Do(t.Context(), call("GET"))
			checkFailure(t, err, row.want, false)
		})
	}
}

func TestNotHTTP(t *testing.T) {
	for name, row := range map[string]struct {
		bytes string
		want  core.Kind
	}{
		"garbage":          {canary + "\r\n\r\n", core.Garbled},
		"malformed status": {"HTTP/1.1 " + canary + "\r\n\r\n", core.Garbled},
		"malformed header": {"HTTP/1.1 200 OK\r\n" + canary + "\r\n\r\n", core.Garbled},
		"nothing":          {"", core.Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			c := client(t, raw(t, func(conn net.Conn) { _, _ = io.WriteString(conn, row.bytes) }), httpcall.Options{})
			_, err := c.Do(t.Context(), call("DELETE"))
			checkFailure(t, err, row.want, false)
		})
	}
}

func TestUnsent(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refused := "http://" + l.Addr().String()
	l.Close()
	_, err = client(t, refused, httpcall.Options{}).Do(t.Context(), call("DELETE"))
	checkFailure(t, err, core.Unreachable, true)

	_, err = client(t, "http://no-such-host.invalid", httpcall.Options{}).Do(t.Context(), call("DELETE"))
	checkFailure(t, err, core.Unreachable, true)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = client(t, refused, httpcall.Options{}).Do(ctx, call("DELETE"))
	checkFailure(t, err, core.Unreachable, true)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled call tells %v", err)
	}
}

// A redirect must not carry the key away, and a change does not follow any.
func TestRedirects(t *testing.T) {
	var reached int
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached++ }))
	defer other.Close()
	var seen []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Method+" "+r.URL.Path+" "+r.Header.Get("X-Key"))
		switch r.URL.Path {
		case "/base/devices":
			http.Redirect(w, r, "/base/new", http.StatusPermanentRedirect)
		case "/base/new":
			io.WriteString(w, "[]")
		case "/away/devices":
			http.Redirect(w, r, other.URL+"/?"+canary, http.StatusTemporaryRedirect)
		}
	}))
	defer server.Close()

	base := client(t, server.URL+"/base/", httpcall.Options{})
	if a, err := base.Do(t.Context(), call("GET")); err != nil || string(a.Body) != "[]" {
		t.Errorf("a read within the host: %q, %v", a.Body, err)
	}
	_, err := base.Do(t.Context(), call("DELETE"))
	checkFailure(t, err, core.Garbled, false)
	away := client(t, server.URL+"/away", httpcall.Options{})
	for _, method := range []string{"GET", "DELETE", "POST"} {
		_, err := away.Do(t.Context(), call(method))
		checkFailure(t, err, core.Garbled, false)
	}
	if reached != 0 {
		t.Errorf("the other host was asked %d times", reached)
	}
	if want := "DELETE /base/devices " + canary; len(seen) != 6 || seen[2] != want {
		t.Errorf("the service was asked %q", seen)
	}
}

func TestCertificates(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "[]") }))
	defer server.Close()
	server.Config.ErrorLog = nil
	file := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(file, block, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := client(t, server.URL, httpcall.Options{}).Do(t.Context(), call("GET"))
	checkFailure(t, err, core.Unreachable, true)
	for _, o := range []httpcall.Options{{CAFile: file}, {Insecure: true}} {
		if _, err := client(t, server.URL, o).Do(t.Context(), call("GET")); err != nil {
			t.Errorf("%+v: %v", o, err)
		}
	}
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	_, err = client(t, strings.Replace(plain.URL, "http:", "https:", 1), httpcall.Options{}).Do(t.Context(), call("GET"))
	checkFailure(t, err, core.Unreachable, true)
	if _, err := httpcall.New("Home", server.URL, httpcall.Options{CAFile: filepath.Join(t.TempDir(), "none")}); err == nil {
		t.Error("a missing ca_file is no fault")
	}
}

// A change does not use a kept connection: when the service closes that one meanwhile, the request is lost in doubt.
func TestChangesHaveTheirOwnConnection(t *testing.T) {
	from := map[string]bool{}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { from[r.RemoteAddr] = true }))
	defer server.Close()
	c := client(t, server.URL, httpcall.Options{})
	for _, method := range []string{"GET", "GET", "DELETE", "DELETE"} {
		if _, err := c.Do(t.Context(), call(method)); err != nil {
			t.Fatal(err)
		}
	}
	if len(from) != 3 {
		t.Errorf("%d connections, want 3", len(from))
	}
}

func TestCheckBase(t *testing.T) {
	for base, ok := range map[string]bool{
		"http://nas.lan:8096": true, "https://sso.example.org/auth/": true, "http://[::1]:4434": true,
		"": false, "nas.lan:8096": false, "ftp://nas": false, "http://": false, "http://:80": false,
		"http://me:" + canary + "@nas": false, "http://nas/?k=" + canary: false, "http://nas/#x": false,
	} {
		err := httpcall.CheckBase(base)
		if (err == nil) != ok {
			t.Errorf("%q: %v", base, err)
		}
		if err != nil && strings.Contains(err.Error(), canary) {
			t.Errorf("a secret is in %q", err)
		}
	}
}

func TestCheckJSON(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for body, ok := range map[string]bool{
		`{}`: true, ` [] `: true, `null`: true, deep(32): true, `"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["`: true,
		`["` + strings.Repeat(`\\`, 1000) + `","` + strings.Repeat(`\"[`, 100) + `"]`: true,
		`["\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "\\"]`:                          true,
		"": false, "  ": false, deep(33): false, deep(100_000): false, strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40): false,
		`{"a":1`: false, `[]x`: false, `<html>`: false, "[\"\xff\"]": false, `{"a":01}`: false,
	} {
		if err := httpcall.CheckJSON([]byte(body)); (err == nil) != ok {
			t.Errorf("%.40q: %v", body, err)
		}
	}
}

func FuzzCheckJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[1,"\\"]}`, `[[`, `"\`, "\xff", `]]]]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if err := httpcall.CheckJSON(body); err != nil && len(body) > 0 && strings.Contains(err.Error(), string(body)) && len(body) > 8 {
			t.Errorf("the error %q repeats the body", err)
		}
	})
}
