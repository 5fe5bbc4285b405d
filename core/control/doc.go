// Package control does what members ask: right, audit, service, look again, audit.
package control
