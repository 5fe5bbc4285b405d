package storage

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"
)

// stampLayout has one width for every year, so that stamps sort as texts in the order of time. Text was chosen over numbers
// so that a person with the sqlite3 shell reads the record as it is. Stamps are exact to the microsecond.
const stampLayout = "2006-01-02T15:04:05.000000Z"

// The ends of what a stamp can hold; times beyond, which only a service's clock can come up with, are moved there.
var (
	firstStamp = time.Date(1, 1, 1, 0, 0, 0, int(time.Microsecond), time.UTC)
	lastStamp  = time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)
)

// stamp is a time in a column: UTC text, or "" for the zero time.
type stamp time.Time

// String returns the stamp as it stands in the database.
func (s stamp) String() string {
	t := time.Time(s)
	switch {
	case t.IsZero():
		return ""
	case t.Before(firstStamp):
		t = firstStamp
	case t.After(lastStamp):
		t = lastStamp
	}
	return t.UTC().Format(stampLayout)
}

func (s stamp) time() time.Time { return time.Time(s) }

// Value implements [driver.Valuer].
func (s stamp) Value() (driver.Value, error) { return s.String(), nil }

// Scan implements the scanner of database/sql.
func (s *stamp) Scan(src any) error {
	text, err := textOf(src)
	if err != nil || text == "" {
		*s = stamp{}
		return err
	}
	t, err := time.Parse(stampLayout, text)
	if err != nil {
		return fmt.Errorf("stamp: %w", err)
	}
	*s = stamp(t)
	return nil
}

// inJSON is a value of core that a column holds as JSON.
type inJSON[T any] struct{ V T }

// Value implements [driver.Valuer].
func (j inJSON[T]) Value() (driver.Value, error) {
	b, err := json.Marshal(j.V)
	return string(b), err
}

// Scan implements the scanner of database/sql.
func (j *inJSON[T]) Scan(src any) error {
	text, err := textOf(src)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(text), &j.V)
}

func textOf(src any) (string, error) {
	switch v := src.(type) {
	case string:
		return v, nil
	case []byte:
		return string(v), nil
	}
	return "", fmt.Errorf("column holds %T instead of text", src)
}
