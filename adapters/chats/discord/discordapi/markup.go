package discordapi

import (
	"regexp"
	"strings"
)

// Anchor is something in a text that a reader can follow.
type Anchor struct {
	Text   string // what is seen
	URL    string
	Masked bool // it is seen as something else than where it leads
}

var (
	masked = regexp.MustCompile(`\[([^\[\]\n]+)\]\(<?(https?://[^\s()<>]+)>?(?: "[^"\n]*")?\)`)
	bare   = regexp.MustCompile(`https?://[^\s<>]+`)
)

// Anchors returns what can be followed in a text. Code is no place for anything to follow.
func Anchors(text string) []Anchor {
	rest := visible(text)
	var found []Anchor
	for _, hit := range masked.FindAllStringSubmatch(rest, -1) {
		found = append(found, Anchor{hit[1], hit[2], true})
	}
	for _, url := range bare.FindAllString(masked.ReplaceAllString(rest, ""), -1) {
		found = append(found, Anchor{url, url, false})
	}
	return found
}

// Spoilers returns what a text hides until it is tapped, with the markup inside.
func Spoilers(text string) []string {
	const bar = "||"
	rest := visible(text) // of the same length, so that places in one are places in the other
	var hidden []string
	for at := 0; ; {
		begin := strings.Index(rest[at:], bar)
		if begin < 0 {
			return hidden
		}
		begin += at + len(bar)
		length := strings.Index(rest[begin:], bar)
		if length < 0 {
			return hidden
		}
		if length > 0 {
			hidden = append(hidden, text[begin:begin+length])
		}
		at = begin + length + len(bar)
	}
}

// visible is a text in which what markup does not reach is blanked: code, and what a backslash takes its meaning from.
func visible(text string) string {
	blank := []byte(text)
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			if i+1 < len(text) {
				blank[i], blank[i+1] = '.', '.'
			}
			i++
		case '`':
			ticks := 1
			for i+ticks < len(text) && text[i+ticks] == '`' {
				ticks++
			}
			end := closing(text[i+ticks:], ticks)
			if end < 0 {
				i += ticks - 1
				continue
			}
			for n := range end + 2*ticks {
				blank[i+n] = '.'
			}
			i += end + 2*ticks - 1
		}
	}
	return string(blank)
}

// closing finds where a run of exactly so many backticks begins; -1: nowhere.
func closing(text string, ticks int) int {
	for i := 0; i < len(text); i++ {
		n := 0
		for i+n < len(text) && text[i+n] == '`' {
			n++
		}
		if n == ticks {
			return i
		}
		i += max(n-1, 0)
	}
	return -1
}
