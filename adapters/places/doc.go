// Package places tells where an address or a named place roughly is, and whose network an address is in, from files that
// lie on the household's own disk. Nobody is asked over the network.
//
// The files are mmdb databases: of cities, nested as MaxMind and DB-IP have them or flat as they are repackaged, and of
// carriers. Without them a table of countries that is part of the program still tells the country, and the names of
// countries are understood. What is not known is a zero value, never an error; Missing says once what is not there.
//
// The files are fetched by Update and by nothing else, and a running program that calls Refresh takes what was put in
// their place, by the command places update or by any other tool that renames. Damaged files, and whatever else the
// config names, are hostile: they give no place, and no panic.
package places
