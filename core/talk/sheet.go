package talk

import "fmt"

// rowsPerPage is how many rows of a long list are shown at once.
const rowsPerPage = 10

// sheet is what is shown at once of a long list: the rows from one up to another.
type sheet struct{ page, pages, rows, from, to, total int }

// sheetOf cuts a list into pages that are about equally long: none is left with one or two rows.
func sheetOf(total, page int) sheet {
	s := sheet{pages: max(1, (total+rowsPerPage-1)/rowsPerPage), total: total}
	s.rows = (total + s.pages - 1) / s.pages
	s.page = min(page, s.pages)
	s.from, s.to = (s.page-1)*s.rows, s.page*s.rows
	return s
}

// shows tells whether a row is on the page.
func (s sheet) shows(row int) bool { return row >= s.from && row < s.to }

// turnPage says which page a card is, where there are several, and leads to the next one by the words that list them.
func (u *turn) turnPage(c *Card, s sheet, words string) {
	if s.page < s.pages {
		c.Buttons = append(c.Buttons, again(u.say("Next {n}", min(s.rows, s.total-s.to)), fmt.Sprintf("%s page %d", words, s.page+1)))
	}
	if s.pages > 1 {
		c.Body = append(c.Body, u.say("Page {page} of {pages}.", s.page, s.pages))
	}
}
