package talk

import (
	"context"
	"time"

	"latchstring/core"
)

// OfferBook keeps what buttons mean. Each method is one transaction.
type OfferBook interface {
	PutOffers(ctx context.Context, offers []core.Offer) error

	// Offer returns an offer, or core.ErrNone. It never writes.
	Offer(ctx context.Context, id core.OfferID) (core.Offer, error)

	// TakeOffer uses up an offer, and all of its group, for a member. Of many who try one gets nil, all others
	// core.ErrUsed; so does who comes at or after its lapse.
	TakeOffer(ctx context.Context, id core.OfferID, by core.MemberID, at time.Time) error
}

// SettingBook keeps what members chose. Each method is one transaction.
type SettingBook interface {
	Settings(ctx context.Context, m core.MemberID) (map[core.Setting]string, error)
	SetSetting(ctx context.Context, m core.MemberID, s core.Setting, value string) error
}

// PostBook keeps the deliveries. Each method is one transaction.
type PostBook interface {
	// Post adds deliveries; one whose key is known is left out.
	Post(ctx context.Context, deliveries []core.Delivery) error
	// Due returns deliveries that are neither sent nor dropped and due by now, the longest due first.
	Due(ctx context.Context, now time.Time, limit int) ([]core.Delivery, error)
	// NextDue returns when the next delivery that is neither sent nor dropped is due; zero: none is waiting.
	NextDue(ctx context.Context) (time.Time, error)
	// Hasten makes all deliveries that are neither sent nor dropped, and were postponed, due now.
	Hasten(ctx context.Context, now time.Time) error
	// MarkSent records that a delivery arrived, and the platform's name of its message ("" where it has none).
	MarkSent(ctx context.Context, id core.DeliveryID, at time.Time, message string) error
	// Postpone makes a delivery due later and counts an attempt.
	Postpone(ctx context.Context, id core.DeliveryID, until time.Time) error
	Drop(ctx context.Context, id core.DeliveryID) error
}

// Inbox keeps what came in from the chats until it is answered. Each method is one transaction.
type Inbox interface {
	// Receive adds messages, passing over those whose chat and key are known, and sets the chat's offset.
	Receive(ctx context.Context, chat core.Chat, messages []core.Message, offset string) error
	// Unanswered returns a chat's messages that wait for an answer, in the order of their arrival.
	Unanswered(ctx context.Context, chat core.Chat) ([]core.Message, error)
	Answered(ctx context.Context, chat core.Chat, key string) error
	// MoveRoom records that a chat's room has another name from now on. What is on its way there goes to the new one, to
	// messages of their own: those of the old one can not be redrawn.
	MoveRoom(ctx context.Context, chat core.Chat, from, to string) error
	// MovedRooms returns the names of now of a chat's rooms that have moved, by their old ones.
	MovedRooms(ctx context.Context, chat core.Chat) (map[string]string, error)
	// Offset returns what the last Receive set; "" at first.
	Offset(ctx context.Context, chat core.Chat) (string, error)
}
