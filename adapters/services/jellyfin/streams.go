package jellyfin

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"latchstring/core"
)

// Streams lists what plays now, of all accounts.
func (s *service) Streams(ctx context.Context) ([]core.Stream, error) {
	sessions, err := s.listSessions(ctx)
	if err != nil {
		return nil, err
	}
	ids, err := s.serverIDs(ctx)
	if err != nil {
		return nil, err
	}
	streams := []core.Stream{}
	for _, x := range sessions {
		if x.playing == "" || x.client == s.self {
			continue
		}
		account := s.account(x.login)
		stream := core.Stream{
			Service: s.id, ID: x.id, Device: s.ref(x, ids), Name: x.name, Account: account, Title: x.playing, Paused: x.paused, Screen: x.screen,
			Session: core.Session{Member: account.Member, Login: x.login, LastUsed: x.active, Address: x.address, Playing: x.playing},
		}
		if stream.Name == "" {
			stream.Name = x.app
		}
		streams = append(streams, stream)
	}
	return streams, nil
}

// StopStream shows the words, where that is possible, and stops what plays. Nobody is signed out by it.
func (s *service) StopStream(ctx context.Context, stream core.Stream, words string) error {
	const what = "stop"
	x, err := s.playing(ctx, what, stream)
	if err != nil {
		return core.Beforehand(err)
	}
	if x.screen && words != "" {
		if err := s.show(ctx, x, s.title, words); err != nil {
			s.opt.Log.WarnContext(ctx, "stopped without a word", slog.String("service", string(s.id)), slog.Any("cause", err))
		}
	}
	_, err = s.change(ctx, what, http.MethodPost, "/Sessions/"+url.PathEscape(x.id)+"/Playing/Stop", nil, nil)
	return err
}

// ShowMessage shows words where something plays.
func (s *service) ShowMessage(ctx context.Context, stream core.Stream, title, words string) error {
	const what = "message"
	x, err := s.playing(ctx, what, stream)
	if err != nil {
		return core.Beforehand(err)
	}
	if !x.screen || words == "" {
		e := core.UnsentError(core.Cannot, s.title, what, errors.New("the session takes no messages"))
		e.Text = core.Say("{device} shows no messages.", stream.Name)
		return e
	}
	return s.show(ctx, x, title, words)
}

// playing finds the session of a stream as it is now. Its id may have changed since; and where several sessions have one id,
// nobody knows which of them would be meant.
func (s *service) playing(ctx context.Context, what string, stream core.Stream) (session, error) {
	sessions, err := s.listSessions(ctx)
	if err != nil {
		return session{}, err
	}
	ids, err := s.serverIDs(ctx)
	if err != nil {
		return session{}, err
	}
	var found session
	of := map[string]int{}
	for _, x := range sessions {
		of[x.id]++
		if x.playing != "" && s.ref(x, ids).ID == stream.Device.ID && s.account(x.login) == stream.Account && (found.id == "" || x.id == stream.ID) {
			found = x
		}
	}
	switch {
	case found.id == "":
		e := core.UnsentError(core.Missing, s.title, what, errors.New("no such stream any more"))
		e.Text = core.Say("Nothing plays there any more.")
		return session{}, e
	case of[found.id] > 1:
		e := core.UnsentError(core.Cannot, s.title, what, errors.New("several sessions of one id"))
		e.Text = core.Say("{service} does not tell this device from others, so I did nothing.", s.title)
		return session{}, e
	}
	return found, nil
}

// onScreen is how long a message stays, where the app takes any notice of that.
const onScreen = 15 * time.Second

// show shows a message. Jellyfin takes it as a body, Emby as parameters.
func (s *service) show(ctx context.Context, x session, title, words string) error {
	const what = "message"
	path := "/Sessions/" + url.PathEscape(x.id) + "/Message"
	if s.config.Product == Emby {
		_, err := s.change(ctx, what, http.MethodPost, path, url.Values{
			"Header": {title}, "Text": {words}, "TimeoutMs": {strconv.FormatInt(onScreen.Milliseconds(), 10)},
		}, nil)
		return err
	}
	_, err := s.change(ctx, what, http.MethodPost, path, nil, struct {
		Header, Text string
		TimeoutMs    int64
	}{title, words, onScreen.Milliseconds()})
	return err
}
