package core

import (
	"net/netip"
	"time"
)

// SignIn is one successful authentication that a service reported.
type SignIn struct {
	Key     string // unique at the service: a repeat is known by it
	Service ServiceID
	Account Account
	Device  DeviceRef
	Name    string // of the device; a stranger's words
	App     string
	Address netip.Addr
	Place   string
	At      time.Time
}
