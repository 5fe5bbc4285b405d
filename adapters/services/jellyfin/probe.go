package jellyfin

import (
	"context"
	"strings"

	"latchstring/core"
)

// Probe looks at each thing the server is asked for. That the address, the key and the list are right is what everything needs;
// the rest is hinted at where it is missing.
func (s *service) Probe(ctx context.Context) (version string, hints []core.Phrase, err error) {
	v, err := s.version(ctx)
	if err != nil {
		return "", nil, err
	}
	devices, err := s.Devices(ctx)
	if err != nil {
		return "", nil, err
	}
	if s.config.Product == Jellyfin && !v.since(10, 8) || s.config.Product == Emby && !v.since(4, 8) {
		hints = append(hints, core.Say("{service} {version} is older than what I know; some things may not work.", s.title, v.version))
	}
	hints = append(hints, s.strangers(ctx)...)
	if _, err := s.listSessions(ctx); err != nil {
		hints = append(hints, core.Say("{service} does not show its sessions, so I can not tell addresses or what plays.", s.title))
	}
	if _, err := s.logFrom(ctx, 0, firstPage); err != nil {
		hints = append(hints, core.Say("{service} does not show its activity log, so I can not tell who signs in.", s.title))
	}
	if s.config.Product == Jellyfin {
		if err := s.canPair(ctx, "quick connect"); core.KindOf(err) == core.Cannot {
			hints = append(hints, core.TextOf(err))
		}
	}
	if a, hidden := core.BehindProxy(devices); hidden {
		hints = append(hints, core.Say("All devices have the address {address}: a proxy hides theirs. "+
			"{service} has a setting for known proxies, in the dashboard under Networking.", a.String(), s.title))
	}
	return v.version, hints, nil
}

// strangers names the accounts of the config that the server does not know.
func (s *service) strangers(ctx context.Context) []core.Phrase {
	users, err := s.readUsers(ctx)
	if err != nil {
		return []core.Phrase{core.Say("{service} does not show its users, so I can not tell whose sign-ins are whose, nor reset passwords.", s.title)}
	}
	var hints []core.Phrase
	for _, a := range s.accounts {
		known := false
		for _, u := range users {
			known = known || strings.EqualFold(u.Name, a.Login)
		}
		if !known {
			hints = append(hints, core.Say("{service} knows no account {login}; it stands in the config under accounts.", s.title, a.Login))
		}
	}
	return hints
}
