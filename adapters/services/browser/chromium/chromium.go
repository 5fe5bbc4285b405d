package chromium

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/page"
	cdp "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	recipe "latchstring/adapters/services/browser"
)

// Options say which browser is started, and where.
type Options struct {
	Program string   // its path or name; "": the first Chromium found
	Profile string   // the folder of its profile
	Flags   []string // more of the browser's own, such as "no-sandbox" where it can not have one
}

// The names that a Chromium has on the systems we know.
var programs = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// Find returns the path of the browser; the error says that there is none.
func Find(program string) (string, error) {
	names := programs
	if program != "" {
		names = []string{program}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("no browser found: %v", names)
}

// closeWithin is how long a browser may take to end by itself, so that the profile stays whole, before it is ended.
const closeWithin = 5 * time.Second

// Launch starts the browser. The page is good until close is called, which returns when all of the browser's processes are gone.
func Launch(ctx context.Context, o Options) (p recipe.Page, end func(), err error) {
	path, err := Find(o.Program)
	if err != nil {
		return nil, nil, err
	}
	if inUse(o.Profile) {
		return nil, nil, recipe.ErrInUse
	}
	flags := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(o.Profile), chromedp.Headless, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-sync", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-extensions", true), chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("enable-automation", true), chromedp.Flag("mute-audio", true),
		chromedp.WSURLReadTimeout(20 * time.Second),
	}
	for _, f := range o.Flags {
		flags = append(flags, chromedp.Flag(f, true))
	}
	// The browser lives longer than ctx, so that it can be closed in peace.
	alive, kill := chromedp.NewExecAllocator(context.WithoutCancel(ctx), flags...)
	tab, cancel := chromedp.NewContext(alive)
	end = func() {
		polite, done := context.WithTimeout(tab, closeWithin)
		_ = chromedp.Cancel(polite) // what does not end by itself is ended
		done()
		cancel()
		kill()
		chromedp.FromContext(tab).Allocator.Wait()
	}
	d := &driven{tab: tab}
	if err := d.do(ctx, browser.SetDownloadBehavior(browser.SetDownloadBehaviorBehaviorDeny)); err != nil {
		end()
		return nil, nil, fmt.Errorf("start browser: %w", err)
	}
	return d, end, nil
}

// inUse tells whether a browser has the profile open, by the lock that Chromium puts there. A lock of a process that is gone
// is none.
func inUse(profile string) bool {
	holder, err := os.Readlink(filepath.Join(profile, "SingletonLock")) // "host-pid"
	if err != nil {
		return false
	}
	var pid int
	for i := len(holder) - 1; i >= 0; i-- {
		if holder[i] == '-' {
			_, err = fmt.Sscanf(holder[i+1:], "%d", &pid)
			break
		}
	}
	return err != nil || pid == 0 || lives(pid)
}

// lives tells whether there is a process that does something. One that has ended and waits for somebody to take note of it, as
// in a container for ever, does nothing; Linux tells it by an empty command line.
func lives(pid int) bool {
	if runtime.GOOS == "linux" {
		words, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		return err == nil && len(words) > 0
	}
	p, err := os.FindProcess(pid)
	return err == nil && !errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone)
}

// driven is a page that is driven from here.
type driven struct {
	tab context.Context //nolint:containedctx // chromedp keeps its tab in one
}

// do runs actions on the page, not longer than ctx lasts.
func (d *driven) do(ctx context.Context, actions ...chromedp.Action) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if chromedp.FromContext(d.tab).Browser == nil { // the first run starts the browser, and must not be bound to ctx
		return chromedp.Run(d.tab, actions...)
	}
	bound, cancel := context.WithCancel(d.tab)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	err := chromedp.Run(bound, actions...)
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func (d *driven) Open(ctx context.Context, address string) error {
	return d.do(ctx, chromedp.ActionFunc(func(ctx context.Context) error {
		_, _, failed, _, err := page.Navigate(address).Do(ctx)
		if err == nil && failed != "" {
			err = errors.New("page: " + failed)
		}
		return err
	}))
}

func (d *driven) Where(ctx context.Context) (address string, err error) {
	return address, d.do(ctx, chromedp.Location(&address))
}

func (d *driven) Count(ctx context.Context, q recipe.Query) (n int, err error) {
	return n, d.call(ctx, "count", q, &n)
}

func (d *driven) Press(ctx context.Context, q recipe.Query) (fit int, err error) {
	return fit, d.call(ctx, "press", q, &fit)
}

func (d *driven) Rows(ctx context.Context, q recipe.RowsQuery) (rows []recipe.Row, err error) {
	return rows, d.call(ctx, "rows", q, &rows)
}

// call asks the page a question of page.js.
func (d *driven) call(ctx context.Context, name string, arg, answer any) error {
	text, err := json.Marshal(arg)
	if err != nil {
		return err
	}
	var raw []byte
	err = d.do(ctx, chromedp.Evaluate(script+"("+string(text)+", "+fmt.Sprintf("%q", name)+")", &raw))
	if _, thrown := errors.AsType[*cdp.ExceptionDetails](err); thrown {
		return fmt.Errorf("page: %s", name) // what it says is the page's own
	}
	if err != nil {
		return fmt.Errorf("page: %s: %w", name, err)
	}
	return json.Unmarshal(raw, answer)
}
