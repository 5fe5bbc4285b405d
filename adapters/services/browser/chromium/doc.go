// Package chromium is the page of the browser connector in a real Chromium, over chromedp.
//
// It starts the browser without a window, on a profile that the owner signed in by hand, and ends it with all that it started. It
// knows no password and brings no cookies. It does not hide that a program is at work, uses no proxy and solves nothing. The page can
// go nowhere but where the run says, can open no window and save no file.
//
// While a run lasts, some seconds, the browser listens on a port of this machine that it chooses: programs of any user here
// could speak with it. chromedp knows no other way.
package chromium
