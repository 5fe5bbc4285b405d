package jellyfin

import (
	"net/netip"
	"strings"
)

// maxText bounds what of a text is looked at for an address, in bytes; an address has at most 45.
const (
	maxText    = 512
	maxAddress = 64
)

// findAddress finds the first address in a text in any language: of IPv4 or IPv6, mapped or not, with a port, a zone or
// brackets. What stands for no address in particular is none.
func findAddress(text string) netip.Addr {
	text = text[:min(len(text), maxText)]
	for len(text) > 0 {
		start := strings.IndexFunc(text, inAddress)
		if start < 0 {
			break
		}
		run := text[start:]
		if end := strings.IndexFunc(run, func(r rune) bool { return !inAddress(r) }); end >= 0 {
			run = run[:end]
		}
		if a := addressIn(run); a.IsValid() {
			return a
		}
		text = text[start+len(run):]
	}
	return netip.Addr{}
}

func inAddress(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'f' || r >= 'A' && r <= 'F' || r == '.' || r == ':'
}

// addressIn finds the first and longest address in a run of the characters that addresses are made of. The beginning of a
// longer number, or of a longer row of numbers, is not an address.
func addressIn(run string) netip.Addr {
	if !strings.ContainsAny(run, ".:") {
		return netip.Addr{}
	}
	for i := range run {
		for j := min(len(run), i+maxAddress); j > i+2; j-- {
			if joined(run[:i], run[i:]) || joined(run[:j], run[j:]) {
				continue
			}
			if a, err := netip.ParseAddr(run[i:j]); err == nil && isHost(a, run[i:j]) {
				return a.Unmap()
			}
		}
	}
	return netip.Addr{}
}

// isHost tells whether an address is somebody's, and not made of the end of a word and a colon: "Adresse::203.0.113.9".
func isHost(a netip.Addr, text string) bool {
	switch {
	case a.IsUnspecified(), strings.HasSuffix(text, "::"):
		return false
	case a.Is6() && strings.Contains(text, "."):
		return a.Is4In6()
	}
	return true
}

// joined tells whether two parts of a run belong to one number or one row of numbers with dots.
func joined(before, after string) bool {
	if before == "" || after == "" {
		return false
	}
	last, next := before[len(before)-1], after[0]
	switch {
	case last == '.':
		return len(before) > 1 && before[len(before)-2] != '.' && before[len(before)-2] != ':' && next != '.' && next != ':'
	case next == '.':
		return last != ':' && len(after) > 1 && after[1] != '.' && after[1] != ':'
	}
	return last != ':' && next != ':'
}
