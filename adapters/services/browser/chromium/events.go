package chromium

import (
	"context"
	"net/url"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"latchstring/adapters/services/browser"
)

// heard hears what the page does. chromedp waits for it to return, so what takes a call is done beside it.
func (c *chromium) heard(event any) {
	switch e := event.(type) {
	case *fetch.EventRequestPaused:
		if c.mayGo(e) {
			c.answer(func(ctx context.Context) error { return fetch.ContinueRequest(e.RequestID).Do(ctx) })
		} else {
			c.answer(func(ctx context.Context) error {
				return fetch.FailRequest(e.RequestID, network.ErrorReasonBlockedByClient).Do(ctx)
			})
		}
	case *page.EventFrameNavigated:
		c.arrived(e.Frame)
	case *page.EventJavascriptDialogOpening:
		c.halt(browser.Window, "it asks something")
		c.answer(func(ctx context.Context) error { return page.HandleJavaScriptDialog(false).Do(ctx) })
	}
}

// opened hears of windows, of which there shall be none but the page's.
func (c *chromium) opened(event any) {
	e, ok := event.(*target.EventTargetCreated)
	c.mu.Lock()
	armed := c.armed && !c.closing
	c.mu.Unlock()
	if !ok || !armed || e.TargetInfo.Type != "page" || cdp.FrameID(e.TargetInfo.TargetID) == c.main() {
		return
	}
	c.halt(browser.Window, "it opened a window")
	c.answer(func(ctx context.Context) error {
		return target.CloseTarget(e.TargetInfo.TargetID).Do(cdp.WithExecutor(ctx, chromedp.FromContext(c.ctx).Browser))
	})
}

// mayGo tells whether a document may be asked for. What is within the page, as a puzzle is, may come from anywhere; the page itself
// stays where the recipe says.
func (c *chromium) mayGo(e *fetch.EventRequestPaused) bool {
	if e.FrameID != c.main() {
		return true
	}
	c.mu.Lock()
	c.hops++
	circles := c.hops > maxHops
	c.mu.Unlock()
	switch host, ok := c.ours(e.Request.URL); {
	case !ok:
		c.halt(browser.Elsewhere, host)
		return false
	case circles:
		c.halt(browser.Elsewhere, "in circles")
		return false
	}
	return true
}

// arrived sees where the page is, however it got there.
func (c *chromium) arrived(f *cdp.Frame) {
	if f.ID != c.main() || f.URL == "about:blank" || f.UnreachableURL != "" {
		return
	}
	if host, ok := c.ours(f.URL); !ok {
		c.halt(browser.Elsewhere, host)
	}
}

// ours tells whether an address is one of the recipe's, and of which host it is.
func (c *chromium) ours(address string) (host string, ok bool) {
	u, err := url.Parse(address)
	if err != nil {
		return "an address that is none", false
	}
	return u.Scheme + "://" + u.Hostname(), c.allows(u.Scheme, u.Hostname())
}

// halt has nothing more be done on the page. The first reason stays.
func (c *chromium) halt(why browser.Why, where string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stop == nil {
		c.stop = &browser.Stop{Because: why, Where: where}
	}
}

// answer answers the browser; Close waits for it.
func (c *chromium) answer(act func(context.Context) error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return
	}
	c.answers.Go(func() {
		_ = act(cdp.WithExecutor(c.ctx, chromedp.FromContext(c.ctx).Target)) // the page that it was for may be gone
	})
}
