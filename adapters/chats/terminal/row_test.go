package terminal

import (
	"strings"
	"testing"

	"latchstring/core/talk"
)

// A row that is a sentence has no dot before it.
func TestRowWithoutATitle(t *testing.T) {
	said := func(r talk.Row) string {
		var b strings.Builder
		for _, c := range rowText(r) {
			b.WriteString(c.text)
		}
		return b.String()
	}
	facts := []talk.Text{talk.Words("one"), talk.Words("two")}
	if got := said(talk.Row{Facts: facts}); got != "one · two" {
		t.Errorf("%q", got)
	}
	if got := said(talk.Row{Title: talk.Words("TV"), Facts: facts}); got != "TV · one · two" {
		t.Errorf("%q", got)
	}
}
