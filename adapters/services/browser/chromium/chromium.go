package chromium

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/chromedp/cdproto"
	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"latchstring/adapters/services/browser"
)

//go:embed page.js
var script string

// chromium is a page in a running browser.
type chromium struct {
	process *process
	allows  func(scheme, host string) bool
	ctx     context.Context    //nolint:containedctx // chromedp keeps its connection in it
	leave   context.CancelFunc // closes the page
	cancel  context.CancelFunc // ends the browser, if it is still there
	frame   cdp.FrameID        // of the page itself, not of what is in it
	script  string
	answers sync.WaitGroup

	mu      sync.Mutex
	stop    *browser.Stop // why nothing more is done on this page
	hops    int           // documents that the page asked for
	armed   bool          // a window that opens now is none of ours
	closing bool
}

const (
	polite  = 5 * time.Second  // for the browser to put its profile in order and end
	glance  = 10 * time.Second // for what is done on the page at one moment
	maxHops = 20               // pages that one run may be led to
	maxSaid = 1 << 20          // bytes of what is seen on a page
)

// Open opens the owner's browser; it is a [browser.Opener].
func Open(ctx context.Context, o browser.Opening) (browser.Page, error) {
	life, cancel := context.WithCancel(context.WithoutCancel(ctx)) // ends in Close, so that the browser can put its profile in order
	stop := context.AfterFunc(ctx, cancel)
	p, err := launch(life, o)
	if err != nil {
		cancel()
		return nil, errors.Join(ctx.Err(), err)
	}
	c := &chromium{process: p, allows: o.Allows, script: strings.NewReplacer(
		"MAX_ROWS", strconv.Itoa(browser.MaxRows), "MAX_TEXT", strconv.Itoa(browser.MaxText), "MAX_LINES", strconv.Itoa(browser.MaxLines),
	).Replace(script)}
	remote, _ := chromedp.NewRemoteAllocator(life, p.socket, chromedp.NoModifyURL)
	quiet := func(string, ...any) {} // what chromedp has to say would tell addresses with all that is secret in them
	c.ctx, c.leave = chromedp.NewContext(remote, chromedp.WithLogf(quiet), chromedp.WithErrorf(quiet))
	c.cancel = cancel
	if err := c.prepare(); err != nil {
		c.Close()
		return nil, errors.Join(ctx.Err(), fmt.Errorf("browser: %w", err))
	}
	if !stop() { // it has ended meanwhile
		c.Close()
		return nil, ctx.Err()
	}
	return c, nil
}

// prepare connects, and sees to it that the page can do nothing that is not asked of it.
func (c *chromium) prepare() error {
	chromedp.ListenTarget(c.ctx, c.heard)
	chromedp.ListenBrowser(c.ctx, c.opened)
	return chromedp.Run(c.ctx, chromedp.ActionFunc(func(ctx context.Context) error {
		c.mu.Lock()
		c.frame = cdp.FrameID(chromedp.FromContext(ctx).Target.TargetID)
		c.mu.Unlock()
		saves := cdpbrowser.SetDownloadBehavior(cdpbrowser.SetDownloadBehaviorBehaviorDeny)
		if err := saves.Do(cdp.WithExecutor(ctx, chromedp.FromContext(ctx).Browser)); err != nil {
			return err
		}
		documents := []*fetch.RequestPattern{{URLPattern: "*", ResourceType: network.ResourceTypeDocument, RequestStage: fetch.RequestStageRequest}}
		if err := fetch.Enable().WithPatterns(documents).Do(ctx); err != nil {
			return err
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.armed = true
		return nil
	}))
}

// Close puts the profile in order and ends the browser.
func (c *chromium) Close() {
	c.mu.Lock()
	c.closing = true
	c.mu.Unlock()
	c.leave() // chromedp closes its page, for which the browser has to be there
	_ = c.process.cmd.Process.Signal(syscall.SIGTERM)
	c.process.end(polite)
	c.cancel()
	c.answers.Wait()
}

// Open goes to an address.
func (c *chromium) Open(ctx context.Context, address string) error {
	return c.do(ctx, func(ctx context.Context) error {
		_, _, failed, _, err := page.Navigate(address).Do(ctx)
		switch {
		case err != nil:
			return err
		case failed == "net::ERR_TOO_MANY_REDIRECTS":
			return &browser.Stop{Because: browser.Elsewhere, Where: "in circles"}
		case failed != "":
			return errors.New(failed)
		}
		return nil
	})
}

// Look looks at the page. While it is going from one document to the next there is nothing to be seen, so it tries again.
func (c *chromium) Look(ctx context.Context, q browser.Question) (browser.Sight, error) {
	ctx, cancel := context.WithTimeout(ctx, glance)
	defer cancel()
	for {
		var s browser.Sight
		err := c.do(ctx, func(ctx context.Context) error {
			world, err := c.world(ctx)
			if err != nil {
				return err
			}
			return evaluate(ctx, world, c.script+".look", q, &s)
		})
		if _, between := errors.AsType[*cdproto.Error](err); !between {
			return s, err
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return s, ctx.Err()
		}
	}
}

// Press presses the one element that is meant.
func (c *chromium) Press(ctx context.Context, a browser.Aim) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, glance)
	defer cancel()
	var pressed struct {
		Count int `json:"count"`
	}
	err := c.do(ctx, func(ctx context.Context) error {
		world, err := c.world(ctx)
		if err != nil {
			return err
		}
		return evaluate(ctx, world, c.script+".press", a, &pressed)
	})
	if _, gone := errors.AsType[*cdproto.Error](err); gone {
		err = c.whither(ctx, err)
	}
	return pressed.Count, err
}

// whither returns why a page that went away under a press was stopped, where it is stopped soon: that says more than that it is gone.
func (c *chromium) whither(ctx context.Context, gone error) error {
	for soon := time.After(2 * time.Second); ; {
		if stop := c.stopped(); stop != nil {
			return stop
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-soon:
			return gone
		case <-ctx.Done():
			return gone
		}
	}
}

// world is one beside that of the page's own scripts.
func (c *chromium) world(ctx context.Context) (runtime.ExecutionContextID, error) {
	return page.CreateIsolatedWorld(c.main()).WithWorldName("latchstring").Do(ctx)
}

// evaluate calls a function with an argument and reads what it returns.
func evaluate(ctx context.Context, world runtime.ExecutionContextID, function string, arg, into any) error {
	text, err := json.Marshal(arg)
	if err != nil {
		return err
	}
	got, thrown, err := runtime.Evaluate(function + "(" + string(text) + ")").WithContextID(world).WithReturnByValue(true).Do(ctx)
	switch {
	case err != nil:
		return err
	case thrown != nil: // a selector that is none, most likely
		return &browser.Stop{Because: browser.Unknown, Where: "the recipe does not fit: " + thrown.Exception.Description}
	case len(got.Value) > maxSaid:
		return &browser.Stop{Because: browser.Unknown, Where: "the page says too much"}
	}
	return json.Unmarshal(got.Value, into)
}

// do does something with the page, unless it was stopped; being stopped meanwhile counts more than what came of it.
func (c *chromium) do(ctx context.Context, act func(context.Context) error) error {
	if err := c.stopped(); err != nil {
		return err
	}
	both, cancel := context.WithCancel(c.ctx)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	err := act(cdp.WithExecutor(both, chromedp.FromContext(c.ctx).Target))
	if stop := c.stopped(); stop != nil {
		return stop
	}
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// main is the frame of the page itself.
func (c *chromium) main() cdp.FrameID {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.frame
}

func (c *chromium) stopped() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stop == nil {
		return nil
	}
	return c.stop
}
