package chromium

import (
	_ "embed"
)

// script answers the questions of a page; it is the only code that runs in one.
//
//go:embed page.js
var script string
