package storage

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"latchstring/core"
)

// signInRow is a sign-in in the table sign_ins, with the answer to the case that it opened.
type signInRow struct {
	Service    core.ServiceID          `db:"service"`
	Key        string                  `db:"key"`
	Member     core.MemberID           `db:"member"`
	Login      string                  `db:"login"`
	Failed     bool                    `db:"failed"`
	Device     core.DeviceID           `db:"device"`
	Generation string                  `db:"generation"`
	Name       string                  `db:"name"`
	App        string                  `db:"app"`
	Type       string                  `db:"type"`
	Agent      string                  `db:"agent"`
	Address    string                  `db:"address"`
	Place      string                  `db:"place"`
	Located    inJSON[core.Place]      `db:"located"`
	Network    inJSON[core.Network]    `db:"network"`
	Assessment inJSON[core.Assessment] `db:"assessment"`
	At         stamp                   `db:"at"`
	Answer     core.Answer             `db:"answer"`
	Answered   stamp                   `db:"answered"`
}

func rowOfSeen(seen core.Seen) signInRow {
	s := seen.SignIn
	r := signInRow{
		Service: s.Service, Key: s.Key, Member: s.Account.Member, Login: s.Account.Login, Failed: s.Failed,
		Device: s.Device.ID, Generation: s.Device.Generation, Name: s.Name, App: s.App, Type: s.Type, Agent: s.Agent, Place: s.Place,
		Located: inJSON[core.Place]{s.Where}, Network: inJSON[core.Network]{s.Via},
		Assessment: inJSON[core.Assessment]{seen.Assessment}, At: stamp(s.At),
	}
	if s.Address.IsValid() {
		r.Address = s.Address.String()
	}
	return r
}

func (r *signInRow) seen() core.Seen {
	address, _ := netip.ParseAddr(r.Address) // "" is no address
	return core.Seen{
		SignIn: core.SignIn{
			Key: r.Key, Service: r.Service,
			Account: core.Account{Service: r.Service, Member: r.Member, Login: r.Login}, Failed: r.Failed,
			Device: core.DeviceRef{Service: r.Service, ID: r.Device, Generation: r.Generation},
			Name:   r.Name, App: r.App, Type: r.Type, Agent: r.Agent, Address: address, Place: r.Place, At: r.At.time(),
			Where: r.Located.V, Via: r.Network.V,
		},
		Assessment: r.Assessment.V, Answer: r.Answer, Answered: r.Answered.time(),
	}
}

const selectSeen = `SELECT s.service, s.key, s.member, s.login, s.failed, s.device, s.generation, s.name, s.app, s.type, s.agent,
		s.address, s.place, s.located, s.network, s.assessment, s.at,
		coalesce(c.answer, '') AS answer, coalesce(c.answered, '') AS answered
	FROM sign_ins s LEFT JOIN cases c ON c.service = s.service AND c.key = s.key
	WHERE s.number IN (SELECT number FROM sign_ins WHERE failed = 0 AND at > ? ORDER BY number DESC LIMIT ?)
		OR s.number IN (SELECT number FROM sign_ins WHERE failed = 1 AND at > ? AND at > ? ORDER BY number DESC LIMIT 500)
	ORDER BY s.number DESC`

// Seen returns the sign-ins that were recorded, those that happened after a time and of failed ones those after another, in
// the order of their recording; of more than limit the last ones. Of failed ones there are 500 at the most, beside that limit: strangers
// make them, and they push nothing else out.
func (s *Store) Seen(ctx context.Context, after, failedAfter time.Time, limit int) ([]core.Seen, error) {
	var rows []signInRow
	if err := s.read.SelectContext(ctx, &rows, selectSeen, stamp(after), max(limit, 0), stamp(after), stamp(failedAfter)); err != nil {
		return nil, fmt.Errorf("sign-ins: %w", err)
	}
	seen := make([]core.Seen, len(rows))
	for i := range rows {
		seen[len(rows)-1-i] = rows[i].seen()
	}
	return seen, nil
}

// keysAtOnce bounds one question for keys; SQLite takes 32,766 values in a statement.
const keysAtOnce = 500

// Fresh returns those of a service's sign-in keys that are not on record, in their order.
func (s *Store) Fresh(ctx context.Context, service core.ServiceID, keys []string) ([]string, error) {
	there := map[string]bool{}
	for some := range slices.Chunk(keys, keysAtOnce) {
		query, args, err := sqlx.In(`SELECT key FROM sign_ins WHERE service = ? AND key IN (?)`, string(service), some)
		if err != nil {
			return nil, fmt.Errorf("keys of sign-ins: %w", err)
		}
		var found []string
		if err := s.read.SelectContext(ctx, &found, query, args...); err != nil {
			return nil, fmt.Errorf("keys of sign-ins: %w", err)
		}
		for _, k := range found {
			there[k] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return there[k] }), nil
}

const selectCursor = `SELECT place FROM cursors WHERE service = ?`

// Cursor returns how far a service's sign-ins were read; "" at first.
func (s *Store) Cursor(ctx context.Context, service core.ServiceID) (string, error) {
	return s.place(ctx, selectCursor, service)
}

const (
	insertSignIn = `INSERT INTO sign_ins (service, key, member, login, failed, device, generation, name, app, type, agent,
			address, place, located, network, assessment, at)
		VALUES (:service, :key, :member, :login, :failed, :device, :generation, :name, :app, :type, :agent,
			:address, :place, :located, :network, :assessment, :at)
		ON CONFLICT (service, key) DO NOTHING`

	// A cursor that stays where it is writes nothing.
	setCursor = `INSERT INTO cursors (service, place) VALUES (?, ?)
		ON CONFLICT (service) DO UPDATE SET place = excluded.place WHERE place <> excluded.place`
)

// RecordLook adds what a look at a service brought, all or nothing.
func (s *Store) RecordLook(ctx context.Context, l core.Look) error {
	return s.writer.write(ctx, "record look", func(t *tx) error {
		for _, seen := range l.Seen {
			if _, err := t.put(insertSignIn, rowOfSeen(seen)); err != nil {
				return err
			}
		}
		for _, c := range l.Cases {
			if err := t.keepCase(c); err != nil {
				return err
			}
		}
		for _, p := range l.Passes {
			if err := t.keepPass(p); err != nil {
				return err
			}
		}
		if err := t.record(l.Entries); err != nil {
			return err
		}
		if err := t.post(l.Deliveries); err != nil {
			return err
		}
		_, err := t.exec(setCursor, l.Service, l.Cursor)
		return err
	})
}
