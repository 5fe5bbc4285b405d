// Package jellyfinapi is a strict Jellyfin or Emby server in memory, for tests.
//
// It is written from the servers' rules, not from any client's habits: a device is deleted for everybody who is signed in on
// it, a device id is the client's own choice, the log is in the server's language, a code is good for ten minutes and once.
// A test drives it from the other side: people sign devices in, play, change their minds; what became of their devices,
// passwords and screens is the oracle.
//
// What a server would refuse is refused here as it would, because clients tell failures apart by that. What shows a defect in
// the client, whether a server would refuse it or carry it out, is a violation besides: it fails the test when that ends. So
// do calls that no connector may make, such as one that sets an empty password. To be refused for the state of the world, as
// when a device is gone already, is none.
//
// Each call is also checked against the official description of the server's version, where the test can find it; see
// [Server.Violations] and schema.go. Facts without another source are from the servers' own: github.com/jellyfin/jellyfin,
// and for Emby the reference of github.com/MediaBrowser/Emby.SDK.
package jellyfinapi
