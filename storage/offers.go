package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"latchstring/core"
)

// offerRow is an offer in the table offers.
type offerRow struct {
	ID       core.OfferID            `db:"id"`
	Kind     string                  `db:"kind"`
	Args     []byte                  `db:"args"`
	Audience inJSON[[]core.MemberID] `db:"audience"`
	Reader   core.MemberID           `db:"reader"`
	Question string                  `db:"question"`
	Once     bool                    `db:"once"`
	Made     stamp                   `db:"made"`
	Lapses   stamp                   `db:"lapses"`
	Used     stamp                   `db:"used"`
	UsedBy   core.MemberID           `db:"used_by"`
	Action   core.ActionID           `db:"action"`
}

func rowOfOffer(o core.Offer) offerRow {
	r := offerRow{
		ID: o.ID, Kind: o.Kind, Args: o.Args, Audience: inJSON[[]core.MemberID]{o.Audience}, Question: o.Group, Once: o.Once,
		Made: stamp(o.Made), Lapses: stamp(o.Lapses), Used: stamp(o.Used), UsedBy: o.UsedBy, Action: o.Action,
	}
	if r.Args == nil {
		r.Args = []byte{}
	}
	if len(o.Audience) > 0 {
		r.Reader = o.Audience[0]
	}
	return r
}

func (r *offerRow) offer() core.Offer {
	return core.Offer{
		ID: r.ID, Kind: r.Kind, Args: r.Args, Audience: r.Audience.V, Group: r.Question, Once: r.Once,
		Made: r.Made.time(), Lapses: r.Lapses.time(), Used: r.Used.time(), UsedBy: r.UsedBy, Action: r.Action,
	}
}

const (
	insertOffer = `INSERT INTO offers (id, kind, args, audience, reader, question, once, made, lapses, used, used_by, action)
		VALUES (:id, :kind, :args, :audience, :reader, :question, :once, :made, :lapses, :used, :used_by, :action)`

	// The index on unused offers is walked from the newest to the first one too many.
	deleteCrowd = `DELETE FROM offers WHERE reader = :reader AND used = '' AND number <= (
		SELECT number FROM offers WHERE reader = :reader AND used = '' ORDER BY number DESC LIMIT 1 OFFSET :most)`
)

// mostOffers bounds the unused offers of one member; a list of 60 devices makes 60.
const mostOffers = 2000

// PutOffers records what buttons mean. Where a member's unused offers become more than 2,000 the oldest go.
func (s *Store) PutOffers(ctx context.Context, offers []core.Offer) error {
	return s.writer.write(ctx, "put offers", func(t *tx) error {
		readers := map[core.MemberID]bool{}
		for _, o := range offers {
			r := rowOfOffer(o)
			if _, err := t.put(insertOffer, r); err != nil {
				return err
			}
			readers[r.Reader] = true
		}
		for reader := range readers {
			if _, err := t.put(deleteCrowd, map[string]any{"reader": reader, "most": mostOffers}); err != nil {
				return err
			}
		}
		return nil
	})
}

const selectOffer = `SELECT id, kind, args, audience, question, once, made, lapses, used, used_by, action
	FROM offers WHERE id = ?`

// Offer returns an offer, or core.ErrNone. It never writes.
func (s *Store) Offer(ctx context.Context, id core.OfferID) (core.Offer, error) {
	var r offerRow
	err := s.read.GetContext(ctx, &r, selectOffer, id)
	if errors.Is(err, sql.ErrNoRows) {
		return core.Offer{}, core.ErrNone
	}
	if err != nil {
		return core.Offer{}, fmt.Errorf("offer: %w", err)
	}
	return r.offer(), nil
}

// TakeOffer uses up an offer, and all of its group, for a member.
func (s *Store) TakeOffer(ctx context.Context, id core.OfferID, by core.MemberID, at time.Time) error {
	return s.writer.write(ctx, "take offer", func(t *tx) error { return t.takeOffer(id, by, at, "") })
}

// The offer and its question are used up by one statement, so that there is no moment between looking and taking.
const updateTaken = `UPDATE offers SET used = :at, used_by = :by, action = :action
	WHERE used = '' AND (id = :id OR question = (SELECT question FROM offers WHERE id = :id AND question <> ''))
		AND EXISTS (SELECT 1 FROM offers WHERE id = :id AND used = '' AND lapses > :at)`

func (t *tx) takeOffer(id core.OfferID, by core.MemberID, at time.Time, action core.ActionID) error {
	n, err := t.put(updateTaken, map[string]any{"id": id, "by": by, "at": stamp(at), "action": action})
	if err == nil && n == 0 {
		return core.ErrUsed
	}
	return err
}
