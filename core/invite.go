package core

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"time"
)

// InviteID names an invitation: the SHA-256 of its code, in hex. The code itself is in the link and nowhere else.
type InviteID string

// Invite lets one person link themselves, on a chat, to a member of the household: the owner makes it, the person opens
// it, the owner confirms who came.
type Invite struct {
	ID     InviteID
	Member MemberID // whom it is for
	By     MemberID // the owner who made it
	Made   time.Time
	Lapses time.Time
	Tries  int       // how often it may still be opened
	Guest  Contact   // who opened it last and waits for the owner's word; zero: nobody
	Called string    // what the guest calls themselves on their chat, cleaned; a stranger's words
	Ended  time.Time // when it was used, refused or replaced; zero: not yet
}

// The bounds of an invitation.
const (
	InviteLife  = 10 * time.Minute
	InviteTries = 5
)

// Link is a contact that a member has by an invitation, beside those of the config.
type Link struct {
	Contact Contact
	Member  MemberID
	Called  string // what the person called themselves when they were linked, cleaned
	At      time.Time
}

// codeLength is that of an invitation's code: 32 random bytes in base64url, which a deep link of any chat can carry.
const codeLength = 43

// NewInviteCode makes the code of an invitation from 256 random bits.
func NewInviteCode(random io.Reader) (Secret, error) {
	var b [32]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return Secret{}, err
	}
	return NewSecret(base64.RawURLEncoding.EncodeToString(b[:])), nil
}

// InviteOf returns the id of the invitation with a code. Anything that is not a code is no invitation's.
func InviteOf(code string) (InviteID, bool) {
	if len(code) != codeLength {
		return "", false
	}
	if _, err := base64.RawURLEncoding.Strict().DecodeString(code); err != nil {
		return "", false
	}
	sum := sha256.Sum256([]byte(code))
	return InviteID(hex.EncodeToString(sum[:])), true
}

// GuestID stands in an offer's audience for somebody who is no member yet. No member has such an id: names of members do
// not begin with a question mark.
func GuestID(c Contact) MemberID { return MemberID("?" + string(c.Chat) + "/" + c.User) }
