package core

import (
	"encoding/hex"
	"io"
	"time"
)

// DeliveryID names a delivery. It is short enough (24 characters) to serve as Discord's nonce.
type DeliveryID string

// News is what a delivery tells of.
type News string

// The news there are.
const (
	NewsAction    News = "action"     // how an action stands; Subject is its id
	NewsCase      News = "case"       // a suspicious sign-in, with the question whose it was; Subject is the case's id
	NewsRedraw    News = "redraw"     // a case has changed: the message that told of it is redrawn, if there is one
	NewsBoard     News = "board"      // a case, told in the household's own room; Subject is its id
	NewsDigest    News = "digest"     // several cases wait for an answer
	NewsPass      News = "pass"       // a device signed in by a pass, or is not signed out at its end; Subject is its id
	NewsBack      News = "back"       // devices that are back since a sign-out of everything or a reset; Subject is the action's id
	NewsWeek      News = "week"       // what the watch noted in a week and asked nobody about; Subject is the day it ends
	NewsNotice    News = "notice"     // a service wrote about an account; Subject is the service, the kind, the time (Unix) and whose, with "/"
	NewsLife      News = "life"       // a sign of life, for those who want one each day; Subject is the day
	NewsCode      News = "code"       // a one-time code came that they had asked for; Subject is the service, whose it is and when it came (Unix), with "/"
	NewsNoCode    News = "no code"    // none came; Subject is the service, whose it was to be and what the record calls the asking, with "/"
	NewsReview    News = "review"     // it is time to look through all devices; Subject is the day since when
	NewsLearned   News = "learned"    // the watch has learned the household
	NewsSilent    News = "silent"     // a service has told no sign-ins for long; Subject is its id
	NewsGateway   News = "gateway"    // a service sees everybody behind one address; Subject is the address
	NewsInvite    News = "invite"     // somebody opened an invitation, or it was decided; Subject is its id
	NewsUnreached News = "unreached"  // a member can not be told anything on a chat any more; Subject is their id, "/" and the chat
	NewsChatEnded News = "chat-ended" // a chat can not go on; Subject is its name
	NewsApology   News = "apology"    // a message was not answered before a stop; Subject is what was asked
	NewsPlea      News = "plea"       // somebody asks whether another could finish; Subject is their id, "/" and the service
	NewsReply     News = "reply"      // the answer to it; Subject is who answers, "/" and what
)

// Delivery is one piece of news on its way to one member. It holds no words and no secrets: it is worded when it is sent,
// so it tells what is so then.
type Delivery struct {
	ID       DeliveryID
	Key      string // two deliveries with one key are one
	To       MemberID
	Source   Source // the message it answers; zero: wherever the member can be reached
	News     News
	Subject  string
	Made     time.Time
	Due      time.Time
	Attempts int
	Sent     time.Time // zero: not yet
	Message  string    // the platform's own name of the message that was sent
	Copies   []string  // of a redraw: the platform's own names of the messages that told the contact of its subject
	Dropped  bool      // given up; the log says why
}

// NewDeliveryID makes an id from 96 random bits.
func NewDeliveryID(random io.Reader) (DeliveryID, error) {
	var b [12]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", err
	}
	return DeliveryID(hex.EncodeToString(b[:])), nil
}
