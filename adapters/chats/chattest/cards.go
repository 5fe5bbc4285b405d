// Package chattest holds the cards that every chat must draw well.
package chattest

import (
	"fmt"
	"strings"
	"time"

	"latchstring/core"
	"latchstring/core/talk"
)

// Sample is a card under a name that golden files can bear.
type Sample struct {
	Name string
	Card talk.Card
}

// Code is the secret that the sample "secret" shows. It may be seen in a private message and nowhere else.
const Code = "493817"

// now is when the samples say what they say.
func now() time.Time { return time.Date(2026, time.November, 24, 19, 14, 0, 0, time.UTC) }

// Cards returns every sample. The cards are made anew by each call.
func Cards() []Sample {
	samples := []Sample{
		{"silent", talk.Card{}},
		{"plain", talk.Card{Summary: talk.Words("All right, nothing was done."), Private: true}},
		{"devices", devices()},
		{"empty", talk.Card{
			Summary: talk.Words("No device is signed in to your accounts."), Private: true,
			Groups:  []talk.Group{{Title: talk.Words("Jellyfin"), Note: talk.Words("Nobody is signed in here.")}, {}},
			Buttons: []talk.Button{say("Everybody's devices", "devices all")},
		}},
		{"confirm", confirm()},
		{"outcome", talk.Card{
			Tone: talk.Good, Private: true, Quiet: true,
			Summary: talk.Text{foreign("Living-room TV"), {Text: " is signed out of Jellyfin. I looked again: it is gone."}},
			Body:    []talk.Text{talk.Words("Some TVs show an empty screen until the app is restarted.")},
		}},
		{"guide", guide()},
		{"secret", talk.Card{
			Summary: talk.Text{{Text: "Your code: "}, {Style: talk.Hidden, Secret: core.NewSecret(Code)}},
			Body: []talk.Text{{
				{Text: "Valid until "}, when("21:10", now().Add(56*time.Minute)), {Text: ". Enter it at sign-on.example.org/recovery."},
			}},
			Private: true, Lapses: now().Add(10 * time.Minute),
		}},
		{"alarm", alarm()},
		{"buttons", talk.Card{Summary: talk.Words("Which account?"), Private: true, Buttons: many(8)}},
		{"long", long()},
	}
	for i, name := range hostile() {
		samples = append(samples, Sample{fmt.Sprintf("hostile-%02d", i+1), named(name)})
	}
	return samples
}

func devices() talk.Card {
	return talk.Card{
		Summary: talk.Words("5 devices are signed in to your accounts; 23 in the whole home."),
		Body:    []talk.Text{talk.Words("Page 1 of 3.")},
		Groups: []talk.Group{
			{Title: talk.Words("Jellyfin"), Rows: []talk.Row{
				row("Living-room TV", 1, talk.Text{foreign("Android TV")}, talk.Words("you and Marta"), talk.Words("home"),
					talk.Text{{Text: "playing \""}, foreign("Dark S1E3"), {Text: "\" now"}}),
				row("Leo's phone", 2, talk.Text{foreign("Findroid")}, talk.Text{{Text: "near "}, foreign("Madrid, Spain")},
					talk.Text{when("2 hours ago", now().Add(-2*time.Hour))}),
				{Title: talk.Text{foreign("latchstring")}, Facts: []talk.Text{talk.Words("my own session")}},
			}},
			{Title: talk.Words("Family sign-on"), Rows: []talk.Row{
				row("Chrome on Windows", 3, talk.Text{{Text: "near "}, foreign("Lyon, France")},
					talk.Text{when("today 20:14", now())}, talk.Text{{Style: talk.Strong, Text: "new"}}),
			}},
			{Title: talk.Words("Music"), Note: talk.Words("Music is not answering since 14:02. This is what I knew then:"), Rows: []talk.Row{
				row("ソファの横のスピーカー", 4, talk.Text{foreign("音楽")}, talk.Words("home")),
			}},
		},
		Buttons: []talk.Button{say("Next 10", "devices page 2"), say("Everybody's devices", "devices all"), say("Only unknown", "devices unknown")},
		Private: true,
	}
}

func confirm() talk.Card {
	return talk.Card{
		Summary: talk.Text{{Text: "Sign out "}, foreign("Living-room TV"), {Text: " from Jellyfin?"}},
		Body: []talk.Text{
			{{Text: "This also signs out "}, {Style: talk.Strong, Text: "Marta"}, {Text: " on this device."}},
			{foreign("Living-room TV"), {Text: " is playing now."}},
		},
		Buttons: []talk.Button{press("Yes, sign out", talk.Danger, 1), press("Keep it", talk.Ordinary, 2)},
		Private: true,
	}
}

func guide() talk.Card {
	return talk.Card{
		Summary: talk.Words("Netflix lets nobody else do this, so here is the shortest way (about a minute):"),
		Steps: []talk.Text{
			talk.Words("Open Manage devices."),
			{{Text: "Find \""}, foreign("Samsung TV"), {Text: "\", last used "}, when("yesterday 22:40", now().Add(-21*time.Hour)), {Text: "."}},
			talk.Words("Press Sign Out. It can take up to 8 hours until the device notices, and until then it is still on the list, so do not be surprised."),
		},
		Buttons: []talk.Button{
			{Label: talk.Words("Open Manage devices"), Link: "https://www.netflix.com/ManageDevices"},
			press("Done", talk.Advised, 1), press("Did not work", talk.Ordinary, 2), press("Ask me tomorrow", talk.Ordinary, 3),
		},
		Private: true,
	}
}

func alarm() talk.Card {
	return talk.Card{
		Tone:    talk.Alarm,
		Summary: talk.Words("Was this you?"),
		Body: []talk.Text{
			{
				foreign("Chrome on Windows"),
				{Text: " signed in to your Family sign-on from near "},
				foreign("Lyon, France"),
				{Text: ", "},
				when("today 20:14", now()),
				{Text: "."},
			},
			talk.Words("First time from France; your phone was at home at 19:50."),
		},
		Buttons: []talk.Button{press("It was me", talk.Ordinary, 1), press("Not me: sign it out", talk.Danger, 2), press("Ask me later", talk.Ordinary, 3)},
		Private: true,
	}
}

// long is more than any platform takes in one message: over 4,096 characters in paragraphs, and one word of 300.
func long() talk.Card {
	c := talk.Card{Tone: talk.Warn, Summary: talk.Words("This is what happened in the last month:"), Private: true, Buttons: many(2)}
	for i := range 60 {
		c.Body = append(c.Body, talk.Text{
			{Text: fmt.Sprintf("%d. ", i+1)},
			{Style: talk.Strong, Text: "Marta"},
			{Text: " signed out "},
			foreign("a tablet with quite a long name, the second"),
			{Text: " from Jellyfin. I looked again: it is gone."},
		})
	}
	c.Body = append(c.Body, talk.Text{foreign(strings.Repeat("x", 300))})
	return c
}

// hostile returns names that strangers gave their devices. They come uncleaned: a chat must stand them too.
func hostile() []string {
	return []string{
		"\u202eVT moor-gniviL\u202c\u2066 TV\u2069",                                           // text direction
		"Living\u200b-room\u200d\ufeff TV\u2060",                                              // characters of no width
		`<b>TV</b><a href="https://evil.example">x</a>&amp;<script>alert(1)</script>`,         // HTML
		"**TV** _x_ ~~y~~ `z` ```\ncode\n``` [TV](https://evil.example) > # -",                // Markdown
		"@everyone @here <@222222222222222222> <@&1> <#1> @rivera_home_bot /devices",          // mentions
		"TV\n[1] Yes, sign out\r\n\r\nleo> yes\u2028x\u2029y\u0085z",                          // lines and buttons of its own
		strings.Repeat("W", 63) + "…",                                                         // as long as a cleaned name gets
		"👨‍👩‍👧‍👦 🏳️‍🌈 TV 📺 👍🏽 ☎️",                                                             // pictures
		"\x1b[31mTV\x1b[0m\x1b]8;;https://evil.example\x07x\x1b]8;;\x07\x1b[2J\x9b1A\a\b\x00", // escape sequences
		"T" + strings.Repeat("\u0336\u0300", 40) + "V",                                        // marks that reach into other lines
		"TV · home · playing now   ▒ 000000 ▒ → https://evil.example",                         // signs of the drawing itself
		"\xff\xfe\xc0\xafTV\xed\xa0\x80",                                                      // bytes that are no text
		"تلفاز غرفة الجلوس",                                                                   // written from the right
		"",
	}
}

// named is a card that says a name in every place where names are said.
func named(name string) talk.Card {
	return talk.Card{
		Summary: talk.Text{{Text: "Sign out "}, foreign(name), {Text: " from Jellyfin?"}},
		Body:    []talk.Text{{{Text: "I see no device called \""}, foreign(name), {Text: "\"."}}},
		Steps:   []talk.Text{{{Text: "Find \""}, foreign(name), {Text: "\"."}}},
		Groups: []talk.Group{{Title: talk.Words("Jellyfin"), Rows: []talk.Row{
			{
				Title: talk.Text{foreign(name)}, Facts: []talk.Text{{foreign(name)}, talk.Words("home")},
				Buttons: []talk.Button{{Label: talk.Text{{Text: "Sign out "}, foreign(cut(name, talk.MaxLabel-9))}, Handle: handle(1)}},
			},
		}}},
		Private: true,
	}
}

// cut keeps a label within its bound, as talk does.
func cut(name string, room int) string {
	if r := []rune(name); len(r) > room {
		return string(r[:room-1]) + "…"
	}
	return name
}

func row(name string, n int, facts ...talk.Text) talk.Row {
	return talk.Row{Title: talk.Text{foreign(name)}, Facts: facts, Buttons: []talk.Button{
		{Label: talk.Text{{Text: "Sign out "}, foreign(name)}, Handle: handle(n)},
	}}
}

func many(n int) []talk.Button {
	var all []talk.Button
	for i := range n {
		all = append(all, press(fmt.Sprintf("Account number %d, with a long label", i+1), talk.Ordinary, i+1))
	}
	return all
}

func press(label string, style talk.ButtonStyle, n int) talk.Button {
	return talk.Button{Label: talk.Words(label), Style: style, Handle: handle(n)}
}

func say(label, command string) talk.Button {
	return talk.Button{Label: talk.Words(label), Say: command}
}

// handle is the n-th handle of a card: of the right form and never given out.
func handle(n int) string { return fmt.Sprintf("a1.%021dA", n) }

func foreign(s string) talk.Span { return talk.Span{Style: talk.Untrusted, Text: s} }

func when(s string, at time.Time) talk.Span { return talk.Span{Style: talk.When, Text: s, At: at} }
