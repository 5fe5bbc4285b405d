package recipe

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// The ways a service cuts a list into pages. Where it does not say which page is the last, an empty one is: a short one may
// be as long as the service gives them.
const (
	byLink   = "link"   // the Link header names the next page (RFC 8288)
	byPage   = "page"   // by number
	byOffset = "offset" // by how many rows to leave out
	byCursor = "cursor" // by a text from the page before
)

// The bounds of one listing.
const (
	maxPages = 50
	maxRows  = 5000
)

// start sets what the first request says of pages.
func (p paging) start(q url.Values) {
	if p.Sizing != "" {
		q.Set(p.Sizing, strconv.Itoa(p.Size))
	}
	if p.By == byPage || p.By == byOffset {
		q.Set(p.Param, strconv.Itoa(p.First))
	}
}

// follow changes the query to that of the next page; more is false when there is none. Turn counts the pages before, rows
// what they and this one held.
func (p paging) follow(q url.Values, pg page, h http.Header, turn, rows int) (more bool, err error) {
	switch p.By {
	case byLink:
		if len(pg.rows) == 0 { // Kratos 1.3 names a next page of an empty list, and one after that, without end
			return false, nil
		}
		return followLink(q, h)
	case byCursor:
		q.Set(p.Param, pg.next)
		return pg.next != "", nil
	case byPage, byOffset:
		if len(pg.rows) == 0 || pg.total >= 0 && rows >= pg.total {
			return false, nil
		}
		switch {
		case p.Next.is():
			q.Set(p.Param, pg.next)
			return pg.next != "" && pg.next != "0", nil
		case p.By == byPage:
			q.Set(p.Param, strconv.Itoa(p.First+turn+1))
		default:
			q.Set(p.Param, strconv.Itoa(p.First+rows))
		}
		return true, nil
	}
	return false, nil
}

// followLink takes the query of the link that is called next. Its host and path are not looked at, so that it cannot lead
// to anywhere else.
func followLink(q url.Values, h http.Header) (bool, error) {
	for _, line := range h.Values("Link") {
		for link := range strings.SplitSeq(line, ",") {
			target, params, _ := strings.Cut(link, ">")
			if !isNext(params) {
				continue
			}
			u, err := url.Parse(strings.TrimPrefix(strings.TrimSpace(target), "<"))
			if err != nil || u.RawQuery == "" {
				return false, errors.New("the link to the next page is not readable")
			}
			maps.Copy(q, u.Query())
			return true, nil
		}
	}
	return false, nil
}

func isNext(params string) bool {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(param), "=")
		if strings.EqualFold(name, "rel") && strings.EqualFold(strings.Trim(value, `"`), "next") {
			return true
		}
	}
	return false
}
