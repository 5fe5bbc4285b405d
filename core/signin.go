package core

import (
	"net/netip"
	"time"
)

// SignIn is one attempt to authenticate that a service reported: a success, or a failure if Failed is set.
//
// Name, App, Type, Agent and Place are written by whoever signs in: they are cleaned when they come in.
type SignIn struct {
	Key     string // unique at the service: a repeat is known by it
	Service ServiceID
	Account Account
	Failed  bool      // the password was wrong, or a second factor was missing
	Device  DeviceRef // its ID is "" where the service does not tell one
	Name    string    // of the device
	App     string
	Type    string // what sort of device, in the service's word: "phone", "Android TV"
	Agent   string // the browser's own line
	Address netip.Addr
	Place   string // as the service words it: a city, a region, a country
	At      time.Time

	// Where and Via are what the gazetteer made of Address and Place when the sign-in was seen. They are kept as they
	// were, so that new place data does not move the past.
	Where Place
	Via   Network
}
