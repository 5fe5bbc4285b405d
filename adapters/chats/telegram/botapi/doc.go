// Package botapi is a strict Telegram Bot API server in memory, for tests.
//
// It is written from the platform's rules, not from any client's habits: offsets confirm updates for good, a press is
// answered once and in time, HTML is parsed as the platform parses it, limits count what the platform counts. A test
// drives it from the other side of the screen: people say and press things, and their screens are the oracle.
//
// What the platform would refuse is refused here in its words, because clients tell failures apart by them. What shows a
// defect in the client, whether the platform would refuse it or pass over it in silence, is a violation besides: it fails
// the test when that ends. To be refused for the state of the world, as when somebody blocked the bot, is none.
//
// Every call is also checked against the official description of the API, where the test can find it; see
// [Server.Violations] and schema.go. Facts without another source are from that description's prose and from the
// behaviour of the platform's own open server, github.com/tdlib/telegram-bot-api.
package botapi
