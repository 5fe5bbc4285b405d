package jellyfinapi

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// keyParams are the parameters that a key may be in, which every log of a proxy shows.
var keyParams = []string{"api_key", "ApiKey"}

// legacyHeaders are the headers that a key may be in where the setting of Jellyfin says so, and in Emby.
var legacyHeaders = []string{"X-Emby-Token", "X-Mediabrowser-Token", "X-Emby-Authorization"}

// caller is who makes a call. With neither a key nor a token it is nobody.
type caller struct {
	apiKey bool
	token  *token // of a person's device
	client client
}

// client is what a client says about itself.
type client struct{ Client, Device, DeviceID, Version string }

func (c caller) nobody() bool { return !c.apiKey && c.token == nil }

func (c caller) administrator() bool { return c.apiKey || c.token != nil && c.token.user.Admin }

// user is whose the token is; nil for an API key.
func (c caller) user() *account {
	if c.token == nil {
		return nil
	}
	return c.token.user
}

// is tells whether a device is the caller's own.
func (c caller) is(device string) bool {
	return device != "" && (c.client.DeviceID == device || c.token != nil && c.token.device.ID == device)
}

// legacy tells whether the server takes keys outside the Authorization header, and there of the scheme Emby.
func (s *Server) legacy() bool {
	switch s.options.LegacyAuthorization {
	case On:
		return true
	case Off:
		return s.version.emby || !s.version.since(10, 11) // there is no such setting yet
	}
	return !s.version.since(12, 0)
}

// admit finds out who makes a call, and refuses it to those who may not make it. The lock is held.
func (s *Server) admit(c *call) (caller, *answer) {
	var who caller
	var key string
	if header := c.http.Header.Get("Authorization"); header != "" {
		var err error
		if who.client, key, err = s.readAuthorization(header); err != nil {
			s.violate("%s: Authorization: %v", c.request.Name, err)
		}
	}
	for _, name := range keyParams {
		if c.query.Has(name) {
			s.violate("%s: a key in the query, where every log on the way shows it", c.request.Name)
			if key == "" && (name == "ApiKey" || s.legacy()) {
				key = c.query.Get(name)
			}
		}
	}
	for _, name := range legacyHeaders {
		switch value := c.http.Header.Get(name); {
		case value == "":
		case !s.legacy():
			s.violate("%s: %s reads no header %s", c.request.Name, s.version, name)
		case key == "" && name != "X-Emby-Authorization":
			key = value
		}
	}
	who.apiKey = s.keys[key]
	if i := slices.IndexFunc(s.tokens, func(t *token) bool { return t.secret == key }); i >= 0 {
		who.token = s.tokens[i]
	}
	switch {
	case c.route.level > anybody && who.nobody() && c.socket:
		return who, new(failed(http.StatusForbidden))
	case c.route.level > anybody && who.nobody():
		return who, new(empty(http.StatusUnauthorized))
	case c.route.level == administrators && !who.administrator():
		return who, new(empty(http.StatusForbidden))
	}
	return who, nil
}

// readAuthorization reads the header of the form
//
//	MediaBrowser Token="…", Client="…", Device="…", DeviceId="…", Version="…"
//
// whose values are percent-encoded. Emby reads no token from it.
func (s *Server) readAuthorization(header string) (client, string, error) {
	scheme, rest, _ := strings.Cut(header, " ")
	switch {
	case scheme == "MediaBrowser", scheme == "Emby" && s.legacy():
	case scheme == "Emby":
		return client{}, "", fmt.Errorf("%s does not take the scheme Emby", s.version)
	default:
		return client{}, "", fmt.Errorf("unknown scheme %.20q", scheme)
	}
	fields, err := splitFields(rest)
	if err != nil {
		return client{}, "", err
	}
	who := client{fields["Client"], fields["Device"], fields["DeviceId"], fields["Version"]}
	key := fields["Token"]
	if s.version.emby {
		key = ""
	}
	if who.Client == "" || who.Device == "" || who.DeviceID == "" || who.Version == "" {
		return who, key, errors.New("it lacks one of Client, Device, DeviceId and Version")
	}
	return who, key, nil
}

func splitFields(text string) (map[string]string, error) {
	fields := map[string]string{}
	for rest := strings.TrimSpace(text); rest != ""; {
		name, after, found := strings.Cut(rest, `="`)
		value, next, closed := strings.Cut(after, `"`)
		if !found || !closed || strings.ContainsAny(name, `",= `) || strings.Contains(value, ",") {
			return nil, errors.New(`not a list of Name="value" with percent-encoded values`)
		}
		decoded, err := url.QueryUnescape(value)
		if err != nil || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' }) {
			return nil, fmt.Errorf("%s is not percent-encoded", name)
		}
		if _, twice := fields[name]; twice {
			return nil, fmt.Errorf("%s is there twice", name)
		}
		fields[name] = decoded
		next = strings.TrimSpace(next)
		if next == "" {
			break
		}
		if !strings.HasPrefix(next, ",") {
			return nil, errors.New("values that no comma parts")
		}
		rest = strings.TrimSpace(next[1:])
	}
	return fields, nil
}

// RevokesKey takes the API key away. Calls with it are answered 401 from then on.
func (s *Server) RevokesKey() { s.locked(func() { delete(s.keys, s.Key) }) }

// Callers returns the device ids that clients gave for themselves so far, each once, in the order of their first calls.
func (s *Server) Callers() []string {
	var ids []string
	for _, r := range s.Requests() {
		who, _, err := s.readAuthorization(r.Header.Get("Authorization"))
		if err == nil && !slices.Contains(ids, who.DeviceID) {
			ids = append(ids, who.DeviceID)
		}
	}
	return ids
}
