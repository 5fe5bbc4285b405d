package notice

import (
	"slices"
	"strings"
)

// codeIn returns the only code of a length in a mail, or "". A code stands on a line by itself, however its digits are
// spaced or split, or beside its label. Of two different ones neither is told. What looks like a year is a code only where
// something else says that there is one.
func codeIn(lines []string, labelled string, digits int, sure bool) string {
	found := ""
	for _, c := range append(alone(lines), joined(labelled)) {
		if len(c) != digits || !sure && isYear(c) {
			continue
		}
		if found != "" && found != c {
			return ""
		}
		found = c
	}
	return found
}

// many tells whether there are two codes or more, so that there is one, but nobody knows which.
func many(lines []string, digits int) bool {
	first := ""
	for _, c := range alone(lines) {
		if len(c) == digits && first != "" && c != first {
			return true
		}
		if len(c) == digits {
			first = c
		}
	}
	return false
}

// alone returns the lines that are all digits; lines of one digit each, as in a row of boxes, are taken together.
func alone(lines []string) []string {
	var found []string
	boxes := ""
	for _, line := range append(slices.Clip(lines), "") {
		digits := joined(line)
		if len(digits) == 1 {
			boxes += digits
			continue
		}
		if len(boxes) > 1 {
			found = append(found, boxes)
		}
		if boxes = ""; digits != "" {
			found = append(found, digits)
		}
	}
	return found
}

// joined returns a line's digits without what stands between them, or "" where it has anything else.
func joined(line string) string {
	if len(line) > 40 {
		return ""
	}
	digits := strings.NewReplacer(" ", "", "-", "").Replace(line)
	for _, r := range digits {
		if r < '0' || r > '9' {
			return ""
		}
	}
	return digits
}

func isYear(code string) bool {
	return len(code) == 4 && (strings.HasPrefix(code, "19") || strings.HasPrefix(code, "20"))
}
