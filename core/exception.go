package core

import "time"

// ExceptionID names an exception: 128 random bits in hex.
type ExceptionID string

// Exception is a member's word that nobody needs to be asked about one device, or about sign-ins from one place, again. It
// is about a device where Name or Device.ID is set, else about a place. What is urgent, or comes through a data centre or
// VPN, is asked about all the same.
type Exception struct {
	ID   ExceptionID
	By   MemberID
	Made time.Time

	// Account is whose sign-ins are meant. Without a service it is all accounts of its member, and without a member as well
	// the whole household's.
	Account Account
	Device  DeviceRef // its ID is "" where the service tells none; Name counts then
	Name    string    // cleaned
	Place   Place
}

// MaxExceptions bounds the exceptions of one member.
const MaxExceptions = 50

// OfDevice tells whether the exception is about a device; else it is about a place.
func (e *Exception) OfDevice() bool { return e.Name != "" || e.Device.ID != "" }
