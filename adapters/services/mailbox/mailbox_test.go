package mailbox

import (
	"context"
	"fmt"
	"net/netip"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"latchstring/core"
)

func TestSignInComesWhileWaiting(t *testing.T) {
	s := serve(t, true)
	s.put(signIn(1, "Old TV", time.Now().Add(-time.Hour)), time.Now().Add(-time.Hour))
	h := liveFor(t, time.Hour, s.box("home")) // it has to be told
	after := h.cursor()
	<-h.nudged
	time.Sleep(100 * time.Millisecond) // the server in memory is deaf for a moment when it begins to wait
	began := time.Now()
	s.put(signIn(2, "Kitchen TV", began), began)
	select {
	case <-h.nudged:
	case <-time.After(2 * time.Second):
		t.Error("nobody was nudged within two seconds")
	}
	names, next := h.await(after, 1)
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("it took %s", took)
	}
	if diff := cmp.Diff([]string{"Kitchen TV"}, names); diff != "" {
		t.Error(diff)
	}
	if _, again := h.notices(next); again != next {
		t.Errorf("the cursor moves where nothing happens: %s, %s", next, again)
	}
	if n := s.unseen(); n != 2 {
		t.Errorf("%d of 2 mails are unseen: something was marked", n)
	}
}

func sameAddr(a, b netip.Addr) bool { return a == b }

func TestSignIn(t *testing.T) {
	s := serve(t, true)
	h := live(t, s.box("home"))
	after := h.cursor()
	at := time.Now().Add(-time.Minute).Truncate(time.Second).UTC()
	s.put(signIn(1, "Kitchen TV", at), time.Now())
	h.await(after, 1)
	got, _, err := h.connector.SignIns.SignIns(t.Context(), after)
	if err != nil || len(got) != 1 {
		t.Fatal(got, err)
	}
	devices, err := h.connector.Devices.Devices(t.Context())
	if err != nil || len(devices) != 1 {
		t.Fatal(devices, err)
	}
	account := core.Account{Service: "netflix", Member: "marta", Login: user}
	want := core.SignIn{
		Key: got[0].Key, Service: "netflix", Account: account, Device: devices[0].Ref(), Name: "Kitchen TV", Place: "Seville, Spain", At: at,
	}
	if diff := cmp.Diff(want, got[0], cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) }), cmp.Comparer(sameAddr)); diff != "" {
		t.Error(diff)
	}
	session := []core.Session{{Member: "marta", Login: user, Since: at, LastUsed: at, Place: "Seville, Spain"}}
	if diff := cmp.Diff(session, devices[0].Sessions, cmp.Comparer(sameAddr)); diff != "" || devices[0].Name != "Kitchen TV" {
		t.Error(devices[0].Name, diff)
	}
}

// Without IDLE the mailbox is looked into every so often.
func TestPolling(t *testing.T) {
	s := serve(t, false)
	b := s.box("home")
	b.Poll = 50 * time.Millisecond
	h := live(t, b)
	after := h.cursor()
	s.put(signIn(1, "Kitchen TV", time.Now()), time.Now())
	h.await(after, 1)
}

// What comes while there is no connection is told when there is one again, once.
func TestReconnect(t *testing.T) {
	s := serve(t, true)
	h := live(t, s.box("home"))
	after := h.cursor()
	var all []string
	for i := range 3 {
		s.stop()
		s.put(signIn(i, fmt.Sprintf("TV %d", i), time.Now()), time.Now())
		s.start()
		var names []string
		names, after = h.await(after, 1)
		all = append(all, names...)
	}
	if diff := cmp.Diff([]string{"TV 0", "TV 1", "TV 2"}, all); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(h.log.String(), "mailbox is not read") {
		t.Error("nothing is logged")
	}
	s.stop()
	for range 200 {
		if _, err := h.connector.Devices.Devices(t.Context()); core.KindOf(err) == core.Unreachable {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("a mailbox that is not there still tells devices")
}

// A program that ends and starts again goes on where its cursor is, whatever came and went meanwhile.
func TestRestart(t *testing.T) {
	s := serve(t, true)
	for i := range 300 {
		s.put(signIn(i, fmt.Sprintf("Old %d", i), time.Now().Add(-time.Hour)), time.Now().Add(-time.Hour))
	}
	h := live(t, s.box("home"))
	after := h.cursor()
	var all []string
	for i := range 5 {
		s.put(signIn(1000+i, fmt.Sprintf("TV %d", i), time.Now()), time.Now())
		if i == 2 {
			h.end() // in the middle: some were told, some were not
			h = live(t, s.box("home"))
		}
		if i%2 == 1 {
			var names []string
			names, after = h.await(after, 2)
			all = append(all, names...)
		}
	}
	names, _ := h.await(after, 1)
	if diff := cmp.Diff([]string{"TV 0", "TV 1", "TV 2", "TV 3", "TV 4"}, append(all, names...)); diff != "" {
		t.Error(diff)
	}
}

// Where the mailbox is made anew its numbers mean other mails: what was told is not told again, and what was not, is.
func TestMailboxMadeAnew(t *testing.T) {
	for _, restart := range []bool{false, true} {
		t.Run(fmt.Sprintf("restart %v", restart), func(t *testing.T) {
			s := serve(t, true)
			put := func(i int, ago time.Duration) {
				s.put(signIn(i, fmt.Sprintf("TV %d", i), time.Now().Add(-ago)), time.Now().Add(-ago))
			}
			put(0, 240*time.Hour)
			put(1, time.Hour)
			h := live(t, s.box("home"))
			after := h.cursor()
			put(2, time.Minute)
			_, after = h.await(after, 1)
			s.stop()
			if restart {
				h.end()
			}
			if err := s.user.Delete("INBOX"); err != nil {
				t.Fatal(err)
			}
			s.create()
			put(3, 30*time.Second)
			put(2, time.Minute)
			put(1, time.Hour)
			put(0, 240*time.Hour)
			s.start()
			if restart {
				h = live(t, s.box("home"))
			}
			names, after := h.await(after, 1)
			if c, ok := parseCursor(after); !ok || c["home"].Validity != h.boxes[0].known().validity {
				t.Errorf("the cursor is still of the old numbers: %s", after)
			}
			put(4, 0)
			more, _ := h.await(after, 1)
			if diff := cmp.Diff([]string{"TV 3", "TV 4"}, append(names, more...)); diff != "" {
				t.Error(diff)
			}
			if devices, err := h.connector.Devices.Devices(t.Context()); err != nil || len(devices) != 5 {
				t.Errorf("%d devices: %v", len(devices), err)
			}
		})
	}
}

// The first look into a large mailbox takes time, and not memory.
func TestManyMails(t *testing.T) {
	if testing.Short() {
		t.Skip("10,000 mails")
	}
	s := serve(t, true)
	ago := time.Now().Add(-24 * time.Hour)
	for i := range 10_000 {
		if i%50 == 0 {
			s.put(signIn(i, fmt.Sprintf("TV %d", i%7), ago), ago)
		} else {
			s.put(other(i, ago, 4000), ago)
		}
	}
	defer debug.SetGCPercent(debug.SetGCPercent(5)) // so that the heap is what is kept, and hardly what is not collected yet
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	done := make(chan uint64)
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		var peak uint64
		for ctx.Err() == nil {
			runtime.ReadMemStats(&now)
			peak = max(peak, now.HeapAlloc)
			time.Sleep(5 * time.Millisecond)
		}
		done <- peak
	}()
	began := time.Now()
	h := live(t, s.box("home"))
	after := h.cursor()
	took := time.Since(began)
	stop()
	peak := <-done - before.HeapAlloc
	t.Logf("10,000 mails were looked at in %s; the heap grew by %d KB at the most, of which a part is the server's", took, peak>>10)
	if peak > 24<<20 {
		t.Errorf("the heap grew by %d MB", peak>>20)
	}
	s.put(signIn(20_000, "Kitchen TV", time.Now()), time.Now())
	h.await(after, 1)
}

// The same mail in two mailboxes is one notice, and a mailbox that is not there does not hold up the other.
func TestTwoMailboxes(t *testing.T) {
	one, two := serve(t, true), serve(t, true)
	h := live(t, one.box("one"), two.box("two"))
	after := h.cursor()
	for _, s := range []*server{one, two} {
		s.put(signIn(1, "Kitchen TV", time.Now()), time.Now())
	}
	for deadline := time.Now().Add(5 * time.Second); !both(h.boxes) && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	names, after := h.await(after, 1)
	two.stop()
	one.put(signIn(2, "Bedroom TV", time.Now()), time.Now())
	more, after := h.await(after, 1)
	two.put(signIn(3, "Garden TV", time.Now()), time.Now())
	two.start()
	last, _ := h.await(after, 1)
	if diff := cmp.Diff([]string{"Kitchen TV", "Bedroom TV", "Garden TV"}, slices.Concat(names, more, last)); diff != "" {
		t.Error(diff)
	}
}

// both tells whether both mailboxes have something.
func both(boxes []*Mailbox) bool {
	for _, b := range boxes {
		if len(b.known().entries) == 0 {
			return false
		}
	}
	return true
}
