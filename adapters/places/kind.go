package places

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"latchstring/core"
)

// Kind tells what a network is used for by its number and by the name of its carrier; either may be missing. It is "" for
// all that people have at home, at work and on their phones, and for what is not known. Proxies that companies put before
// their people count as relays: a person is behind one, but not where it is.
func Kind(asn uint32, name string) core.NetworkKind {
	i, found := slices.BinarySearchFunc(carriers[:], asn, func(c carrier, asn uint32) int { return cmp.Compare(c.asn, asn) })
	if found {
		return carriers[i].kind
	}
	return kindByName(name)
}

// A cue is a part of a carrier's name that tells what it is. An asterisk stands for any letters.
type cue struct {
	word string
	kind core.NetworkKind
	sure bool // also in the name of somebody who sells access to the internet
}

// cues are in the order in which they are tried: "Cloudflare" before "cloud*".
var cues = [...]cue{
	{"cloudflare*", core.Relay, true},
	{"icloud", core.Relay, true},
	{"private relay", core.Relay, true},
	{"akamai connected cloud", core.Hosting, true},
	{"akamai*", core.Relay, true},
	{"fastly*", core.Relay, true},
	{"zscaler*", core.Relay, true},
	{"netskope*", core.Relay, true},
	{"forcepoint*", core.Relay, true},
	{"iboss*", core.Relay, true},

	{"*vpn*", core.VPN, true},
	{"mullvad*", core.VPN, true},
	{"packethub*", core.VPN, true},
	{"tefincom*", core.VPN, true},
	{"tzulo*", core.VPN, true},
	{"m247*", core.VPN, true},
	{"datacamp*", core.VPN, true},
	{"cdn77*", core.VPN, true},
	{"surfshark*", core.VPN, true},
	{"windscribe*", core.VPN, true},
	{"proton", core.VPN, false},
	{"torservers*", core.VPN, true},
	{"tor exit", core.VPN, true},
	{"anonymous*", core.VPN, false},
	{"anonymiz*", core.VPN, false},
	{"*proxy", core.VPN, false},
	{"proxies", core.VPN, false},

	{"*hosting*", core.Hosting, true},
	{"*vps*", core.Hosting, true},
	{"vds*", core.Hosting, true},
	{"*datacent*", core.Hosting, false},
	{"data cent*", core.Hosting, false},
	{"rechenzentrum*", core.Hosting, false},
	{"*cloud", core.Hosting, false},
	{"cloud*", core.Hosting, false},
	{"*servers", core.Hosting, false},
	{"server*", core.Hosting, false},
	{"colo", core.Hosting, false},
	{"colocation*", core.Hosting, false},
	{"colohouse*", core.Hosting, false},
	{"hoster*", core.Hosting, false},
	{"hostinger*", core.Hosting, true},
	{"hostroyale*", core.Hosting, true},
	{"hostwinds*", core.Hosting, true},
	{"host", core.Hosting, false},
	{"webhost*", core.Hosting, false},
	{"dedicated", core.Hosting, false},
	{"cdn*", core.Hosting, false},

	{"amazon*", core.Hosting, false},
	{"aws", core.Hosting, false},
	{"google*", core.Hosting, false},
	{"microsoft*", core.Hosting, false},
	{"azure", core.Hosting, false},
	{"oracle*", core.Hosting, false},
	{"alibaba*", core.Hosting, false},
	{"aliyun*", core.Hosting, false},
	{"tencent*", core.Hosting, false},
	{"digitalocean*", core.Hosting, true},
	{"hetzner*", core.Hosting, true},
	{"ovh", core.Hosting, false},
	{"linode*", core.Hosting, true},
	{"vultr*", core.Hosting, true},
	{"choopa*", core.Hosting, true},
	{"constant company", core.Hosting, true},
	{"contabo*", core.Hosting, true},
	{"leaseweb*", core.Hosting, true},
	{"scaleway*", core.Hosting, true},
	{"worldstream*", core.Hosting, true},
	{"ionos*", core.Hosting, true},
	{"rackspace*", core.Hosting, true},
	{"godaddy*", core.Hosting, true},
	{"netcup*", core.Hosting, true},
	{"aeza*", core.Hosting, true},
	{"selectel*", core.Hosting, true},
	{"frantech*", core.Hosting, true},
	{"buyvm*", core.Hosting, true},
	{"colocrossing*", core.Hosting, true},
	{"quadranet*", core.Hosting, true},
	{"psychz*", core.Hosting, true},
	{"clouvider*", core.Hosting, true},
	{"zenlayer*", core.Hosting, true},
	{"kamatera*", core.Hosting, true},
	{"hivelocity*", core.Hosting, true},
	{"servermania*", core.Hosting, true},
	{"equinix*", core.Hosting, false},
}

// access are parts of the names of those who bring the internet to people. "Cloud" in such a name says little.
var access = [...]string{
	"*telecom*", "*telekom*", "*telefon*", "*communication*", "*comunica*", "broadband*", "wireless*", "*fiber*", "*fibre*", "*fibra*",
	"cable*", "mobile*", "cellular", "*internet service*", "isp", "*wisp*", "*wifi*", "wi-fi", "satellite*", "dsl", "ftth", "banda larga",
	"provedor*", "telecable*", "residential",
}

func kindByName(name string) core.NetworkKind {
	words := " " + strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ") + " "
	if len(words) > 256 {
		return "" // nobody is called so
	}
	brings := slices.ContainsFunc(access[:], func(a string) bool { return has(words, a) })
	for _, c := range cues {
		if (c.sure || !brings) && has(words, c.word) {
			return c.kind
		}
	}
	return ""
}

// has tells whether a word is among words, which have a space before and after each.
func has(words, word string) bool {
	begin, end := " ", " "
	if s, ok := strings.CutPrefix(word, "*"); ok {
		word, begin = s, ""
	}
	if s, ok := strings.CutSuffix(word, "*"); ok {
		word, end = s, ""
	}
	return strings.Contains(words, begin+word+end)
}
