package mailbox

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"latchstring/adapters/services/servertest"
	"latchstring/core"
)

// dovecotBox is the config of a real server's mailbox.
func dovecotBox(d *servertest.DovecotServer) Box {
	return Box{
		ID: "home", Host: d.Host, Port: d.Port, User: d.User, Password: core.NewSecret(d.Password), AuthservID: "mx.example.org", CAFile: d.CAFile,
	}
}

// A real server pushes mails while it is waited for, is read after it was away and after its numbers changed, and is left as
// it was.
func TestDovecot(t *testing.T) {
	d := servertest.Dovecot(t)
	ago := time.Now().Add(-time.Hour)
	d.Put(ago, other(1, ago, 500), signIn(0, "Old TV", ago))
	h := liveFor(t, time.Hour, dovecotBox(d))
	after := h.cursor()
	<-h.nudged
	var all []string
	for i := range 5 {
		began := time.Now()
		d.Put(began, other(i, began, 500), signIn(1+i, fmt.Sprintf("TV %d", i), began))
		var names []string
		names, after = h.await(after, 1)
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("a mail became a sign-in after %s", took)
		}
		all = append(all, names...)
	}
	h.end()
	d.Put(time.Now(), signIn(10, "While we were away", time.Now()))
	h = liveFor(t, time.Hour, dovecotBox(d))
	names, after := h.await(after, 1)
	all = append(all, names...)

	d.Stop()
	d.Start()
	d.Put(time.Now(), signIn(11, "After it was away", time.Now()))
	names, after = h.await(after, 1)
	all = append(all, names...)

	d.Stop()
	d.Renumber()
	d.Start()
	d.Put(time.Now(), signIn(12, "Renumbered", time.Now()))
	names, after = h.await(after, 1)
	all = append(all, names...)
	time.Sleep(200 * time.Millisecond) // for what must not come
	if more, _ := h.notices(after); len(more) > 0 {
		t.Errorf("told again: %v", more)
	}
	want := []string{"TV 0", "TV 1", "TV 2", "TV 3", "TV 4", "While we were away", "After it was away", "Renumbered"}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Error(diff)
	}
	if n := d.Unseen(); n != 2+10+3 {
		t.Errorf("%d mails are unseen: something was marked", n)
	}
	if _, hints, err := h.connector.Prober.Probe(t.Context()); err != nil || len(hints) != 1 {
		t.Errorf("probe: %v %v", hints, err)
	}
	wrong := dovecotBox(d)
	wrong.Password = core.NewSecret("CANARY")
	if _, err := liveFor(t, time.Hour, wrong).connector.Devices.Devices(t.Context()); core.KindOf(err) != core.BadKey {
		t.Errorf("a wrong password: %v", err)
	}
}

// The first look into 10,000 mails of a real server, and that nothing in it is lost.
func TestDovecotLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("10,000 mails")
	}
	d := servertest.Dovecot(t)
	ago := time.Now().Add(-24 * time.Hour)
	var mails [][]byte
	for i := range 10_000 {
		if i%100 == 0 {
			mails = append(mails, signIn(i, fmt.Sprintf("TV %d", i), ago))
		} else {
			mails = append(mails, other(i, ago, 1000))
		}
	}
	d.Stop()
	d.Fill(ago, mails...)
	d.Start()
	began := time.Now()
	h := live(t, dovecotBox(d))
	devices, err := h.connector.Devices.Devices(t.Context())
	t.Logf("10,000 mails were looked at in %s", time.Since(began))
	if err != nil || len(devices) != 100 {
		t.Errorf("%d devices of 100: %v", len(devices), err)
	}
}
