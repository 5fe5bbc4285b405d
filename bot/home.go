package main

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"time"
)

// How often the home is looked for anew: lines at home get another address daily at the most.
const homeEvery = 10 * time.Minute

// ownNetwork is how many bits of a global IPv6 address the home's line has by custom: providers give a /56.
const ownNetwork = 56

// home finds the networks that the household's own line has now: those of the config, what the names of the config lead to,
// and the network of this machine's own global IPv6 addresses. Nobody else is asked.
type home struct {
	fixed     []netip.Prefix
	names     []string
	resolve   func(ctx context.Context, name string) ([]netip.Addr, error)
	addresses func() ([]net.Addr, error)
	log       *slog.Logger
	last      map[string][]netip.Addr // what a name led to last; a name server that fails takes no home away
}

func newHome(fixed []netip.Prefix, names []string, log *slog.Logger) *home {
	return &home{
		fixed: fixed, names: names, addresses: net.InterfaceAddrs, log: log, last: map[string][]netip.Addr{},
		resolve: func(ctx context.Context, name string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", name)
		},
	}
}

// networks returns the home's networks as they are now.
func (h *home) networks(ctx context.Context) []netip.Prefix {
	found := slices.Clone(h.fixed)
	add := func(a netip.Addr) {
		a = a.Unmap().WithZone("")
		if !a.IsGlobalUnicast() || a.IsPrivate() {
			return
		}
		bits := ownNetwork
		if a.Is4() {
			bits = a.BitLen()
		}
		if p, err := a.Prefix(bits); err == nil && !slices.Contains(found, p) {
			found = append(found, p)
		}
	}
	for _, name := range h.names {
		addresses, err := h.resolve(ctx, name)
		if err != nil {
			h.log.Warn("home's name not resolved", slog.String("name", name), slog.Any("cause", err))
		} else {
			h.last[name] = addresses
		}
		for _, a := range h.last[name] {
			add(a)
		}
	}
	own, err := h.addresses()
	if err != nil {
		h.log.Warn("own addresses not readable", slog.Any("cause", err))
	}
	for _, a := range own {
		if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is6() {
			add(p.Addr())
		}
	}
	return found
}

// follow tells where the home is, now and every so often, until ctx ends.
func (h *home) follow(ctx context.Context, tell func([]netip.Prefix)) {
	t := time.NewTicker(homeEvery)
	defer t.Stop()
	for {
		asked, cancel := context.WithTimeout(ctx, time.Minute)
		tell(h.networks(asked))
		cancel()
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}
