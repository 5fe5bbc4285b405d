package watch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"latchstring/core"
)

// Difference makes sign-ins of a service that keeps no log of them: what is on its list of devices now and was not before
// has signed in. Its cursor is what it knows, so that what signs in while the program is away is told afterwards.
//
// A device that the service dates is believed at once. Another one has to be on two lists in a row, so that a service that
// makes a slip is not taken at its word. A list that can not be read whole says nothing, and a device that is missing is
// remembered for 30 days: lists flap.
type Difference struct {
	Service core.ServiceID
	Devices core.DeviceLister
	Now     func() time.Time

	mu      sync.Mutex
	waiting map[string]bool // seen on the last list for the first time
}

const (
	maxRemembered  = 5000 // devices of one service
	rememberedDays = 30   // since a device was on the list last
	maxTold        = 1000 // sign-ins of one look; the others are told by the next one
)

// known is the cursor: by the short hash of a session, the day (since 1970) on which it was seen last. A day is noted
// anew once a week, so that an unchanged list is no reason to write.
type known map[string]int

// SignIns returns the sessions that are new on the list since the cursor.
func (d *Difference) SignIns(ctx context.Context, after string) ([]core.SignIn, string, error) {
	devices, err := d.Devices.Devices(ctx)
	if err != nil {
		return nil, "", err // also where a part could be read: what is missing in it is not gone
	}
	first := after == ""
	old := known{}
	if !first {
		if err := json.Unmarshal([]byte(after), &old); err != nil {
			return nil, "", fmt.Errorf("cursor of %s: %w", d.Service, err)
		}
	}
	today := int(d.Now().Unix() / (24 * 60 * 60))
	now, made := maps.Clone(old), []core.SignIn(nil)
	d.mu.Lock()
	defer d.mu.Unlock()
	waiting := map[string]bool{}
	for _, dev := range devices {
		if dev.Own {
			continue
		}
		for _, s := range dev.Sessions {
			key := keyOf(dev, s)
			seen, there := now[key]
			switch {
			case there && today-seen < 7 && today >= seen:
			case there, first:
				now[key] = today
			case len(made) == maxTold:
			case d.waiting[key] || !s.Since.IsZero():
				now[key] = today
				made = append(made, d.signIn(key, dev, s))
			default:
				waiting[key] = true
			}
		}
	}
	d.waiting = waiting
	forget(now, today)
	slices.SortStableFunc(made, func(a, b core.SignIn) int { return a.At.Compare(b.At) })
	if !first && maps.Equal(old, now) {
		return made, after, nil
	}
	cursor, err := json.Marshal(now) // map keys are written in order
	if err != nil {
		return nil, "", fmt.Errorf("cursor of %s: %w", d.Service, err)
	}
	return made, string(cursor), nil
}

// keyOf names a session in 16 characters: the device as it is signed in, and as whom.
func keyOf(dev core.Device, s core.Session) string {
	h := sha256.New()
	since := ""
	if !s.Since.IsZero() {
		since = s.Since.UTC().Format(time.RFC3339)
	}
	for _, part := range []string{string(dev.ID), dev.Generation, s.Login, since} {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// signIn is what the list tells of a session. One that the service does not date is dated by the look that found it.
func (d *Difference) signIn(key string, dev core.Device, s core.Session) core.SignIn {
	at := s.Since
	if now := d.Now(); at.IsZero() || at.After(now) {
		at = now
	}
	return core.SignIn{
		Key: key, Service: d.Service, Account: core.Account{Service: d.Service, Member: s.Member, Login: s.Login},
		Device: dev.Ref(), Name: dev.Name, App: dev.App, Address: s.Address, Place: s.Place, At: at,
	}
}

// forget drops what was not on the list for long, and the oldest of too many.
func forget(k known, today int) {
	maps.DeleteFunc(k, func(_ string, seen int) bool { return today-seen > rememberedDays })
	for len(k) > maxRemembered {
		oldest, day := "", 0
		for key, seen := range k {
			if oldest == "" || seen < day {
				oldest, day = key, seen
			}
		}
		delete(k, oldest)
	}
}
