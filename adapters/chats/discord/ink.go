package discord

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"

	"latchstring/core"
	"latchstring/core/talk"
)

// ink writes texts in Discord's Markdown into a space that is bounded in UTF-16 units. What has no room is cut, but a
// secret is whole or left out: a part of it is of no use.
type ink struct {
	b    strings.Builder
	room int
	full bool // something was cut
}

// line begins a new line, if there is a line already.
func (k *ink) line() {
	if k.b.Len() > 0 {
		k.put("\n", "", "")
	}
}

// text writes a text; strong text has its own words in bold. A style never reaches over another: each stands on its own.
func (k *ink) text(t talk.Text, strong bool) {
	words, bold := "", false
	for _, s := range t {
		own := s.Style == talk.Plain || s.Style == talk.Strong || s.Style == talk.When && s.At.IsZero()
		if next := strong || s.Style == talk.Strong; !own || next != bold {
			k.words(words, bold)
			words, bold = "", next
		}
		switch {
		case own:
			words += tidy(s.Text)
		case s.Style == talk.Untrusted:
			k.put("`", strings.ReplaceAll(tame(s.Text), "`", "ˋ"), "`")
		case s.Style == talk.Hidden:
			k.secret(strings.ToValidUTF8(s.Secret.Reveal(), ""))
		case s.Style == talk.When:
			k.put(fmt.Sprintf("<t:%d:R>", s.At.Unix()), "", "")
		}
	}
	k.words(words, bold)
}

// words writes our own words. Bold begins and ends at a character, and its space stands outside.
func (k *ink) words(words string, bold bool) {
	inner := strings.TrimSpace(words)
	if !bold || inner == "" {
		k.put("", escaped(words), "")
		return
	}
	before, after, _ := strings.Cut(words, inner)
	k.put(before+"**", escaped(inner), "**"+after)
}

// secret writes a secret so that it is covered and, as code, copied with one tap.
func (k *ink) secret(words string) {
	mark := "||`" + words + "`||"
	if strings.ContainsAny(words, "`\n") {
		mark = "||" + escaped(words) + "||"
	}
	if words == "" || units(mark) > k.room {
		k.full = k.full || words != ""
		return
	}
	k.put(mark, "", "")
}

// put writes words between marks; what they have no room for is cut from the words.
func (k *ink) put(before, words, after string) {
	if words == "" && before == "`" {
		return // an empty name
	}
	if before == "`" && strings.HasSuffix(k.b.String(), "`") {
		before = " " + before // two pieces of code side by side are none
	}
	marks := units(before) + units(after)
	if room := k.room - marks; units(words) > room {
		k.full = true
		if room < 2 {
			return
		}
		words = cut(words, room)
	}
	k.b.WriteString(before + words + after)
	k.room -= marks + units(words)
}

// take returns what was written since the last time.
func (k *ink) take() string {
	text := k.b.String()
	k.b.Reset()
	return text
}

// escaped takes the meaning out of what Markdown would read in our own words: they quote people too.
func escaped(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("\\*_~`|[]<>#@", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// units is how long Discord takes a text to be.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}

// cut shortens a text to so many units, the last of which is "…", and leaves no escape without what it escapes.
func cut(s string, room int) string {
	n, odd := 0, false
	for i, r := range s {
		if n += max(1, utf16.RuneLen(r)); n >= room {
			if odd {
				i--
			}
			return s[:i] + "…"
		}
		odd = r == '\\' && !odd
	}
	return s
}

// tidy keeps our own words on one line.
func tidy(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// mostMarks bounds how many marks stand on one character; more of them reach into other lines.
const mostMarks = 2

// tame makes a stranger's words fit for one line. In code they are not looked at for links, mentions and commands.
func tame(s string) string {
	marks := 0
	return strings.Map(func(r rune) rune {
		if !unicode.In(r, unicode.Mn, unicode.Me) {
			marks = 0
			return r
		}
		if marks++; marks > mostMarks {
			return -1
		}
		return r
	}, core.Clean(s))
}
