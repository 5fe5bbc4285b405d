// Package chromium is a page in the owner's own Chromium, in a profile that they signed in by hand.
//
// The browser is started for one run, without a window, with the profile's folder and nothing that hides that a program drives it:
// navigator.webdriver stays true. It is given no cookie, no proxy and no extension, saves nothing that a page offers for
// download, and is ended with all its processes, also where the program itself is killed (on Linux).
package chromium
