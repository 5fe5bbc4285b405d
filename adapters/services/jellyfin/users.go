package jellyfin

import (
	"context"
	"errors"
	"slices"
	"strings"

	"latchstring/core"
)

// user is somebody with an account at the server. The id stays as the server writes it.
type user struct{ ID, Name string }

// readUsers asks who has an account, by [userID].
func (s *service) readUsers(ctx context.Context) (map[string]user, error) {
	const what = "users"
	body, err := s.get(ctx, what, "/Users", nil)
	if err != nil {
		return nil, err
	}
	var list []user
	if err := decode(body, &list); err != nil {
		return nil, s.garbled(what, err)
	}
	if list == nil || len(list) > maxRows {
		return nil, s.garbled(what, errors.New("no list of users, or a list beyond all measure"))
	}
	users := make(map[string]user, len(list))
	for _, u := range list {
		if userID(u.ID) == "" || len(u.ID) > maxID {
			return nil, s.garbled(what, errors.New("a user without an id"))
		}
		users[userID(u.ID)] = u
	}
	return users, nil
}

// idOf finds the server's id of an account. It is asked for each time: an account can be made anew under the same name.
func (s *service) idOf(ctx context.Context, what string, a core.Account) (string, error) {
	if !slices.Contains(s.accounts, a) {
		return "", core.UnsentError(core.Missing, s.title, what, errors.New("no such account in the config"))
	}
	users, err := s.readUsers(ctx)
	if err != nil {
		return "", core.Beforehand(err)
	}
	for _, u := range users {
		if strings.EqualFold(u.Name, a.Login) {
			return u.ID, nil
		}
	}
	return "", core.NoAccountError(s.title, what, a)
}

// account is whose a name at the server is; without a member where nobody of the household is known by it.
func (s *service) account(login string) core.Account {
	for _, a := range s.accounts {
		if strings.EqualFold(a.Login, login) {
			return a
		}
	}
	return core.Account{Service: s.id, Login: core.Clean(login)}
}
