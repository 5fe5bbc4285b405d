package storage_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"latchstring/core"
)

func size(t testing.TB, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	try(t, err)
	return info.Size()
}

// words reads the constants of one of core's types from its source, so that a new one can not be forgotten here.
func words(t *testing.T, kind string) []string {
	t.Helper()
	files, err := filepath.Glob("../core/*.go")
	try(t, err)
	found := map[string]bool{}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		try(t, err)
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if typed, ok := spec.Type.(*ast.Ident); !ok || typed.Name != kind {
				return true
			}
			for _, v := range spec.Values {
				word, err := strconv.Unquote(v.(*ast.BasicLit).Value)
				try(t, err)
				found[word] = true
			}
			return true
		})
	}
	if len(found) == 0 {
		t.Fatalf("core has no constants of type %s", kind)
	}
	return slices.Sorted(maps.Keys(found))
}

// Every word of core's enums can be stored; a word that the schema does not know would stop an action on its way.
func TestSchemaKnowsCoresWords(t *testing.T) {
	s := open(t, config(t))
	n := 0
	begin := func(what, word string, change func(*core.Action)) {
		t.Helper()
		n++
		a := core.Action{ID: core.ActionID(fmt.Sprint("a", n)), Act: core.SignOut, State: core.Ended}
		change(&a)
		if err := s.Begin(t.Context(), a, noTaking, nil, nil); err != nil {
			t.Errorf("%s %q: %v", what, word, err)
		}
	}
	for _, w := range words(t, "ActionState") {
		begin("state", w, func(a *core.Action) { a.State = core.ActionState(w) })
	}
	for _, w := range words(t, "Outcome") {
		begin("outcome", w, func(a *core.Action) { a.Outcome = core.Outcome(w) })
	}
	for _, w := range words(t, "Kind") {
		begin("reason", w, func(a *core.Action) { a.Reason = core.Kind(w) })
	}
	for _, act := range []core.Act{core.SignOut, core.StartReset} {
		begin("act", string(act), func(a *core.Action) { a.Act = act })
	}
	for _, w := range words(t, "News") {
		d := core.Delivery{ID: core.DeliveryID(w), Key: w, News: core.News(w)}
		if err := s.Post(t.Context(), []core.Delivery{d}); err != nil {
			t.Errorf("news %q: %v", w, err)
		}
	}
	for _, spoil := range []func(*core.Action){
		func(a *core.Action) { a.State = "nonsense" },
		func(a *core.Action) { a.Outcome = "nonsense" },
		func(a *core.Action) { a.Act = core.ListDevices },
	} {
		a := core.Action{ID: "spoilt", Act: core.SignOut, State: core.Ended}
		spoil(&a)
		unrecorded(t, s.Begin(t.Context(), a, noTaking, nil, nil))
	}
}

// A time from outside may be anything; the order of times stays, and none stops a record.
func TestTimesOfAllKinds(t *testing.T) {
	s := open(t, config(t))
	zone := time.FixedZone("far", 13*3600)
	for i, test := range []struct{ at, want time.Time }{
		{time.Time{}, time.Time{}},
		{time.Date(2026, 1, 2, 3, 4, 5, 6789, zone), time.Date(2026, 1, 1, 14, 4, 5, 6000, time.UTC)},
		{time.Date(20260, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)},
		{time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC)},
		{time.Unix(0, 0), time.Unix(0, 0)},
	} {
		key := fmt.Sprint(i)
		try(t, s.Begin(t.Context(), core.Action{ID: core.ActionID(key), Act: core.SignOut, State: core.Ended, Outcome: core.Gone, Started: test.at}, core.Taking{}, nil, nil))
		got, err := s.Action(t.Context(), core.ActionID(key))
		try(t, err)
		if !got.Started.Equal(test.want) {
			t.Errorf("%v came back as %v, want %v", test.at, got.Started, test.want)
		}
	}
}
