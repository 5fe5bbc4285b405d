package jellyfin

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"latchstring/core"
)

// session is one that the server holds in memory: an app that is or was just connected. Its texts are cleaned.
type session struct {
	id      string
	client  core.DeviceID // what the device calls itself
	user    string
	login   string
	name    string // of the device
	app     string
	address netip.Addr
	active  time.Time
	playing string // what it plays; "": nothing
	paused  bool
	screen  bool // a message can be shown on it
}

// place is where a session and a row of the device list meet.
type place struct {
	client core.DeviceID
	user   string
}

func (x session) place() place { return place{x.client, x.user} }

// better tells which of two sessions of one device and user is told of: what plays, else what was used last.
func (x session) better(other session) bool {
	if (x.playing != "") != (other.playing != "") {
		return x.playing != ""
	}
	return !x.active.Before(other.active)
}

// item is what plays.
type item struct {
	Name, SeriesName               string
	ParentIndexNumber, IndexNumber *int
}

// title is what a person calls it: Dark S1E3.
func (i *item) title() string {
	switch {
	case i == nil:
		return ""
	case i.SeriesName == "":
		return i.Name
	case i.ParentIndexNumber != nil && i.IndexNumber != nil:
		return fmt.Sprintf("%s S%dE%d", i.SeriesName, *i.ParentIndexNumber, *i.IndexNumber)
	}
	return i.SeriesName + " " + i.Name
}

// readSessions reads the answer to GET /Sessions.
func readSessions(body []byte) ([]session, error) {
	var list []struct {
		ID, UserID, UserName, Client, DeviceID, DeviceName, RemoteEndPoint string
		LastActivityDate                                                   instant
		NowPlayingItem                                                     *item
		PlayState                                                          struct{ IsPaused bool }
		SupportsRemoteControl                                              bool
		SupportedCommands                                                  []string
	}
	if err := decode(body, &list); err != nil {
		return nil, err
	}
	switch {
	case list == nil:
		return nil, errors.New("no list of sessions")
	case len(list) > maxRows:
		return nil, fmt.Errorf("more than %d sessions", maxRows)
	}
	sessions := make([]session, len(list))
	for i, l := range list {
		x := session{
			id: l.ID, client: deviceID(l.DeviceID), user: userID(l.UserID), login: core.Clean(l.UserName),
			name: core.Clean(l.DeviceName), app: core.Clean(l.Client), address: findAddress(l.RemoteEndPoint), active: l.LastActivityDate.Time,
			paused: l.PlayState.IsPaused,
			screen: l.SupportsRemoteControl && (l.SupportedCommands == nil || slices.Contains(l.SupportedCommands, "DisplayMessage")),
		}
		if l.NowPlayingItem != nil {
			if x.playing = core.Clean(l.NowPlayingItem.title()); x.playing == "" {
				x.playing = "…"
			}
		}
		sessions[i] = x
	}
	return sessions, nil
}

// listSessions asks for the sessions of now.
func (s *service) listSessions(ctx context.Context) ([]session, error) {
	const what = "sessions"
	body, err := s.get(ctx, what, "/Sessions", nil)
	if err != nil {
		return nil, err
	}
	sessions, err := reread(s, &s.sessions, body, readSessions)
	if err != nil {
		return nil, s.garbled(what, err)
	}
	return sessions, nil
}

// serverIDs are the server's ids of devices by what the devices call themselves, where these differ: Emby has ids of its own.
func (s *service) serverIDs(ctx context.Context) (map[core.DeviceID]core.DeviceID, error) {
	if s.config.Product != Emby {
		return nil, nil
	}
	rows, err := s.listDevices(ctx)
	if err != nil {
		return nil, err
	}
	ids := make(map[core.DeviceID]core.DeviceID, len(rows))
	for _, r := range rows {
		ids[r.client] = r.device.ID
	}
	return ids, nil
}

// ref points to the device of a session.
func (s *service) ref(x session, ids map[core.DeviceID]core.DeviceID) core.DeviceRef {
	id := x.client
	if known, ok := ids[id]; ok {
		id = known
	}
	return core.DeviceRef{Service: s.id, ID: id}
}
