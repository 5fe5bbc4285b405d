package places

import _ "embed" // accents.bin is part of the program

// accents has for each letter of the spans, in their order, the letter without its accents, as Unicode takes it apart: Latin, Greek
// and Cyrillic letters, kana; two bytes each. golang.org/x/text knows all others as well, for more room in the program than everything else here.
//
//go:embed accents.bin
var accents string

// spans are the letters of the table.
var spans = [...]struct{ from, to rune }{{0xC0, 0x24F}, {0x370, 0x4FF}, {0x1E00, 0x1FFF}, {0x3041, 0x30FF}}

// plain returns a letter without its accents.
func plain(r rune) rune {
	if r < spans[0].from {
		return r
	}
	before := 0
	for _, span := range spans {
		if r < span.from {
			break
		}
		if r > span.to {
			before += int(span.to-span.from) + 1
			continue
		}
		at := 2 * (before + int(r-span.from))
		return rune(accents[at])<<8 | rune(accents[at+1])
	}
	return r
}
