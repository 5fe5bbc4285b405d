package talk_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"latchstring/core"
	"latchstring/core/coretest"
	"latchstring/core/talk"
)

// nameForm is what platforms take as the name of a command, in any script.
var nameForm = regexp.MustCompile(`^[-_\p{L}\p{N}]{1,32}$`)

// A language has all of the menu's words or none of them, and every platform takes them.
func TestTonguesAreWhole(t *testing.T) {
	for _, language := range []string{"en", "de", "es", "xx"} {
		h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices())
		h.Household.Language = language
		whole := language == "de" || language == "es"
		seen := map[string]string{}
		for _, w := range append(h.Talk.Menu(), h.Talk.LinkWord()) {
			if other := seen[w.Local.Name]; whole && other != "" {
				t.Errorf("%s: %s and %s have one name", language, other, w.Name)
			}
			seen[w.Local.Name] = w.Name
			entries := map[string]talk.Entry{w.Name: w.Entry, "local " + w.Name: w.Local}
			if w.Takes.Name != "" {
				entries[w.Name+" "+w.Takes.Name], entries["local "+w.Name+" "+w.Takes.Name] = w.Takes, w.TakesLocal
			}
			for at, e := range entries {
				if strings.HasPrefix(at, "local ") && !whole {
					if e != (talk.Entry{}) {
						t.Errorf("%s: %s is %q", language, at, e)
					}
					continue
				}
				if !nameForm.MatchString(e.Name) || strings.ContainsFunc(e.Name, unicode.IsUpper) {
					t.Errorf("%s: %s is called %q", language, at, e.Name)
				}
				if n := len([]rune(e.About)); n < 1 || n > 100 || strings.ContainsFunc(e.About, unicode.IsControl) {
					t.Errorf("%s: %s is about %q", language, at, e.About)
				}
			}
		}
	}
}

// What is suggested comes from what the services said last, and only of what the person may see.
func TestSuggest(t *testing.T) {
	h := coretest.NewHouse(t, &coretest.Books{}, coretest.RiveraServices())
	suggest := func(who, command, typed string) []string {
		return h.Talk.Suggest(core.Contact{Chat: core.Terminal, User: who}, command, typed)
	}
	if got := suggest("leo", "signout", "leo's"); len(got) != 0 {
		t.Errorf("before anything was read %q is known", got)
	}
	say(h, "marta", "devices all")
	tests := []struct {
		who, command, typed string
		want                []string
	}{
		{"leo", "signout", "leo's ph", []string{"Leo's phone"}},
		{"leo", "signout", "LEO'S PH", []string{"Leo's phone"}},
		{"leo", "signout", "phone", []string{"Leo's phone", "Safari on iPhone"}},
		{"sofi", "signout", "phone", nil},
		{"sofi", "signout", "tab", []string{"Sofi's tablet"}},
		{"sofi", "devices", "", []string{"jellyfin", "home", "netflix", "radio", "music", "sofi", "all"}},
		{"leo", "devices", "jellyfin l", []string{"jellyfin leo"}},
		{"leo", "history", "", []string{"marta", "leo", "sofi"}},
		{"leo", "invite", "", nil}, // not theirs to use
		{"marta", "invite", "s", []string{"sofi"}},
		{"marta", "settings", "", nil},
		{"marta", "nothing", "", nil},
		{"grandma", "devices", "", nil},
		{"leo", "devices", strings.Repeat("x", 300), nil},
	}
	for _, tt := range tests {
		t.Run(tt.who+" "+tt.command+" "+tt.typed[:min(len(tt.typed), 10)], func(t *testing.T) {
			if got := suggest(tt.who, tt.command, tt.typed); !slices.Equal(got, tt.want) {
				t.Errorf("suggested %q, want %q", got, tt.want)
			}
		})
	}
	if s, _ := h.Service("jellyfin"); s.Order("stops") != nil {
		t.Fatal("jellyfin does not stop")
	}
	if got := suggest("leo", "signout", "leo's ph"); !slices.Equal(got, []string{"Leo's phone"}) {
		t.Errorf("with the service down %q is known", got)
	}
}
