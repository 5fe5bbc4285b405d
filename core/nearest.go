package core

import (
	"strings"
	"unicode/utf8"
)

// Nearest returns the candidate that a mistyped word most likely means, or "" where none is near enough: one that begins
// with the word's three letters or more, if it is the only one, or one that is at most one slip for every three letters
// away, counting a wrong, missing, extra or swapped letter as one. Case does not count.
func Nearest(word string, candidates []string) string {
	const longest = 64 // no name is longer; a stranger's megabyte is not worth measuring
	if word == "" || len(word) > longest {
		return ""
	}
	if c := begun(word, candidates); c != "" {
		return c
	}
	best, least := "", max(1, utf8.RuneCountInString(word)/3)+1
	for _, c := range candidates {
		if len(c) > longest {
			continue
		}
		if d := slips([]rune(strings.ToLower(word)), []rune(strings.ToLower(c))); d < least {
			best, least = c, d
		}
	}
	return best
}

// begun returns the only candidate that begins with a word of three letters or more.
func begun(word string, candidates []string) string {
	found := ""
	for _, c := range candidates {
		if len(word) < 3 || len(c) < len(word) || !strings.EqualFold(c[:len(word)], word) || c == found {
			continue
		}
		if found != "" && !strings.EqualFold(found, c) {
			return ""
		}
		found = c
	}
	return found
}

// slips is the edit distance in which a swap of neighbours counts as one (optimal string alignment).
func slips(a, b []rune) int {
	var before, above []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		before, above, row = above, row, make([]int, len(b)+1)
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(above[j+1]+1, row[j]+1, above[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(b)]
}
