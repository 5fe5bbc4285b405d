package chromium_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the machine may have no zone database

	"github.com/google/go-cmp/cmp"

	"latchstring/adapters/services/browser"
	"latchstring/adapters/services/browser/chromium"
	"latchstring/adapters/services/browser/netflixpage"
	"latchstring/core"
)

// home is a browser on the shipped recipe, in a real Chromium, on a page like Netflix's.
type home struct {
	*browser.Browser
	site    *netflixpage.Site
	profile string
}

func newHome(t *testing.T) *home {
	t.Helper()
	h := &home{site: netflixpage.New(t), profile: netflixpage.Profile(t)}
	h.Browser = h.open(t, h.site.Program())
	return h
}

func (h *home) open(t *testing.T, program string) *browser.Browser {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	cfg := browser.Config{Recipe: "netflix", Profile: h.profile, Program: program, Runs: 12}
	b, err := browser.New(cfg, core.Account{Service: "netflix", Member: "marta", Login: "marta@example.org"}, "",
		browser.Options{Now: time.Now, Zone: zone, Open: chromium.Open, Step: 6 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// said is what a list tells.
func said(devices []core.Device) []string {
	var lines []string
	for _, d := range devices {
		l := d.Sessions[0]
		line := fmt.Sprintf("%s|%s|%s", d.Name, l.Profile, l.Place)
		if !l.LastUsed.IsZero() {
			line += "|" + l.LastUsed.UTC().Format("2006-01-02 15:04")
		}
		if d.Own {
			line += "|own"
		}
		if d.ByHand {
			line += "|by hand"
		}
		lines = append(lines, line)
	}
	return lines
}

// left looks that nothing of the browser is left.
func (h *home) left(t *testing.T) {
	t.Helper()
	for range 100 {
		if len(processesOf(t, h.profile)) == 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("still there: %v", processesOf(t, h.profile))
}

func TestListAndSignOut(t *testing.T) {
	for name, o := range map[string]netflixpage.Orders{
		"the page of 2025": {}, "behind show more": {Shown: 2}, "slow": {Slow: 2 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHome(t)
			h.site.Order(o)
			devices, err := h.Devices(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{
				"Chrome - Web browser|||own",
				"Samsung - Smart TV|Marta|Madrid, Spain|2025-11-20 20:43",
				"Roku - Streaming stick|Leo|Lyon, France|2025-11-19 07:00",
				"Roku - Streaming stick|Sofi|Lyon, France",
				"Apple iPhone|Leo||by hand",
				`"><img src=x onerror=alert(1)> Sign Out|<b>Sign Out</b>|`,
			}, said(devices)); diff != "" {
				t.Fatal(diff)
			}
			for _, i := range []int{3, 5} { // the second of two of one name, and the one whose name is a button's
				r, err := h.SignOut(t.Context(), devices[i].Ref())
				if err != nil || r != (core.Receipt{}) {
					t.Fatal(devices[i].Name, r, err)
				}
				now, err := h.Devices(t.Context())
				if _, found, _ := core.Find(now, devices[i].Ref()); err != nil || found {
					t.Errorf("%s is still there, %v", devices[i].Name, err)
				}
			}
			if _, found, _ := core.Find(must(h.Devices(t.Context())), devices[2].Ref()); !found {
				t.Error("the other of that name is gone")
			}
			if _, err := h.SignOut(t.Context(), devices[4].Ref()); core.KindOf(err) != core.NeedsPerson {
				t.Errorf("one of two that look the same: %v", err)
			}
			if _, err := h.SignOut(t.Context(), devices[0].Ref()); core.KindOf(err) != core.Forbidden {
				t.Errorf("its own: %v", err)
			}
			if diff := cmp.Diff([]string{devices[3].Name, devices[5].Name}, h.site.SignOuts()); diff != "" || h.site.Asked("/everything") > 0 {
				t.Error(diff)
			}
			h.left(t)
		})
	}
}

func must(devices []core.Device, _ error) []core.Device { return devices }

func TestThePageOf2022(t *testing.T) {
	h := newHome(t)
	h.site.Order(netflixpage.Orders{Old: true, Then: "location.reload()"})
	devices, err := h.Devices(t.Context())
	if err != nil || len(devices) != 6 {
		t.Fatal(said(devices), err)
	}
	if _, err := h.SignOut(t.Context(), devices[1].Ref()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Samsung - Smart TV"}, h.site.SignOuts()); diff != "" {
		t.Error(diff)
	}
}

// Whatever the page is, nothing is pressed on one that is not as the recipe says, and the log has no more than its path.
func TestStops(t *testing.T) {
	for name, c := range map[string]struct {
		orders netflixpage.Orders
		why    browser.Why
	}{
		"sign-in":             {netflixpage.Orders{Path: "/login"}, browser.SignIn},
		"sign-in, in Spanish": {netflixpage.Orders{Path: "/es/login"}, browser.SignIn},
		"a code":              {netflixpage.Orders{Path: "/mfa"}, browser.Code},
		"a puzzle":            {netflixpage.Orders{Puzzle: true}, browser.Puzzle},
		"another site":        {netflixpage.Orders{To: "https://netflix.com.evil.example/ManageAccountAccess"}, browser.Elsewhere},
		"without TLS":         {netflixpage.Orders{To: "http://www.netflix.com/ManageAccountAccess"}, browser.Elsewhere},
		"away by script":      {netflixpage.Orders{Script: `location.href = "https://elsewhere.example/?" + "` + netflixpage.Canary + `"`}, browser.Elsewhere},
		"in circles":          {netflixpage.Orders{Circle: true}, browser.Elsewhere},
		"circles by script":   {netflixpage.Orders{Script: `location.href = "/ManageAccountAccess?again=" + Math.random()`}, browser.Elsewhere},
		"a question":          {netflixpage.Orders{Script: `setTimeout(() => confirm("Sign out of all devices?"), 50)`}, browser.Window},
		"a file":              {netflixpage.Orders{File: true}, ""},
		"another page":        {netflixpage.Orders{Path: "/browse"}, browser.Unknown},
		"other markup":        {netflixpage.Orders{Prefix: "devices:"}, browser.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHome(t)
			h.site.Order(c.orders)
			devices, err := h.Devices(t.Context())
			s, _ := errors.AsType[*browser.Stop](err)
			if s == nil {
				s = &browser.Stop{}
			}
			if err == nil || s.Because != c.why || devices != nil {
				t.Errorf("%v, %v", said(devices), err)
			}
			if log := fmt.Sprint(err); strings.Contains(log, netflixpage.Canary) || strings.Contains(log, "?") {
				t.Errorf("the log is told %s", log)
			}
			if len(h.site.SignOuts()) > 0 {
				t.Error("something was pressed")
			}
			h.left(t)
		})
	}
}

// A page can do much; it can open no window, save no file, and not reach into what is looked at.
func TestWhatAPageTries(t *testing.T) {
	for name, script := range map[string]string{
		"windows": `setInterval(() => window.open("/browse"), 30); document.querySelector("a").click()`,
		"a file":  `const a = document.createElement("a"); a.download = "x"; a.href = "data:text/plain,x"; document.body.append(a); a.click()`,
		"lies": `JSON.stringify = () => '{"seen":[],"rows":[]}'; Array.prototype.map = () => []; Element.prototype.getClientRects = () => [];
			HTMLElement.prototype.click = () => document.querySelectorAll("li button").forEach((b) => b.dispatchEvent(new Event("click")))`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHome(t)
			h.site.Order(netflixpage.Orders{Script: script})
			devices, err := h.Devices(t.Context())
			if isStop(err, browser.Window) {
				return
			}
			if err != nil || len(devices) != 6 {
				t.Fatal(said(devices), err)
			}
			if _, err := h.SignOut(t.Context(), devices[1].Ref()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"Samsung - Smart TV"}, h.site.SignOuts()); diff != "" {
				t.Error(diff)
			}
			h.left(t)
			files, err := os.ReadDir(h.profile)
			if err != nil || slices.ContainsFunc(files, func(f os.DirEntry) bool { return f.Name() == "x" || strings.HasPrefix(f.Name(), "devices") }) {
				t.Error(files, err)
			}
		})
	}
}

func isStop(err error, why browser.Why) bool {
	s, ok := errors.AsType[*browser.Stop](err)
	return ok && s.Because == why
}

// An element is pressed if it is the only one that is meant, on the page as it is in that moment.
func TestPressMeansOne(t *testing.T) {
	h := newHome(t)
	h.site.Order(netflixpage.Orders{Script: `document.querySelectorAll(".details").forEach((d) => d.classList.remove("folded"))`})
	p, err := chromium.Open(t.Context(), browser.Opening{Program: h.site.Program(), Profile: h.profile, Zone: "UTC", Allows: func(string, string) bool { return true }})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.Open(t.Context(), "https://www.netflix.com/ManageAccountAccess"); err != nil {
		t.Fatal(err)
	}
	const key, name = "device-list+NFROKU-2-3", "Roku - Streaming stick"
	rows := &browser.Rows{Rows: `li[data-uia^="device-list+"]`, Key: "data-uia"}
	button := browser.Mark{Selector: "button", Texts: []string{"sign out"}}
	for range 100 { // until it is there
		if s, err := p.Look(t.Context(), browser.Question{Rows: rows}); err != nil || len(s.Rows) == 7 {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	for what, c := range map[string]struct {
		aim  browser.Aim
		want int
	}{
		"one of six":        {browser.Aim{Mark: button}, 6},
		"all in a row":      {browser.Aim{Mark: browser.Mark{Selector: "button"}, Rows: rows, Key: key, Name: name}, 2},
		"no such key":       {browser.Aim{Mark: button, Rows: rows, Key: "device-list+NFROKU-2-4", Name: name}, 0},
		"another's name":    {browser.Aim{Mark: button, Rows: rows, Key: key, Name: "Samsung - Smart TV"}, 0},
		"part of its name":  {browser.Aim{Mark: button, Rows: rows, Key: key, Name: "Roku"}, 0},
		"a row without one": {browser.Aim{Mark: button, Rows: rows, Key: "device-list+NFCDCH-LX-OWN-0", Name: "Chrome - Web browser"}, 0},
		"what is not seen":  {browser.Aim{Mark: browser.Mark{Selector: "script"}}, 0},
	} {
		if n, err := p.Press(t.Context(), c.aim); err != nil || n != c.want {
			t.Errorf("%s: %d, %v", what, n, err)
		}
	}
	if _, err := p.Press(t.Context(), browser.Aim{Mark: browser.Mark{Selector: "li["}}); !isStop(err, browser.Unknown) {
		t.Errorf("no selector: %v", err)
	}
	if pressed := h.site.SignOuts(); len(pressed) > 0 {
		t.Fatalf("pressed: %v", pressed)
	}
	if n, err := p.Press(t.Context(), browser.Aim{Mark: button, Rows: rows, Key: key, Name: name}); n != 1 || err != nil {
		t.Errorf("the one: %d, %v", n, err)
	}
	for range 100 {
		if len(h.site.SignOuts()) == 1 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Error("not pressed")
}

// The toast is no proof, nor is its absence: the list is.
func TestAfterThePress(t *testing.T) {
	for name, c := range map[string]struct {
		orders netflixpage.Orders
		kind   core.Kind
		within time.Duration
	}{
		"a toast, and it is still there": {netflixpage.Orders{Deaf: true}, "", 8 * time.Hour},
		"gone without a toast":           {netflixpage.Orders{Silent: true}, "", 0},
		"nothing happens":                {netflixpage.Orders{Deaf: true, Silent: true}, core.NeedsPerson, 0},
		"a question about more":          {netflixpage.Orders{Deaf: true, Then: `confirm("Sign out of all devices?")`}, core.Garbled, 0},
		"away":                           {netflixpage.Orders{Then: `location.href = "https://elsewhere.example/"`}, core.Garbled, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHome(t)
			devices, err := h.Devices(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			h.site.Order(c.orders)
			r, err := h.SignOut(t.Context(), devices[1].Ref())
			if core.KindOf(err) != c.kind || r.Within != c.within {
				t.Errorf("%+v, %v", r, err)
			}
			if diff := cmp.Diff([]string{"Samsung - Smart TV"}, h.site.SignOuts()); diff != "" {
				t.Error(diff)
			}
			h.left(t)
		})
	}
}
