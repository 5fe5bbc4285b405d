package letter

import (
	"strings"
	"testing"
)

// Who may be believed, by what the provider's header says about a mail from Netflix.
func TestVouched(t *testing.T) {
	const sender = "info@account.netflix.com"
	domains := []string{"netflix.com"}
	for header, want := range map[string]bool{
		// What providers write.
		"mx.example.org; dmarc=pass header.from=account.netflix.com":                       true,
		"mx.example.org; dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=netflix.com": true,

		// In other letters, by other checks.
		"MX.Example.ORG; dmarc=pass":                                                                         true,
		"mx.example.org 1; dkim=pass header.d=account.netflix.com":                                           true,
		"mx.example.org; dkim=pass header.i=@netflix.com header.s=x header.b=Ab/Cd+":                         true,
		"mx.example.org; dkim=fail header.d=netflix.com; dkim=pass header.d=netflix.com":                     true,
		"mx.example.org; dkim=pass header.d=amazonses.com; dkim=pass header.d=netflix.com":                   true,
		"mx.example.org;\tdkim/1 = pass  header . d=x header.d = netflix.com;":                               true,
		"mx.example.org; dmarc=none; dkim=pass header.d=netflix.com":                                         true,
		`mx.example.org; dkim=pass reason="good (really); \"ok\"" header.d=netflix.com`:                      true,
		"mx.example.org (a provider (of mails)) ; dmarc (yes) = (well) pass header.from=account.netflix.com": true,
		"mx.example.org; dkim=pass header.d=netflix.com; arc=pass (i=1) smtp.remote-ip=192.0.2.1":            true,

		// Nobody says so.
		"":                                false,
		"mx.example.org; none":            false,
		"mx.example.org":                  false,
		"mx.example.org; spf=pass":        false,
		"mx.example.org; dmarc=none":      false,
		"mx.example.org; dmarc=temperror": false,
		"mx.example.org; dkim=neutral header.d=netflix.com":          false,
		"mx.example.org; spf=pass smtp.mailfrom=account.netflix.com": false,

		// Somebody else says so, or nobody knows who.
		"mx.example.net; dmarc=pass header.from=account.netflix.com":           false,
		"xmx.example.org; dmarc=pass":                                          false,
		"mx.example.org.evil.example; dmarc=pass":                              false,
		"mx.example.org evil; dmarc=pass; x y z":                               false,
		"spf=pass smtp.mailfrom=x; dkim=pass header.d=netflix.com; dmarc=pass": false,
		"; mx.example.org; dmarc=pass":                                         false,
		"(mx.example.org); dmarc=pass":                                         false,

		// It is said of another.
		"mx.example.org; dkim=pass header.d=evil.example":                      false,
		"mx.example.org; dkim=pass header.d=netflix.com.evil.example":          false,
		"mx.example.org; dkim=pass header.d=xnetflix.com":                      false,
		"mx.example.org; dkim=pass header.d=com":                               false,
		"mx.example.org; dkim=pass header.i=netflix.com@evil.example":          false,
		"mx.example.org; dkim=pass header.d=evil.example header.d=netflix.com": false,
		"mx.example.org; dmarc=pass header.from=evil.example":                  false,
		"mx.example.org; dmarc=pass header.from=netflix.com@evil.example":      false,
		"mx.example.org; dkim=pass header.d=nеtflix.com":                       false, // its second letter is Cyrillic

		// It says no as well.
		"mx.example.org; dmarc=fail; dkim=pass header.d=netflix.com":                             false,
		"mx.example.org; dmarc=fail header.from=netflix.com; dmarc=pass header.from=netflix.com": false,
		"mx.example.org; dmarc=pass header.from=netflix.com; dmarc=fail header.from=netflix.com": false,

		// What looks like a result is none.
		"mx.example.org; dkim=fail (; dmarc=pass) header.d=netflix.com":               false,
		"mx.example.org; dkim=fail reason=\"; dmarc=pass header.from=netflix.com\"":   false,
		`mx.example.org; spf=fail smtp.mailfrom="a; dmarc=pass"@evil.example`:         false,
		`mx.example.org; spf=fail smtp.mailfrom="a\"; dmarc=pass; x=\""@evil.example`: false,
		"mx.example.org; spf=fail smtp.mailfrom=dkim=pass header.d=netflix.com":       false,
		"mx.example.org; spf=fail (dkim=pass header.d=netflix.com; dmarc=pass":        false,
		"mx.example.org; dmarc=pass) header.from=netflix.com":                         false,
		"mx.example.org; spf=fail \"; dmarc=pass":                                     false,
		"mx.example.org; x-dmarc=pass; xdkim=pass header.d=netflix.com":               false,
		"mx.example.org; dmarc=passed":                                                false,
		"mx.example.org; dmarc":                                                       false,
		"mx.example.org; dmarc=pass\x00":                                              false,
		"mx.example.org; dmarc=\"pass header.from=netflix.com\"":                      false,
		"mx.example.org; " + strings.Repeat("spf=pass; ", 100) + "dmarc=pass":         false,
		"mx.example.org; dmarc=pass " + strings.Repeat("x", 20000):                    false,
	} {
		results, _ := parseResults(header)
		if got := results.Vouched("mx.example.org", sender, domains); got != want {
			t.Errorf("%.120q: %v, want %v", header, got, want)
		}
	}
}

// The topmost header is the only one, however it is folded or spelt.
func TestTopmostHeader(t *testing.T) {
	const good, bad = "mx.example.org; dmarc=pass", "mx.example.org; dmarc=fail"
	for mail, want := range map[string]bool{
		"Authentication-Results: " + good + "\r\n":                                                                true,
		"authentication-results:mx.example.org;\r\n\tdmarc=pass\r\n (policy\r\n reject)\r\n":                      true,
		"AUTHENTICATION-RESULTS : " + good + "\n":                                                                 true,
		"Authentication-Results: " + bad + "\r\nAuthentication-Results: " + good + "\r\n":                         false,
		"Authentication-Results:\r\nAuthentication-Results: " + good + "\r\n":                                     false,
		"Authentication-Results: mx.other.example; none\r\nAuthentication-Results: " + good + "\r\n":              false,
		"X-Authentication-Results: " + good + "\r\n":                                                              false,
		"ARC-Authentication-Results: i=1; " + good + "\r\n":                                                       false,
		"Subject: x\rAuthentication-Results: " + good + "\r\n":                                                    false,
		"odd line\r\n Authentication-Results: " + good + "\r\n":                                                   false,
		"Subject: x\r\n\r\nAuthentication-Results: " + good + "\r\n":                                              false,
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nAuthentication-Results: " + good + "\r\n\r\n--b": false,
	} {
		l := Read([]byte(mail + "From: info@netflix.com\r\n\r\n"))
		if got := l.Results.Vouched("mx.example.org", "info@netflix.com", []string{"netflix.com"}); got != want {
			t.Errorf("%q: %v, want %v", mail, got, want)
		}
	}
}

// A sender is one that can be read in one way only.
func TestSender(t *testing.T) {
	for from, want := range map[string]string{
		"From: Netflix <info@account.netflix.com>":                "info@account.netflix.com",
		"From: info@account.netflix.com":                          "info@account.netflix.com",
		"from: INFO@Account.Netflix.com (Netflix)":                "info@account.netflix.com",
		"From: =?iso-2022-jp?B?GyRCJU0bKEI=?= <info@netflix.com>": "info@netflix.com",
		"From: \"info@netflix.com\" <x@evil.example>":             "x@evil.example",
		"From: info@netflix.com <x@evil.example>":                 "",
		"From: info@netflix.com, x@evil.example":                  "",
		"From: info@netflix.com\r\nFrom: x@evil.example":          "",
		"From : x@evil.example\r\nFrom: info@netflix.com":         "",
		"From: \"info@netflix.com\"@evil.example":                 "",
		"From: Netflix: info@netflix.com;":                        "",
		"From: <info@netflix.com> <x@evil.example>":               "",
		"Sender: info@netflix.com":                                "",
		"From: ":                                                  "",
		"From: info@netflix.com\x00@evil.example":                 "",
	} {
		if got := Read([]byte(from + "\r\n\r\n")).From; got != want {
			t.Errorf("%q: %q, want %q", from, got, want)
		}
	}
}

// FuzzResults looks for panics, and for headers that say of one domain what they say of none.
func FuzzResults(f *testing.F) {
	for _, s := range []string{
		"mx.example.org; dmarc=pass header.from=netflix.com", `mx.example.org 1; dkim=pass (a (b) \)) header.i=@x header.s="q;q"; spf=none`, "a; b=c (", ";;;",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, header string) {
		r, ok := parseResults(header)
		if !ok && r.Vouched("mx.example.org", "info@netflix.com", []string{"netflix.com"}) {
			t.Error("vouched for by a header that is not well made")
		}
		if r.Vouched("mx.example.org", "info@netflix.com", []string{"netflix.com"}) && !strings.Contains(strings.ToLower(header), "pass") {
			t.Error("vouched for without a pass")
		}
		if r.Vouched("", "info@netflix.com", []string{"netflix.com"}) {
			t.Error("vouched for by nobody")
		}
	})
}
