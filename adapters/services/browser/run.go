package browser

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"time"

	"latchstring/core"
)

// The bounds of a run.
const (
	runWithin  = 60 * time.Second // for the whole of it
	stepWithin = 15 * time.Second // for what is to appear
	lookEvery  = 200 * time.Millisecond
	mostMore   = 20
	mostRows   = 200
)

// Stopped is a run that ended because the page was not as its recipe tells. Nothing was pressed after that.
type Stopped struct {
	reason reason
	path   string // of the page, without what may be secret in an address
	what   string
}

func (s *Stopped) Error() string {
	return fmt.Sprintf("stopped at %s: %s: %s", s.path, s.reason, s.what)
}

// run is one playing of a recipe.
type run struct {
	recipe *Recipe
	page   Page
	layout *layout
	step   time.Duration // how long something may take to appear

	pressed bool // something was, that may have signed a device out
}

// line is a device as a row of the page tells of it.
type line struct {
	row Row
	dev core.Device
}

// begin opens the page and finds out how it is built.
func (r *run) begin(ctx context.Context) error {
	if err := r.page.Open(ctx, r.recipe.Page); err != nil {
		return err
	}
	return r.await(ctx, r.step, "no layout of the recipe", func() (bool, error) {
		for i := range r.recipe.Layouts {
			n, err := r.page.Count(ctx, Query{Selector: r.recipe.Layouts[i].Is})
			if err != nil {
				return false, err
			}
			if n > 0 {
				r.layout = &r.recipe.Layouts[i]
				return true, nil
			}
		}
		return false, nil
	})
}

// await looks until something is so, also while the page is on its way elsewhere and answers nothing; where it does not become so in time, or the page asks for what only a person may do, the
// run is stopped.
func (r *run) await(ctx context.Context, patience time.Duration, what string, so func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		where, err := r.guard(ctx)
		if _, stopped := errors.AsType[*Stopped](err); stopped {
			return err
		}
		ok := false
		if err == nil {
			if ok, err = so(); err == nil && ok {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return errors.Join(&Stopped{unexpected, where, what}, err)
		case <-time.After(lookEvery):
		}
	}
}

// guard stops the run where the page is not one that the recipe is for, and returns its path.
func (r *run) guard(ctx context.Context) (string, error) {
	address, err := r.page.Where(ctx)
	if err != nil {
		return "", err
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", &Stopped{elsewhere, "", "no address"}
	}
	if !r.recipe.within(u) {
		return "", &Stopped{elsewhere, u.Hostname(), "another place"}
	}
	for _, s := range r.recipe.Stops {
		if s.Path != "" && hasPath(u.Path, s.Path) {
			return u.Path, &Stopped{s.Because, u.Path, "the path"}
		}
		if s.There == "" {
			continue
		}
		if n, err := r.page.Count(ctx, Query{Selector: s.There}); err != nil || n > 0 {
			if err == nil {
				err = &Stopped{s.Because, u.Path, s.There}
			}
			return u.Path, err
		}
	}
	return u.Path, nil
}

// hasPath tells whether a path is another or below it, whatever language stands before it: "/es/login".
func hasPath(path, of string) bool {
	path, of = strings.ToLower(path)+"/", strings.ToLower(of)+"/"
	if strings.HasPrefix(path, of) {
		return true
	}
	first, rest, ok := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return ok && len(first) <= 5 && strings.HasPrefix("/"+rest, of)
}

// list reads all devices of the page.
func (r *run) list(ctx context.Context) ([]line, error) {
	for range mostMore {
		if r.layout.More == "" {
			break
		}
		q := Query{Selector: r.layout.More}
		if n, err := r.page.Count(ctx, q); err != nil || n == 0 {
			if err != nil {
				return nil, err
			}
			break
		}
		if _, err := r.page.Press(ctx, q); err != nil {
			return nil, err
		}
		if _, err := r.guard(ctx); err != nil {
			return nil, err
		}
	}
	at := r.layout.Rows
	read, err := r.page.Rows(ctx, RowsQuery{Rows: at.At, Attribute: at.Attribute, Facts: r.selectors()})
	if err != nil {
		return nil, err
	}
	where, err := r.guard(ctx)
	if err != nil {
		return nil, err
	}
	if len(read) == 0 || len(read) >= mostRows {
		return nil, &Stopped{unexpected, where, fmt.Sprintf("%d rows", len(read))}
	}
	var lines []line
	for _, row := range read {
		l, ok := r.lineOf(row)
		if !ok {
			return nil, &Stopped{unexpected, where, "a row without a key or a name"}
		}
		lines = append(lines, l)
	}
	return lines, nil
}

func (r *run) selectors() map[string]string {
	facts := map[string]string{}
	maps.Copy(facts, r.layout.Rows.Facts)
	if own := r.layout.Rows.Own; own != "" {
		facts[ownMark] = own
	}
	return facts
}

// ownMark is what the mark of the own device is called among the facts of a row.
const ownMark = "own"

// lineOf makes a device of a row.
func (r *run) lineOf(row Row) (line, bool) {
	told := map[string]string{}
	for fact, p := range r.layout.Rows.Lines {
		for _, text := range row.Lines {
			if m := p.FindStringSubmatch(text); m != nil {
				told[fact] = m[1]
				break
			}
		}
	}
	for fact := range r.layout.Rows.Facts {
		if text := strings.TrimSpace(row.Facts[fact]); text != "" {
			told[fact] = text
		}
	}
	if told["name"] == "" && len(row.Lines) > 0 {
		told["name"] = row.Lines[0]
	}
	m := r.layout.Rows.Key.FindStringSubmatch(row.Value)
	if m == nil || told["name"] == "" {
		return line{}, false
	}
	d := core.Device{Name: told["name"], Own: row.Has[ownMark], Sessions: []core.Session{{Profile: told["profile"], Place: told["place"]}}}.Cleaned()
	d.ID = idOf(m[1], fold(d.Name))
	return line{row, d}, d.Name != ""
}

// signOut presses what signs the device of a row out.
func (r *run) signOut(ctx context.Context, l line) error {
	at := RowAt{Rows: r.layout.Rows.At, Index: l.row.Index, Attribute: r.layout.Rows.Attribute, Value: l.row.Value}
	for _, s := range r.layout.SignOut {
		q := Query{Selector: s.Press, Text: s.Text}
		if s.Expect != "" {
			q.Selector = s.Expect
		}
		if s.In == "row" {
			q.Row = &at
		}
		patience := r.step
		if s.Maybe {
			patience /= 10
		}
		err := r.await(ctx, patience, q.Selector, func() (bool, error) {
			n, err := r.page.Count(ctx, q)
			return n > 0, err
		})
		if e, stopped := errors.AsType[*Stopped](err); stopped && e.reason == unexpected && s.Maybe {
			continue
		}
		if err != nil {
			return err
		}
		if s.Press == "" {
			continue
		}
		r.pressed = true
		if fit, err := r.page.Press(ctx, q); err != nil || fit != 1 {
			if err == nil {
				err = &Stopped{unexpected, "", fmt.Sprintf("%d of %s", fit, q.Selector)}
			}
			return err
		}
	}
	return nil
}
