// Package browser plays a recipe on a service's own page in the owner's own browser, for services that have no API.
//
// It is experimental, off unless the config turns it on, and may be against the terms of the service: the owner decides. It
// lists what the page lists and presses what signs one device out, in a profile that the owner has signed in by hand. It enters no
// name, password or code, hides nothing of what it is, solves no puzzle, and stops at whatever its recipe does not tell
// of: a sign-in, a second step, a puzzle, another place, another layout. Runs are few a day, which is kept on disk, so
// that no crash makes more of them; between them the last reading is what is listed.
//
// What presses and reads is a [Page]; the one over Chromium is in package chromium.
package browser
