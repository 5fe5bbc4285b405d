package notice

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"latchstring/adapters/services/mailbox/letter"
)

// trust is that of the household whose mails are in testdata.
var trust = Trust{Authserv: "mx.example.org", Forwarders: []string{"marta@example.org"}}

// arrived is when the mails of testdata arrived: a minute after they were sent.
var arrived = time.Date(2026, 5, 12, 18, 5, 5, 0, time.UTC)

// recipesOf loads the shipped recipes.
func recipesOf(t testing.TB) map[string]*Recipe {
	t.Helper()
	recipes := map[string]*Recipe{}
	for _, name := range Shipped() {
		r, err := Load(name, "")
		if err != nil {
			t.Fatal(err)
		}
		recipes[name] = r
	}
	return recipes
}

// told is what a mail of testdata comes to, in one line.
func told(recipes map[string]*Recipe, text []byte) string {
	var lines []string
	for _, name := range Shipped() {
		n, ok := recipes[name].Find(letter.Read(text), arrived, trust)
		if !ok {
			continue
		}
		parts := []string{name, string(n.Kind)}
		add := func(key, value string) {
			if value != "" {
				parts = append(parts, key+"="+value)
			}
		}
		add("device", n.Name)
		add("place", n.Place)
		if n.Address.IsValid() {
			add("address", n.Address.String())
		}
		add("profile", n.Profile)
		add("language", n.Language)
		add("code", n.Code.Reveal())
		link, _, _ := strings.Cut(n.Link.Reveal(), "?")
		add("link", link)
		if !n.Until.IsZero() {
			add("for", n.Until.Sub(n.At).String())
		}
		if !n.Verified {
			parts = append(parts, "unverified")
		}
		if n.Forwarded {
			parts = append(parts, "forwarded")
		}
		lines = append(lines, strings.Join(parts, " · "))
	}
	return strings.Join(lines, " / ")
}

// Each mail of testdata comes to what stands here, and every mail there stands here. The services' own words in them are only
// those that the reference has; all others are the household's.
func TestMails(t *testing.T) {
	want := map[string]string{
		"amazon-sign-in":              "amazon · sign-in · device=Google Chrome Mac · place=Berlin, Germany",
		"apple-sign-in":               "apple · sign-in · device=iPad · place=Porto, Portugal",
		"disney-code":                 "disney · verification code · code=604218 · for=15m0s",
		"dkim-only":                   "netflix · sign-in · device=iPhone Safari - Mobile Browser · place=West Greece, Greece · language=en-US",
		"forged-code":                 "netflix · code · language=en-US · unverified",
		"forged-comment":              "netflix · sign-in · device=iPhone Safari - Mobile Browser · place=West Greece, Greece · language=en-US · unverified",
		"forged-fail":                 "netflix · sign-in · device=iPhone Safari - Mobile Browser · place=West Greece, Greece · language=en-US · unverified",
		"forged-look-alike":           "",
		"forged-name":                 "",
		"forged-no-results":           "netflix · sign-in · device=iPhone Safari - Mobile Browser · place=West Greece, Greece · language=en-US · unverified",
		"forged-other-domain":         "netflix · sign-in · device=iPhone Safari - Mobile Browser · place=West Greece, Greece · language=en-US · unverified",
		"forged-other-provider":       "netflix · sign-in · device=iPhone Safari - Mobile Browser · place=West Greece, Greece · language=en-US · unverified",
		"forged-results-below":        "netflix · sign-in · device=iPhone Safari - Mobile Browser · place=West Greece, Greece · language=en-US · unverified",
		"forged-suffix":               "",
		"forged-two-senders":          "netflix · sign-in · device=iPhone Safari - Mobile Browser · place=West Greece, Greece · language=en-US · unverified",
		"forwarded-attached":          "netflix · code · language=en-US · forwarded",
		"forwarded-by-a-stranger":     "",
		"forwarded-forged":            "generic · sign-in · device=iPhone Safari - Mobile Browser · place=West Greece, Greece · language=en · unverified / netflix · sign-in · device=iPhone Safari - Mobile Browser · place=West Greece, Greece · language=en-US · unverified · forwarded",
		"forwarded-inline":            "generic · sign-in · device=iPhone Safari - Mobile Browser · place=West Greece, Greece · language=en / netflix · sign-in · device=iPhone Safari - Mobile Browser · place=West Greece, Greece · language=en-US · forwarded",
		"generic-sign-in":             "generic · sign-in · device=Firefox on Linux · place=Graz, Austria · address=2001:db8::7",
		"google-sign-in-en":           "google · sign-in · device=Windows",
		"google-sign-in-labels":       "google · sign-in · device=Mac · place=Valencia, España · address=203.0.113.9 · language=es",
		"hostile-device-name":         "netflix · sign-in · device=Location: Madrid · place=Lagos, Nigeria · language=en-US",
		"latin1":                      "netflix · email changed · language=en-US",
		"microsoft-code":              "microsoft · verification code · code=730194 · for=15m0s",
		"microsoft-reset":             "microsoft · reset requested",
		"microsoft-sign-in":           "microsoft · sign-in · device=Edge, Windows 10 · place=Poland · address=198.51.100.7",
		"netflix-code-arabic":         "netflix · code · language=ar-EG · code=5814 · for=15m0s",
		"netflix-code-boxes":          "netflix · code · language=fr-FR · code=8305 · for=15m0s",
		"netflix-code-fullwidth":      "netflix · code · language=ja-JP · code=7390 · for=15m0s",
		"netflix-code-spans":          "netflix · code · language=en-US · code=4071 · for=15m0s",
		"netflix-code-two":            "netflix · code · language=en-US",
		"netflix-code-year":           "netflix · code · language=de-DE · code=2026 · for=15m0s",
		"netflix-email-changed":       "netflix · email changed · language=en-US",
		"netflix-household":           "netflix · household update · device=LG TV · profile=Léo · language=fr-FR · link=https://www.netflix.com/account/update-primary-location · for=15m0s",
		"netflix-new-device-ar":       "netflix · sign-in · device=iPhone · place=القاهرة، مصر · language=ar-EG",
		"netflix-new-device-de":       "netflix · sign-in · device=LG – Smart-TV · place=Bayern, Deutschland · language=de-DE",
		"netflix-new-device-en":       "netflix · sign-in · device=iPhone Safari - Mobile Browser · place=West Greece, Greece · language=en-US",
		"netflix-new-device-es":       "netflix · sign-in · device=Samsung - Smart TV · place=Sevilla, España · language=es-ES",
		"netflix-new-device-fr":       "netflix · sign-in · device=PC Chrome – Navigateur Web · place=Île-de-France, France · language=fr-FR",
		"netflix-new-device-it":       "netflix · sign-in · device=iPad · place=Lazio, Italia · language=it-IT",
		"netflix-new-device-ja":       "netflix · sign-in · device=Fire TV Stick · place=日本、東京都 · language=ja-JP",
		"netflix-new-device-pl":       "netflix · sign-in · device=PS5 · place=Mazowieckie, Polska · language=pl-PL",
		"netflix-new-device-pt":       "netflix · sign-in · device=Android Phone · place=São Paulo, Brasil · language=pt-BR",
		"netflix-new-device-tr":       "netflix · sign-in · device=Apple TV · place=İstanbul, Türkiye · language=tr-TR",
		"netflix-new-device-unlisted": "netflix · sign-in · device=Samsung Smart TV · place=Reykjavík, Ísland · language=is-IS",
		"netflix-new-device-zh":       "netflix · sign-in · device=Xbox · place=中国上海 · language=zh-CN",
		"netflix-password-changed":    "netflix · password changed · language=en-US",
		"netflix-reset":               "netflix · reset requested · language=es-ES",
		"netflix-sign-in-request":     "netflix · sign-in request · language=en-GB · link=https://www.netflix.com/ilum · for=15m0s",
		"netflix-temporary-access":    "netflix · temporary access · device=Samsung TV · profile=Lucía · language=es-MX · link=https://www.netflix.com/account/travel/verify · for=15m0s",
		"netflix-verification":        "netflix · verification code · language=en-US · code=482913 · for=15m0s",
		"newsletter":                  "",
		"newsletter-of-the-account":   "",
		"spotify-sign-in":             "spotify · sign-in · place=Utrecht, Netherlands",
		"truncated":                   "netflix · sign-in · device=iPhone Safari - Mobile Browser · place=West Greece, Greece · language=en",
		"truncated-before-the-links":  "netflix · sign-in",
	}
	files, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(files) != len(want) {
		t.Errorf("%d mails and %d lines: %v", len(files), len(want), err)
	}
	recipes := recipesOf(t)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".eml")
		if got := told(recipes, mailOf(t, name)); got != want[name] {
			t.Errorf("%s\n got %s\nwant %s", name, got, want[name])
		}
	}
}

// mailOf reads a mail of testdata.
func mailOf(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name + ".eml")
	if err != nil {
		t.Fatal(err)
	}
	return text
}
