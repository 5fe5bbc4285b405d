package recipe_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"latchstring/adapters/services/recipe"
	"latchstring/core"
)

// pages is a service with rows of which it never gives more than 40 at once.
func pages(by, fault string, rows int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		at, _ := strconv.Atoi(q.Get("at"))
		from := at
		if by == "page" || by == "next" {
			from = (at - 1) * 40
		}
		if fault == "ignores" {
			from = 0
		}
		to := min(from+40, rows)
		list := []map[string]int{}
		for i := from; i < to; i++ {
			list = append(list, map[string]int{"id": i})
		}
		next := map[string]string{"link": strconv.Itoa(to), "cursor": strconv.Itoa(to), "next": strconv.Itoa(at + 1)}[by]
		if to >= rows {
			next = map[string]string{"next": "0"}[by]
		}
		if fault == "circle" {
			next = "40"
		}
		if by == "link" && next != "" {
			w.Header().Set("Link", fmt.Sprintf(`<http://evil.example/x?page=1>; rel="first",<http://evil.example/admin?at=%s&size=40>; rel="next"`, next))
		}
		total := rows
		if fault == "total" {
			total = rows + 1
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"rows": list, "next": next, "total": total})
	}
}

func TestPaging(t *testing.T) {
	const text = `
title: Paged
auth: { way: none }
list:
  call: GET /rows?kind=a
  rows: rows
  id: id
  login: login
  paging: { %s }
why: { sign_out: "No.", sign_out_all: "No.", reset: "No.", address: "No.", last_use: "No." }
`
	ways := map[string]string{
		"link":   "by: link, size_param: size, size: 100",
		"page":   "by: page, param: at, first: 1",
		"next":   "by: page, param: at, first: 1, next: next",
		"offset": "by: offset, param: at, size_param: size, size: 100",
		"total":  "by: offset, param: at, total: total",
		"cursor": "by: cursor, param: at, next: next",
	}
	for _, row := range []struct {
		by, fault string
		rows      int
		bad       bool
	}{
		{"link", "", 250, false},
		{"page", "", 250, false},
		{"next", "", 250, false},
		{"offset", "", 250, false},
		{"total", "", 250, false},
		{"cursor", "", 250, false},
		{"link", "", 0, false},
		{"page", "", 0, false},
		{"offset", "", 80, false},
		{"total", "", 40, false},
		{"cursor", "", 40, false},
		{"link", "circle", 250, true},
		{"cursor", "circle", 250, true},
		{"offset", "ignores", 250, true},
		{"page", "ignores", 250, true},
		{"total", "total", 250, true},
		{"total", "ignores", 250, true},
		{"link", "", 40*50 + 1, true},
		{"cursor", "", 1 << 20, true},
		{"offset", "", 40 * 49, false},
		{"page", "", 40 * 50, true},
	} {
		t.Run(fmt.Sprint(row.by, row.fault, row.rows), func(t *testing.T) {
			server := httptest.NewServer(pages(row.by, row.fault, row.rows))
			defer server.Close()
			file := filepath.Join(t.TempDir(), "paged.yaml")
			if err := os.WriteFile(file, fmt.Appendf(nil, text, ways[row.by]), 0o600); err != nil {
				t.Fatal(err)
			}
			c, _ := connect(t, recipe.Config{Recipe: file, URL: server.URL})
			list, err := c.Devices.Devices(t.Context())
			switch {
			case row.bad && (core.KindOf(err) != core.Garbled || list != nil):
				t.Errorf("%d rows, %v", len(list), err)
			case !row.bad && (err != nil || len(list) != row.rows):
				t.Errorf("%d of %d rows, %v", len(list), row.rows, err)
			}
		})
	}
}
