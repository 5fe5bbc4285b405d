package servertest

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// DovecotServer is a running mail server with one mailbox, behind TLS.
type DovecotServer struct {
	server
	Host           string
	Port           int
	CAFile         string // trusts its certificate
	User, Password string
}

// Dovecot starts the system's Dovecot, which .ci/servers/dovecot installs, with an empty mailbox. It changes users for each
// connection, so only root can run it; for others the test is skipped as if it were not there.
func Dovecot(t testing.TB) *DovecotServer {
	t.Helper()
	dir, err := os.MkdirTemp("", "latchstring-dovecot-") //nolint:usetesting // the user of the mailbox may not enter the test's own
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	port, err := strconv.Atoi(freePorts(t, 1)[0])
	if err != nil {
		t.Fatal(err)
	}
	d := &DovecotServer{
		server: server{caller: newCaller(t), binary: findDovecot(t), dir: dir}, Host: "127.0.0.1", Port: port, CAFile: dir + "/cert.pem",
		User: "house@example.org", Password: "house-of-the-test",
	}
	d.args = []string{"-F", "-c", dir + "/dovecot.conf"}
	d.serves = func(ctx context.Context) bool {
		c, err := (&net.Dialer{}).DialContext(ctx, "tcp", d.address())
		if err != nil {
			return false
		}
		return c.Close() == nil
	}
	d.write()
	d.cleanUp()
	t.Cleanup(d.Stop) // before cleanUp's, which would not let its workers end
	d.Start()
	return d
}

func findDovecot(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("dovecot")
	if err != nil {
		path = "/usr/sbin/dovecot"
		_, err = os.Stat(path)
	}
	if err == nil && os.Geteuid() != 0 {
		err = fmt.Errorf("only root can run %s", path)
	}
	switch {
	case err == nil:
	case os.Getenv("LATCHSTRING_REQUIRE_SERVERS") == "1":
		t.Fatalf("a real mail server is required here: %v", err)
	default:
		t.Skipf("no real mail server to test against, .ci/servers/dovecot installs one: %v", err)
	}
	return path
}

// write writes the server's folder.
func (d *DovecotServer) write() {
	d.t.Helper()
	cert, key := d.certificate()
	conf := fmt.Sprintf(`base_dir = %[1]s/run
log_path = /dev/stderr
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <%[1]s/cert.pem
ssl_key = <%[1]s/key.pem
mail_location = maildir:%[1]s/mail/%%u
first_valid_uid = 1
mail_fsync = never
auth_failure_delay = 0
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%%u %[1]s/passwd
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=%[1]s/mail/%%u
}
service imap-login {
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = %[2]d
    ssl = yes
  }
}
`, d.dir, d.Port)
	for name, text := range map[string]string{
		"dovecot.conf": conf, "passwd": d.User + ":{PLAIN}" + d.Password + "::::::\n", "cert.pem": cert, "key.pem": key,
	} {
		if err := os.WriteFile(filepath.Join(d.dir, name), []byte(text), 0o600); err != nil {
			d.t.Fatal(err)
		}
	}
	for _, err := range []error{
		os.Chmod(d.dir, 0o755), os.Chmod(d.dir+"/passwd", 0o644), os.Mkdir(d.dir+"/mail", 0o755), os.Chmod(d.dir+"/mail", 0o777),
	} {
		if err != nil {
			d.t.Fatal(err)
		}
	}
}

func (d *DovecotServer) certificate() (cert, key string) {
	d.t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		d.t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC), IPAddresses: []net.IP{net.ParseIP(d.Host)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, &private.PublicKey, private)
	if err != nil {
		d.t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		d.t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
}

func (d *DovecotServer) address() string { return net.JoinHostPort(d.Host, strconv.Itoa(d.Port)) }

// Stop ends the server and then its workers: those would hold its port if it were killed, and their connections if it is not.
func (d *DovecotServer) Stop() {
	if d.running == nil {
		return
	}
	_ = d.running.Process.Signal(syscall.SIGTERM)
	<-d.ended
	killWorkers(d.running.Process.Pid)
	d.running = nil
}

// client opens the mailbox as its owner would.
func (d *DovecotServer) client() *imapclient.Client {
	d.t.Helper()
	pool := x509.NewCertPool()
	text, err := os.ReadFile(d.CAFile)
	if err != nil || !pool.AppendCertsFromPEM(text) {
		d.t.Fatal("no certificate", err)
	}
	c, err := imapclient.DialTLS(d.address(), &imapclient.Options{TLSConfig: &tls.Config{RootCAs: pool, ServerName: d.Host}})
	if err != nil {
		d.t.Fatal(err)
	}
	if err := c.Login(d.User, d.Password).Wait(); err != nil {
		d.t.Fatal(err)
	}
	return c
}

// Put puts mails into the mailbox, as if they had arrived at a time.
func (d *DovecotServer) Put(arrived time.Time, mails ...[]byte) {
	d.t.Helper()
	c := d.client()
	defer c.Close()
	for _, text := range mails {
		put := c.Append("INBOX", int64(len(text)), &imap.AppendOptions{Time: arrived})
		if _, err := bytes.NewReader(text).WriteTo(put); err != nil {
			d.t.Fatal(err)
		}
		if err := put.Close(); err != nil {
			d.t.Fatal(err)
		}
		if _, err := put.Wait(); err != nil {
			d.t.Fatal(err)
		}
	}
}

// Fill puts many mails into the mailbox at once. The server must not run.
func (d *DovecotServer) Fill(arrived time.Time, mails ...[]byte) {
	d.t.Helper()
	box := d.dir + "/mail/" + d.User
	for _, dir := range []string{box, box + "/cur", box + "/new", box + "/tmp"} {
		if err := os.Mkdir(dir, 0o755); err != nil && !os.IsExist(err) {
			d.t.Fatal(err)
		}
		if err := os.Chmod(dir, 0o777); err != nil {
			d.t.Fatal(err)
		}
	}
	for i, text := range mails {
		name := fmt.Sprintf("%s/cur/%d.M%dP1.test:2,", box, arrived.Unix(), i)
		if err := os.WriteFile(name, text, 0o644); err != nil {
			d.t.Fatal(err)
		}
		if err := os.Chtimes(name, arrived, arrived); err != nil {
			d.t.Fatal(err)
		}
	}
}

// Unseen tells how many mails nobody has marked as read.
func (d *DovecotServer) Unseen() int {
	d.t.Helper()
	c := d.client()
	defer c.Close()
	status, err := c.Status("INBOX", &imap.StatusOptions{NumUnseen: true}).Wait()
	if err != nil {
		d.t.Fatal(err)
	}
	return int(*status.NumUnseen)
}

// Renumber makes the numbers of all mails mean nothing any more, as after a restore from a backup: UIDVALIDITY changes. The
// server must not run.
func (d *DovecotServer) Renumber() {
	d.t.Helper()
	box := d.dir + "/mail/" + d.User
	lists, err := filepath.Glob(box + "/dovecot*")
	if err != nil || len(lists) == 0 {
		d.t.Fatal("no lists of numbers", err)
	}
	for _, l := range lists {
		if err := os.Remove(l); err != nil {
			d.t.Fatal(err)
		}
	}
	time.Sleep(1100 * time.Millisecond) // the new ones are made of the second
}
