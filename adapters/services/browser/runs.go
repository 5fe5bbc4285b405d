package browser

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// day is the time in which runs are counted.
const day = 24 * time.Hour

// runsFile is the name of the file that runs are counted in, in the folder of the profile that they use: so the count
// survives a restart, and is one for all programs that use the profile.
const runsFile = "latchstring-runs"

// errSpent says that no run is left.
var errSpent = errors.New("no run is left for now")

// runs counts the runs of the last 24 hours, a line each. Where it can not be written down that there is a run, there is none.
type runs struct {
	path string
	max  int // a day
}

func runsIn(profile string, most int) runs { return runs{filepath.Join(profile, runsFile), most} }

// left tells how many runs are left, at a time.
func (c runs) left(now time.Time) int {
	text, err := os.ReadFile(c.path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return 0
	}
	return c.max - len(counted(text, now))
}

// begin counts a run that begins, if afterwards at least so many as are to be spared are left. Until end is called no other
// program begins one.
func (c runs) begin(now time.Time, spare int) (end func(), err error) {
	f, err := os.OpenFile(c.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, &Stop{NoProfile, reason(err)}
	}
	defer func() {
		if err != nil {
			_ = f.Close() // what is wrong with it is told already
		}
	}()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, &Stop{InUse, "another latchstring has a run"}
	}
	text, err := io.ReadAll(io.LimitReader(f, 64<<10))
	if err != nil {
		return nil, &Stop{NoProfile, reason(err)}
	}
	times := counted(text, now)
	spent := len(times)+1+spare > c.max
	if !spent {
		times = append(times, now)
	}
	if err := rewrite(f, string(text), times); err != nil {
		return nil, &Stop{NoProfile, reason(err)}
	}
	if spent {
		return nil, errSpent
	}
	return func() { _ = f.Close() }, nil // the kernel's lock goes with it
}

// rewrite writes down the times that count, where that changes anything.
func rewrite(f *os.File, before string, times []time.Time) error {
	var lines strings.Builder
	for _, t := range times {
		fmt.Fprintln(&lines, t.UTC().Format(time.RFC3339))
	}
	if lines.String() == before {
		return nil
	}
	_, err := f.WriteAt([]byte(lines.String()), 0)
	return errors.Join(err, f.Truncate(int64(lines.Len())), f.Sync())
}

// counted returns the times of a file that count. What can not be read, and what is of a time to come, counts as being of
// now: a damaged file, or a clock that was wrong, makes runs fewer, not more, and not for longer than a day.
func counted(text []byte, now time.Time) []time.Time {
	var times []time.Time
	for line := range strings.Lines(string(text)) {
		t, err := time.Parse(time.RFC3339, strings.TrimSpace(line))
		if err != nil || t.After(now) {
			t = now
		}
		if now.Sub(t) < day {
			times = append(times, t)
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	return times
}

// reason is why a file can not be used, without its path.
func reason(err error) string {
	if p, ok := errors.AsType[*os.PathError](err); ok {
		err = p.Err
	}
	return runsFile + ": " + err.Error()
}
