package httpcall

import (
	"bytes"
	"errors"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

const maxDepth = 32

// CheckJSON tells whether a body is one JSON text, in UTF-8 and at most 32 levels deep. It comes before every reader that
// calls itself for each level.
func CheckJSON(body []byte) error {
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return errors.New("an empty answer instead of JSON")
	case !utf8.Valid(body):
		return errors.New("the answer is not UTF-8")
	case deeper(body, maxDepth):
		return errors.New("JSON deeper than 32 levels")
	case !gjson.ValidBytes(body):
		return errors.New("the answer is not JSON")
	}
	return nil
}

// deeper tells whether brackets outside of strings nest deeper than most.
func deeper(body []byte, most int) bool {
	depth := 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '"':
			i += pastString(body[i+1:])
		case '[', '{':
			if depth++; depth > most {
				return true
			}
		case ']', '}':
			depth--
		}
	}
	return false
}

// pastString returns how many bytes there are to the end of a string, its closing quote with them. A quote is escaped if an odd
// number of backslashes stands before it.
func pastString(s []byte) int {
	n := 0
	for {
		end := bytes.IndexByte(s[n:], '"')
		if end < 0 {
			return len(s)
		}
		n += end + 1
		slashes := 0
		for slashes < n-1 && s[n-2-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return n
		}
	}
}
