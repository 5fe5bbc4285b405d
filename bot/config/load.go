package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"latchstring/adapters/strictyaml"
)

// FileError says that a config can not be read at all.
type FileError struct {
	Path   string
	Err    error
	advice string
}

func (e *FileError) Error() string { return fmt.Sprintf("config %s: %v", e.Path, e.Err) }

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }

// Advice says what the operator can do about it; it may be empty.
func (e *FileError) Advice() string { return e.advice }

// maxRead bounds what is read of a file; strictyaml refuses less than that.
const maxRead = 2 << 20

// Load reads and checks a config. Its error is a [*FileError], or all that is wrong with the file as
// [strictyaml.Faults]. Paths in it begin at the config's folder.
func Load(path string) (Config, error) {
	data, mode, err := read(path)
	if err != nil {
		return Config{}, err
	}
	c := defaults()
	faults := strictyaml.Decode(path, data, &c, strictyaml.Mode(mode))
	if err := faults.Err(); err != nil {
		return Config{}, err
	}
	c.complete(filepath.Dir(path))
	return c, nil
}

// read returns the text of a file and its mode.
func read(path string) ([]byte, fs.FileMode, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, fileError(path, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, 0, fileError(path, err)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxRead))
	if err != nil {
		return nil, 0, fileError(path, err)
	}
	return data, info.Mode(), nil
}

func fileError(path string, err error) error {
	e := &FileError{Path: path, Err: err}
	if cause, ok := errors.AsType[*fs.PathError](err); ok {
		e.Err = cause.Err // without the path, which stands before it already
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.advice = "To begin, copy config.example.yaml to " + path + " and fill it in, or name another file with -config. " +
			"To look around first, run: latchstring demo"
	case errors.Is(err, fs.ErrPermission):
		e.advice = "The user this program runs as must be able to read it."
	}
	return e
}

// complete fills in what follows from the rest, once all is known to be right.
func (c *Config) complete(folder string) {
	c.Storage.Path = under(folder, c.Storage.Path)
	c.Watch.folder = folder
	c.openMailboxes(folder)
	for i := range c.Services {
		c.Services[i].complete(folder, c.Household.Timezone.Location, c.Members)
	}
}

// under returns a path that begins at a folder as one that is usable from here.
func under(folder, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(folder, path)
}
