package jellyfin

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"

	"latchstring/core"
)

// Plan says that a reset hands out a one-time password, and that the server signs the account's devices out for it.
func (s *service) Plan() core.ResetPlan {
	return core.ResetPlan{Way: core.ResetPassword, SignsOut: true}
}

// StartReset sets a random password, for the member to change. What servers themselves call a reset is never asked for: it sets
// an empty password.
func (s *service) StartReset(ctx context.Context, account core.Account) (core.Reset, error) {
	const what = "reset"
	v, err := s.version(ctx)
	if err != nil {
		return core.Reset{}, core.Beforehand(err)
	}
	id, err := s.idOf(ctx, what, account)
	if err != nil {
		return core.Reset{}, err
	}
	password, err := newPassword(s.opt.Random)
	if err != nil {
		return core.Reset{}, core.UnsentError(core.Busy, s.title, what, errors.New("no randomness"))
	}
	path, query := "/Users/Password", url.Values{"userId": {id}}
	if !v.since(10, 9) {
		path, query = "/Users/"+url.PathEscape(id)+"/Password", nil
	}
	body := struct{ NewPw string }{password.Reveal()}
	a, err := s.change(ctx, what, http.MethodPost, path, query, body)
	if a.Status == http.StatusNotFound {
		return core.Reset{}, core.NoAccountError(s.title, what, account)
	}
	if err != nil {
		return core.Reset{}, err
	}
	return core.Reset{Way: core.ResetPassword, Secret: password}, nil
}

// letters are what a password is made of: nothing that is mistaken for another on a screen or that a remote has far away.
const (
	letters = "abcdefghjkmnpqrstuvwxyz23456789"
	length  = 16 // 79 bits
)

// newPassword makes a password of four groups of four letters.
func newPassword(random io.Reader) (core.Secret, error) {
	var text []byte
	for n := 0; n < length; {
		var b [1]byte
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return core.Secret{}, err
		}
		if int(b[0]) >= 256-256%len(letters) {
			continue // else the first letters would come more often
		}
		if n > 0 && n%4 == 0 {
			text = append(text, '-')
		}
		text = append(text, letters[int(b[0])%len(letters)])
		n++
	}
	return core.NewSecret(string(text)), nil
}
