package browser

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"latchstring/core"
)

// How long things may take. All of a run is bounded by RunLimit, whatever its parts take.
const (
	RunLimit = time.Minute
	// Closing is what ending the browser may take after a run.
	Closing = 10 * time.Second
)

// pace is how a run waits for the page.
type pace struct {
	step   time.Duration // for the page to come up, and for what is pressed to show
	little time.Duration // for a row to unfold
	poll   time.Duration
}

func paceOf(step time.Duration) pace {
	if step == 0 {
		step = 20 * time.Second
	}
	return pace{step, step / 10, 150 * time.Millisecond}
}

const maxMore = 20 // how often "show more" is pressed

// run is one visit to the page.
type run struct {
	recipe *Recipe
	layout *layout // by which the page is made; nil: it was not seen yet
	page   Page
	zone   *time.Location
	pace   pace

	pressed   bool // the button that signs out
	confirmed bool // the page said that it was
}

// list opens the page and reads all of its rows.
func (r *run) list(ctx context.Context) ([]row, error) {
	if err := r.page.Open(ctx, r.recipe.List); err != nil {
		return nil, err
	}
	if err := r.findLayout(ctx); err != nil {
		return nil, err
	}
	v, err := r.steady(ctx)
	for range maxMore {
		if errors.Is(err, errNotSeen) {
			err = &Stop{Unknown, "the list does not come to an end"}
		}
		if err != nil {
			return nil, err
		}
		if !v.more {
			return r.read(ctx, v)
		}
		if _, err = r.page.Press(ctx, Aim{Mark: *r.layout.More}); err != nil {
			return nil, err
		}
		before := len(v.rows)
		if v, err = r.await(ctx, r.pace.step, func(s view) bool { return !s.more || len(s.rows) > before }); err == nil {
			v, err = r.steady(ctx)
		}
	}
	if err == nil {
		err = &Stop{Unknown, "there is always more of the list"}
	}
	return nil, err
}

// findLayout waits until a row of one of the layouts is seen.
func (r *run) findLayout(ctx context.Context) error {
	r.layout = nil
	var marks []Mark
	for _, l := range r.recipe.Layouts {
		marks = append(marks, Mark{Selector: l.Rows})
	}
	return r.poll(ctx, r.pace.step, Question{Marks: marks}, func(_ Sight, seen []bool) bool {
		if i := slices.Index(seen, true); i >= 0 {
			r.layout = &r.recipe.Layouts[i]
		}
		return r.layout != nil
	})
}

// read reads the rows, having unfolded each that is not. This browser's own needs none, since nothing is done with it.
func (r *run) read(ctx context.Context, seen view) ([]row, error) {
	rows := slices.Clone(seen.rows)
	for i := range rows {
		if r.layout.Unfold == nil || rows[i].own || rows[i].unfolded {
			continue
		}
		unfolded, err := r.unfold(ctx, rows[i])
		if err != nil {
			return nil, err
		}
		rows[i] = unfolded
	}
	return rows, nil
}

// unfold unfolds one row. What stays folded is read as it is.
func (r *run) unfold(ctx context.Context, folded row) (row, error) {
	n, err := r.page.Press(ctx, r.aim(folded, *r.layout.Unfold))
	if err != nil {
		return row{}, err
	}
	if n != 1 {
		return folded, nil
	}
	here := folded
	_, err = r.await(ctx, r.pace.little, func(s view) bool {
		i := slices.IndexFunc(s.rows, func(o row) bool { return o.key == folded.key && o.device == folded.device })
		if i >= 0 {
			here = s.rows[i]
		}
		return here.unfolded
	})
	if err != nil && !errors.Is(err, errNotSeen) {
		return row{}, err
	}
	return here, nil
}

func (r *run) aim(at row, m Mark) Aim {
	return Aim{Mark: m, Rows: r.layout.rows(), Key: at.key, Name: at.raw}
}

// signOut presses the button of the one row that is the device's, and waits until the page says or shows something. Nothing is
// pressed unless exactly one row is meant.
func (r *run) signOut(ctx context.Context, rows []row, id core.DeviceID) error {
	target := slices.IndexFunc(rows, func(o row) bool { return o.device == id })
	at := rows[target]
	if r.layout.Unfold != nil && !r.shown(ctx, at) { // another row may have folded it again
		unfolded, err := r.unfold(ctx, at)
		if err != nil {
			return err
		}
		if !unfolded.unfolded {
			return &Stop{Unknown, "the row does not unfold"}
		}
	}
	n, err := r.page.Press(ctx, r.aim(at, r.layout.SignOut))
	r.pressed = n == 1 || err != nil
	if err != nil {
		return err
	}
	if n != 1 {
		return &Stop{Unknown, fmt.Sprintf("%d buttons that sign the device out", n)}
	}
	s, err := r.await(ctx, r.pace.step/2, func(s view) bool {
		return s.done || !slices.ContainsFunc(s.rows, func(o row) bool { return o.key == at.key })
	})
	r.confirmed = err == nil && s.done // whatever else came of it, the list that is read anew tells
	return nil
}

// shown tells whether a row is unfolded now.
func (r *run) shown(ctx context.Context, at row) bool {
	s, err := r.await(ctx, 0, func(view) bool { return true })
	return err == nil && slices.ContainsFunc(s.rows, func(o row) bool { return o.key == at.key && o.unfolded })
}

// view is what is seen of a page of the known layout.
type view struct {
	rows       []row
	more, done bool
}

// steady waits until the page has stopped filling itself: until two looks give the same rows.
func (r *run) steady(ctx context.Context) (view, error) {
	last := ""
	return r.await(ctx, r.pace.step, func(s view) bool {
		var keys strings.Builder
		for _, o := range s.rows {
			keys.WriteString(o.key + "\x00" + o.raw + "\x00")
		}
		before := last
		last = keys.String()
		return last == before && len(s.rows) > 0
	})
}

// await looks at the page until it is as is wished.
func (r *run) await(ctx context.Context, within time.Duration, wished func(view) bool) (view, error) {
	var s view
	var bad error
	q := Question{Marks: []Mark{markOr(r.layout.More), markOr(r.layout.Done)}, Rows: r.layout.rows()}
	err := r.poll(ctx, within, q, func(seen Sight, marks []bool) bool {
		s = view{more: marks[0], done: marks[1]}
		if bad = r.take(&s, seen); bad != nil {
			return false // a page that is still being made looks like that too
		}
		return wished(s)
	})
	if errors.Is(err, errNotSeen) && bad != nil {
		err = bad
	}
	return s, err
}

// take reads the rows of a sight.
func (r *run) take(s *view, seen Sight) error {
	if len(seen.Rows) > MaxRows {
		return &Stop{Unknown, fmt.Sprintf("%s: more than %d rows", seen.Path, MaxRows)}
	}
	for i, one := range seen.Rows {
		read, ok := r.layout.read(one, r.zone)
		if !ok {
			return &Stop{Unknown, fmt.Sprintf("%s: row %d is not as layout %s says", seen.Path, i+1, r.layout.Layout)}
		}
		if slices.ContainsFunc(s.rows, func(o row) bool { return o.key == read.key }) {
			return &Stop{Unknown, fmt.Sprintf("%s: row %d has the key of another", seen.Path, i+1)}
		}
		s.rows = append(s.rows, read)
	}
	return nil
}

// errNotSeen says that a page did not become what was waited for.
var errNotSeen = errors.New("not seen in time")

// poll looks until enough is seen. Each look also sees to it that the page is one on which this program may go on. A page that
// stays another one than the recipe knows is a [*Stop].
func (r *run) poll(ctx context.Context, within time.Duration, q Question, enough func(Sight, []bool) bool) error {
	stops := r.stopMarks()
	q.Marks = slices.Concat(stops, q.Marks)
	over, path := time.After(within), ""
	for left := true; left; {
		s, err := r.page.Look(ctx, q)
		if err != nil {
			return err
		}
		if len(s.Seen) != len(q.Marks) {
			return fmt.Errorf("%d of %d marks are told of", len(s.Seen), len(q.Marks))
		}
		if err := r.recipe.stopAt(s, s.Seen[:len(stops)]); err != nil {
			return err
		}
		if path = s.Path; enough(s, s.Seen[len(stops):]) {
			return nil
		}
		select {
		case <-over:
			left = false
		case <-time.After(r.pace.poll):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if r.layout == nil {
		return &Stop{Unknown, path + ": no list of devices that any layout knows"}
	}
	return errNotSeen
}

// stopMarks are the marks of all stops.
func (r *run) stopMarks() (marks []Mark) {
	for _, s := range r.recipe.Stops {
		marks = append(marks, s.Seen...)
	}
	return marks
}

// stopAt says at which stop a page is, if it is at one.
func (r *Recipe) stopAt(s Sight, seen []bool) error {
	for _, stop := range r.Stops {
		marks := seen[:len(stop.Seen)]
		seen = seen[len(stop.Seen):]
		on := slices.ContainsFunc(stop.Paths, func(p string) bool {
			return strings.Contains(strings.ToLower(s.Path)+"/", strings.ToLower(p)+"/") // also below a language: /es/login
		})
		if on || slices.Contains(marks, true) {
			return &Stop{stop.Because, s.Path}
		}
	}
	return nil
}
