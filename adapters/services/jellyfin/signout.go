package jellyfin

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"latchstring/core"
)

// SignOut signs a device out, all of its users with it. The list is read first: what is not on it is gone, and its id
// could be anything; our own device is refused, and so is an id that is empty, which servers do not tell from none at all.
func (s *service) SignOut(ctx context.Context, ref core.DeviceRef) (core.Receipt, error) {
	const what = "sign out"
	if ref.ID == "" {
		e := core.UnsentError(core.Cannot, s.title, what, errors.New("a device without an id"))
		e.Text = core.Say("{service} knows this device by no name that it could be signed out by.", s.title)
		e.Hint = core.Say("A password reset signs out everything of that account.")
		return core.Receipt{}, e
	}
	rows, err := s.listDevices(ctx)
	if err != nil {
		return core.Receipt{}, core.Beforehand(err)
	}
	theirs := func(r row) bool { return r.device.ID == ref.ID }
	switch {
	case ref.Service != s.id || !slices.ContainsFunc(rows, theirs):
		return core.Receipt{Gone: true}, nil
	case slices.ContainsFunc(rows, func(r row) bool { return theirs(r) && r.device.Own }):
		return core.Receipt{}, core.OwnSessionError()
	}
	method, path := http.MethodDelete, "/Devices"
	if s.config.Product == Emby {
		method, path = http.MethodPost, "/Devices/Delete"
	}
	s.remember(ref.ID)
	a, err := s.change(ctx, what, method, path, url.Values{s.word("id"): {string(ref.ID)}}, nil)
	// An id that is not known (any more) is answered with 404, from 12 on with 400.
	if a.Status == http.StatusNotFound || a.Status == http.StatusBadRequest {
		return core.Receipt{Gone: true}, nil
	}
	return core.Receipt{}, err
}
