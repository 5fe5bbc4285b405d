package jellyfin

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"log/slog"
	"slices"

	"latchstring/core"
)

const (
	maxRows = 5000
	maxID   = 1024 // bytes of a device's id; clients choose them
)

// row is a device as one of its users has it. Its texts are cleaned.
type row struct {
	device  core.Device // without sessions
	session core.Session
	client  core.DeviceID // what the device calls itself: for Emby not what the server calls it
	user    string
}

// readRows reads the answer to GET /Devices.
func (s *service) readRows(body []byte) ([]row, error) {
	var list struct {
		TotalRecordCount int
		Items            []struct {
			ID, ReportedDeviceID, Name, CustomName, AppName string
			LastUserName, LastUserID, IPAddress             string
			DateLastActivity                                instant
		}
	}
	if err := decode(body, &list); err != nil {
		return nil, err
	}
	switch {
	case list.Items == nil:
		return nil, errors.New("no list of devices")
	case len(list.Items) > maxRows:
		return nil, fmt.Errorf("more than %d devices", maxRows)
	case len(list.Items) < list.TotalRecordCount:
		return nil, errors.New("fewer devices than it says there are")
	}
	rows := make([]row, len(list.Items))
	for i, item := range list.Items {
		r := row{
			device: core.Device{Service: s.id, ID: deviceID(item.ID), Name: core.Clean(item.CustomName), App: core.Clean(item.AppName)},
			session: core.Session{
				Login: core.Clean(item.LastUserName), Member: s.account(item.LastUserName).Member,
				LastUsed: item.DateLastActivity.Time, Address: findAddress(item.IPAddress), // which is in Emby's list only
			},
			client: deviceID(item.ID), user: userID(item.LastUserID),
		}
		if r.device.Name == "" {
			r.device.Name = core.Clean(item.Name)
		}
		nameDevice(&r.device, item.ID)
		if item.ReportedDeviceID != "" {
			r.client = deviceID(item.ReportedDeviceID)
		}
		r.device.Own = r.client == s.self
		rows[i] = r
	}
	return rows, nil
}

// deviceID is an id as it can be used; one that is empty or beyond measure is "", and can not be signed out.
func deviceID(id string) core.DeviceID {
	if len(id) > maxID {
		return ""
	}
	return core.DeviceID(id)
}

// nameDevice names a device that has no name: by its app, or by four digits that tell it from its like and are not a part of
// its id.
func nameDevice(d *core.Device, id string) {
	if d.Name == "" {
		d.Name = d.App
	}
	if d.Name == "" {
		d.Name = fmt.Sprintf("Device %04x", crc32.ChecksumIEEE([]byte(id))&0xffff)
	}
}

// listDevices asks for the list of devices.
func (s *service) listDevices(ctx context.Context) ([]row, error) {
	const what = "list"
	body, err := s.get(ctx, what, "/Devices", nil)
	if err != nil {
		return nil, err
	}
	rows, err := reread(s, &s.devices, body, s.readRows)
	if err != nil {
		return nil, s.garbled(what, err)
	}
	return rows, nil
}

// Devices lists what is signed in. The device list is the truth; sessions add where a device is and what it plays, and
// are missed without an error.
func (s *service) Devices(ctx context.Context) ([]core.Device, error) {
	rows, err := s.listDevices(ctx)
	if err != nil {
		return nil, err
	}
	sessions, err := s.listSessions(ctx)
	switch {
	case err != nil && len(rows) == 0:
		return nil, err // nobody could say whether the list may be empty
	case err != nil:
		s.opt.Log.WarnContext(ctx, "devices without their sessions", slog.String("service", string(s.id)), slog.Any("cause", err))
	case len(rows) == 0 && slices.ContainsFunc(sessions, func(x session) bool { return x.user != "" && x.client != s.self }):
		return nil, s.garbled("list", errors.New("an empty list while somebody is signed in"))
	}
	devices := join(rows, sessions)
	s.tellReturned(devices)
	return devices, nil
}

// join makes devices of rows, and of what the sessions know of them. Rows with one id are one device with several users.
func join(rows []row, sessions []session) []core.Device {
	now := make(map[place]session, len(sessions))
	for _, x := range sessions {
		if at := x.place(); x.better(now[at]) {
			now[at] = x
		}
	}
	devices := make([]core.Device, 0, len(rows))
	known := make(map[core.DeviceID]int, len(rows))
	for _, r := range rows {
		x := r.session
		if seen, ok := now[place{r.client, r.user}]; ok && r.user != "" {
			x.Playing = seen.playing
			if seen.address.IsValid() {
				x.Address = seen.address
			}
		}
		i, there := known[r.device.ID]
		if !there {
			i = len(devices)
			known[r.device.ID] = i
			devices = append(devices, r.device)
		}
		d := &devices[i]
		if there && x.LastUsed.After(d.Latest().LastUsed) {
			d.Name, d.App = r.device.Name, r.device.App
		}
		d.Own = d.Own || r.device.Own
		d.Sessions = append(d.Sessions, x)
	}
	return devices
}
