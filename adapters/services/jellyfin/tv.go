package jellyfin

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"latchstring/core"
)

// Pair lets the television that shows the code in, as the account, by Quick Connect.
func (s *service) Pair(ctx context.Context, account core.Account, code string) error {
	const what = "quick connect"
	code = strings.NewReplacer(" ", "", "-", "").Replace(code)
	if !isCode(code) {
		e := core.UnsentError(core.Missing, s.title, what, errors.New("not a code"))
		e.Text = core.Say("That is no code of {service}: the television shows six digits.", s.title)
		return e
	}
	if err := s.canPair(ctx, what); err != nil {
		return core.Beforehand(err)
	}
	id, err := s.idOf(ctx, what, account)
	if err != nil {
		return err
	}
	a, err := s.change(ctx, what, http.MethodPost, "/QuickConnect/Authorize", url.Values{"code": {code}, "userId": {id}}, nil)
	return s.paired(what, a.Status, string(a.Body), err)
}

// paired tells what the answer means. The server keeps a code for ten minutes at most.
func (s *service) paired(what string, status int, body string, err error) error {
	e := core.ServiceError(core.Missing, s.title, err)
	e.Hint = core.Say("Ask the television for another code, and say that one.")
	switch {
	case status == http.StatusOK && strings.TrimSpace(body) == "true":
		return nil
	case status == http.StatusOK && err == nil:
		e.Err = errors.New(what + ": not authorised")
		fallthrough
	case status == http.StatusNotFound, status == http.StatusBadRequest:
		e.Text = core.Say("No television shows this code, or not any more.")
		return e
	case status == http.StatusInternalServerError:
		// The server's answer to a code that was authorised before: it falls over its own words.
		e.Text = core.Say("{service} did not take this code. It may have been used already.", s.title)
		return e
	}
	return err
}

// canPair tells whether the server lets televisions in at all. A server of 10.8 does so only for the user who asks, and a key is
// nobody.
func (s *service) canPair(ctx context.Context, what string) error {
	v, err := s.version(ctx)
	if err != nil {
		return err
	}
	if !v.since(10, 9) {
		e := core.UnsentError(core.Cannot, s.title, what, errors.New("a server before 10.9"))
		e.Text = core.Say("{service} can do this for others from version 10.9 on; it is {version}.", s.title, v.version)
		return e
	}
	body, err := s.get(ctx, what, "/QuickConnect/Enabled", nil)
	if err != nil && core.KindOf(err) != core.Missing {
		return err
	}
	var enabled bool
	if err == nil {
		if err := decode(body, &enabled); err != nil {
			return s.garbled(what, err)
		}
	}
	if !enabled {
		e := core.UnsentError(core.Cannot, s.title, what, errors.New("switched off"))
		e.Text = core.Say("Quick Connect is switched off at {service}.", s.title)
		e.Hint = core.Say("The owner can switch it on in the dashboard, under General.")
		return e
	}
	return nil
}

// isCode tells whether a text can be a code: digits, six of them in all versions so far.
func isCode(code string) bool {
	for _, r := range code {
		if r < '0' || r > '9' {
			return false
		}
	}
	return len(code) >= 4 && len(code) <= 10
}
