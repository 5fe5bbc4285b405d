// Package httpcall makes one HTTP call to a service and tells its failure in core's kinds.
//
// A service is not trusted: an answer is at most 8 MB, its JSON at most 32 levels deep, a whole call takes at most 10
// seconds, and a redirect is followed only by a read, only within the same host, three times at the most. So the
// credentials of a call never reach another host. An answer that is a web page where data was asked for, as a sign-in
// proxy gives it, makes no sense.
//
// No error of this package holds a URL, a header, or a byte that the service sent.
//
// A read may use a connection that was kept from the last one. A change always has a connection of its own: on a kept one
// that the service is just closing nobody could tell whether the request arrived. It is never sent twice.
package httpcall
