package browser

import "context"

// Page is a page in the owner's browser. Its methods are called one after the other. An error that is a [*Stop] says where only a
// person can go on, any other that the browser did not answer in time or at all.
type Page interface {
	// Open goes to an address and returns when an answer came.
	Open(ctx context.Context, address string) error
	// Look tells what is seen on the page now, all of it at one moment.
	Look(ctx context.Context, q Question) (Sight, error)
	// Press presses what an aim means if that is one element, and returns how many there are. Between finding it and pressing
	// it the page can not change.
	Press(ctx context.Context, a Aim) (int, error)
	// Close ends the browser and all that belongs to it.
	Close()
}

// Opener opens the owner's browser on a profile, on an empty page that goes nowhere but where Allows says.
type Opener func(ctx context.Context, o Opening) (Page, error)

// Opening is what a browser is opened with.
type Opening struct {
	Program string // "": one that is found where programs are
	Profile string // the folder that the owner signed in by hand
	Zone    string // in which it shows times: "Europe/Madrid"
	Allows  func(scheme, host string) bool
}

// Question is what is looked for on a page.
type Question struct {
	Marks []Mark `json:"marks"`
	Rows  *Rows  `json:"rows"` // nil: rows do not matter
}

// Rows is what is looked for in each row.
type Rows struct {
	Rows  string  `json:"rows"`
	KeyOf string  `json:"keyOf"` // "": the row itself
	Key   string  `json:"key"`
	Marks []Mark  `json:"marks"`
	Parts []Place `json:"parts"`
}

// Place is an element of a row: its text, or an attribute of it.
type Place struct {
	Selector  string `json:"selector"`
	Attribute string `json:"attribute"`
}

// The bounds of what is read of a page. What is cut off is no fact, and more rows than this are not a page that is known.
const (
	MaxRows  = 200
	MaxText  = 300 // characters of a text, a line or a key
	MaxLines = 40
)

// Sight is what is seen on a page.
type Sight struct {
	Host string `json:"host"`
	Path string `json:"path"`
	Seen []bool `json:"seen"` // as many as the question has marks
	Rows []Row  `json:"rows"`
}

// Row is what is seen of a row. Texts have single spaces.
type Row struct {
	Key   string   `json:"key"`
	Lines []string `json:"lines"` // of its text
	Seen  []bool   `json:"seen"`
	Parts []string `json:"parts"` // "" where there is none
}

// Aim means one element: the mark on the page, or in the one row that has this key, and this name as a line or part.
type Aim struct {
	Mark Mark   `json:"mark"`
	Rows *Rows  `json:"rows"` // nil: anywhere on the page
	Key  string `json:"key"`
	Name string `json:"name"`
}
