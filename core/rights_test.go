package core_test

import (
	"strings"
	"testing"

	"latchstring/core"
)

// matrix is the table of rights once more, as the household would write it down. It is the contract; May must follow it.
const matrix = `
                 owner            adult            child
                 own    others'   own    others'   own    others'
list devices     yes    yes       yes    yes       yes    no
sign out         yes    yes       yes    asks      yes    asks
start reset      yes    yes       yes    asks      asks   asks
read history     yes    yes       yes    no        yes    no
read status      yes    yes       yes    yes       yes    no
change settings  yes    yes       yes    no        yes    no
invite people    yes    yes       no     no        no     no
answer alerts    yes    yes       yes    no        yes    no
except alerts    yes    yes       yes    no        yes    no
expect           yes    yes       yes    no        yes    no
pair tv          yes    yes       yes    no        yes    no
pair child's tv  yes    yes       yes    yes       yes    no
see streams      yes    yes       yes    yes       yes    yes
stop stream      yes    yes       yes    no        yes    no
read codes       yes    yes       yes    yes       yes    yes
read links       yes    yes       no     no        no     no
`

func TestMayIsTheWholeMatrix(t *testing.T) {
	verdicts := map[string]core.Verdict{"yes": core.Allowed, "asks": core.MayAsk, "no": core.Denied}
	rows := strings.Split(strings.Trim(matrix, "\n"), "\n")[2:]
	if len(rows) != len(core.Acts()) {
		t.Fatalf("the matrix has %d rows, there are %d acts", len(rows), len(core.Acts()))
	}
	for i, row := range rows {
		act := core.Act(strings.TrimSpace(row[:17]))
		if act != core.Acts()[i] {
			t.Errorf("row %d is %q, the act is %q", i, act, core.Acts()[i])
		}
		cells := strings.Fields(row[17:])
		for j, role := range []core.Role{core.Owner, core.Adult, core.Child} {
			for k, whose := range []core.Whose{core.Own, core.Others} {
				if got, want := core.May(role, act, whose), verdicts[cells[2*j+k]]; got != want {
					t.Errorf("%s, %s, %s: %s, want %s", role, act, whose, got, want)
				}
			}
		}
	}
}

func TestMayDeniesWhatItDoesNotKnow(t *testing.T) {
	for _, role := range []core.Role{"", "guest", "Owner", "admin"} {
		for _, act := range core.Acts() {
			if got := core.May(role, act, core.Own); got != core.Denied {
				t.Errorf("role %q, %s: %s", role, act, got)
			}
		}
	}
	for _, role := range []core.Role{core.Owner, core.Adult, core.Child} {
		if got := core.May(role, "change passwords", core.Own); got != core.Denied {
			t.Errorf("%s, unknown act: %s", role, got)
		}
		if got := core.May(role, core.SignOut, "mine"); got != core.Denied {
			t.Errorf("%s, unknown whose: %s", role, got)
		}
	}
}

func BenchmarkMay(b *testing.B) {
	b.ReportAllocs()
	acts := core.Acts()
	for i := range b.N {
		if core.May(core.Adult, acts[i%len(acts)], core.Others) == "" {
			b.Fatal("no verdict")
		}
	}
}
