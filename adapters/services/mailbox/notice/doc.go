// Package notice makes core's notices of letters, by recipes.
//
// A recipe is a YAML file that says which domains a service writes from and how its notices are told apart: by the paths of
// their links, by marks in the text and by the layout of a code first, because those are the same in every language, and by the
// subject last. recipes/netflix.yaml is the documented example. The words that name a device or a place in the
// languages of the world are in labels.yaml, for all recipes; where a language is in neither, the device is known by a
// word such as "iPhone" and the place by its row below.
//
// What a recipe does not know is no notice. A notice whose sender nobody vouches for has no code and no link, nor has one that
// somebody of the household sent on.
//
// families.yaml says what to do on a device itself, and where that was read.
package notice
