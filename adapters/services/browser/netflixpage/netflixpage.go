// Package netflixpage is a service with a page of devices like the one that Netflix has, for tests in a real browser.
//
// Its markup is that of services.md's reference: what public code relies on. Everything that can be wrong with such a page can be
// ordered. It serves on loopback alone; a wrapper round the browser makes that be www.netflix.com there, so that the shipped
// recipe is tested as it is, and has it go without its sandbox where the tests are run by root.
package netflixpage

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Canary stands behind the ? of every address and shall be in no log.
const Canary = "CANARY-nftoken"

// Device is a device as the page has it.
type Device struct {
	ESN, Name, Profile, Place, LastUse string
	Own                                bool
}

// Site is the service.
type Site struct {
	t      testing.TB
	server *httptest.Server

	mu       sync.Mutex
	devices  []Device
	orders   Orders
	signOuts []string
	asked    map[string]int // by path
}

// Orders is what is wrong with the service.
type Orders struct {
	Path   string        // it leads from the page to here: /login, /mfa
	To     string        // it leads from the page to this address
	Circle bool          // it leads on and on
	Slow   time.Duration // it takes so long
	Script string        // what its page does besides
	Then   string        // what it does after a sign-out
	Puzzle bool
	Old    bool   // it is made as it was until 2024
	Prefix string // of a row's key; "" is the known one
	Shown  int    // rows before "Show more"; 0: all
	Deaf   bool   // it signs nothing out
	Silent bool   // it does not say so
	File   bool   // it sends a file in place of the page
}

//go:embed page.html
var pageText string

// New starts the service with a browser's own session, a television, two sticks of one name, and what strangers call theirs.
func New(t testing.TB) *Site {
	t.Helper()
	s := &Site{t: t, asked: map[string]int{}, devices: []Device{
		{ESN: "NFCDCH-LX-OWN", Name: "Chrome - Web browser", Own: true},
		{ESN: "NFANDROID-TV-1", Name: "Samsung - Smart TV", Profile: "Marta", Place: "Madrid, Spain", LastUse: "11/20/25, 9:43\u202fPM"},
		{ESN: "NFROKU-1", Name: "Roku - Streaming stick", Profile: "Leo", Place: "Lyon, France", LastUse: "11/19/25, 8:00 AM"},
		{ESN: "NFROKU-2", Name: "Roku - Streaming stick", Profile: "Sofi", Place: "Lyon, France"},
		{ESN: "NFAPPLE-X", Name: "Apple iPhone", Profile: "Leo"},
		{ESN: "NFAPPLE-X", Name: "Apple iPhone", Profile: "Marta"},
		{ESN: "EVIL-1", Name: `"><img src=x onerror=alert(1)> Sign Out`, Profile: "<b>Sign Out</b>"},
	}}
	s.server = httptest.NewTLSServer(http.HandlerFunc(s.serve))
	s.server.Config.ErrorLog = nil
	t.Cleanup(s.server.Close)
	return s
}

// Order has something be wrong from now on.
func (s *Site) Order(o Orders) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.orders = o
}

// SignOuts are the names of devices that the page was told to sign out, whatever came of it.
func (s *Site) SignOuts() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.signOuts)
}

// Asked tells how often a path was asked for.
func (s *Site) Asked(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[path]
}

func (s *Site) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	o := s.orders
	s.asked[r.URL.Path]++
	s.mu.Unlock()
	on := func(to string) {
		w.Header().Set("Location", to+"?nftoken="+Canary)
		w.WriteHeader(http.StatusFound)
	}
	switch {
	case r.Method == http.MethodPost && r.URL.Path == "/signout":
		s.signOut(w, r, o)
	case r.URL.Path != "/ManageAccountAccess" && !strings.HasPrefix(r.URL.Path, "/circle"):
		fmt.Fprintln(w, "<!doctype html><title>Netflix</title><h1>Who is it?</h1><input name=password>")
	case o.Circle:
		on(fmt.Sprintf("/circle%d", s.Asked("/circle")+len(r.URL.Path)))
	case o.Path != "":
		on(o.Path)
	case o.To != "":
		on(o.To)
	case r.URL.RawQuery == "":
		on(r.URL.Path)
	case o.File:
		w.Header().Set("Content-Disposition", `attachment; filename="devices.csv"`)
		fmt.Fprintln(w, "a,b")
	default:
		select {
		case <-time.After(o.Slow):
			s.page(w, o)
		case <-r.Context().Done():
		}
	}
}

func (s *Site) page(w http.ResponseWriter, o Orders) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var view struct {
		Orders
		Devices []Device
		More    bool
		Script  template.JS
	}
	view.Orders, view.Devices, view.Script = o, s.devices, template.JS(o.Script) //nolint:gosec // a test's own
	if o.Old {                                                                   // there a row was known by its device alone
		view.Devices = slices.CompactFunc(slices.Clone(s.devices), func(a, b Device) bool { return a.ESN == b.ESN })
	}
	if view.Prefix == "" {
		view.Prefix = "device-list+"
	}
	if view.More = o.Shown > 0; !view.More {
		view.Shown = len(s.devices)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := template.Must(template.New("page").Parse(pageText)).Execute(w, view); err != nil {
		s.t.Error(err)
	}
}

func (s *Site) signOut(w http.ResponseWriter, r *http.Request, o Orders) {
	esn, err := io.ReadAll(io.LimitReader(r.Body, 1<<10))
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.devices, func(d Device) bool { return d.ESN == string(esn) })
	if i < 0 {
		s.t.Errorf("signed out: %q", esn)
		return
	}
	s.signOuts = append(s.signOuts, s.devices[i].Name)
	if !o.Deaf {
		s.devices = slices.Delete(s.devices, i, i+1)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"toast": !o.Silent, "then": o.Then}) // a page that is gone wants no answer
}

// Profile is a folder that a browser may have for its own.
func Profile(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "latchstring-profile-") //nolint:usetesting // the browser may write there for a moment after its end
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for range 20 {
			if os.RemoveAll(dir) == nil {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
	})
	return dir
}

// Program is a browser for which the service is www.netflix.com. A test without one is skipped, saying so; with
// LATCHSTRING_REQUIRE_SERVERS=1 it fails.
func (s *Site) Program() string {
	s.t.Helper()
	chromium, err := exec.LookPath("chromium")
	switch {
	case err == nil:
	case os.Getenv("LATCHSTRING_REQUIRE_SERVERS") == "1":
		s.t.Fatalf("a real browser is required here: %v", err)
	default:
		s.t.Skipf("no real browser to test with, .ci/servers/chromium installs one: %v", err)
	}
	flags := fmt.Sprintf("--ignore-certificate-errors --host-resolver-rules='MAP www.netflix.com %s, MAP * ~NOTFOUND'", s.server.Listener.Addr())
	if os.Geteuid() == 0 {
		flags += " --no-sandbox"
	}
	script := filepath.Join(s.t.TempDir(), "browser")
	if err := os.WriteFile(script, fmt.Appendf(nil, "#!/bin/sh\nexec %s %s \"$@\"\n", chromium, flags), 0o700); err != nil { //nolint:gosec // it is run
		s.t.Fatal(err)
	}
	return script
}
