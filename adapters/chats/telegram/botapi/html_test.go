package botapi

import (
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// The texts and offsets of the complaints are the ones that the platform's own library gives for the same faults.
func TestHTMLIsRefusedInThePlatformsWords(t *testing.T) {
	const halfPair = "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units"
	for in, want := range map[string]string{
		"&#57311;":                     halfPair,
		"&#xDFDF":                      halfPair,
		"🏟 🏟&lt;<abacaba":              "Unclosed start tag at byte offset 13",
		"🏟 🏟&lt;<abac aba>":            `Unsupported start tag "abac" at byte offset 13`,
		"🏟 🏟&lt;<i   =aba>":            `Empty attribute name in the tag "i" at byte offset 13`,
		"🏟 🏟&lt;<i    aba>":            `Expected equal sign in declaration of an attribute of the tag "i" at byte offset 13`,
		"🏟 🏟&lt;<i    aba  =  ":        `Unclosed start tag "i" at byte offset 13`,
		"🏟 🏟&lt;<i aba = 190azAz-.,":   "Unexpected end of name token at byte offset 22",
		`🏟 🏟&lt;<i aba = "&lt;&quot;>`: "Unclosed start tag at byte offset 13",
		"🏟 🏟&lt;</":                    "Unexpected end tag at byte offset 13",
		"🏟 🏟&lt;<i>a</i   ":            "Unclosed end tag at byte offset 17",
		"🏟 🏟&lt;<i>a</em   >":          `Unmatched end tag at byte offset 17, expected "</i>", found "</em>"`,
		"<b>TV":                        `Can't find end tag corresponding to start tag "b"`,
		"<b><i>TV</i>":                 `Can't find end tag corresponding to start tag "b"`,
		"<span>x</span>":               `Tag "span" must have class "tg-spoiler" at byte offset 0`,
		"a < b":                        `Unsupported start tag "" at byte offset 2`,
		"<leo@example.org>":            `Unsupported start tag "leo@example.org" at byte offset 0`,
		"<!-- x -->":                   `Unsupported start tag "!--" at byte offset 0`,
		"<tg-emoji>x</tg-emoji>":       "Invalid custom emoji identifier specified",
		"<tg-time unix=now>x</>":       "Invalid Unix time specified",
	} {
		if _, err := parseHTML(in); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", in, err, want)
		}
	}
}

func TestHTMLMakesEntities(t *testing.T) {
	for in, want := range map[string]formatted{
		"":                       {},
		"&lt;&gt;&amp;&quot;":    {text: `<>&"`},
		"&#60;&#x1F3DF;":         {text: "<🏟"},
		"➡️ <i>➡️ ➡️</i>":        {text: "➡️ ➡️ ➡️", entities: []Entity{{Type: "italic", Offset: 3, Length: 5}}},
		"🏟<STRONG >🏟</strong\t>": {text: "🏟🏟", entities: []Entity{{Type: "bold", Offset: 2, Length: 2}}},
		"<ins>a</><del>b</>":     {text: "ab", entities: []Entity{{Type: "underline", Length: 1}, {Type: "strikethrough", Offset: 1, Length: 1}}},
		"<i><b>x</b> y</i>":      {text: "x y", entities: []Entity{{Type: "italic", Length: 3}, {Type: "bold", Length: 1}}},
		`<span class="tg-spoiler">1</span><tg-spoiler>2</tg-spoiler>`: {
			text: "12", entities: []Entity{{Type: "spoiler", Length: 1}, {Type: "spoiler", Offset: 1, Length: 1}},
		},
		`<a href="https://example.org/?a&amp;b">x</a>`:      {text: "x", entities: []Entity{{Type: "text_link", Length: 1, URL: "https://example.org/?a&b"}}},
		"<a>example.org</a>":                                {text: "example.org", entities: []Entity{{Type: "text_link", Length: 11, URL: "http://example.org/"}}},
		`<a href="tg://user?id=111">M</a>`:                  {text: "M", entities: []Entity{{Type: "text_mention", Length: 1, User: &User{ID: 111}}}},
		`<pre><code class="language-go">x</code></pre>`:     {text: "x", entities: []Entity{{Type: "pre", Length: 1, Language: "go"}}},
		`<blockquote expandable>x</blockquote>`:             {text: "x", entities: []Entity{{Type: "expandable_blockquote", Length: 1}}},
		`<tg-time unix="1795547640" format="r">x</tg-time>`: {text: "x", entities: []Entity{{Type: "date_time", Length: 1, UnixTime: 1795547640}}},
		"&laquo;":               {text: "&laquo;", doubts: []string{"& at byte offset 0 is not written as a reference"}},
		"a > b":                 {text: "a > b", doubts: []string{"> at byte offset 2 is not written as a reference"}},
		"&lt":                   {text: "<", doubts: []string{"the reference at byte offset 0 has no semicolon"}},
		"<b></b>":               {doubts: []string{`the tag "b" that ends at byte offset 3 is empty`}},
		"<b x=1>y</b>":          {text: "y", entities: []Entity{{Type: "bold", Length: 1}}, doubts: []string{`the attribute x="1" of the tag "b" means nothing`}},
		`<a href="nas">x</a>`:   {text: "x", doubts: []string{`the link to "nas" is dropped: Wrong HTTP URL`}},
		`<a href="a://b">x</a>`: {text: "x", doubts: []string{`the link to "a://b" is dropped: Unsupported URL protocol`}},
	} {
		got, err := parseHTML(in)
		if err != nil {
			t.Errorf("%q: %v", in, err)
			continue
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(formatted{})); diff != "" {
			t.Errorf("%q: %s", in, diff)
		}
	}
}

func TestFormattingIsFixedAndSettled(t *testing.T) {
	for in, want := range map[string]formatted{
		" \n x \n":   {text: "x"},
		"a\tb\rc":    {text: "a bc"},
		"a\u202eb":   {text: "ab"},
		"<b> x</b> ": {text: " x", entities: []Entity{{Type: "bold", Length: 2}}},
		"\r<b>x</b>": {text: "x", entities: []Entity{{Type: "bold", Length: 1}}},
		"<b>x </b>":  {text: "x", entities: []Entity{{Type: "bold", Length: 1}}},
		"x<b> </b>":  {text: "x"},
		"<tg-spoiler><code>1</code></tg-spoiler>": {
			text: "1", entities: []Entity{{Type: "code", Length: 1}},
			doubts: []string{`spoiler "1" is dropped, since it shares its text with code`},
		},
		"<blockquote><code>1</code></blockquote>": {
			text: "1", entities: []Entity{{Type: "blockquote", Length: 1}, {Type: "code", Length: 1}},
		},
		"<blockquote>a<blockquote>b</blockquote></blockquote>": {
			text: "ab", entities: []Entity{{Type: "blockquote", Length: 2}},
			doubts: []string{`blockquote "b" is dropped, since it shares its text with blockquote`},
		},
	} {
		got, err := parseHTML(in)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got.fixed().settled(), cmp.AllowUnexported(formatted{})); diff != "" {
			t.Errorf("%q: %s", in, diff)
		}
	}
}

func TestPlatformFindsLinks(t *testing.T) {
	for text, want := range map[string]string{
		"the TV":                          "",
		"10.0.0.7 and 12:30":              "",
		"see https://example.org/a.":      "url",
		"example.org":                     "url",
		"leo@example.org":                 "email",
		"ask @marta":                      "mention",
		"a@b":                             "",
		"/devices":                        "bot_command",
		"and/or":                          "",
		"#home":                           "hashtag",
		"🏟 /signout@latchstring_test_bot": "bot_command",
	} {
		var kinds []string
		for _, e := range detect(text, nil) {
			kinds = append(kinds, e.Type)
		}
		if got := strings.Join(kinds, " "); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
		if found := detect(text, []Entity{{Type: "code", Length: Units(text)}}); found != nil {
			t.Errorf("%q: found %v inside code", text, found)
		}
	}
}

func FuzzHTML(f *testing.F) {
	for _, seed := range []string{
		"<b>a</b>", "&lt;&#60;&#x3c;", `<a href="https://example.org">🏟</a>`, "<pre><code class='language-x'>y</></>",
		"<tg-spoiler>1</tg-spoiler>", "<blockquote expandable>a\r\n</blockquote>", "</", "<", "&", "\xff<b>\xff</b>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got, err := parseHTML(in)
		if err != nil {
			return
		}
		if !utf8.ValidString(got.text) {
			t.Fatalf("%q became %q", in, got.text)
		}
		for _, kept := range []formatted{got, got.fixed().settled()} {
			units := utf16.Encode([]rune(kept.text))
			for _, e := range append(kept.entities, detect(kept.text, kept.entities)...) {
				if e.Offset < 0 || e.Length <= 0 || e.Offset+e.Length > len(units) || splits(units, e.Offset) || splits(units, e.Offset+e.Length) {
					t.Fatalf("%q: entity %+v does not fit %q", in, e, kept.text)
				}
			}
		}
		escaped := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(got.text)
		if again, err := parseHTML(escaped); err != nil || again.text != got.text || len(again.entities)+len(again.doubts) > 0 {
			t.Fatalf("%q escaped became %+v, %v", got.text, again, err)
		}
	})
}
