package mailbox

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"latchstring/core"
)

// A mail that nobody vouches for is told, and is no sign-in and no device.
func TestUnverified(t *testing.T) {
	s := serve(t, true)
	h := live(t, s.box("home"))
	after := h.cursor()
	for i := range 300 {
		forged := strings.ReplaceAll(string(signIn(i, "Evil TV", time.Now())), "dmarc=pass", "dmarc=fail")
		s.put([]byte(forged), time.Now())
	}
	s.put(signIn(1000, "Kitchen TV", time.Now()), time.Now())
	names, _ := h.await(after, 1)
	if diff := cmp.Diff([]string{"Kitchen TV"}, names); diff != "" {
		t.Error(diff)
	}
	devices, err := h.connector.Devices.Devices(t.Context())
	if err != nil || len(devices) != 1 {
		t.Errorf("%d devices: %v", len(devices), err)
	}
	notices, _ := h.notices(after)
	unverified := 0
	for _, n := range notices {
		if !n.Verified {
			unverified++
		}
	}
	if unverified != maxUnvouched || len(notices) != maxUnvouched+1 {
		t.Errorf("%d of %d notices are not vouched for", unverified, len(notices))
	}
}

// A code is there for its time only, and is nowhere in the log.
func TestCodes(t *testing.T) {
	s := serve(t, true)
	h := live(t, s.box("home"))
	after := h.cursor()
	soon := time.Now().Add(-15*time.Minute + 2*time.Second)
	s.put(codeMail(1, time.Now().Add(-time.Hour)), time.Now())
	s.put(codeMail(2, soon), time.Now())
	s.put(signIn(3, "Kitchen TV", time.Now()), time.Now())
	h.await(after, 1)
	codes := func() (codes []string) {
		notices, _ := h.notices(after)
		for _, n := range notices {
			if n.Kind == core.NoticeCode {
				codes = append(codes, n.Code.Reveal())
			}
		}
		return codes
	}
	if diff := cmp.Diff([]string{"", "8305"}, codes()); diff != "" {
		t.Error(diff)
	}
	time.Sleep(time.Until(soon.Add(15 * time.Minute)))
	if diff := cmp.Diff([]string{"", ""}, codes()); diff != "" {
		t.Error(diff)
	}
	for range 100 {
		if kept := kept(h.boxes[0]); kept == 0 {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if n := kept(h.boxes[0]); n > 0 {
		t.Errorf("%d codes are still in memory", n)
	}
	if strings.Contains(h.log.String(), "8305") {
		t.Error("the code is in the log")
	}
}

// kept counts the codes and links in a mailbox's memory.
func kept(m *Mailbox) (n int) {
	for _, e := range m.known().entries {
		if !e.notice.Code.Empty() || !e.notice.Link.Empty() {
			n++
		}
	}
	return n
}

// Wrong passwords, dead servers and strange folders are told apart, without the password.
func TestFailures(t *testing.T) {
	s := serve(t, true)
	dead, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := s.box("home")
	gone.Port = dead.Addr().(*net.TCPAddr).Port
	_ = dead.Close()
	wrong, folder := s.box("home"), s.box("home")
	wrong.Password = core.NewSecret("CANARY-wrong")
	folder.Folder = "Bills"
	for name, c := range map[string]struct {
		box  Box
		kind core.Kind
	}{"gone": {gone, core.Unreachable}, "wrong password": {wrong, core.BadKey}, "no folder": {folder, core.Unreachable}} {
		h := live(t, c.box)
		_, err := h.connector.Devices.Devices(t.Context())
		if core.KindOf(err) != c.kind || core.TextOf(err).String() != "I can not read the mails of Netflix right now." {
			t.Errorf("%s: %v", name, err)
		}
		if _, _, err := h.connector.SignIns.SignIns(t.Context(), ""); core.KindOf(err) != c.kind {
			t.Errorf("%s: sign-ins: %v", name, err)
		}
		if _, _, err := h.connector.Prober.Probe(t.Context()); core.KindOf(err) != c.kind {
			t.Errorf("%s: probe: %v", name, err)
		}
		if all := h.log.String() + fmt.Sprint(err); strings.Contains(all, "CANARY") {
			t.Errorf("%s: tells the password: %s", name, all)
		}
	}
}

// A device is the same when it signs in again, as another generation of it.
func TestDevices(t *testing.T) {
	s := serve(t, true)
	for i, ago := range []time.Duration{100 * 24 * time.Hour, 48 * time.Hour, 24 * time.Hour} {
		s.put(signIn(i, []string{"Old TV", "Kitchen TV", "Kitchen  tv"}[i], time.Now().Add(-ago)), time.Now().Add(-ago))
	}
	s.put(signIn(10, "Phone", time.Now().Add(-30*time.Hour)), time.Now().Add(-30*time.Hour))
	h := live(t, s.box("home"))
	devices, err := h.connector.Devices.Devices(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, d := range devices {
		names = append(names, d.Name)
	}
	if diff := cmp.Diff([]string{"Kitchen tv", "Phone"}, names); diff != "" {
		t.Fatal(diff)
	}
	before := devices[0].Ref()
	after := h.cursor()
	s.put(signIn(11, "Kitchen TV", time.Now()), time.Now())
	h.await(after, 1)
	devices, err = h.connector.Devices.Devices(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, found, again := core.Find(devices, before); found || !again {
		t.Errorf("found %v, again %v", found, again)
	}
}

func TestProbe(t *testing.T) {
	hints := func(h *home) string {
		t.Helper()
		_, hints, err := h.connector.Prober.Probe(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, p := range hints {
			if !p.Complete() {
				t.Errorf("%s is not complete", p)
			}
			all = append(all, p.String())
		}
		return strings.Join(all, "\n")
	}
	s := serve(t, false)
	h := live(t, s.box("home"))
	for _, want := range []string{"does not tell when mail comes", "No mail of Netflix came to home in the last 90 days"} {
		if got := hints(h); !strings.Contains(got, want) {
			t.Errorf("no %q in %s", want, got)
		}
	}
	elsewhere := strings.ReplaceAll(string(signIn(1, "TV", time.Now())), "mx.example.org", "mx.example.net")
	s.put([]byte(elsewhere), time.Now())
	if got := hints(h); !strings.Contains(got, "vouched for by mx.example.net and not by mx.example.org") {
		t.Error(got)
	}
	_, bare, _ := strings.Cut(elsewhere, "\r\n")
	s.put([]byte(bare), time.Now())
	if got := hints(h); !strings.Contains(got, "does not say whether mails are from whom they say") {
		t.Error(got)
	}
	s.put([]byte(strings.ReplaceAll(string(signIn(2, "TV", time.Now())), "house@example.org", "else@example.org")), time.Now())
	if got := hints(h); !strings.Contains(got, "are to nobody whom accounts names") {
		t.Error(got)
	}
	s.put(signIn(3, "TV", time.Now()), time.Now())
	if got := hints(h); strings.Contains(got, "nobody whom") || strings.Contains(got, "vouched") || strings.Contains(got, "whom they say") {
		t.Error(got)
	}
}

func TestAbilities(t *testing.T) {
	s := serve(t, true)
	h := live(t, s.box("home"))
	want := map[core.Ability]core.Support{
		core.CanList: core.Yes, core.CanTellUse: core.Yes, core.CanTellIP: core.Yes, core.CanSignOut: core.ByHand, core.CanSignOutAll: core.ByHand,
		core.CanReset: core.ByHand, core.CanSignIns: core.Yes, core.CanStreams: core.No, core.CanTV: core.No,
	}
	for _, a := range core.Abilities() {
		can := h.connector.Can(a)
		if can != want[a] {
			t.Errorf("%s: %s, want %s", a, can, want[a])
		}
		if why := h.connector.Why[a]; can == core.No && why.Empty() {
			t.Errorf("%s: it does not say why not", a)
		}
	}
	if h.connector.Title != "Netflix" {
		t.Error(h.connector.Title)
	}
}

func TestConfigFaults(t *testing.T) {
	boxes := []*Mailbox{Open(Box{ID: "home"}, "")}
	for want, c := range map[string]struct {
		cfg   Config
		boxes []*Mailbox
	}{
		"mailboxes: none is in the config": {Config{Recipe: "netflix"}, nil},
		"mailboxes: there is no office":    {Config{Recipe: "netflix", Mailboxes: []string{"office"}}, boxes},
		`did you mean "netflix"?`:          {Config{Recipe: "netflx"}, boxes},
	} {
		if _, err := New(c.cfg, "x", "", nil, c.boxes, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if _, err := New(Config{Recipe: "none.yaml"}, "x", "", nil, boxes, Options{Dir: t.TempDir()}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
