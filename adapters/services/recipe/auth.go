package recipe

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/tidwall/gjson"

	"latchstring/adapters/httpcall"
	"latchstring/core"
)

// credential is a header that proves who we are.
type credential struct {
	name  string
	value core.Secret
	token core.Secret // the token in it, where it came from the token endpoint
}

func (c credential) put(h http.Header) {
	if c.name != "" {
		h.Set(c.name, c.value.Reveal())
	}
}

// token is the token of client credentials. Whoever finds it refused asks for another; the others wait for that one.
type token struct {
	mu   sync.Mutex
	text core.Secret
}

// authorize returns the header for a call; refused is the token that the service did not take, or an empty one.
func (s *service) authorize(ctx context.Context, k Key, refused core.Secret) (credential, error) {
	a := s.recipe.Auth
	switch a.Way {
	case wayHeader:
		return credential{name: a.Header, value: k.Key}, nil
	case wayBearer:
		return credential{name: "Authorization", value: bearer(k.Key)}, nil
	case wayBasic:
		return credential{name: "Authorization", value: basic(k.User, k.Password)}, nil
	case wayClient:
		s.token.mu.Lock()
		defer s.token.mu.Unlock()
		if s.token.text.Reveal() == refused.Reveal() {
			text, err := s.newToken(ctx, k)
			if err != nil {
				return credential{}, core.Beforehand(err)
			}
			s.token.text = text
		}
		return credential{"Authorization", bearer(s.token.text), s.token.text}, nil
	}
	return credential{}, nil
}

func bearer(key core.Secret) core.Secret { return core.NewSecret("Bearer " + key.Reveal()) }

func basic(user string, password core.Secret) core.Secret {
	return core.NewSecret("Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password.Reveal())))
}

// newToken asks the token endpoint (RFC 6749, section 4.4). A client that is not taken is answered 400 or 401.
func (s *service) newToken(ctx context.Context, k Key) (core.Secret, error) {
	const what = "token"
	path, query, err := s.recipe.Auth.Token.fill(s.fixed)
	if err != nil {
		return core.Secret{}, core.UnsentError(core.Garbled, s.title, what, err)
	}
	form := url.Values{"grant_type": {"client_credentials"}}
	if s.recipe.Auth.Scope != "" {
		form.Set("scope", s.recipe.Auth.Scope)
	}
	id := credential{name: "Authorization", value: basic(url.QueryEscape(s.config.Client), core.NewSecret(url.QueryEscape(k.Key.Reveal())))}
	a, err := s.client.Do(ctx, httpcall.Request{
		What: what, Method: s.recipe.Auth.Token.method, Path: question{path: path, query: query}.target(),
		Body: []byte(form.Encode()), BodyType: "application/x-www-form-urlencoded", Authorize: id.put,
	})
	if a.Status == http.StatusBadRequest {
		return core.Secret{}, core.ServiceError(core.BadKey, s.title, errors.New("token: status 400"))
	}
	if err != nil {
		return core.Secret{}, err
	}
	if err := httpcall.CheckJSON(a.Body); err != nil {
		return core.Secret{}, s.garbled(what, err)
	}
	text := gjson.GetBytes(a.Body, "access_token")
	if text.Type != gjson.String || text.Str == "" {
		return core.Secret{}, s.garbled(what, errors.New("no access_token in the answer"))
	}
	return core.NewSecret(strings.Clone(text.Str)), nil
}
