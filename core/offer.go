package core

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"slices"
	"time"
)

// OfferID names an offer: the SHA-256 of its button's handle, in hex. The handle itself is on the button and nowhere else.
type OfferID string

// Offer is one action put to an audience behind a button. What it means stays at home; the button carries only a
// random handle.
type Offer struct {
	ID       OfferID
	Kind     string     // which button it is; the words are talk's
	Args     []byte     // what it is about; talk's own JSON, at most 16 kB
	Audience []MemberID // who may take it
	Group    string     // offers of one question: taking one uses up all
	Once     bool       // it can be taken once; others may be pressed until they lapse
	Made     time.Time
	Lapses   time.Time
	Used     time.Time // zero: not yet
	UsedBy   MemberID
	Action   ActionID // what taking it set going
}

// For tells whether a member is in the audience.
func (o *Offer) For(m MemberID) bool { return slices.Contains(o.Audience, m) }

// Taking says what an action uses up, who takes it and when: an offer, the answer to a case, which the action then is, and a
// pass, which it ends.
// The zero Taking takes nothing.
type Taking struct {
	Offer OfferID
	By    MemberID
	At    time.Time
	Case  CaseID // answered with NotOurs
	Pass  PassID // ended
	Said  Source // where it was answered
	Reset bool   // By wants the password reset as well
}

// handlePrefix marks our handles on the wire and names their version.
const handlePrefix = "a1."

// NewHandle makes the handle of a button from 16 random bytes: 25 ASCII characters, within Telegram's 64 bytes and
// Discord's 100 characters.
func NewHandle(random io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", err
	}
	return handlePrefix + base64.RawURLEncoding.EncodeToString(b[:]), nil
}

// OfferOf returns the id of the offer behind a handle. Anything that is not a handle is no offer's.
func OfferOf(handle string) (OfferID, bool) {
	if len(handle) != len(handlePrefix)+22 || handle[:len(handlePrefix)] != handlePrefix {
		return "", false
	}
	if _, err := base64.RawURLEncoding.Strict().DecodeString(handle[len(handlePrefix):]); err != nil {
		return "", false
	}
	sum := sha256.Sum256([]byte(handle))
	return OfferID(hex.EncodeToString(sum[:])), true
}
