package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"testing"
)

func TestHome(t *testing.T) {
	fixed := netip.MustParsePrefix("203.0.113.0/24")
	h := newHome([]netip.Prefix{fixed}, []string{"home.example.org"}, slog.New(slog.DiscardHandler))
	answer, failure := []netip.Addr{netip.MustParseAddr("198.51.100.7"), netip.MustParseAddr("2001:db8:7:1200::1"), netip.MustParseAddr("192.168.1.9")}, error(nil)
	h.resolve = func(context.Context, string) ([]netip.Addr, error) { return answer, failure }
	h.addresses = func() ([]net.Addr, error) {
		var all []net.Addr
		for _, a := range []string{"127.0.0.1/8", "192.168.1.2/24", "fe80::1/64", "fd00::2/64", "2001:db8:9:34ff::5/64", "2001:db8:9:34aa::6/64"} {
			ip, network, err := net.ParseCIDR(a)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, &net.IPNet{IP: ip, Mask: network.Mask})
		}
		return all, nil
	}
	want := []netip.Prefix{
		fixed, netip.MustParsePrefix("198.51.100.7/32"), netip.MustParsePrefix("2001:db8:7:1200::/56"), netip.MustParsePrefix("2001:db8:9:3400::/56"),
	}
	if got := h.networks(t.Context()); !slices.Equal(got, want) {
		t.Errorf("home is %v, want %v", got, want)
	}
	failure = errors.New("no name server")
	if got := h.networks(t.Context()); !slices.Equal(got, want) {
		t.Errorf("without a name server home is %v", got)
	}
	answer, failure = []netip.Addr{netip.MustParseAddr("198.51.100.99")}, nil
	want = []netip.Prefix{fixed, netip.MustParsePrefix("198.51.100.99/32"), netip.MustParsePrefix("2001:db8:9:3400::/56")}
	if got := h.networks(t.Context()); !slices.Equal(got, want) {
		t.Errorf("with a new address home is %v", got)
	}
}
