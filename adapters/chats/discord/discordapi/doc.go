// Package discordapi is a strict Discord in memory, gateway and REST, for tests.
//
// It is written from the platform's rules, not from any client's habits: an interaction is acknowledged once and within
// three seconds, its token lives for fifteen minutes, what is private is seen by the one who asked, a nonce makes a message
// once, a session is resumed or lost. A test drives it from the other side of the screen: people use commands, press, choose
// and fill in forms, and their screens are the oracle.
//
// What the platform would refuse is refused here in its words, because clients tell failures apart by them. What shows a
// defect in the client, whether the platform would refuse it or pass over it in silence, is a violation besides: it fails
// the test when that ends. To be refused for the state of the world, as when a permission is missing, is none.
//
// Every body is also checked against the official description of the API, where the test can find it; see
// [Server.Violations] and schema.go. Calls are named as that description names its operations. Facts without another source
// are from the platform's documentation of 2026-08: gateway, interactions, components, messages, application commands.
package discordapi
