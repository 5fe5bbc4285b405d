package recipe

import (
	"context"
	"errors"
	"net/url"
	"slices"

	"github.com/tidwall/gjson"

	"latchstring/adapters/httpcall"
	"latchstring/core"
)

// Plan says what a reset will do.
func (s *service) Plan() core.ResetPlan {
	return core.ResetPlan{Way: s.recipe.Reset.Way, SignsOut: s.recipe.Reset.SignsOut}
}

// StartReset starts a reset. What the service hands out for the member is secret from the moment it is read.
func (s *service) StartReset(ctx context.Context, account core.Account) (core.Reset, error) {
	const what = "reset"
	if !slices.Contains(s.accounts, account) {
		return core.Reset{}, core.UnsentError(core.Missing, s.title, what, errors.New("no such account in the config"))
	}
	r := s.recipe.Reset
	values, err := s.valuesOf(ctx, account, r.Call, r.Body)
	if err != nil {
		return core.Reset{}, core.Beforehand(err)
	}
	q, err := s.question(what, r.Call, r.Body, r.Answers, account.Member, values)
	if err != nil {
		return core.Reset{}, err
	}
	a, _, err := s.ask(ctx, q)
	if err != nil {
		return core.Reset{}, err
	}
	started := core.Reset{Way: r.Way}
	if r.Lasts > 0 {
		started.Until = s.now().Add(r.Lasts)
	}
	if !r.Way.Private() && !r.EnterAt.is() && !r.UntilAt.is() {
		return started, nil
	}
	if err := httpcall.CheckJSON(a.Body); err != nil {
		return core.Reset{}, s.garbled(what, err)
	}
	if err := r.read(&started, gjson.ParseBytes(a.Body)); err != nil {
		return core.Reset{}, s.garbled(what, err)
	}
	return started, nil
}

func (r reset) read(into *core.Reset, answer gjson.Result) error {
	secret, err := r.SecretAt.textIn(answer)
	if err != nil {
		return err
	}
	if r.Way.Private() && secret == "" {
		return errors.New("what the member needs is not in the answer")
	}
	into.Secret = core.NewSecret(secret)
	enter, err := r.EnterAt.textIn(answer)
	if err != nil {
		return err
	}
	into.Enter = r.bare(enter)
	if r.UntilAt.is() {
		into.Until, err = iso.timeIn(r.UntilAt, answer)
	}
	return err
}

// bare is a link without what may be secret in it: of its query only what the recipe keeps stays.
func (r reset) bare(link string) string {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(link) > 2048 {
		return ""
	}
	query := u.Query()
	for name := range query {
		if !slices.Contains(r.Keep, name) {
			query.Del(name)
		}
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath, RawQuery: query.Encode()}).String()
}
