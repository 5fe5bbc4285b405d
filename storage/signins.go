package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/netip"

	"latchstring/core"
)

// signInRow is a sign-in in the table sign_ins.
type signInRow struct {
	Service    core.ServiceID `db:"service"`
	Key        string         `db:"key"`
	Member     core.MemberID  `db:"member"`
	Login      string         `db:"login"`
	Device     core.DeviceID  `db:"device"`
	Generation string         `db:"generation"`
	Name       string         `db:"name"`
	App        string         `db:"app"`
	Address    string         `db:"address"`
	Place      string         `db:"place"`
	At         stamp          `db:"at"`
}

func rowOfSignIn(s core.SignIn) signInRow {
	r := signInRow{
		Service: s.Service, Key: s.Key, Member: s.Account.Member, Login: s.Account.Login, Device: s.Device.ID,
		Generation: s.Device.Generation, Name: s.Name, App: s.App, Place: s.Place, At: stamp(s.At),
	}
	if s.Address.IsValid() {
		r.Address = s.Address.String()
	}
	return r
}

func (r *signInRow) signIn() core.SignIn {
	address, _ := netip.ParseAddr(r.Address) // "" is no address
	return core.SignIn{
		Key: r.Key, Service: r.Service,
		Account: core.Account{Service: r.Service, Member: r.Member, Login: r.Login},
		Device:  core.DeviceRef{Service: r.Service, ID: r.Device, Generation: r.Generation},
		Name:    r.Name, App: r.App, Address: address, Place: r.Place, At: r.At.time(),
	}
}

const selectSignIn = `SELECT service, key, member, login, device, generation, name, app, address, place, at
	FROM sign_ins WHERE service = ? AND key = ?`

// SignIn returns a sign-in, or core.ErrNone.
func (s *Store) SignIn(ctx context.Context, service core.ServiceID, key string) (core.SignIn, error) {
	var r signInRow
	err := s.read.GetContext(ctx, &r, selectSignIn, service, key)
	if errors.Is(err, sql.ErrNoRows) {
		return core.SignIn{}, core.ErrNone
	}
	if err != nil {
		return core.SignIn{}, fmt.Errorf("sign-in: %w", err)
	}
	return r.signIn(), nil
}

const selectSignedIn = `SELECT EXISTS (SELECT 1 FROM sign_ins WHERE service = ? AND device = ?)`

// SignedIn tells whether a sign-in of the device was recorded before.
func (s *Store) SignedIn(ctx context.Context, service core.ServiceID, device core.DeviceID) (bool, error) {
	var known bool
	if err := s.read.GetContext(ctx, &known, selectSignedIn, service, device); err != nil {
		return false, fmt.Errorf("sign-ins of device: %w", err)
	}
	return known, nil
}

const selectCursor = `SELECT place FROM cursors WHERE service = ?`

// Cursor returns how far a service's sign-ins were read; "" at first.
func (s *Store) Cursor(ctx context.Context, service core.ServiceID) (string, error) {
	return s.place(ctx, selectCursor, service)
}

const (
	insertSignIn = `INSERT INTO sign_ins (service, key, member, login, device, generation, name, app, address, place, at)
		VALUES (:service, :key, :member, :login, :device, :generation, :name, :app, :address, :place, :at)
		ON CONFLICT (service, key) DO NOTHING`

	// A cursor that stays where it is writes nothing.
	setCursor = `INSERT INTO cursors (service, place) VALUES (?, ?)
		ON CONFLICT (service) DO UPDATE SET place = excluded.place WHERE place <> excluded.place`
)

// RecordSignIns adds sign-ins and deliveries and moves the cursor, all or nothing.
func (s *Store) RecordSignIns(ctx context.Context, service core.ServiceID, cursor string, signIns []core.SignIn, deliveries []core.Delivery) error {
	return s.writer.write(ctx, "record sign-ins", func(t *tx) error {
		for _, si := range signIns {
			if _, err := t.put(insertSignIn, rowOfSignIn(si)); err != nil {
				return err
			}
		}
		if err := t.post(deliveries); err != nil {
			return err
		}
		_, err := t.exec(setCursor, service, cursor)
		return err
	})
}
