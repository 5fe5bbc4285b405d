package storage

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"
)

// lock keeps a second process from the database. It is a lock of the kernel on "<path>.lock", so it goes with the process
// however that ends; the file stays, and what is written in it only says who holds the lock.
type lock struct{ file *os.File }

func takeLock(path string, now time.Time) (lock, error) {
	name := path + ".lock"
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return lock{}, unusable(name, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return lock{}, held(path, f)
		}
		return lock{}, unusable(name, err)
	}
	holder := fmt.Sprintf("process %d since %s\n", os.Getpid(), now.Format("2006-01-02 15:04:05 MST"))
	if err := errors.Join(f.Truncate(0), writeAt(f, holder)); err != nil {
		return lock{}, errors.Join(unusable(name, err), f.Close())
	}
	return lock{f}, nil
}

func writeAt(f *os.File, text string) error {
	_, err := f.WriteAt([]byte(text), 0)
	return err
}

// held says who has the lock. Right after a start the holder may not have written its name yet, so it is given a moment.
func held(path string, f *os.File) error {
	var holder string
	for range 5 {
		b := make([]byte, 128)
		n, _ := f.ReadAt(b, 0)
		if text, whole := strings.CutSuffix(string(b[:n]), "\n"); whole {
			holder = " (" + text + ")"
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return &Refusal{
		Text: fmt.Sprintf("Another latchstring%s is using the database %s.", holder, path),
		Hint: "Stop that one first, or name another storage.path in this one's config.",
	}
}

func (l lock) release() error { return l.file.Close() }
