package chromium

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// shop is a local page with the markup that is documented for the page of a service, and what it may do instead.
type shop struct {
	*httptest.Server

	mu       sync.Mutex
	devices  []string // names, in the order of the page; "" is a row without one
	own      string
	does     string // what the page does in place of what it should
	pressed  []string
	requests []string
}

// What the page can do in place of what it should.
const (
	asksSignIn   = "asks for a sign-in"
	asksStep     = "asks for a second step"
	showsPuzzle  = "shows a puzzle"
	isChanged    = "is built otherwise"
	leadsAway    = "leads away"
	onlyToasts   = "says yes and does nothing"
	goesRound    = "goes round in circles"
	isSlow       = "is slow"
	asksLater    = "asks for a sign-in once something is pressed"
	wantsConfirm = "asks once more"
)

func openShop(t *testing.T, devices ...string) *shop {
	s := &shop{devices: devices}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ManageAccountAccess", s.page)
	mux.HandleFunc("POST /out", s.out)
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<h1>Sign In</h1><input name=password>") })
	mux.HandleFunc("GET /mfa", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<div data-uia="account-mfa-button-OTP_EMAIL"><button>Email a code</button></div>`)
	})
	mux.HandleFunc("GET /round", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/round", http.StatusFound) })
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests = append(s.requests, r.Method+" "+r.URL.Path)
		s.mu.Unlock()
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *shop) order(does string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.does = does
}

func (s *shop) outs() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.pressed...)
}

// opened tells how often the list of devices was asked for.
func (s *shop) opened() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, q := range s.requests {
		n += strings.Count(q, "GET /ManageAccountAccess")
	}
	return n
}

func (s *shop) page(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch s.does {
	case asksSignIn:
		http.Redirect(w, r, "/login?nextpage=SECRET-TOKEN", http.StatusFound)
		return
	case asksStep:
		http.Redirect(w, r, "/mfa?nftoken=SECRET-TOKEN", http.StatusFound)
		return
	case goesRound:
		http.Redirect(w, r, "/round", http.StatusFound)
		return
	case leadsAway:
		fmt.Fprintf(w, `<script>location.href = "http://localhost%s/ManageAccountAccess"</script>`, s.URL[strings.LastIndex(s.URL, ":"):])
		return
	case isChanged:
		fmt.Fprint(w, "<h1>Devices</h1><ol><li class=x>Samsung TV <button>Sign Out</button></li></ol>")
		return
	}
	fmt.Fprint(w, "<!doctype html><meta charset=utf-8><title>Manage access and devices</title><ul>")
	for i, name := range s.devices {
		badge := ""
		if name == s.own {
			badge = `<span data-uia="device-list+current-device-badge+ANNOUNCE">Current device</span>`
		}
		fmt.Fprintf(w, `<li data-uia="device-list+NFCDCH-%x-%d"><h3>%s</h3>%s<p>Marta (last watched)</p>
<button data-uia="device-list+%d+dropdown-button" onclick="this.parentNode.querySelector('.more').hidden = false">v</button>
<div class=more hidden><p>Madrid</p><button onclick="out(%d, this)">Sign Out</button></div></li>`, name, i, html.EscapeString(name), badge, i, i)
	}
	fmt.Fprintf(w, `</ul><script>
const does = %q;
if (does === %q) document.body.insertAdjacentHTML("beforeend", '<iframe src="/login?recaptcha" width=300 height=80></iframe>');
const list = document.querySelector("ul");
if (does === %q) { list.hidden = true; setTimeout(() => list.hidden = false, 1500); }
async function send(i, button) {
	await fetch("/out", {method: "POST", body: String(i)});
	document.body.insertAdjacentHTML("beforeend", "<div role=alert>The device is now signed out</div>");
	if (does !== %q) button.closest("li").remove();
}
function out(i, button) {
	if (does === %q) { location.href = "/login"; return; }
	if (does !== %q) { send(i, button); return; }
	document.body.insertAdjacentHTML("beforeend", "<div role=dialog><button>Sign Out</button></div>");
	document.querySelector("[role=dialog] button").onclick = () => send(i, button);
}
</script>`, s.does, showsPuzzle, isSlow, onlyToasts, asksLater, wantsConfirm)
}

func (s *shop) out(_ http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var i int
	if _, err := fmt.Fscan(r.Body, &i); err != nil || i < 0 || i >= len(s.devices) {
		return
	}
	s.pressed = append(s.pressed, s.devices[i])
	if s.does != onlyToasts {
		s.devices = append(s.devices[:i:i], s.devices[i+1:]...)
	}
}
