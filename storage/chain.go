package storage

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
)

// chain computes the audit's macs. It is not for several goroutines at once.
type chain struct {
	hmac hash.Hash
	seq  [8]byte
}

func newChain(key []byte) *chain { return &chain{hmac: hmac.New(sha256.New, key)} }

// link appends the mac of an entry to dst: HMAC-SHA256 of the mac before, the number in eight bytes and the entry as it is
// stored. The first two have a fixed length, so no two rows have the same encoding.
func (c *chain) link(dst, before []byte, seq int64, entry []byte) []byte {
	c.hmac.Reset()
	c.hmac.Write(before)
	binary.BigEndian.PutUint64(c.seq[:], uint64(seq)) //nolint:gosec // a seq is positive
	c.hmac.Write(c.seq[:])
	c.hmac.Write(entry)
	return c.hmac.Sum(dst)
}

// seal is the mac of the head. No entry can have it, because entries are JSON objects.
func (c *chain) seal(entries int64, mac []byte) []byte {
	return c.link(nil, mac, entries, []byte("head"))
}
