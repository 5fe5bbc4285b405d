package storage

import (
	"fmt"
	"io/fs"
)

// WithSteps is the config of a store whose format is that of other steps than the shipped ones.
func (c Config) WithSteps(steps fs.FS) Config {
	c.steps = steps
	return c
}

// What the tests look at besides the front door.
var (
	Shipped      = shipped
	RefuseEngine = refuseEngine
	ReadSteps    = readSteps
)

// LimitPages lets the database grow to n pages and no further, as a full disk would, but in the midst of a statement.
func (s *Store) LimitPages(n int) error {
	_, err := s.writer.db.Exec(fmt.Sprintf("PRAGMA max_page_count = %d", n))
	return err
}
