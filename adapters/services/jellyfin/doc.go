// Package jellyfin is the Jellyfin connector: it joins a Jellyfin server of 10.8 to 12, or an Emby server of 4.8 on as a
// dialect of it.
//
// One admin key sees and does everything. Devices come from the server's device list, and where they are and what they play
// from its sessions, which it keeps in memory only: without them a device is listed without an address. A device may be
// several people's; signing it out signs all of them out. Sign-ins come from the activity log, whose texts are in the
// server's language: an address is found anywhere in them, and the device of a sign-in only where one session alone
// can be meant. Each call stands for itself: a server that refuses one still serves the others.
//
// The lists of devices and sessions have a field for live tokens. The structs here do not have it, so it is never decoded.
// A list is at most 5,000 rows of an answer of at most 8 MB; an answer that can not be read is never an empty list, nor is an
// empty list while somebody is seen to be signed in.
package jellyfin
