// Package browser is the browser connector's half: it plays a recipe in the owner's own browser, for a service that shows its
// devices on a page of its own and to no program. It is experimental, and off unless the config asks for it.
//
// A recipe is a YAML file that says where things stand on the page; recipes/netflix.yaml is the documented example. What
// is done with it is fixed here, so that no recipe can have anything else done: open the page, unfold it, read the rows,
// and, to sign one device out, press one button in the one row that is that device's and read the page anew. A [Page] is
// what a browser does of that; its real one is in the package chromium.
//
// A run ends, and says why, at a sign-in, at a question for a code, at a puzzle for people, on another site, and wherever the
// page is not as the recipe says. It fills in nothing, hides nothing and gets around nothing.
//
// Runs are few. Those of the last 24 hours are counted in a file in the profile's folder, so that no number of restarts makes
// them more. Of so many a day one is kept for a sign-out; the others are spread over the day, and between them the list is
// the one that was read last, with its time.
package browser
