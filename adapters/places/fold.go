package places

import (
	"strings"
	"unicode"
)

// fold makes one of the ways in which a name is written: without case, accents and punctuation. "Île-de-France" and
// "ILE DE FRANCE" are the same, "Saint-Étienne" and "St. Etienne" too.
func fold(name string) string {
	var b strings.Builder
	b.Grow(len(name))
	space := false
	for _, r := range name {
		switch r = plain(r); {
		case unicode.Is(unicode.Mn, r), r == '\'', r == '’', r == '‘', r == 'ʻ', r == 'ʼ', r == '`', r == '.':
		case r == '&':
			b.WriteString(" and")
			space = true
		case unicode.IsLetter(r), unicode.IsDigit(r):
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			writeLetter(&b, unicode.ToLower(r))
		default:
			space = true
		}
	}
	return saints(b.String())
}

// writeLetter writes a small letter, those that are no Latin letter with an accent as they are replaced in English.
func writeLetter(b *strings.Builder, r rune) {
	switch r {
	case 'ø':
		b.WriteByte('o')
	case 'ł':
		b.WriteByte('l')
	case 'đ', 'ð':
		b.WriteByte('d')
	case 'ħ':
		b.WriteByte('h')
	case 'ı':
		b.WriteByte('i')
	case 'ß':
		b.WriteString("ss")
	case 'æ':
		b.WriteString("ae")
	case 'œ':
		b.WriteString("oe")
	case 'þ':
		b.WriteString("th")
	default:
		b.WriteRune(r)
	}
}

// saints writes the word as it is mostly abbreviated.
func saints(folded string) string {
	if !strings.Contains(folded, "saint") {
		return folded
	}
	words := strings.Fields(folded)
	for i, w := range words {
		if w == "saint" {
			words[i] = "st"
		}
	}
	return strings.Join(words, " ")
}
