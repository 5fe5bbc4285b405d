package storage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"github.com/jmoiron/sqlx"
	"github.com/mattn/go-sqlite3"
)

// applicationID marks a file as ours in its header: "Ltch".
const applicationID = 0x4c746368

// oldestEngine is the first SQLite without the WAL-reset bug, by which two connections that write and checkpoint at
// once could corrupt a file (sqlite.org/wal.html).
const oldestEngine = 3_051_003

func refuseEngine(version string, number int) error {
	if number >= oldestEngine {
		return nil
	}
	return &Refusal{
		Text: fmt.Sprintf("This program was built with SQLite %s, which can damage a database; 3.51.3 is the oldest that can not.", version),
		Hint: "Build it with the go-sqlite3 of its go.mod and without the tag libsqlite3.",
	}
}

// access is a way to open the database: the driver's own settings, and what SQLite must answer to each pragma
// afterwards. They are read back because the driver passes over settings that it does not know.
type access struct {
	settings map[string]string
	pragmas  map[string]string
}

// writing keeps every commit through a power cut. One connection uses it.
func writing() access {
	return access{
		map[string]string{
			"_journal_mode": "WAL", "_synchronous": "FULL", "_foreign_keys": "on", "_busy_timeout": "5000",
			"_txlock": "immediate", "_stmt_cache_size": "64",
		},
		map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000"},
	}
}

// migrating is writing with foreign keys off: a step that rebuilds a parent table would empty its children otherwise.
func migrating() access {
	a := writing()
	a.settings["_foreign_keys"], a.pragmas["foreign_keys"] = "off", "0"
	return a
}

// reading can not write, not even by a slip.
func reading() access {
	return access{
		map[string]string{"mode": "ro", "_query_only": "on", "_busy_timeout": "5000", "_stmt_cache_size": "32"},
		map[string]string{"query_only": "1", "busy_timeout": "5000"},
	}
}

// inspecting meets a database as its last process left it. It writes no rows, but SQLite has to be able to: what a killed
// process or a power cut leaves has to be rolled back or recovered before anything can be read, and a connection that
// can only read gives up there. It leaves CHECKs out of quick_check: they were kept when the rows were written, and to test
// every JSON text again takes most of a start.
func inspecting() access {
	a := reading()
	a.settings["mode"] = "rw"
	a.settings["_ignore_check_constraints"], a.pragmas["ignore_check_constraints"] = "on", "1"
	return a
}

// copying reads like inspecting, but SQLite takes VACUUM INTO for writing and lets no query_only connection do it.
func copying() access {
	return access{map[string]string{"mode": "rw", "_busy_timeout": "5000"}, map[string]string{"busy_timeout": "5000"}}
}

// connector opens connections of one access and vouches for each.
type connector struct {
	dsn    string
	driver *sqlite3.SQLiteDriver
}

// Connect implements [driver.Connector].
func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }

// Driver implements [driver.Connector].
func (c connector) Driver() driver.Driver { return c.driver }

// connect prepares a pool of at most n connections to the file; none is opened yet.
func connect(path string, a access, n int) *sqlx.DB {
	query := url.Values{}
	for key, value := range a.settings {
		query.Set(key, value)
	}
	dsn := url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}
	hook := func(c *sqlite3.SQLiteConn) error { return readBack(c, a.pragmas) }
	db := sql.OpenDB(connector{dsn.String(), &sqlite3.SQLiteDriver{ConnectHook: hook}})
	db.SetMaxOpenConns(n)
	return sqlx.NewDb(db, "sqlite3")
}

func readBack(c *sqlite3.SQLiteConn, want map[string]string) error {
	for pragma, value := range want {
		got, err := pragmaOf(c, pragma)
		if err != nil {
			return fmt.Errorf("pragma %s: %w", pragma, err)
		}
		if got != value {
			return fmt.Errorf("pragma %s is %s instead of %s", pragma, got, value)
		}
	}
	return nil
}

func pragmaOf(c *sqlite3.SQLiteConn, name string) (value string, err error) {
	rows, err := c.Query("PRAGMA "+name, nil)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	row := make([]driver.Value, 1)
	if err := rows.Next(row); err != nil {
		return "", err
	}
	if n, ok := row[0].(int64); ok {
		return strconv.FormatInt(n, 10), nil
	}
	return textOf(row[0])
}
