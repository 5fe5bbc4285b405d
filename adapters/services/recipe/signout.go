package recipe

import (
	"context"
	"errors"
	"slices"

	"latchstring/core"
)

// find returns a device of the last listing. A device that has signed in anew since is another one.
func (s *service) find(ref core.DeviceRef) (listed, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, ok := s.known[ref.ID]
	if !ok || ref.Service != s.id || ref.Generation != "" && l.device.Generation != "" && ref.Generation != l.device.Generation {
		return listed{}, false
	}
	return l, true
}

// SignOut ends a device's sessions. What is not on the list is gone: nothing is asked of the service then, since an id that
// we did not read from it could be anything.
func (s *service) SignOut(ctx context.Context, ref core.DeviceRef) (core.Receipt, error) {
	l, ok := s.find(ref)
	if !ok {
		if _, err := s.Devices(ctx); err != nil {
			return core.Receipt{}, core.Beforehand(err)
		}
		if l, ok = s.find(ref); !ok {
			return core.Receipt{Gone: true}, nil
		}
	}
	if l.device.Own {
		return core.Receipt{}, core.OwnSessionError()
	}
	questions, err := s.signOuts(ctx, l)
	if err != nil {
		return core.Receipt{}, core.Beforehand(err)
	}
	receipt := core.Receipt{Gone: true}
	for i, q := range questions {
		_, gone, err := s.ask(ctx, q)
		if err != nil {
			return core.Receipt{}, midway(i, err)
		}
		if !gone {
			receipt = core.Receipt{Within: s.recipe.SignOut.Within}
		}
	}
	return receipt, nil
}

// signOuts are the different requests that end all sessions of a device: mostly it is one.
func (s *service) signOuts(ctx context.Context, l listed) ([]question, error) {
	c := s.recipe.SignOut
	var questions []question
	for _, o := range l.owners {
		values := s.values(o.account)
		if values["user"] = o.user; o.user == "" && o.account.Member != "" {
			var err error
			if values, err = s.valuesOf(ctx, o.account, c.Call, c.Body); err != nil {
				return nil, err
			}
		}
		values["id"] = string(l.device.ID)
		q, err := s.question("sign out", c.Call, c.Body, c.Answers, o.account.Member, values)
		if err != nil {
			return nil, err
		}
		same := func(other question) bool { return q.target() == other.target() && string(q.body) == string(other.body) }
		if !slices.ContainsFunc(questions, same) {
			questions = append(questions, q)
		}
	}
	return questions, nil
}

// midway is the failure of a later one of several requests: the earlier ones have been sent.
func midway(earlier int, err error) error {
	e, ok := errors.AsType[*core.Error](err)
	if !ok || earlier == 0 {
		return err
	}
	marked := *e
	marked.Unsent = false
	return &marked
}

// SignOutAll ends every session of an account in one call.
func (s *service) SignOutAll(ctx context.Context, account core.Account) (core.Receipt, error) {
	if !slices.Contains(s.accounts, account) {
		return core.Receipt{}, core.UnsentError(core.Missing, s.title, "sign out all", errors.New("no such account in the config"))
	}
	own, err := s.hasOwn(ctx, account)
	if err != nil {
		return core.Receipt{}, core.Beforehand(err)
	}
	if own {
		return core.Receipt{}, core.OwnSessionError()
	}
	c := s.recipe.SignOutAll
	values, err := s.valuesOf(ctx, account, c.Call, c.Body)
	if err != nil {
		return core.Receipt{}, core.Beforehand(err)
	}
	q, err := s.question("sign out all", c.Call, c.Body, c.Answers, account.Member, values)
	if err != nil {
		return core.Receipt{}, err
	}
	_, gone, err := s.ask(ctx, q)
	if err != nil || gone {
		return core.Receipt{Gone: gone}, err
	}
	return core.Receipt{Within: c.Within}, nil
}

// hasOwn tells whether one of an account's devices must not be touched, by a fresh list.
func (s *service) hasOwn(ctx context.Context, account core.Account) (bool, error) {
	if l := s.recipe.List; !l.Own.is() && !l.OwnKey.is() && len(s.recipe.NeverTouch) == 0 {
		return false, nil
	}
	devices, err := s.Devices(ctx)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(devices, func(d core.Device) bool { return d.Own && d.On(account.Member) }), nil
}
