package recipe

import (
	"context"
	"strings"

	"github.com/tidwall/gjson"

	"latchstring/adapters/httpcall"
	"latchstring/core"
)

// Probe lists once, which shows that the address, the key and the accounts are right, and asks for the version where the
// recipe says how. A version that is not told is no failure.
func (s *service) Probe(ctx context.Context) (version string, hints []core.Phrase, err error) {
	devices, err := s.Devices(ctx)
	if err != nil {
		return "", nil, err
	}
	for _, h := range s.recipe.Hints {
		hints = append(hints, h.say(s.title))
	}
	if a, hidden := core.BehindProxy(devices); hidden {
		hints = append(hints, core.Say("All devices have the address {address}: a proxy hides theirs. {service} has a setting for trusted proxies.",
			a.String(), s.title))
	}
	return s.version(ctx), hints, nil
}

func (s *service) version(ctx context.Context) string {
	p := s.recipe.Probe
	if !p.Call.is() || len(s.accounts) == 0 {
		return ""
	}
	q, err := s.question("version", p.Call, body{}, nil, s.accounts[0].Member, s.fixed)
	if err != nil {
		return ""
	}
	a, _, err := s.ask(ctx, q)
	if err != nil || httpcall.CheckJSON(a.Body) != nil {
		return ""
	}
	var parts []string
	for _, at := range p.Version {
		if part, err := at.idIn(gjson.ParseBytes(a.Body)); err == nil && part != "" {
			parts = append(parts, part)
		}
	}
	return core.Clean(strings.Join(parts, "."))
}
