module latchstring

go 1.26

// Storage. go-sqlite3 is SQLite itself, kept current; sqlx maps its rows to structs.
require (
	github.com/jmoiron/sqlx v1.4.0
	github.com/mattn/go-sqlite3 v1.14.53
)

// Config and recipes are YAML; of the packages that keep line numbers this one is looked after by the YAML organisation.
require go.yaml.in/yaml/v3 v3.0.6

// Recipes. gjson reads the few named values of a service's answer without decoding the rest, so that tokens in it are
// never decoded; useragent makes "Chrome on Windows" of a browser's own line.
require (
	github.com/mileusna/useragent v1.3.5
	github.com/tidwall/gjson v1.20.1
)

// The terminal chat: line editing with a prompt that survives messages which arrive meanwhile.
require golang.org/x/term v0.40.0

require (
	github.com/tidwall/match v1.1.1 // indirect
	github.com/tidwall/pretty v1.2.0 // indirect
	golang.org/x/sys v0.41.0 // indirect
)

// Tests only.
require github.com/google/go-cmp v0.7.0
