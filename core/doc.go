// Package core holds the household's nouns and the ports to its account services.
//
// It imports the standard library only, and nothing in it does any input or output: the rooms control, watch and talk
// act on these nouns, storage keeps them, and the adapters translate the outside world into them. A file a noun.
//
// Enum values are words, so that the database and the log can be read as they are.
package core
