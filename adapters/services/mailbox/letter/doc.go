// Package letter reads one mail: what it says, in lines and links, and whether the household's own mail provider vouches for
// its sender.
//
// A mail is a stranger's work from its first byte to its last. At most 256 KB of headers, four levels of parts, 100 parts,
// 2,000 lines and 300 links are read; what is cut off or makes no sense is left out, and the rest is read all the same. No
// link is followed and no picture is loaded.
//
// Lines are made for comparing with words: entities, encodings and the digits of all scripts are resolved, characters without
// width are gone, and each run of spaces of any width is one space. UTF-8 and the charsets of one byte are known; of
// others only the ASCII is right.
//
// The sender is vouched for by the topmost Authentication-Results header alone (RFC 8601), and only if it is the provider's own: that
// header can be written by anybody, and a provider puts its own on top.
package letter
