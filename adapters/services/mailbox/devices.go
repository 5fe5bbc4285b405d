package mailbox

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"

	"latchstring/adapters/services/mailbox/letter"
	"latchstring/core"
)

// Devices tells the devices that notices of the last 90 days were about, each with its latest sign-in. It is not what is signed in
// now: a mail says when a device came and never that it went, so a device that was signed out stays here as it was, and
// signs in anew under another generation.
func (s *service) Devices(ctx context.Context) ([]core.Device, error) {
	notices, err := s.all(ctx)
	if err != nil {
		return nil, err
	}
	devices := []core.Device{}
	at := map[core.DeviceID]int{}
	for _, n := range notices {
		if n.Kind != core.NoticeSignIn || !n.Verified || s.opt.Now().Sub(n.At) > memory {
			continue
		}
		d := s.deviceOf(n)
		i, known := at[d.ID]
		switch {
		case !known:
			at[d.ID] = len(devices)
			devices = append(devices, d)
		case !d.Sessions[0].Since.Before(devices[i].Sessions[0].Since):
			devices[i] = d
		}
	}
	slices.SortStableFunc(devices, func(a, b core.Device) int {
		return cmp.Compare(b.Sessions[0].Since.UnixNano(), a.Sessions[0].Since.UnixNano())
	})
	return devices, nil
}

// deviceOf makes a device of a sign-in.
func (s *service) deviceOf(n core.Notice) core.Device {
	ref := s.refOf(n)
	return core.Device{
		Service: s.id, ID: ref.ID, Generation: ref.Generation, Name: cmp.Or(n.Name, n.Place, s.title), App: forwarded(n),
		Sessions: []core.Session{{
			Member: n.Account.Member, Login: n.Account.Login, Since: n.At, LastUsed: n.At, Address: n.Address, Place: n.Place,
		}},
	}
}

// forwarded marks what was told by a mail that somebody of the household sent on.
func forwarded(n core.Notice) string {
	if n.Forwarded {
		return "forwarded mail"
	}
	return ""
}

// refOf points to the device of a sign-in. The same name on the same account is the same device, since nothing else is known of
// it; each sign-in is a generation of its own.
func (s *service) refOf(n core.Notice) core.DeviceRef {
	sum := sha256.Sum256([]byte(n.Account.Login + "\x00" + letter.Fold(cmp.Or(n.Name, n.Place))))
	return core.DeviceRef{Service: s.id, ID: core.DeviceID(hex.EncodeToString(sum[:10])), Generation: strconv.FormatInt(n.At.Unix(), 36)}
}
