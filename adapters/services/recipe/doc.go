// Package recipe is the recipe connector: it joins a service whose session API a YAML file describes.
//
// A recipe says how to prove who we are, how to list what is signed in, where in an answer each fact stands, and how to
// sign out and start a reset; recipes/kratos.yaml is the documented example. Recipes for some services are part of the
// program, others are files beside the config. Whatever is wrong with one is told with its line before anything is asked.
//
// Only the values that a recipe names are read from an answer; all else, tokens above all, is never decoded. An answer is
// an empty list only if the list is there and empty: whatever is missing, of another type or cut short makes no
// sense, and nothing is concluded from it. A listing is at most 50 pages and 5,000 rows.
//
// What was signed out of is looked up in the list first: a device that is not on it is gone, and the rows that a recipe
// says are never to be touched, our own session among them, are refused here as well.
package recipe
