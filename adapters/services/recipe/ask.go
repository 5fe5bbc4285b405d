package recipe

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"latchstring/adapters/httpcall"
	"latchstring/core"
)

// within is the place of a file whose path begins at a folder.
func within(dir, file string) string {
	if file == "" || filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(dir, file)
}

// question is a request of a recipe with its values filled in.
type question struct {
	what    string // for the log
	member  core.MemberID
	method  string
	path    string
	query   url.Values
	body    []byte
	answers []answer
}

// question fills a call; the error's Unsent is set.
func (s *service) question(what string, c call, b body, answers []answer, m core.MemberID, values map[string]string) (question, error) {
	path, query, err := c.fill(values)
	if err != nil {
		return question{}, core.UnsentError(core.Missing, s.title, what, err)
	}
	text, err := b.fill(values)
	if err != nil {
		return question{}, core.UnsentError(core.Missing, s.title, what, err)
	}
	return question{what, m, c.method, path, query, text, answers}, nil
}

func (q question) target() string {
	if len(q.query) == 0 {
		return q.path
	}
	return q.path + "?" + q.query.Encode()
}

// ask makes a call and reads its status by the recipe. Gone says that there was nothing to do (any more).
func (s *service) ask(ctx context.Context, q question) (a httpcall.Answer, gone bool, err error) {
	key, _ := s.config.keyOf(q.member)
	header, err := s.authorize(ctx, key, core.Secret{})
	if err != nil {
		return httpcall.Answer{}, false, err
	}
	r := httpcall.Request{What: q.what, Method: q.method, Path: q.target(), Body: q.body, Authorize: header.put}
	if q.body != nil {
		r.BodyType = "application/json"
	}
	a, err = s.client.Do(ctx, r)
	if a.Status == http.StatusUnauthorized && s.recipe.Auth.Way == wayClient {
		// The token has run out. Whoever is refused so has done nothing, so asking again is asking once.
		if header, err = s.authorize(ctx, key, header.token); err != nil {
			return httpcall.Answer{}, false, err
		}
		r.Authorize = header.put
		a, err = s.client.Do(ctx, r)
	}
	s.log.DebugContext(ctx, "service asked", slog.String("service", string(s.id)), slog.String("what", q.what),
		slog.String("method", q.method), slog.Int("status", a.Status))
	if a.Status == 0 {
		return a, false, err
	}
	for _, rule := range slices.Concat(q.answers, s.recipe.Answers) {
		if !rule.fits(a) {
			continue
		}
		if rule.Means.kind() == "" {
			return a, rule.Means == meansGone, nil
		}
		e := core.ServiceError(rule.Means.kind(), s.title, fmt.Errorf("%s: status %d, which the recipe calls %s", q.what, a.Status, rule.Means))
		if rule.Say.text != "" {
			e.Text = rule.Say.say(s.title)
		}
		return a, false, e
	}
	return a, false, err
}

// fits tells whether the rule is about this answer.
func (r answer) fits(a httpcall.Answer) bool {
	if len(r.Status) > 0 && !slices.Contains(r.Status, a.Status) {
		return false
	}
	if r.Is == "" && r.Has == "" {
		return true
	}
	text := string(a.Body)
	if r.At.is() {
		if httpcall.CheckJSON(a.Body) != nil {
			return false
		}
		found := r.At.in(gjson.Parse(text))
		if found.Type != gjson.String {
			return false
		}
		text = found.Str
	}
	return r.Is != "" && text == r.Is || r.Has != "" && strings.Contains(text, r.Has)
}

// garbled is the failure of an answer that makes no sense.
func (s *service) garbled(what string, cause error) error {
	return core.ServiceError(core.Garbled, s.title, fmt.Errorf("%s: %w", what, cause))
}

// values are what can be filled in for an account.
func (s *service) values(a core.Account) map[string]string {
	v := map[string]string{"login": a.Login}
	maps.Copy(v, s.fixed)
	return v
}
