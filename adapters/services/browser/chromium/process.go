package chromium

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"latchstring/adapters/services/browser"
)

// arguments are what the browser is started with, beside its profile. Nothing of it hides that a program is at work: the
// browser says so to every page, as it does of itself. It has its sandbox, the machine's own network and the certificates that it
// trusts. Extensions and what a browser does in the background stay out, since they are no part of a run.
func arguments(profile string) []string {
	return []string{
		"--headless", "--enable-automation", "--remote-debugging-port=0", "--user-data-dir=" + profile,
		"--no-first-run", "--no-default-browser-check", "--disable-extensions", "--disable-sync", "--mute-audio",
		"--disable-background-networking", "--disable-component-update", "--disable-breakpad", "--disable-dev-shm-usage",
		"--password-store=basic", // as the owner starts it to sign in, so that a service without a desktop can read what is kept
		"about:blank",
	}
}

// programs are the names that Chromium goes by.
func programs() []string {
	return []string{"chromium", "chromium-browser", "google-chrome-stable", "google-chrome"}
}

// process is a running browser.
type process struct {
	cmd    *exec.Cmd
	socket string        // where it listens, on this machine
	ended  chan struct{} // closed when it has ended and was waited for
	pipes  sync.WaitGroup
	said   *os.File
}

// launch starts a browser and returns once it listens. It ends when ctx does, at the latest.
func launch(ctx context.Context, o browser.Opening) (*process, error) {
	program, err := find(o.Program)
	if err != nil {
		return nil, err
	}
	if err := unlocked(ctx, o.Profile); err != nil {
		return nil, err
	}
	said, to, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p := &process{ended: make(chan struct{}), said: said}
	p.cmd = exec.CommandContext(ctx, program, arguments(o.Profile)...) //nolint:gosec // the owner names the program
	p.cmd.Env, p.cmd.Stderr, p.cmd.SysProcAttr = environment(o.Zone), to, endWithUs()
	p.cmd.Cancel = func() error { return killAll(p.cmd.Process.Pid) }
	err = p.cmd.Start()
	_ = to.Close() // the browser has its own
	if err != nil {
		_ = said.Close()
		return nil, &browser.Stop{Because: browser.NoProgram, Where: cause(err)}
	}
	p.pipes.Go(func() {
		_ = p.cmd.Wait() // how it ended does not matter
		close(p.ended)
	})
	listens := make(chan string, 1)
	p.pipes.Go(func() { listens <- p.listen() })
	select {
	case p.socket = <-listens:
	case <-ctx.Done():
	}
	if p.socket == "" {
		p.kill()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err := unlocked(ctx, o.Profile); err != nil {
			return nil, err // somebody opened it at the same moment
		}
		if os.Geteuid() == 0 {
			return nil, &browser.Stop{Because: browser.NoProgram, Where: "it ended as soon as it was started; it does not run as root, so give latchstring a user of its own"}
		}
		return nil, &browser.Stop{Because: browser.NoProgram, Where: "it ended as soon as it was started; try it by hand as the same user: " + filepath.Base(program)}
	}
	return p, nil
}

// listen reads what the browser says until it says where it listens, and then on, so that it never waits for a reader.
func (p *process) listen() (socket string) {
	const most = 64 << 10
	lines := bufio.NewReaderSize(io.LimitReader(p.said, most), 4096)
	for {
		line, err := lines.ReadString('\n')
		if at, found := strings.CutPrefix(line, "DevTools listening on "); found && err == nil {
			p.pipes.Go(func() { _, _ = io.Copy(io.Discard, p.said) })
			return strings.TrimSpace(at)
		}
		if err != nil {
			return ""
		}
	}
}

// end waits until the browser has ended by itself, for a while, and then ends it and all that it started.
func (p *process) end(patience time.Duration) {
	t := time.NewTimer(patience)
	defer t.Stop()
	select {
	case <-p.ended:
	case <-t.C:
	}
	p.kill()
}

// kill ends the browser and all that it started, and returns when nothing of it is left.
func (p *process) kill() {
	for range 100 { // what it starts in this very moment is ended in the next
		if err := killAll(p.cmd.Process.Pid); errors.Is(err, syscall.ESRCH) {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	<-p.ended
	_ = p.said.Close() // its readers end, whoever else has the other side
	p.pipes.Wait()
}

// killAll ends a group of processes; syscall.ESRCH says that there is none of it.
func killAll(group int) error { return syscall.Kill(-group, syscall.SIGKILL) }

// find finds the program.
func find(program string) (string, error) {
	names := programs()
	if program != "" {
		names = []string{program}
	}
	for _, n := range names {
		if path, err := exec.LookPath(n); err == nil {
			return path, nil
		}
	}
	return "", &browser.Stop{Because: browser.NoProgram, Where: "there is no " + strings.Join(names, ", ") + "; name it with browser_program"}
}

// environment is what the browser knows of this program's: where things are, and not its secrets or a proxy.
func environment(zone string) []string {
	env := []string{"TZ=" + zone}
	for _, name := range []string{"PATH", "HOME", "USER", "LANG", "LC_ALL", "TMPDIR", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// unlocked looks whether a browser has the profile open. Its lock is a link to "computer-process", and on this computer it listens
// at a socket beside it; a lock without that is one that was left behind, which the browser itself cleans up.
func unlocked(ctx context.Context, profile string) error {
	to, err := os.Readlink(filepath.Join(profile, "SingletonLock"))
	if err != nil {
		return nil //nolint:nilerr // there is no lock
	}
	if here, err := os.Hostname(); err == nil && strings.HasPrefix(to, here+"-") {
		c, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "unix", filepath.Join(profile, "SingletonSocket"))
		if err != nil {
			return nil //nolint:nilerr // nobody is there
		}
		_ = c.Close()
	}
	return &browser.Stop{Because: browser.InUse, Where: "SingletonLock in browser_profile is of " + to}
}

// cause is why a program could not be started, without its path.
func cause(err error) string {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}
