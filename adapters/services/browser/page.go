package browser

import "context"

// Page is a page in a browser that a recipe is played on. Everything it reads is written by strangers.
type Page interface {
	// Open goes to an address. What stands there may take its time to appear, and may lead elsewhere.
	Open(ctx context.Context, address string) error
	// Where returns the address the page is at now.
	Where(ctx context.Context) (string, error)
	// Count returns how many elements fit that can be seen.
	Count(ctx context.Context, q Query) (int, error)
	// Rows reads the elements of a list that can be seen, at most 200.
	Rows(ctx context.Context, q RowsQuery) ([]Row, error)
	// Press presses the one element that fits and can be seen; where there is another number of them it presses nothing
	// and says how many there are.
	Press(ctx context.Context, q Query) (fit int, err error)
}

// Query tells elements of a page.
type Query struct {
	Selector string // CSS
	Text     string // all its text, without regard to spaces around it; "": any
	Row      *RowAt // the row that it stands in; nil: anywhere
}

// RowAt is a row by its place in the list and what it must be called there, so that another row is never meant.
type RowAt struct {
	Rows      string // CSS, of all rows
	Index     int
	Attribute string
	Value     string
}

// RowsQuery tells rows and what is read of each.
type RowsQuery struct {
	Rows      string            // CSS
	Attribute string            // of the row itself
	Facts     map[string]string // CSS within the row, by fact
}

// Row is what was read of a row.
type Row struct {
	Index int               `json:"index"`
	Value string            `json:"value"` // of the attribute
	Lines []string          `json:"lines"` // its text
	Facts map[string]string `json:"facts"` // those that are there
	Has   map[string]bool   `json:"has"`
}
