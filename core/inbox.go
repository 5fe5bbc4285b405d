package core

import "time"

// Message is what a person wrote or pressed, as it came from a chat platform. It is written down before it is acted on,
// together with the platform's offset, so that a message is neither lost nor taken twice.
type Message struct {
	Seq     int64 // given by storage; the order of arrival
	Chat    Chat
	Key     string // the platform's own id of it; a repeat is known by it
	Raw     []byte // as the adapter wants it back; at most 64 kB
	Arrived time.Time
}
