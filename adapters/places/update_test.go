package places_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/maxmind/mmdbwriter/mmdbtype"

	"latchstring/adapters/places"
	"latchstring/core"
)

var (
	november = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	october  = november.AddDate(0, -1, 0)
	// university is what every true file knows.
	university = record{"129.132.0.0/16", "CH", "Zurich", "Zurich", 47.3769, 8.5417}
	silent     = slog.New(slog.DiscardHandler)
)

func cityFile(t testing.TB, built time.Time) []byte {
	return file(t, 4, "DBIP-City-Lite", built, nested(append([]record{university}, world...)))
}

func asnFile(t testing.TB, built time.Time) []byte {
	return file(t, 4, "DBIP-ASN-Lite (compat=GeoLite2-ASN)", built, map[string]mmdbtype.DataType{
		"129.132.0.0/16": carrier(559, "SWITCH"), "192.0.2.0/24": carrier(9009, "M247 Europe SRL"),
	})
}

func packed(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// serve serves answers by their path, and remembers what was asked for.
func serve(t *testing.T, answers map[string]http.HandlerFunc) (address string, asked *[]string) {
	t.Helper()
	asked = new([]string)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*asked = append(*asked, r.URL.Path)
		answer := answers[r.URL.Path]
		if answer == nil {
			answer = http.NotFound
		}
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL, asked
}

func with(data []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.Write(data) }
}

func TestUpdate(t *testing.T) {
	address, asked := serve(t, map[string]http.HandlerFunc{
		"/city-2026-11.mmdb.gz": with(packed(t, cityFile(t, november))),
		"/asn-2026-10.mmdb":     with(asnFile(t, october)), // that of this month is not there yet
	})
	const left, running = ".asn.mmdb.fetching-1", ".asn.mmdb.fetching-2"
	dir := folder(t, map[string][]byte{left: {1}, running: {2}})
	age(t, filepath.Join(dir, left), today.Add(-2*time.Hour))
	age(t, filepath.Join(dir, running), today)
	p := places.New(places.Config{
		City: []string{"city.mmdb"}, ASN: "asn.mmdb",
		Update: places.Update{City: []string{address + "/city-{month}.mmdb.gz"}, ASN: address + "/asn-{month}.mmdb"},
	}, dir, now)
	if len(p.Missing()) != 2 {
		t.Errorf("missing at first: %v", p.Missing())
	}
	for _, f := range p.Update(t.Context(), nil, silent) {
		if f.Err != nil || f.Source.Built.IsZero() || f.Source.Attribution == "" || filepath.Dir(f.Path) != dir {
			t.Errorf("fetched %+v", f)
		}
	}
	if got := strings.Join(*asked, " "); got != "/city-2026-11.mmdb.gz /asn-2026-11.mmdb /asn-2026-10.mmdb" {
		t.Errorf("asked for %s", got)
	}
	place, network := locate(p, "192.0.2.7")
	if place != lyon || network.Kind != core.VPN || len(p.Missing()) > 0 {
		t.Errorf("%v, %v, missing %v", place, network, p.Missing())
	}
	nothingLeft(t, dir, running, "asn.mmdb", "city.mmdb")
}

// nothingLeft sees to it that a folder holds these files only.
func nothingLeft(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(names, " ") {
		t.Errorf("in the folder are %v, want %v", got, names)
	}
}

// What cannot be used leaves the file and the places as they are.
func TestUpdateRefuses(t *testing.T) {
	whole := cityFile(t, november)
	foreign := university
	foreign.country = "LI"
	bomb := packed(t, make([]byte, 8<<20))
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		kind   core.Kind
		cause  string
	}{
		"404":            {http.NotFound, core.Missing, "404"},
		"error":          {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, core.Unreachable, "502"},
		"page":           {with([]byte("<html>Sign in</html>")), core.Garbled, "no mmdb file"},
		"nothing":        {with(nil), core.Garbled, "no mmdb file, or a damaged one"},
		"truncated":      {with(whole[:len(whole)-300]), core.Garbled, "no mmdb file"},
		"truncated gzip": {with(packed(t, whole)[:len(whole)/8]), core.Unreachable, "cut off"},
		"bad gzip":       {with([]byte("\x1f\x8bgarbage garbage")), core.Garbled, "damaged"},
		"cut off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000000")
			w.Write(whole)
		}, core.Unreachable, "cut off"},
		"wrong country": {with(file(t, 4, "City", november, nested(append([]record{foreign}, world...)))), core.Garbled, "well-known address"},
		"knows nothing": {with(file(t, 4, "City", november, nested(world))), core.Garbled, "well-known address"},
		"asn file":      {with(asnFile(t, november)), core.Garbled, "well-known address"},
		"from 2030":     {with(cityFile(t, today.AddDate(4, 0, 0))), core.Garbled, "2030-11-03"},
		"older":         {with(cityFile(t, october.AddDate(0, -1, 0))), core.Garbled, "older"},
		"much smaller":  {with(file(t, 4, "City", november, nested([]record{university}))), core.Garbled, "half as large"},
		"too large":     {with(append(make([]byte, 2<<20), whole...)), core.Garbled, "larger than 1 MB"},
		"gzip bomb":     {with(bomb), core.Garbled, "larger than 1 MB"},
	} {
		t.Run(name, func(t *testing.T) {
			address, _ := serve(t, map[string]http.HandlerFunc{"/secret-key": test.answer})
			dir := folder(t, map[string][]byte{"city.mmdb": cityFile(t, october)})
			p := places.New(places.Config{City: []string{"city.mmdb"}, Update: places.Update{City: []string{address + "/secret-key"}}}, dir, now)
			p.Bound(1 << 20)
			done := p.Update(t.Context(), nil, silent)
			if len(done) != 1 || core.KindOf(done[0].Err) != test.kind {
				t.Fatalf("%+v", done)
			}
			text := core.TextOf(done[0].Err).String()
			if !strings.Contains(text, test.cause) || !core.TextOf(done[0].Err).Complete() || core.HintOf(done[0].Err).Empty() {
				t.Errorf("says %q, want %q in it", text, test.cause)
			}
			if all := done[0].Err.Error() + text; strings.Contains(all, "secret-key") || strings.Contains(all, address) {
				t.Errorf("tells the address: %s", all)
			}
			if place, _ := locate(p, "192.0.2.7"); place != lyon || !p.Describe()[0].Built.Equal(october) {
				t.Errorf("afterwards %v of %v", place, p.Describe())
			}
			nothingLeft(t, dir, "city.mmdb")
		})
	}
}

func TestUpdateWithoutServerOrFolder(t *testing.T) {
	address, _ := serve(t, map[string]http.HandlerFunc{"/asn": with(asnFile(t, november))})
	p := places.New(places.Config{
		City: []string{"a.mmdb", filepath.Join("no", "folder.mmdb"), "without an address.mmdb"}, ASN: "asn.mmdb",
		Update: places.Update{City: []string{"http://127.0.0.1:1/key", address}, ASN: address + "/asn"},
	}, t.TempDir(), now)
	done := p.Update(t.Context(), nil, silent)
	if len(done) != 3 || core.KindOf(done[0].Err) != core.Unreachable || core.KindOf(done[1].Err) != core.Unrecorded || done[2].Err != nil {
		t.Fatalf("%+v", done)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if done := p.Update(ended, nil, silent); core.KindOf(done[2].Err) != core.Unreachable {
		t.Errorf("after the end: %+v", done[2])
	}
}

// roundTrip answers in the place of the network.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A running program takes what another put in the place of its files, and fetches what has become old once a day at most.
func TestWatch(t *testing.T) {
	y2k := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // when the bubble's time begins
	city, fresh := cityFile(t, y2k), cityFile(t, y2k.AddDate(0, 1, 0))
	synctest.Test(t, func(t *testing.T) {
		dir := folder(t, map[string][]byte{"city.mmdb": city})
		age(t, filepath.Join(dir, "city.mmdb"), time.Now())
		var asked atomic.Int32
		client := &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
			if asked.Add(1) == 1 {
				return &http.Response{StatusCode: http.StatusServiceUnavailable, Body: http.NoBody}, nil
			}
			return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewReader(fresh))}, nil
		})}
		p := places.New(places.Config{City: []string{"city.mmdb"}, Update: places.Update{
			City: []string{"http://places.test/city"}, Every: 30 * 24 * time.Hour,
		}}, dir, time.Now)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			p.Watch(ctx, client, silent)
		}()
		time.Sleep(24 * time.Hour)
		put(t, filepath.Join(dir, "city.mmdb"), file(t, 4, "City", y2k, nested([]record{university})))
		age(t, filepath.Join(dir, "city.mmdb"), time.Now())
		time.Sleep(2 * time.Hour)
		if place, _ := locate(p, "192.0.2.7"); place.Known() || asked.Load() != 0 {
			t.Errorf("after a day: %v, asked %d times", place, asked.Load())
		}
		time.Sleep(30 * 24 * time.Hour)
		if asked.Load() != 1 {
			t.Errorf("after a month it was asked %d times", asked.Load())
		}
		time.Sleep(24 * time.Hour)
		if asked.Load() != 2 {
			t.Errorf("a day later it was asked %d times", asked.Load())
		}
		if place, _ := locate(p, "192.0.2.7"); place != lyon {
			t.Errorf("after the update: %v", place)
		}
		time.Sleep(48 * time.Hour)
		if asked.Load() != 2 {
			t.Errorf("with a new file it was asked %d times", asked.Load())
		}
		cancel()
		<-ended
	})
}

// age sets when a file was changed.
func age(t *testing.T, path string, at time.Time) {
	t.Helper()
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

func sorted(problems map[string]string) []string { return slices.Sorted(maps.Keys(problems)) }

func TestProblems(t *testing.T) {
	c := places.DefaultConfig()
	if problems := c.Problems(); len(problems) > 0 {
		t.Errorf("the default: %v", problems)
	}
	for _, test := range []struct {
		config places.Config
		keys   string
	}{
		{places.Config{}, ""},
		{places.Config{City: []string{""}, ASN: " x"}, "asn city"},
		{places.Config{City: []string{"a.mmdb", "./a.mmdb"}}, "city"},
		{places.Config{City: []string{"folder/"}}, "city"},
		{places.Config{Update: places.Update{City: []string{"ftp://example.org/a"}, ASN: "a.mmdb"}}, "update.asn update.city"},
		{places.Config{Update: places.Update{Every: time.Hour}}, "update.every"},
		{places.Config{Update: places.Update{Every: -time.Hour}}, "update.every"},
		{places.Config{Update: places.Update{Every: 24 * time.Hour}}, ""},
	} {
		if got := strings.Join(sorted(test.config.Problems()), " "); got != test.keys {
			t.Errorf("%+v: problems with %q, want %q", test.config, got, test.keys)
		}
	}
}
