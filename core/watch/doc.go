// Package watch follows the services' sign-ins and tells the household of those it does not know.
package watch
