// Package talk is the conversation: requests in, cards out. Every word a member reads is written here, at the place
// where it is said, or in core's errors.
package talk
